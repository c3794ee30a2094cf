"""Reviewing statements and judging relations on their pages, and the ledger's way back."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from claims.merging import merge_claim
from claims.models import Claim, ClaimRelation, Statement
from claims.recording import delete_statement, revise_statement
from claims.relating import revise_relation
from sources.models import Change
from sources.revising import delete_row
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
    assert f'value="reject:{shown(story.denied)}"' in client.get(address).content.decode()
    client.post(address, {"act": f"reject:{shown(story.denied)}"})
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
    values = {"act": "accept", "statement": [shown(row) for row in waiting]}
    answer = client.post(f"{reverse('admin:review')}?case={story.case.uid}", values, follow=True)
    assert f"{len(waiting)} statements: accepted" in answer.content.decode()
    assert Change.objects.count() == before + 1
    assert not Statement.objects.filter(case=story.case, review="draft").exists()
    assert "No statement waits for a review" in answer.content.decode()


def shown(row: Any) -> str:
    """Return how a page names a row at the revision that it shows."""
    row.refresh_from_db()  # the story is told once for all tests
    return f"{row.uid}:{row.revision}"


def test_words_that_changed_since_the_page_was_drawn_are_not_accepted(story: Story, client: Client) -> None:
    address = f"{reverse('admin:review')}?case={story.case.uid}"
    other = Statement.objects.get(claim=story.pulled)
    chosen = {"act": "accept", "statement": [shown(story.denied), shown(other)]}
    revise_statement(by=make.CONSOLE, statement=Statement.objects.get(pk=story.denied.pk), values={"cue": "let slip"})
    answer = client.post(address, chosen)
    page = answer.content.decode()
    assert "someone else has changed it since you looked" in page
    assert "let slip" in page.partition('<table class="differences">')[2].partition("</table>")[0]
    assert not Statement.objects.filter(uid__in=[story.denied.uid, other.uid], review="accepted").exists()
    ticked = set(re.findall(r'name="statement" value="([^"]+)"[^>]* checked', page))
    assert ticked == {f"{story.denied.uid}:{story.denied.revision + 1}", shown(other)}  # as they were chosen
    client.post(address, {"act": "accept", "statement": list(ticked)})
    assert Statement.objects.filter(uid__in=[story.denied.uid, other.uid], review="accepted").count() == 2


def test_a_statement_that_was_deleted_while_the_page_was_open_is_told_of(story: Story, client: Client) -> None:
    gone, other = (make.make_statement(story.fell, document=story.document) for _ in range(2))
    chosen = {"act": "accept", "statement": [shown(gone), shown(other)]}
    delete_statement(by=make.CONSOLE, statement=gone)
    page = client.post(f"{reverse('admin:review')}?case={story.case.uid}", chosen).content.decode()
    assert "deleted this statement while you had it open" in page
    assert Statement.objects.get(pk=other.pk).review == "draft"


@pytest.mark.parametrize(
    "values",
    [
        {"act": "burn"},
        {},
        {"act": "accept", "statement": "x"},
        {"act": "accept", "statement": "00000000-0000-0000-0000-000000000000"},
        {"act": "accept", "statement": "00000000-0000-0000-0000-000000000000:1"},
        {"act": "accept:00000000-0000-0000-0000-000000000000:x"},
    ],
)
def test_what_cannot_be_read_is_not_done(story: Story, client: Client, values: dict[str, str]) -> None:
    assert client.post(f"{reverse('admin:review')}?case={story.case.uid}", values).status_code == 404


def test_a_relation_is_judged_by_two_questions(story: Story, client: Client) -> None:
    address = reverse("admin:judge", args=[story.relation.uid])
    page = client.get(address).content.decode()
    assert "The old bridge was pulled down." in page
    assert "denies that it fell" in page
    answers = {"both_true": "no", "both_false": "no", "judgement": "unsure", "aspects": ["what", "existence"]}
    assert f'name="revision_seen" value="{story.relation.revision}"' in page
    answers["revision_seen"] = story.relation.revision
    client.post(address, {**answers, "rationale": "One or the other,\r\nno third."})
    relation = ClaimRelation.objects.get(pk=story.relation.pk)
    assert (relation.strength, relation.aspects) == ("contradictory", ["what", "existence"])
    assert relation.rationale == "One or the other,\nno third."
    assert relation.judged_by is not None
    without = client.post(address, {**answers, "both_true": "", "revision_seen": relation.revision}).content.decode()
    assert "of a contradiction, this needs an answer" in without


def test_of_two_that_may_both_be_true_the_second_question_is_not_asked(story: Story, client: Client) -> None:
    address = reverse("admin:judge", args=[story.relation.uid])
    answers = {"both_true": "yes", "judgement": "positive", "revision_seen": story.relation.revision}
    assert client.post(address, answers).status_code == 302
    assert ClaimRelation.objects.get(pk=story.relation.pk).strength == "tension"
    form = client.get(address).context["form"]
    assert (form["both_true"].value(), form["both_false"].value()) == ("yes", None)
    half = client.post(address, {**answers, "both_true": "no", "revision_seen": form["revision_seen"].value()})
    assert set(half.context["form"].errors) == {"both_false"}


def test_a_judgement_of_what_another_judged_meanwhile_is_refused_and_kept(story: Story, client: Client) -> None:
    address = reverse("admin:judge", args=[story.relation.uid])
    typed = {"both_true": "no", "both_false": "no", "judgement": "negative", "rationale": "Typed by the one."}
    seen = story.relation.revision
    theirs = {"judgement": "unsure", "rationale": "Typed by the other."}
    revise_relation(by=make.CONSOLE, relation=ClaimRelation.objects.get(pk=story.relation.pk), values=theirs)
    answer = client.post(address, {**typed, "revision_seen": seen})
    page = answer.content.decode()
    assert "Someone else has changed this in the meantime" in page
    table = page.partition('<table class="differences">')[2].partition("</table>")[0]
    assert "Typed by the other." in table
    assert "Typed by the one." in table
    assert "exactly one holds" not in table  # they left the strength as it was
    assert "Cannot be told, as judged by" in page  # not as it was typed
    relation = ClaimRelation.objects.get(pk=story.relation.pk)
    assert (relation.judgement, relation.rationale) == ("unsure", "Typed by the other.")
    form = answer.context["form"]
    again = {name: form[name].value() for name in (*typed, "revision_seen")}
    assert again == {**typed, "revision_seen": str(seen + 1)}
    assert client.post(address, again).status_code == 302
    assert ClaimRelation.objects.get(pk=relation.pk).rationale == "Typed by the one."


def test_a_judgement_says_what_it_is_of(story: Story, client: Client) -> None:
    address = reverse("admin:judge", args=[story.relation.uid])
    typed = {"both_true": "no", "both_false": "no", "judgement": "negative"}
    assert "what it is a judgement of" in client.post(address, typed).content.decode()
    assert ClaimRelation.objects.get(pk=story.relation.pk).judgement == "positive"


def test_a_relation_that_was_deleted_while_its_page_was_open_is_told_of(story: Story, client: Client) -> None:
    address = reverse("admin:judge", args=[story.relation.uid])
    delete_row(by=make.CONSOLE, row=ClaimRelation.objects.get(pk=story.relation.pk))
    answer = client.post(address, {"judgement": "negative", "revision_seen": 1}, follow=True)
    assert "deleted this relation" in answer.content.decode()
    assert client.get(address).status_code == 404


def test_a_pair_that_another_related_meanwhile_is_not_related_twice(story: Story, client: Client) -> None:
    one, other = make.make_claim(story.case), make.make_claim(story.case)
    address = f"{reverse('admin:judge-pair')}?a={one.uid}&b={other.uid}"
    relation = make.make_relation(one, other, "contradicts", "contrary")
    answer = client.post(address, {"kind": "entails", "judgement": "positive", "rationale": "Typed here."})
    page = answer.content.decode()
    assert "Someone else has related these two in the meantime" in page
    assert reverse("admin:judge", args=[relation.uid]) in page
    assert "Typed here." in page
    assert list(ClaimRelation.objects.filter(claim_a=one)) == [relation]


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
    text = client.post(
        reverse("admin:judge", args=[made.uid]), {"judgement": "positive", "revision_seen": made.revision}
    ).content.decode()
    assert "Nobody has judged it yet" in text
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


def sent_by(page: str) -> dict[str, str]:
    """Return what the button that merges sends along."""
    return dict(re.findall(r'name="(plan|newest)" value="([^"]+)"', page))


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
    answer = client.post(typed["Location"], sent_by(page), follow=True)
    assert answer.status_code == 200
    assert not Statement.objects.filter(speaker=nina).exists()
    moved = client.get(reverse("admin:place", args=["party", nina.uid]))
    assert (moved.status_code, moved["Location"]) == (301, reverse("admin:place", args=["party", story.anna.uid]))
    client.post(reverse("admin:undo", args=[Change.objects.order_by("-sequence")[0].sequence]))
    assert Statement.objects.filter(speaker=nina).exists()


def test_a_merged_claim_leads_to_what_it_became(story: Story, client: Client) -> None:
    other = make.make_claim(story.case, "The bridge of old fell.")
    address = f"{reverse('admin:merge', args=['claim', other.uid])}?into={story.fell.uid}"
    client.post(address, sent_by(client.get(address).content.decode()))
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


def test_a_merger_that_is_not_the_one_that_was_shown_is_refused(story: Story, client: Client) -> None:
    other = make.make_claim(story.case, "The bridge of old fell.")
    address = f"{reverse('admin:merge', args=['claim', other.uid])}?into={story.fell.uid}"
    shown = sent_by(client.get(address).content.decode())
    told = make.make_statement(other, document=story.document, quote="on Monday", speaker=story.anna)
    page = client.post(address, shown).content.decode()
    assert "is not what it was when you looked" in page
    assert "1 statement comes to point to" in page
    since = page.partition("Done since you looked")[2].partition("</ul>")[0]
    assert since.count("<li>") == 1
    assert "recorded" in since
    assert "Done since" not in client.get(address).content.decode()
    assert "is not what it was" in client.post(address).content.decode()  # of what, it does not say
    assert not Claim.objects.filter(merged_into=story.fell).exists()
    assert client.post(address, sent_by(page)).status_code == 302
    assert Statement.objects.get(pk=told.pk).claim == story.fell


def test_a_merger_with_what_is_gone_by_then_is_told(story: Story, client: Client) -> None:
    first, second, third = (make.make_claim(story.case) for _ in range(3))
    address = f"{reverse('admin:merge', args=['claim', first.uid])}?into={second.uid}"
    shown = sent_by(client.get(address).content.decode())
    merge_claim(by=make.CONSOLE, claim=second, into=third)
    assert "was itself merged into another" in client.post(address, shown, follow=True).content.decode()
    other = address.replace(str(second.uid), str(third.uid))
    shown = sent_by(client.get(other).content.decode())
    delete_row(by=make.CONSOLE, row=first)
    assert "deleted this claim" in client.post(other, shown, follow=True).content.decode()
    assert client.get(other).status_code == 404


@pytest.mark.parametrize("query", ["?into=x", "?into=00000000-0000-0000-0000-000000000000", "?target=x", "?target=0"])
def test_what_is_none_is_not_merged_into(story: Story, client: Client, query: str) -> None:
    assert client.get(reverse("admin:merge", args=["party", story.anna.uid]) + query).status_code == 404
    assert client.get(reverse("admin:merge", args=["stone", story.anna.uid])).status_code == 404
