"""Which statements cannot both stand, what opposes a claim, and which claims are contested?

Public: `Conflict`, `Opposition`, `Place`, `find_conflicts`, `count_conflicts`, `describe_pairs`, `opposing_to`,
`contested_among`, `contested_in`, `state_of`, `state_of_side`. All of it is read off `commitments` and nothing is
stored. Pairs are walked side by side and never listed all at once; paths are made for the page alone. Where no
standpoint is given, cases are read as they stand.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple
from uuid import UUID

from sources.models import Case

from .choices import Attitude, RelationKind, Strength
from .commitments import MINUS, PLUS, SIGN_OF, Classes, Meeting, Side
from .keeping import Kept
from .models import Claim
from .reading import StatementRow
from .standpoint import Standing, Standpoint

WITH, WITHOUT, ONLY = "with", "without", "only"  # what to do about tensions
CONTESTED, IN_TENSION, OPEN = 0, 1, 2  # how a class of claims stands, the gravest first
_kept_contested: Kept[frozenset[int]] = Kept(4)
_kept_totals: Kept[dict[str, int]] = Kept(16)


class Opposition(NamedTuple):
    """A live statement that would conflict with asserting a claim."""

    statement: UUID
    basis: str
    strength: str


class PathStep(NamedTuple):
    """One relation on the way from one claim to the other, all by public id."""

    relation: UUID
    kind: str
    start: UUID
    end: UUID


class Place(NamedTuple):
    """Where in the walk through all conflicts of a case a pair stands; claims name their classes."""

    first_claim: int
    first_sign: str
    second_claim: int
    second_sign: str
    first: UUID
    second: UUID


@dataclass(frozen=True)
class Conflict:
    """Two statements that cannot both stand, or, in tension, are to be read together; `left` has the lower uid."""

    left: StatementRow
    right: StatementRow
    meeting: Meeting
    aspects: tuple[str, ...]
    path: list[PathStep]
    same_account: bool
    changed: bool
    opponent_reported: list[str]
    place: Place

    @property
    def id(self) -> str:
        """The public id of the pair."""
        return f"{self.left.uid}~{self.right.uid}"


# --- who stands on which side --------------------------------------------------------------------------------------


def _sides(of_class: int) -> tuple[Side, Side]:
    return Side(of_class, PLUS), Side(of_class, MINUS)


def _conflicting(side: Side, classes: Classes, counts: Mapping[Side, int]) -> Iterator[tuple[Side, Meeting]]:
    """Yield the sides on which a statement stands that conflicts with one on this side."""
    for other, meeting in classes.opponents(side).items():
        if counts.get(other, 0) > (1 if other == side else 0):
            yield other, meeting


# --- claims --------------------------------------------------------------------------------------------------------


def contested_among(claims: Mapping[int, int], at: Standing | None = None) -> set[int]:
    """Return those of the claims, given with their cases' keys, whose class stands in a conflict that is no tension."""
    if not claims:
        return set()
    at = at or Standing(set(claims.values()))
    classes = at.classes
    own = {classes.class_of(claim) for claim in claims}
    near = (other.of_class for of_class in own for side in _sides(of_class) for other, _ in classes.encounters(side))
    counts = at.count_sides(chain(own, near))
    contested = {of_class for of_class in own if state_of(of_class, classes, counts) == CONTESTED}
    return {claim for claim in claims if classes.class_of(claim) in contested}


def contested_in(case_ids: Collection[int], at: Standing | None = None) -> frozenset[int]:
    """Return all contested claims of these cases."""
    at = at or Standing(case_ids)

    def find() -> frozenset[int]:
        classes, counts = at.classes, at.count_sides()
        spoken_of = {side.of_class for side in counts}
        contested = (of_class for of_class in spoken_of if state_of(of_class, classes, counts) == CONTESTED)
        return frozenset(claim for of_class in contested for claim in classes.members(of_class))

    return at.keep(_kept_contested, at.view, find)


