"""Questions, and the claims that answer them, with all that is read off a claim."""

from typing import Any

import django_filters
from django.db.models import Count, Prefetch, Q, QuerySet
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sources.api.bodies import Body, Strict
from sources.api.filters import ResourceFilter, yes_or_no
from sources.api.idempotency import idempotent
from sources.api.keyset import page_by_uid
from sources.api.resources import Resource, case_of_all
from sources.api.schema import PAGE, page_of, refer_to
from sources.models import Case
from sources.snapshot import snapshot
from sources.strict_json import quantity

from ..choices import Stance
from ..conflicts import contested_among, contested_in, opposing_to
from ..merging import merge_claim, plan_claim_merger
from ..models import Claim, Question, Statement
from ..reading import read_statements
from ..standpoint import Standing
from ..wording import pose_questions, word_claims
from .account_shapes import CorroborationShape, DossierShape, MergerShape
from .conflicts import TENSIONS, list_conflicts
from .dossiers import DOSSIER, answer_corroboration, answer_dossier
from .graphs import DEPTH, GRAPH, answer_claim_graph
from .live import LIVE, keep_live, statements_live
from .merging import ClaimMergerBody, answer_merger, answer_plan
from .presenting import present_evidence, present_opposing, refer_to_claims, refer_to_question, refer_to_statement
from .shapes import ClaimShape, ConflictShape, EvidenceOfClaim, GraphShape, QuestionShape
from .standpoints import STANDPOINT


class QuestionBody(Body):
    """A new point at issue."""

    class Meta:
        model = Question
        fields = ("case", "text")


class QuestionFilter(ResourceFilter):
    class Meta:
        model = Question
        fields = ()


