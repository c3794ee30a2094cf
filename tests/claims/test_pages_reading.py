"""What the pages of a case say: the case, the comparison, the dossier, the timeline, and their empty forms."""

import csv
import io
import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from claims.models import Conclusion, IndependenceJudgement
from claims.views import compare as comparing
from claims.views import dossier, timeline
from tests import factories as make
from tests.claims.pages import LONG, Story, client_of, tell_story

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


def read(client: Client, address: str) -> str:
    """Return the words of a page, without tags, spaces made one."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    page = answer.content.decode()
    content = page[page.index('id="content"') : page.index('id="footer"')]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", content)).split())


def compared(story: Story, *parties: Any, **more: str) -> str:
    """Return the address of a comparison."""
    sides = "&".join(f"account={party.uid}" for party in parties)
    return f"{reverse('admin:compare')}?case={story.case.uid}&{sides}" + "".join(f"&{k}={v}" for k, v in more.items())


# --- comparison ---


def test_accounts_stand_side_by_side(story: Story, client: Client) -> None:
    text = read(client, compared(story, story.council, story.anna))
    assert "Council with Press office" in text
    assert "What became of the bridge?" in text
    assert "Press office asserts the old bridge fell on Monday in the text" in text
    assert "Anna denies through Gazette denies that it fell in the text" in text
    assert "says instead: Anna asserts The old bridge was pulled down. through Gazette it was pulled down" in text
    assert "said as certain · saw it" in text
    assert "nothing recorded in this one document" in text


def test_page_json_and_csv_hold_the_same_cells(story: Story, client: Client) -> None:
    page = client.get(compared(story, story.council, story.anna, accepted_only="")).content.decode()
    links = dict(re.findall(r'<a class="button" href="([^"]*/comparison/[^"]*)">(CSV|JSON)</a>', page))
    addresses = {name: unescape(address) for address, name in links.items()}
    told = client.get(addresses["JSON"]).json()
    table = list(csv.reader(io.StringIO(client.get(addresses["CSV"]).content.decode("utf-8-sig"))))
    shown = re.findall(r'<tr class="row-(\w+)">(.*?)</tr>', page, re.S)
    assert len(shown) == len(told["rows"]) == len(table) - 1 > 3
    for (agreement, row), answer, line in zip(shown, told["rows"], table[1:], strict=True):
        assert agreement == answer["agreement"] == line[3]
        assert escape(answer["claim"]["text"]) in row
        assert answer["claim"]["text"] == line[1]
        cells = re.findall(r'<td class="cell position-(\w+)".*?</td>', row, re.S)
        assert cells == [cell["position"] for cell in answer["cells"]]
        bodies = re.findall(r'<td class="cell.*?</td>', row, re.S)
        for body, cell, position, words in zip(bodies, answer["cells"], line[7::2], line[8::2], strict=True):
            assert position.split(" ")[0] == cell["position"]
            quoted = [
                piece["excerpt"]["exact"]
                for one in cell["statements"]
                for piece in one["statement"]["evidence"]
                if piece["role"] == "content"
            ]
            on_page = [unescape(text).strip() for text in re.findall(r"<blockquote[^>]*>(.*?) <a ", body, re.S)]
            assert on_page == quoted
            assert all(quotation in words for quotation in quoted)
            for one in cell["statements"]:
                who = one["statement"]["speaker"]["label"]
                assert escape(who) in body
                assert who in words


def test_what_nobody_asked_for_is_suggested(story: Story, client: Client) -> None:
    text = read(client, f"{reverse('admin:compare')}?case={story.case.uid}&question={story.question.uid}")
    assert "These accounts collide over most claims" in text
    for name in ("Council", "Anna", "Mayor", "الحارس"):
        assert name in text


def test_only_conflicts_leaves_out_the_rest(story: Story, client: Client) -> None:
    everything = read(client, compared(story, story.council, story.anna))
    conflicts = read(client, compared(story, story.council, story.anna, only_conflicts="on"))
    assert "About 30 people were hurt" in everything
    assert "About 30 people were hurt" not in conflicts
    assert "denies that it fell" in conflicts


def test_accepted_only_leaves_drafts_out(story: Story, client: Client) -> None:
    text = read(client, compared(story, story.council, story.anna, accepted_only="on"))
    assert "the old bridge fell on Monday" in text
    assert "denies that it fell" not in text


def test_a_day_before_it_was_known_nothing_is_shown(story: Story, client: Client) -> None:
    text = read(client, compared(story, story.council, story.anna, as_of="2026-02-27"))
    assert "fell on Monday" not in text
    assert "pulled down" not in text
    assert "What became of the bridge?" not in text


def test_a_day_that_is_none_is_said_to_be(story: Story, client: Client) -> None:
    assert "Enter a valid date" in read(client, compared(story, story.council, story.anna, as_of="31 June"))


def test_documents_are_compared_as_well(story: Story, client: Client) -> None:
    other = make.make_document(story.case, "Zoe says the bridge stands.", title="Another paper")
    make.make_statement(
        story.fell,
        document=other,
        quote="the bridge stands",
        stance="denies",
        speaker=make.make_party(story.case, "Zoe"),
    )
    address = f"{reverse('admin:compare')}?case={story.case.uid}&document={story.document.uid}&document={other.uid}"
    text = read(client, address)
    assert "Another paper" in text
    assert "Zoe denies the bridge stands" in text
    assert "Anna denies" in text


def test_typed_accounts_become_an_address_that_can_be_shared(story: Story, client: Client) -> None:
    slots = f"slot1={story.council.pk}&slot1={story.gazette.pk}&slot2={story.anna.pk}"
    answer = client.get(f"{reverse('admin:compare')}?case={story.case.uid}&{slots}&only_conflicts=on")
    assert answer.status_code == 302
    assert f"account={story.council.uid},{story.gazette.uid}&account={story.anna.uid}" in answer["Location"]
    assert "only_conflicts=on" in answer["Location"]
    assert "slot" not in answer["Location"]
    assert client.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("page", ["compare", "timeline"])
def test_an_address_that_names_no_account_is_not_found(story: Story, client: Client, page: str) -> None:
    address, anna = f"{reverse(f'admin:{page}')}?case={story.case.uid}", story.anna.uid
    elsewhere = make.make_party(make.make_case()).uid
    for named in ("x", f"{anna},", f"{anna},{elsewhere}", ",".join(51 * [str(anna)])):
        assert client.get(f"{address}&account={named}").status_code == 404, named
    assert client.get(f"{address}&account=&account={anna}").status_code == 200
    document = story.document.uid
    assert client.get(f"{address}&document={document},{document}").status_code == 404


def test_of_more_questions_than_a_list_can_hold_one_is_found_by_typing(
    story: Story, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make.make_question(story.case, "Who pulled it down?")
    address = compared(story, story.council, story.anna)
    page = client.get(f"{address}&question=").content.decode()
    assert all(f'<option value="{question.uid}"' in page for question in (story.question, other))
    monkeypatch.setattr(comparing, "_MAX_QUESTIONS", 1)
    for question in ("", "&question=", f"&question={other.uid}"):
        page = client.get(address + question).content.decode()
        assert f'<option value="{story.question.uid}"' not in page
        found = re.search(r'<select name="asked"[^>]*>(.*?)</select>', page, re.DOTALL)
        assert found is not None
        chosen = [str(other.pk)] if question.endswith(str(other.uid)) else []
        assert re.findall(r'<option value="(\d+)" selected', found[1]) == chosen
        looked_up = f"{reverse('admin:autocomplete')}?case={story.case.uid}"
        assert looked_up in unescape(found[0])
    typed = f"{reverse('admin:compare')}?case={story.case.uid}&slot1={story.council.pk}&slot2={story.anna.pk}"
    for key, question in ((story.question.pk, f"question={story.question.uid}"), ("", "")):
        answer = client.get(f"{typed}&question={other.uid}&asked={key}", follow=True)
        address = unquote(answer.redirect_chain[-1][0])
        assert f"account={story.council.uid}&account={story.anna.uid}" in address
        assert re.findall(r"(?:question|asked)=[^&]*", address) == ([question] if question else [])
        assert "The old bridge was pulled down." in answer.content.decode()
    for key in ("x", "0", "9" * 30, str(make.make_question(make.make_case()).pk)):
        assert client.get(f"{typed}&asked={key}").status_code == 404


def test_a_long_quotation_is_folded_and_whole(story: Story, client: Client) -> None:
    page = client.get(reverse("admin:dossier", args=[story.fell.uid])).content.decode()
    assert '<details class="long">' in page
    assert LONG.strip() in page


def test_words_lead_to_their_place(story: Story, client: Client) -> None:
    page = client.get(compared(story, story.council, story.anna)).content.decode()
    words = story.denied.excerpt
    place = f"{reverse('admin:annotate', args=[story.document.pk])}?version=1#at-{words.start}-{words.end}"
    assert f'href="{place}"' in page


# --- dossier ---


def test_a_dossier_tells_for_against_and_open_apart(story: Story, client: Client) -> None:
    text = read(client, reverse("admin:dossier", args=[story.fell.uid]))
    part = {name: text.rindex(name) for name in ("For 3", "Denials 1", "Rivals 1", "In tension 0", "Open 1")}
    assert sorted(part, key=part.__getitem__) == list(part)
    denials = text[text.rindex("Denials 1") : text.rindex("Rivals 1")]
    assert "Anna denies Gazette The day the bridge went" in denials
    assert "Anna, who lives beside it, denies that it fell : it was pulled down" in denials
    assert "it was pulled down" in text[text.rindex("Rivals 1") : text.rindex("In tension 0")]
    assert "Mayor declines to say" in text[text.rindex("Open 1") :]
    assert "3 statements assert it: 2 speakers, 1 document author; 1 document; 3 acts of speech" in text
    assert "The document’s author keeps a distance from, or disputes, 1 of the statements above" in text
    assert f"/admin/dossier/{story.fell.uid}/" in text


def test_a_conclusion_is_signed_and_kept(story: Story, client: Client) -> None:
    address = reverse("admin:dossier-conclusion", args=[story.fell.uid])
    client.post(address, {"text": "It fell,\r\nI think."})
    client.post(address, {"text": "It was pulled down."})
    kept = list(Conclusion.objects.filter(claim=story.fell).order_by("pk"))
    assert [conclusion.text for conclusion in kept] == ["It fell,\nI think.", "It was pulled down."]
    assert kept[0].signed_by is not None
    text = read(client, reverse("admin:dossier", args=[story.fell.uid]))
    assert "Concluded It was pulled down. signed by root" in text
    assert "a newer one counts" in text
    assert client.post(address, {"text": ""}, follow=True).status_code == 200
    assert Conclusion.objects.filter(claim=story.fell).count() == 2


def test_independence_is_judged_with_a_reason(story: Story, client: Client) -> None:
    guard = story.fell.statements.exclude(pk=story.said.pk).get(speaker__label="الحارس")
    address = reverse("admin:dossier-independence", args=[story.fell.uid])
    named = {"one": guard.uid, "other": story.said.uid, "verdict": "independent"}
    client.post(address, {**named, "reason": ""})
    assert not IndependenceJudgement.objects.filter(case=story.case).exists()
    client.post(address, {**named, "reason": "They were asked apart."})
    judged = IndependenceJudgement.objects.get(case=story.case)
    assert judged.reason == "They were asked apart."
    assert "They were asked apart." in read(client, reverse("admin:dossier", args=[story.fell.uid]))


def test_what_it_rests_on_is_named_and_found_where_the_page_has_no_room_for_it(
    story: Story, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossier, "_ENTRIES", 1)
    guard = story.fell.statements.get(speaker__label="الحارس")
    page = client.get(reverse("admin:dossier", args=[story.fell.uid])).content.decode()
    section = page[page.index('aria-labelledby="support"') : page.index('aria-labelledby="conclusion"')]
    links = dict(re.findall(r'<a href="([^"]+)"><bdi>([^<]+)</bdi></a>', section))
    assert links[f"#statement-{story.said.uid}"] == "Press office"
    assert links[reverse("admin:place", args=["statement", guard.uid])] == "الحارس"
    assert section.count("<a ") == len(links) == 3
    assert all(f'id="{place[1:]}"' in page for place in links if place.startswith("#"))


# --- timeline, case and emptiness ---


def test_the_timeline_tells_what_was_said_and_how_many(story: Story, client: Client) -> None:
    address = f"{reverse('admin:timeline')}?case={story.case.uid}"
    text = read(client, address)
    assert "at least 12 people" in text
    assert "about 30 people" in text
    assert "cannot stand with" in text
    own = read(client, f"{address}&account={story.council.uid}")
    assert "Press office asserts" in own
    assert "Anna denies" not in own
    page = client.get(address).content.decode()
    assert "<svg" in page
    assert " style=" not in page


def test_numbers_that_the_page_has_no_room_for_stand_on_the_next(
    story: Story, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timeline, "_QUANTITIES", 1)
    address = f"{reverse('admin:timeline')}?case={story.case.uid}"
    told, pages = [], 0
    while address:
        page = client.get(address).content.decode()
        assert "numbers_after" not in re.findall(r'href="(/api/[^"]*)"', page)[0]
        told += re.findall(
            r"(?:at least 12|about 30) people",
            page[page.index('class="chart"') : page.index("</svg>", page.index('class="chart"'))],
        )
        following = re.search(r'href="(\?[^"]*#numbers)">Later numbers', page)
        address = f"{reverse('admin:timeline')}{unescape(following[1])}" if following else ""
        pages += 1
    assert pages == 2
    assert set(told) == {"at least 12 people", "about 30 people"}


@pytest.mark.parametrize("after", ["nonsense", "2026-01-01T00:00:00~x", "2026-01-01T00:00:00~"])
def test_a_place_in_time_that_is_none_is_not_found(story: Story, client: Client, after: str) -> None:
    assert client.get(f"{reverse('admin:timeline')}?case={story.case.uid}&after={after}").status_code == 404


def test_the_case_page_shows_rival_answers_first(story: Story, client: Client) -> None:
    client.get(f"{reverse('admin:timeline')}?case={story.case.uid}")  # which chooses the case
    text = read(client, reverse("admin:index"))
    assert text.index("What became of the bridge?") < text.index("Who cannot stand with whom") < text.index("Accounts")
    assert "the old bridge fell on Monday" in text
    assert "% of the text is evidence" in text
    assert "Anna denies , through Gazette" in text
    assert "not both hold, perhaps neither (what)" in text
    assert "worded a claim" in text
    assert "record_statement" not in text


def test_a_merged_wording_is_no_answer_to_its_question(story: Story, client: Client) -> None:
    worded = make.make_claim(story.case, "The bridge of old fell.", question=story.question)
    address = reverse("admin:claims_question_change", args=[story.question.pk])
    questions = reverse("admin:claims_question_changelist")
    assert worded.text in read(client, address)
    before = re.search(r'field-n_claims">(\d+)<', client.get(questions).content.decode())
    with make.CONSOLE.act("merge", story.case) as act:
        act.update(worded, merged_into=story.fell)
    after = re.search(r'field-n_claims">(\d+)<', client.get(questions).content.decode())
    assert before is not None
    assert after is not None
    assert int(after[1]) == int(before[1]) - 1
    client.get(f"{reverse('admin:timeline')}?case={story.case.uid}")  # which chooses the case
    for page in (address, reverse("admin:index")):
        assert story.fell.text in read(client, page)
        assert worded.text not in read(client, page)


def test_every_page_of_an_empty_case_says_what_to_do(client: Client) -> None:
    case = make.make_case()
    for name, says in (
        ("compare", "Nobody is recorded as saying anything yet"),
        ("timeline", "Nothing is recorded yet"),
        ("review", "No statement waits for a review"),
        ("graph", "Draw"),
    ):
        assert says in read(client, f"{reverse(f'admin:{name}')}?case={case.uid}"), name
    text = read(client, reverse("admin:index"))
    assert "What to do first" in text
    assert "Capture a document" in text
    claim = make.make_claim(case)
    assert "Nobody is recorded as asserting it" in read(client, reverse("admin:dossier", args=[claim.uid]))
