"""Questions and the claims that answer them."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import mark_safe

from sources.admin.base import RecordAdmin, RecordChangeList, quoted
from sources.admin.filters import OfCaseFilter
from sources.admin.forms import RecordForm
from sources.admin.inlines import ReadOnlyInline
from sources.choices import Role
from sources.ledger import By
from sources.models import Case

from ..choices import Stance
from ..conflicts import contested_among, contested_in
from ..models import Claim, ClaimRelation, Question, Statement
from ..wording import pose_questions, word_claims


class ClaimInline(ReadOnlyInline):
    model = Claim
    verbose_name_plural = "answers"
    fields = ("text", "mode")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Leave out what was merged."""
        return super().get_queryset(request).filter(merged_into=None)


@admin.register(Question)
class QuestionAdmin(RecordAdmin):
    list_display = ("text", "n_claims", "case")
    list_select_related = ("case",)
    fields = ("text",)
    inlines = (ClaimInline,)
    ways_on = (("Add an answer", "claims_claim", "question"),)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show answers once there is a question."""
        return self.inlines if obj is not None else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count the answers."""
        return super().get_queryset(request).annotate(n_claims=Count("claims", filter=Q(claims__merged_into=None)))

    @admin.display(description="answers", ordering="n_claims")
    def n_claims(self, question: Any) -> int:
        """Return how many claims answer it."""
        return int(question.n_claims)

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Pose the question."""
        pose_questions(by=by, case=case, questions=[form.instance])


class ContestedFilter(admin.SimpleListFilter):
    """Claims in a conflict that is no tension, or the others."""

    title = "contested"
    parameter_name = "contested"
    claim = "pk"  # the lookup that leads from a row to its claim

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return yes and no."""
        return [("yes", "contested"), ("no", "not contested")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows chosen."""
        if self.value() not in ("yes", "no"):
            return queryset
        contested = contested_in(set(queryset.order_by().values_list("case_id", flat=True).distinct()))
        condition = Q(**{f"{self.claim}__among": contested})
        return queryset.filter(condition if self.value() == "yes" else ~condition)


class ClaimChangeList(RecordChangeList):
    """Claims, each marked where it is contested."""

    def get_results(self, request: HttpRequest) -> None:
        """Mark the claims of the page, in a number of queries that does not grow with it."""
        super().get_results(request)
        contested = contested_among({claim.pk: claim.case_id for claim in self.result_list})
        for claim in self.result_list:
            claim.is_contested = claim.pk in contested


class StatementOfClaimInline(ReadOnlyInline):
    model = Statement
    fk_name = "claim"
    verbose_name_plural = "statements on it"
    fields = ("voice", "speaker", "stance", "words", "review", "is_live")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Bring along what is shown."""
        return super().get_queryset(request).select_related("speaker", "excerpt", "claim")

    @admin.display(description="words")
    def words(self, statement: Statement) -> str:
        """Return the main words in quotation marks."""
        return quoted(statement.excerpt.exact)


class RelationFromInline(ReadOnlyInline):
    model = ClaimRelation
    fk_name = "claim_a"
    verbose_name_plural = "how it stands to other claims"
    fields = ("kind", "claim_b", "strength", "judgement")


class RelationToInline(ReadOnlyInline):
    model = ClaimRelation
    fk_name = "claim_b"
    verbose_name_plural = "how other claims stand to it"
    fields = ("claim_a", "kind", "strength", "judgement")


class QuestionFilter(OfCaseFilter):
    title = "question"
    parameter_name = "question"
    lookup = "question"

    def offered(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the questions that the user may see."""
        return Question.objects.visible_to(request.user)


@admin.register(Claim)
class ClaimAdmin(RecordAdmin):
    list_display = ("text", "is_contested", "asserting", "denying", "question", "mode", "case")
    list_filter = (ContestedFilter, QuestionFilter, "mode")
    list_select_related = ("question", "case")
    autocomplete_fields = ("question",)
    fieldsets = (
        (None, {"fields": ("text", "question", "mode")}),
        (
            "Figure",
            {"fields": ("quantity_low", "quantity_high", "quantity_approximate", "unit"), "classes": ("collapse",)},
        ),
        (
            "Time and place",
            {"fields": ("occurred_from", "occurred_to", "occurred_note", "place"), "classes": ("collapse",)},
        ),
        ("Note", {"fields": ("note",), "classes": ("collapse",)}),
    )
    inlines = (StatementOfClaimInline, RelationFromInline, RelationToInline)
    ways_on = (
        ("Add a statement", "claims_statement", "claim"),
        ("Relate to another", "claims_claimrelation", "claim_a"),
    )

    def find_ways_on(self, request: HttpRequest, row: Any) -> Iterator[tuple[str, str]]:
        """Yield also its dossier, what lies around it, and its merging into another."""
        yield "Dossier", reverse("admin:dossier", args=[row.uid])
        yield "Graph", f"{reverse('admin:graph')}?claim={row.uid}"
        if self._includes(request, row.case, Role.LEAD):
            yield "Merge into another", reverse("admin:merge", args=["claim", row.uid])
        yield from super().find_ways_on(request, row)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show statements once there is a claim."""
        return self.inlines if obj is not None else ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Return the list that marks contested claims."""
        return ClaimChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Count the live statements either way, and leave out what was merged."""
        live = Q(statements__is_live=True)
        counted: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .filter(merged_into=None)
            .annotate(
                asserting=Count("statements", filter=live & Q(statements__stance=Stance.ASSERTS)),
                denying=Count("statements", filter=live & Q(statements__stance=Stance.DENIES)),
            )
        )
        return counted

    @admin.display(description="contested")
    def is_contested(self, claim: Any) -> str:
        """Return a mark where it stands in a conflict."""
        return mark_safe('<span class="mark">contested</span>') if claim.is_contested else ""

    @admin.display(ordering="asserting")
    def asserting(self, claim: Any) -> int:
        """Return how many live statements assert it."""
        return int(claim.asserting)

    @admin.display(ordering="denying")
    def denying(self, claim: Any) -> int:
        """Return how many live statements deny it."""
        return int(claim.denying)

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Word the claim."""
        word_claims(by=by, case=case, claims=[form.instance])
