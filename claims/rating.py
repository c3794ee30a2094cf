"""What do analysts hold of parties and of statements?

Public: `rate_parties`, `rate_statements`. Two scales that are never combined: a reliable party may
say what is improbable. A rating is never changed; who thinks otherwise later rates again.
"""

from collections.abc import Sequence
from typing import TypeVar

from sources.ledger import Author
from sources.models import Case, ReliabilityRating

from .models import CredibilityRating

_Rating = TypeVar("_Rating", ReliabilityRating, CredibilityRating)


def rate_parties(*, by: Author, case: Case | None, ratings: Sequence[ReliabilityRating]) -> list[ReliabilityRating]:
    """Write grades of parties; those of a shared party given inside a case are seen there alone."""
    return _rate(by, case, "rate_party", ratings)


def rate_statements(*, by: Author, case: Case, ratings: Sequence[CredibilityRating]) -> list[CredibilityRating]:
    """Write grades of statements."""
    return _rate(by, case, "rate_statement", ratings)


def _rate(by: Author, case: Case | None, name: str, ratings: Sequence[_Rating]) -> list[_Rating]:
    with by.act(name, case) as act:
        for rating in ratings:
            rating.case = case  # type: ignore[assignment]  # null only where it may be
            rating.analyst_id, rating.rated_at = (act.actor.pk if act.actor else None), act.at
        return act.insert_many(list(ratings))
