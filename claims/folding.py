"""What are the classes of a case, or of several, read from the database?

Public: `read_relations`, `classes_of`. The relations of a case are read in one query and folded in Python (closure
inside SQL is quadratic in a chain). What was folded is kept in the process for as long as the relations stand.
"""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Count, Max, Sum

from sources.snapshot import in_snapshot

from .commitments import Classes, RelationRow
from .keeping import Kept, head_of
from .models import ClaimRelation


class _Fold(NamedTuple):
    """The folded relations of some cases, and a stamp of the relations."""

    stamp: tuple[int, ...]
    classes: Classes


_kept: Kept[_Fold] = Kept(4)  # one of 100,000 relations takes some 60 MB


def read_relations(case_ids: Collection[int]) -> list[RelationRow]:
    """Return the relations of these cases that count: judged positive, and binding."""
    rows = ClaimRelation.objects.filter(case_id__among=case_ids).judged_positive().binding()
    return [
        RelationRow(uid, a, b, kind, strength, tuple(aspects))
        for uid, a, b, kind, strength, aspects in rows.values_list(
            "uid", "claim_a_id", "claim_b_id", "kind", "strength", "aspects"
        ).iterator(chunk_size=5000)
    ]


def classes_of(case_ids: Collection[int], head: str | None = None) -> Classes:
    """Return the classes of these cases together; relations never cross cases, so neither do classes.

    `head` is the digest of their newest entry in the ledger, where it has been read.
    """
    of_cases = frozenset(case_ids)

    def fold(before: _Fold | None) -> _Fold:
        stamp = _stamp_of(of_cases) if in_snapshot() else ()
        if before is not None and before.stamp == stamp:
            return before  # something was done in the cases, though hardly ever to a relation
        return _Fold(stamp, Classes(read_relations(of_cases)))

    return _kept.find(of_cases, lambda: (head_of(of_cases) if head is None else head,), fold).classes


def _stamp_of(case_ids: Collection[int]) -> tuple[int, ...]:
    """Return numbers that no two committed states of the relations of these cases share.

    Every insert raises the highest key, every change the sum of revisions, and every delete lowers the count, which
    only an insert raises again.
    """
    relations = ClaimRelation.objects.filter(case_id__among=case_ids)
    stamp = relations.aggregate(n=Count("id"), top=Max("id"), sum=Sum("revision"))
    return stamp["n"], stamp["top"] or 0, stamp["sum"] or 0
