"""Requests that commit, as they do when the server runs: what one of them leaves in the process must not mislead."""

import pytest

from claims import folding
from tests import factories as make

from .calling import Api, ids

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Begin without the classes that earlier tests had folded, and with keys that may come again."""
    folding._kept.clear()


def test_what_is_read_follows_what_is_written_at_once() -> None:
    api = Api.of(make.make_user())
    case = api.write("cases", {"title": "The ferry of Halden"})["id"]
    words = {"document": api.write("documents", {"case": case, "title": "D", "text": "Full. Not full. Half."})["id"]}
    full, half, sixty = (api.write("claims", {"case": case, "text": text}) for text in ("Full.", "Half.", "Sixty."))
    ilse, jon = (api.write("parties", {"case": case, "label": label})["id"] for label in ("Ilse", "Jon"))
    conflicts = f"cases/{case}/conflicts"

    def state(claim: str, speaker: str, quote: str, stance: str = "asserts") -> str:
        body = {"claim": claim, "speaker": speaker, "stance": stance, "quote": quote, **words}
        return str(api.write("statements", body)["id"])

    def relate(a: str, b: str, kind: str, **fields: str) -> None:
        api.write("relations", {"claim_a": a, "claim_b": b, "kind": kind, "judgement": "positive", **fields})

    state(full["id"], ilse, "Full.")
    assert ids(api.rows(conflicts)) == []
    state(full["id"], jon, "Not full.", "denies")
    assert len(api.rows(conflicts)) == 1
    state(half["id"], jon, "Half.")
    assert len(api.rows(conflicts)) == 1
    relate(full["id"], half["id"], "contradicts", strength="contrary")
    assert len(api.rows(conflicts)) == 2
    assert [one["basis"] for one in api.read(half["url"])["opposing"]] == ["relation"]
    relate(sixty["id"], full["id"], "entails")
    state(sixty["id"], ilse, "full.")
    assert len(api.rows(conflicts)) == 4  # who says sixty says full, and meets both who deny it and who say half
    assert api.read(sixty["url"])["contested"] is True


def test_a_refused_request_leaves_nothing_that_a_later_one_could_see() -> None:
    api = Api.of(make.make_user())
    case = api.write("cases", {"title": "The ferry of Halden"})["id"]
    full, half = (api.write("claims", {"case": case, "text": text})["id"] for text in ("Full.", "Half."))
    body = {"claim_a": full, "claim_b": half, "kind": "contradicts", "strength": "contrary", "judgement": "positive"}
    api.write("relations", body)
    assert api.post("relations", {**body, "kind": "equivalent", "strength": ""}).status_code == 400
    assert [row["kind"] for row in api.rows("relations")] == ["contradicts"]
    assert api.read(f"claims/{full}/graph/")["edges"][0]["type"] == "contradicts"


def test_two_cases_are_never_folded_into_one() -> None:
    api = Api.of(make.make_user())
    for title in ("One", "Two"):
        case = make.make_case(title=title)
        a, b = make.make_claim(case), make.make_claim(case)
        make.make_relation(a, b, "equivalent")
        make.make_statement(a)
        make.make_statement(b, stance="denies")
    assert [row["contested"] for row in api.rows("claims")] == [True] * 4
    for case in api.rows("cases"):
        assert len(api.rows(f"cases/{case['id']}/conflicts")) == 1
