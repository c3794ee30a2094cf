"""What was said when, by whom, and how many of what did they say there were?

Public: `Moment`, `Quantity`, `TimelinePlace`, `find_moments`, `find_quantities`. By the time at which it was said, or,
where that is not known, made known; both times are shown.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from .accounts import Column
from .commitments import Side
from .exhibiting import Exhibit, show_statements
from .reading import ClaimRow
from .standpoint import Standpoint

SAID, PUBLISHED = "said", "published"  # by which time moments are ordered


class TimelinePlace(NamedTuple):
    """Where in time a statement stands."""

    at: datetime
    uid: UUID


@dataclass(frozen=True)
class Moment:
    """One statement in time; `said_known` where the time of saying is given, and not only that of the document."""

    exhibit: Exhibit
    place: TimelinePlace
    said_known: bool
    columns: tuple[int, ...]  # the accounts that it belongs to, by index
    n_conflicts: int  # live statements that cannot stand together with it
    n_tensions: int


class Quantity(NamedTuple):
    """Who claims how many of what, and when; `low` and `high` as the claim has them, either may be open."""

    exhibit: Exhibit
    claim: ClaimRow
    place: TimelinePlace
    columns: tuple[int, ...]


def find_moments(
    standpoint: Standpoint,
    *,
    columns: Sequence[Column] = (),
    ordered_by: str = SAID,
    after: TimelinePlace | None = None,
    backwards: bool = False,
    limit: int,
) -> list[Moment]:
    """Return up to `limit` statements after a place in time: those of the accounts, or all where none is given."""
    found = _find_statements(standpoint, columns, None, ordered_by, after, backwards, limit)
    meeting = _count_meetings(standpoint, [exhibit for exhibit, _ in found])
    return [
        Moment(
            exhibit=exhibit,
            place=place,
            said_known=bool(exhibit.statement.said_at or exhibit.statement.uttered_at),
            columns=_columns_of(exhibit, columns),
            n_conflicts=meeting[exhibit.statement.pk][0],
            n_tensions=meeting[exhibit.statement.pk][1],
        )
        for exhibit, place in found
    ]


def find_quantities(
    standpoint: Standpoint,
    *,
    columns: Sequence[Column] = (),
    ordered_by: str = SAID,
    after: TimelinePlace | None = None,
    backwards: bool = False,
    limit: int,
) -> list[Quantity]:
    """Return up to `limit` assertions of claims that count something, by time: who claims how many of what."""
    counting = standpoint.claims_with_quantity()
    found = _find_statements(standpoint, columns, counting, ordered_by, after, backwards, limit)
    claims = standpoint.read_claims({exhibit.statement.claim_id for exhibit, _ in found})
    return [
        Quantity(exhibit, claims[exhibit.statement.claim_id], place, _columns_of(exhibit, columns))
        for exhibit, place in found
    ]


def _find_statements(
    standpoint: Standpoint,
    columns: Sequence[Column],
    counted: Any,
    ordered_by: str,
    after: TimelinePlace | None,
    backwards: bool,
    limit: int,
) -> list[tuple[Exhibit, TimelinePlace]]:
    """Return statements of the accounts in the order of time, on any claim or, asserting, on those `counted`."""
    speakers = set().union(*(column.keys for column in columns)) if columns else None
    places = standpoint.statements.find_times(
        speakers=speakers,
        counted=counted,
        by_saying=ordered_by == SAID,
        after=after,
        backwards=backwards,
        limit=limit,
    )
    exhibits = show_statements(standpoint, [pk for pk, _, _ in places])
    return [(exhibits[pk], TimelinePlace(at, uid)) for pk, at, uid in places]


def _columns_of(exhibit: Exhibit, columns: Sequence[Column]) -> tuple[int, ...]:
    return tuple(index for index, column in enumerate(columns) if exhibit.statement.speaker_id in column.keys)


def _count_meetings(standpoint: Standpoint, exhibits: Collection[Exhibit]) -> dict[int, tuple[int, int]]:
    """Return for each statement how many others cannot stand together with it, and how many are in tension with it."""
    classes = standpoint.classes
    sides = {
        exhibit.statement.pk: classes.side_of(exhibit.statement.claim_id, exhibit.statement.stance)
        for exhibit in exhibits
    }
    own = {side for side in sides.values() if side is not None}
    against = {side: classes.opponents(side) for side in own}
    counts = standpoint.count_sides({other.of_class for found in against.values() for other in found})
    met: dict[Side, tuple[int, int]] = {}
    for side, found in against.items():
        totals = [0, 0]
        for other, meeting in found.items():
            totals[meeting.is_tension] += counts.get(other, 0) - (other == side)
        met[side] = totals[0], totals[1]
    return {pk: met[side] if side is not None else (0, 0) for pk, side in sides.items()}
