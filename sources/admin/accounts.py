"""Accounts: made, disabled and mended by administrators. They are disabled and never deleted: the ledger names them."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from ..models import CaseMembership
from .inlines import ReadOnlyInline
from .lists import Listing

_MARKS = {
    "is_active": (
        "Account is open",
        "Taken away, all log-ins and tokens of the account end with their next request. Nothing that it did is lost.",
    ),
    "is_staff": ("Works in these pages", "Without it, the account can use the API alone."),
    "is_superuser": ("Administrator", "Sees and may do everything, in every case."),
}


class MarkFilter(admin.BooleanFieldListFilter):
    """A mark of an account, under the name that its form gives it."""

    def __init__(self, field: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(field, *arguments, **options)
        self.title = _MARKS[field.name][0].lower()


class MembershipOfUserInline(ReadOnlyInline):
    model = CaseMembership
    verbose_name_plural = "roles in cases"
    fields = ("case", "role")


class NewAccountForm(AdminUserCreationForm):
    """A new account, which will work in these pages unless told otherwise."""

    is_staff = forms.BooleanField(
        required=False, initial=True, label=_MARKS["is_staff"][0], help_text=_MARKS["is_staff"][1]
    )


admin.site.unregister([User, Group])  # what a person may do is a matter of roles in cases, not of groups


@admin.register(User)
class AccountAdmin(Listing, UserAdmin):
    list_display = ("username", "full_name", "is_open", "works_here", "is_administrator", "last_login")
    list_filter = tuple((name, MarkFilter) for name in _MARKS)
    add_form = NewAccountForm
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("What it may do", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "usable_password", "password1", "password2", "is_staff")}),)
    readonly_fields = ("last_login", "date_joined")
    filter_horizontal = ()
    inlines = (MembershipOfUserInline,)
    list_per_page = 50
    actions = ("close", "open_again")

    @admin.display(description="name")
    def full_name(self, user: User) -> str:
        """Return first and last name."""
        return user.get_full_name()

    @admin.display(description=_MARKS["is_active"][0], boolean=True, ordering="is_active")
    def is_open(self, user: User) -> bool:
        """Tell whether the account can be used."""
        return user.is_active

    @admin.display(description=_MARKS["is_staff"][0], boolean=True, ordering="is_staff")
    def works_here(self, user: User) -> bool:
        """Tell whether it may use these pages."""
        return user.is_staff

    @admin.display(description=_MARKS["is_superuser"][0], boolean=True, ordering="is_superuser")
    def is_administrator(self, user: User) -> bool:
        """Tell whether it may do everything."""
        return user.is_superuser

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Say what the marks mean where they can only be read, too."""
        for part, place in (("labels", 0), ("help_texts", 1)):
            kwargs[part] = {name: words[place] for name, words in _MARKS.items()}
        return super().get_form(request, obj, **kwargs)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show roles once there is an account."""
        return self.inlines if obj is not None else ()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say what the marks mean here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in _MARKS and field is not None:
            field.label, field.help_text = _MARKS[db_field.name]
        return field

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody locks themselves out."""
        fixed = super().get_readonly_fields(request, obj)
        return (*fixed, *_MARKS) if obj is not None and obj.pk == request.user.pk else fixed

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Show the list under the name of what is in it."""
        return super().changelist_view(request, {"title": "Users", **(extra_context or {})})

    @admin.action(description="Disable: end all log-ins and tokens")
    def close(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Disable the chosen accounts, one's own left out."""
        n = queryset.exclude(pk=request.user.pk).update(is_active=False)
        self.message_user(request, f"Disabled: {n}. Their log-ins and tokens are refused from now on.")

    @admin.action(description="Open again")
    def open_again(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Open the chosen accounts again."""
        self.message_user(request, f"Open again: {queryset.update(is_active=True)}.")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Leave accounts to administrators."""
        return bool(request.user.is_active and request.user.is_superuser)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Leave accounts to administrators."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave accounts to administrators."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Leave accounts to administrators."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: what an account did stays, and so does its name."""
        return False
