"""The OpenAPI document is whole, says what is so, and can be read without the outside world."""

import json
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from rest_framework import serializers

from sources.ledger import By
from tests import factories as make

from .bodies import Field, fields_of, full_bodies, minimal_bodies, with_value
from .calling import (
    ABSENT,
    GET_ROUTES,
    LIST_ROUTES,
    MADE,
    ROOT,
    Api,
    absent,
    collection_of,
    fill,
    is_of_a_row,
    routes,
    undone,
)
from .checking import FORMATS
from .conftest import filled, import_seed
from .stories import Story, tell

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

JSON, PROBLEM = "application/json", "application/problem+json"


class World:
    """Two cases to be read, and the document that says how."""

    def __init__(self) -> None:
        self.seed = import_seed()
        self.story: Story = tell(make.make_case())
        self.api = Api.of(make.make_admin())
        answer = self.api.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
        assert answer.status_code == 200
        self.document: dict[str, Any] = json.loads(answer.content)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Two cases and the document, for all tests of this module."""
    with filled(django_db_blocker):
        yield World()


@pytest.fixture
def document(world: World, db: None) -> dict[str, Any]:
    """The OpenAPI document."""
    return world.document


def _template(path: str) -> str:
    """Return the address of a route as OpenAPI writes it."""
    return ROOT + re.sub(r"<\w+:(\w+)>", r"{\1}", path)


def _operation(document: dict[str, Any], path: str, method: str) -> dict[str, Any]:
    found: dict[str, Any] = document["paths"][_template(path)][method.lower()]
    return found


def _checker() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, check in FORMATS.items():
        checker.checks(name, raises=ValueError)(lambda value, check=check: not isinstance(value, str) or check(value))
    relative = FORMATS["uri"]
    checker.checks("uri-reference", raises=ValueError)(
        lambda value: not isinstance(value, str) or value.startswith("/") or relative(value)
    )
    return checker


@cache
def _registry(components: str) -> Registry[Any]:
    """Return the schemas of a document, read through once for all values that are held against them."""
    return (
        Registry()
        .with_resource(
            "urn:document", DRAFT202012.create_resource(json.loads(components.replace('"#/components/', '"#/')))
        )
        .crawl()
    )


@cache
def _validator(schema: str, components: str) -> Draft202012Validator:
    absolute = json.loads(schema.replace('"#/components/', '"urn:document#/'))
    return Draft202012Validator(absolute, registry=_registry(components), format_checker=_checker())


def find_errors(document: dict[str, Any], schema: dict[str, Any], value: Any) -> list[str]:
    """Return what a value breaks of a schema of the document."""
    validator = _validator(json.dumps(schema), json.dumps(document["components"]))
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value)]


def check_answer(document: dict[str, Any], operation: dict[str, Any], answer: Any) -> None:
    """Check that an answer is one of those that the operation may give."""
    described = operation["responses"].get(str(answer.status_code))
    assert described is not None, f"{answer.status_code} is not among {sorted(operation['responses'])}"
    content = described["content"][answer["Content-Type"]]
    assert find_errors(document, content["schema"], json.loads(answer.content)) == []


# --- the document --------------------------------------------------------------------------------------------------


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    validate_schema(document)


def test_making_it_leaves_nothing_to_be_guessed(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    """What the generator cannot tell of itself it says on stderr, rows of the database included."""
    out = StringIO()
    call_command("spectacular", "--fail-on-warn", stdout=out)
    told = capfd.readouterr()
    assert "Warning" not in told.err + told.out
    assert out.getvalue().startswith("openapi: 3.1")


def test_making_it_asks_the_database_nothing(world: World, django_assert_num_queries: Any) -> None:
    from drf_spectacular.generators import SchemaGenerator

    with django_assert_num_queries(0):
        SchemaGenerator().get_schema(request=None, public=True)


def test_every_way_to_ask_is_in_it_and_nothing_else(document: dict[str, Any]) -> None:
    known = {(_template(path), method.lower()) for path, method, *_ in routes()}
    told = {
        (path, method)
        for path, methods in document["paths"].items()
        for method in methods
        if path.startswith(ROOT) and method != "parameters"
    }
    assert told == known
    assert {path for path in document["paths"] if not path.startswith(ROOT)} == set()


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def test_every_reference_leads_somewhere_and_every_schema_is_one(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    used = set(_references(document))
    assert used == {f"#/components/schemas/{name}" for name in schemas}
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(document: dict[str, Any]) -> None:
    operations = [
        one for methods in document["paths"].values() for name, one in methods.items() if name != "parameters"
    ]
    names = [one["operationId"] for one in operations]
    assert len(names) == len(set(names))
    assert not [name for name in names if re.search(r"_\d+$", name)]
    for one in operations:
        assert len(one["tags"]) == 1
        assert one["description"].strip()
        assert one["security"]
        assert {} not in one["security"]  # nothing is for strangers


def test_both_ways_to_say_who_one_is_are_told(document: dict[str, Any]) -> None:
    schemes = document["components"]["securitySchemes"].values()
    places = {(scheme["type"], scheme.get("in"), scheme.get("name", scheme.get("scheme"))) for scheme in schemes}
    assert ("apiKey", "cookie", "sessionid") in places
    assert any(place in places for place in (("apiKey", "header", "Authorization"), ("http", None, "token")))


@pytest.mark.parametrize(("path", "method"), sorted((path, method) for path, method, *_ in routes()))
def test_an_operation_names_its_parameters_and_the_answers_it_may_give(
    document: dict[str, Any], path: str, method: str
) -> None:
    view, action = next((view, action) for *route, view, action in routes() if route == [path, method])
    operation = _operation(document, path, method)
    in_query = {one["name"]: one for one in operation.get("parameters", []) if one["in"] == "query"}
    in_path = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
    known = {parameter.name for parameter in view(action=action).describe_parameters(action)}
    assert set(in_query) == known
    assert in_path == set(re.findall(r"<\w+:(\w+)>", path))
    for one in in_query.values():
        assert one["description"]
        assert not one.get("required")
    codes = set(operation["responses"])
    expected = {"400", "401", "403", "406", "503"} | {
        "GET": {"200", "304"},
        "POST": {"200" if action == "merger" else "201", "409", "413", "415", "422"},
        "PUT": {"200", "409", "412", "413", "415", "428"},
        "PATCH": {"200", "409", "412", "413", "415", "428"},
        "DELETE": {"409", "412", "428"} | ({"200"} if action != "destroy" else {"204"}),
    }[method]
    expected |= {"404"} if is_of_a_row(path) else set()
    expected |= {"301"} if action == "retrieve" and path in ("parties/<uuid:id>/", "claims/<uuid:id>/") else set()
    expected |= {"412", "428"} if action == "merger" else set()  # what is made to be one was there before
    assert codes >= expected
    in_header = {one["name"]: bool(one.get("required")) for one in operation["parameters"] if one["in"] == "header"}
    assert (
        in_header
        == {
            "GET": {"If-None-Match": False},
            "POST": {"Idempotency-Key": False} | ({"If-Match": True} if action == "merger" else {}),
            "PUT": {"If-Match": True},
            "PATCH": {"If-Match": True},
            "DELETE": {"If-Match": True},
        }[method]
    )
    for code, answer in operation["responses"].items():
        if code >= "400":
            assert set(answer["content"]) == {PROBLEM}
        elif code in ("200", "201"):
            assert set(answer["content"]) == {JSON} | ({"text/csv"} if action == "comparison" else set())
    if "limit" in in_query:
        schema = in_query["limit"]["schema"]
        assert (schema["type"], schema["minimum"]) == ("integer", 1)
        assert schema["maximum"] == (10_000 if path.endswith("graph/") else 1000)


def test_the_unit_of_offsets_is_told(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in ("ExcerptReference", "ExcerptBody", "StatementBody"):
        text = json.dumps(schemas[name])
        assert "code point" in text, name


# --- what is answered ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GET_ROUTES)
def test_what_is_answered_is_what_was_described(world: World, db: None, path: str) -> None:
    operation = _operation(world.document, path, "GET")
    if not is_of_a_row(path):
        check_answer(world.document, operation, world.api.get(path, limit=200))
        check_answer(world.document, operation, world.api.get(path, limit=1))
        return
    rows = world.api.rows(collection_of(path))
    for row in rows[:: 1 + len(rows) // 12]:
        check_answer(world.document, operation, world.api.get(fill(path, row.get("id", row.get("sequence")))))


@pytest.mark.parametrize("path", GET_ROUTES)
def test_an_answer_with_something_missing_or_wrong_would_be_seen(world: World, db: None, path: str) -> None:
    operation = _operation(world.document, path, "GET")
    schema = operation["responses"]["200"]["content"][JSON]["schema"]
    few = {"limit": 2} if path in LIST_ROUTES else {}
    value = world.api.read(fill(path, world.story.key_of(collection_of(path))), **few)
    assert find_errors(world.document, schema, value) == []
    assert find_errors(world.document, schema, [])
    row = value["results"][0] if "results" in value else value
    for name in list(row):
        kept = row.pop(name)
        assert find_errors(world.document, schema, value), name
        row[name] = object
        is_open = isinstance(kept, dict) or name in ("before", "after")  # an image, null or not, has any columns
        row[name] = 1 if is_open else {"no": ["such", "thing"]}
        assert find_errors(world.document, schema, value), name
        row[name] = kept


@pytest.mark.parametrize("path", GET_ROUTES)
def test_a_refused_reading_is_what_was_described(world: World, db: None, path: str) -> None:
    operation = _operation(world.document, path, "GET")
    here = fill(path, world.story.key_of(collection_of(path)))
    answers = [world.api.get(here, colour="red"), Api().get(here)]
    if is_of_a_row(path):
        answers.append(world.api.get(fill(path, absent(path))))
    assert [answer.status_code for answer in answers] == [400, 401, 404][: len(answers)]
    for answer in answers:
        check_answer(world.document, operation, answer)


@pytest.mark.parametrize("collection", ["parties", "claims"])
def test_a_moved_row_is_what_was_described(world: World, by: By, collection: str) -> None:
    build = {"parties": make.make_party, "claims": make.make_claim}[collection]
    kept, merged = (build(world.story.case) for _ in range(2))
    with by.act("merge", world.story.case) as act:
        act.update(merged, merged_into=kept)
    for path, method in ((path, method) for path, method, *_ in routes() if path.startswith(f"{collection}/<")):
        answer = world.api.send(method, f"{ROOT}{fill(path, merged.uid)}")
        assert answer.status_code == 301, (method, path)
        check_answer(world.document, _operation(world.document, path, method), answer)


@pytest.mark.parametrize("name", MADE)
def test_what_a_writer_is_answered_is_what_was_described(world: World, db: None, name: str) -> None:
    address, body = full_bodies(world.story)[name]
    path = "documents/<uuid:id>/versions/" if name == "versions" else f"{name}/"
    operation = _operation(world.document, path, "POST")
    reader = Api.of(make.make_user(), is_read_only=True)
    with undone():
        made = world.api.post(address, body)
        assert made.status_code == 201
        check_answer(world.document, operation, made)
    for answer, status in (
        (world.api.post(address, {**body, "colour": "red"}), 400),
        (world.api.post(address, []), 400),
        (Api().post(address, body), 401),
        (reader.post(address, body), 403),
        (world.api.send("POST", f"{ROOT}{address}/", b"x", content_type="text/plain"), 415),
    ):
        assert answer.status_code == status
        check_answer(world.document, operation, answer)


# --- what is taken -------------------------------------------------------------------------------------------------


def _body_schema(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the schema of what makes one of these; many are made of a list of the same."""
    path = "documents/<uuid:id>/versions/" if name == "versions" else f"{name}/"
    content = _operation(document, path, "POST")["requestBody"]["content"]
    assert set(content) == {JSON}
    schema: dict[str, Any] = content[JSON]["schema"]
    if "oneOf" in schema:
        schema, many = schema["oneOf"]
        assert many == {"type": "array", "items": schema, "minItems": 1, "maxItems": 1000}
    return schema


