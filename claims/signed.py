"""What have analysts signed of certain rows: ratings, conclusions, judgements of independence?

Public: `Signed`, `read_signed`. Such rows are never changed; from a standpoint in the past those are read that had been
signed by then.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q

from sources.models import Record, ReliabilityRating

from .models import Conclusion, CredibilityRating, IndependenceJudgement
from .past import Past
from .standpoint import Standpoint


class Signed(NamedTuple):
    """What an analyst signed: of which rows, by key, what in a word, why or what in words, by whom and when."""

    uid: UUID
    of: tuple[int, ...]
    word: str
    text: str
    by: str | None
    at: datetime


# By model: what it is of, its word, its reason, who signed it and when.
_COLUMNS: dict[type[Record], tuple[tuple[str, ...], str, str, str, str]] = {
    ReliabilityRating: (("party",), "grade", "rationale", "analyst", "rated_at"),
    CredibilityRating: (("statement",), "grade", "rationale", "analyst", "rated_at"),
    Conclusion: (("claim",), "", "text", "signed_by", "signed_at"),
    IndependenceJudgement: (("statement_a", "statement_b"), "verdict", "reason", "judged_by", "judged_at"),
}


def read_signed(standpoint: Standpoint, model: type[Record], keys: Collection[int]) -> list[Signed]:
    """Return what had been signed of rows that are all among these, as it is seen in the case, the oldest first."""
    of, word, reason, by, at = _COLUMNS[model]
    seen = Q(case=standpoint.case) | Q(case=None) if model is ReliabilityRating else Q(case=standpoint.case)
    rows: Any = model._base_manager.filter(seen, **{f"{end}__among": keys for end in of})
    if standpoint.past is None:
        columns = ("uid", *(f"{end}_id" for end in of), *([word] if word else []), reason, f"{by}__username", at)
        found = [
            Signed(uid, tuple(rest[: len(of)]), rest[len(of)] if word else "", *rest[-3:])
            for uid, *rest in rows.values_list(*columns)
        ]
    else:
        found = _recall(standpoint.past, model, rows, keys)
    return sorted(found, key=lambda signed: (signed.at, signed.uid))


def _recall(past: Past, model: type[Record], rows: Any, keys: Collection[int]) -> list[Signed]:
    """Return what had been signed by then, of what the rows were then."""
    of, word, reason, by, at = _COLUMNS[model]
    target: Any = model._meta.get_field(of[0]).related_model
    wanted = {uid: key for key, uid in past.uids(target, keys).items()}
    found = past.rows_where(
        model,
        rows.filter(**{f"{at}__lt": past.until}),
        lambda row: row["case"] in (None, past.case.uid) and row[at] < past.until and all(row[e] in wanted for e in of),
    )
    names = dict(
        get_user_model()._default_manager.filter(pk__among={row[by] for row in found}).values_list("pk", "username")
    )
    return [
        Signed(
            row["uid"],
            tuple(wanted[row[end]] for end in of),
            row[word] if word else "",
            row[reason],
            names.get(row[by]),
            row[at],
        )
        for row in found
    ]
