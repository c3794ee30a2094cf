"""Which rows does a comparison have, how do the columns stand on each, and in which order do the rows come?

Public: `RowPlace`, `Tally`, `STANCE_OF`, `take_tally`, `count_places`. All of it is read off who takes which stance on
what, in one query, and no words are read. What was tallied is kept in the process for as long as nothing is done in the
case, so that leafing through a comparison sorts it once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from .accounts import Column
from .choices import Agreement, Position, Stance, Strength
from .commitments import DENIAL, MINUS, PLUS, SIGN_OF, Classes, Meeting, Side
from .keeping import Kept
from .models import Question
from .positions import Bearing, bearings_on, position_of, sign_of
from .standpoint import Standpoint

STANCE_OF = {sign: stance for stance, sign in SIGN_OF.items()}
Stances = dict[int, set[str]]  # by class: the stances that a column takes

_AGREEMENTS = list(Agreement)
_RANK = {agreement: rank for rank, agreement in enumerate(_AGREEMENTS)}


class RowPlace(NamedTuple):
    """Where a row stands: what is joined stands together, and what collides stands first."""

    group_rank: int
    group_kind: int  # 0: a question, 1: claims joined by contradictions alone, 2: a claim by itself
    group: int
    rank: int
    of_class: int


class Tally:
    """Who stands where: for each column, the sides on which it stands and the stances that it takes."""

    def __init__(self, classes: Classes, stances: Sequence[Stances]) -> None:
        self.classes = classes
        self.stances = stances
        self.spoken_of = sorted(set().union(*stances)) if stances else []
        self._standing: dict[Side, int] = defaultdict(int)  # the columns on each side, a bit each
        for column, taken in enumerate(stances):
            for of_class, some in taken.items():
                for stance in some:
                    if (sign := SIGN_OF.get(stance)) is not None:
                        self._standing[Side(of_class, sign)] |= 1 << column

    def is_alone(self, of_class: int) -> bool:
        """Tell whether no relation touches the class, so that nothing elsewhere bears on it."""
        classes = self.classes
        return not (of_class in classes.rivals or of_class in classes.entails or of_class in classes.entailed_by)

    def bearings(self, of_class: int) -> dict[Side, Bearing]:
        """Return every side that has to do with a class."""
        return bearings_on(of_class, self.classes)

    def meeting(self, of_class: int) -> Meeting | None:
        """Return the gravest way in which two columns collide with one of them on the class itself."""
        foremost: Meeting | None = None
        for sign in (PLUS, MINUS):
            here = self._standing.get(Side(of_class, sign), 0)
            if not here:
                continue
            for other, meeting in self.classes.opponents(Side(of_class, sign)).items():
                there = self._standing.get(other, 0)
                if not there or (here | there).bit_count() < 2:  # one column alone collides with no other
                    continue
                if foremost is None or meeting.rank < foremost.rank:
                    foremost = meeting
        return foremost

    def positions(self, of_class: int, bearings: Mapping[Side, Bearing]) -> list[tuple[Position, str]]:
        """Return the position of each column on a class, and its sign."""
        near = [(side, columns) for side in bearings if (columns := self._standing.get(side, 0))]
        found = []
        for column, stances in enumerate(self.stances):
            sides = [side for side, columns in near if columns >> column & 1]
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


# --- taken, or kept ------------------------------------------------------------------------------------------------


class _Asked(NamedTuple):
    """Everything that a tally depends on, but for what was done in the case."""

    case: int
    as_of: date | None
    accepted_only: bool
    by_document: bool
    columns: tuple[frozenset[int], ...]
    question: int | None
    only_conflicts: bool


class _Taken(NamedTuple):
    """A tally with the places of its rows, in order."""

    tally: Tally
    places: list[RowPlace]


_kept: Kept[_Taken] = Kept(8)  # one of 10,000 rows takes some 5 MB


def take_tally(
    standpoint: Standpoint, columns: Sequence[Column], question: Question | None, *, only_conflicts: bool
) -> tuple[Tally, list[RowPlace]]:
    """Return how the columns stand, and the places of all rows, in order."""

    def take() -> _Taken:
        tally = Tally(standpoint.classes, _read_stances(standpoint, columns))
        return _Taken(tally, _place_rows(standpoint, tally, question, only_conflicts))

    asked = _Asked(
        case=standpoint.case.pk,
        as_of=standpoint.as_of,
        accepted_only=standpoint.accepted_only,
        by_document=_by_document(columns),
        columns=tuple(column.keys for column in columns),
        question=question.pk if question else None,
        only_conflicts=only_conflicts,
    )
    return standpoint.keep(_kept, asked, take)


def count_places(places: Iterable[RowPlace]) -> dict[Agreement, int]:
    """Return how many rows there are of each sort."""
    counts = dict.fromkeys(Agreement, 0)
    for place in places:
        counts[_AGREEMENTS[place.rank]] += 1
    return counts


def _by_document(columns: Collection[Column]) -> bool:
    return any(column.document is not None for column in columns)


def _read_stances(standpoint: Standpoint, columns: Sequence[Column]) -> list[Stances]:
    """Return what stances each column takes on each class."""
    columns_of: dict[int, list[int]] = defaultdict(list)
    for index, column in enumerate(columns):
        for key in column.keys:
            columns_of[key].append(index)
    found: list[Stances] = [defaultdict(set) for _ in columns]
    class_of = standpoint.classes.class_of
    stances = {stance.value: stance.value for stance in Stance}  # the one string of each, however many are read
    for claim, stance, key in standpoint.statements.find_stances(columns_of, by_document=_by_document(columns)):
        of_class = class_of(claim)
        for index in columns_of[key]:
            found[index][of_class].add(stances[stance])
    return [dict(taken) for taken in found]


# --- where the rows stand ------------------------------------------------------------------------------------------


def _place_rows(
    standpoint: Standpoint, tally: Tally, question: Question | None, only_conflicts: bool
) -> list[RowPlace]:
    """Return the places of all rows, in order."""
    question_of = standpoint.questions_of_claims()
    classes = tally.classes
    questions: dict[int, set[int]] = {}
    for of_class in tally.spoken_of:
        questions[of_class] = {question_of[c] for c in classes.members(of_class) if c in question_of}
    chosen = [c for c in tally.spoken_of if question is None or question.pk in questions[c]]
    groups = _group(chosen, classes, questions)
    ranks = {of_class: _RANK[tally.agreement(of_class)[0]] for of_class in chosen}
    if only_conflicts:
        chosen = [of_class for of_class in chosen if ranks[of_class] == _RANK[Agreement.CONFLICT]]
    foremost: dict[tuple[int, int], int] = {}
    for of_class in chosen:
        foremost[groups[of_class]] = min(ranks[of_class], foremost.get(groups[of_class], len(_RANK)))
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
