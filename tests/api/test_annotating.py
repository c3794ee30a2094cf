"""What the annotation workspace asks of the API: hints, coverage, suggestions, and the statements in sight."""

import pytest

from sources.models import Document
from tests import factories as make

from .calling import ROOT, Api

pytestmark = pytest.mark.django_db

TEXT = "Anna said the bridge was open. 💩 Boris denied that the bridge was open."


@pytest.fixture
def document(db: None) -> Document:
    return make.make_document(make.make_case(), TEXT, language="en")


@pytest.fixture
def api(db: None) -> Api:
    return Api.of(make.make_user())


def test_statements_are_found_by_their_place(api: Api, document: Document) -> None:
    claim = make.make_claim(document.case)
    first = make.make_statement(claim, document=document, quote="Anna said")
    second = make.make_statement(claim, document=document, quote="Boris denied")
    place = f"{ROOT}statements/?document={document.uid}&version=1"

    def found(query: str) -> list[str]:
        return [row["id"] for row in api.get(f"{place}{query}").json()["results"]]

    assert found("&since=0&until=1") == [str(first.uid)]
    assert found("&since=9") == [str(second.uid)]
    assert found("&since=8&until=34") == [str(first.uid), str(second.uid)]
    assert api.get(f"{ROOT}statements/?document={document.uid}&version=2").json()["results"] == []
    for wrong in ("since=-1", "until=x", "version=1.5", f"since={2**31}"):
        assert api.get(f"{ROOT}statements/?{wrong}").status_code == 400


def test_hints_count_code_points(api: Api, document: Document) -> None:
    claim = make.make_claim(document.case, "The bridge was open.")
    start = TEXT.index("the bridge was open.", 35)
    answer = api.get(f"{ROOT}documents/{document.uid}/hints/?start={start}&end={start + 19}").json()
    assert answer["exact"] == "the bridge was open"
    assert answer["cue"] == {"start": 39, "end": 45, "exact": "denied"}
    assert answer["manner"] == "indirect"
    assert [(row["id"], row["contested"]) for row in answer["claims"]] == [(str(claim.uid), False)]
    assert api.get(f"{ROOT}documents/{document.uid}/hints/").json()["exact"] == "Anna said the bridge was open."
    for wrong in ("start=5&end=5", "start=9&end=3", "end=1000", "start=x", "start=0&end=0", "version=7"):
        assert api.get(f"{ROOT}documents/{document.uid}/hints/?{wrong}").status_code == 400


def test_hints_without_a_place_are_of_the_first_sentence_as_its_language_has_it(api: Api, document: Document) -> None:
    other = make.make_document(document.case, "At dawn Gen. Orr saw the ford. Nobody crossed.", language="en")
    answer = api.get(f"{ROOT}documents/{other.uid}/hints/").json()
    assert answer["exact"] == "At dawn Gen. Orr saw the ford."


def test_coverage_lists_what_is_still_to_be_read(api: Api, document: Document) -> None:
    make.make_statement(make.make_claim(document.case), document=document, quote="Anna said")
    answer = api.get(f"{ROOT}documents/{document.uid}/coverage/").json()
    assert answer == {
        "version": 1,
        "covered": 8,
        "total": len("".join(TEXT.split())),
        "unread": [{"start": 31, "end": len(TEXT), "why": "cue"}],
    }


def test_suggestions_say_what_they_are(api: Api, document: Document) -> None:
    case = document.case
    question = make.make_question(case, "Was it open?")
    claim = make.make_claim(case, "The bridge was open.", question=question)
    make.make_statement(claim, document=document)
    make.make_statement(claim, document=document, stance="denies")
    (found,) = api.get(f"{ROOT}cases/{case.uid}/similar-claims/?words=open+bridges").json()["results"]
    assert (found["text"], found["contested"], found["question"]) == (claim.text, True, "Was it open?")
    party = make.make_party(case, "The Ministry", disambiguation="of Bridges", naming="pseudonym")
    (found,) = api.get(f"{ROOT}cases/{case.uid}/similar-parties/?words=minist").json()["results"]
    assert found == {
        "id": str(party.uid),
        "label": "The Ministry",
        "disambiguation": "of Bridges",
        "kind": "unknown",
        "naming": "pseudonym",
    }
    for wrong in ("limit=0", "limit=1001", "limit=x", "words=%00", f"words={'x' * 2001}", "more=1"):
        assert api.get(f"{ROOT}cases/{case.uid}/similar-claims/?{wrong}").status_code == 400
