"""What are the classes of a case, or of several, read from the database?

Public: `read_relations`, `classes_of`. The relations of a case are read in one query and folded in Python (closure
inside SQL is quadratic in a chain). What was folded is kept in the process for as long as the relations stand.
"""

from collections import OrderedDict
from collections.abc import Collection
from threading import Lock
from typing import NamedTuple

from django.db.models import Count, Max, Sum

from sources.snapshot import in_snapshot

from .commitments import Classes, RelationRow
from .keeping import head_of
from .models import ClaimRelation

_KEPT = 4  # folds kept in one process; one of 100,000 relations takes some 60 MB


class _Fold(NamedTuple):
    """The folded relations of some cases, by their newest entry in the ledger and by a stamp of the relations."""

    head: str
    stamp: tuple[int, ...]
    classes: Classes


_kept: OrderedDict[frozenset[int], _Fold] = OrderedDict()
_lock = Lock()


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
    if not in_snapshot():
        # Outside a snapshot the state may yet be rolled back, and another come to bear the same stamp.
        return Classes(read_relations(case_ids))
    of_cases = frozenset(case_ids)
    head = head_of(of_cases) if head is None else head
    with _lock:
        kept = _kept.get(of_cases)
    if kept is None or kept.head != head:  # something was done in the cases, though hardly ever to a relation
        stamp = _stamp_of(of_cases)
        same = kept is not None and kept.stamp == stamp
        kept = _Fold(head, stamp, kept.classes if kept and same else Classes(read_relations(of_cases)))
    with _lock:
        _kept[of_cases] = kept
        _kept.move_to_end(of_cases)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return kept.classes


def _stamp_of(case_ids: Collection[int]) -> tuple[int, ...]:
    """Return numbers that no two committed states of the relations of these cases share.

    Every insert raises the highest key, every change the sum of revisions, and every delete lowers the count, which
    only an insert raises again.
    """
    relations = ClaimRelation.objects.filter(case_id__among=case_ids)
    stamp = relations.aggregate(n=Count("id"), top=Max("id"), sum=Sum("revision"))
    return stamp["n"], stamp["top"] or 0, stamp["sum"] or 0
