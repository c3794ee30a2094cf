"""What does a statement bind its speaker to, and which commitments cannot both stand?

Public: `RelationRow`, `Classes`, `Side`, `Meeting`, `Step`. Pure: plain rows in, plain values out, no database.

Claims judged equivalent form a class. A live statement that asserts a claim commits its speaker to + on that claim's
class, one that denies it to −. From there a commitment goes at most one step further: + along `entails`, − against
it. Two commitments meet, and are a conflict, on one class with unlike signs (a denial), and on two classes that
contradict each other when both are + (whatever the strength) or both are − (contradictory ones only).
(C. L. Hamblin, "Fallacies", 1970; D. Walton and E. Krabbe, "Commitment in Dialogue", 1995.)

What follows for two statements depends only on the class and the sign of each, their *side*; so the statements of a
case fall into sides, and its conflicts are all the pairs across two sides that meet. No pair belongs to two of these,
so counting is multiplication, and none needs to be remembered in order not to be listed twice.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from .choices import RelationKind, Stance, Strength

PLUS, MINUS = "+", "-"
SIGN_OF = {Stance.ASSERTS.value: PLUS, Stance.DENIES.value: MINUS}
DENIAL, RELATION = "denial", "relation"

_STRENGTHS = [strength.value for strength in Strength]  # strongest first


class RelationRow(NamedTuple):
    """A relation judged positive, between two claims named by any sortable key."""

    uid: UUID
    a: int
    b: int
    kind: str
    strength: str
    aspects: tuple[str, ...]


class Side(NamedTuple):
    """All that is stated on one class with one sign."""

    of_class: int
    sign: str


class Meeting(NamedTuple):
    """How two sides cannot both stand: `denial` or `relation`, and how strongly."""

    basis: str
    strength: str

    @property
    def rank(self) -> tuple[bool, int]:
        """Sort key: a denial before a relation, a stronger one before a weaker."""
        return self.basis != DENIAL, _STRENGTHS.index(self.strength)

    @property
    def is_tension(self) -> bool:
        """Tell whether both may stand after all, and are only to be read together."""
        return self.strength == Strength.TENSION


class Step(NamedTuple):
    """One relation walked from one claim to another."""

    relation: RelationRow
    start: int
    end: int


# How a path from the left claim to the right one may run: by phase, the relations that may be walked, in which
# direction (from a to b, or back), and the phase they lead to. Equivalences may be walked anywhere and change nothing.
_ALONG, _BACK, _EITHER = (True,), (False,), (True, False)
_ENTAILS, _CONTRADICTS = RelationKind.ENTAILS.value, RelationKind.CONTRADICTS.value
_State = tuple[int, int]  # a claim, and the phase in which a path is there
_Stand = tuple[int, str]  # a claim, and the sign with which a statement stands on it
_Turns = Mapping[int, list[tuple[str, tuple[bool, ...], int]]]
_PATHS: dict[tuple[str, str, str], tuple[_Turns, frozenset[int]]] = {
    # + flows along `entails` to where it meets a −, which has flowed back against another `entails`.
    (DENIAL, PLUS, MINUS): ({0: [(_ENTAILS, _ALONG, 1)], 1: [(_ENTAILS, _ALONG, 2)]}, frozenset({0, 1, 2})),
    (DENIAL, MINUS, PLUS): ({0: [(_ENTAILS, _BACK, 1)], 1: [(_ENTAILS, _BACK, 2)]}, frozenset({0, 1, 2})),
    (RELATION, PLUS, PLUS): (
        {
            0: [(_ENTAILS, _ALONG, 1), (_CONTRADICTS, _EITHER, 2)],
            1: [(_CONTRADICTS, _EITHER, 2)],
            2: [(_ENTAILS, _BACK, 3)],
        },
        frozenset({2, 3}),
    ),
    (RELATION, MINUS, MINUS): (
        {
            0: [(_ENTAILS, _BACK, 1), (_CONTRADICTS, _EITHER, 2)],
            1: [(_CONTRADICTS, _EITHER, 2)],
            2: [(_ENTAILS, _ALONG, 3)],
        },
        frozenset({2, 3}),
    ),
}


class Classes:
    """The claims of one case folded along the relations judged positive.

    A class is named by the lowest key of its claims; a claim without relations is a class of itself and takes no
    room here.
    """

    def __init__(self, relations: Iterable[RelationRow]) -> None:
        binding = [relation for relation in relations if relation.kind != RelationKind.SUPPORTS]
        self._class_of: dict[int, int] = {}
        self._members: dict[int, list[int]] = {}
        self._join(binding)
        self._opponents = lru_cache(maxsize=256)(self._find_opponents)  # a hub has thousands; a page asks several times
        self.entails: dict[int, set[int]] = defaultdict(set)
        self.entailed_by: dict[int, set[int]] = defaultdict(set)
        self.rivals: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._touching: dict[int, list[RelationRow]] = defaultdict(list)
        for relation in binding:
            self._touching[relation.a].append(relation)
            self._touching[relation.b].append(relation)
            a, b = self.class_of(relation.a), self.class_of(relation.b)
            if relation.kind == RelationKind.ENTAILS and a != b:
                self.entails[a].add(b)
                self.entailed_by[b].add(a)
            elif relation.kind == RelationKind.CONTRADICTS:
                self.rivals[a][b].add(relation.strength)
                self.rivals[b][a].add(relation.strength)
        for claim, touching in self._touching.items():
            saying = (relation for relation in touching if not self._says_nothing(relation))
            self._touching[claim] = sorted(saying, key=lambda relation: relation.uid)

    def _join(self, relations: list[RelationRow]) -> None:
        """Fold the equivalences by union and find, with path halving; the lowest key stays on top."""
        parent: dict[int, int] = {}

        def top(claim: int) -> int:
            while (above := parent.get(claim, claim)) != claim:
                parent[claim] = claim = parent.get(above, above)
            return claim

        for relation in relations:
            if relation.kind == RelationKind.EQUIVALENT:
                low, high = sorted((top(relation.a), top(relation.b)))
                parent[high] = low
                parent.setdefault(low, low)
        for claim in parent:
            self._class_of[claim] = top(claim)
            self._members.setdefault(top(claim), []).append(claim)

    def class_of(self, claim: int) -> int:
        """Return the class of a claim."""
        return self._class_of.get(claim, claim)

    def members(self, of_class: int) -> list[int]:
        """Return the claims of a class."""
        return self._members.get(of_class, [of_class])

    def side_of(self, claim: int, stance: str) -> Side | None:
        """Return the side on which a statement with this stance stands; None where it commits to nothing."""
        sign = SIGN_OF.get(stance)
        return None if sign is None else Side(self.class_of(claim), sign)

    def commitments(self, side: Side) -> Iterator[Side]:
        """Yield what a statement on this side binds its speaker to: the side itself, and one step further."""
        yield side
        further = self.entails if side.sign == PLUS else self.entailed_by
        for of_class in further.get(side.of_class, ()):
            yield Side(of_class, side.sign)

    def holders(self, commitment: Side) -> Iterator[Side]:
        """Yield the sides whose statements are bound to this commitment: `commitments` turned round."""
        yield commitment
        back = self.entailed_by if commitment.sign == PLUS else self.entails
        for of_class in back.get(commitment.of_class, ()):
            yield Side(of_class, commitment.sign)

    def opponents(self, side: Side) -> Mapping[Side, Meeting]:
        """Return every side that cannot stand with this one, each with the foremost way in which they meet."""
        return self._opponents(side)

    def _find_opponents(self, side: Side) -> Mapping[Side, Meeting]:
        found: dict[Side, Meeting] = {}
        for other, meeting in self.encounters(side):
            if other not in found or meeting.rank < found[other].rank:
                found[other] = meeting
        return found

    def encounters(self, side: Side) -> Iterator[tuple[Side, Meeting]]:
        """Yield every side that cannot stand with this one and a way in which they meet, once for each way."""
        for commitment in self.commitments(side):
            for against, meeting in self._against(commitment):
                for other in self.holders(against):
                    yield other, meeting

    def _against(self, commitment: Side) -> Iterator[tuple[Side, Meeting]]:
        """Yield the commitments that meet this one."""
        opposite = MINUS if commitment.sign == PLUS else PLUS
        yield Side(commitment.of_class, opposite), Meeting(DENIAL, Strength.CONTRADICTORY.value)
        for rival, strengths in self.rivals.get(commitment.of_class, {}).items():
            if commitment.sign == PLUS:
                yield Side(rival, PLUS), Meeting(RELATION, min(strengths, key=_STRENGTHS.index))
            elif Strength.CONTRADICTORY in strengths:
                yield Side(rival, MINUS), Meeting(RELATION, Strength.CONTRADICTORY.value)

    def find_paths(self, pairs: Iterable[tuple[_Stand, _Stand, Meeting]]) -> list[list[Step]]:
        """Return for each pair the shortest way from the left claim to the right one along which the two meet.

        A pair is (left, right, meeting), each end a (claim, sign). Of equally short ways, the one whose relations have
        the lowest uids; none where there is none. What was looked up for one pair serves those that meet alike.
        """
        walks: dict[tuple[Meeting, str, str], _Walk] = {}
        paths = []
        for left, right, meeting in pairs:
            kind = meeting, left[1], right[1]
            if kind not in walks:
                walks[kind] = _Walk(self, *_PATHS[meeting.basis, left[1], right[1]], meeting)
            paths.append(walks[kind].find_path(left[0], right[0]))
        return paths

    def _says_nothing(self, relation: RelationRow) -> bool:
        return relation.kind == _ENTAILS and self.class_of(relation.a) == self.class_of(relation.b)

    def touching(self, claim: int) -> list[RelationRow]:
        """Return the relations of a claim, by uid, but for entailments within one class, which say nothing."""
        return self._touching.get(claim, [])

    def self_contradictions(self) -> Iterator[tuple[int, int]]:
        """Yield (class, class) pairs that one statement alone would be bound to against itself.

        Two claims of one class that contradict each other, in whatever strength; and what a class entails, or is
        entailed by, against itself or against each other, where it is more than a tension.
        """
        for of_class in set(self.rivals) | set(self.entails) | set(self.entailed_by):
            if of_class in self.rivals.get(of_class, ()):
                yield of_class, of_class
            for sign in (PLUS, MINUS):
                bound = list(self.commitments(Side(of_class, sign)))
                for commitment in bound:
                    for against, meeting in self._against(commitment):
                        if against in bound and not meeting.is_tension:
                            yield of_class, against.of_class


class _Walk:
    """How a path may be walked for one way of meeting, on or back, over the relations of each claim."""

    def __init__(self, classes: Classes, turns: _Turns, ends: Collection[int], meeting: Meeting) -> None:
        self._classes, self._turns, self._ends, self._meeting = classes, turns, ends, meeting
        self._onward: dict[_State, list[tuple[RelationRow, _State]]] = {}
        self._back: dict[_State, list[_State]] = {}

    def find_path(self, left: int, right: int) -> list[Step]:
        """Return the shortest way from one claim to another, by the lowest uids of equally short ones.

        Walked from both ends, one layer at a time where there are fewer relations to look at: out of a hub go many.
        """
        ahead, behind = [{(left, 0)}], [{(right, phase) for phase in self._ends}]
        seen_ahead, seen_behind = set(ahead[0]), set(behind[0])
        while not ahead[-1] & behind[-1]:
            if not ahead[-1] or not behind[-1]:
                return []
            if self._width(ahead[-1]) <= self._width(behind[-1]):
                ahead.append({state for at in ahead[-1] for _, state in self._ways_onward(at)} - seen_ahead)
                seen_ahead |= ahead[-1]
            else:
                behind.append({state for at in behind[-1] for state in self._ways_back(at)} - seen_behind)
                seen_behind |= behind[-1]
        leading = [ahead[-1] & behind[-1]]  # by layer, the states on a shortest way
        for layer in ahead[-2::-1]:
            leading.append({at for at in layer if any(state in leading[-1] for _, state in self._ways_onward(at))})
        return self._lowest([*leading[::-1], *behind[-2::-1]])

    def _lowest(self, layers: Sequence[Collection[_State]]) -> list[Step]:
        """Return the way through these layers whose relations have the lowest uids; the first layer has one claim."""
        states, steps = list(layers[0]), []
        for layer in layers[1:]:
            ways = [[way for way in self._ways_onward(at) if way[1] in layer] for at in states]
            relation, (end, _) = min((some[0] for some in ways), key=lambda way: way[0].uid)
            steps.append(Step(relation, states[0][0], end))
            states = list(dict.fromkeys(state for some in ways for by, state in some if by is relation))
        return steps

    def _width(self, states: Iterable[_State]) -> int:
        """Return how many relations there are to look at from here."""
        return sum(len(self._classes.touching(claim)) for claim, _ in states)

    def _ways_onward(self, at: _State) -> list[tuple[RelationRow, _State]]:
        """Return where a path may go on, by uid of the relation."""
        if (known := self._onward.get(at)) is not None:
            return known
        claim, phase = at
        found = self._onward[at] = [
            (relation, (relation.b if claim == relation.a else relation.a, after))
            for relation in self._classes.touching(claim)
            for after in self._phases_after(relation, claim == relation.a, phase)
        ]
        return found

    def _ways_back(self, at: _State) -> list[_State]:
        """Return from where a path may have come."""
        if (known := self._back.get(at)) is not None:
            return known
        claim, phase = at
        found = self._back[at] = [
            (start, before)
            for relation in self._classes.touching(claim)
            for start in (relation.b if claim == relation.a else relation.a,)
            for before in range(phase + 1)  # phases never go back
            if phase in self._phases_after(relation, start == relation.a, before)
        ]
        return found

    def _phases_after(self, relation: RelationRow, along: bool, phase: int) -> Iterator[int]:
        """Yield the phases in which a path may be after walking this relation, along it or back."""
        if relation.kind == RelationKind.EQUIVALENT:
            yield phase
            return
        for kind, directions, after in self._turns.get(phase, ()):
            if relation.kind != kind or along not in directions:
                continue
            if kind == RelationKind.CONTRADICTS and relation.strength != self._meeting.strength:
                continue
            yield after
