"""What does each of several accounts, or documents, do about each claim, and where do they collide?

Public: `Telling`, `Cell`, `Row`, `Collision`, `Comparison`, `compare`. Read off commitments from a
standpoint; nothing is stored. A row is a class of claims: those that say the same are one row, with every wording
named. Which rows there are, and in which order, is the tally's answer; words and chains are read for the page alone.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from .accounts import Column
from .choices import Agreement, Bears, Position
from .commitments import MINUS, PLUS, SIGN_OF, Classes, Meeting, Side
from .conflicts import Conflict, Opposition, contested_among, describe_pairs, opposing_to
from .exhibiting import Exhibit, show_statements
from .models import Question
from .positions import Bearing
from .reading import ClaimRow
from .standing import Stood
from .standpoint import Standpoint
from .tallying import STANCE_OF, RowPlace, Tally, count_places, take_tally

MAX_TOLD = 10  # statements shown in one cell; `n_statements` says how many there are


class Telling(NamedTuple):
    """A statement in a cell: how it bears on the claim of the row, and how it meets asserting it, if it does."""

    exhibit: Exhibit
    bearing: Bearing


@dataclass(frozen=True)
class Cell:
    """What one column does about one row; `sign` is the commitment, + or −, where all that binds has one."""

    position: Position
    sign: str
    tellings: tuple[Telling, ...]
    n_statements: int
    n_documents: int


@dataclass(frozen=True)
class Row:
    """One claim, or several that say the same, and what each column does about it."""

    place: RowPlace
    agreement: Agreement
    claim: ClaimRow
    wordings: tuple[ClaimRow, ...]  # the other claims that say the same
    contested: bool
    opposing: list[Opposition]
    cells: tuple[Cell, ...]
    conflict: Meeting | None  # the gravest way in which two columns collide here


@dataclass(frozen=True)
class Collision:
    """Two columns collide on a row of the page: the foremost pair of statements, and how many such pairs it has."""

    columns: tuple[int, int]  # by index: of the left statement, and of the right one
    conflict: Conflict
    n_pairs: int


@dataclass(frozen=True)
class Comparison:
    """One page of rows, with what collides on it; `n_rows` counts all rows of each sort, those of other pages too."""

    standpoint: Standpoint
    columns: tuple[Column, ...]
    rows: list[Row]
    collisions: list[Collision]
    n_rows: dict[Agreement, int] = field(default_factory=dict)
    more: bool = False  # whether further rows follow, or, read backwards, come before


# --- rows ----------------------------------------------------------------------------------------------------------


def compare(
    standpoint: Standpoint,
    *,
    columns: Sequence[Column],
    question: Question | None = None,
    only_conflicts: bool = False,
    after: RowPlace | None = None,
    backwards: bool = False,
    limit: int,
) -> Comparison:
    """Return up to `limit` rows after a place: what collides first, then what agrees, then what only one speaks of.

    A row is a class of which some column speaks; those that are joined by a question or a contradiction stand
    together. `backwards` takes the rows before the place, the nearest last.
    """
    tally, places = take_tally(standpoint, columns, question, only_conflicts=only_conflicts)
    start, stop = 0, len(places)
    if after is not None:
        start, stop = (0, bisect_left(places, after)) if backwards else (bisect_right(places, after), stop)
    page = places[max(stop - limit, start) : stop] if backwards else places[start : min(start + limit, stop)]
    rows, collisions = _fill_rows(standpoint, columns, tally, page)
    return Comparison(standpoint, tuple(columns), rows, collisions, count_places(places), more=stop - start > len(page))


# --- what a page shows ---------------------------------------------------------------------------------------------


def _fill_rows(
    standpoint: Standpoint, columns: Sequence[Column], tally: Tally, places: Sequence[RowPlace]
) -> tuple[list[Row], list[Collision]]:
    """Return the rows at these places with their words, and what collides on them."""
    classes = tally.classes
    bearings = {place.of_class: tally.bearings(place.of_class) for place in places}
    stood = _find_told(standpoint, columns, bearings)
    chosen: dict[tuple[int, int], list[tuple[Stood, Bearing]]] = {}
    counts: dict[tuple[int, int], int] = {}
    for of_class in bearings:
        for index in range(len(columns)):
            told = list(_told_of(of_class, bearings[of_class], stood[index], classes))
            counts[of_class, index] = len(told)
            chosen[of_class, index] = told[:MAX_TOLD]
    meets = _find_meets(classes, bearings, stood)
    keys = {row.pk for told in chosen.values() for row, _ in told} | {row.pk for m in meets for row in m.pair}
    exhibits = show_statements(standpoint, keys)
    collisions = _describe_meets(standpoint, meets, exhibits)
    wordings = {of_class: sorted(classes.members(of_class)) for of_class in bearings}
    claims = standpoint.read_claims([claim for members in wordings.values() for claim in members])
    in_case = dict.fromkeys(bearings, standpoint.case.pk)
    contested, opposing = contested_among(in_case, standpoint), opposing_to(in_case, standpoint)
    rows = []
    for place in places:
        of_class = place.of_class
        agreement, meeting = tally.agreement(of_class)
        positions = tally.positions(of_class, bearings[of_class])
        cells = tuple(
            Cell(
                position=position,
                sign=sign,
                tellings=tuple(Telling(exhibits[row.pk], bearing) for row, bearing in chosen[of_class, index]),
                n_statements=counts[of_class, index],
                n_documents=columns[index].n_documents,
            )
            for index, (position, sign) in enumerate(positions)
        )
        first, *others = (claims[key] for key in wordings[of_class] if key in claims)
        rows.append(
            Row(
                place=place,
                agreement=agreement,
                claim=first,
                wordings=tuple(others),
                contested=of_class in contested,
                opposing=opposing[of_class],
                cells=cells,
                conflict=meeting,
            )
        )
    return rows, collisions


Standing = dict[int, list[Stood]]  # by class, the statements of a column
BySide = dict[Side, list[Stood]]


def _find_told(
    standpoint: Standpoint, columns: Sequence[Column], bearings: Mapping[int, Mapping[Side, Bearing]]
) -> list[Standing]:
    """Return the statements of each column on the classes of the page, and on all that bear on them."""
    classes = standpoint.classes
    near = set(bearings) | {side.of_class for found in bearings.values() for side in found}
    claims = {claim for of_class in near for claim in classes.members(of_class)}
    by_document = any(column.document is not None for column in columns)
    keys = set().union(*(column.keys for column in columns))
    found = standpoint.statements.find(
        claims=claims, speakers=None if by_document else keys, documents=keys if by_document else None
    )
    told: list[Standing] = [defaultdict(list) for _ in columns]
    for row in found:
        key = row.document_id if by_document else row.speaker_id
        for index, column in enumerate(columns):
            if key in column.keys:
                told[index][classes.class_of(row.claim_id)].append(row)
    return told


def _told_of(
    of_class: int, bearings: Mapping[Side, Bearing], stood: Standing, classes: Classes
) -> Iterator[tuple[Stood, Bearing]]:
    """Yield a column's statements that bear on a class: on the claim itself first, then the others, by uid."""
    order = list(Bears)
    near: list[tuple[int, Stood, Bearing]] = []
    for row in stood.get(of_class, ()):
        side = classes.side_of(row.claim_id, row.stance)
        near.append((0, row, bearings[side] if side is not None else Bearing(Bears.DIRECT, "", None)))
    for side, bearing in bearings.items():
        if side.of_class != of_class:
            near += [
                (order.index(bearing.how), row, bearing)
                for row in stood.get(side.of_class, ())
                if row.stance == STANCE_OF[side.sign]
            ]
    for _, row, bearing in sorted(near, key=lambda entry: (entry[0], entry[1].uid)):
        yield row, bearing


