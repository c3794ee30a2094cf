"""How one claim stands to another, and what a whole case comes to: its conflicts, proposals and graph."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sources.api.bodies import Body, VisibleField, check_case
from sources.api.cases import Cases
from sources.api.conditions import require_revision
from sources.api.filters import ResourceFilter
from sources.api.keyset import page_by_uid
from sources.api.parties import JudgementBody
from sources.api.resources import Links, Resource, case_of_all
from sources.api.schema import PAGE, moment, page_of, refer_to
from sources.models import Case
from sources.snapshot import snapshot

from ..choices import Aspect
from ..models import Claim, ClaimRelation
from ..relating import relate_claims, revise_relation
from .account_shapes import ComparisonShape, MomentShape, QuantityShape
from .comparison import COMPARISON, answer_comparison
from .conflicts import TENSIONS, list_conflicts
from .graphs import GRAPH, answer_case_graph
from .live import LIVE, statements_live
from .presenting import refer_to_claims
from .shapes import ConflictShape, GraphShape, RelationShape
from .standpoints import STANDPOINT
from .timeline import TIMELINE, list_moments, list_quantities


class RelationBody(Body):
    """A new relation. A contradiction has a strength: could both be false? could both be true?"""

    case = VisibleField(queryset=Case.objects.all(), required=False)
    claim_a = VisibleField(queryset=Claim.objects.standing())
    claim_b = VisibleField(queryset=Claim.objects.standing())
    aspects = serializers.ListField(
        child=serializers.ChoiceField(choices=Aspect.choices), required=False, max_length=len(Aspect)
    )

    class Meta:
        model = ClaimRelation
        fields = ("case", "claim_a", "claim_b", "kind", "strength", "aspects", "judgement", "rationale")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a claim of another case by its own name: the domain may have put the other one first."""
        ends = [attrs[name] for name in ("claim_a", "claim_b") if name in attrs]
        check_case(attrs, ("claim_a", "claim_b"), attrs.get("case") or (ends[0].case if ends else None))
        return attrs


class RelationFilter(ResourceFilter):
    """By kind, strength, judgement and claim."""

    claim = django_filters.UUIDFilter(method="keep_touching", label="Relations at either end of which it stands.")

    class Meta:
        model = ClaimRelation
        fields = ("kind", "strength", "judgement")

    def keep_touching(self, queryset: QuerySet[ClaimRelation], name: str, value: Any) -> QuerySet[ClaimRelation]:
        """Keep the relations that touch the claim."""
        return queryset.filter(Q(claim_a__uid=value) | Q(claim_b__uid=value))


class Relations(Resource):
    """How one claim stands to another, as judged."""

    collection, model, shape, body, filters = (
        "relations",
        ClaimRelation,
        RelationShape,
        RelationBody,
        RelationFilter,
    )
    fixed = frozenset({"case", "claim_a", "claim_b", "kind"})
    bodies = {"judgement": JudgementBody}

    def rows(self) -> QuerySet[ClaimRelation]:
        """Return visible relations with their claims."""
        return super().rows().select_related("case", "claim_a", "claim_b", "judged_by")

    def present(self, rows: list[ClaimRelation]) -> list[RelationShape]:
        """Return relations in their public shape."""
        return present_relations(rows, self.links)

    def write(self, values: list[Any]) -> list[Any]:
        """Relate claims."""
        for row in values:
            row.setdefault("case", row["claim_a"].case)
        case = case_of_all(values)
        return relate_claims(by=self.by, case=case, relations=[ClaimRelation(**row) for row in values])

    def rewrite(self, row: ClaimRelation, values: dict[str, Any]) -> None:
        """Revise a relation's strength, aspects, rationale or judgement."""
        revise_relation(by=self.by, relation=row, values=values)

    @action(detail=True, methods=["put"])
    def judgement(self, request: Request, id: Any) -> Response:
        """Say whether the relation holds."""
        row = self.find(id)
        require_revision(request, row)
        values = self.read(JudgementBody(data=request.data, context=self.context))
        return self.changed(row, lambda: revise_relation(by=self.by, relation=row, values=values))


def present_relations(rows: list[ClaimRelation], links: Links) -> list[RelationShape]:
    """Return relations in their public shape."""
    claims = refer_to_claims({c.pk: c for row in rows for c in (row.claim_a, row.claim_b)}.values(), links)
    return [
        {
            "id": str(row.uid),
            "url": links("relations", row.uid),
            "case": str(row.case.uid),
            "claim_a": claims[row.claim_a_id],
            "claim_b": claims[row.claim_b_id],
            "kind": row.kind,
            "strength": row.strength or None,
            "aspects": row.aspects,
            "judgement": row.judgement,
            "rationale": row.rationale,
            "judged_by": row.judged_by.get_username() if row.judged_by else None,
            "judged_at": moment(row.judged_at),
            "revision": row.revision,
        }
        for row in rows
    ]


class CasesWithClaims(Cases):
    """Bodies of material under inquiry that you may see, and what each comes to."""

    parameters = {
        "conflicts": [*PAGE, TENSIONS, *STANDPOINT],
        "proposals": PAGE,
        "graph": [*GRAPH, LIVE],
        "comparison": COMPARISON,
        "timeline": TIMELINE,
        "quantities": TIMELINE,
    }

    @action(detail=True, methods=["get"])
    def conflicts(self, request: Request, id: Any) -> Response:
        """Return the pairs of statements of the case that cannot both stand."""
        with snapshot():
            return Response(list_conflicts(request, self.find(id), self.links))

    @action(detail=True, methods=["get"])
    def proposals(self, request: Request, id: Any) -> Response:
        """Return the relations that nobody has judged yet; they count for nothing until then."""
        with snapshot():
            waiting = ClaimRelation.objects.filter(case=self.find(id)).proposals()
            page = page_by_uid(request, waiting.select_related("case", "claim_a", "claim_b", "judged_by"))
            return Response(page.answer(present_relations(page.rows, self.links)))

    @action(detail=True, methods=["get"])
    def graph(self, request: Request, id: Any) -> Response:
        """Return the case as nodes and edges."""
        with snapshot():
            return answer_case_graph(request, self.find(id), self.links, statements_live(request))

    @action(detail=True, methods=["get"])
    def comparison(self, request: Request, id: Any) -> Response:
        """Return accounts, or documents, side by side: what collides first, then what agrees, then what one speaks of.

        Where none are named, those that collide over most claims.
        """
        with snapshot():
            return answer_comparison(request, self.find(id), self.links)

    @action(detail=True, methods=["get"])
    def timeline(self, request: Request, id: Any) -> Response:
        """Return what was said when, of the accounts named or of everyone."""
        with snapshot():
            return Response(list_moments(request, self.find(id), self.links))

    @action(detail=True, methods=["get"])
    def quantities(self, request: Request, id: Any) -> Response:
        """Return who claims how many of what, and when."""
        with snapshot():
            return Response(list_quantities(request, self.find(id), self.links))

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        further: dict[str, Any] = {
            "comparison": {"200": refer_to(ComparisonShape), ("200", "text/csv"): {"type": "string"}},
            "timeline": {"200": page_of(MomentShape)},
            "quantities": {"200": page_of(QuantityShape)},
            "conflicts": {"200": page_of(ConflictShape)},
            "proposals": {"200": page_of(RelationShape)},
            "graph": {"200": refer_to(GraphShape)},
        }
        return further.get(action) or super().answers(action)
