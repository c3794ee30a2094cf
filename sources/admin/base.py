"""What every page of the admin does alike: shows what its user may see, finds by words, and names rows for people."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from ..models import Case


class CaseFilter(admin.SimpleListFilter):
    """Rows of one case; only visible cases are offered."""

    title = "case"
    parameter_name = "case"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the visible cases."""
        cases = Case.objects.visible_to(request.user).order_by("title", "pk")
        return [(str(uid), title) for uid, title in cases.values_list("uid", "title")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of the chosen case."""
        chosen = {value for value, _ in self.lookup_choices}
        return queryset.filter(case__uid=self.value()) if self.value() in chosen else queryset


class RecordAdmin(admin.ModelAdmin):
    """A list and a detail of records, each seen by those who may see its case."""

    list_per_page = 50
    show_full_result_count = False
    search_fields: ClassVar[tuple[str, ...]] = ("search_key",)
    actions = None
    empty_value_display = "–"

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the model to everyone who may log in here; what they see of it is for `visible_to` to say."""
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everyone look who may log in here."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that this user may see."""
        rows: Any = super().get_queryset(request)
        visible: QuerySet[Any] = rows.visible_to(request.user)
        return visible

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by words, case and accents aside, the same on both engines."""
        if search_term.strip() and self.search_fields:
            queryset = queryset.matching(search_term, request.user)  # type: ignore[attr-defined]
        return queryset, False

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Offer visible rows only."""
        target: Any = db_field.remote_field.model
        if hasattr(target._default_manager.all(), "visible_to"):
            kwargs["queryset"] = target._default_manager.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ReadOnlyInline(admin.StackedInline):
    """Rows that belong to the one shown, to be read."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everyone look who sees the row that these belong to."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that this user may see."""
        rows: Any = super().get_queryset(request)
        visible: QuerySet[Any] = rows.visible_to(request.user)
        return visible


def quoted(words: str, length: int = 160) -> str:
    """Return words in quotation marks, cut for a list, isolated from the direction of what surrounds them."""
    shown = words if len(words) <= length else words[: length - 1] + "…"
    return format_html('<q dir="auto">{}</q>', shown)
