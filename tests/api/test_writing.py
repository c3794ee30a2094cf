"""A case entered over HTTP alone, from its first word to its graph, and every character of it read back."""

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import networkx
import pytest

from sources.capturing import capture_version
from sources.models import Case, Change, DocumentVersion
from sources.text import sha256_of
from tests import factories as make

from .bodies import DEFAULTS, full_bodies, minimal_bodies, text_fields, with_value
from .calling import MADE, RESOURCES, ROOT, Api, check_problem, ids, state, undone
from .checking import find_mismatches
from .conftest import filled
from .stories import Story, tell

pytestmark = pytest.mark.django_db

ARTICLE = (
    "\r\n  The ferry of Halden\r\n"
    "By Una Moss 🛶\r\n\r\n"
    "Captain Ilse Brandt told the Halden Gazette that the ferry carried sixty passengers. “We were full, no more,”"
    " she said.\r\nHarbour master Jon Rask, whom the Gazette could not reach, denies that the ferry was full,"
    " according to his office, which had it from someone it would not name.\r\nA passenger said the ferry was"
    " half empty.\r\nWas the ferry full? The ferry company does not say; the ferry was full before.\u00a0 Cafe\u0301."
    "\r\n  "
)


@pytest.fixture
def author(db: None) -> Api:
    """The program of an analyst who has no part in anything yet."""
    return Api.of(make.make_user("una"))


