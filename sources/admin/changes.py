"""The ledger, to be read."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from ..models import Case, Change, ChangeItem


class ItemInline(admin.StackedInline):
    model = ChangeItem
    extra = 0
    max_num = 0
    can_delete = False
    fields = readonly_fields = ("kind", "uid", "was", "became")

    @admin.display(description="was")
    def was(self, item: ChangeItem) -> str:
        """Return the image before."""
        return _show(item.before)

    @admin.display(description="became")
    def became(self, item: ChangeItem) -> str:
        """Return the image after."""
        return _show(item.after)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everyone look who sees the entry."""
        return True


@admin.register(Change)
class ChangeAdmin(admin.ModelAdmin):
    list_display = ("sequence", "at", "actor", "act", "case_title")
    list_filter = ("act",)
    list_select_related = ("actor",)
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-sequence",)
    actions = None
    inlines = (ItemInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the entries of visible cases and of the shared register."""
        cases = Case.objects.visible_to(request.user).values("uid")
        return Change.objects.visible_to(request.user, cases).order_by("-sequence")

    @admin.display(description="case")
    def case_title(self, change: Change) -> str:
        """Return the title of the case, where it is still there."""
        if change.case_uid is None:
            return "–"
        return Case.objects.filter(uid=change.case_uid).values_list("title", flat=True).first() or "–"

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the ledger to everyone who may log in here."""
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

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


def _show(image: Any) -> str:
    if image is None:
        return "–"
    return format_html("<code>{}</code>", json.dumps(image, ensure_ascii=False, indent=1))
