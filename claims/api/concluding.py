"""What analysts conclude on claims, and what they hold of the independence of statements."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from sources.api.bodies import Body, VisibleField
from sources.api.filters import ResourceFilter
from sources.api.resources import Resource, case_of_all
from sources.api.schema import moment

from ..concluding import judge_independence, sign_conclusions
from ..models import Claim, Conclusion, IndependenceJudgement, Statement
from .account_shapes import ConclusionShape, IndependenceJudgementShape


class _Signed(Resource):
    """What is signed is never changed nor deleted: who thinks otherwise later signs again."""

    http_method_names = ["get", "head", "options", "post"]


class ConclusionBody(Body):
    """What you conclude on a claim, in your own words."""

    claim = VisibleField(queryset=Claim.objects.standing())

    class Meta:
        model = Conclusion
        fields = ("claim", "text")


class ConclusionFilter(ResourceFilter):
    claim = django_filters.UUIDFilter(field_name="claim__uid", label="On this claim.")
    signed_by = django_filters.CharFilter(field_name="signed_by__username", label="Of this analyst.")

    class Meta:
        model = Conclusion
        fields = ()


class Conclusions(_Signed):
    """What analysts conclude on claims, in words and under their names; the newest on a claim counts."""

    collection, model, shape, body, filters = (
        "conclusions",
        Conclusion,
        ConclusionShape,
        ConclusionBody,
        ConclusionFilter,
    )

    def rows(self) -> QuerySet[Any]:
        """Return visible conclusions with what they are on."""
        return super().rows().select_related("case", "claim", "signed_by")

    def present(self, rows: list[Conclusion]) -> list[ConclusionShape]:
        """Return conclusions in their public shape."""
        return [
            {
                "id": str(row.uid),
                "url": self.links("conclusions", row.uid),
                "case": str(row.case.uid),
                "claim": str(row.claim.uid),
                "text": row.text,
                "signed_by": row.signed_by.get_username() if row.signed_by else None,
                "signed_at": moment(row.signed_at) or "",
                "revision": row.revision,
            }
            for row in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Sign conclusions."""
        case = case_of_all([{"case": row["claim"].case} for row in values])
        return sign_conclusions(by=self.by, case=case, conclusions=[Conclusion(**row) for row in values])


class IndependenceJudgementBody(Body):
    """Whether two statements go back to one origin, with the reason."""

    statement_a = VisibleField(queryset=Statement.objects.all())
    statement_b = VisibleField(queryset=Statement.objects.all())

    class Meta:
        model = IndependenceJudgement
        fields = ("statement_a", "statement_b", "verdict", "reason")


class IndependenceJudgementFilter(ResourceFilter):
    statement = django_filters.UUIDFilter(method="keep_touching", label="Of this statement and another.")

    class Meta:
        model = IndependenceJudgement
        fields = ("verdict",)

    def keep_touching(self, queryset: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Keep the judgements of the statement."""
        return queryset.filter(Q(statement_a__uid=value) | Q(statement_b__uid=value))


class IndependenceJudgements(_Signed):
    """What analysts hold of whether two statements go back to one origin; the newest on a pair counts."""

    collection, model, shape, body, filters = (
        "independence-judgements",
        IndependenceJudgement,
        IndependenceJudgementShape,
        IndependenceJudgementBody,
        IndependenceJudgementFilter,
    )

    def rows(self) -> QuerySet[Any]:
        """Return visible judgements with the statements that they are of."""
        return super().rows().select_related("case", "statement_a", "statement_b", "judged_by")

    def present(self, rows: list[IndependenceJudgement]) -> list[IndependenceJudgementShape]:
        """Return judgements in their public shape."""
        return [
            {
                "id": str(row.uid),
                "url": self.links("independence-judgements", row.uid),
                "case": str(row.case.uid),
                "statement_a": str(row.statement_a.uid),
                "statement_b": str(row.statement_b.uid),
                "verdict": row.verdict,
                "reason": row.reason,
                "judged_by": row.judged_by.get_username() if row.judged_by else None,
                "judged_at": moment(row.judged_at) or "",
                "revision": row.revision,
            }
            for row in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Judge pairs of statements."""
        case = case_of_all([{"case": row["statement_a"].case} for row in values])
        return judge_independence(by=self.by, case=case, judgements=[IndependenceJudgement(**row) for row in values])