class Written:
    """What was entered, by what it is in the story."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.case = api.write("cases", {"title": "The ferry of Halden"})["id"]
        self.gazette, self.ilse, self.jon, self.office, self.passenger = (
            self._party(label, **fields)
            for label, fields in (
                ("Halden Gazette", {"kind": "media", "aliases": ["the Gazette"]}),
                ("Ilse Brandt", {"kind": "person", "disambiguation": "captain"}),
                ("Jon Rask", {"kind": "person", "disambiguation": "harbour master"}),
                ("Office of the harbour master", {"kind": "organisation"}),
                ("A passenger", {"kind": "person", "naming": "unnamed"}),
            )
        )
        self.link = api.write(
            "party-links",
            {
                "case": self.case,
                "from": self.office["id"],
                "to": self.jon["id"],
                "kind": "speaks_for",
                "judgement": "positive",
                "rationale": "“his office”",
            },
        )
        self.document = api.write(
            "documents",
            {
                "case": self.case,
                "title": "The ferry of Halden",
                "publisher": self.gazette["id"],
                "byline": "Una Moss",
                "published_at": "2021-06-07T08:09:10+02:00",
                "language": "en",
                "text": ARTICLE,
            },
        )
        question = {"case": self.case, "text": "Was the ferry full?"}
        self.question = api.write("questions", question)
        self.full = self._claim("The ferry was full.", question=self.question["id"])
        self.half = self._claim("The ferry was half empty.", question=self.question["id"], mode="evaluation")
        self.sixty = self._claim(
            "The ferry carried sixty passengers.", quantity_low=60, quantity_high=60, unit="people"
        )
        self.talk = api.write("utterances", {"case": self.case, "note": "Talk with the captain", "said_note": "told"})
        self.ilse_full = self._statement(
            claim=self.full["id"],
            speaker=self.ilse["id"],
            manner="direct",
            cue="she said",
            utterance=self.talk["id"],
            quote="We were full, no more,",
            evidence=[
                {"role": "cue", "quote": "she said"},
                {"role": "antecedent", "quote": "Ilse Brandt"},
                {"role": "content", "quote": "the ferry", "prefix": "told the Halden Gazette that "},
            ],
            relays=[{"party": self.gazette["id"], "cue": "told"}],
        )
        start = ARTICLE.index("the ferry carried sixty passengers")
        self.ilse_sixty = self._statement(
            claim=self.sixty["id"],
            speaker=self.ilse["id"],
            utterance=self.talk["id"],
            start=start,
            end=start + len("the ferry carried sixty passengers"),
            said_at="2021-06-06T20:00:00Z",
        )
        self.jon_denies = self._statement(
            claim=self.full["id"],
            speaker=self.jon["id"],
            stance="denies",
            quote="the ferry was full",
            prefix="denies that ",
            framing="distances",
            relays=[
                {"is_gap": True, "cue": "had it from someone"},
                {"party": self.office["id"], "cue": "according to", "attitude": "endorses"},
                {"party": self.gazette["id"], "attitude": "distances"},
            ],
        )
        self.passenger_half = self._statement(
            claim=self.half["id"], speaker=self.passenger["id"], basis="witnessed", quote="the ferry was half empty"
        )
        self.company_declines = self._statement(
            claim=self.full["id"], voice="undisclosed", stance="declines", quote="The ferry company does not say"
        )
        self.rivalry = api.write(
            "relations",
            {
                "claim_a": self.half["id"],
                "claim_b": self.full["id"],
                "kind": "contradicts",
                "strength": "contrary",
                "aspects": ["number", "what"],
                "judgement": "positive",
                "rationale": "A ferry cannot be both.",
            },
        )

    def _party(self, label: str, **fields: Any) -> Any:
        return self.api.write("parties", {"case": self.case, "label": label, **fields})

    def _claim(self, text: str, **fields: Any) -> Any:
        return self.api.write("claims", {"case": self.case, "text": text, **fields})

    def _statement(self, **fields: Any) -> Any:
        return self.api.write("statements", {"document": self.document["id"], **fields})


# --- a whole case --------------------------------------------------------------------------------------------------


def test_a_case_is_entered_from_nothing_and_reads_back_as_it_was_meant(author: Api) -> None:
    made = Written(author)
    case = author.read(f"cases/{made.case}/")
    assert (case["title"], case["access"], case["role"]) == ("The ferry of Halden", "members", "lead")
    statement = author.read(made.jon_denies["url"])
    assert [statement["evidence"][0]["excerpt"][name] for name in ("exact", "prefix", "suffix")] == [
        "the ferry was full",
        ", whom the Gazette could not reach, denies that "[-32:],
        ", according to his office, which had it"[:32],
    ]
    assert [(hop["hop"], hop["party"] and hop["party"]["label"], hop["is_gap"]) for hop in statement["relays"]] == [
        (1, None, True),
        (2, "Office of the harbour master", False),
        (3, "Halden Gazette", False),
    ]
    assert [(hop["cue"], hop["attitude"]) for hop in statement["relays"]] == [
        ("had it from someone", "neutral"),
        ("according to", "endorses"),
        ("", "distances"),
    ]
    by_offsets = author.read(made.ilse_sixty["url"])["evidence"][0]["excerpt"]
    assert by_offsets["exact"] == "the ferry carried sixty passengers"
    words = [(piece["role"], piece["excerpt"]["exact"]) for piece in made.ilse_full["evidence"]]
    assert words == [
        ("content", "We were full, no more,"),
        ("cue", "she said"),
        ("antecedent", "Ilse Brandt"),
        ("content", "the ferry"),
    ]
    utterance = author.read(made.talk["url"])
    assert utterance["statements"] == [made.ilse_full["id"], made.ilse_sixty["id"]]
    assert made.link["judged_by"] == made.rivalry["judged_by"] == "una"
    assert author.read(made.document["url"])["published_at"] == "2021-06-07T06:09:10Z"


def test_a_case_that_was_entered_knows_its_conflicts(author: Api) -> None:
    made = Written(author)
    conflicts = author.rows(f"cases/{made.case}/conflicts")
    facts = {
        (one["left"]["id"], one["right"]["id"]): (one["basis"], one["strength"], one["aspects"], len(one["path"]))
        for one in conflicts
    }
    assert facts == {
        (made.ilse_full["id"], made.jon_denies["id"]): ("denial", "contradictory", [], 0),
        (made.ilse_full["id"], made.passenger_half["id"]): ("relation", "contrary", ["number", "what"], 1),
    }
    full, half, sixty = (author.read(claim["url"]) for claim in (made.full, made.half, made.sixty))
    assert [(one["asserting"], one["denying"], one["contested"]) for one in (full, half, sixty)] == [
        (1, 1, True),
        (1, 0, True),
        (1, 0, False),
    ]
    assert [(one["statement"], one["basis"], one["strength"]) for one in full["opposing"]] == [
        (made.jon_denies["id"], "denial", "contradictory"),
        (made.passenger_half["id"], "relation", "contrary"),
    ]
    assert [one["statement"] for one in half["opposing"]] == [made.ilse_full["id"]]
    assert sixty["opposing"] == []


def test_a_case_that_was_entered_has_its_graph(author: Api) -> None:
    made = Written(author)
    data = author.read(f"cases/{made.case}/graph/")
    graph = networkx.node_link_graph(data, edges="edges")
    kinds = [kind for _, kind in graph.nodes(data="type")]
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "claim": 3,
        "question": 1,
        "statement": 5,
        "party": 5,
        "document": 1,
        "excerpt": 8,
    }
    hops = [
        (target.partition(":")[2], attributes["hop"], attributes["attitude"])
        for _, target, attributes in graph.out_edges(f"statement:{made.jon_denies['id']}", data=True)
        if attributes["type"] == "relayed_by"
    ]
    assert sorted(hops, key=lambda hop: hop[1]) == [
        (made.office["id"], 2, "endorses"),
        (made.gazette["id"], 3, "distances"),
    ]
    (edge,) = [edge for edge in data["edges"] if edge["type"] == "contradicts"]
    # The pair has no direction, so it runs from the older claim to the younger, however it was given.
    assert (edge["source"], edge["target"]) == (f"claim:{made.full['id']}", f"claim:{made.half['id']}")
    assert (edge["strength"], edge["judgement"]) == ("contrary", "positive")


# --- what a POST answers -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """A case with something of everything, for all tests of this module."""
    with filled(django_db_blocker):
        yield tell(make.make_case())


@pytest.mark.parametrize("name", MADE)
def test_what_was_made_is_answered_where_it_is_and_as_it_is(story: Story, api: Api, name: str) -> None:
    address, body = full_bodies(story)[name]
    before = state()
    answer = api.post(address, body)
    assert answer.status_code == 201, answer.content
    assert answer["Content-Type"] == "application/json"
    read = api.get(answer["Location"])
    assert (read.status_code, read.content) == (200, answer.content)
    made = answer.json()
    assert answer["Location"] == made["url"]
    if name != "versions":
        assert list(find_mismatches(made, RESOURCES[name].shape)) == []
        assert made["id"] in ids(api.rows(name))
    after = state()
    assert after["sources.Change"] == before["sources.Change"] + 1
    newest = Change.objects.order_by("-sequence")[0]
    assert newest.request == answer["X-Request-ID"]
    assert newest.actor is not None
    case = made["id"] if name == "cases" else str(story.case.uid)
    assert str(newest.case_uid) == case
    assert made["id"] in {str(uid) for uid in newest.items.values_list("uid", flat=True)}


@pytest.mark.parametrize("name", MADE)
def test_what_was_made_is_answered_with_the_tag_that_it_has_from_now_on(story: Story, api: Api, name: str) -> None:
    answer = api.post(*full_bodies(story)[name])
    assert answer.has_header("ETag")
    assert answer["ETag"] == api.get(answer["Location"])["ETag"]


@pytest.mark.parametrize("name", MADE)
def test_everything_that_was_sent_is_there(story: Story, api: Api, name: str) -> None:
    address, body = full_bodies(story)[name]
    made = api.write(address, body)
    if name == "excerpts":
        assert (made["document"], made["exact"], made["start"]) == (body["document"], body["quote"], body["start"])
        return
    if name == "documents":
        version = api.read(made["versions"][0]["url"])
        assert (version["text"], version["is_complete"]) == (body.pop("text"), body.pop("is_complete"))
    if name == "statements":
        exact = [piece["excerpt"]["exact"] for piece in made["evidence"]]
        assert exact == [body["quote"], *(piece["quote"] for piece in body["evidence"])]
        for key in ("document", "version", "quote", "prefix", "suffix", "start", "end", "evidence"):
            del body[key]
        relays = [{**hop, "party": hop["party"] and hop["party"]["id"]} for hop in made["relays"]]
        assert relays == [{"hop": number, **hop} for number, hop in enumerate(body.pop("relays"), start=1)]
    for key, value in body.items():
        found = made[key]
        assert (found["id"] if isinstance(found, dict) else found) == value, key


@pytest.mark.parametrize("name", MADE)
def test_what_is_not_said_has_its_default(story: Story, api: Api, name: str) -> None:
    address, body = minimal_bodies(story)[name]
    made = api.write(address, body)
    expected = DEFAULTS[name]
    assert {key: made[key] for key in expected} == expected


def test_words_that_were_cut_before_are_found_and_not_cut_again(story: Story, api: Api) -> None:
    body = {"document": str(story.document.uid), "quote": "Forty lorries crossed"}
    before = state()
    answer = api.post("excerpts", body)
    assert answer.status_code in (200, 201)
    assert answer.json()["id"] == str(story.heard.excerpt.uid)
    assert state() == before


def test_a_piece_of_evidence_may_be_of_another_text_of_the_document(api: Api) -> None:
    case = make.make_case()
    document = make.make_document(case, "Anna said: it fell. Yes, it fell.")
    second = DocumentVersion(text="Corrected. Anna said: it fell. No, it stands.")
    capture_version(by=make.CONSOLE, document=document, version=second)
    claim = str(make.make_claim(case).uid)
    body = {"document": str(document.uid), "version": 1, "claim": claim, "voice": "author", "stance": "asserts"}
    evidence = [{"role": "cue", "version": 2, "start": 16, "end": 20}, {"role": "source", "quote": "Anna"}]
    made = api.write("statements", {**body, "quote": "Yes, it fell.", "evidence": evidence})

    def told(statement: Any) -> list[tuple[Any, ...]]:
        pieces = [piece["excerpt"] for piece in statement["evidence"]]
        return [(piece["version"], piece["start"], piece["exact"]) for piece in pieces]

    assert told(made) == [(1, 20, "Yes, it fell."), (2, 16, "said"), (1, 0, "Anna")]

    def change(values: dict[str, Any]) -> Any:
        headers = {"If-Match": api.get(made["url"])["ETag"]}
        return api.send("PATCH", made["url"], json.dumps(values).encode(), headers=headers)

    moved = change({"version": 2, "quote": "No, it stands."}).json()  # the words alone
    assert told(moved) == [(2, 31, "No, it stands."), (2, 16, "said"), (1, 0, "Anna")]
    pieces = [{"role": "source", "version": 1, "start": 0, "end": 4}, {"role": "antecedent", "quote": "said"}]
    assert told(change({"evidence": pieces}).json())[1:] == [(1, 0, "Anna"), (2, 16, "said")]
    elsewhere = {"role": "cue", "version": 1, "start": 16, "end": 20, "quote": "said"}
    check_problem(change({"evidence": [elsewhere]}), "invalid", "#/evidence/0/quote")


def test_a_quote_that_stands_twice_is_told_apart_by_its_neighbours(api: Api) -> None:
    case = make.make_case()
    text = "one two one three one"
    document = str(make.make_document(case, text).uid)

    def cut(**words: Any) -> tuple[int, int]:
        made = api.write("excerpts", {"document": document, **words})
        assert made["exact"] == text[made["start"] : made["end"]]
        return made["start"], made["end"]

    assert cut(quote="one", suffix=" two") == (0, 3)
    assert cut(quote="one", prefix="two ", suffix=" three") == (8, 11)
    assert cut(quote="one", prefix="three ") == (18, 21)
    assert cut(start=8, end=11) == (8, 11)
    assert cut(quote="one", start=18, end=21) == (18, 21)
    assert cut(quote=text) == (0, len(text))


def test_words_are_cut_from_the_newest_text_or_from_the_one_named(api: Api) -> None:
    case = make.make_case()
    document = make.make_document(case, "The first text.")
    address = f"documents/{document.uid}/versions"
    second = api.write(address, {"text": "The second text.", "is_complete": False})
    assert (second["number"], second["is_complete"], second["n_characters"]) == (2, False, 16)
    words = {"document": str(document.uid), "quote": "text"}
    assert api.write("excerpts", words)["version"] == 2
    assert api.write("excerpts", words | {"version": 1})["start"] == 10
    assert [version["number"] for version in api.rows(address)] == [1, 2]
    assert api.read(f"{address}/1/")["text"] == "The first text."


# --- character by character ----------------------------------------------------------------------------------------

AWKWARD = [
    "\nA leading line feed",
    "\r\nCRLF\r\nand a lone CR\rand LF\n",
    "  outer spaces \t",
    "  quote \n",
    "\ufeffmark at the start",
    "💩 This is an annotation. 🏴‍☠️👩‍👩‍👧",
    unicodedata.normalize("NFD", "Élan, Ångström, 각"),
    unicodedata.normalize("NFC", "Élan, Ångström, 각"),
    "جِسْر الشُّغُور 120 قتيل \u200fAB\u200e ١٢٠",
    "zero\u200bwidth\u200cand\u200djoiners\u2060\u00ad",
    "\u0085\u2028\u2029\x0b\x0c\x1c all line ends",
    "\x01\x1b[31m\x7f control",
    "\ufffe\uffff\ufdd0 noncharacters \ue000",
    "<b>&amp;</b> {{ x }} %s ' \" \\ \\u0041 </script>",
    "z" + "\u0301" * 100,
    " ",
]


@pytest.mark.parametrize("text", AWKWARD, ids=ascii)
def test_a_text_comes_back_byte_for_byte(author: Api, text: str) -> None:
    case = author.write("cases", {"title": "T"})["id"]
    made = author.write("documents", {"case": case, "title": "D", "text": text})
    author.write(f"documents/{made['id']}/versions", {"text": text + "\n"})
    for number, expected in ((1, text), (2, text + "\n")):
        version = author.read(f"documents/{made['id']}/versions/{number}/")
        assert version["text"] == expected
        assert version["sha256"] == sha256_of(expected)
        assert version["n_characters"] == len(expected)
    excerpt = author.write("excerpts", {"document": made["id"], "version": 1, "quote": text})
    assert (excerpt["exact"], excerpt["start"], excerpt["end"]) == (text, 0, len(text))
    assert author.read(excerpt["url"])["exact"] == text


def test_offsets_count_code_points(author: Api) -> None:
    case = author.write("cases", {"title": "T"})["id"]
    text = "💩This is an annotation."
    document = author.write("documents", {"case": case, "title": "D", "text": text})
    excerpt = author.write("excerpts", {"document": document["id"], "quote": "annotation"})
    assert (excerpt["start"], excerpt["end"]) == (12, 22)
    assert author.write("excerpts", {"document": document["id"], "start": 0, "end": 1})["exact"] == "💩"


def test_the_article_and_each_of_its_quotations_come_back_byte_for_byte(author: Api) -> None:
    made = Written(author)
    version = author.read(made.document["versions"][0]["url"])
    assert version["text"] == ARTICLE
    for excerpt in author.rows("excerpts", case=made.case):
        assert excerpt["exact"] == ARTICLE[excerpt["start"] : excerpt["end"]]
    outer = author.write("excerpts", {"document": made.document["id"], "quote": ".\r\n  "})
    assert outer["exact"] == ".\r\n  "
    with_space = author.write("excerpts", {"document": made.document["id"], "quote": "\u00a0 Cafe\u0301"})
    assert with_space["exact"] == "\u00a0 Cafe\u0301"


@pytest.mark.parametrize("name", MADE)
def test_every_text_of_every_row_comes_back_as_it_was_sent(story: Story, api: Api, name: str) -> None:
    address, body = full_bodies(story)[name]
    fields = [field for field in text_fields(name) if field.is_free]
    for sent in AWKWARD[:9]:
        changed = body
        for field in fields:
            changed = with_value(changed, field.path, sent)
        with undone():
            answer = api.post(address, changed)
            assert answer.status_code == 201, (sent, answer.content)
            read = api.read(answer["Location"])
            if name == "documents":
                read |= {"text": api.read(read["versions"][0]["url"])["text"]}
            for field in fields:
                found = read
                for part in field.path:
                    found = found[part]
                assert found == sent, field.path


def test_times_and_days_at_either_end_come_back(author: Api) -> None:
    case = author.write("cases", {"title": "T"})["id"]
    for sent, expected in (
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("1969-07-20T20:17:40.5-04:30", "1969-07-21T00:47:40.500000Z"),
    ):
        made = author.write("utterances", {"case": case, "said_at": sent})
        assert author.read(made["url"])["said_at"] == expected
    days = {"occurred_from": "0001-01-01", "occurred_to": "9999-12-31"}
    claim = author.write("claims", {"case": case, "text": "Always.", **days})
    assert {name: author.read(claim["url"])[name] for name in days} == days


def test_quantities_come_back_as_the_numbers_that_they_are(author: Api) -> None:
    case = author.write("cases", {"title": "T"})["id"]
    for low, high in ((0, 0), (2400, None), (None, 5000), (0.125, 0.5), (-3.5, 999_999_999_999), (1e3, 1.5e3)):
        body = {"case": case, "text": "Some.", "quantity_low": low, "quantity_high": high}
        claim = author.read(author.write("claims", body)["url"])
        assert (claim["quantity_low"], claim["quantity_high"]) == (low, high)


def test_a_body_may_begin_with_a_mark_and_be_written_in_any_spelling_of_json(author: Api) -> None:
    plain = author.send("POST", f"{ROOT}cases/", b'\xef\xbb\xbf { "title" : "\\u00c9lan\\ud83c\\udf09" }\n')
    assert plain.json()["title"] == "Élan🌉"
    assert Case.objects.get(uid=plain.json()["id"]).title == "Élan🌉"
