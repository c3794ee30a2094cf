"""Requests that commit, as they do when the server runs: what one of them leaves in the process must not mislead."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from claims import folding
from claims.conflicts import _kept_contested, _kept_totals
from claims.models import Claim, ClaimRelation, Statement
from claims.standpoint import _kept_sides
from sources.api.excerpts import read_versions
from sources.models import Change, Document
from sources.querysets import DocumentVersionQuerySet
from sources.refusals import RowsRefused
from tests import factories as make

from .calling import Api, check_problem, ids

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Begin without what earlier tests have left behind, since keys may come again."""
    for kept in (folding._kept, _kept_sides, _kept_contested, _kept_totals):
        kept.clear()


def test_what_is_read_follows_what_is_written_at_once() -> None:
    api = Api.of(make.make_user())
    case = api.write("cases", {"title": "The ferry of Halden"})["id"]
    words = {"document": api.write("documents", {"case": case, "title": "D", "text": "Full. Not full. Half."})["id"]}
    full, half, sixty = (api.write("claims", {"case": case, "text": text}) for text in ("Full.", "Half.", "Sixty."))
    ilse, jon = (api.write("parties", {"case": case, "label": label})["id"] for label in ("Ilse", "Jon"))
    conflicts = f"cases/{case}/conflicts"

    def state(claim: str, speaker: str, quote: str, stance: str = "asserts") -> str:
        body = {"claim": claim, "speaker": speaker, "stance": stance, "quote": quote, **words}
        return str(api.write("statements", body)["url"])

    def relate(a: str, b: str, kind: str, **fields: str) -> None:
        api.write("relations", {"claim_a": a, "claim_b": b, "kind": kind, "judgement": "positive", **fields})

    state(full["id"], ilse, "Full.")
    assert ids(api.rows(conflicts)) == []
    assert api.rows("claims", contested="true") == []
    denial = state(full["id"], jon, "Not full.", "denies")
    assert len(api.rows(conflicts)) == 1
    assert ids(api.rows("claims", contested="true")) == [full["id"]]
    state(half["id"], jon, "Half.")
    assert len(api.rows(conflicts)) == 1
    relate(full["id"], half["id"], "contradicts", strength="contrary")
    assert len(api.rows(conflicts)) == 2
    assert [one["basis"] for one in api.read(half["url"])["opposing"]] == ["relation"]
    relate(sixty["id"], full["id"], "entails")
    state(sixty["id"], ilse, "full.")
    assert len(api.rows(conflicts)) == 4  # who says sixty says full, and meets both who deny it and who say half
    assert api.read(sixty["url"])["contested"] is True
    assert set(ids(api.rows("claims", contested="true"))) == {full["id"], half["id"], sixty["id"]}
    assert api.send("PUT", f"{denial}withdrawal/", headers={"If-Match": api.get(denial)["ETag"]}).status_code == 200
    assert len(api.rows(conflicts)) == 2
    relation = api.rows("relations", kind="contradicts")[0]
    judged = json.dumps({"judgement": "negative", "rationale": "Half of what?"}).encode()
    etag = api.get(relation["url"])["ETag"]
    assert api.send("PUT", f"{relation['url']}judgement/", judged, headers={"If-Match": etag}).status_code == 200
    assert api.rows("claims", contested="true") == []


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


# --- two at once ---------------------------------------------------------------------------------------------------

TRIALS = 3  # of each race: whoever is first, what comes of it is the same


def _together(*sends: Callable[[], Any]) -> list[Any]:
    """Return the answers to requests that are sent at one moment, each from a thread and a connection of its own."""
    start = Barrier(len(sends))

    def send(one: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(sends)) as threads:
        return list(threads.map(send, sends))


def _twins() -> tuple[Api, Api]:
    """Return two programs of one analyst."""
    user = make.make_user()
    return Api.of(user), Api.of(user)


def test_f8_two_at_once_under_one_key_are_done_once_and_answered_alike() -> None:
    one, other = _twins()
    case = one.write("cases", {"title": "The ferry of Halden"})["id"]
    for trial in range(TRIALS):
        body, headers = {"case": case, "text": f"Full {trial}."}, {"Idempotency-Key": f"key-{trial}"}
        answers = _together(*(partial(api.post, "claims", body, headers=headers) for api in (one, other)))
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert sorted("Idempotency-Replayed" in answer for answer in answers) == [False, True]
        assert Claim.objects.filter(text=body["text"]).count() == 1
    assert Change.objects.filter(act="word_claim").count() == TRIALS


