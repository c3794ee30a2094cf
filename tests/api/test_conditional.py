"""Tags: whether what a client holds is still what it would be answered."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sources.ledger import By
from sources.models import Party
from tests import factories as make

from .calling import COLLECTIONS, GET_ROUTES, RESOURCES, ROOT, Api, collection_of, fill, undone
from .conftest import filled
from .stories import Story, tell

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

HASH = r"[0-9a-f]{32}"


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any) -> Iterator[Story]:
    """A case with something of everything, for all tests of this module."""
    with filled(django_db_blocker):
        yield tell(make.make_case())


def _address(story: Story, path: str) -> str:
    return f"{ROOT}{fill(path, story.key_of(collection_of(path)))}"


def _claim_tag(api: Api, story: Story) -> tuple[str, str]:
    """Return both parts of a claim's tag."""
    revision, _, digest = api.get(f"claims/{story.is_open.uid}")["ETag"].strip('"').partition("-")
    return revision, digest


# --- the tag -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GET_ROUTES)
def test_every_answer_has_a_tag_and_may_be_kept_by_nobody_but_who_asked(story: Story, api: Api, path: str) -> None:
    answer = api.get(_address(story, path))
    single = path.count("/") == 2 and "revision" in RESOURCES[collection_of(path)].shape.__annotations__
    assert re.fullmatch(rf'"{"1-" if single else ""}{HASH}"', answer["ETag"])
    directives = set(answer["Cache-Control"].split(", "))
    assert {"private", "no-cache"} <= directives
    assert "public" not in directives
    assert {"Authorization", "Cookie"} <= set(answer["Vary"].split(", "))


@pytest.mark.parametrize("path", GET_ROUTES)
def test_who_holds_what_is_answered_is_told_so_and_sent_nothing(story: Story, api: Api, path: str) -> None:
    address = _address(story, path)
    first = api.get(address)
    tag = first["ETag"]
    assert api.get(address)["ETag"] == tag
    for held in (tag, f"W/{tag}", f'"other", {tag}', f'{tag},"other"', "*"):
        answer = api.get(address, headers={"If-None-Match": held})
        assert (answer.status_code, answer.content) == (304, b""), held
        assert answer["ETag"] == tag
        assert (answer["Cache-Control"], answer["Vary"]) == (first["Cache-Control"], first["Vary"])
    for held in ('"other"', tag.strip('"'), tag[:-2] + '"', tag.replace('"', '"x', 1), "nonsense", ""):
        answer = api.get(address, headers={"If-None-Match": held})
        assert (answer.status_code, answer.content) == (200, first.content), held


@pytest.mark.parametrize("path", GET_ROUTES)
def test_a_head_tells_what_a_get_would(story: Story, api: Api, path: str) -> None:
    address = _address(story, path)
    head, get = api.send("HEAD", address), api.get(address)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Type", "Cache-Control", "Vary"):
        assert head[name] == get[name]
    assert api.send("HEAD", address, headers={"If-None-Match": get["ETag"]}).status_code == 304


def test_a_refusal_has_no_tag(story: Story, api: Api) -> None:
    for answer in (
        api.get("claims", colour="red"),
        api.get(f"claims/{story.mira.uid}"),
        Api().get("claims"),
        api.send("DELETE", f"{ROOT}claims/"),
    ):
        assert answer.status_code >= 400
        assert not answer.has_header("ETag")


def test_a_refusal_is_no_304_whatever_the_client_holds(story: Story, api: Api) -> None:
    for address, status in ((f"claims/{story.mira.uid}", 404), ("claims/?colour=red", 400)):
        assert api.get(address, headers={"If-None-Match": "*"}).status_code == status


def test_pages_and_filters_have_tags_of_their_own(story: Story, api: Api) -> None:
    addresses = [
        f"{ROOT}statements/{query}" for query in ("", "?limit=1", "?limit=2", "?live=all", "?stance=denies", "?q=Mira")
    ]
    addresses += [f"{ROOT}claims/{story.is_open.uid}/graph/?depth={depth}" for depth in (0, 1, 2)]
    assert len({api.get(address)["ETag"] for address in addresses}) == len(addresses)


