"""Two turn out to be one: what pointed to the one points to the other, and back again."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from claims.concluding import sign_conclusions
from claims.merging import merge_claim, merge_party, plan_claim_merger, plan_party_merger
from claims.models import Claim, ClaimRelation, Conclusion, Relay, Statement
from claims.rating import rate_parties
from claims.recording import revise_statement
from claims.relating import revise_relation
from claims.undoing import undo_change
from sources.choices import Role
from sources.images import images_of, record_models
from sources.ledger import By
from sources.models import Case, Document, Party, PartyAlias, PartyLink, ReliabilityRating
from sources.refusals import PlanChanged, RowsRefused
from sources.revising import delete_row, revise_row
from tests import factories as make
from tests.recorded import damages, newest

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return make.make_case()


def everything(case: Case) -> dict[str, Any]:
    """All rows of a case as they are stored, but for the count of their revisions."""
    found = {}
    for kind, model in record_models().items():
        if any(column.name == "case" for column in model._meta.concrete_fields):
            rows = [image for _, image in images_of(model._base_manager.filter(case=case).order_by("uid"))]
            found[kind] = [{name: v for name, v in row.items() if name != "revision"} for row in rows]
    return found


def test_everything_that_pointed_to_a_party_points_to_the_other_and_back(case: Case) -> None:
    radio, broadcaster = make.make_party(case, "The Radio"), make.make_party(case, "Radio One")
    ministry, anna = make.make_party(case, "The Ministry"), make.make_party(case, "Anna")
    make.make_alias(case, radio, "R1")
    make.make_alias(case, radio, "One")
    make.make_alias(case, broadcaster, "One")
    document = make.make_document(case, publisher=radio)
    claim = make.make_claim(case)
    said = make.make_statement(claim, speaker=radio, document=document)
    carried = make.make_statement(claim, speaker=anna, document=document, relays=[radio, Relay(is_gap=True)])
    rate_parties(by=make.CONSOLE, case=case, ratings=[ReliabilityRating(party=radio, grade="B", rationale="so far")])
    moving = make.make_link(case, radio, ministry, "controlled_by")
    own = make.make_link(case, radio, broadcaster, "part_of")
    double, standing = (make.make_link(case, anna, party, "speaks_for") for party in (radio, broadcaster))
    before = everything(case)

    plan = plan_party_merger(radio, broadcaster)
    assert plan.blocked == []
    assert plan.count_moved() == {
        "document": 1, "partyalias": 1, "partylink": 1, "relay": 1, "reliabilityrating": 1, "statement": 1
    }  # fmt: skip
    assert {row.pk for row in plan.dropped} == {own.pk, double.pk, PartyAlias.objects.get(party=radio, name="One").pk}
    assert [alias.name for alias in plan.aliases] == ["The Radio"]
    assert everything(case) == before  # looking changes nothing

    merge_party(by=make.CONSOLE, party=radio, into=broadcaster)
    radio.refresh_from_db()
    assert radio.merged_into == broadcaster
    assert Statement.objects.get(pk=said.pk).speaker == broadcaster
    assert [relay.party for relay in Relay.objects.filter(statement=carried).order_by("hop")] == [broadcaster, None]
    assert Document.objects.get(pk=document.pk).publisher == broadcaster
    assert ReliabilityRating.objects.get().party == broadcaster
    assert set(broadcaster.aliases.values_list("name", flat=True)) == {"One", "R1", "The Radio"}
    links = PartyLink.objects.filter(case=case)
    assert {(link.pk, link.from_party, link.to_party) for link in links} == {
        (moving.pk, broadcaster, ministry),
        (standing.pk, anna, broadcaster),
    }
    assert damages() == []

    undo_change(by=make.CONSOLE, change=newest())
    assert everything(case) == before
    assert damages() == []


def test_of_two_links_that_say_the_same_one_stays_with_what_was_judged_of_either(case: Case) -> None:
    one, other, ministry = (make.make_party(case) for _ in range(3))
    make.make_link(case, one, ministry, "part_of")
    waiting = make.make_link(case, other, ministry, "part_of", judgement="unjudged")
    before = everything(case)
    merge_party(by=make.CONSOLE, party=one, into=other)
    assert [(link.pk, link.judgement) for link in PartyLink.objects.all()] == [(waiting.pk, "positive")]
    undo_change(by=make.CONSOLE, change=newest())
    assert everything(case) == before


def test_a_party_that_would_stand_twice_in_a_chain_is_in_the_way(case: Case) -> None:
    claim = make.make_claim(case)
    one, other, third = (make.make_party(case) for _ in range(3))
    for speaker, relays in ((one, [other]), (other, [one]), (third, [one, other])):
        told = make.make_statement(claim, speaker=speaker, relays=relays)
        (reason,) = plan_party_merger(one, other).blocked
        assert str(told.uid) in reason
        with pytest.raises(ValidationError):
            merge_party(by=make.CONSOLE, party=one, into=other)
        told.relays.all().delete()
        Statement.objects.filter(pk=told.pk).delete()


def test_of_shared_parties_no_chain_is_named_that_the_asker_may_not_see() -> None:
    one, other = make.make_party(None), make.make_party(None)
    hidden = make.make_claim(make.make_case(access="members"))
    for speaker, relays in ((one, [other]), (other, [one]), (make.make_party(None), [one, other])):
        make.make_statement(hidden, speaker=speaker, relays=relays)
    reason = "cases have rows that point to this shared party, and a merger is an act in one case"
    assert plan_party_merger(one, other).blocked == [reason]


def test_what_cannot_be_merged(case: Case) -> None:
    one, other = make.make_party(case), make.make_party(case)
    elsewhere, shared = make.make_party(make.make_case()), make.make_party(None)
    assert plan_party_merger(one, one).blocked == ["a party is not merged into itself"]
    assert plan_party_merger(one, elsewhere).blocked == ["these parties are of different cases"]
    assert plan_party_merger(shared, one).blocked == ["these parties are of different cases"]
    assert plan_party_merger(one, shared).blocked == []
    make.make_statement(make.make_claim(case), speaker=shared)
    assert len(plan_party_merger(shared, make.make_party(None)).blocked) == 1  # rows of a case stand on it
    merge_party(by=make.CONSOLE, party=one, into=other)
    one.refresh_from_db()
    assert plan_party_merger(one, shared).blocked == ["this party was merged already"]
    assert plan_party_merger(shared, one).blocked[1:2] == ["these parties are of different cases"]
    middle, end = make.make_party(case), make.make_party(case)
    make.make_link(case, other, middle, "part_of")
    make.make_link(case, middle, end, "part_of")
    assert plan_party_merger(end, other).blocked == ["by their links a party would be part of itself, through others"]


def test_merging_is_the_leads(case: Case) -> None:
    one, other = make.make_party(case), make.make_party(case)
    annotator = make.make_member(case, Role.ANNOTATOR)
    with pytest.raises(PermissionDenied):
        merge_party(by=By(actor=annotator, at=make.NOW), party=one, into=other)


def test_a_merged_party_is_nobodys_speaker_any_more(case: Case) -> None:
    one, other = make.make_party(case), make.make_party(case)
    merge_party(by=make.CONSOLE, party=one, into=other)
    claim = make.make_claim(case)
    one.refresh_from_db()
    with pytest.raises(RowsRefused) as refused:
        make.make_statement(claim, speaker=one)
    assert set(refused.value.errors[0].error_dict) == {"speaker"}
    with pytest.raises(RowsRefused) as refused:
        make.make_statement(claim, speaker=other, relays=[one])
    assert set(refused.value.errors[0].error_dict) == {"relays.0.party"}


def test_a_merger_leads_on_from_those_merged_before(case: Case) -> None:
    first, second, third = (make.make_party(case) for _ in range(3))
    merge_party(by=make.CONSOLE, party=first, into=second)
    merge_party(by=make.CONSOLE, party=second, into=third)
    first.refresh_from_db()
    assert first.merged_into == third


def test_everything_that_pointed_to_a_claim_points_to_the_other_and_back(case: Case) -> None:
    question = make.make_question(case)
    one, other = make.make_claim(case, question=question), make.make_claim(case)
    rival, ground = make.make_claim(case), make.make_claim(case)
    told = make.make_statement(one)
    sign_conclusions(by=make.CONSOLE, case=case, conclusions=[Conclusion(claim=one, text="It was so.")])
    moving = make.make_relation(one, rival, "contradicts", "contrary")
    same = make.make_relation(one, other, "equivalent")
    double = make.make_relation(ground, one, "entails")
    standing = make.make_relation(ground, other, "entails")
    before = everything(case)

    plan = plan_claim_merger(one, other)
    assert plan.blocked == []
    assert plan.count_moved() == {"claim": 1, "claimrelation": 1, "conclusion": 1, "statement": 1}
    assert {row.pk for row in plan.dropped} == {same.pk, double.pk}
    merge_claim(by=make.CONSOLE, claim=one, into=other)
    assert Statement.objects.get(pk=told.pk).claim == other
    assert Conclusion.objects.get().claim == other
    assert Claim.objects.get(pk=one.pk).merged_into == other
    assert Claim.objects.get(pk=other.pk).question == question
    ends = {(row.pk, row.claim_a, row.claim_b) for row in ClaimRelation.objects.all()}
    assert ends == {(moving.pk, other, rival), (standing.pk, ground, other)}
    assert damages() == []
    undo_change(by=make.CONSOLE, change=newest())
    assert everything(case) == before
    assert damages() == []


def test_claims_that_contradict_each_other_are_not_one(case: Case) -> None:
    one, other, third = (make.make_claim(case) for _ in range(3))
    make.make_relation(one, other, "contradicts", "contrary")
    assert "these two are held to contradict each other" in plan_claim_merger(one, other).blocked
    make.make_relation(other, third, "equivalent")
    assert len(plan_claim_merger(one, third).blocked) == 1  # its class would contradict itself
    assert plan_claim_merger(one, make.make_claim(make.make_case())).blocked == ["these claims are of different cases"]


def test_a_pair_in_no_direction_is_stored_from_the_older_claim_after_a_merger_too(case: Case) -> None:
    first, second, third = (make.make_claim(case) for _ in range(3))
    relation = make.make_relation(first, second, "contradicts", "tension")
    merge_claim(by=make.CONSOLE, claim=first, into=third)
    relation.refresh_from_db()
    assert (relation.claim_a, relation.claim_b) == (second, third)


def test_two_names_that_others_bear_too_are_told(case: Case) -> None:
    one, other, namesake = (make.make_party(case, name) for name in ("Anna", "Anna B.", "ANNA"))
    assert plan_party_merger(one, other).namesakes == [namesake]
    assert Party.objects.count() == 3


# --- what is done is what was shown ---


def _record(story: dict[str, Any]) -> None:
    make.make_statement(story["one"])


def _revise(story: dict[str, Any]) -> None:
    revise_statement(by=make.CONSOLE, statement=story["told"], values={"cue": "let slip"})


def _reword(story: dict[str, Any]) -> None:
    revise_row(by=make.CONSOLE, row=story["other"], values={"note": "Of the south tower alone."})


def _judge(story: dict[str, Any]) -> None:
    revise_relation(by=make.CONSOLE, relation=story["double"], values={"rationale": "Read twice."})


def _relate(story: dict[str, Any]) -> None:
    make.make_relation(story["one"], story["other"], "supports")


def _merge_the_other(story: dict[str, Any]) -> None:
    merge_claim(by=make.CONSOLE, claim=Claim.objects.get(pk=story["other"].pk), into=story["ground"])


def _delete_the_other(story: dict[str, Any]) -> None:
    delete_row(by=make.CONSOLE, row=ClaimRelation.objects.get(claim_b=story["other"]))
    delete_row(by=make.CONSOLE, row=Claim.objects.get(pk=story["other"].pk))


@pytest.mark.parametrize(
    ("meanwhile", "is_done"),
    [
        (lambda story: None, True),
        (_revise, True),
        (_record, False),
        (_reword, False),
        (_judge, False),
        (_relate, False),
        (_merge_the_other, False),
        (_delete_the_other, False),
    ],
)
def test_a_merger_is_the_one_that_was_shown_or_none(case: Case, meanwhile: Any, is_done: bool) -> None:
    one, other, ground = (make.make_claim(case) for _ in range(3))
    double = make.make_relation(ground, one, "entails")  # goes, for it would stand twice
    make.make_relation(ground, other, "entails")
    story = {"one": one, "other": other, "ground": ground, "double": double, "told": make.make_statement(one)}
    seen = plan_claim_merger(one, other).digest()
    shown = Claim.objects.get(pk=one.pk), Claim.objects.get(pk=other.pk)  # as a page read them, before
    meanwhile(story)
    if is_done:
        merge_claim(by=make.CONSOLE, claim=shown[0], into=shown[1], seen=seen)
    else:
        before = everything(case)
        with pytest.raises(PlanChanged):
            merge_claim(by=make.CONSOLE, claim=shown[0], into=shown[1], seen=seen)
        assert everything(case) == before
    assert Claim.objects.filter(pk=one.pk, merged_into=other).exists() is is_done


def test_the_merger_of_a_party_is_the_one_that_was_shown_or_none(case: Case) -> None:
    one, other = make.make_party(case, "Anna"), make.make_party(case, "Anna B.")
    seen = plan_party_merger(one, other).digest()
    namesake = make.make_party(case, "ANNA")
    with pytest.raises(PlanChanged):
        merge_party(by=make.CONSOLE, party=one, into=other, seen=seen)
    delete_row(by=make.CONSOLE, row=namesake)
    merge_party(by=make.CONSOLE, party=one, into=other, seen=seen)
