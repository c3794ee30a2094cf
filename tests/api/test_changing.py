"""Nobody overwrites what they have not read (F1, F2), and what stands in the way of a delete is told (F9)."""

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from claims_tracker.errors import answer_problem
from sources.models import Record
from sources.refusals import InUse
from tests import factories as make
from tests.keeping import filled

from .calling import ROOT, Api, check_problem, collection_of, fill, state, undone
from .matrix import NEEDS
from .stories import Story, tell

pytestmark = pytest.mark.django_db

MERGERS = {("POST", f"{name}/<uuid:id>/merger/") for name in ("claims", "parties")}
CONDITIONAL = sorted(route for route in NEEDS if route[0] in ("PUT", "PATCH", "DELETE")) + sorted(MERGERS)

# What If-Match may say, and what it comes to. `now` is the ETag of the row as it is.
HEADERS: dict[str, tuple[str | None, str]] = {
    "nothing": (None, "precondition-required"),
    "an empty one": ("", "precondition-required"),
    "any": ("*", "precondition-required"),
    "weak": ("W/{now}", "stale"),
    "an older one": ('"999-00000000000000000000000000000000"', "stale"),
    "one of another server": ('"abc"', "stale"),
    "no tag": ("abc", "malformed"),
    "half a tag": ('"1-0', "malformed"),
}


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """A case with something of everything, for all tests of this module."""
    with filled(django_db_blocker):
        yield tell(make.make_case())


@pytest.mark.parametrize(("method", "path"), CONDITIONAL)
def test_f2_a_change_says_what_it_takes_the_row_to_be(story: Story, api: Api, method: str, path: str) -> None:
    collection = collection_of(path)
    address = ROOT + fill(path, story.key_of(collection))
    now = api.get(f"{collection}/{story.key_of(collection)}")["ETag"]
    before = state()
    for sent, slug in HEADERS.values():
        headers = {} if sent is None else {"If-Match": sent.format(now=now)}
        answer = api.send(method, address, json.dumps({}).encode(), headers=headers)
        check_problem(answer, slug)
        if slug == "stale":
            assert answer["ETag"] == now
    assert state() == before


def test_f2_one_of_several_tags_may_be_the_right_one(story: Story, api: Api) -> None:
    address = f"{ROOT}claims/{story.lorries.uid}/"
    tags = f'"9-{"0" * 32}", {api.get(address)["ETag"]}'
    with undone():
        answer = api.send("PATCH", address, b'{"place": "Here"}', headers={"If-Match": tags})
        assert (answer.status_code, answer.json()["place"]) == (200, "Here")


def test_f1_the_second_of_two_who_read_the_same_is_told_what_is_there_now(story: Story, api: Api) -> None:
    address = f"{ROOT}claims/{story.lorries.uid}/"
    with undone():
        read = api.get(address)["ETag"]
        first, second = (
            api.send("PATCH", address, json.dumps({"place": place}).encode(), headers={"If-Match": read})
            for place in ("Here", "There")
        )
        assert first.status_code == 200
        check_problem(second, "stale")
        now = api.get(address)
        assert (now.json()["place"], now["ETag"]) == ("Here", second["ETag"])
        again = api.send("PATCH", address, b'{"place": "There"}', headers={"If-Match": second["ETag"]})
        assert again.json()["place"] == "There"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_party_that_is_sent_back_as_it_was_read_bears_the_same_names(api: Api, method: str) -> None:
    """What a shared party is called in one case does not come to be told in all."""
    with undone():
        case, party = make.make_case(), make.make_party(None, "Shared Agency")
        make.make_alias(None, party, "The Agency")
        make.make_alias(case, party, "The hidden one")
        answer = api.get(f"parties/{party.uid}")
        read = answer.json()
        assert (read["aliases"], read["case_aliases"]) == (
            ["The Agency"],
            [{"case": str(case.uid), "name": "The hidden one"}],
        )
        fields = ("case", "label", "disambiguation", "aliases", "kind", "naming", "description")
        body = json.dumps({name: read[name] for name in fields}).encode()
        sent = api.send(method, f"parties/{party.uid}/", body, headers={"If-Match": answer["ETag"]})
        assert sent.status_code == 200, sent.content
        assert {**sent.json(), "revision": read["revision"]} == read
        names = party.aliases.order_by("pk").values_list("name", "case")
        assert list(names) == [("The Agency", None), ("The hidden one", case.pk)]
        refused = api.send(
            method, f"parties/{party.uid}/", json.dumps(read).encode(), headers={"If-Match": sent["ETag"]}
        )
        check_problem(refused, "invalid", "#/case_aliases", "#/links")


