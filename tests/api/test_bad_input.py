"""What the API refuses: each fault is told with its place, nothing is written, and the lists go on answering.

The letters and numbers at the head of each part are those of the project's list of bad inputs.
"""

import json
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django.test import Client
from rest_framework import serializers

from sources.api.bodies import VisibleOrNew
from sources.models import MAX_TEXT_LENGTH, Record
from tests import factories as make
from tests.effort import foremost

from .bodies import Body, Field, body_class, fields_of, full_bodies, minimal_bodies, text_fields, with_value
from .calling import (
    ABSENT,
    COLLECTIONS,
    GET_ROUTES,
    LIST_ROUTES,
    MADE,
    MAKING_ROUTES,
    RESOURCES,
    ROOT,
    Api,
    absent,
    check_problem,
    collection_of,
    encoded,
    fill,
    is_of_a_row,
    routes,
    state,
    undone,
)
from .conftest import filled
from .stories import Story, tell

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]


class Ground(NamedTuple):
    """A case to write in, another that is seen as well and is none of its business, and what there is in all."""

    story: Story
    other: Story
    bodies: dict[str, tuple[str, Body]]
    api: Api
    state: dict[str, Any]


@pytest.fixture(scope="module")
def ground(django_db_setup: None, django_db_blocker: Any) -> Iterator[Ground]:
    """Two cases with something of everything, for all tests of this module."""
    with filled(django_db_blocker):
        story, other = tell(make.make_case()), tell(make.make_case())
        api = Api.of(make.make_admin())
        yield Ground(story, other, full_bodies(story), api, state())
        for collection in COLLECTIONS:
            assert api.rows(collection)


@pytest.fixture
def api(ground: Ground) -> Api:
    """The program of an administrator, whom no role keeps from writing."""
    return ground.api


@pytest.fixture(autouse=True)
def nothing_is_written(ground: Ground, db: None) -> Iterator[None]:
    """Whatever is sent in a test of this module leaves the database as it was, and lists answering."""
    yield
    assert state() == ground.state
    assert ground.api.get("statements", limit=1).status_code == 200


def _raw(body: Body, field: Field, token: str) -> bytes:
    """Return the body as JSON with this very text in place of one value."""
    return json.dumps(with_value(body, field.path, "@@")).replace('"@@"', token).encode()


def _post(api: Api, address: str, data: bytes) -> Any:
    return api.send("POST", f"{ROOT}{address}/", data)


@pytest.mark.parametrize("name", MADE)
def test_the_bodies_that_are_broken_here_are_whole_to_begin_with(ground: Ground, api: Api, name: str) -> None:
    address, body = ground.bodies[name]
    assert {field.path[0] for field in fields_of(name)} == set(body) == set(body_class(name)().fields) - {"arrival"}
    with undone():
        api.write(address, body)


# --- A1, A2, A7: what is not JSON as it is taken ---------------------------------------------------------------------