class Questions(Resource):
    """Points at issue with their candidate answers; these are rivals only where a relation says so."""

    collection, model, shape, body, filters = "questions", Question, QuestionShape, QuestionBody, QuestionFilter

    def rows(self) -> QuerySet[Question]:
        """Return visible questions with their answers."""
        answers = Claim.objects.standing().order_by("uid")
        return super().rows().select_related("case").prefetch_related(Prefetch("claims", answers))

    def present(self, rows: list[Question]) -> list[QuestionShape]:
        """Return questions in their public shape."""
        claims = refer_to_claims((claim for question in rows for claim in question.claims.all()), self.links)
        return [
            {
                "id": str(question.uid),
                "url": self.links("questions", question.uid),
                "case": str(question.case.uid),
                "text": question.text,
                "claims": [claims[claim.pk] for claim in question.claims.all()],
                "revision": question.revision,
            }
            for question in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Pose questions."""
        case = case_of_all(values)
        return pose_questions(by=self.by, case=case, questions=[Question(**row) for row in values])


class ClaimBody(Body):
    """A new proposition, worded positively: who denies it says so in a statement."""

    class Meta:
        model = Claim
        fields = (
            "case",
            "text",
            "mode",
            "question",
            "occurred_from",
            "occurred_to",
            "occurred_note",
            "place",
            "quantity_low",
            "quantity_high",
            "quantity_approximate",
            "unit",
            "note",
        )


class ClaimFilter(ResourceFilter):
    """By question, mode, who speaks of it, and whether it is contested."""

    question = django_filters.UUIDFilter(field_name="question__uid", label="Answers to this question.")
    speaker = django_filters.UUIDFilter(method="keep_spoken_of", label="Claims that this party has spoken of.")
    document = django_filters.UUIDFilter(method="keep_told_in", label="Claims that this document tells of.")
    contested = yes_or_no(method="keep_contested", label="In a conflict that is no tension.")

    class Meta:
        model = Claim
        fields = ("mode",)

    def keep_spoken_of(self, queryset: QuerySet[Claim], name: str, value: Any) -> QuerySet[Claim]:
        """Keep the claims on which the party has a live statement."""
        return queryset.filter(pk__in=Statement.objects.live().filter(speaker__uid=value).values("claim_id"))

    def keep_told_in(self, queryset: QuerySet[Claim], name: str, value: Any) -> QuerySet[Claim]:
        """Keep the claims of which the document has a live statement."""
        told = Statement.objects.live().filter(excerpt__version__document__uid=value)
        return queryset.filter(pk__in=told.values("claim_id"))

    def keep_contested(self, queryset: QuerySet[Claim], name: str, value: bool) -> QuerySet[Claim]:
        """Keep the claims that are contested, or those that are not."""
        cases = Case.objects.visible_to(self.request.user)
        wanted = self.form.cleaned_data.get("case")
        if wanted is not None:
            cases = cases.filter(uid=wanted)
        contested = contested_in(list(cases.values_list("pk", flat=True)))
        condition = Q(pk__among=contested)
        return queryset.filter(condition if value else ~condition)


class Claims(Resource):
    """Propositions, each with what opposes it."""

    collection, model, shape, body, filters = "claims", Claim, ClaimShape, ClaimBody, ClaimFilter
    parameters = {
        "evidence": [*PAGE, LIVE],
        "conflicts": [*PAGE, TENSIONS, *STANDPOINT],
        "graph": [*GRAPH, DEPTH, LIVE],
        "dossier": DOSSIER,
        "corroboration": STANDPOINT,
    }
    conditional = frozenset({"merger"})

    def rows(self) -> QuerySet[Claim]:
        """Return visible claims with their questions."""
        return super().rows().select_related("case", "question", "merged_into")

    def listed(self) -> QuerySet[Claim]:
        """Leave out merged claims."""
        return self.rows().filter(merged_into=None)

    def present(self, rows: list[Claim]) -> list[ClaimShape]:
        """Return claims in their public shape, with the number of live statements either way and what opposes them."""
        in_cases = {claim.pk: claim.case_id for claim in rows}
        standing = Standing(set(in_cases.values()))
        contested, opposing = contested_among(in_cases, standing), opposing_to(in_cases, standing)
        counts = {
            claim: (asserting, denying)
            for claim, asserting, denying in Statement.objects.live()
            .filter(claim__in=rows)
            .values_list("claim_id")
            .annotate(
                asserting=Count("pk", filter=Q(stance=Stance.ASSERTS)),
                denying=Count("pk", filter=Q(stance=Stance.DENIES)),
            )
            .order_by()
        }
        links = self.links
        return [
            {
                "id": str(claim.uid),
                "url": links("claims", claim.uid),
                "case": str(claim.case.uid),
                "text": claim.text,
                "mode": claim.mode,
                "question": refer_to_question(claim.question.uid, claim.question.text, links)
                if claim.question
                else None,
                "occurred_from": claim.occurred_from.isoformat() if claim.occurred_from else None,
                "occurred_to": claim.occurred_to.isoformat() if claim.occurred_to else None,
                "occurred_note": claim.occurred_note,
                "place": claim.place,
                "quantity_low": quantity(claim.quantity_low),
                "quantity_high": quantity(claim.quantity_high),
                "quantity_approximate": claim.quantity_approximate,
                "unit": claim.unit,
                "note": claim.note,
                "asserting": counts.get(claim.pk, (0, 0))[0],
                "denying": counts.get(claim.pk, (0, 0))[1],
                "contested": claim.pk in contested,
                "opposing": present_opposing(opposing[claim.pk], links),
                "revision": claim.revision,
            }
            for claim in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Word claims."""
        case = case_of_all(values)
        return word_claims(by=self.by, case=case, claims=[Claim(**row) for row in values])

    @action(detail=True, methods=["get"])
    def evidence(self, request: Request, id: Any) -> Response:
        """Return the words that carry statements on this claim; a page holds the words of `limit` statements."""
        with snapshot():
            claim = self.find(id)
            page = page_by_uid(request, keep_live(request, claim.statements.all()))
            rows = read_statements(Statement.objects.filter(pk__among=[row.pk for row in page.rows]).order_by("uid"))
            words = [
                {**piece, "statement": refer_to_statement(row, self.links)}
                for row in rows
                for piece in present_evidence(row)
            ]
            return Response(page.answer(words))

    @action(detail=True, methods=["get"])
    def conflicts(self, request: Request, id: Any) -> Response:
        """Return the conflicts of this claim and those that say the same."""
        with snapshot():
            claim = self.find(id)
            return Response(list_conflicts(request, claim.case, self.links, claim=claim))

    @action(detail=True, methods=["get"])
    def graph(self, request: Request, id: Any) -> Response:
        """Return what lies around this claim as nodes and edges."""
        with snapshot():
            return answer_claim_graph(request, self.find(id), self.links, statements_live(request))

    @action(detail=True, methods=["get"])
    def dossier(self, request: Request, id: Any) -> Response:
        """Return all that there is on this claim: for, against and open; what is against it is never cut short."""
        with snapshot():
            return Response(answer_dossier(request, self.find(id), self.links))

    @action(detail=True, methods=["get"])
    def corroboration(self, request: Request, id: Any) -> Response:
        """Return on what this claim rests: counted in every way that matters, and never as one number."""
        with snapshot():
            return Response(answer_corroboration(request, self.find(id), self.links))

    @action(detail=True, methods=["post"])
    @idempotent
    def merger(self, request: Request, id: Any) -> Response:
        """Merge this claim into another: all that pointed to it points to that one, and its address leads there."""
        row = self.find(id)
        return answer_merger(self, row, lambda into, seen: merge_claim(by=self.by, claim=row, into=into, seen=seen))

    @action(detail=True, methods=["get"], url_path="merger/<uuid:into>", url_name="merger-plan")
    def plan_merger(self, request: Request, id: Any, into: Any) -> Response:
        """Return what merging this claim into that one would do, and what is in the way of it."""
        return answer_plan(self, id, into, plan_claim_merger)

    def body_of(self, action: str) -> type[Strict] | None:
        """Return what the body of an action may say."""
        return ClaimMergerBody if action == "merger" else super().body_of(action)

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        further = {
            "dossier": {"200": refer_to(DossierShape)},
            "corroboration": {"200": refer_to(CorroborationShape)},
            "merger": {"200": refer_to(ClaimShape)},
            "plan_merger": {"200": refer_to(MergerShape)},
            "evidence": {"200": page_of(EvidenceOfClaim)},
            "conflicts": {"200": page_of(ConflictShape)},
            "graph": {"200": refer_to(GraphShape)},
        }
        return further.get(action) or super().answers(action)