# --- deleting ------------------------------------------------------------------------------------------------------


def _delete(api: Api, collection: str, row: Record) -> Any:
    address = f"{ROOT}{collection}/{row.uid}/"
    return api.send("DELETE", address, headers={"If-Match": api.get(address)["ETag"]})


def _standing(answer: Any) -> set[tuple[str, str]]:
    return {(fault["kind"], fault["id"]) for fault in check_problem(answer, "in-use")["errors"]}


def _names(*rows: Record) -> set[tuple[str, str]]:
    return {(row.record_kind(), str(row.uid)) for row in rows}


def test_f9_what_others_stand_on_is_not_deleted_and_all_of_them_are_listed(story: Story, api: Api) -> None:
    before = state()
    assert _standing(_delete(api, "claims", story.is_shut)) == _names(story.contradiction, story.entailment)
    assert _standing(_delete(api, "utterances", story.utterance)) == _names(story.asserted)
    assert _standing(_delete(api, "excerpts", story.excerpt)) == _names(story.asserted)
    on_mira = _standing(_delete(api, "parties", story.mira))
    assert on_mira >= _names(story.asserted, story.retracted, story.asserted_first, story.link, story.reliable)
    on_document = _standing(_delete(api, "documents", story.document))
    assert on_document >= _names(story.asserted, story.denied, story.withdrawn)
    assert state() == before


@pytest.mark.parametrize("collection", sorted({collection_of(path) for method, path in NEEDS if method == "DELETE"}))
def test_what_is_deleted_is_deleted_with_the_tag_that_it_was_answered_with(
    story: Story, api: Api, collection: str
) -> None:
    """Whatever may be deleted tells its revision: without one, no tag would ever be the right one."""
    answer = _delete(api, collection, story.row_of(collection))  # type: ignore[arg-type]  # never an act
    assert answer.status_code in (204, 409)


def test_f9_what_nobody_stands_on_goes_and_then_so_does_what_it_stood_on(story: Story, api: Api) -> None:
    with undone():
        for relation in (story.contradiction, story.entailment):
            assert _delete(api, "relations", relation).status_code == 204
            check_problem(api.get(f"relations/{relation.uid}"), "not-found")
        assert _delete(api, "claims", story.is_shut).status_code == 204
        check_problem(api.get(f"claims/{story.is_shut.uid}"), "not-found")


def test_f9_what_stands_in_a_hidden_case_is_counted_in_and_never_named(story: Story) -> None:
    """A shared party may be in use where the one who asks sees nothing."""
    shared, hidden = make.make_party(None, "Shared Agency"), make.make_case(access="members")
    seen = make.make_statement(story.lorries, speaker=shared, document=story.document)
    unseen = make.make_statement(make.make_claim(hidden, "A secret."), speaker=shared)
    for user, names in ((make.make_user(), _names(seen)), (make.make_admin(), _names(seen, unseen))):
        refused = InUse("party", shared.uid, [seen, unseen])
        answer = answer_problem(refused, {"request": SimpleNamespace(user=user, method="DELETE")})
        assert answer is not None
        assert answer.status_code == 409
        told = answer.data["errors"]
        assert {(fault["kind"], fault["id"]) for fault in told if "id" in fault} == names
        further = [fault for fault in told if "id" not in fault]
        assert [fault["detail"] for fault in further] == (
            ["something in a case that you may not see"] if len(names) == 1 else []
        )
        assert ("secret" in str(answer.data) or str(unseen.uid) in str(answer.data)) == (len(names) == 2)