def state_of(of_class: int, classes: Classes, counts: Mapping[Side, int]) -> int:
    """Return whether a class stands in a conflict, in a tension only, or in neither."""
    return min(state_of_side(side, classes, counts) for side in _sides(of_class))


def state_of_side(side: Side, classes: Classes, counts: Mapping[Side, int]) -> int:
    """Return how the statements on a side stand, each of them alike; the first conflict settles it."""
    state = OPEN
    for other, meeting in classes.encounters(side) if counts.get(side) else ():
        if counts.get(other, 0) > (1 if other == side else 0):
            if not meeting.is_tension:
                return CONTESTED
            state = IN_TENSION
    return state


def opposing_to(claims: Mapping[int, int], at: Standing | None = None) -> dict[int, list[Opposition]]:
    """Return for each claim, given with its case's key, every live statement that conflicts with asserting it.

    The gravest first: denials before relations, stronger before weaker, then by uid.
    """
    if not claims:
        return {}
    at = at or Standing(set(claims.values()))
    classes = at.classes
    found: dict[int, dict[Meeting, list[Opposition]]] = {classes.class_of(claim): defaultdict(list) for claim in claims}
    facing: dict[Side, list[tuple[int, Meeting]]] = defaultdict(list)
    for of_class in found:
        for side, meeting in classes.opponents(Side(of_class, PLUS)).items():
            facing[side].append((of_class, meeting))
    for side, uid, _ in at.find_on(facing):
        for of_class, meeting in facing[side]:
            found[of_class][meeting].append(Opposition(uid, *meeting))
    gravest_first = {
        of_class: [one for meeting in sorted(ways, key=lambda way: way.rank) for one in ways[meeting]]
        for of_class, ways in found.items()
    }
    return {claim: gravest_first[classes.class_of(claim)] for claim in claims}


# --- pairs ---------------------------------------------------------------------------------------------------------


class _Pair(NamedTuple):
    """Two statements, by (uid, key), of two sides that meet."""

    first_side: Side
    second_side: Side
    meeting: Meeting
    first: tuple[UUID, int]
    second: tuple[UUID, int]

    @property
    def place(self) -> Place:
        return Place(*self.first_side, *self.second_side, self.first[0], self.second[0])


def find_conflicts(
    case: Case,
    *,
    claim: Claim | None = None,
    tensions: str = WITH,
    after: Place | None = None,
    backwards: bool = False,
    limit: int,
    at: Standpoint | None = None,
) -> list[Conflict]:
    """Return up to `limit` conflicts of the case, or of one claim's class, that come after a place in the walk.

    The order is fixed and means nothing: by the sides, then by the uids. `backwards` walks it in reverse.
    """
    at = at or Standpoint(case)
    walk = _walk_pairs(at, claim, tensions, after, backwards, limit)
    return _describe(at, list(islice(walk, limit)))


def count_conflicts(case: Case, at: Standpoint | None = None) -> Mapping[str, int]:
    """Return how many conflicts the case has of each strength, from the sizes of the sides."""
    at = at or Standpoint(case)

    def count() -> dict[str, int]:
        classes, counts = at.classes, at.count_sides()
        totals = dict.fromkeys(Strength.values, 0)
        for first, second, meeting in _meeting_sides(classes, counts, WITH, None, None, backwards=False):
            n, m = counts[first], counts[second]
            totals[meeting.strength] += n * (n - 1) // 2 if first == second else n * m
        return totals

    return at.keep(_kept_totals, at.view, count)