MALFORMED = {
    "open": b"{",
    "cut": b'{"title": "A',
    "comma": b'{"title": "A",}',
    "quotes": b"{'title': 'A'}",
    "two values": b'{"title": "A"} {}',
    "word": b"nothing",
    "comment": b'{"title": "A"} // title',
    "control": b'{"title": "A\x01"}',
    "not utf-8": b'{"title": "\xff"}',
    "latin-1": '{"title": "Élan"}'.encode("latin-1"),
    "overlong": b'{"title": "\xc0\x80"}',
    "surrogate": b'{"title": "\xed\xa0\x80"}',
    "utf-16": '{"title": "A"}'.encode("utf-16"),
    "utf-32": '{"title": "A"}'.encode("utf-32"),
    "key twice": b'{"title": "A", "title": "A"}',
    "key twice escaped": b'{"title": "A", "t\\u0069tle": "B"}',
    "key twice below": b'{"title": "A", "x": [{"a": 1, "a": 1}]}',
    "nan": b'{"title": NaN}',
    "nan alone": b"NaN",
    "infinity": b'{"title": Infinity}',
    "minus infinity": b'{"title": -Infinity}',
    "beyond a float": b'{"title": 1e999}',
    "below a float": b'{"title": -1e999}',
    "digits": b'{"title": ' + b"9" * 5_000 + b"}",
    "minus digits": b'{"title": -' + b"9" * 5_000 + b"}",
    "hexadecimal": b'{"title": 0x10}',
    "leading zero": b'{"title": 01}',
    "33 levels": b'{"title": ' + b"[" * 32 + b"]" * 32 + b"}",
    "lists without end": b"[" * 100_000,
    "lists with end": b"[" * 100_000 + b"]" * 100_000,
    "objects without end": b'{"a":' * 5_000,
    "objects with end": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a1_a2_a7_a_body_that_is_not_json_is_refused_at_every_address(ground: Ground, api: Api, kind: str) -> None:
    for address, _ in ground.bodies.values():
        problem = check_problem(_post(api, address, MALFORMED[kind]), "malformed")
        assert len(problem["detail"]) < 300
        assert "detail" in problem


@pytest.mark.parametrize("kind", ["lists without end", "lists with end", "objects without end", "objects with end"])
def test_a1_nesting_without_measure_costs_no_time(api: Api, kind: str) -> None:
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        check_problem(_post(api, "cases", MALFORMED[kind]), "malformed")
        seconds.append(time.perf_counter() - began)
    assert min(seconds) < 0.1


@pytest.mark.parametrize("name", MADE)
def test_a7_a_number_beyond_measure_is_refused_in_every_field(ground: Ground, api: Api, name: str) -> None:
    address, body = ground.bodies[name]
    for field in fields_of(name):
        for token in ("NaN", "-Infinity", "1e999", "1" * 5_000, "1" * 21):
            check_problem(_post(api, address, _raw(body, field, token)), "malformed")


@pytest.mark.parametrize(
    "data", [b"", b"null", b"[]", b"{}", b'"title"', b"1", b"true", b'[{"title": "A"}]'], ids=ascii
)
def test_a1_a_body_that_is_no_object_with_the_fields_that_it_needs_is_refused(
    ground: Ground, api: Api, data: bytes
) -> None:
    for address, _ in ground.bodies.values():
        problem = check_problem(_post(api, address, data), "invalid")
        assert problem["errors"]


@pytest.mark.parametrize("name", MADE)
def test_what_is_needed_is_asked_for_by_name(ground: Ground, api: Api, name: str) -> None:
    address, body = minimal_bodies(ground.story)[name]
    for key in body:
        check_problem(api.post(address, {k: v for k, v in body.items() if k != key}), "invalid", f"#/{key}")


# --- A3, A4: what no database holds ----------------------------------------------------------------------------------

UNSTORABLE = ["a\\u0000b", "\\ud800", "\\u0000", "a\\udfff", "\\udf09\\ud83c"]


@pytest.mark.parametrize("name", MADE)
def test_a3_a4_no_field_takes_a_nul_or_half_a_character(ground: Ground, api: Api, name: str) -> None:
    address, body = ground.bodies[name]
    for field in fields_of(name):
        for words in foremost(3, UNSTORABLE):
            answer = _post(api, address, _raw(body, field, f'"{words}"'))
            problem = check_problem(answer, "invalid", field.pointer)
            assert [fault["code"] for fault in problem["errors"]] == ["unstorable"]


@pytest.mark.parametrize("words", UNSTORABLE)
def test_a3_a4_no_key_holds_a_nul_or_half_a_character(ground: Ground, api: Api, words: str) -> None:
    for address, body in ground.bodies.values():
        whole = json.dumps(body)[:-1]
        for data in (f'{whole}, "{words}": 1}}', f'{whole}, "x": {{"{words}": [1]}}}}', f'{whole}, "x": ["{words}"]}}'):
            problem = check_problem(_post(api, address, data.encode()), "invalid")
            assert [fault["code"] for fault in problem["errors"]] == ["unstorable"]
            assert problem["errors"][0]["pointer"].startswith("#/")


def test_a4_a_nul_in_a_name_of_a_lists_item_is_refused_there(ground: Ground, api: Api) -> None:
    address, body = ground.bodies["parties"]
    problem = check_problem(api.post(address, {**body, "aliases": ["fine", "not\x00fine"]}), "invalid")
    assert [fault["pointer"] for fault in problem["errors"]] == ["#/aliases/1"]


# --- A5: addresses and headers ---------------------------------------------------------------------------------------

BROKEN = {"nul": "%00", "not utf-8": "%ff", "overlong": "%c0%80", "surrogate": "%ed%a0%80", "cut": "%e2%82"}


def _addresses(ground: Ground, path: str) -> str:
    return f"{ROOT}{fill(path, ground.story.key_of(collection_of(path)))}"


def _parameters(path: str) -> list[str]:
    found = next(
        view_and_action for template, method, *view_and_action in routes() if (template, method) == (path, "GET")
    )
    view, action = found
    return [parameter.name for parameter in view(action=action).describe_parameters(action)]


@pytest.mark.parametrize("path", GET_ROUTES)
def test_a5_a_parameter_that_is_unknown_or_broken_or_given_twice_is_refused(
    ground: Ground, api: Api, path: str
) -> None:
    address = _addresses(ground, path)
    assert api.get(address).status_code == 200
    for name in ("colour", "page", "offset", "format", "ordering", "fields", "Limit", "case__title", "limit[]"):
        check_problem(api.get(f"{address}?{encoded(name)}=1"), "invalid", name)
    for name in _parameters(path):
        check_problem(api.get(f"{address}?{name}=1&{name}=1"), "invalid", name)
        check_problem(api.get(f"{address}?{name}=a%00b"), "invalid", name)
        for broken in BROKEN.values():
            answer = api.get(f"{address}?{name}={broken}")
            assert answer.status_code == 400
            assert answer["Content-Type"] == "application/problem+json"
        check_problem(api.get(f"{address}?{name}=%ff"), "malformed")
    check_problem(api.get(f"{address}?%ff=1"), "malformed")
    check_problem(api.get(f"{address}?a%00b=1"), "invalid")
    check_problem(api.get(f"{address}?" + "&".join(f"p{n}=1" for n in range(2_000))), "malformed")


@pytest.mark.parametrize("path", MAKING_ROUTES)
def test_a5_a_post_has_no_parameters(ground: Ground, api: Api, path: str) -> None:
    name = "versions" if "versions" in path else collection_of(path)
    address, body = ground.bodies[name]
    for query in ("colour=1", "limit=1", f"case={ground.story.case.uid}", "a%00=1"):
        check_problem(api.post(f"{ROOT}{address}/?{query}", body), "invalid")


@pytest.mark.parametrize("path", [path for path in GET_ROUTES if is_of_a_row(path)])
def test_a5_what_is_no_id_stands_nowhere(ground: Ground, api: Api, path: str) -> None:
    uid = str(ground.story.key_of(collection_of(path)))
    for wrong in (
        "1",
        "x",
        "%00",
        "%ff",
        "%c0%80",
        uid.upper(),
        uid.replace("-", ""),
        f"{uid}%00",
        f"{{{uid}}}",
        f"%20{uid}",
    ):
        if wrong != uid and (wrong, collection_of(path)) != ("1", "changes"):
            check_problem(api.get(f"{ROOT}{fill(path, wrong)}"), "not-found")


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token a b",
        "Token \xff",
        "Token ct_",
        "Token ct_x_y",
        "Token ct_\x00_x",
        "Token " + "x" * 10_000,
        "token nothing",
    ],
    ids=ascii,
)
def test_d11_a_token_that_is_none_is_refused(header: str) -> None:
    answer = Api().get("cases", headers={"Authorization": header})
    check_problem(answer, "unauthenticated")
    assert answer["WWW-Authenticate"].startswith("Token")