# --- what changes it -----------------------------------------------------------------------------------------------


def test_a_new_opposing_statement_changes_the_tag_of_a_claim_and_not_its_revision(story: Story, api: Api) -> None:
    """An analyst who edits the claim is not told that someone was faster, and one who reads it is told the news."""
    address = f"claims/{story.is_open.uid}"
    held = api.get(address)["ETag"]
    revision, digest = _claim_tag(api, story)
    with undone():
        make.make_statement(story.is_open, stance="denies", document=story.document)
        assert _claim_tag(api, story) != (revision, digest)
        assert _claim_tag(api, story)[0] == revision == "1"
        assert api.get(address, headers={"If-None-Match": held}).status_code == 200
    assert api.get(address, headers={"If-None-Match": held}).status_code == 304


def test_a_rival_far_off_changes_the_tag_of_a_claim(story: Story, api: Api) -> None:
    before = _claim_tag(api, story)
    with undone():
        make.make_statement(story.gates_shut, document=story.document)  # which entails what contradicts it
        assert _claim_tag(api, story)[0] == before[0]
        assert _claim_tag(api, story)[1] != before[1]


def test_a_change_of_the_row_changes_both_parts(story: Story, api: Api, by: By) -> None:
    before = _claim_tag(api, story)
    with undone():
        story.is_open.refresh_from_db()
        with by.act("revise_claim", story.case) as act:
            act.update(story.is_open, note="Another note.")
        after = _claim_tag(api, story)
        assert (before[0], after[0]) == ("1", "2")
        assert before[1] != after[1]
    story.is_open.refresh_from_db()


def test_lists_conflicts_and_graphs_change_their_tags_with_what_they_hold(story: Story, api: Api) -> None:
    paths = [
        "statements/",
        "claims/",
        "claims/<uuid:id>/",
        "claims/<uuid:id>/evidence/",
        "claims/<uuid:id>/conflicts/",
        "claims/<uuid:id>/graph/",
        "cases/<uuid:id>/conflicts/",
        "cases/<uuid:id>/graph/",
        "excerpts/",
    ]
    unmoved = ["documents/", "parties/", "cases/", "cases/<uuid:id>/proposals/", "documents/<uuid:id>/versions/"]
    before = {path: api.get(_address(story, path))["ETag"] for path in paths + unmoved}
    with undone():
        make.make_statement(
            story.is_open, speaker=story.tom, stance="denies", document=story.document, quote="Forty lorries"
        )
        after = {path: api.get(_address(story, path))["ETag"] for path in paths + unmoved}
    assert [path for path in before if before[path] != after[path]] == paths


def test_a_new_name_changes_the_tag_of_whatever_shows_it(story: Story, api: Api, by: By) -> None:
    paths = ["parties/<uuid:id>/", "statements/", "claims/<uuid:id>/graph/", "party-links/<uuid:id>/"]
    before = {path: api.get(_address(story, path))["ETag"] for path in paths}
    with undone():
        party = Party.objects.get(pk=story.mira.pk)
        with by.act("revise_party", story.case) as act:
            act.update(party, label="Mira Holt-Moss")
        for path in paths:
            answer = api.get(_address(story, path), headers={"If-None-Match": before[path]})
            assert answer.status_code == 200
            assert answer["ETag"] != before[path]


def test_two_readers_with_different_rights_hold_different_tags(story: Story, api: Api, analyst: Api) -> None:
    address = f"cases/{story.case.uid}"
    mine, theirs = api.get(address), analyst.get(address)
    assert (mine.json()["role"], theirs.json()["role"]) == ("lead", "annotator")
    assert mine["ETag"] != theirs["ETag"]
    assert analyst.get(address, headers={"If-None-Match": mine["ETag"]}).status_code == 200


def test_rows_that_look_alike_have_the_same_tag_on_either_engine_and_in_every_process(story: Story, api: Api) -> None:
    """A tag is made of what is sent and of nothing else."""
    for collection in COLLECTIONS:
        answer = api.get(f"{collection}/{story.key_of(collection)}")
        assert answer.status_code == 200
        assert answer["ETag"].strip('"').rpartition("-")[2] == hashlib.sha256(answer.content).hexdigest()[:32]