def _walk_pairs(
    at: Standpoint,
    claim: Claim | None,
    tensions: str,
    after: Place | None,
    backwards: bool,
    limit: int,
) -> Iterator[_Pair]:
    """Yield pairs in order from a place on, reading the statements of just enough sides at a time."""
    classes = at.classes
    of_class = None if claim is None else classes.class_of(claim.pk)
    if of_class is None:
        counts = at.count_sides()
    else:
        near = {of_class} | {other.of_class for side in _sides(of_class) for other in classes.opponents(side)}
        counted = at.count_sides(near)
        counts = {side: n for near_class in near for side in _sides(near_class) if (n := counted.get(side))}
    meetings = _meeting_sides(classes, counts, tensions, of_class, after, backwards)
    while True:
        batch: list[tuple[Side, Side, Meeting]] = []
        n_pairs = 0
        for first, second, meeting in meetings:
            if batch:  # of the first, an unknown part was walked before
                n_pairs += counts[first] * counts[second]
            batch.append((first, second, meeting))
            if n_pairs > limit:
                break
        if not batch:
            return
        standing = at.statements_on({side for first, second, _ in batch for side in (first, second)})
        for first, second, meeting in batch:
            resumed = after is not None and (*first, *second) == after[:4]
            start = (after.first, after.second) if after is not None and resumed else None
            for one, other in _pairs_across(standing[first], standing[second], first == second, start, backwards):
                yield _Pair(first, second, meeting, one, other)


def _meeting_sides(
    classes: Classes,
    counts: Mapping[Side, int],
    tensions: str,
    of_class: int | None,
    after: Place | None,
    backwards: bool,
) -> Iterator[tuple[Side, Side, Meeting]]:
    """Yield the pairs of sides that conflict, each once, in one fixed order or its reverse, from a place on."""
    starts = sorted(side for side, n in counts.items() if n)
    if after is not None:
        at = Side(after.first_claim, after.first_sign)
        starts = starts[: bisect_right(starts, at)] if backwards else starts[bisect_left(starts, at) :]
    for first in reversed(starts) if backwards else starts:
        partners = sorted(
            (second, meeting)
            for second, meeting in _conflicting(first, classes, counts)
            if second >= first
            and (tensions == WITH or (tensions == ONLY) == meeting.is_tension)
            and (of_class is None or of_class in (first.of_class, second.of_class))
        )
        for second, meeting in reversed(partners) if backwards else partners:
            if after is not None and first == (after.first_claim, after.first_sign):
                at = Side(after.second_claim, after.second_sign)
                if second > at if backwards else second < at:
                    continue
            yield first, second, meeting


def _pairs_across(
    first: list[tuple[UUID, int]],
    second: list[tuple[UUID, int]],
    is_one: bool,
    after: tuple[UUID, UUID] | None,
    backwards: bool,
) -> Iterator[tuple[tuple[UUID, int], tuple[UUID, int]]]:
    """Yield every pair of one from each side, or of two from the one side, by uid, from (first, second) uids on."""
    if after is not None:
        first = (
            first[: bisect_right(first, after[0], key=_uid)]
            if backwards
            else first[bisect_left(first, after[0], key=_uid) :]
        )
    for one in reversed(first) if backwards else first:
        others = second
        if after is not None and one[0] == after[0]:
            at = after[1]
            others = (
                second[: bisect_left(second, at, key=_uid)]
                if backwards
                else second[bisect_right(second, at, key=_uid) :]
            )
        for other in reversed(others) if backwards else others:
            if not is_one or one < other:
                yield one, other


def _uid(statement: tuple[UUID, int]) -> UUID:
    return statement[0]


# --- what there is to say of a pair --------------------------------------------------------------------------------


def describe_pairs(
    at: Standpoint,
    pairs: Sequence[tuple[tuple[UUID, int], tuple[UUID, int], Meeting]],
    rows: Mapping[int, StatementRow] | None = None,
) -> list[Conflict]:
    """Return these pairs of statements, each by (uid, key), that meet, with all that there is to say of them.

    `rows` are the statements by key, where they have been read.
    """
    keys = {pk for one, other, _ in pairs for _, pk in (one, other)}
    near = at.read(keys) if rows is None else {pk: rows[pk] for pk in keys}
    found = []
    for one, other, meeting in pairs:
        sides = sorted(
            (Side(at.classes.class_of(near[pk].claim_id), SIGN_OF[near[pk].stance]), (uid, pk))
            for uid, pk in (one, other)
        )
        (first_side, first), (second_side, second) = sides
        found.append(_Pair(first_side, second_side, meeting, first, second))
    return _describe(at, found, near)


