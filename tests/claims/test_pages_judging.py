"""Reviewing statements and judging relations on their pages, and the ledger's way back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from claims.models import ClaimRelation, Statement
from sources.models import Change
from tests import factories as make
from tests.claims.pages import Story, client_of, tell_story

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Story, User]]:
    """The case of the bridge, and an administrator."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield tell_story(), User.objects.create_user("root", is_staff=True, is_superuser=True)
        transaction.set_rollback(True)


@pytest.fixture
def story(told: tuple[Story, User]) -> Story:
    """The case of the bridge."""
    return told[0]


@pytest.fixture
def client(told: tuple[Story, User]) -> Client:
    """An administrator's browser."""
    return client_of(told[1])


def test_statements_are_reviewed_one_by_one_and_taken_back(story: Story, client: Client) -> None:
    address = f"{reverse('admin:review')}?case={story.case.uid}"
    client.post(address, {"act": f"reject:{story.denied.uid}"})
    story.denied.refresh_from_db()
    assert (story.denied.review, story.denied.is_live) == ("rejected", False)
    change = Change.objects.order_by("-sequence")[0]
    assert change.act == "review_statement"
    client.post(reverse("admin:undo", args=[change.sequence]))
    story.denied.refresh_from_db()
    assert (story.denied.review, story.denied.is_live) == ("draft", True)


def test_statements_are_reviewed_in_bulk_by_one_act(story: Story, client: Client) -> None:
    waiting = list(Statement.objects.filter(case=story.case, review="draft"))
    before = Change.objects.count()
    values = {"act": "accept", "statement": [row.uid for row in waiting]}
    answer = client.post(f"{reverse('admin:review')}?case={story.case.uid}", values, follow=True)
    assert f"{len(waiting)} statements: accepted" in answer.content.decode()
    assert Change.objects.count() == before + 1
    assert not Statement.objects.filter(case=story.case, review="draft").exists()
    assert "No statement waits for a review" in answer.content.decode()


@pytest.mark.parametrize("values", [{"act": "burn"}, {}, {"act": "accept", "statement": "x"}])
def test_what_cannot_be_read_is_not_done(story: Story, client: Client, values: dict[str, str]) -> None:
    assert client.post(f"{reverse('admin:review')}?case={story.case.uid}", values).status_code == 404


def test_a_relation_is_judged_by_two_questions(story: Story, client: Client) -> None:
    address = reverse("admin:judge", args=[story.relation.uid])
    page = client.get(address).content.decode()
    assert "The old bridge was pulled down." in page
    assert "denies that it fell" in page
    answers = {"both_true": "no", "both_false": "no", "judgement": "unsure", "aspects": ["what", "existence"]}
    client.post(address, {**answers, "rationale": "One or the other,\r\nno third."})
    relation = ClaimRelation.objects.get(pk=story.relation.pk)
    assert (relation.strength, relation.aspects) == ("contradictory", ["what", "existence"])
    assert relation.rationale == "One or the other,\nno third."
    assert relation.judged_by is not None
    without = client.post(address, {"judgement": "positive"}).content.decode()
    assert "both questions need an answer" in without


def test_two_claims_without_a_relation_are_given_one(story: Story, client: Client) -> None:
    one, other = make.make_claim(story.case), make.make_claim(story.case)
    address = f"{reverse('admin:judge-pair')}?a={one.uid}&b={other.uid}"
    assert "How do these two stand to each other?" in client.get(address).content.decode()
    client.post(address, {"kind": "entails", "judgement": "unsure"})
    relation = ClaimRelation.objects.get(claim_a=one, claim_b=other)
    assert (relation.kind, relation.judgement) == ("entails", "unsure")
    answer = client.get(address)
    assert answer["Location"] == reverse("admin:judge", args=[relation.uid])


def test_a_judgement_that_would_make_a_class_contradict_itself_is_refused(story: Story, client: Client) -> None:
    address = f"{reverse('admin:judge-pair')}?a={story.fell.uid}&b={story.pulled.uid}"
    assert client.get(address).status_code == 302  # the relation that there is
    relation = ClaimRelation(claim_a=story.fell, claim_b=story.pulled, kind="equivalent", judgement="unjudged")
    made = make.relate_claims(by=make.CONSOLE, case=story.case, relations=[relation])[0]
    text = client.post(reverse("admin:judge", args=[made.uid]), {"judgement": "positive"}).content.decode()
    assert "would contradict each other" in text
    assert ClaimRelation.objects.get(pk=made.pk).judgement == "unjudged"


