"""The admin site: its first page, its header, its order, and the pages that belong to no one model.

Outside the admin package, which cannot be imported while the site is being made.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path, reverse
from django.views.decorators.http import require_POST

from sources.access import role_in
from sources.choices import Role
from sources.models import Case, Change
from sources.text import can_be_searched


class InCaseAutocompleteView(AutocompleteJsonView):
    """Rows that may be chosen in one case: its own and the shared ones."""

    def get_queryset(self) -> QuerySet[Any]:
        """Return the visible rows that match what was typed, of the case that the form is about."""
        if not can_be_searched(self.term):
            return self.model_admin.get_queryset(self.request).none()
        rows: Any = super().get_queryset()
        from sources.admin.lists import as_uid

        wanted = self.request.GET.get("case")
        if not wanted or not hasattr(rows, "visible_to"):
            return rows
        case = Case.objects.visible_to(self.request.user).filter(uid=as_uid(wanted)).first()
        of_case: QuerySet[Any] = rows.usable_in(case) if hasattr(rows, "usable_in") else rows.filter(case=case)
        return of_case


class ClaimsAdminSite(AdminSite):
    """Where analysts work."""

    site_header = site_title = "Claims Tracker"
    index_template = "admin/case_overview.html"
    enable_nav_sidebar = True
    site_url = None
    empty_value_display = "–"

    # What stands together in the navigation, by model; the last group is folded away.
    order = (
        ("What is said", ("statement", "claim", "question", "claimrelation")),
        ("Sources", ("document", "party", "partylink")),
        ("What we hold of it", ("conclusion", "reliabilityrating", "credibilityrating", "independencejudgement")),
        ("The case", ("case", "casemembership", "change")),
        ("Accounts", ("user", "apitoken")),
        ("Details", ("excerpt", "documentversion", "evidence", "relay", "utterance", "partyalias")),
    )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the pages that belong to no one model."""
        from sources.admin.switching import switch_case

        from .admin.undoing import undo_change_view
        from .views.urls import pages

        return [
            *pages(self),
            path("switch-case/", self.admin_view(switch_case), name="switch-case"),
            path("undo/<int:sequence>/", self.admin_view(require_POST(undo_change_view)), name="undo"),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Add the choice of cases to the header."""
        from sources.admin.switching import case_context

        return {**super().each_context(request), **case_context(request)}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the chosen case: what is contested, what waits, what was done; or the cases to choose from."""
        from .admin.overview import overview_context

        return super().index(request, {**overview_context(request), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the models in the order in which an analyst thinks of them."""
        if app_label is not None:
            return super().get_app_list(request, app_label)
        models = {
            model["model"]._meta.model_name: model for app in super().get_app_list(request) for model in app["models"]
        }
        groups = []
        for name, names in self.order:
            found = [models[model] for model in names if model in models]
            if found:
                groups.append(
                    {
                        "name": name,
                        "app_label": name,
                        "app_url": "",
                        "has_module_perms": True,
                        "models": found,
                        "is_folded": name == "Details",
                    }
                )
        return groups

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:
        """Go to the first page: what stands in the navigation is ordered by use, and not by app."""
        return HttpResponseRedirect(reverse("admin:index", current_app=self.name))

    def may_undo(self, request: HttpRequest, change: Change, case: Case | None) -> bool:
        """Tell whether this user may take the act back."""
        from .undoing import is_for_good, role_to_undo

        role = role_in(request.user, case)
        user: Any = request.user
        if role is None or is_for_good(change):
            return False
        return role == Role.LEAD or role.includes(role_to_undo(user, change))  # the second reads all rows of the act

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer what may be chosen."""
        return InCaseAutocompleteView.as_view(admin_site=self)(request)
