"""Claims and parties that are like some words: what a person is offered, in which order, and what never."""

import pytest

from claims import finding
from claims.finding import find_claims, find_named_in, find_parties
from sources.choices import Role
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_claims_that_share_more_come_first() -> None:
    case = make.make_case()
    killed = make.make_claim(case, "120 security officers were killed.")
    make.make_claim(case, "The security of the bridge is good.")
    make.make_claim(case, "Nothing of the sort.")
    found = find_claims(case=case, words="the alleged killing of 120 security officers", limit=5)
    assert found[0].claim == killed
    assert len(found) == 2
    assert 0 < found[1].likeness < found[0].likeness <= 1


def test_without_words_the_newest_come_first_and_with_strange_ones_none() -> None:
    case = make.make_case()
    claims = [make.make_claim(case) for _ in range(3)]
    assert [one.claim for one in find_claims(case=case, words=" ", limit=2)] == [claims[2], claims[1]]
    assert find_claims(case=case, words="zylophant", limit=2) == []
    assert find_claims(case=case, words="%_\\ the of", limit=2) == []


def test_claims_of_other_cases_are_not_offered() -> None:
    case = make.make_case()
    make.make_claim(make.make_case(), "The bridge was open.")
    assert find_claims(case=case, words="The bridge was open.", limit=5) == []


def test_arabic_is_found_in_any_spelling() -> None:
    case = make.make_case()
    claim = make.make_claim(case, "الجِسْرَ مَفْتُوحٌ")
    assert [one.claim for one in find_claims(case=case, words="الجسر مفتوح اليوم", limit=5)] == [claim]


def test_parties_are_found_by_label_and_alias_best_first() -> None:
    case = make.make_case()
    user = make.make_user()
    inside, beginning, whole, shared = (
        make.make_party(case, "Old Bridge Office"),
        make.make_party(case, "Bridge Ministry"),
        make.make_party(case, "Bridge"),
        make.make_party(None, "Shared Bridge"),
    )
    make.make_alias(case, inside, "The Guard")
    make.make_party(make.make_case(), "Bridge of elsewhere")
    found = find_parties(case=case, words="bridge", viewer=user, limit=9)
    assert found == [whole, beginning, inside, shared]
    assert find_parties(case=case, words="guard", viewer=user, limit=9) == [inside]
    assert find_parties(case=case, words="", viewer=user, limit=9) == [whole, beginning, inside]


def test_parties_named_in_a_sentence_are_found_by_whole_names() -> None:
    case = make.make_case()
    user = make.make_user()
    government, anna = make.make_party(case, "Syrian government"), make.make_party(case, "Ann")
    make.make_alias(case, government, "the Damascus government")
    make.make_party(case, "Annapolis")
    text = "The Damascus government told Ann, not Annabel, that it was so."
    assert find_named_in(case=case, text=text, viewer=user, limit=5) == [government, anna]
    assert find_named_in(case=case, text="Annabel went home.", viewer=user, limit=5) == []


def test_a_name_is_found_wherever_it_stands_whole() -> None:
    case = make.make_case()
    syria = make.make_party(case, "Syria")
    for text in ("Syrian officials in Syria said so.", "Pan-Syrians, Syrians — and Syria", "assyria, Syria"):
        assert find_named_in(case=case, text=text, viewer=make.make_user(), limit=5) == [syria]
    assert find_named_in(case=case, text="Syrians of Assyria", viewer=make.make_user(), limit=5) == []


def test_among_many_names_in_a_sentence_the_longest_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "_CANDIDATES", 3)
    case = make.make_case()
    for name in ("Min", "Mini", "Minis", "of", "ist"):  # in the text, and not as words, but for one too short
        make.make_party(case, name)
    ministry = make.make_party(case, "Ministry of War")
    alias = make.make_party(case, "Elsewhere")
    for name in ("ini", "inis", "Old Ministry of War"):
        make.make_alias(case, alias, name)
    text = "The old Ministry of War said so."
    assert find_named_in(case=case, text=text, viewer=make.make_user(), limit=5) == [alias, ministry]


def test_names_known_in_a_hidden_case_are_not_looked_at() -> None:
    hidden, case = make.make_case(access="members"), make.make_case()
    shared = make.make_party(None, "The Agency")
    make.make_alias(hidden, shared, "Zylophant")
    outsider, member = make.make_user(), make.make_member(hidden, Role.READER)
    assert find_named_in(case=case, text="Zylophant said so.", viewer=outsider, limit=5) == []
    assert find_named_in(case=hidden, text="Zylophant said so.", viewer=member, limit=5) == [shared]
    assert find_named_in(case=case, text="Zylophant said so.", viewer=member, limit=5) == []
