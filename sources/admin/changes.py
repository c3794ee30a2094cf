"""The ledger: to be read by all who see the case, and each act to be taken back by those who may."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from ..models import Case, Change
from .history import label_links, visible_changes
from .switching import current_case


class ChangeChangeList(ChangeList):
    """The acts in the chosen case."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Return the acts that the filters leave."""
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        case = current_case(request)
        return rows if case is None else rows.filter(case_uid=case.uid)

    @cached_property
    def titles(self) -> dict[Any, str]:
        """Titles of the cases on the page, in one query."""
        uids = {change.case_uid for change in self.result_list} - {None}
        return dict(Case.objects.filter(uid__in=uids).values_list("uid", "title"))


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin):
    list_display = ("sequence", "at", "actor", "act_in_words", "n_rows")
    list_display_links = ("sequence", "act_in_words")
    list_filter = ("act",)
    list_select_related = ("actor",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-sequence",)
    actions = None
    change_form_template = "admin/change_detail.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the acts that this user may see."""
        return visible_changes(request).prefetch_related("items")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the list that keeps to the chosen case."""
        return ChangeChangeList

    @admin.display(description="act", ordering="act")
    def act_in_words(self, change: Change) -> str:
        """Return the act without its underscores."""
        return change.act.replace("_", " ") + (f" of {change.undoes}" if change.undoes else "")

    @admin.display(description="rows")
    def n_rows(self, change: Change) -> int:
        """Return how many rows it touched."""
        return len(change.items.all())

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
        items = list(change.items.order_by("pk")[:500])
        context = {
            **self.admin_site.each_context(request),
            "title": f"{self.act_in_words(change)}, {change.sequence}",
            "opts": self.opts,
            "change": change,
            "items": list(label_links(items, request)),
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
