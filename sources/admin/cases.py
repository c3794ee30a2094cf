"""Cases and who works in them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from ..models import Case, CaseMembership
from .base import CaseFilter, ReadOnlyInline, RecordAdmin


class MembershipInline(ReadOnlyInline):
    model = CaseMembership
    fields = ("user", "role")


@admin.register(Case)
class CaseAdmin(RecordAdmin):
    list_display = ("title", "access", "n_documents", "n_statements")
    list_filter = ("access",)
    readonly_fields = ("uid", "revision")
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count what is in each case."""
        cases = super().get_queryset(request)
        counted: QuerySet[Any] = cases.annotate(
            n_documents=Count("documents", distinct=True), n_statements=Count("statements", distinct=True)
        )
        return counted

    @admin.display(description="documents", ordering="n_documents")
    def n_documents(self, case: Any) -> int:
        """Return the number of documents."""
        return int(case.n_documents)

    @admin.display(description="statements", ordering="n_statements")
    def n_statements(self, case: Any) -> int:
        """Return the number of statements."""
        return int(case.n_statements)


@admin.register(CaseMembership)
class CaseMembershipAdmin(RecordAdmin):
    list_display = ("user", "role", "case")
    list_filter = (CaseFilter, "role")
    list_select_related = ("user", "case")
    search_fields = ()
