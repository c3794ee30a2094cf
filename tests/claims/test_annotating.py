"""The annotation page as the server writes it: the text, its marks, who may see what; and the hints on words."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from claims.annotating import Highlight, coverage_of, give_hints, marks_of, read_highlights
from claims.choices import Stance
from claims.models import Claim, ClaimRelation, Relay, Statement
from claims.recording import withdraw_statement
from claims.views import annotate
from claims.views.annotate import render_column
from sources.anchoring import Span
from sources.capturing import capture_version
from sources.choices import Role
from sources.models import Document, DocumentVersion, Party
from sources.segmenting import segments_of
from tests import factories as make
from tests.corpus import TEXTS, WITHOUT_A_SPACE

pytestmark = pytest.mark.django_db

HOSTILE = (
    "<script>alert(1)</script> & \"quoted\" 'single' <img src=x onerror=alert(2)> </p></article> &amp; ]]> {{ x }}"
)


class Reader(HTMLParser):
    """What a parser of HTML makes of the column."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def read(html: str) -> Reader:
    # As a browser does before it parses: CRLF and CR become LF.
    reader = Reader()
    reader.feed(html.replace("\r\n", "\n").replace("\r", "\n"))
    reader.close()
    return reader


@pytest.mark.parametrize(
    "text", [*TEXTS.values(), WITHOUT_A_SPACE, HOSTILE, "\r\r\n\n\r", "\n\n"], ids=lambda t: t[:12]
)
def test_the_column_holds_the_text_and_nothing_else(text: str) -> None:
    spans = [(start, min(start + 4, len(text)), "content") for start in range(0, min(len(text), 300), 3)]
    highlights = [Highlight(uid=None, stance="asserts", who=HOSTILE, claim=HOSTILE, spans=[span]) for span in spans]  # type: ignore[arg-type]
    reader = read(render_column(segments_of(text, marks_of(highlights)), highlights))
    assert reader.text == text
    assert {tag for tag, _ in reader.tags} <= {"p", "mark"}
    for tag, attributes in reader.tags:
        assert set(attributes) <= ({"data-start", "dir"} if tag == "p" else {"class", "data-keys", "aria-description"})


def test_marks_carry_stances_roles_and_descriptions() -> None:
    case = make.make_case()
    document = make.make_document(case, "Anna said the bridge was open. Boris denied it. The mayor would not say.")
    open_, anna = make.make_claim(case, "The bridge was open."), make.make_party(case, "Anna")
    make.make_statement(open_, speaker=anna, document=document, quote="the bridge was open", evidence=[("cue", "said")])
    boris = make.make_party(case, "Boris")
    make.make_statement(open_, speaker=boris, document=document, quote="bridge was open. Boris denied", stance="denies")
    gone = make.make_statement(open_, document=document, quote="The mayor")
    withdraw_statement(by=make.CONSOLE, statement=gone)
    highlights = read_highlights(make.version_of(document))
    assert [highlight.description for highlight in highlights] == [
        "Anna asserts: The bridge was open.",
        "Boris denies: The bridge was open.",
    ]
    text = make.version_of(document).text
    reader = read(render_column(segments_of(text, marks_of(highlights)), highlights))
    marks = [attributes for tag, attributes in reader.tags if tag == "mark"]
    assert [mark["class"] for mark in marks] == [
        "role-cue deep-0",
        "is-asserts deep-1",
        "is-asserts is-denies deep-2",
        "is-denies deep-1",
    ]
    assert [mark.get("aria-description") for mark in marks] == [
        None,
        "Anna asserts: The bridge was open.",
        "Boris denies: The bridge was open.",
        None,
    ]


def test_another_version_shows_its_own_evidence(client: Client) -> None:
    case = make.make_case()
    document = make.make_document(case, "Anna said it was open.")
    make.make_statement(make.make_claim(case), document=document, quote="it was open")
    capture_version(by=make.CONSOLE, document=document, version=DocumentVersion(text="Anna said it was shut."))
    client.force_login(make.make_admin())
    newest = client.get(f"/admin/annotate/{document.pk}/")
    assert b"it was shut" in newest.content
    assert b"<mark" not in newest.content
    older = client.get(f"/admin/annotate/{document.pk}/?version=1")
    assert b'data-keys="0" aria-description' in older.content
    assert b"This is an older text" in older.content
    for asked in ("3", "0", "x", "1" * 30, "-1"):
        assert client.get(f"/admin/annotate/{document.pk}/?version={asked}").status_code == 404


