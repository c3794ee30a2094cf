"""Taking an act back: rows are what they were, or the reason is told and nothing is written."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from claims.choices import Review
from claims.conflicts import count_conflicts
from claims.exchange.bundle import read_bundle
from claims.exchange.importing import import_bundle
from claims.merging import merge_claim
from claims.models import ClaimRelation, Relay, Statement
from claims.recording import review_statements, revise_statement
from claims.relating import relate_claims, revise_relation
from claims.undoing import role_to_undo, undo_change
from sources.choices import Judgement, LinkKind, Role
from sources.images import images_of, record_models
from sources.ledger import By
from sources.models import Case, CaseMembership, Change, Party, PartyAlias, PartyLink
from sources.refusals import Refused
from sources.registering import add_alias, link_parties, revise_link, share_party
from sources.revising import delete_row
from tests import factories as make
from tests.recorded import damages, newest

pytestmark = pytest.mark.django_db

SEED = Path(__file__).parents[2] / "seeds" / "jisr_al_shughur"


@pytest.fixture
def case(db: None) -> Iterator[Case]:
    """A case, of which the ledger and the rows agree in the end whatever was done."""
    yield make.make_case()
    assert damages() == []


def undo(change: Change | None = None, by: By = make.CONSOLE) -> None:
    undo_change(by=by, change=change or newest())


def refusal_of(change: Change) -> list[str]:
    """Return why an act cannot be taken back, having seen that nothing was written."""
    before = everything()
    with pytest.raises(ValidationError) as refused:
        undo(change)
    assert everything() == before
    return [str(error.code) for error in refused.value.error_list]


def everything() -> dict[str, list[Any]]:
    return {
        kind: [image for _, image in images_of(model._base_manager.order_by("pk"))]
        for kind, model in record_models().items()
    }


def chain_of(statement: Statement) -> list[str]:
    return [str(relay.party) for relay in Relay.objects.filter(statement=statement).order_by("hop")]


def test_a_chain_that_was_written_anew_is_what_it_was(case: Case) -> None:
    one, other = make.make_party(case, "One"), make.make_party(case, "Other")
    statement = make.make_statement(make.make_claim(case), relays=[one, other])
    relays = [Relay(party=other), Relay(party=one)]
    revise_statement(by=make.CONSOLE, statement=statement, values={}, relays=relays)
    assert chain_of(statement) == ["Other", "One"]
    undo()
    assert chain_of(statement) == ["One", "Other"]


def test_a_row_that_stands_again_is_not_brought_back_beside_itself(case: Case) -> None:
    party, other = make.make_party(case), make.make_party(case)

    def link() -> PartyLink:
        (made,) = link_parties(
            by=make.CONSOLE, case=case, links=[PartyLink(from_party=party, to_party=other, kind=LinkKind.PART_OF)]
        )
        return made

    def alias() -> PartyAlias:
        return add_alias(by=make.CONSOLE, case=case, party=party, name="The same")

    def relation() -> ClaimRelation:
        (made,) = relate_claims(
            by=make.CONSOLE, case=case, relations=[ClaimRelation(claim_a=a, claim_b=b, kind="supports")]
        )
        return made

    a, b = make.make_claim(case), make.make_claim(case)
    for again in (link, alias, relation):
        delete_row(by=make.CONSOLE, row=again())
        deleted = newest()
        again()
        assert refusal_of(deleted) == ["there_again"]


def test_what_became_everyones_stays_everyones(case: Case) -> None:
    party = make.make_party(case)
    share_party(by=make.CONSOLE, party=party)
    assert refusal_of(newest()) == ["for_good"]


def test_nothing_comes_to_stand_on_what_was_merged(case: Case) -> None:
    x, y, w = make.make_claim(case), make.make_claim(case), make.make_claim(case)
    moved, relation = make.make_statement(x), make.make_relation(x, w, "supports")
    revise_statement(by=make.CONSOLE, statement=moved, values={"claim": w})
    revision = newest()
    delete_row(by=make.CONSOLE, row=relation)
    deletion = newest()
    merge_claim(by=make.CONSOLE, claim=x, into=y)
    merger = newest()
    assert refusal_of(revision) == refusal_of(deletion) == ["merged"]
    undo(merger)
    undo(revision)
    undo(deletion)
    moved.refresh_from_db()
    assert moved.claim == x


def test_no_circle_is_closed(case: Case) -> None:
    one, other = make.make_party(case), make.make_party(case)
    link = make.make_link(case, one, other, LinkKind.PART_OF)
    revise_link(by=make.CONSOLE, link=link, values={"judgement": Judgement.NEGATIVE})
    revision = newest()
    make.make_link(case, other, one, LinkKind.PART_OF)
    assert refusal_of(revision) == ["circle"]

    claim, speaker = make.make_claim(case), make.make_party(case)
    first = make.make_statement(claim, speaker=speaker)
    second = make.make_statement(claim, speaker=speaker, supersedes=first)
    revise_statement(by=make.CONSOLE, statement=second, values={"supersedes": None})
    revision = newest()
    revise_statement(by=make.CONSOLE, statement=first, values={"supersedes": second})
    assert refusal_of(revision) == ["circle"]


def test_no_party_comes_to_stand_twice_in_a_chain(case: Case) -> None:
    one, other = make.make_party(case), make.make_party(case)
    statement = make.make_statement(make.make_claim(case), speaker=one)
    revise_statement(by=make.CONSOLE, statement=statement, values={"speaker": other})
    revision = newest()
    revise_statement(by=make.CONSOLE, statement=statement, values={}, relays=[Relay(party=one)])
    assert refusal_of(revision) == ["twice"]


def test_what_was_judged_is_the_leads_to_take_back(case: Case) -> None:
    user = make.make_member(case, Role.LEAD)
    me = By(user, make.NOW)
    claim, other, party = make.make_claim(case), make.make_claim(case), make.make_party(case)
    statement = make.make_statement(claim, by=me)
    recorded = newest()
    relation = make.make_relation(claim, other, "supports", by=me)
    related = newest()
    make.make_link(case, party, make.make_party(case), LinkKind.PART_OF, by=me)
    linked = newest()
    revise_relation(by=me, relation=relation, values={"judgement": Judgement.UNJUDGED})
    unjudged = newest()
    review_statements(by=me, case=case, statements=[statement], review=Review.ACCEPTED)
    reviewed = newest()
    acts = (related, linked, unjudged, reviewed)
    assert {role_to_undo(user, change) for change in acts} == {Role.LEAD}
    assert role_to_undo(user, recorded) == Role.ANNOTATOR
    CaseMembership.objects.filter(user=user, case=case).update(role=Role.ANNOTATOR)
    with pytest.raises(PermissionDenied):
        undo(reviewed, me)
    undo(reviewed)
    undo(recorded, me)
    CaseMembership.objects.filter(user=user, case=case).update(role=Role.LEAD)


def test_a_shared_party_is_not_deleted_with_the_names_that_cases_keep(case: Case) -> None:
    shared = make.make_party(None, "The Agency")
    alias = add_alias(by=make.CONSOLE, case=case, party=shared, name="what it is called here")
    with pytest.raises(Refused):
        delete_row(by=make.CONSOLE, row=shared)
    delete_row(by=make.CONSOLE, row=alias)
    delete_row(by=make.CONSOLE, row=shared)
    assert not Party.objects.exists()


def test_a_refusal_is_told_on_the_page(case: Case) -> None:
    share_party(by=make.CONSOLE, party=make.make_party(case))
    shared = newest()
    client = Client()
    client.force_login(make.make_admin())
    page = reverse("admin:sources_change_change", args=[shared.pk])
    assert reverse("admin:undo", args=[shared.sequence]) not in client.get(page).content.decode()
    answer = client.post(reverse("admin:undo", args=[shared.sequence]), follow=True)
    assert "stays there" in answer.content.decode()


def test_a_case_that_went_with_its_import_comes_back_with_all_that_is_in_it(db: None) -> None:
    import_bundle(by=make.CONSOLE, bundle=read_bundle(SEED))
    images = everything()
    undo()
    assert not any(everything().values())
    undo()
    assert {kind: {image["uid"] for image in some} for kind, some in everything().items()} == {
        kind: {image["uid"] for image in some} for kind, some in images.items()
    }
    assert newest().case_uid == Case.objects.get().uid
    assert count_conflicts(Case.objects.get())["contradictory"] == 3
    assert damages() == []