@pytest.mark.parametrize("name", MADE)
def test_what_is_taken_is_what_was_described(world: World, db: None, name: str) -> None:
    schema = _body_schema(world.document, name)
    for _, body in (full_bodies(world.story)[name], minimal_bodies(world.story)[name]):
        assert find_errors(world.document, schema, body) == []
    _, needed = minimal_bodies(world.story)[name]
    for key in set(needed) - {"quote", "speaker", "strength"}:  # these depend on what else is said
        assert find_errors(world.document, schema, {k: v for k, v in needed.items() if k != key}), key


def _at(document: dict[str, Any], schema: dict[str, Any], field: Field) -> dict[str, Any]:
    """Return the schema of one value of a body."""
    for part in field.path:
        while "$ref" in schema or "anyOf" in schema:
            if "anyOf" in schema:
                schema = schema["anyOf"][0]
            else:
                schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        schema = schema["items"] if isinstance(part, int) else schema["properties"][part]
    return next(iter(schema.get("anyOf") or schema.get("oneOf") or [schema]))  # the first of several is the full one


@pytest.mark.parametrize("name", MADE)
def test_every_field_is_described_with_its_type_and_its_limits(world: World, db: None, name: str) -> None:
    whole = _body_schema(world.document, name)
    _, body = full_bodies(world.story)[name]
    for field in fields_of(name):
        schema = _at(world.document, whole, field)
        if field.is_link:
            assert schema.get("format") == "uuid", field.pointer
        limit = getattr(field.field, "max_length", None)
        if field.is_text and limit:
            assert schema.get("maxLength") == limit, field.pointer
        for wrong in (["x"], {"x": 1}) + (("nonsense",) if isinstance(field.field, serializers.ChoiceField) else ()):
            changed = with_value(body, field.path, wrong)
            assert find_errors(world.document, whole, changed), (field.pointer, wrong)
        if field.field.allow_null:
            assert find_errors(world.document, whole, with_value(body, field.path, None)) == [], field.pointer


