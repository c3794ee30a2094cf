"""Who sees the pages of a case (D2), and who may write on them (D10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from claims.models import ClaimRelation, Conclusion, IndependenceJudgement, Statement
from sources.choices import Access, Role
from sources.opening import admit_member
from tests import factories as make
from tests.claims.pages import Story, addresses_of, client_of, tell_story


@dataclass
class People:
    """Accounts of several kinds, made once: hashing a password takes longer than all the rest."""

    reader: User
    annotator: User
    stranger: User  # works on other cases
    nobody: User  # has an account, and may not log in here
    admin: User


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Story, People]]:
    """A case for members only, and those who would look at it."""
    with django_db_blocker.unblock(), transaction.atomic():
        story = tell_story(access=Access.MEMBERS)
        create = User.objects.create_user
        people = People(
            reader=create("reader", is_staff=True),
            annotator=create("annotator", is_staff=True),
            stranger=create("stranger", is_staff=True),
            nobody=create("nobody"),
            admin=create("root", is_staff=True, is_superuser=True),
        )
        admit_member(by=make.CONSOLE, case=story.case, user=people.reader, role=Role.READER)
        admit_member(by=make.CONSOLE, case=story.case, user=people.annotator, role=Role.ANNOTATOR)
        yield story, people
        transaction.set_rollback(True)


@pytest.fixture
def hidden(told: tuple[Story, People]) -> Story:
    """The case for members only."""
    return told[0]


@pytest.fixture
def people(told: tuple[Story, People]) -> People:
    """Those who would look at it."""
    return told[1]


pytestmark = pytest.mark.django_db
PAGES = ("compare", "timeline", "graph", "graph of a claim", "review", "dossier", "judge", "judge a pair")


def test_every_page_is_asked_for(hidden: Story) -> None:
    assert tuple(addresses_of(hidden)) == PAGES


@pytest.mark.parametrize("page", PAGES)
def test_a_hidden_case_is_not_found(hidden: Story, people: People, page: str) -> None:
    client = client_of(people.stranger)
    answer = client.get(addresses_of(hidden)[page])
    assert answer.status_code == 404
    assert b"bridge" not in answer.content


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_led_to_the_log_in(hidden: Story, people: People, page: str) -> None:
    for client in (Client(), client_of(people.nobody)):
        answer = client.get(addresses_of(hidden)[page])
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("page", PAGES)
def test_a_reader_sees_and_is_offered_no_writing(hidden: Story, people: People, page: str) -> None:
    client = client_of(people.reader)
    answer = client.get(addresses_of(hidden)[page])
    assert answer.status_code == 200
    forms = answer.content.decode().count('method="post"')
    assert forms <= 2  # the choice of the case, and logging out


def test_a_party_of_another_case_is_no_account(hidden: Story, people: People) -> None:
    other = make.make_case()
    party = make.make_party(other)
    client = client_of(people.stranger)
    own, foreign = (f"{reverse('admin:compare')}?case={other.uid}&account={p.uid}" for p in (party, hidden.anna))
    assert client.get(own).status_code == 200
    assert client.get(foreign).status_code == 404
    assert (
        client.get(
            foreign.replace("account", "document").replace(str(hidden.anna.uid), str(hidden.document.uid))
        ).status_code
        == 404
    )
    assert client.get(f"{reverse('admin:timeline')}?case={other.uid}&account={hidden.anna.uid}").status_code == 404


@pytest.mark.parametrize("kind", ["party", "document", "claim", "question", "statement", "excerpt"])
def test_a_stable_address_leads_to_what_is_visible(hidden: Story, people: People, kind: str) -> None:
    row = {
        "party": hidden.anna,
        "document": hidden.document,
        "claim": hidden.fell,
        "question": hidden.question,
        "statement": hidden.said,
        "excerpt": hidden.said.excerpt,
    }[kind]
    address = reverse("admin:place", args=[kind, row.uid])
    answer = client_of(people.reader).get(address, follow=True)
    assert answer.status_code == 200
    assert client_of(people.stranger).get(address).status_code == 404


@pytest.mark.parametrize("what", ["compare", "timeline", "graph", "review"])
@pytest.mark.parametrize("case", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_case_that_is_none_is_not_found(hidden: Story, people: People, what: str, case: str) -> None:
    assert client_of(people.admin).get(f"{reverse(f'admin:{what}')}?case={case}").status_code == 404


def test_only_the_lead_writes(hidden: Story, people: People) -> None:
    client = client_of(people.annotator)
    draft = Statement.objects.filter(case=hidden.case, review="draft")[0]
    posts = {
        f"{reverse('admin:review')}?case={hidden.case.uid}": {"act": "accept", "statement": f"{draft.uid}:1"},
        reverse("admin:dossier-conclusion", args=[hidden.fell.uid]): {"text": "It fell."},
        reverse("admin:dossier-independence", args=[hidden.fell.uid]): {
            "one": hidden.said.uid,
            "other": hidden.denied.uid,
            "verdict": "independent",
            "reason": "They never met.",
        },
        reverse("admin:judge", args=[hidden.relation.uid]): {
            "both_true": "no",
            "both_false": "no",
            "judgement": "negative",
            "revision_seen": hidden.relation.revision,
        },
    }
    for address, values in posts.items():
        answer = client.post(address, values, follow=True)
        assert answer.status_code == 200
        assert "needs the role of lead" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.review == "draft"
    assert not Conclusion.objects.filter(case=hidden.case).exists()
    assert not IndependenceJudgement.objects.filter(case=hidden.case).exists()
    assert ClaimRelation.objects.get(pk=hidden.relation.pk).judgement == "positive"


def test_what_is_hidden_cannot_be_reviewed_or_concluded_upon(hidden: Story, people: People) -> None:
    client = client_of(people.stranger)
    open_case = make.make_case()
    review = f"{reverse('admin:review')}?case={open_case.uid}"
    assert client.post(review, {"act": "accept", "statement": f"{hidden.denied.uid}:1"}).status_code == 404
    for name in ("dossier-conclusion", "dossier-independence"):
        assert client.post(reverse(f"admin:{name}", args=[hidden.fell.uid]), {"text": "x"}).status_code == 404
