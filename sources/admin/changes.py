"""The ledger: to be read by all who see the case, and each act to be taken back by those who may."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from ..choices import tell_act
from ..models import Case, Change
from .counting import counted
from .history import tell_items, visible_changes
from .lists import AskedList
from .switching import current_case, look_at_case

_SHOWN = 200  # rows of one act; an import has thousands
_OPENED = 12  # with more, only their names are shown at first


class ChangeChangeList(AskedList):
    """The acts in the chosen case."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Return the acts that the filters leave, and on how many rows each was: an import is on tens of thousands."""
        self.root_queryset = counted(self.root_queryset, n_items="items")
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        case = current_case(request)
        return rows if case is None else rows.filter(case_uid=case.uid)

    def get_results(self, request: HttpRequest) -> None:
        """Name the cases of the page, in one query."""
        super().get_results(request)
        uids = {change.case_uid for change in self.result_list} - {None}
        titles = dict(Case.objects.visible_to(request.user).filter(uid__in=uids).values_list("uid", "title"))
        for change in self.result_list:
            change.case_title = titles.get(change.case_uid, "a case that is gone") if change.case_uid else ""


class ActFilter(admin.SimpleListFilter):
    """What was done."""

    title = "what was done"
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the acts that there are among those that the user may see."""
        acts = visible_changes(request).order_by("act").values_list("act", flat=True).distinct()
        return sorted(((act, tell_act(act)) for act in acts), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the acts chosen."""
        return queryset.filter(act=self.value()) if self.value() else queryset


class ActorFilter(admin.SimpleListFilter):
    """Who did it."""

    title = "who"
    parameter_name = "actor"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the accounts that did what the user may see."""
        actors = visible_changes(request).exclude(actor=None).order_by("actor__username")
        named = actors.values_list("actor_id", "actor__username").distinct()[:100]
        return [*((str(pk), name) for pk, name in named), ("console", "the console")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the acts of whoever was chosen."""
        if self.value() not in {value for value, _ in self.lookup_choices}:
            return queryset
        return queryset.filter(actor=None) if self.value() == "console" else queryset.filter(actor=self.value())


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin):
    list_display = ("sequence", "told", "in_case", "at")
    list_display_links = ("sequence", "told")
    list_filter = (ActFilter, ActorFilter, "at")
    list_select_related = ("actor",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-sequence",)
    actions = None
    change_form_template = "admin/change_detail.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the acts that this user may see."""
        return visible_changes(request)

    def get_list_display(self, request: HttpRequest) -> Any:
        """Leave the column of the case out where all acts are of one."""
        return [c for c in self.list_display if c != "in_case" or current_case(request) is None]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the list that keeps to the chosen case."""
        return ChangeChangeList

    @admin.display(description="what was done", ordering="act")
    def told(self, change: Any) -> str:
        """Return who did what, and to how many rows."""
        n = f" ({change.n_items} rows)" if change.n_items > 1 else ""
        return f"{change.actor or 'The console'} {change.in_words()}{n}"

    @admin.display(description="case")
    def in_case(self, change: Any) -> str:
        """Return the case in whose history it stands."""
        return change.case_title or "shared register"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list under its name."""
        return super().changelist_view(request, {"title": "Ledger", **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one act with all that it did."""
        change = self.get_object(request, object_id)
        if change is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method == "POST":
            raise PermissionDenied
        case = Case.objects.visible_to(request.user).filter(uid=change.case_uid).first() if change.case_uid else None
        look_at_case(request, case)
        site: Any = self.admin_site
        n = change.items.count()
        items = list(tell_items(change.items.order_by("pk")[:_SHOWN], request))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Entry {change.sequence} of the ledger",
            "opts": self.opts,
            "change": change,
            "case": case,
            "items": items,
            "opened": len(items) <= _OPENED,
            "n_further": n - len(items),
            "taken_back_by": Change.objects.filter(undoes=change.sequence).order_by("-sequence").first(),
            "may_undo": site.may_undo(request, change, case),
        }
        return TemplateResponse(request, "admin/change_detail.html", context)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the ledger to everyone who may log in here."""
        return bool(request.user.is_active and request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everyone look who may log in here."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: writers write it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: nothing in it changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: nothing in it goes."""
        return False