# --- its page ------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """What a page loads, and what it says in itself that a strict policy forbids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self._within = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note addresses, and attributes that are style or script."""
        self._within = tag
        for name, value in attrs:
            if name in ("src", "href", "action", "data", "srcset", "poster"):
                self.addresses.append(value or "")
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")

    def handle_data(self, data: str) -> None:
        """Note style and script that stand in the page."""
        if self._within in ("script", "style") and data.strip():
            self.inline.append(data.strip()[:80])

    def handle_endtag(self, tag: str) -> None:
        """Leave the element."""
        self._within = ""


def policy_of(answer: Any) -> dict[str, set[str]]:
    """Return the Content-Security-Policy by directive."""
    parts = [part.split() for part in answer["Content-Security-Policy"].split(";") if part.strip()]
    return {name: set(values) for name, *values in parts}


@pytest.fixture
def unhashed_static_files(settings: Any) -> None:
    """Static files under their own names, since nothing was collected."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}


def test_its_page_needs_nothing_from_elsewhere(world: World, db: None, unhashed_static_files: None) -> None:
    answer = world.api.get("/api/docs/")
    assert answer.status_code == 200
    page = Page(answer.content.decode())
    assert page.inline == []
    assert len(page.addresses) >= 4
    for address in page.addresses:
        assert re.fullmatch(r"/(?!/)[^\s]*", address), address
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
        else:
            loaded = world.api.send("GET", address)
            assert loaded.status_code == 200
            assert not re.search(r"(https?:)?//(?!testserver)[a-z]", loaded.content.decode()), address
    policy = policy_of(answer)
    assert policy["default-src"] == {"'self'"}
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == {"'none'"}
    assert policy["img-src"] <= {"'self'", "data:"}
    for name, sources in policy.items():
        if name not in ("img-src",):
            assert sources <= {"'self'", "'none'"}, name


def test_its_page_reads_the_document_of_this_very_server(world: World, db: None, unhashed_static_files: None) -> None:
    page = Page(world.api.get("/api/docs/").content.decode())
    (script,) = [address for address in page.addresses if "script" in address and not address.startswith("/static/")]
    assert "/api/schema/" in world.api.send("GET", script).content.decode()


def test_every_type_of_problem_is_explained_where_it_says(world: World, db: None) -> None:
    from claims_tracker.errors import PROBLEMS

    answer = Api().get("/api/problems/")
    assert answer.status_code == 200
    page = answer.content.decode()
    for slug, problem in PROBLEMS.items():
        assert f'id="{slug}"' in page
        assert problem.title.replace("'", "&#x27;") in page
    told = world.api.get(f"claims/{ABSENT}").json()["type"]
    address, _, anchor = told.partition("#")
    assert Api().get(address).status_code == 200
    assert anchor in PROBLEMS
