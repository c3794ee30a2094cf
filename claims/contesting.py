"""What is contested in a case, as a person asks: which questions have rival answers, and who stands against whom?

Public: `Answer`, `SurveyedQuestion`, `ConflictGroup`, `Survey`, `Account`, `survey_questions`, `survey_conflicts`,
`survey_accounts`, `tell_claims`, `suggest_accounts`. Everything is read off commitments from a standpoint, in a number
of queries that does not grow.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count

from sources.models import Party

from .accounts import MAX_COLUMNS
from .choices import Stance
from .commitments import MINUS, PLUS, Side
from .conflicts import CONTESTED, IN_TENSION, OPEN, WITH, Conflict, find_conflicts, state_of, state_of_side
from .exhibiting import Exhibit, show_statements
from .keeping import Kept
from .models import Question, Statement
from .reading import ClaimRow, PartyRow
from .standing import Stood
from .standpoint import Standpoint

_MAX_ANSWERS, _MAX_TOLD = 12, 6  # answers to a question, and statements on an answer, on one page
_LOOKED_AT = 300  # pairs that are looked through for conflicts
_Met = dict[int, tuple[set[int], set[int]]]  # by party: claims over which it is in conflict, and in tension
_kept_met: Kept[_Met] = Kept(2)  # of a case with 10,000 claims some 2 MB


@dataclass(frozen=True)
class Answer:
    """One claim that answers a question, with what is said of it; `n_told` counts what found no room as well."""

    claim: ClaimRow
    is_contested: bool
    told: list[Exhibit]
    n_told: int


@dataclass(frozen=True)
class SurveyedQuestion:
    """A question with its answers; `state` tells whether they exclude each other, stand in tension, or neither."""

    question: Question
    state: int
    answers: list[Answer]
    n_answers: int


class ConflictGroup(NamedTuple):
    """Two claims, or one, over which two speakers cannot both stand: the first such pair, and how many were found."""

    conflict: Conflict
    n_pairs: int


@dataclass(frozen=True)
class Survey:
    """Conflicts told apart; `is_cut` where the case holds more pairs than were looked through."""

    conflicts: list[ConflictGroup]
    self_contradictions: list[ConflictGroup]
    changed_minds: list[ConflictGroup]
    tensions: list[ConflictGroup]
    is_cut: bool


def survey_questions(standpoint: Standpoint, *, offset: int = 0, limit: int) -> tuple[list[SurveyedQuestion], int]:
    """Return up to `limit` questions, those with rival answers first, and how many there are in all."""
    answers: dict[int, list[int]] = defaultdict(list)
    for claim, question in standpoint.questions_of_claims().items():
        answers[question].append(claim)
    states = _states(standpoint, {claim for claims in answers.values() for claim in claims})
    ranked = sorted((min(states[claim] for claim in claims), question) for question, claims in answers.items())
    page = ranked[offset : offset + limit]
    shown = {
        question: sorted(answers[question], key=lambda claim: (states[claim], claim))[:_MAX_ANSWERS]
        for _, question in page
    }
    told, counts = tell_claims(standpoint, [claim for claims in shown.values() for claim in claims])
    claims = standpoint.read_claims([claim for claims in shown.values() for claim in claims])
    questions = Question.objects.in_bulk(shown)
    surveyed = [
        SurveyedQuestion(
            question=questions[key],
            state=state,
            answers=[Answer(claims[c], states[c] == CONTESTED, told[c], counts[c]) for c in shown[key] if c in claims],
            n_answers=len(answers[key]),
        )
        for state, key in page
    ]
    return surveyed, len(ranked)


def _states(standpoint: Standpoint, claims: Collection[int]) -> dict[int, int]:
    """Return of each claim whether its class stands in a conflict, in a tension only, or in neither."""
    classes, counts = standpoint.classes, standpoint.count_sides()
    states = {of_class: state_of(of_class, classes, counts) for of_class in set(map(classes.class_of, claims))}
    return {claim: states[classes.class_of(claim)] for claim in claims}


def tell_claims(standpoint: Standpoint, claims: Sequence[int]) -> tuple[dict[int, list[Exhibit]], dict[int, int]]:
    """Return some statements on each claim, all stances in turn, and how many there are."""
    by_stance: dict[int, dict[str, list[Stood]]] = defaultdict(lambda: defaultdict(list))
    for row in standpoint.statements.find(claims=claims):
        by_stance[row.claim_id][row.stance].append(row)
    chosen = {}
    for claim in claims:
        stances = by_stance[claim]
        room = max(1, _MAX_TOLD // max(1, len(stances)))
        chosen[claim] = [row.pk for stance in Stance.values for row in stances.get(stance, ())[:room]]
    exhibits = show_statements(standpoint, {pk for keys in chosen.values() for pk in keys})
    told = {claim: [exhibits[pk] for pk in keys] for claim, keys in chosen.items()}
    return told, {claim: sum(map(len, by_stance[claim].values())) for claim in claims}


def survey_conflicts(standpoint: Standpoint) -> Survey:
    """Return who cannot stand with whom over what, each two claims and two speakers once."""
    found = find_conflicts(standpoint.case, tensions=WITH, limit=_LOOKED_AT + 1, at=standpoint)
    kinds: dict[str, list[Conflict]] = defaultdict(list)
    for conflict in found[:_LOOKED_AT]:
        kinds[_kind_of(conflict)].append(conflict)
    return Survey(
        conflicts=_join(kinds["conflict"]),
        self_contradictions=_join(kinds["self"]),
        changed_minds=_join(kinds["changed"]),
        tensions=_join(kinds["tension"]),
        is_cut=len(found) > _LOOKED_AT,
    )


def _kind_of(conflict: Conflict) -> str:
    if conflict.meeting.is_tension:
        return "tension"
    if conflict.changed:
        return "changed"
    return "self" if conflict.same_account else "conflict"


def _join(conflicts: Iterable[Conflict]) -> list[ConflictGroup]:
    joined: dict[frozenset[tuple[int, str | int]], list[Conflict]] = defaultdict(list)
    for conflict in conflicts:
        ends = [(row.claim_id, row.speaker_id or row.voice) for row in (conflict.left, conflict.right)]
        joined[frozenset(ends)].append(conflict)
    return [ConflictGroup(pairs[0], len(pairs)) for pairs in joined.values()]


def suggest_accounts(standpoint: Standpoint, question: Question | None = None) -> list[Party]:
    """Return the parties that collide over most claims, those below another under its name: a comparison to begin with.

    Of one question: those who say anything on it, who is in conflict first, then who is in tension, then who says most.
    """
    said: Counter[int] = Counter()
    reach: set[int] | None = None
    if question is not None:
        claims = [claim for claim, of in standpoint.questions_of_claims().items() if of == question.pk]
        near = {other.of_class for c in claims for other in _near(standpoint, c)}
        reach = {member for of_class in near for member in standpoint.classes.members(of_class)} | set(claims)
        for row in standpoint.statements.find(claims=reach):
            if row.speaker_id is not None:
                said[_top_of(standpoint, row.speaker_id)] += 1

    def find() -> _Met:
        return _find_met(standpoint, reach)

    met: _Met = defaultdict(lambda: (set(), set()))
    for party, found_by in (standpoint.keep(_kept_met, standpoint.view, find) if reach is None else find()).items():
        for claims_met, own in zip(met[_top_of(standpoint, party)], found_by, strict=True):
            claims_met |= own

    def rank(party: int) -> tuple[int, int, int, int]:
        over, beside = met.get(party, ((), ()))
        return -len(over), -len(beside), -said[party], party

    chosen = sorted(met.keys() | said.keys(), key=rank)[:MAX_COLUMNS]
    found = Party.objects.in_bulk(chosen)
    return [found[key] for key in chosen if key in found]


def _find_met(standpoint: Standpoint, among: Collection[int] | None) -> _Met:
    """Return by speaker the claims, or those of them among these, over which it is in conflict, and in tension only.

    Claims, and not pairs of statements: pairs would count who is contradicted often. A side meets others as a whole, so
    no pair is looked at.
    """
    classes, counts = standpoint.classes, standpoint.count_sides()
    near = None if among is None else set(map(classes.class_of, among))
    sides = (side for side in counts if near is None or side.of_class in near)
    states = {side: state for side in sides if (state := state_of_side(side, classes, counts)) != OPEN}
    claims = {claim for side in states for claim in classes.members(side.of_class)}
    met: _Met = defaultdict(lambda: (set(), set()))
    for claim, stance, party in standpoint.statements.find_stances(claims=claims):
        side = classes.side_of(claim, stance)
        if side is not None and side in states:
            met[party][states[side] == IN_TENSION].add(claim)
    return dict(met)


def _near(standpoint: Standpoint, claim: int) -> list[Side]:
    of_class = standpoint.classes.class_of(claim)
    own = [Side(of_class, sign) for sign in (PLUS, MINUS)]
    return own + [other for side in own for other in standpoint.classes.opponents(side)]


class Account(NamedTuple):
    """A party that stands under no other, those below it that speak, and how many live statements they make."""

    party: PartyRow
    below: tuple[PartyRow, ...]
    n_statements: int


def survey_accounts(standpoint: Standpoint, *, limit: int) -> tuple[list[Account], int]:
    """Return up to `limit` accounts as they are now, those who say most first, and how many there are in all."""
    live = Statement.objects.live().filter(case=standpoint.case, speaker__isnull=False)
    said = dict(live.values_list("speaker_id").annotate(n=Count("pk")).order_by())
    members: dict[int, set[int]] = defaultdict(set)
    totals: Counter[int] = Counter()
    for party, n in said.items():
        top = _top_of(standpoint, party)
        totals[top] += n
        members[top].add(party)
    shown = sorted(totals.items(), key=lambda entry: (-entry[1], entry[0]))[:limit]
    parties = standpoint.read_parties({key for top, _ in shown for key in (top, *members[top])})
    accounts = [
        Account(parties[top], tuple(parties[key] for key in sorted(members[top] - {top})), n)
        for top, n in shown
        if top in parties
    ]
    return accounts, len(totals)


def _top_of(standpoint: Standpoint, party: int) -> int:
    """Return the party at the top of those above, the first registered where there are several; or itself."""
    above = standpoint.above.get(party, set()) - {party}
    return min((other for other in above if not standpoint.above.get(other)), default=party)