def test_d14_a_token_is_taken_from_its_header_alone(ground: Ground, api: Api) -> None:
    token = api.headers["Authorization"].removeprefix("Token ")
    for header in (f"Bearer {token}", f"Basic {token}", token):
        check_problem(Api().get("cases", headers={"Authorization": header}), "unauthenticated")
    for name in ("token", "access_token", "auth_token", "key"):
        check_problem(Api().get("cases", **{name: token}), "unauthenticated")
    assert Api().get("cases", headers={"Authorization": f"token  {token}"}).status_code == 200


def test_a5_headers_that_make_no_sense_break_nothing(ground: Ground, api: Api) -> None:
    for name in (
        "If-None-Match",
        "If-Modified-Since",
        "Accept-Language",
        "Accept-Charset",
        "Range",
        "Expect",
        "Cookie",
    ):
        for value in ("", "\xff", "a\x01b", '"', "x" * 5_000, "W/", "*,*"):
            answer = api.get("claims", limit=1, headers={name: value})
            assert answer.status_code == 200, (name, value)
    for value in ("text/html", "application/xml", "text/csv;q=1", "application/json+x"):
        check_problem(api.get("claims", headers={"Accept": value}), "not-acceptable")
    for value in ("*/*", "application/*", "application/json", "text/html,application/json;q=0.1"):
        assert api.get("claims", limit=1, headers={"Accept": value}).status_code == 200
    for name in ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"):
        assert api.get(f"claims/{ground.story.is_open.uid}", headers={name: "DELETE"}).status_code == 200


def test_a5_a_host_that_is_not_ours_is_refused_as_a_problem(api: Api) -> None:
    for host in ("evil.example", "localhost:x", "a b", "evil.example#localhost"):
        answer = api.send("GET", f"{ROOT}cases/", headers={"Host": host})
        assert answer.status_code == 400
        assert answer["Content-Type"] == "application/problem+json"
        assert "evil" not in answer.content.decode()


# --- A11: what is not for the sender to say --------------------------------------------------------------------------

OWNED = {
    *("id", "uid", "pk", "url", "revision", "created_by", "created_at", "updated_at", "actor", "at", "request"),
    *("sha256", "n_characters", "number", "captured_at", "extractor", "extractor_version", "original_sha256"),
    *("merged_into", "merged_into_id", "name_key", "search_key", "is_live", "live", "withdrawn_at", "review"),
    *("judged_by", "judged_at", "excerpt", "excerpt_id", "case_id", "claim_id", "speaker_id", "from_party", "hop"),
    *("contested", "opposing", "asserting", "denying", "role", "memberships", "links", "statements", "versions"),
    *("owner", "is_staff", "is_superuser", "groups", "__class__", "csrfmiddlewaretoken", "colour", "", " title"),
}


@pytest.mark.parametrize("name", MADE)
def test_a11_unknown_fields_and_those_of_the_server_are_refused(ground: Ground, api: Api, name: str) -> None:
    address, body = ground.bodies[name]
    own = set(body_class(name)().fields)
    shown = set() if name == "versions" else set(RESOURCES[name].shape.__annotations__)
    for key in sorted({*OWNED, *shown} - own):
        problem = check_problem(api.post(address, {**body, key: 1}), "invalid", f"#/{key}")
        assert [fault["code"] for fault in problem["errors"]] == ["unknown_field"]
    both = check_problem(api.post(address, {**body, "colour": 1, "a/b~c": 2}), "invalid", "#/colour", "#/a~1b~0c")
    assert len(both["errors"]) == 2


def test_a11_unknown_fields_are_refused_below_as_well(ground: Ground, api: Api) -> None:
    address, body = ground.bodies["statements"]
    for path, keys in (
        (("evidence", 1), ("id", "excerpt", "document", "version", "colour")),
        (("relays", 0), ("hop", "id", "statement", "colour")),
    ):
        for key in keys:
            changed = with_value(body, (*path, key), 1)
            check_problem(api.post(address, changed), "invalid", f"#/{path[0]}/{path[1]}/{key}")


# --- A12: too much ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MADE)
def test_a12_a_text_may_be_as_long_as_its_limit_and_no_longer(ground: Ground, api: Api, name: str) -> None:
    address, body = ground.bodies[name]
    limited = [field for field in text_fields(name) if getattr(field.field, "max_length", None)]
    assert limited or name == "excerpts"
    for field in limited:
        limit = field.field.max_length
        if limit == MAX_TEXT_LENGTH:
            continue  # below, since it takes its time
        start = "https://example.org/" if isinstance(field.field, serializers.URLField) else ""
        letters = "x" if start or isinstance(field.field, serializers.SlugField) else "🌉"
        for letter in {letters, "x"}:
            whole = start + letter * (limit - len(start))
            with undone():
                answer = api.post(address, with_value(body, field.path, whole))
                assert answer.status_code == 201, (field.path, answer.content)
            problem = check_problem(api.post(address, with_value(body, field.path, whole + letter)), "invalid")
            assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [(field.pointer, "max_length")]


@pytest.mark.parametrize(("name", "path"), [("parties", ("label",)), ("parties", ("aliases", 0))])
@pytest.mark.parametrize("letter", ["ﷺ", "ΐ", "ß", "İ", "🏳"])
def test_a_name_that_grows_when_it_is_folded_is_as_welcome_as_any(
    ground: Ground, api: Api, name: str, path: tuple[str | int, ...], letter: str
) -> None:
    """One sign may fold to eighteen letters, and the key under which the name is found has to hold them."""
    address, body = ground.bodies[name]
    with undone():
        answer = api.post(address, with_value(body, path, letter * 300))
        assert answer.status_code == 201, answer.content
        assert api.rows("parties", name=letter * 300)


