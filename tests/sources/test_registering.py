"""Parties may share names, links may not go in circles, and the shared register is the administrators'."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sources.choices import Judgement, LinkKind, Role
from sources.ledger import By
from sources.models import Case, Change, Party, PartyAlias, PartyLink
from sources.refusals import RowsRefused
from sources.registering import (
    find_namesakes,
    link_parties,
    reach_upwards,
    register_parties,
    revise_link,
    revise_party,
    share_party,
    upward_links,
)
from tests import factories as make

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(days=1)
ONE_WAY = ["part_of", "controlled_by", "speaks_for"]


@pytest.fixture
def case() -> Case:
    return make.make_case()


def codes_of(error: ValidationError) -> dict[str, list[str | None]]:
    return {place: [one.code for one in found] for place, found in error.error_dict.items()}


def newest_change() -> Change:
    return Change.objects.order_by("-sequence")[0]


# --- parties --------------------------------------------------------------------------------------------------------


def register(case: Case | None, *parties: Party, by: By = make.CONSOLE, **options: Any) -> list[Party]:
    return register_parties(by=by, case=case, parties=parties, **options)


def party_refusal(case: Case | None, *parties: Party, **options: Any) -> dict[int, dict[str, list[str | None]]]:
    """Return how registering these is refused, and see that nothing of them is written."""
    before = Change.objects.count(), Party.objects.count(), PartyAlias.objects.count()
    with pytest.raises(RowsRefused) as refused:
        register(case, *parties, **options)
    assert before == (Change.objects.count(), Party.objects.count(), PartyAlias.objects.count())
    return {index: codes_of(error) for index, error in refused.value.errors.items()}


def test_registering_many_with_their_aliases_is_one_entry_of_the_ledger(case: Case) -> None:
    annotator = make.make_member(case, Role.ANNOTATOR)
    n = Change.objects.count()
    anna, boris = register(
        case,
        Party(label="Anna", kind="person"),
        Party(label="Boris", naming="unnamed"),
        aliases={0: ["Annie", "A."], 1: []},
        by=By(actor=annotator, at=LATER),
    )
    assert {alias.name: (alias.party, alias.case) for alias in PartyAlias.objects.all()} == {
        "Annie": (anna, case),
        "A.": (anna, case),
    }
    assert Party.objects.get(pk=boris.pk).case == case
    change = newest_change()
    assert (Change.objects.count(), change.act, change.actor, change.case_uid) == (
        n + 1,
        "register_party",
        annotator,
        case.uid,
    )
    assert sorted(change.items.values_list("kind", flat=True)) == ["party", "party", "partyalias", "partyalias"]


def test_two_parties_may_share_a_name_because_people_do(case: Case) -> None:
    first, second = register(case, Party(label="Anna"), Party(label="Anna"))
    assert first.uid != second.uid
    assert find_namesakes(case, " ANNA ") == [first, second]


PARTIES = {
    "without a label": (lambda: Party(label=""), {"label": ["blank"]}),
    "of a kind that is none": (lambda: Party(label="Anna", kind="ghost"), {"kind": ["invalid_choice"]}),
    "of a naming that is none": (lambda: Party(label="Anna", naming="famous"), {"naming": ["invalid_choice"]}),
    "with a NUL": (lambda: Party(label="An\x00na"), {"label": ["unstorable"]}),
    "with half a character": (lambda: Party(label="Anna", description="\ud83d"), {"description": ["unstorable"]}),
    "with a label that is too long": (lambda: Party(label="x" * 301), {"label": ["max_length"]}),
}


@pytest.mark.parametrize("what", PARTIES, ids=str)
def test_a_party_is_refused(case: Case, what: str) -> None:
    build, expected = PARTIES[what]
    assert party_refusal(case, Party(label="Boris"), build()) == {1: expected}


def test_an_alias_that_is_given_twice_names_its_party(case: Case) -> None:
    refused = party_refusal(case, Party(label="Anna"), Party(label="Boris"), aliases={0: ["A."], 1: ["B.", "B."]})
    assert refused == {1: {"aliases": ["twice"]}}


def test_an_alias_that_no_row_can_hold_is_refused_at_its_party(case: Case) -> None:
    # The second alias of the first party, so that indexes of parties and of aliases differ.
    refused = party_refusal(case, Party(label="Anna"), Party(label="Boris"), aliases={0: ["A.", "\x00"], 1: ["B."]})
    assert set(refused) == {0}


def test_an_unnamed_party_always_has_a_case(case: Case) -> None:
    assert party_refusal(None, Party(label="A refugee", naming="unnamed")) == {0: {"naming": ["no_case"]}}
    (party,) = register(case, Party(label="A refugee", naming="unnamed"))
    with pytest.raises(ValidationError) as refused:
        share_party(by=make.CONSOLE, party=party)
    assert codes_of(refused.value) == {"naming": ["no_case"]}
    assert Party.objects.get(pk=party.pk).case == case


def test_only_an_administrator_writes_the_shared_register(case: Case) -> None:
    lead, admin = make.make_member(case, Role.LEAD), make.make_admin()
    (party,) = register(case, Party(label="Reuters of Fiction"))
    for act in (
        lambda by: register(None, Party(label="The Daily Fiction"), by=by),
        lambda by: share_party(by=by, party=Party.objects.get(pk=party.pk)),
    ):
        with pytest.raises(PermissionDenied):
            act(By(actor=lead, at=LATER))
    assert not Party.objects.filter(case=None).exists()
    (shared,) = register(None, Party(label="The Daily Fiction"), by=By(actor=admin, at=LATER), aliases={0: ["Daily"]})
    assert (shared.case, shared.aliases.get().case) == (None, None)
    assert newest_change().case_uid is None
    share_party(by=By(actor=admin, at=LATER), party=Party.objects.get(pk=party.pk))
    assert Party.objects.get(pk=party.pk).case is None
    for act in (
        lambda by: revise_party(by=by, party=Party.objects.get(pk=shared.pk), values={"label": "The Daily Fact"}),
        lambda by: revise_party(by=by, party=Party.objects.get(pk=shared.pk), values={}, aliases=["Fact"]),
        lambda by: link_parties(by=by, case=None, links=[PartyLink(from_party=shared, to_party=party, kind="part_of")]),
    ):
        with pytest.raises(PermissionDenied):
            act(By(actor=lead, at=LATER))
    assert Party.objects.get(pk=shared.pk).label == "The Daily Fiction"


def test_a_shared_party_keeps_the_aliases_of_the_case_in_the_case(case: Case) -> None:
    (party,) = register(case, Party(label="The Daily Fiction"), aliases={0: ["Daily"]})
    share_party(by=make.CONSOLE, party=party)
    assert PartyAlias.objects.get().case == case
    other = make.make_case()
    assert find_namesakes(case, "daily") == [party]
    assert find_namesakes(other, "daily") == []
    assert find_namesakes(other, "the daily fiction") == [party]


def test_a_reader_registers_nobody() -> None:
    case = make.make_case(access="members")
    with pytest.raises(PermissionDenied):
        register(case, Party(label="Anna"), by=By(actor=make.make_member(case, Role.READER), at=LATER))
    assert not Party.objects.exists()


def test_namesakes_are_found_by_name_and_alias_where_they_may_be_used(case: Case) -> None:
    other = make.make_case()
    mine, shared = register(case, Party(label="Élan"))[0], register(None, Party(label="ÉLAN"))[0]
    register(other, Party(label="Élan"))
    (by_alias,) = register(case, Party(label="Someone else"), aliases={0: ["e\u0301lan"]})  # decomposed
    merged = register(case, Party(label="Élan"))[0]
    with make.CONSOLE.act("merge", case) as act:
        act.update(merged, merged_into=mine)
    assert find_namesakes(case, "élan") == [mine, shared, by_alias]
    assert find_namesakes(None, "élan") == [shared]
    assert find_namesakes(case, "elan") == []  # an accent is part of a name


def test_a_party_takes_other_values_and_names_in_one_entry(case: Case) -> None:
    (party,) = register(case, Party(label="Anna"), aliases={0: ["Annie", "A."]})
    n = Change.objects.count()
    revise_party(by=make.CONSOLE, party=party, values={"label": "Hanna"}, aliases=["A.", "Hannah"])
    stored = Party.objects.get(pk=party.pk)
    assert (stored.label, stored.name_key) == ("Hanna", "hanna")
    assert set(stored.aliases.values_list("name", flat=True)) == {"A.", "Hannah"}
    assert (Change.objects.count(), newest_change().act) == (n + 1, "revise_party")
    revise_party(by=make.CONSOLE, party=stored, values={"label": "Hanna"}, aliases=["Hannah", "A."])
    assert Change.objects.count() == n + 1
    with pytest.raises(ValidationError) as refused:
        revise_party(by=make.CONSOLE, party=stored, values={}, aliases=["A.", "A."])
    assert codes_of(refused.value) == {"aliases": ["twice"]}


# --- links ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def parties(case: Case) -> list[Party]:
    """Five parties, the oldest first."""
    return register(case, *(Party(label=f"Party {number}") for number in range(5)))


def link(start: Party, end: Party, kind: str = "part_of", **fields: Any) -> PartyLink:
    return PartyLink(from_party=start, to_party=end, kind=kind, **fields)


def tie(case: Case | None, *links: PartyLink, by: By = make.CONSOLE) -> list[PartyLink]:
    return link_parties(by=by, case=case, links=links)


def link_refusal(case: Case | None, *links: PartyLink) -> dict[int, dict[str, list[str | None]]]:
    """Return how linking these is refused, and see that nothing of them is written."""
    before = Change.objects.count(), PartyLink.objects.count()
    with pytest.raises(RowsRefused) as refused:
        tie(case, *links)
    assert before == (Change.objects.count(), PartyLink.objects.count())
    return {index: codes_of(error) for index, error in refused.value.errors.items()}


DUPLICATE, CIRCLE = {"to_party": ["duplicate"]}, {"to_party": ["circle"]}


def test_linking_many_is_one_entry_of_the_ledger(case: Case, parties: list[Party]) -> None:
    annotator = make.make_member(case, Role.ANNOTATOR)
    n = Change.objects.count()
    tie(case, link(parties[0], parties[1]), link(parties[1], parties[2]), by=By(actor=annotator, at=LATER))
    change = newest_change()
    assert (Change.objects.count(), change.act, change.actor, change.items.count()) == (
        n + 1,
        "link_parties",
        annotator,
        2,
    )
    assert tie(case) == []
    assert Change.objects.count() == n + 1


def test_a_link_without_a_direction_is_stored_from_the_older_party(case: Case, parties: list[Party]) -> None:
    tie(case, link(parties[3], parties[1], "same_as"), link(parties[3], parties[1], "part_of"))
    stored = {row.kind: (row.from_party, row.to_party) for row in PartyLink.objects.all()}
    assert stored == {"same_as": (parties[1], parties[3]), "part_of": (parties[3], parties[1])}


@pytest.mark.parametrize("kind", LinkKind.values)
def test_two_parties_are_linked_once_in_each_way(case: Case, parties: list[Party], kind: str) -> None:
    a, b = parties[:2]
    tie(case, link(a, b, kind, judgement=Judgement.NEGATIVE))
    assert link_refusal(case, link(a, b, kind)) == {0: DUPLICATE}
    if kind == "same_as":
        assert link_refusal(case, link(b, a, kind)) == {0: DUPLICATE}


def test_a_link_stands_once_in_a_batch(case: Case, parties: list[Party]) -> None:
    a, b, c = parties[:3]
    batch = [link(a, b), link(a, c), link(a, b), link(a, b, "speaks_for"), link(c, a, "same_as"), link(a, c, "same_as")]
    assert link_refusal(case, *batch) == {2: DUPLICATE, 5: DUPLICATE}


@pytest.mark.parametrize("kind", LinkKind.values)
def test_a_party_is_not_linked_to_itself(case: Case, parties: list[Party], kind: str) -> None:
    refused = link_refusal(case, link(parties[1], parties[2], kind), link(parties[0], parties[0], kind))
    assert set(refused) == {1}
    assert set(refused[1]) == {"to_party"}


@pytest.mark.parametrize("kind", ONE_WAY)
def test_a_party_is_not_above_itself_through_others(case: Case, parties: list[Party], kind: str) -> None:
    a, b, c, d = parties[:4]
    tie(case, link(a, b, kind), link(b, c, kind))
    assert link_refusal(case, link(c, d, kind), link(d, a, kind)) == {1: CIRCLE}
    assert link_refusal(case, link(b, a, kind)) == {0: CIRCLE}
    tie(case, link(a, c, kind), link(d, a, kind))  # two ways up are no circle


def test_the_one_of_a_batch_that_closes_a_circle_is_named(case: Case, parties: list[Party]) -> None:
    a, b, c = parties[:3]
    assert link_refusal(case, link(c, a), link(a, b), link(b, c), link(a, c, "same_as")) == {2: CIRCLE}


def test_links_of_different_kinds_make_no_circle(case: Case, parties: list[Party]) -> None:
    a, b = parties[:2]
    tie(case, link(a, b, "speaks_for"), link(b, a, "part_of"), link(a, b, "same_as"))
    assert PartyLink.objects.count() == 3


def test_what_was_found_not_to_hold_closes_no_circle(case: Case, parties: list[Party]) -> None:
    a, b = parties[:2]
    (refuted,) = tie(case, link(a, b, judgement=Judgement.NEGATIVE))
    tie(case, link(b, a))
    with pytest.raises(ValidationError) as refused:
        revise_link(by=make.CONSOLE, link=refuted, values={"judgement": Judgement.POSITIVE})
    assert codes_of(refused.value) == CIRCLE
    assert PartyLink.objects.get(pk=refuted.pk).judgement == "negative"


def test_a_link_of_the_shared_register_closes_a_circle_in_a_case(case: Case) -> None:
    a, b = register(None, Party(label="Ministry"), Party(label="Office"))
    tie(None, link(b, a))
    assert link_refusal(case, link(a, b)) == {0: CIRCLE}


def test_a_link_of_another_case_is_no_matter_here(case: Case) -> None:
    a, b = register(None, Party(label="Ministry"), Party(label="Office"))
    tie(make.make_case(), link(b, a))
    tie(case, link(a, b))
    assert PartyLink.objects.count() == 2


def test_a_link_reaches_into_no_other_case(case: Case, parties: list[Party]) -> None:
    far = make.make_party(make.make_case())
    assert link_refusal(case, link(parties[0], far)) == {0: {"to_party": ["other_case"]}}
    assert link_refusal(case, link(far, parties[0])) == {0: {"from_party": ["other_case"]}}


def test_a_shared_link_needs_shared_parties(case: Case, parties: list[Party]) -> None:
    shared = make.make_party(None)
    assert link_refusal(None, link(shared, parties[0])) == {0: {"to_party": ["other_case"]}}
    tie(case, link(shared, parties[0]))  # in the case it may be said


LINKS: dict[str, tuple[Callable[[Party, Party], PartyLink], dict[str, list[str]]]] = {
    "that ends before it begins": (
        lambda a, b: link(a, b, since=date(2025, 5, 2), until=date(2025, 5, 1)),
        {"until": ["ends_early"]},
    ),
    "of a kind that is none": (lambda a, b: link(a, b, "married_to"), {"kind": ["invalid_choice"]}),
    "of a judgement that is none": (lambda a, b: link(a, b, judgement="maybe"), {"judgement": ["invalid_choice"]}),
    "from a day that is none": (
        lambda a, b: link(a, b, since="2025-02-30", until=date(2025, 5, 1)),
        {"since": ["invalid_date"]},
    ),
}


@pytest.mark.parametrize("what", LINKS, ids=str)
def test_a_link_is_refused(case: Case, parties: list[Party], what: str) -> None:
    build, expected = LINKS[what]
    assert link_refusal(case, link(parties[2], parties[3]), build(*parties[:2])) == {1: expected}


def test_a_link_may_hold_for_one_day(case: Case, parties: list[Party]) -> None:
    day = date(2025, 5, 1)
    tie(case, link(parties[0], parties[1], since=day, until=day))
    assert PartyLink.objects.get().until == day


def test_judging_a_link_is_the_leads_and_names_the_judge(case: Case, parties: list[Party]) -> None:
    annotator, lead = (make.make_member(case, role) for role in (Role.ANNOTATOR, Role.LEAD))
    (proposed,) = tie(case, link(parties[0], parties[1]), by=By(actor=annotator, at=make.NOW))
    assert (proposed.judged_by_id, proposed.judged_at) == (None, None)
    for act in (
        lambda by: tie(case, link(parties[1], parties[2], judgement=Judgement.UNSURE), by=by),
        lambda by: revise_link(
            by=by, link=PartyLink.objects.get(pk=proposed.pk), values={"judgement": Judgement.POSITIVE}
        ),
    ):
        with pytest.raises(PermissionDenied):
            act(By(actor=annotator, at=LATER))
    revise_link(by=By(actor=lead, at=LATER), link=proposed, values={"judgement": Judgement.POSITIVE})
    stored = PartyLink.objects.get()
    assert (stored.judgement, stored.judged_by, stored.judged_at) == ("positive", lead, LATER)


# --- who stands above whom ------------------------------------------------------------------------------------------

NOON = datetime(2025, 6, 15, 12, 0, tzinfo=UTC)


def above(case: Case, at: datetime = NOON) -> dict[int, set[int]]:
    links = upward_links(case, at.date()).values_list("from_party_id", "to_party_id")
    return {party: found for party, found in reach_upwards(links).items() if found}


def test_ancestors_are_followed_as_far_as_links_lead_whatever_their_kinds(case: Case, parties: list[Party]) -> None:
    a, b, c, d = parties[:4]
    for start, end, kind in ((a, b, "speaks_for"), (b, c, "part_of"), (c, d, "controlled_by")):
        make.make_link(case, start, end, kind)
    assert above(case) == {a.pk: {b.pk, c.pk, d.pk}, b.pk: {c.pk, d.pk}, c.pk: {d.pk}}


def test_a_link_is_in_force_from_its_first_to_its_last_day(case: Case, parties: list[Party]) -> None:
    a, b = parties[:2]
    make.make_link(case, a, b, "part_of", since=date(2025, 6, 1), until=date(2025, 6, 30))
    days = {
        day: bool(above(case, NOON.replace(month=month, day=number)))
        for day, month, number in (
            ("before", 5, 31),
            ("first", 6, 1),
            ("between", 6, 15),
            ("last", 6, 30),
            ("after", 7, 1),
        )
    }
    assert days == {"before": False, "first": True, "between": True, "last": True, "after": False}


@pytest.mark.parametrize("judgement", ["unjudged", "unsure", "negative"])
def test_a_link_that_is_not_judged_to_hold_leads_nowhere(case: Case, parties: list[Party], judgement: str) -> None:
    make.make_link(case, parties[0], parties[1], "part_of", judgement=judgement)
    make.make_link(case, parties[0], parties[2], "same_as")
    assert above(case) == {}


def test_a_circle_over_kinds_ends(case: Case, parties: list[Party]) -> None:
    a, b = parties[:2]
    make.make_link(case, a, b, "speaks_for")
    make.make_link(case, b, a, "part_of")
    assert above(case) == {a.pk: {a.pk, b.pk}, b.pk: {a.pk, b.pk}}


def test_links_of_other_cases_are_not_followed_and_shared_ones_are(case: Case) -> None:
    a, b, c = register(None, *(Party(label=f"Shared {number}") for number in range(3)))
    make.make_link(None, a, b, "part_of")
    make.make_link(make.make_case(), b, c, "part_of")
    assert above(case) == {a.pk: {b.pk}}


def test_the_number_of_queries_does_not_grow_with_the_batch(case: Case) -> None:
    def n_queries(act: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as sent:
            act()
        return sum(not query["sql"].startswith("INSERT") for query in sent.captured_queries)

    def register_and_link(n: int) -> None:
        parties = register(
            case, *(Party(label=f"Party {number}") for number in range(n)), aliases={i: [f"P{i}"] for i in range(n)}
        )
        tie(case, *(link(parties[0], end) for end in parties[1:]))

    assert n_queries(lambda: register_and_link(10)) == n_queries(lambda: register_and_link(100))
