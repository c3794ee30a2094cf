"""Which statements are live, where later ones supersede them?

Public: `Succeeding`, `find_live`, `find_circles`, `read_succession`, `refresh_live`. A statement *holds* when it is
neither rejected nor withdrawn, nor taken back by a retraction that holds. It is *live* when it holds and nothing that
holds supersedes it. So what was replaced stays replaced however often the replacement is replaced in its turn, and
what was taken back comes to life again where the retraction is taken back (`docs/decisions/live-statements.md`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef

from .choices import Stance
from .models import Statement
from .querysets import StatementQuerySet

_Key = TypeVar("_Key", int, UUID)
_BATCH = 10_000  # keys of one IN, well below what SQLite takes


class Succeeding(NamedTuple, Generic[_Key]):
    """What a statement does to an earlier one: which it supersedes, and whether it takes that back."""

    earlier: _Key | None
    retracts: bool


def find_live(counted: Mapping[_Key, Succeeding[_Key]]) -> set[_Key]:
    """Return those of the statements that are live, given all that are neither rejected nor withdrawn, by key."""
    later_of: dict[_Key, list[_Key]] = defaultdict(list)
    for key, (earlier, _) in counted.items():
        if earlier is not None and earlier in counted:
            later_of[earlier].append(key)
    n_waiting = {key: len(later_of[key]) for key in counted}
    ready = [key for key, n in n_waiting.items() if not n]
    holding: set[_Key] = set()
    live: set[_Key] = set()
    for key in ready:  # grows: a statement is ready when all that supersede it are done
        later = [other for other in later_of[key] if other in holding]
        if not any(counted[other].retracts for other in later):
            holding.add(key)
        if not later:
            live.add(key)
        earlier = counted[key].earlier
        if earlier is not None and earlier in counted:
            n_waiting[earlier] -= 1
            if not n_waiting[earlier]:
                ready.append(earlier)
    return live


def find_circles(earlier_of: Mapping[_Key, _Key]) -> Iterator[list[_Key]]:
    """Yield the statements of each circle in which they would supersede one another; there should be none."""
    done: set[_Key] = set()
    for start in earlier_of:
        path: dict[_Key, None] = {}
        at: _Key | None = start
        while at is not None and at not in done and at not in path:
            path[at] = None
            at = earlier_of.get(at)
        if at in path:
            walked = list(path)
            yield walked[walked.index(at) :]
        done |= path.keys()


def read_succession(statements: StatementQuerySet[Statement]) -> dict[int, Succeeding[int]]:
    """Return those of the statements that count and that supersede another or are superseded."""
    later = Statement.objects.filter(supersedes=OuterRef("pk"))
    counted = statements.counted()
    return _read(counted.filter(supersedes__isnull=False)) | _read(counted.filter(Exists(later)))


def refresh_live(ids: Iterable[int | None]) -> None:
    """Set `is_live` anew for these statements and for all that are tied to them by succession."""
    keys = iter({pk for pk in ids if pk is not None})
    while batch := list(islice(keys, _BATCH)):
        touched = given = Statement.objects.filter(pk__in=batch)
        counted = _read(given.counted())
        later = Statement.objects.filter(supersedes=OuterRef("pk"))
        tied = given.filter(supersedes__isnull=False) | given.filter(Exists(later))
        if cases := list(tied.order_by("case").values_list("case_id", flat=True).distinct()):
            of_cases = Statement.objects.filter(case_id__in=cases)
            counted |= read_succession(of_cases)
            touched = touched | of_cases.filter(supersedes__isnull=False) | of_cases.filter(Exists(later))
        live = find_live(counted)
        was = dict(touched.values_list("pk", "is_live"))
        for value in (True, False):
            turned = [pk for pk, is_live in was.items() if is_live is not value and (pk in live) is value]
            if turned:
                Statement.objects.filter(pk__among=turned).update(is_live=value)


def _read(statements: StatementQuerySet[Statement]) -> dict[int, Succeeding[int]]:
    columns = statements.values_list("pk", "supersedes_id", "stance")
    return {pk: Succeeding(earlier, stance == Stance.RETRACTS) for pk, earlier, stance in columns}