@pytest.mark.parametrize("name", ["cases", "claims", "statements", "versions"])
def test_a12_ten_megabytes_fit_in_no_field(ground: Ground, api: Api, name: str) -> None:
    address, body = ground.bodies[name]
    fields = [field for field in text_fields(name) if field.path != ("note",)]
    field = max(fields, key=lambda field: field.path == ("text",))
    check_problem(api.post(address, with_value(body, field.path, "x" * 10_000_000)), "invalid", field.pointer)


def test_a12_a_text_of_five_million_characters_is_taken_and_one_more_is_not(ground: Ground, api: Api) -> None:
    address, body = ground.bodies["versions"]
    with undone():
        made = api.write(address, {**body, "text": "x" * MAX_TEXT_LENGTH})
        assert made["n_characters"] == MAX_TEXT_LENGTH
    check_problem(api.post(address, {**body, "text": "x" * (MAX_TEXT_LENGTH + 1)}), "invalid", "#/text")


@pytest.mark.parametrize(
    ("name", "key", "item"),
    [
        ("parties", "aliases", None),
        ("relations", "aspects", "what"),
        ("statements", "evidence", {"role": "cue", "quote": "The mayor"}),
        ("statements", "relays", {"is_gap": True}),
    ],
)
def test_a12_a_list_of_ten_thousand_is_refused(ground: Ground, api: Api, name: str, key: str, item: Any) -> None:
    address, body = ground.bodies[name]
    items = [item if item is not None else f"name {n}" for n in range(10_001)]
    answer = api.post(address, {**body, key: items})
    problem = check_problem(answer, "invalid")
    assert all(fault["pointer"].startswith(f"#/{key}") for fault in problem["errors"])
    assert len(problem["errors"]) <= 100


def test_a12_a_chain_of_a_thousand_gaps_is_no_chain(ground: Ground, api: Api) -> None:
    address, body = ground.bodies["statements"]
    check_problem(api.post(address, {**body, "relays": [{"is_gap": True}] * 1_000}), "invalid")


def test_a2_ten_thousand_keys_are_refused(ground: Ground, api: Api) -> None:
    address, body = ground.bodies["claims"]
    check_problem(api.post(address, {**body, **{f"key{n}": n for n in range(10_001)}}), "invalid")


