"""What are the classes of a case, read from the database?

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

_KEPT = 4  # cases kept in one process; one of 100,000 relations takes some 60 MB


class _Fold(NamedTuple):
    """The folded relations of a case, by the case's newest entry in the ledger and by a stamp of the relations."""

    head: str
    stamp: tuple[int, ...]
    classes: Classes


_kept: OrderedDict[int, _Fold] = OrderedDict()
_lock = Lock()


def read_relations(case_ids: Collection[int]) -> list[RelationRow]:
    """Return the relations of these cases that count: judged positive, and binding."""
    rows = ClaimRelation.objects.filter(case_id__in=case_ids).judged_positive().binding()
    return [
        RelationRow(uid, a, b, kind, strength, tuple(aspects))
        for uid, a, b, kind, strength, aspects in rows.values_list(
            "uid", "claim_a_id", "claim_b_id", "kind", "strength", "aspects"
        ).iterator(chunk_size=5000)
    ]


def classes_of(case_ids: Collection[int]) -> Classes:
    """Return the classes of these cases together; relations never cross cases, so neither do classes."""
    if len(case_ids) != 1 or not in_snapshot():
        # Outside a snapshot the state may yet be rolled back, and another come to bear the same stamp.
        return Classes(read_relations(case_ids))
    (case_id,) = case_ids
    head = head_of(case_id)
    with _lock:
        kept = _kept.get(case_id)
    if kept is None or kept.head != head:  # something was done in the case, though hardly ever to a relation
        stamp = _stamp_of(case_id)
        same = kept is not None and kept.stamp == stamp
        kept = _Fold(head, stamp, kept.classes if kept and same else Classes(read_relations(case_ids)))
    with _lock:
        _kept[case_id] = kept
        _kept.move_to_end(case_id)
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return kept.classes


def _stamp_of(case_id: int) -> tuple[int, ...]:
    """Return numbers that no two committed states of a case's relations share.

    Every insert raises the highest key, every change the sum of revisions, and every delete lowers the count, which
    only an insert raises again.
    """
    stamp = ClaimRelation.objects.filter(case_id=case_id).aggregate(n=Count("id"), top=Max("id"), sum=Sum("revision"))
    return stamp["n"], stamp["top"] or 0, stamp["sum"] or 0