def test_f1_of_two_changes_at_once_one_is_made_and_the_other_told_what_is_there() -> None:
    one, other = _twins()
    case = one.write("cases", {"title": "The ferry of Halden"})["id"]
    claim = one.write("claims", {"case": case, "text": "Full."})["url"]
    for trial in range(TRIALS):
        headers = {"If-Match": one.get(claim)["ETag"]}
        bodies = [f'{{"place": "{place} {trial}"}}'.encode() for place in ("Here", "There")]
        sends = zip((one, other), bodies, strict=True)
        answers = _together(*(partial(api.send, "PATCH", claim, body, headers=headers) for api, body in sends))
        first, second = sorted(answers, key=lambda answer: int(answer.status_code))
        assert first.status_code == 200
        check_problem(second, "stale")
        now = one.get(claim)
        assert (now["ETag"], now.json()["place"]) == (second["ETag"], first.json()["place"])


def test_f3_what_is_read_changed_and_written_by_many_at_once_is_counted_once_each() -> None:
    """Each tries again where another was faster, until it has counted three times; `make torture` does it at length."""
    programs = [api for _ in range(2) for api in _twins()]
    case = programs[0].write("cases", {"title": "The ferry of Halden", "access": "open"})["id"]
    claim = programs[0].write("claims", {"case": case, "text": "Full.", "quantity_low": 0, "unit": "cars"})["url"]

    def count(api: Api) -> int:
        done = 0
        while done < 3:
            read = api.get(claim)
            body = {"quantity_low": read.json()["quantity_low"] + 1}
            answer = api.send("PATCH", claim, json.dumps(body).encode(), headers={"If-Match": read["ETag"]})
            assert answer.status_code in (200, 412)
            done += answer.status_code == 200
        return done

    written = _together(*(partial(count, api) for api in programs))
    assert programs[0].get(claim).json()["quantity_low"] == sum(written) == 12


def test_f8_what_was_previewed_once_is_captured_once() -> None:
    """A double click, or a retry beside the first: one document, and every quote of it is its slice."""
    one, other = _twins()
    case = one.write("cases", {"title": "The ferry of Halden", "access": "open"})["id"]
    for trial in range(TRIALS):
        arrival = one.write("documents/preview", {"case": case, "text": f"Full {trial}."})["arrival"]
        body = {"case": case, "title": "The ferry", "arrival": arrival}
        answers = _together(*(partial(api.post, "documents", body) for api in (one, other)))
        first, second = sorted(answers, key=lambda answer: int(answer.status_code))
        assert first.status_code == 201
        assert second.status_code in (400, 409)
        assert Document.objects.count() == trial + 1


def test_f9_a_pair_that_is_related_from_both_ends_at_once_is_related_once() -> None:
    one, other = _twins()
    case = one.write("cases", {"title": "The ferry of Halden"})["id"]
    for _ in range(TRIALS):
        a, b = (one.write("claims", {"case": case, "text": text})["id"] for text in ("Full.", "Half."))
        fields = {"kind": "contradicts", "strength": "contrary"}
        bodies = [{"claim_a": a, "claim_b": b, **fields}, {"claim_a": b, "claim_b": a, **fields}]
        sends = zip((one, other), bodies, strict=True)
        answers = _together(*(partial(api.post, "relations", body) for api, body in sends))
        first, second = sorted(answer.status_code for answer in answers)
        assert first == 201
        assert second in (400, 409)
        assert ClaimRelation.objects.filter(claim_a__uid__in=[a, b]).count() == 1


def test_f9_a_document_that_is_deleted_between_two_looks_at_it_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    document = make.make_document(make.make_case())
    monkeypatch.setattr(DocumentVersionQuerySet, "in_bulk", lambda rows, keys: {})
    with pytest.raises(RowsRefused) as refused:
        read_versions([(document, None)])
    assert refused.value.errors[0].message_dict == {"version": ["there is no such version"]}


def test_f9_a_document_that_is_deleted_while_it_is_quoted_leaves_no_orphan() -> None:
    one, other = _twins()
    case = one.write("cases", {"title": "The ferry of Halden"})["id"]
    claim = one.write("claims", {"case": case, "text": "Full."})["id"]
    ilse = one.write("parties", {"case": case, "label": "Ilse"})["id"]
    for _ in range(TRIALS):
        document = one.write("documents", {"case": case, "title": "D", "text": "Full. Not full."})
        body = {"claim": claim, "speaker": ilse, "document": document["id"], "quote": "Full."}
        headers = {"If-Match": one.get(document["url"])["ETag"]}
        gone, quoted = _together(
            partial(one.send, "DELETE", document["url"], headers=headers), partial(other.post, "statements", body)
        )
        outcome = (gone.status_code, quoted.status_code)
        assert outcome in ((409, 201), (204, 400), (204, 409)), outcome
        told_in = Statement.objects.filter(excerpt__version__document__uid=document["id"]).count()
        left = Document.objects.filter(uid=document["id"]).count()
        assert (told_in, left) == ((1, 1) if quoted.status_code == 201 else (0, 0))
