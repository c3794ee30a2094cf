"""The admin site: its first page, its header, its order, and the pages that belong to no one model.

Outside the admin package, which cannot be imported while the site is being made.
"""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_POST

from sources.models import Case


class InCaseAutocompleteView(AutocompleteJsonView):
    """Rows that may be chosen in one case: its own and the shared ones."""

    def get_queryset(self) -> QuerySet[Any]:
        """Return the visible rows that match what was typed, of the case that the form is about."""
        rows: Any = super().get_queryset()
        wanted = self.request.GET.get("case")
        if not wanted or not hasattr(rows, "visible_to"):
            return rows
        case = Case.objects.visible_to(self.request.user).with_uids([wanted]).first() if _is_uid(wanted) else None
        of_case: QuerySet[Any] = rows.usable_in(case) if hasattr(rows, "usable_in") else rows.filter(case=case)
        return of_case


class ClaimsAdminSite(AdminSite):
    """Where analysts work."""

    site_header = site_title = "Claims Tracker"
    index_template = "admin/case_overview.html"
    enable_nav_sidebar = True
    site_url = None
    empty_value_display = "–"

    # What stands together in the navigation, by model.
    order = (
        ("Accounts", ("statement", "claim", "question", "claimrelation", "utterance")),
        ("Sources", ("party", "partylink", "partyalias", "document", "documentversion", "excerpt")),
        ("Words and chains", ("evidence", "relay")),
        ("The case", ("case", "casemembership", "change")),
        ("Administration", ("user", "group", "apitoken")),
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
                    {"name": name, "app_label": name, "app_url": "", "has_module_perms": True, "models": found}
                )
        return groups

    def autocomplete_view(self, request: HttpRequest) -> HttpResponseBase:
        """Answer what may be chosen."""
        return InCaseAutocompleteView.as_view(admin_site=self)(request)


def _is_uid(text: str) -> bool:
    from uuid import UUID

    try:
        UUID(text)
    except ValueError:
        return False
    return True