class _Meets(NamedTuple):
    """The foremost pair of two columns' statements on a row, and how many pairs of that sort they have there."""

    columns: tuple[int, int]
    meeting: Meeting
    pair: tuple[Stood, Stood]
    n_pairs: int


def _find_meets(classes: Classes, of_classes: Collection[int], stood: Sequence[Standing]) -> list[_Meets]:
    """Return the foremost way in which each two columns collide on each row of the page; a pair of statements once."""
    on = [_by_side(standing) for standing in stood]
    found: dict[tuple[tuple[int, int], int, int], _Meets] = {}
    for of_class in of_classes:
        for columns in combinations(range(len(stood)), 2):
            meets = _meet(classes, of_class, columns, on)
            if meets is not None:
                found.setdefault((columns, meets.pair[0].pk, meets.pair[1].pk), meets)
    return [found[key] for key in sorted(found, key=lambda key: (found[key].meeting.rank, key))]


def _describe_meets(
    standpoint: Standpoint, meets: Sequence[_Meets], exhibits: Mapping[int, Exhibit]
) -> list[Collision]:
    """Return what collides on the page, with all that there is to say of each pair."""
    rows = {pk: exhibit.statement for pk, exhibit in exhibits.items()}
    pairs = [((m.pair[0].uid, m.pair[0].pk), (m.pair[1].uid, m.pair[1].pk), m.meeting) for m in meets]
    conflicts = describe_pairs(standpoint, pairs, rows)
    return [
        Collision(m.columns if conflict.left.pk == m.pair[0].pk else m.columns[::-1], conflict, m.n_pairs)
        for m, conflict in zip(meets, conflicts, strict=True)
    ]


def _meet(classes: Classes, of_class: int, columns: tuple[int, int], on: Sequence[BySide]) -> _Meets | None:
    """Return how two columns collide where one of them stands on the class itself; tensions where nothing else does."""
    one, other = on[columns[0]], on[columns[1]]
    pairs: dict[tuple[Side, Side], Meeting] = {}  # (side of the one, side of the other)
    for sign in (PLUS, MINUS):
        side = Side(of_class, sign)
        for against, meeting in classes.opponents(side).items():
            if side in one and against in other:
                pairs[side, against] = meeting
            if against in one and side in other:
                pairs[against, side] = meeting
    if not pairs:
        return None
    (side, against), meeting = min(pairs.items(), key=lambda entry: (entry[1].rank, entry[0]))
    alike = [sides for sides, how in pairs.items() if how.is_tension == meeting.is_tension]
    # Of two columns that share a party, a statement does not collide with itself.
    first, second = next(
        ((a, b) for a in one[side][:2] for b in other[against][:2] if a.pk != b.pk), (one[side][0], other[against][0])
    )
    if first.pk == second.pk:
        return None
    n_pairs = sum(len(one[mine]) * len(other[theirs]) for mine, theirs in alike)
    return _Meets(columns, meeting, (first, second), n_pairs)


def _by_side(standing: Standing) -> BySide:
    """Return a column's statements by the side on which they stand."""
    found: BySide = defaultdict(list)
    for of_class, rows in standing.items():
        for row in rows:
            if (sign := SIGN_OF.get(row.stance)) is not None:
                found[Side(of_class, sign)].append(row)
    return dict(found)
