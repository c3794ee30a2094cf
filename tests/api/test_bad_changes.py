"""What the API refuses of a change, of an act and of a row among many: as much as of a new row, and nothing is written.

The letters and numbers are those of the project's list of bad inputs; new rows are `test_bad_input.py`'s.
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from sources.choices import Role
from sources.models import Record
from tests import factories as make
from tests.effort import foremost
from tests.keeping import filled

from .bodies import Body, Field, fields_of, full_bodies, with_value
from .calling import ABSENT, MADE, RESOURCES, ROOT, Api, check_problem, collection_of, fill, is_of_a_row, state
from .matrix import NEEDS
from .stories import Story, tell
from .test_bad_input import MALFORMED, OWNED, UNSTORABLE

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

CHANGED = sorted({collection_of(path) for method, path in NEEDS if method == "PATCH"})
CHANGES = sorted(route for route in NEEDS if is_of_a_row(route[1]))


class Ground(NamedTuple):
    """A case to change things in, one that is seen and is another, and one that is hidden from who writes."""

    story: Story
    other: Story
    hidden: Story
    api: Api
    state: dict[str, Any]


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    """Three cases with something of everything, for all tests of this module."""
    with filled(django_db_blocker):
        story, other, hidden = tell(make.make_case()), tell(make.make_case()), tell(make.make_case(access="members"))
        yield Ground(story, other, hidden, Api.of(make.make_member(story.case, Role.LEAD)), state())


@pytest.fixture(autouse=True)
def nothing_is_written(ground: Ground, db: None) -> Iterator[None]:
    """Whatever is sent in a test of this module leaves the database as it was, and lists answering."""
    yield
    assert state() == ground.state
    assert ground.api.get("statements", limit=1).status_code == 200


def _send(ground: Ground, method: str, path: str, data: bytes) -> Any:
    """Send this to the address of a row, as one who has read the row just now."""
    collection = collection_of(path)
    revision = getattr(ground.story.row_of(collection), "revision", 1)
    headers = {"If-Match": f'"{revision}-{"0" * 32}"'}
    return ground.api.send(method, f"{ROOT}{fill(path, ground.story.key_of(collection))}", data, headers=headers)


def _patch(ground: Ground, name: str, body: Any) -> Any:
    return _send(ground, "PATCH", f"{name}/<uuid:id>/", json.dumps(body).encode())


def _fields(name: str) -> list[Field]:
    """Return the values of a row that may be changed, those in lists by their first."""
    changed = set((RESOURCES[name].change_body or RESOURCES[name].body)().fields)
    return [field for field in fields_of(name) if field.path[0] in changed and 1 not in field.path]


def _with(ground: Ground, name: str, field: Field, value: Any) -> Body:
    """Return a change of one field, with this value at its place."""
    whole = with_value(full_bodies(ground.story)[name][1], field.path, value)
    return {field.path[0]: whole[field.path[0]]}  # type: ignore[index]  # its first step is a name


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_a1_a7_a_change_that_is_not_json_is_refused(ground: Ground, method: str, path: str) -> None:
    kinds = ("not utf-8", "33 levels", "nan", "open", "key twice", "beyond a float", "digits", "lists with end")
    for kind in foremost(3, kinds):
        check_problem(_send(ground, method, path, MALFORMED[kind]), "malformed")
    for data in foremost(2, (b"null", b"[]", b'"x"', b"1")):
        check_problem(_send(ground, method, path, data), "invalid")


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_a3_a4_no_key_of_a_change_holds_a_nul_or_half_a_character(ground: Ground, method: str, path: str) -> None:
    for words in foremost(2, UNSTORABLE):
        for data in (f'{{"{words}": 1}}', f'{{"x": {{"{words}": [1]}}}}', f'{{"x": ["{words}"]}}'):
            problem = check_problem(_send(ground, method, path, data.encode()), "invalid")
            assert [fault["code"] for fault in problem["errors"]] == ["unstorable"]


@pytest.mark.parametrize("name", CHANGED)
def test_a3_a4_a12_no_field_takes_by_a_change_what_it_does_not_take_of_a_new_row(ground: Ground, name: str) -> None:
    for field in _fields(name):
        for words in ("a\x00b", "\ud800"):
            check_problem(_patch(ground, name, _with(ground, name, field, words)), "invalid", field.pointer)
        limit = getattr(field.field, "max_length", None)
        if limit and field.is_free:
            problem = check_problem(_patch(ground, name, _with(ground, name, field, "x" * (limit + 1))), "invalid")
            assert [fault["code"] for fault in problem["errors"]] == ["max_length"]


@pytest.mark.parametrize("name", CHANGED)
def test_a11_a_change_takes_no_unknown_field_and_none_of_the_servers(ground: Ground, name: str) -> None:
    own = set((RESOURCES[name].change_body or RESOURCES[name].body)().fields)
    for key in sorted({*OWNED, *RESOURCES[name].shape.__annotations__, "case", "uid"} - own):
        value = str(ground.other.case.uid) if key == "case" else 1
        problem = check_problem(_patch(ground, name, {key: value}), "invalid", f"#/{key}")
        assert [fault["code"] for fault in problem["errors"]] == ["unknown_field"]


CHANGED_LINKS = [(name, field) for name in CHANGED for field in _fields(name) if field.is_link]


def _row_of(story: Story, field: Field) -> Record:
    model = field.field.queryset.model  # type: ignore[attr-defined]  # it is a link
    return next(row for row in vars(story).values() if isinstance(row, model))


@pytest.mark.parametrize(("name", "field"), CHANGED_LINKS, ids=lambda value: getattr(value, "pointer", value))
def test_d3_a_change_points_to_nothing_hidden_absent_or_of_another_case(
    ground: Ground, name: str, field: Field
) -> None:
    absent = _patch(ground, name, _with(ground, name, field, ABSENT))
    hidden = _patch(ground, name, _with(ground, name, field, str(_row_of(ground.hidden, field).uid)))
    check_problem(absent, "invalid", field.pointer)
    assert (hidden.status_code, hidden.content) == (400, absent.content)
    seen = _patch(ground, name, _with(ground, name, field, str(_row_of(ground.other, field).uid)))
    check_problem(seen, "invalid", field.pointer)


@pytest.mark.parametrize("name", ["claims", "parties"])
def test_d3_nothing_is_merged_into_what_is_hidden_absent_or_of_another_case(ground: Ground, name: str) -> None:
    path, row = f"{name}/<uuid:id>/merger/", {"claims": "is_shut", "parties": "council"}[name]
    absent, hidden, seen = (
        _send(ground, "POST", path, json.dumps({"into": str(uid)}).encode())
        for uid in (ABSENT, getattr(ground.hidden, row).uid, getattr(ground.other, row).uid)
    )
    check_problem(absent, "invalid", "#/into")
    assert (hidden.status_code, hidden.content) == (400, absent.content)
    check_problem(seen, "invalid")


LINKS = [(name, field) for name in MADE for field in fields_of(name) if field.is_link and 1 not in field.path]


@pytest.mark.parametrize(("name", "field"), LINKS, ids=lambda value: getattr(value, "pointer", value))
def test_d3_among_many_rows_a_hidden_id_is_refused_like_an_absent_one(ground: Ground, name: str, field: Field) -> None:
    """The whole ones beside it are not written either."""
    address, body = full_bodies(ground.story)[name]
    hidden, absent = (
        ground.api.post(address, [body, with_value(body, field.path, uid)])
        for uid in (str(_row_of(ground.hidden, field).uid), ABSENT)
    )
    check_problem(absent, "invalid", f"#/1{field.pointer[1:]}")
    assert (hidden.status_code, hidden.content) == (400, absent.content)