def test_a12_a_body_larger_than_the_server_takes_is_refused_unread(ground: Ground, api: Api, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000  # bytes
    for address, body in ground.bodies.values():
        padded = json.dumps(body).encode().ljust(10_001)
        check_problem(_post(api, address, padded), "too-large")
        with undone():
            assert _post(api, address, padded[:10_000]).status_code == 201


# --- wrong types -----------------------------------------------------------------------------------------------------

_TYPES: list[tuple[type[Any], str]] = [
    (serializers.BooleanField, "boolean"),
    (serializers.IntegerField, "integer"),
    (serializers.DecimalField, "number"),
    (serializers.BaseSerializer, "object"),
]
_SAMPLES: dict[str, list[Any]] = {
    "null": [None],
    "boolean": [True, False],
    "integer": [1, 0],
    "number": [1.5],
    "string": ["true", "1", "yes", ""],
    "array": [[], ["x"]],
    "object": [{}, {"id": "x"}],
}
# What is taken as something else all the same: JSON has one sort of number, and a key may be left out.
_TAKEN = {"number": {"integer"}, "integer": set(), "boolean": set(), "string": {"string"}, "object": set()}


def _type_of(field: Any) -> str:
    return next((name for kind, name in _TYPES if isinstance(field, kind)), "string")


@pytest.mark.parametrize("name", MADE)
def test_a_value_of_another_type_is_refused_in_every_field(ground: Ground, api: Api, name: str) -> None:
    """What a schema calls a string, a number or a truth value is that in JSON, and is not made of something else."""
    address, body = ground.bodies[name]
    taken = []
    for field in fields_of(name):
        own = _type_of(field.field)
        for kind, samples in _SAMPLES.items():
            if kind in (own, *_TAKEN[own]) or (kind == "null" and field.field.allow_null):
                continue
            if kind == "object" and isinstance(field.field, VisibleOrNew):
                samples = [{"id": "x"}]  # the body of a new row, which may be empty
            for sample in samples:
                with undone():
                    answer = api.post(address, with_value(body, field.path, sample))
                if answer.status_code == 201:
                    taken.append((field.pointer, sample))
                    continue
                problem = check_problem(answer, "invalid")
                places = [fault["pointer"] for fault in problem["errors"]]
                assert all(place.startswith(field.pointer) for place in places), (field.pointer, sample, places)
    assert taken == []


@pytest.mark.parametrize(
    ("name", "key"),
    [("parties", "aliases"), ("relations", "aspects"), ("statements", "evidence"), ("statements", "relays")],
)
def test_a_list_is_a_list(ground: Ground, api: Api, name: str, key: str) -> None:
    address, body = ground.bodies[name]
    for value in (None, True, 1, 1.5, "x", {}, {"0": body[key][0]}):
        problem = check_problem(api.post(address, {**body, key: value}), "invalid")
        assert all(fault["pointer"].startswith(f"#/{key}") for fault in problem["errors"])
    for value in ([None], [1], [True], [[]], [{"0": 1}], [body[key]]):
        problem = check_problem(api.post(address, {**body, key: value}), "invalid")
        assert all(fault["pointer"].startswith(f"#/{key}/0") for fault in problem["errors"])


@pytest.mark.parametrize("name", MADE)
def test_a_word_that_is_in_no_vocabulary_is_refused(ground: Ground, api: Api, name: str) -> None:
    address, body = ground.bodies[name]
    for field in fields_of(name):
        if not isinstance(field.field, serializers.ChoiceField):
            continue
        known = next(iter(field.field.choices))
        for word in ("nonsense", known.upper(), f" {known}", f"{known}\n", f"{known}\u200b"):
            if word not in field.field.choices:  # a grade has no other spelling
                check_problem(api.post(address, with_value(body, field.path, word)), "invalid", field.pointer)


_NO_TIMES = [
    "",
    "yesterday",
    "2020-13-01T00:00:00Z",
    "2020-02-30T00:00:00Z",
    "2020-01-01T25:00:00Z",
    "2020-01-01T00:00:00+99:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "1588550400",
    "20200-01-01T00:00:00Z",
]
_NO_DAYS = [
    "",
    "yesterday",
    "2020-02-30",
    "0000-01-01",
    "2020-1-1T",
    "10000-01-01",
    "2020-05-01T00:00:00Z",
    "01.05.2020",
]
_NO_UUIDS = ["", "1", "x", "01890000-0000-7000-8000-00000000000", "g1890000-0000-7000-8000-000000000000"]


@pytest.mark.parametrize("name", MADE)
def test_what_is_no_day_no_time_no_number_and_no_id_is_refused(ground: Ground, api: Api, name: str) -> None:
    address, body = ground.bodies[name]
    taken = []
    for field in fields_of(name):
        wrong: list[Any] = []
        if isinstance(field.field, serializers.DateTimeField):
            wrong = _NO_TIMES
        elif isinstance(field.field, serializers.DateField):
            wrong = _NO_DAYS
        elif isinstance(field.field, serializers.DecimalField):
            wrong = [1e15, -1e15, 1e300, 0.0001, 10**13]
        elif isinstance(field.field, serializers.IntegerField):
            wrong = [-1, 2**31, 10**19, 1.5]
        elif field.is_link:
            wrong = _NO_UUIDS
        elif isinstance(field.field, serializers.URLField):
            wrong = [
                "x",
                "javascript:alert(1)",
                "//example.org",
                "file:///etc/passwd",
                "data:text/html,x",
                " https://a.example",
            ]
        elif isinstance(field.field, serializers.SlugField):
            wrong = ["a b", "a/b", "../x", "a.b", "a\n", "<b>"]
        for value in wrong:
            with undone():
                answer = api.post(address, with_value(body, field.path, value))
            if answer.status_code == 201:
                taken.append((field.pointer, value))
            else:
                check_problem(answer, "invalid", field.pointer)
    assert taken == []


# --- ids -------------------------------------------------------------------------------------------------------------


def _row_of(story: Story, field: Field) -> Record:
    """Return a row of the story to which this field could point."""
    model = field.field.queryset.model
    return next(row for row in vars(story).values() if isinstance(row, model))


LINKS = [(name, field) for name in MADE for field in fields_of(name) if field.is_link and 1 not in field.path]


@pytest.mark.parametrize(("name", "field"), LINKS, ids=lambda value: getattr(value, "pointer", value))
def test_d3_an_id_of_another_case_is_refused_where_it_stands(ground: Ground, api: Api, name: str, field: Field) -> None:
    address, body = ground.bodies[name]
    foreign = _row_of(ground.other, field)
    changed = with_value(body, field.path, str(foreign.uid))
    if field.path == ("case",):
        if any(other.is_link and other.path != ("case",) for other in fields_of(name)):
            check_problem(api.post(address, changed), "invalid")
        return
    if name in ("excerpts", "statement-ratings", "conclusions"):  # these have the case of what they are on
        return
    problem = check_problem(api.post(address, changed), "invalid", field.pointer)
    assert "other_case" in {fault["code"] for fault in problem["errors"]}


@pytest.mark.parametrize(("name", "field"), LINKS, ids=lambda value: getattr(value, "pointer", value))
def test_d3_an_id_of_nothing_or_of_something_else_is_refused_where_it_stands(
    ground: Ground, api: Api, name: str, field: Field
) -> None:
    address, body = ground.bodies[name]
    own = _row_of(ground.story, field)
    answers = []
    for row in {type(row): row for row in vars(ground.story).values()}.values():
        if type(row) is not type(own):
            answers.append(api.post(address, with_value(body, field.path, str(row.uid))))
    for uid in (ABSENT, "00000000-0000-0000-0000-000000000000"):
        answers.append(api.post(address, with_value(body, field.path, uid)))
    for answer in answers:
        problem = check_problem(answer, "invalid", field.pointer)
        assert [fault["code"] for fault in problem["errors"]] == ["does_not_exist"]
    assert len({answer.content for answer in answers}) == 1


def test_a_version_that_there_is_not_is_refused(ground: Ground, api: Api) -> None:
    for name in ("excerpts", "statements"):
        address, body = ground.bodies[name]
        for number in (2, 0, 2**31 - 1):
            check_problem(api.post(address, {**body, "version": number}), "invalid", "#/version")


# --- A9: words that are not there ------------------------------------------------------------------------------------

WRONG_WORDS: dict[str, tuple[Body, str, str]] = {
    "not in the text": ({"quote": "The bridge fell"}, "quote", "quote_not_found"),
    "in another case": ({"quote": "the Mayor would not say"}, "quote", "quote_not_found"),
    "in another form": ({"quote": "E\u0301lan"}, "quote", "quote_not_found"),
    "with other spaces": ({"quote": "The  mayor"}, "quote", "quote_not_found"),
    "with a space more": ({"quote": " Mira Holt"}, "quote", "quote_not_found"),
    "empty": ({"quote": ""}, "quote", "blank"),
    "twice": ({"quote": "crossed"}, "quote", "quote_ambiguous"),
    "many times": ({"quote": "e"}, "quote", "quote_ambiguous"),
    "not after these": ({"quote": "The mayor", "prefix": "the "}, "quote", "quote_not_found"),
    "not before these": ({"quote": "The mayor", "suffix": "ess"}, "quote", "quote_not_found"),
    "nothing": ({}, "quote", "no_words"),
    "neighbours alone": ({"prefix": "a", "suffix": "b"}, "quote", "no_words"),
    "start alone": ({"start": 1}, "end", "half_a_place"),
    "end alone": ({"end": 1}, "start", "half_a_place"),
    "half a place and a quote": ({"end": 9, "quote": "Mira Holt"}, "start", "half_a_place"),
    "backwards": ({"start": 5, "end": 4}, "end", "empty_place"),
    "no length": ({"start": 5, "end": 5}, "end", "empty_place"),
    "before the text": ({"start": -1, "end": 4}, "start", "min_value"),
    "past the text": ({"start": 0, "end": 10_000}, "end", "past_the_end"),
    "far past the text": ({"start": 2**31 - 2, "end": 2**31 - 1}, "end", "past_the_end"),
    "other words there": ({"start": 0, "end": 4, "quote": "Tom "}, "quote", "quote_differs"),
    "other words of that length": ({"start": 1, "end": 10, "quote": "Mira Holt"}, "quote", "quote_differs"),
}


@pytest.mark.parametrize("kind", WRONG_WORDS)
def test_a9_words_that_do_not_stand_there_are_refused(ground: Ground, api: Api, kind: str) -> None:
    words, place, code = WRONG_WORDS[kind]
    for name in ("excerpts", "statements"):
        address, body = minimal_bodies(ground.story)[name]
        del body["quote"]
        problem = check_problem(api.post(address, {**body, **words}), "invalid")
        assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [(f"#/{place}", code)]
    address, body = ground.bodies["statements"]
    evidence = [body["evidence"][0], {"role": "cue", **words}]
    problem = check_problem(api.post(address, {**body, "evidence": evidence}), "invalid")
    found = [(fault["pointer"], fault["code"]) for fault in problem["errors"]]
    assert found == [(f"#/evidence/1/{place}", code)]


def test_a9_a_quote_in_another_form_is_told_what_the_text_has(ground: Ground, api: Api) -> None:
    address, body = minimal_bodies(ground.story)["excerpts"]
    problem = check_problem(api.post(address, {**body, "quote": "E\u0301LAN of the  council"}), "invalid", "#/quote")
    assert "'Élan of the council'" in problem["errors"][0]["detail"]


# --- what does not go together ---------------------------------------------------------------------------------------


def _faults(answer: Any) -> set[tuple[str, str]]:
    return {(fault["pointer"], fault["code"]) for fault in check_problem(answer, "invalid")["errors"]}


def _statement(ground: Ground, **fields: Any) -> Body:
    _, body = minimal_bodies(ground.story)["statements"]
    return {key: value for key, value in {**body, **fields}.items() if value is not ...}


def test_a_party_stands_at_most_once_in_a_chain(ground: Ground, api: Api) -> None:
    post, council, speaker = (
        {"party": str(party.uid)} for party in (ground.story.post, ground.story.council, ground.story.mira)
    )
    twice = api.post("statements", _statement(ground, relays=[post, council, post]))
    assert _faults(twice) == {("#/relays/2/party", "twice")}
    assert _faults(api.post("statements", _statement(ground, relays=[post, speaker]))) == {
        ("#/relays/1/party", "twice")
    }


def test_a_hop_is_a_party_or_a_gap(ground: Ground, api: Api) -> None:
    post = str(ground.story.post.uid)
    for hop in ({}, {"is_gap": False}, {"party": None}, {"party": post, "is_gap": True}, {"cue": "someone"}):
        answer = api.post("statements", _statement(ground, relays=[{"is_gap": True}, hop]))
        assert _faults(answer) == {("#/relays/1/party", "party_or_gap")}, hop


def test_the_same_words_stand_once_in_a_role(ground: Ground, api: Api) -> None:
    words = {"quote": "Mira Holt"}
    twice = _statement(
        ground, evidence=[{"role": "cue", **words}, {"role": "source", **words}, {"role": "cue", **words}]
    )
    assert _faults(api.post("statements", twice)) == {("#/evidence/2/quote", "twice")}
    main = _statement(ground)
    again = main | {"evidence": [{"role": "content", "quote": main["quote"]}]}
    assert _faults(api.post("statements", again)) == {("#/evidence/0/quote", "twice")}


def test_a_voice_and_its_speaker_belong_together(ground: Ground, api: Api) -> None:
    missing = {("#/speaker", "speaker_missing")}
    assert _faults(api.post("statements", _statement(ground, speaker=...))) == missing
    assert _faults(api.post("statements", _statement(ground, speaker=None))) == missing
    for voice in ("author", "undisclosed"):
        assert _faults(api.post("statements", _statement(ground, voice=voice))) == {("#/speaker", "speaker_not_wanted")}


def test_a_retraction_takes_back_what_its_own_speaker_said(ground: Ground, api: Api) -> None:
    story = ground.story
    alone = _statement(ground, stance="retracts")
    assert _faults(api.post("statements", alone)) == {("#/supersedes", "retracts_nothing")}
    for stance in ("retracts", "asserts"):
        of_another = _statement(ground, stance=stance, supersedes=str(story.denied.uid))
        assert _faults(api.post("statements", of_another)) == {("#/supersedes", "other_speaker")}
    of_nobody = _statement(ground, voice="author", speaker=..., supersedes=str(story.heard.uid))
    assert _faults(api.post("statements", of_nobody)) == {("#/supersedes", "other_speaker")}


def test_all_faults_of_a_statement_are_told_at_once(ground: Ground, api: Api) -> None:
    body = _statement(
        ground,
        speaker=None,
        stance="retracts",
        quote="nowhere",
        evidence=[{"role": "cue", "quote": "nowhere either"}],
        relays=[{}],
    )
    assert _faults(api.post("statements", body)) == {
        ("#/speaker", "speaker_missing"),
        ("#/supersedes", "retracts_nothing"),
        ("#/quote", "quote_not_found"),
        ("#/evidence/0/quote", "quote_not_found"),
        ("#/relays/0/party", "party_or_gap"),
    }


@pytest.mark.parametrize(
    ("fields", "place", "code"),
    [
        ({"occurred_from": "2020-05-02", "occurred_to": "2020-05-01"}, "occurred_to", "ends_early"),
        ({"quantity_low": 3, "quantity_high": 2.999}, "quantity_high", "high_below_low"),
        ({"unit": "km"}, "unit", "no_quantity"),
        ({"quantity_approximate": True}, "quantity_approximate", "no_quantity"),
        ({"text": ""}, "text", "blank"),
    ],
)
def test_a_claim_makes_sense(ground: Ground, api: Api, fields: Body, place: str, code: str) -> None:
    address, body = minimal_bodies(ground.story)["claims"]
    assert _faults(api.post(address, {**body, **fields})) == {(f"#/{place}", code)}


def _relation(a: Any, b: Any, kind: str, **fields: Any) -> Body:
    return {"claim_a": str(a.uid), "claim_b": str(b.uid), "kind": kind, **fields}


def test_a_claim_has_no_relation_to_itself(ground: Ground, api: Api) -> None:
    claim = ground.story.lorries
    for kind in ("equivalent", "entails", "supports"):
        assert _faults(api.post("relations", _relation(claim, claim, kind))) == {("#/claim_b", "self_relation")}
    body = _relation(claim, claim, "contradicts", strength="contrary")
    assert _faults(api.post("relations", body)) == {("#/claim_b", "self_relation")}


def test_a_pair_is_related_once_in_one_way_whichever_comes_first(ground: Ground, api: Api) -> None:
    story = ground.story
    taken = {("#/claim_b", "duplicate")}
    for a, b in ((story.is_open, story.is_shut), (story.is_shut, story.is_open)):
        for strength in ("contradictory", "tension"):
            assert _faults(api.post("relations", _relation(a, b, "contradicts", strength=strength))) == taken
    assert _faults(api.post("relations", _relation(story.gates_shut, story.is_shut, "entails"))) == taken
    with undone():
        api.write("relations", _relation(story.is_shut, story.gates_shut, "entails"))
        api.write("relations", _relation(story.lorries, story.gates_shut, "equivalent"))
        assert _faults(api.post("relations", _relation(story.gates_shut, story.lorries, "equivalent"))) == taken


def test_a_relation_that_makes_a_class_contradict_itself_is_refused_when_it_is_judged(ground: Ground, api: Api) -> None:
    story = ground.story
    for a, b, kind in (
        (story.is_open, story.is_shut, "equivalent"),
        (story.is_shut, story.is_open, "entails"),
        (story.gates_shut, story.is_open, "entails"),
    ):
        judged = _relation(a, b, kind, judgement="positive")
        assert _faults(api.post("relations", judged)) == {("#/judgement", "class_contradicts")}
        with undone():
            for judgement in ("unjudged", "unsure", "negative"):
                with undone():
                    api.write("relations", judged | {"judgement": judgement})


@pytest.mark.parametrize(
    ("fields", "place", "code"),
    [
        ({"kind": "contradicts"}, "strength", "strength_missing"),
        ({"kind": "contradicts", "strength": ""}, "strength", "strength_missing"),
        ({"kind": "entails", "strength": "contrary"}, "strength", "strength_not_wanted"),
        ({"kind": "supports", "aspects": ["who"]}, "aspects", "aspects_not_wanted"),
        ({"kind": "contradicts", "strength": "contrary", "aspects": ["who", "who"]}, "aspects", "aspect_twice"),
        ({"kind": "contradicts", "strength": "contrary", "aspects": ["why"]}, "aspects/0", "invalid_choice"),
    ],
)
def test_a_relation_makes_sense(ground: Ground, api: Api, fields: Body, place: str, code: str) -> None:
    body = {"claim_a": str(ground.story.lorries.uid), "claim_b": str(ground.story.is_shut.uid), **fields}
    assert _faults(api.post("relations", body)) == {(f"#/{place}", code)}


def _link(ground: Ground, start: Any, end: Any, kind: str, **fields: Any) -> Body:
    return {"case": str(ground.story.case.uid), "from": str(start.uid), "to": str(end.uid), "kind": kind, **fields}


def test_a_party_has_no_link_to_itself_not_even_through_others(ground: Ground, api: Api) -> None:
    story = ground.story
    for kind in ("part_of", "controlled_by", "speaks_for", "same_as"):
        ((place, code),) = _faults(api.post("party-links", _link(ground, story.tom, story.tom, kind)))
        assert (place, code) in {("#/to", "self_link"), ("#/to", "circle")}
    back = _link(ground, story.council, story.mira, "speaks_for")  # Mira speaks for the council
    assert _faults(api.post("party-links", back)) == {("#/to", "circle")}
    with undone():
        api.write("party-links", _link(ground, story.tom, story.post, "controlled_by"))
        api.write("party-links", _link(ground, story.post, story.council, "controlled_by"))
        around = _link(ground, story.council, story.tom, "controlled_by")
        assert _faults(api.post("party-links", around)) == {("#/to", "circle")}
        api.write("party-links", around | {"judgement": "negative"})


def test_two_parties_are_linked_once_in_one_way(ground: Ground, api: Api) -> None:
    story = ground.story
    taken = {("#/to", "duplicate")}
    assert _faults(api.post("party-links", _link(ground, story.mira, story.council, "speaks_for"))) == taken
    for one, other in ((story.witness, story.tom), (story.tom, story.witness)):
        assert _faults(api.post("party-links", _link(ground, one, other, "same_as"))) == taken
    late = _link(ground, story.tom, story.post, "part_of", since="2020-01-02", until="2020-01-01")
    assert _faults(api.post("party-links", late)) == {("#/until", "ends_early")}


def test_an_unnamed_party_and_an_alias_given_twice_are_no_shared_party(ground: Ground, api: Api) -> None:
    address, body = minimal_bodies(ground.story)["parties"]
    unnamed = {**body, "case": None, "naming": "unnamed"}
    assert _faults(api.post(address, unnamed)) == {("#/naming", "no_case")}
    assert _faults(api.post(address, {**body, "aliases": ["A", "B", "A"]})) == {("#/aliases", "twice")}
    assert _faults(api.post(address, {**body, "aliases": ["A", ""]})) == {("#/aliases/1", "blank")}


# --- E6: pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LIST_ROUTES)
def test_a_page_has_one_to_a_thousand_rows(ground: Ground, api: Api, path: str) -> None:
    address = _addresses(ground, path)
    for limit in (
        "0",
        "-1",
        "1001",
        "1000000000",
        "9" * 400,
        "a",
        "",
        "1.0",
        "1e2",
        "٣",
        "+1",
        " 1",
        "0x1",
        "1_0",
        "²",
    ):
        check_problem(api.get(address, limit=limit), "invalid", "limit")
    for limit in ("1", "1000", "0001"):
        assert api.get(address, limit=limit).status_code == 200


@pytest.fixture(scope="module")
def cursors(ground: Ground) -> dict[str, str]:
    """A good cursor of every list."""
    found = {}
    for path in LIST_ROUTES:
        page = ground.api.read(_addresses(ground, path), limit=1)
        if page["next"]:
            found[path] = page["next"].partition("cursor=")[2]
    assert len(found) >= len(LIST_ROUTES) - 3  # of one row
    return found


@pytest.mark.parametrize("path", LIST_ROUTES)
def test_a_cursor_is_good_for_the_list_that_gave_it_and_nothing_else(
    ground: Ground, api: Api, cursors: dict[str, str], path: str
) -> None:
    address = _addresses(ground, path)
    own = cursors.get(path)
    forged = ["", "x", "1", "a:b:c", "%00x", "é", "x" * 9_000]
    if own:
        assert api.get(f"{address}?cursor={own}&limit=2").status_code == 200
        value, time_, signature = own.replace("%3A", ":").split(":")
        forged += [
            f"{value}:{time_}:",
            f"{value}:{time_}:{signature[:-1]}",
            f"{value}x:{time_}:{signature}",
            f"{value}:{signature}",
        ]
        forged += [own[:-4], own + "A"]
        for filters in ("case", "q", "tensions", "live"):
            answer = api.get(
                f"{address}?cursor={own}&{filters}=" + {"tensions": "only", "live": "all"}.get(filters, ABSENT)
            )
            assert answer.status_code == 400
    for text in forged:
        answer = api.get(f"{address}?cursor={text}")
        check_problem(answer, "invalid", "cursor")
    for other, text in cursors.items():
        if other != path:
            check_problem(api.get(f"{address}?cursor={text}"), "invalid", "cursor")


def test_a_cursor_of_one_row_is_not_good_for_another(ground: Ground, api: Api) -> None:
    for template, row, other in (
        ("cases/{}/conflicts/", ground.story.case, ground.other.case),
        ("cases/{}/proposals/", ground.story.case, ground.other.case),
        ("claims/{}/evidence/", ground.story.is_open, ground.other.is_open),
    ):
        page = api.read(template.format(row.uid), limit=1)
        if page["next"]:
            cursor = page["next"].partition("cursor=")[2]
            check_problem(api.get(template.format(other.uid) + f"?cursor={cursor}"), "invalid", "cursor")


# --- wrong media and wrong methods -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/html",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "application/json-patch+json",
        "application/ld+json",
        "nonsense",
        "application/",
        "\xff",
        "",
    ],
    ids=ascii,
)
def test_a_body_that_does_not_say_that_it_is_json_is_refused(ground: Ground, api: Api, content_type: str) -> None:
    for address, body in ground.bodies.values():
        answer = api.send("POST", f"{ROOT}{address}/", json.dumps(body).encode(), content_type=content_type)
        check_problem(answer, "unsupported-media-type")


