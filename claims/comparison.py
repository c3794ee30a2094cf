"""What does each of several accounts, or documents, do about each claim, and where do they collide?

Public: `Telling`, `Cell`, `Row`, `Collision`, `Comparison`, `RowPlace`, `compare`. Read off commitments from a
standpoint; nothing is stored. A row is a class of claims: those that say the same are one row, with every wording
named. Positions of all rows come from who stands on which side, in one query; words and chains are read for the page
alone.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple

from .accounts import Column
from .choices import Agreement, Bears, Position, Stance, Strength
from .commitments import DENIAL, MINUS, PLUS, SIGN_OF, Classes, Meeting, Side
from .conflicts import Conflict, Opposition, contested_among, describe_pairs, opposing_to
from .exhibiting import Exhibit, show_statements
from .models import Question
from .positions import Bearing, bearings_on, position_of, sign_of
from .reading import ClaimRow
from .standing import Stood
from .standpoint import Standpoint

MAX_TOLD = 25  # statements shown in one cell; `n_statements` says how many there are
_AGREEMENTS = list(Agreement)


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


class RowPlace(NamedTuple):
    """Where a row stands: what is joined stands together, and what collides stands first."""

    group_rank: int
    group_kind: int  # 0: a question, 1: claims joined by contradictions alone, 2: a claim by itself
    group: int
    rank: int
    of_class: int


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
    stances = _read_stances(standpoint, columns)
    tally = _Tally(standpoint.classes, stances)
    places = _place_rows(standpoint, tally, question, only_conflicts)
    counts = dict.fromkeys(Agreement, 0)
    for place in places:
        counts[_AGREEMENTS[place.rank]] += 1
    start, stop = 0, len(places)
    if after is not None:
        start, stop = (0, bisect_left(places, after)) if backwards else (bisect_right(places, after), stop)
    page = places[max(stop - limit, start) : stop] if backwards else places[start : min(start + limit, stop)]
    rows, collisions = _fill_rows(standpoint, columns, tally, page)
    return Comparison(standpoint, tuple(columns), rows, collisions, counts, more=stop - start > len(page))


Stances = dict[int, set[str]]  # by class: the stances that a column takes


def _read_stances(standpoint: Standpoint, columns: Sequence[Column]) -> list[Stances]:
    """Return what stances each column takes on each class."""
    by_document = any(column.document is not None for column in columns)
    columns_of: dict[int, list[int]] = defaultdict(list)
    for index, column in enumerate(columns):
        for key in column.keys:
            columns_of[key].append(index)
    found: list[Stances] = [defaultdict(set) for _ in columns]
    class_of = standpoint.classes.class_of
    for claim, stance, key in standpoint.statements.find_stances(columns_of, by_document=by_document):
        of_class = class_of(claim)
        for index in columns_of[key]:
            found[index][of_class].add(stance)
    return found


class _Tally:
    """Who stands where: for each column, the sides on which it stands and the stances that it takes."""

    def __init__(self, classes: Classes, stances: Sequence[Stances]) -> None:
        self.classes = classes
        self.stances = stances
        self.spoken_of = sorted(set().union(*stances)) if stances else []

    def is_alone(self, of_class: int) -> bool:
        """Tell whether no relation touches the class, so that nothing elsewhere bears on it."""
        classes = self.classes
        return not (of_class in classes.rivals or of_class in classes.entails or of_class in classes.entailed_by)

    def sides(self, column: int, candidates: Collection[Side]) -> list[Side]:
        """Return those of the sides on which the column stands."""
        stances = self.stances[column]
        return [side for side in candidates if _STANCE_OF[side.sign] in stances.get(side.of_class, ())]

    def bearings(self, of_class: int) -> dict[Side, Bearing]:
        """Return every side that has to do with a class."""
        return bearings_on(of_class, self.classes)

    def meeting(self, of_class: int) -> Meeting | None:
        """Return the gravest way in which two columns collide with one of them on the class itself."""
        foremost: Meeting | None = None
        for sign in (PLUS, MINUS):
            side = Side(of_class, sign)
            here = {column for column in range(len(self.stances)) if self.sides(column, [side])}
            if not here:
                continue
            for other, meeting in self.classes.opponents(side).items():
                there = {column for column in range(len(self.stances)) if self.sides(column, [other])}
                collide = any(i != j for i in here for j in there)
                if collide and (foremost is None or meeting.rank < foremost.rank):
                    foremost = meeting
        return foremost

    def positions(self, of_class: int, bearings: Mapping[Side, Bearing]) -> list[tuple[Position, str]]:
        """Return the position of each column on a class, and its sign."""
        found = []
        for column, stances in enumerate(self.stances):
            sides = self.sides(column, bearings)
            position = position_of(sides, stances.get(of_class, ()), bearings)
            found.append((position, sign_of(sides, bearings)))
        return found

    def agreement(self, of_class: int) -> tuple[Agreement, Meeting | None]:
        """Return how the columns stand to one another on a class."""
        if self.is_alone(of_class):
            return self._agreement_alone(of_class)
        meeting = self.meeting(of_class)
        if meeting is not None:
            return (Agreement.TENSION if meeting.is_tension else Agreement.CONFLICT), meeting
        positions = self.positions(of_class, self.bearings(of_class))
        speaking = [sign for position, sign in positions if position != Position.SILENT]
        if len(speaking) < 2:
            return Agreement.ONE_SIDED, None
        agreed = speaking.count(PLUS) > 1 or speaking.count(MINUS) > 1
        return (Agreement.AGREEMENT if agreed else Agreement.DIFFERING), None

    def _agreement_alone(self, of_class: int) -> tuple[Agreement, Meeting | None]:
        """Return the same where no relation touches the class: most classes are so, and this is quick."""
        said = [stances.get(of_class, set()) for stances in self.stances]
        yes = {column for column, stances in enumerate(said) if Stance.ASSERTS in stances}
        no = {column for column, stances in enumerate(said) if Stance.DENIES in stances}
        if yes and no and len(yes | no) > 1:
            return Agreement.CONFLICT, Meeting(DENIAL, Strength.CONTRADICTORY.value)
        if sum(bool(stances - {Stance.RETRACTS.value}) for stances in said) < 2:
            return Agreement.ONE_SIDED, None
        agreed = len(yes - no) > 1 or len(no - yes) > 1
        return (Agreement.AGREEMENT if agreed else Agreement.DIFFERING), None


_STANCE_OF = {sign: stance for stance, sign in SIGN_OF.items()}


def _place_rows(
    standpoint: Standpoint, tally: _Tally, question: Question | None, only_conflicts: bool
) -> list[RowPlace]:
    """Return the places of all rows, in order."""
    question_of = standpoint.questions_of_claims()
    classes = tally.classes
    questions: dict[int, set[int]] = {}
    for of_class in tally.spoken_of:
        questions[of_class] = {question_of[c] for c in classes.members(of_class) if c in question_of}
    chosen = [c for c in tally.spoken_of if question is None or question.pk in questions[c]]
    groups = _group(chosen, classes, questions)
    ranks = {of_class: _AGREEMENTS.index(tally.agreement(of_class)[0]) for of_class in chosen}
    if only_conflicts:
        chosen = [of_class for of_class in chosen if _AGREEMENTS[ranks[of_class]] == Agreement.CONFLICT]
    foremost: dict[tuple[int, int], int] = {}
    for of_class in chosen:
        foremost[groups[of_class]] = min(ranks[of_class], foremost.get(groups[of_class], len(ranks)))
    return sorted(RowPlace(foremost[groups[c]], *groups[c], ranks[c], c) for c in chosen)


def _group(chosen: Sequence[int], classes: Classes, questions: Mapping[int, set[int]]) -> dict[int, tuple[int, int]]:
    """Return what each class stands with: its question, else that of a rival, else its rivals, else itself."""
    wanted = set(chosen)
    groups: dict[int, tuple[int, int]] = {}
    loose: list[int] = []
    for of_class in chosen:
        near = questions[of_class] or set().union(*(questions.get(r, ()) for r in classes.rivals.get(of_class, ())))
        if near:
            groups[of_class] = 0, min(near)
        else:
            loose.append(of_class)
    for of_class in loose:
        if of_class in groups:
            continue
        joined, waiting = {of_class}, [of_class]
        while waiting:
            for rival in classes.rivals.get(waiting.pop(), ()):
                if rival in wanted and rival not in groups and rival not in joined:
                    joined.add(rival)
                    waiting.append(rival)
        kind = 1 if len(joined) > 1 else 2
        groups |= dict.fromkeys(joined, (kind, min(joined)))
    return groups


# --- what a page shows ---------------------------------------------------------------------------------------------


def _fill_rows(
    standpoint: Standpoint, columns: Sequence[Column], tally: _Tally, places: Sequence[RowPlace]
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
                if row.stance == _STANCE_OF[side.sign]
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
