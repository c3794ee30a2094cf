"""Which statements are live, where later ones supersede them?

Public: `Succession`, `find_live`, `read_succession`, `refresh_live`. A statement *holds* when it is neither rejected
nor withdrawn, nor taken back by a retraction that holds. It is *live* when it holds and nothing that holds supersedes
it. So what was replaced stays replaced however often the replacement is replaced in its turn, and what was taken back
comes to life again where the retraction is taken back (`docs/decisions/live-statements.md`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from .choices import Review, Stance
from .models import Statement

_BATCH = 10_000  # keys of one IN, well below what SQLite takes


class Succession(NamedTuple):
    """All about a statement that matters to whether it and those before it are live, and what was stored."""

    pk: int
    supersedes: int | None
    is_counted: bool  # neither rejected nor withdrawn
    retracts: bool
    is_live: bool


def find_live(rows: Mapping[int, Succession]) -> dict[int, bool]:
    """Return whether each statement is live, given with all that are before and after it, by key.

    Those that supersede themselves, through others, are left out: nothing can be said of them.
    """
    later: dict[int, list[Succession]] = defaultdict(list)
    for row in rows.values():
        if row.supersedes is not None and row.supersedes in rows:
            later[row.supersedes].append(row)
    n_waiting = {pk: len(later[pk]) for pk in rows}
    ready = [row for pk, row in rows.items() if not n_waiting[pk]]
    holds: dict[int, bool] = {}
    live: dict[int, bool] = {}
    for row in ready:  # grows: a statement is ready when all that supersede it are done
        holding = [other for other in later[row.pk] if holds[other.pk]]
        holds[row.pk] = row.is_counted and not any(other.retracts for other in holding)
        live[row.pk] = row.is_counted and not holding
        if row.supersedes is not None and row.supersedes in rows:
            n_waiting[row.supersedes] -= 1
            if not n_waiting[row.supersedes]:
                ready.append(rows[row.supersedes])
    return live


def read_succession(statements: QuerySet[Statement]) -> dict[int, Succession]:
    """Return those of the statements that supersede another or are superseded."""
    later = Statement.objects.filter(supersedes=OuterRef("pk"))
    return _read(statements.filter(supersedes__isnull=False)) | _read(statements.filter(Exists(later)))


def refresh_live(ids: Iterable[int | None]) -> None:
    """Set `is_live` anew for these statements and for all that are tied to them by succession."""
    keys = iter({pk for pk in ids if pk is not None})
    while batch := list(islice(keys, _BATCH)):
        given = Statement.objects.filter(pk__in=batch)
        rows = _read(given)
        if tied := read_succession(given):
            cases = Statement.objects.filter(pk__in=tied).values("case_id")
            rows |= read_succession(Statement.objects.filter(case_id__in=cases))
        live = find_live(rows)
        for value in (True, False):
            turned = [pk for pk, found in live.items() if found is value and rows[pk].is_live is not value]
            if turned:
                Statement.objects.filter(pk__in=turned).update(is_live=value)


def _read(statements: QuerySet[Statement]) -> dict[int, Succession]:
    columns = statements.values_list("pk", "supersedes_id", "review", "withdrawn_at", "stance", "is_live")
    return {
        pk: Succession(
            pk, supersedes, review != Review.REJECTED and withdrawn_at is None, stance == Stance.RETRACTS, is_live
        )
        for pk, supersedes, review, withdrawn_at, stance, is_live in columns
    }
