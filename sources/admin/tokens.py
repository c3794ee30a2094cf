"""API tokens: their public part, never the secret."""

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from ..models import ApiToken


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    list_display = ("name", "prefix", "user", "is_read_only", "created_at", "expires_at", "revoked_at")
    fields = ("name", "prefix", "user", "is_read_only", "created_at", "expires_at", "revoked_at")
    list_select_related = ("user",)
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return one's own tokens; an administrator sees all."""
        tokens = super().get_queryset(request)
        return tokens if getattr(request.user, "is_superuser", False) else tokens.filter(user_id=request.user.pk)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show one's tokens to everyone who may log in here."""
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everyone look at what `get_queryset` leaves them."""
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