def _describe(at: Standpoint, pairs: list[_Pair], rows: Mapping[int, StatementRow] | None = None) -> list[Conflict]:
    """Return the pairs with their statements and all that is read off them."""
    classes = at.classes
    rows = at.read({pk for pair in pairs for _, pk in (pair.first, pair.second)}) if rows is None else rows
    above = at.above if pairs else {}
    hostile = _opponents_in_chains(at, list(rows.values()))
    ordered = [sorted((rows[pair.first[1]], rows[pair.second[1]]), key=lambda row: row.uid) for pair in pairs]
    paths = classes.find_paths(
        ((left.claim_id, SIGN_OF[left.stance]), (right.claim_id, SIGN_OF[right.stance]), pair.meeting)
        for (left, right), pair in zip(ordered, pairs, strict=True)
    )
    uids = at.uids_of_claims({c for path in paths for s in path for c in (s.start, s.end)})
    found = []
    for pair, (left, right), path in zip(pairs, ordered, paths, strict=True):
        aspects = next((s.relation.aspects for s in path if s.relation.kind == RelationKind.CONTRADICTS), ())
        found.append(
            Conflict(
                left=left,
                right=right,
                meeting=pair.meeting,
                aspects=aspects,
                path=[PathStep(s.relation.uid, s.relation.kind, uids[s.start], uids[s.end]) for s in path],
                same_account=_is_same_account(left, right, above),
                changed=_is_changed(left, right),
                opponent_reported=[name for name, row in (("left", left), ("right", right)) if row.pk in hostile],
                place=pair.place,
            )
        )
    return found


def _is_same_account(left: StatementRow, right: StatementRow, above: Mapping[int, set[int]]) -> bool:
    """Tell whether one speaker is the other, or stands above the other; author and undisclosed are nobody's account."""
    if left.speaker_id is None or right.speaker_id is None:
        return False
    return (
        left.speaker_id == right.speaker_id
        or left.speaker_id in above.get(right.speaker_id, ())
        or right.speaker_id in above.get(left.speaker_id, ())
    )


def _is_changed(left: StatementRow, right: StatementRow) -> bool:
    """Tell whether one speaker said the two at different times."""
    return left.speaker_id is not None and left.speaker_id == right.speaker_id and left.spoken_at != right.spoken_at


def _opponents_in_chains(at: Standpoint, rows: list[StatementRow]) -> set[int]:
    """Return the keys of the statements that are known only through an opponent.

    That is a hop that disputes what it passes on, or whose party is itself bound to the opposite on the same class.
    """
    classes = at.classes
    hostile = {row.pk for row in rows for relay in row.relays if relay.attitude == Attitude.DISPUTES}
    parties = {relay.party_id for row in rows for relay in row.relays if relay.party_id is not None}
    if not parties:
        return hostile
    spoken: dict[int, set[Side]] = defaultdict(set)
    for claim, stance, speaker in at.statements.find_stances(parties):
        if stance in SIGN_OF:
            spoken[speaker].add(Side(classes.class_of(claim), SIGN_OF[stance]))
    for row in rows:
        of_class, sign = Side(classes.class_of(row.claim_id), SIGN_OF[row.stance])
        opposite = set(classes.holders(Side(of_class, MINUS if sign == PLUS else PLUS)))
        if any(opposite & spoken.get(relay.party_id or 0, set()) for relay in row.relays):
            hostile.add(row.pk)
    return hostile
