"""Questions and the claims that answer them."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest

from sources.admin.base import CaseFilter, ReadOnlyInline, RecordAdmin

from ..choices import Stance
from ..conflicts import contested_in
from ..models import Claim, Question, Statement


class ClaimInline(ReadOnlyInline):
    model = Claim
    fields = ("text", "mode")


@admin.register(Question)
class QuestionAdmin(RecordAdmin):
    list_display = ("text", "case")
    list_filter = (CaseFilter,)
    list_select_related = ("case",)
    readonly_fields = ("uid", "revision")
    inlines = (ClaimInline,)


class ContestedFilter(admin.SimpleListFilter):
    """Claims in a conflict that is no tension, or the others."""

    title = "contested"
    parameter_name = "contested"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return yes and no."""
        return [("yes", "contested"), ("no", "not contested")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the claims chosen."""
        if self.value() not in ("yes", "no"):
            return queryset
        contested = contested_in(set(queryset.values_list("case_id", flat=True)))
        return queryset.filter(pk__in=contested) if self.value() == "yes" else queryset.exclude(pk__in=contested)


class StatementOfClaimInline(ReadOnlyInline):
    model = Statement
    fk_name = "claim"
    fields = ("voice", "speaker", "stance", "excerpt", "review")


@admin.register(Claim)
class ClaimAdmin(RecordAdmin):
    list_display = ("text", "question", "mode", "asserting", "denying", "case")
    list_filter = (CaseFilter, ContestedFilter, "mode")
    list_select_related = ("question", "case")
    readonly_fields = ("uid", "revision", "merged_into")
    inlines = (StatementOfClaimInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count the live statements either way."""
        live = Q(statements__is_live=True)
        counted: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .annotate(
                asserting=Count("statements", filter=live & Q(statements__stance=Stance.ASSERTS)),
                denying=Count("statements", filter=live & Q(statements__stance=Stance.DENIES)),
            )
        )
        return counted

    @admin.display(ordering="asserting")
    def asserting(self, claim: Any) -> int:
        """Return how many live statements assert it."""
        return int(claim.asserting)

    @admin.display(ordering="denying")
    def denying(self, claim: Any) -> int:
        """Return how many live statements deny it."""
        return int(claim.denying)