def test_a_pair_in_conflict_shows_on_what_it_rests(story: Story, client: Client) -> None:
    pulled = Statement.objects.get(claim=story.pulled)
    address = reverse("admin:judge-pair")
    denial = client.get(f"{address}?left={story.said.uid}&right={story.denied.uid}").content.decode()
    assert "one asserts what the other denies" in denial
    rival = client.get(f"{address}?left={story.said.uid}&right={pulled.uid}").content.decode()
    assert reverse("admin:judge", args=[story.relation.uid]) in rival


@pytest.mark.parametrize("query", ["", "?a=x&b=y", "?left=00000000-0000-0000-0000-000000000000&right="])
def test_a_pair_that_is_none_is_not_found(story: Story, client: Client, query: str) -> None:
    assert client.get(f"{reverse('admin:judge-pair')}{query}").status_code == 404


# --- merging ---


def test_a_merger_is_shown_before_it_is_made_and_taken_back(story: Story, client: Client) -> None:
    nina = make.make_party(story.case, "Nina")
    make.make_link(story.case, nina, story.anna, "same_as")
    make.make_statement(story.fell, document=story.document, quote="on Monday", speaker=nina)
    address = reverse("admin:merge", args=["party", nina.uid])
    assert "Which party is" in client.get(address).content.decode()
    typed = client.get(f"{address}?target={story.anna.pk}")
    assert typed["Location"] == f"{address}?into={story.anna.uid}"
    page = client.get(typed["Location"]).content.decode()
    assert "1 statement comes to point to" in page
    assert "Anna is the same as Nina" in page
    assert Statement.objects.filter(speaker=nina).exists()
    answer = client.post(typed["Location"], follow=True)
    assert answer.status_code == 200
    assert not Statement.objects.filter(speaker=nina).exists()
    moved = client.get(reverse("admin:place", args=["party", nina.uid]))
    assert (moved.status_code, moved["Location"]) == (301, reverse("admin:place", args=["party", story.anna.uid]))
    client.post(reverse("admin:undo", args=[Change.objects.order_by("-sequence")[0].sequence]))
    assert Statement.objects.filter(speaker=nina).exists()


def test_a_merged_claim_leads_to_what_it_became(story: Story, client: Client) -> None:
    other = make.make_claim(story.case, "The bridge of old fell.")
    client.post(f"{reverse('admin:merge', args=['claim', other.uid])}?into={story.fell.uid}")
    answer = client.get(reverse("admin:dossier", args=[other.uid]))
    assert (answer.status_code, answer["Location"]) == (301, reverse("admin:dossier", args=[story.fell.uid]))
    answer = client.get(f"{reverse('admin:graph')}?claim={other.uid}&chosen=party:{story.anna.uid}")
    following = f"{reverse('admin:graph')}?claim={story.fell.uid}&chosen=party%3A{story.anna.uid}"
    assert (answer.status_code, answer["Location"]) == (301, following)


@pytest.mark.parametrize(("page", "values"), [("conclusion", {"text": "It fell."}), ("independence", {})])
def test_what_is_written_to_a_merged_claim_is_decided_anew(
    story: Story, client: Client, page: str, values: dict[str, str]
) -> None:
    other = make.make_claim(story.case, "The bridge of old fell.")
    with make.CONSOLE.act("merge", story.case) as act:
        act.update(other, merged_into=story.fell)
    before = Change.objects.count()
    answer = client.post(reverse(f"admin:dossier-{page}", args=[other.uid]), values, follow=True)
    assert answer.redirect_chain == [(reverse("admin:dossier", args=[story.fell.uid]), 301)]
    assert "was merged into this one, and nothing was written" in answer.content.decode()
    assert Change.objects.count() == before


def test_what_contradicts_is_not_merged(story: Story, client: Client) -> None:
    address = f"{reverse('admin:merge', args=['claim', story.pulled.uid])}?into={story.fell.uid}"
    page = client.get(address).content.decode()
    assert "nothing is merged" in page
    client.post(address)
    story.pulled.refresh_from_db()
    assert story.pulled.merged_into is None


@pytest.mark.parametrize("query", ["?into=x", "?into=00000000-0000-0000-0000-000000000000", "?target=x", "?target=0"])
def test_what_is_none_is_not_merged_into(story: Story, client: Client, query: str) -> None:
    assert client.get(reverse("admin:merge", args=["party", story.anna.uid]) + query).status_code == 404
    assert client.get(reverse("admin:merge", args=["stone", story.anna.uid])).status_code == 404
