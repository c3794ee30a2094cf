"""Who is suggested for a first comparison: whoever collides over most claims, however many pairs there are."""

from typing import Any

import pytest

from claims import contesting
from claims.contesting import suggest_accounts
from claims.models import Claim
from claims.standpoint import Standpoint
from sources.models import Case, Document, Party
from tests import factories as make

pytestmark = pytest.mark.django_db

WAYS: list[dict[str, Any]] = [{}, {"accepted_only": True}]  # asked of the database, and called onto a roll


class Quarrel:
    """A claim that everyone argued about first, and two that only Carla and Dora did."""

    def __init__(self) -> None:
        self.case: Case = make.make_case()
        self.document: Document = make.make_document(self.case)
        names = ("Anna", "Boris", "Carla", "Dora", "Carla's lawyer")
        self.anna, self.boris, self.carla, self.dora, self.lawyer = (make.make_party(self.case, n) for n in names)
        make.make_link(self.case, self.lawyer, self.carla, "speaks_for")
        self.popular, self.second, self.third = (make.make_claim(self.case) for _ in range(3))
        for n in range(3):
            self.say(self.anna, "asserts", self.popular, document=make.make_document(self.case), said_note=str(n))
            self.say(self.boris, "denies", self.popular, document=make.make_document(self.case), said_note=str(n))
        self.say(self.carla, "asserts", self.second)
        self.say(self.lawyer, "asserts", self.third)
        for claim in (self.second, self.third):
            self.say(self.dora, "denies", claim)

    def say(self, speaker: Party, stance: str, claim: Claim, **fields: Any) -> None:
        fields = {"document": self.document, **fields}
        make.make_statement(claim, speaker=speaker, stance=stance, review="accepted", **fields)


@pytest.mark.parametrize("way", WAYS)
def test_who_collides_over_most_claims_is_suggested_first_behind_however_many_pairs(
    way: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contesting, "_LOOKED_AT", 5)  # fewer than Anna and Boris are in by themselves
    quarrel = Quarrel()
    suggested = suggest_accounts(Standpoint(quarrel.case, **way))
    assert suggested == [quarrel.carla, quarrel.dora, quarrel.anna, quarrel.boris]


@pytest.mark.parametrize("way", WAYS)
def test_a_conflict_goes_before_any_number_of_tensions_and_who_meets_nobody_is_left_out(way: dict[str, Any]) -> None:
    quarrel = Quarrel()
    emil, flora, gina = (make.make_party(quarrel.case, name) for name in ("Emil", "Flora", "Gina"))
    for _ in range(3):
        one, other = make.make_claim(quarrel.case), make.make_claim(quarrel.case)
        make.make_relation(one, other, "contradicts", "tension")
        quarrel.say(emil, "asserts", one)
        quarrel.say(flora, "asserts", other)
        quarrel.say(gina, "asserts", make.make_claim(quarrel.case))
    assert emil not in suggest_accounts(Standpoint(quarrel.case, **way))
    case = make.make_case()
    assert suggest_accounts(Standpoint(case, **way)) == []
    two = make.make_case()
    claims = [make.make_claim(two) for _ in range(2)]
    make.make_relation(*claims, "contradicts", "tension")
    parties = [make.make_party(two) for _ in range(3)]
    for party, claim in zip(parties, (*claims, make.make_claim(two)), strict=True):
        make.make_statement(claim, speaker=party, review="accepted")
    assert suggest_accounts(Standpoint(two, **way)) == parties[:2]


@pytest.mark.parametrize("way", WAYS)
def test_of_a_question_those_are_suggested_who_collide_on_it_then_whoever_says_most(way: dict[str, Any]) -> None:
    quarrel = Quarrel()
    question = make.make_question(quarrel.case)
    answer, rival = make.make_claim(quarrel.case, question=question), make.make_claim(quarrel.case)
    make.make_relation(answer, rival, "contradicts", "contrary")
    quarrel.say(quarrel.dora, "questions", answer)
    quarrel.say(quarrel.boris, "asserts", rival)
    quarrel.say(quarrel.anna, "asserts", answer)
    assert suggest_accounts(Standpoint(quarrel.case, **way), question) == [quarrel.anna, quarrel.boris, quarrel.dora]


def test_as_many_queries_for_many_rows_as_for_few(django_assert_num_queries: Any) -> None:
    quarrel = Quarrel()
    for _ in range(2):
        with django_assert_num_queries(5):
            suggest_accounts(Standpoint(quarrel.case))
        for _ in range(6):
            claim = make.make_claim(quarrel.case)
            for stance in ("asserts", "denies"):
                quarrel.say(make.make_party(quarrel.case), stance, claim)
