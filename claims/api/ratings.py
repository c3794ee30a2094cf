"""What analysts hold of parties and of statements, on two scales that are never combined."""

from typing import Any

import django_filters
from django.db.models import QuerySet

from sources.api.bodies import Body, VisibleField
from sources.api.filters import ResourceFilter
from sources.api.parties import refer_to_party
from sources.api.resources import Resource, case_of_all
from sources.api.schema import moment
from sources.choices import Reliability
from sources.models import Party, Rating, ReliabilityRating

from ..choices import Credibility
from ..models import CredibilityRating, Statement
from ..rating import rate_parties, rate_statements
from .shapes import PartyRatingShape, StatementRatingShape


class PartyRatingBody(Body):
    """A grade from A to E, or F where it cannot be judged, with the reason."""

    party = VisibleField(queryset=Party.objects.filter(merged_into=None))

    class Meta:
        model = ReliabilityRating
        fields = ("case", "party", "grade", "rationale")
        extra_kwargs = {"case": {"required": True}}


class PartyRatingFilter(ResourceFilter):
    party = django_filters.UUIDFilter(field_name="party__uid", label="Of this party.")
    analyst = django_filters.CharFilter(field_name="analyst__username", label="By this analyst.")

    class Meta:
        model = ReliabilityRating
        fields = ("grade",)


class _Ratings(Resource):
    """Ratings are never changed nor deleted: who thinks otherwise later rates again."""

    http_method_names = ["get", "head", "options", "post"]

    def rows(self) -> QuerySet[Any]:
        """Return visible ratings with what they are of."""
        return super().rows().select_related("case", "analyst")

    def present_rating(self, rating: Rating, none: str) -> dict[str, Any]:
        """Return what both sorts of rating have in common; `none` is the grade that is no grade."""
        found: Any = rating
        return {
            "id": str(found.uid),
            "url": self.links(self.collection, found.uid),
            "case": str(found.case.uid) if found.case else None,
            "grade": found.grade,
            "value": None if found.grade == none else found.grade,
            "rationale": found.rationale,
            "analyst": found.analyst.get_username() if found.analyst else None,
            "rated_at": moment(found.rated_at),
            "revision": found.revision,
        }


class PartyRatings(_Ratings):
    """How far parties can be relied upon, as each analyst sees it."""

    collection, model, shape, body, filters = (
        "party-ratings",
        ReliabilityRating,
        PartyRatingShape,
        PartyRatingBody,
        PartyRatingFilter,
    )

    def rows(self) -> QuerySet[Any]:
        """Return visible ratings with their parties."""
        return super().rows().select_related("party")

    def present(self, rows: list[ReliabilityRating]) -> list[Any]:
        """Return ratings in their public shape."""
        return [{**self.present_rating(row, Reliability.F), "party": refer_to_party(row.party)} for row in rows]

    def write(self, values: list[Any]) -> list[Any]:
        """Rate parties."""
        case = case_of_all(values)
        return rate_parties(by=self.by, case=case, ratings=[ReliabilityRating(**row) for row in values])


class StatementRatingBody(Body):
    """A grade from 1 to 5, or 6 where it cannot be judged, with the reason."""

    statement = VisibleField(queryset=Statement.objects.all())

    class Meta:
        model = CredibilityRating
        fields = ("statement", "grade", "rationale")


class StatementRatingFilter(ResourceFilter):
    statement = django_filters.UUIDFilter(field_name="statement__uid", label="Of this statement.")
    claim = django_filters.UUIDFilter(field_name="statement__claim__uid", label="Of statements on this claim.")
    analyst = django_filters.CharFilter(field_name="analyst__username", label="By this analyst.")

    class Meta:
        model = CredibilityRating
        fields = ("grade",)


class StatementRatings(_Ratings):
    """How credible statements are, as each analyst sees it."""

    collection, model, shape, body, filters = (
        "statement-ratings",
        CredibilityRating,
        StatementRatingShape,
        StatementRatingBody,
        StatementRatingFilter,
    )

    def rows(self) -> QuerySet[Any]:
        """Return visible ratings with their statements."""
        return super().rows().select_related("statement")

    def present(self, rows: list[CredibilityRating]) -> list[Any]:
        """Return ratings in their public shape."""
        return [{**self.present_rating(row, Credibility.UNJUDGED), "statement": str(row.statement.uid)} for row in rows]

    def write(self, values: list[Any]) -> list[Any]:
        """Rate statements."""
        case = case_of_all([{"case": row["statement"].case} for row in values])
        return rate_statements(by=self.by, case=case, ratings=[CredibilityRating(**row) for row in values])
