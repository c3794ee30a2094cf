"""Cases and who works in them."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from ..choices import Role
from ..ledger import By
from ..models import Case, CaseMembership, Record
from ..opening import admit_member, dismiss_member, open_case
from .base import RecordAdmin, RecordChangeList
from .counting import counted
from .forms import RecordForm
from .inlines import ReadOnlyInline
from .switching import choose_case, current_case


class MembershipInline(ReadOnlyInline):
    model = CaseMembership
    verbose_name_plural = "members"
    fields = ("user", "role")


class CaseChangeList(RecordChangeList):
    """Cases, with how much is in each."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Count what is in each case, before the list is put in order, which may be by these numbers."""
        self.root_queryset = counted(self.root_queryset, n_documents="documents", n_statements="statements")
        return super().get_queryset(request, exclude_parameters)


@admin.register(Case)
class CaseAdmin(RecordAdmin):
    list_display = ("title", "access", "n_documents", "n_statements")
    list_filter = ("access",)
    fields = ("title", "description", "access", "slug")
    prepopulated_fields = {"slug": ("title",)}
    inlines = (MembershipInline,)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show members once there is a case."""
        return self.inlines if obj is not None else ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the list that counts; a form or a suggestion tells no numbers, and counts nothing."""
        return CaseChangeList

    @admin.display(description="documents", ordering="n_documents")
    def n_documents(self, case: Any) -> int:
        """Return the number of documents."""
        return int(case.n_documents)

    @admin.display(description="statements", ordering="n_statements")
    def n_statements(self, case: Any) -> int:
        """Return the number of statements."""
        return int(case.n_statements)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let every analyst open a case, which is then theirs to lead."""
        return self.has_module_permission(request)

    def add_record(self, by: By, case: Case | None, form: RecordForm, formsets: list[Any]) -> None:
        """Open the case, and go to work in it."""
        choose_case(form.request, open_case(by=by, case=form.instance))


@admin.register(CaseMembership)
class CaseMembershipAdmin(RecordAdmin):
    list_display = ("user", "role", "is_active", "case")
    list_filter = ("role",)
    list_select_related = ("user", "case")
    fields = ("user", "role")
    radio_fields = {"role": admin.VERTICAL}
    search_fields = ("user__username",)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Find by the name of the account."""
        for word in search_term.split():
            queryset = queryset.filter(user__username__icontains=word)
        return queryset, False

    @admin.display(description="account open", boolean=True)
    def is_active(self, member: CaseMembership) -> bool:
        """Tell whether the member can log in at all."""
        return bool(member.user.is_active)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Let the lead of the chosen case admit members."""
        case = current_case(request)
        return self.has_module_permission(request) and case is not None and self._includes(request, case, Role.LEAD)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the active accounts."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_active=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A membership stays that of its user."""
        return ("user",) if obj is not None else ()

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Let the user into the case, or give a member another role."""
        form.instance = admit_member(by=by, case=case, user=form.cleaned_data["user"], role=form.cleaned_data["role"])

    def delete_record(self, by: By, row: Record) -> None:
        """End the membership."""
        if isinstance(row, CaseMembership):
            dismiss_member(by=by, member=row)