def test_a_hidden_document_is_an_absent_one_and_a_reader_only_reads(client: Client) -> None:
    case = make.make_case(access="members")
    document = make.make_document(case)
    client.force_login(make.make_user(is_staff=True))
    hidden = client.get(f"/admin/annotate/{document.pk}/")
    absent = client.get(f"/admin/annotate/{document.pk + 1000}/")
    assert hidden.status_code == absent.status_code == 404
    client.force_login(make.make_member(case, Role.READER))
    page = client.get(f"/admin/annotate/{document.pk}/").content.decode()
    assert "You read this case" in page
    assert "composer-template" not in page
    client.force_login(make.make_member(case, Role.ANNOTATOR))
    assert "composer-template" in client.get(f"/admin/annotate/{document.pk}/").content.decode()


def test_the_page_costs_as_many_queries_however_much_is_marked(client: Client, django_assert_num_queries: Any) -> None:
    case = make.make_case()
    document = make.make_document(case, "".join(f"Words {number}. " for number in range(40)))
    claim, party = make.make_claim(case), make.make_party(case)
    client.force_login(make.make_admin())
    make.make_statement(claim, speaker=party, document=document, quote="Words 1.")
    client.get(f"/admin/annotate/{document.pk}/")
    with CaptureQueriesContext(connection) as few:
        client.get(f"/admin/annotate/{document.pk}/")
    for number in range(10, 30):
        make.make_statement(
            claim, speaker=party, document=document, quote=f"Words {number}.", relays=[Relay(is_gap=True)]
        )
    with django_assert_num_queries(len(few)):
        client.get(f"/admin/annotate/{document.pk}/")


def test_hints_tell_manner_cue_and_who_is_likely() -> None:
    case = make.make_case()
    text = "The mayor said nothing. Anna claimed that “the bridge was open”. They deny it."
    document: Document = make.make_document(case, text, language="en")
    version = make.version_of(document)
    version.document = document
    mayor, anna = make.make_party(case, "The mayor"), make.make_party(case, "Anna")
    claim = make.make_claim(case, "The bridge was open to lorries.")
    make.make_statement(make.make_claim(case, "Silence."), speaker=mayor, document=document, quote="said nothing")
    start = text.index("the bridge")
    hints = give_hints(version, Span(start, start + len("the bridge was open")), make.make_user())
    assert hints.manner == "direct"
    assert hints.cue is not None
    assert text[hints.cue.start : hints.cue.end] == "claimed"
    assert hints.parties == [anna, mayor]
    assert [found.claim.text for found in hints.claims] == [claim.text, "Silence."]  # like it, then told before it
    assert text[hints.sentence.start : hints.sentence.end].startswith("Anna claimed")


def test_coverage_counts_live_statements_alone() -> None:
    case = make.make_case()
    document = make.make_document(case, "Anna said so. Boris denied it.", language="en")
    statement = make.make_statement(make.make_claim(case), document=document, quote="Anna said so.")
    version = make.version_of(document)
    assert (coverage_of(version).covered, len(coverage_of(version).unread)) == (11, 1)
    withdraw_statement(by=make.CONSOLE, statement=statement)
    assert (coverage_of(version).covered, len(coverage_of(version).unread)) == (0, 2)


def test_every_module_is_fetched_beforehand() -> None:
    path = find("annotate/main.js")
    assert isinstance(path, str)
    there = {module.stem for module in Path(path).parent.glob("*.js")}
    assert there - {"main"} == set(annotate._MODULES)


def test_every_stance_has_its_look() -> None:
    path = find("annotate/annotate.css")
    assert isinstance(path, str)
    with open(path, encoding="utf-8") as file:
        styles = file.read()
    assert [stance for stance in Stance.values if f"is-{stance}" not in styles] == []


def test_a_field_of_the_page_takes_as_much_as_its_column() -> None:
    of = {
        Party: ("label", "disambiguation"),
        Claim: ("text", "unit", "occurred_note", "place"),
        Statement: ("cue", "said_note"),
        ClaimRelation: ("rationale",),
    }
    columns = {name: model._meta.get_field(name).max_length for model, names in of.items() for name in names}
    pages = (settings.BASE_DIR / "templates" / "annotate").glob("*.html")
    found = re.findall(r'name="(\w+)"[^>]* maxlength="(\d+)"', "".join(page.read_text("utf-8") for page in pages))
    assert {name: int(length) for name, length in found} == columns
