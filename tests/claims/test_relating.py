"""Claims are related once a pair and kind, by whom it may, and never so that a class contradicts itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.choices import RelationKind, Strength
from claims.models import Claim, ClaimRelation
from claims.relating import answers_of, relate_claims, revise_relation, strength_of
from sources.choices import Judgement, Role
from sources.ledger import By
from sources.models import Case, Change
from sources.refusals import RowsRefused, Stale
from tests import factories as make

LATER = make.NOW + timedelta(days=1)


def test_two_questions_give_the_strength_of_a_contradiction() -> None:
    answers = {
        (true, false): strength_of(could_both_be_true=true, could_both_be_false=false)
        for true in (0, 1)
        for false in (0, 1)
    }
    assert answers == {
        (False, False): Strength.CONTRADICTORY,  # exactly one holds
        (False, True): Strength.CONTRARY,  # not both, perhaps neither
        (True, False): Strength.TENSION,
        (True, True): Strength.TENSION,
    }
    for strength in Strength:
        true, false = answers_of(strength)
        assert strength_of(could_both_be_true=true, could_both_be_false=bool(false)) == strength
    assert answers_of(Strength.TENSION) == (True, None)  # the second is not asked


@pytest.fixture
def case(db: None) -> Case:
    return make.make_case()


@pytest.fixture
def claims(case: Case) -> list[Claim]:
    """Six claims, the oldest first."""
    return [make.make_claim(case) for _ in range(6)]


def relation(a: Claim, b: Claim, kind: str = "entails", strength: str = "", **fields: Any) -> ClaimRelation:
    return ClaimRelation(claim_a=a, claim_b=b, kind=kind, strength=strength, **fields)


def positive(a: Claim, b: Claim, kind: str = "entails", strength: str = "", **fields: Any) -> ClaimRelation:
    return relation(a, b, kind, strength, judgement=Judgement.POSITIVE, **fields)


def relate(case: Case, *relations: ClaimRelation, by: By = make.CONSOLE) -> list[ClaimRelation]:
    return relate_claims(by=by, case=case, relations=relations)


def codes_of(error: ValidationError) -> dict[str, list[str | None]]:
    return {place: [one.code for one in found] for place, found in error.error_dict.items()}


def refusal_of(case: Case, *relations: ClaimRelation) -> dict[int, dict[str, list[str | None]]]:
    """Return how relating these is refused, and see that nothing of them is written."""
    before = Change.objects.count(), ClaimRelation.objects.count()
    with pytest.raises(RowsRefused) as refused:
        relate(case, *relations)
    assert before == (Change.objects.count(), ClaimRelation.objects.count())
    return {index: codes_of(error) for index, error in refused.value.errors.items()}


# --- what is written ------------------------------------------------------------------------------------------------


def test_relating_many_is_one_entry_of_the_ledger(case: Case, claims: list[Claim]) -> None:
    annotator = make.make_member(case, Role.ANNOTATOR)
    n = Change.objects.count()
    relate(case, relation(claims[0], claims[1]), relation(claims[1], claims[2]), by=By(actor=annotator, at=LATER))
    change = Change.objects.order_by("-sequence")[0]
    assert (Change.objects.count(), change.act, change.actor, change.case_uid) == (
        n + 1,
        "relate_claims",
        annotator,
        case.uid,
    )
    assert list(change.items.values_list("kind", flat=True)) == ["claimrelation", "claimrelation"]
    assert relate(case) == []
    assert Change.objects.count() == n + 1


@pytest.mark.parametrize("kind", RelationKind.values)
def test_a_pair_without_a_direction_is_stored_from_the_older_claim(case: Case, claims: list[Claim], kind: str) -> None:
    strength = "contrary" if kind == "contradicts" else ""
    (written,) = relate(case, relation(claims[3], claims[1], kind, strength))
    row = ClaimRelation.objects.get(pk=written.pk)
    older_first = kind in ("contradicts", "equivalent")
    assert (row.claim_a, row.claim_b) == ((claims[1], claims[3]) if older_first else (claims[3], claims[1]))


def test_a_proposal_has_no_judge_and_a_judgement_has_one(case: Case, claims: list[Claim]) -> None:
    lead = make.make_member(case, Role.LEAD)
    proposed, judged = relate(
        case,
        relation(claims[0], claims[1]),
        relation(claims[0], claims[2], judgement=Judgement.UNSURE),
        by=By(actor=lead, at=LATER),
    )
    rows = ClaimRelation.objects
    assert rows.values_list("judged_by", "judged_at").get(pk=proposed.pk) == (None, None)
    assert rows.values_list("judged_by", "judged_at").get(pk=judged.pk) == (lead.pk, LATER)


def test_nobody_can_put_another_judge_in(case: Case, claims: list[Claim]) -> None:
    lead, other = make.make_member(case, Role.LEAD), make.make_user()
    (proposed,) = relate(case, relation(claims[0], claims[1], judged_by=other, judged_at=make.NOW))
    (judged,) = relate(
        case, positive(claims[1], claims[2], judged_by=other, judged_at=make.NOW), by=By(actor=lead, at=LATER)
    )
    assert (proposed.judged_by_id, proposed.judged_at) == (None, None)
    assert (judged.judged_by_id, judged.judged_at) == (lead.pk, LATER)


def test_both_directions_and_several_kinds_of_one_pair_are_different_relations(case: Case, claims: list[Claim]) -> None:
    a, b = claims[:2]
    relate(case, relation(a, b), relation(b, a), relation(a, b, "supports"), relation(b, a, "supports"))
    relate(case, relation(a, b, "equivalent"), relation(a, b, "contradicts", "tension"))
    assert ClaimRelation.objects.count() == 6


# --- what is refused, and where -------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[Callable[[list[Claim]], ClaimRelation], dict[str, list[str]]]] = {
    "a claim with itself": (lambda c: relation(c[0], c[0]), {"claim_b": ["self_relation"]}),
    "a contradiction without a strength": (
        lambda c: relation(c[0], c[1], "contradicts"),
        {"strength": ["strength_missing"]},
    ),
    "a strength that is none": (
        lambda c: relation(c[0], c[1], "contradicts", "rather"),
        {"strength": ["invalid_choice"]},
    ),
    "a strength of what is no contradiction": (
        lambda c: relation(c[0], c[1], "entails", "contrary"),
        {"strength": ["strength_not_wanted"]},
    ),
    "aspects of what is no contradiction": (
        lambda c: relation(c[0], c[1], "equivalent", aspects=["who"]),
        {"aspects": ["aspects_not_wanted"]},
    ),
    "an aspect that is none": (
        lambda c: relation(c[0], c[1], "contradicts", "contrary", aspects=["mood"]),
        {"aspects": ["aspect_unknown"]},
    ),
    "an aspect named twice": (
        lambda c: relation(c[0], c[1], "contradicts", "contrary", aspects=["who", "who"]),
        {"aspects": ["aspect_twice"]},
    ),
    "aspects that are no list": (
        lambda c: relation(c[0], c[1], "contradicts", "contrary", aspects={"who": 1}),
        {"aspects": ["aspect_unknown"]},
    ),
    "aspects that are lists": (
        lambda c: relation(c[0], c[1], "contradicts", "contrary", aspects=[["who"]]),
        {"aspects": ["aspect_unknown"]},
    ),
    "a judgement that is none": (
        lambda c: relation(c[0], c[1], judgement="maybe"),
        {"judgement": ["invalid_choice"]},
    ),
    "half a character": (lambda c: relation(c[0], c[1], rationale="\udc00"), {"rationale": ["unstorable"]}),
    "a rationale that is too long": (
        lambda c: relation(c[0], c[1], rationale="x" * 2001),
        {"rationale": ["max_length"]},
    ),
}


@pytest.mark.parametrize("what", REFUSED, ids=str)
def test_a_relation_is_refused_with(case: Case, claims: list[Claim], what: str) -> None:
    build, expected = REFUSED[what]
    assert refusal_of(case, relation(claims[4], claims[5]), build(claims)) == {1: expected}


def test_a_relation_reaches_into_no_other_case(case: Case, claims: list[Claim]) -> None:
    far = make.make_claim(make.make_case())
    assert refusal_of(case, relation(claims[0], far)) == {0: {"claim_b": ["other_case"]}}
    assert refusal_of(case, relation(far, claims[0])) == {0: {"claim_a": ["other_case"]}}


@pytest.mark.parametrize("kind", RelationKind.values)
def test_a_pair_is_related_once_in_each_way(case: Case, claims: list[Claim], kind: str) -> None:
    a, b = claims[:2]
    strength = "contrary" if kind == "contradicts" else ""
    relate(case, relation(a, b, kind, strength))
    assert refusal_of(case, relation(a, b, kind, strength)) == {0: {"claim_b": ["duplicate"]}}
    if kind in ("contradicts", "equivalent"):
        assert refusal_of(case, relation(b, a, kind, strength)) == {0: {"claim_b": ["duplicate"]}}
        if strength:
            assert refusal_of(case, relation(b, a, kind, "tension")) == {0: {"claim_b": ["duplicate"]}}
    else:
        relate(case, relation(b, a, kind, strength))


def test_a_pair_stands_once_in_a_batch(case: Case, claims: list[Claim]) -> None:
    a, b, c = claims[:3]
    assert refusal_of(
        case,
        relation(a, b, "equivalent"),
        relation(b, c, "equivalent"),
        relation(b, a, "equivalent"),
        relation(a, b),
        relation(a, b),
    ) == {2: {"claim_b": ["duplicate"]}, 4: {"claim_b": ["duplicate"]}}


def test_a_refuted_relation_still_has_its_pair(case: Case, claims: list[Claim]) -> None:
    relate(case, relation(claims[0], claims[1], judgement=Judgement.NEGATIVE))
    assert refusal_of(case, relation(claims[0], claims[1])) == {0: {"claim_b": ["duplicate"]}}


# --- a class never contradicts itself -------------------------------------------------------------------------------

CONTRADICTS_ITSELF = {"judgement": ["class_contradicts"]}


@pytest.mark.parametrize("strength", Strength.values)
def test_claims_that_say_the_same_cannot_contradict_each_other(case: Case, claims: list[Claim], strength: str) -> None:
    a, b, c = claims[:3]
    relate(case, positive(a, b, "equivalent"), positive(b, c, "equivalent"))
    assert refusal_of(case, positive(a, c, "contradicts", strength)) == {0: CONTRADICTS_ITSELF}


@pytest.mark.parametrize("strength", Strength.values)
def test_claims_that_contradict_each_other_cannot_say_the_same(case: Case, claims: list[Claim], strength: str) -> None:
    a, b, c = claims[:3]
    relate(case, positive(a, c, "contradicts", strength), positive(a, b, "equivalent"))
    assert refusal_of(case, positive(b, c, "equivalent")) == {0: CONTRADICTS_ITSELF}


@pytest.mark.parametrize("strength", ["contradictory", "contrary"])
def test_a_claim_cannot_entail_what_contradicts_it(case: Case, claims: list[Claim], strength: str) -> None:
    a, b = claims[:2]
    relate(case, positive(a, b, "contradicts", strength))
    assert refusal_of(case, positive(a, b)) == {0: CONTRADICTS_ITSELF}


def test_a_claim_cannot_entail_two_that_contradict_each_other(case: Case, claims: list[Claim]) -> None:
    a, b, c = claims[:3]
    relate(case, positive(a, b), positive(b, c, "contradicts", "contrary"))
    assert refusal_of(case, positive(a, c)) == {0: CONTRADICTS_ITSELF}


def test_a_claim_cannot_follow_from_two_of_which_one_must_hold(case: Case, claims: list[Claim]) -> None:
    # Who denies it denies both, and one of them must hold.
    a, b, c = claims[:3]
    relate(case, positive(b, a), positive(b, c, "contradicts", "contradictory"))
    assert refusal_of(case, positive(c, a)) == {0: CONTRADICTS_ITSELF}


def test_a_claim_may_follow_from_two_that_may_both_be_false(case: Case, claims: list[Claim]) -> None:
    a, b, c = claims[:3]
    relate(case, positive(b, a), positive(c, a), positive(b, c, "contradicts", "contrary"))
    assert ClaimRelation.objects.count() == 3


def test_a_claim_may_stand_in_tension_with_what_it_entails(case: Case, claims: list[Claim]) -> None:
    a, b = claims[:2]
    relate(case, positive(a, b), positive(a, b, "contradicts", "tension"))
    assert ClaimRelation.objects.count() == 2


def test_claims_may_entail_one_another_in_a_circle(case: Case, claims: list[Claim]) -> None:
    a, b, c = claims[:3]
    relate(case, positive(a, b), positive(b, c), positive(c, a))
    assert ClaimRelation.objects.count() == 3


@pytest.mark.parametrize("judgement", [Judgement.UNJUDGED, Judgement.UNSURE, Judgement.NEGATIVE])
def test_what_is_not_judged_to_hold_may_contradict(case: Case, claims: list[Claim], judgement: str) -> None:
    a, b = claims[:2]
    relate(case, positive(a, b, "equivalent"))
    (standing,) = relate(case, relation(a, b, "contradicts", "contrary", judgement=judgement))
    n = Change.objects.count()
    with pytest.raises(ValidationError) as refused:
        revise_relation(by=make.CONSOLE, relation=standing, values={"judgement": Judgement.POSITIVE})
    assert codes_of(refused.value) == CONTRADICTS_ITSELF
    assert ClaimRelation.objects.get(pk=standing.pk).judgement == judgement
    assert Change.objects.count() == n


@pytest.mark.parametrize("size", [2, 5, 16, 33])
def test_the_first_relation_of_a_batch_that_contradicts_is_named_wherever_it_stands(case: Case, size: int) -> None:
    # A chain of equivalences; in each place in turn a contradiction of its two ends so far.
    chain = [make.make_claim(case) for _ in range(size + 1)]
    links = [(chain[n], chain[n + 1]) for n in range(size)]
    for place in sorted({1, 2, size // 2, size - 1, size} - {0}):
        batch = [positive(a, b, "equivalent") for a, b in links]
        batch.insert(place, positive(chain[0], chain[place], "contradicts", "contrary"))
        assert refusal_of(case, *batch) == {place: CONTRADICTS_ITSELF}


def test_what_comes_later_in_the_batch_is_not_blamed_on_what_came_before(case: Case, claims: list[Claim]) -> None:
    a, b, c = claims[:3]
    batch = [
        positive(a, b, "contradicts", "contrary"),
        relation(a, b, "equivalent"),  # only proposed
        positive(b, c, "equivalent"),
        positive(a, c, "equivalent"),  # with this, a and b are one
        positive(claims[3], claims[4]),
    ]
    assert refusal_of(case, *batch) == {3: CONTRADICTS_ITSELF}


def test_a_relation_of_another_case_contradicts_nothing_here(case: Case, claims: list[Claim]) -> None:
    other = make.make_case()
    a, b = make.make_claim(other), make.make_claim(other)
    relate(other, positive(a, b, "contradicts", "contradictory"))
    relate(case, positive(claims[0], claims[1], "equivalent"))
    assert ClaimRelation.objects.filter(case=case).count() == 1


# --- who may, and changing one's mind -------------------------------------------------------------------------------


def test_proposing_is_an_annotators_and_judging_the_leads(case: Case, claims: list[Claim]) -> None:
    annotator, reader = (make.make_member(case, role) for role in (Role.ANNOTATOR, Role.READER))
    relate(case, relation(claims[0], claims[1]), by=By(actor=annotator, at=LATER))
    with pytest.raises(PermissionDenied):
        relate(case, relation(claims[1], claims[2]), positive(claims[2], claims[3]), by=By(actor=annotator, at=LATER))
    with pytest.raises(PermissionDenied):
        relate(case, relation(claims[1], claims[2]), by=By(actor=reader, at=LATER))
    assert ClaimRelation.objects.count() == 1


def test_a_judgement_names_its_judge_and_taking_it_back_leaves_none(case: Case, claims: list[Claim]) -> None:
    lead = make.make_member(case, Role.LEAD)
    (row,) = relate(case, relation(claims[0], claims[1]))
    n = Change.objects.count()
    by = By(actor=lead, at=LATER)
    revise_relation(by=by, relation=row, values={"judgement": "positive", "rationale": "Both speak of one bridge."})
    stored = ClaimRelation.objects.get(pk=row.pk)
    assert (stored.judgement, stored.judged_by, stored.judged_at) == ("positive", lead, LATER)
    assert stored.rationale == "Both speak of one bridge."
    revise_relation(by=by, relation=row, values={"judgement": "unjudged"})
    stored = ClaimRelation.objects.get(pk=row.pk)
    assert (stored.judgement, stored.judged_by, stored.judged_at) == ("unjudged", None, None)
    assert Change.objects.count() == n + 2


def test_an_annotator_may_reword_a_proposal_and_no_judgement(case: Case, claims: list[Claim]) -> None:
    annotator = make.make_member(case, Role.ANNOTATOR)
    by = By(actor=annotator, at=LATER)
    proposed, judged = relate(case, relation(claims[0], claims[1]), positive(claims[1], claims[2]))
    revise_relation(by=by, relation=proposed, values={"rationale": "Perhaps."})
    for row, values in (
        (proposed, {"judgement": "positive"}),
        (judged, {"rationale": "Perhaps."}),
        (judged, {"judgement": "unjudged"}),
    ):
        with pytest.raises(PermissionDenied):
            revise_relation(by=by, relation=ClaimRelation.objects.get(pk=row.pk), values=values)
    assert ClaimRelation.objects.get(pk=judged.pk).rationale == ""


def test_a_weaker_strength_may_make_sound_what_a_stronger_one_makes_not(case: Case, claims: list[Claim]) -> None:
    a, b = claims[:2]
    tension, _ = relate(case, positive(a, b, "contradicts", "tension"), positive(a, b))
    with pytest.raises(ValidationError) as refused:
        revise_relation(by=make.CONSOLE, relation=tension, values={"strength": "contrary"})
    assert codes_of(refused.value) == CONTRADICTS_ITSELF
    assert ClaimRelation.objects.get(pk=tension.pk).strength == "tension"


def test_a_relation_that_someone_else_changed_is_not_overwritten(case: Case, claims: list[Claim]) -> None:
    (row,) = relate(case, relation(claims[0], claims[1]))
    mine = ClaimRelation.objects.get(pk=row.pk)
    revise_relation(by=make.CONSOLE, relation=row, values={"judgement": "negative"})
    with pytest.raises(Stale):
        revise_relation(by=make.CONSOLE, relation=mine, values={"judgement": "positive"})
    assert ClaimRelation.objects.get(pk=row.pk).judgement == "negative"


# --- how much is asked of the database ------------------------------------------------------------------------------


def n_queries(act: Callable[[], object]) -> int:
    """Return how many statements are sent, INSERTs left out: SQLite takes so many values in one, and no more."""
    with CaptureQueriesContext(connection) as sent:
        act()
    return sum(not query["sql"].startswith("INSERT") for query in sent.captured_queries)


def test_the_number_of_queries_does_not_grow_with_the_batch(case: Case) -> None:
    claims = [make.make_claim(case) for _ in range(20)]
    pairs = [(a, b) for a in claims for b in claims if a != b]

    def batch(some: list[tuple[Claim, Claim]]) -> list[ClaimRelation]:
        # As an interface would have them: claims read anew.
        anew = Claim.objects.in_bulk([claim.pk for claim in claims])
        return [positive(anew[a.pk], anew[b.pk]) for a, b in some]

    few, many = batch(pairs[:10]), batch(pairs[10:110])
    assert n_queries(lambda: relate(case, *few)) == n_queries(lambda: relate(case, *many))


def test_finding_the_one_that_contradicts_asks_no_more_of_a_large_batch(case: Case) -> None:
    claims = [make.make_claim(case) for _ in range(40)]

    def refuse(n: int) -> None:
        chain = [positive(claims[i], claims[i + 1], "equivalent") for i in range(n)]
        assert set(refusal_of(case, *chain, positive(claims[0], claims[n], "contradicts", "contrary"))) == {n}

    assert n_queries(lambda: refuse(39)) == n_queries(lambda: refuse(4))