def test_json_is_json_with_parameters_too(ground: Ground, api: Api) -> None:
    address, body = ground.bodies["questions"]
    for content_type in ("application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8;x=1"):
        with undone():
            data = json.dumps(body, ensure_ascii=False).encode()
            assert api.send("POST", f"{ROOT}{address}/", data, content_type=content_type).status_code == 201


@pytest.mark.parametrize("path", sorted({path for path, *_ in routes()}))
def test_an_address_takes_the_methods_that_it_names_and_no_other(ground: Ground, api: Api, path: str) -> None:
    known = {method for template, method, *_ in routes() if template == path} | {"OPTIONS"}
    known |= {"HEAD"} if "GET" in known else set()
    address = _addresses(ground, path)
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND"):
        if method not in known:
            answer = api.send(method, address, b"{}")
            check_problem(answer, "method-not-allowed")
            assert set(answer["Allow"].split(", ")) == known
    for method in known & {"HEAD", "OPTIONS"} if path in GET_ROUTES else {"OPTIONS"}:
        assert api.send(method, address).status_code == 200


def test_the_options_of_a_row_are_those_of_any_row(ground: Ground, api: Api) -> None:
    for path in GET_ROUTES:
        if is_of_a_row(path):
            here, nowhere = (
                api.send("OPTIONS", f"{ROOT}{fill(path, uid)}").content
                for uid in (ground.story.key_of(collection_of(path)), absent(path))
            )
            assert here == nowhere


def test_what_is_nowhere_is_a_problem_as_well(ground: Ground) -> None:
    for path in (
        "nothing/",
        "claims/x/",
        "claims.json",
        "claims/..",
        "../v2/",
        "claims//",
        f"claims/{ABSENT}/nothing/",
    ):
        answer = Client().get(f"{ROOT}{path}")
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
