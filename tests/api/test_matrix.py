"""Route by method by identity: every address, asked by everyone (D1)."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from sources.choices import Role
from sources.models import ApiToken
from sources.tokens import revoke_token
from tests import factories as make
from tests.keeping import filled

from .bodies import full_bodies
from .calling import COLLECTIONS, RESOURCES, ROOT, Api, collection_of, fill, is_of_a_row, routes, undone
from .matrix import ANYONE, IDENTITIES, MAY, NEEDS, OUTSIDERS, REFUSED, SEE, STRANGERS
from .stories import Story, tell

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

ROUTES = sorted({(method, path) for path, method, *_ in routes()})


class World(NamedTuple):
    """A case that only members see, and everyone who might ask."""

    story: Story
    callers: dict[str, Api]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One case and eleven callers, for all tests of this module."""
    with filled(django_db_blocker):
        story = tell(make.make_case(access="members"))
        yield World(story, _callers(story))


def _callers(story: Story) -> dict[str, Api]:
    lead, now = make.make_member(story.case, Role.LEAD), timezone.now()
    closed = make.make_member(story.case, Role.LEAD)
    callers = {
        "anonymous": Api(),
        "disabled": Api.of(closed),
        "expired token": Api.of(lead, expires_at=now - timedelta(seconds=1)),
        "revoked token": Api.of(lead),
    }
    revoke_token(token=ApiToken.objects.order_by("-pk")[0], at=now)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    return callers | {
        "no permission": Api.of(make.make_user()),
        "other case": Api.of(make.make_member(make.make_case(access="members"), Role.LEAD)),
        "reader": Api.of(make.make_member(story.case, Role.READER)),
        "read-only token": Api.of(lead, is_read_only=True),
        "annotator": Api.of(make.make_member(story.case, Role.ANNOTATOR)),
        "lead": Api.of(lead),
        "administrator": Api.of(make.make_admin()),
    }


def _body(story: Story, method: str, path: str) -> Any:
    """Return a body that is whole, so that nothing but who asks is left to be refused."""
    name = collection_of(path)
    own = {
        "party-links": {"from": str(story.mira.uid), "to": str(story.council.uid), "kind": "speaks_for"},
        "relations": {"claim_a": str(story.is_open.uid), "claim_b": str(story.is_shut.uid), "kind": "contradicts"},
    }.get(name, {})
    if path.endswith("merger/"):
        return {"into": str((story.lorries if name == "claims" else story.tom).uid)}
    if path.endswith("preview/"):
        return {"case": str(story.case.uid), "text": "A letter."}
    if path.endswith("judgement/"):
        return {"judgement": "unsure"}
    if path.endswith("review/"):
        return {"review": "accepted"}
    if path.endswith("versions/"):
        return full_bodies(story)["versions"][1]
    if method == "POST" and not is_of_a_row(path):
        return full_bodies(story)[name][1]
    if method == "PUT" and path.count("/") == 2:
        fields = set((RESOURCES[name].change_body or RESOURCES[name].body)().fields)
        return {key: value for key, value in (full_bodies(story)[name][1] | own).items() if key in fields}
    return {}


def _ask(world: World, who: str, method: str, path: str) -> Any:
    story = world.story
    row = story.row_of(collection_of(path))
    revision = getattr(row, "revision", 1)
    address = f"{ROOT}{fill(path, story.key_of(collection_of(path)))}"
    if method == "GET":
        return world.callers[who].get(address)
    data = json.dumps(_body(story, method, path)).encode()
    headers = {"If-Match": f'"{revision}-{"0" * 32}"'}
    with undone():
        return world.callers[who].send(method, address, data, headers=headers)


def test_every_route_has_a_row() -> None:
    """A new address, or a new method of one, is nobody's until the matrix says whose."""
    written = {route for route in ROUTES if route[0] != "GET"}
    assert written == set(NEEDS)
    assert {collection_of(path) for _, path in ROUTES} == set(COLLECTIONS)


def test_everyone_is_asked_for(world: World) -> None:
    assert tuple(world.callers) == IDENTITIES


@pytest.mark.parametrize("who", IDENTITIES)
def test_d1_everyone_is_answered_as_the_matrix_says(world: World, who: str) -> None:
    wrong = []
    for method, path in ROUTES:
        needed = NEEDS.get((method, path), SEE)
        status = _ask(world, who, method, path).status_code
        if who in STRANGERS:
            right = status == 401
        elif who in OUTSIDERS:
            expected = 404 if is_of_a_row(path) else 400 if method == "POST" and needed != ANYONE else None
            right = status == expected or (expected is None and status < 300)
        elif needed in MAY[who]:
            right = status not in REFUSED and status < 500
        else:
            right = status == 403
        if not right:
            wrong.append((method, path, needed, status))
    assert wrong == []
