"""How the tests call the API: over HTTP, as a program would, by addresses, bytes and headers."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern

from claims.api import urls
from claims_tracker.errors import CONTENT_TYPE as PROBLEM
from claims_tracker.errors import PROBLEMS
from sources.models import Change, Record
from tests import factories as make

ROOT = "/api/v1/"
ORIGIN = "http://testserver"
ABSENT = "01890000-0000-7000-8000-000000000000"  # the id of nothing
MAX_LIMIT = 1000  # rows of one page at most

COLLECTIONS: list[str] = [prefix for prefix, _, _ in urls.router.registry]
RESOURCES: dict[str, Any] = {prefix: resource for prefix, resource, _ in urls.router.registry}
MADE = [*(name for name in COLLECTIONS if name != "changes"), "versions"]  # all that is made by sending a body


class Api:
    """A program that calls the API with a token of its own, or with none."""

    def __init__(self, token: str = "", client: Client | None = None) -> None:
        self.client = client or Client()
        self.headers = {"Authorization": f"Token {token}"} if token else {}

    @classmethod
    def of(cls, user: User, **token: Any) -> "Api":
        """Return a program with a new token of this user's."""
        return cls(make.make_token(user, **token))

    def send(
        self,
        method: str,
        address: str,
        data: bytes = b"",
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Return the answer to a request; a fault that the API does not answer is raised here."""
        path = address.removeprefix(ORIGIN)
        path = path if path.startswith("/") else ROOT + path
        return self.client.generic(method, path, data, content_type, headers={**self.headers, **(headers or {})})

    def get(self, address: str, *, headers: Mapping[str, str] | None = None, **parameters: Any) -> Any:
        """Return the answer to a GET."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self.send("GET", _with_slash(address) + query, headers=headers)

    def post(self, address: str, body: Any, *, headers: Mapping[str, str] | None = None) -> Any:
        """Return the answer to a POST of this value as JSON."""
        return self.send("POST", _with_slash(address), json.dumps(body).encode(), headers=headers)

    def read(self, address: str, **parameters: Any) -> Any:
        """Return what a GET brings, which must be there."""
        answer = self.get(address, **parameters)
        assert answer.status_code == 200, (address, parameters, answer.content)
        assert answer["Content-Type"] == "application/json"
        return answer.json()

    def write(self, address: str, body: Any) -> Any:
        """Return what a POST made, which must have worked."""
        answer = self.post(address, body)
        assert answer.status_code == 201, (address, answer.content)
        return answer.json()

    def rows(self, address: str, **parameters: Any) -> list[Any]:
        """Return all rows of a list of no more than a thousand."""
        page = self.read(address, limit=MAX_LIMIT, **parameters)
        assert (page["next"], page["previous"]) == (None, None)
        results: list[Any] = page["results"]
        return results


def _with_slash(address: str) -> str:
    return address if "?" in address or address.endswith("/") else f"{address}/"


def ids(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the ids of rows, in their order."""
    return [row["id"] for row in rows]


# --- the map -------------------------------------------------------------------------------------------------------


def routes() -> Iterator[tuple[str, str, Any, str]]:
    """Yield (path template, method, view class, action) of all that the API answers, its root left out."""
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        actions = getattr(pattern.callback, "actions", None)
        for method, action in list((actions or {}).items()):
            if method == "head":
                continue  # added once a view has been called; it goes with GET
            yield str(pattern.pattern), method.upper(), pattern.callback.cls, action


# The last words of addresses that read a whole off many rows: what they tell is tested where it is made, and who is
# told at all in the matrix.
REPORTS = (
    *("comparison/", "timeline/", "quantities/", "similar-claims/", "similar-parties/"),
    *("dossier/", "corroboration/", "merger/", "merger/<uuid:into>/", "coverage/", "hints/"),
)
GET_ROUTES = sorted(path for path, method, *_ in routes() if method == "GET" and not path.endswith(REPORTS))
POST_ROUTES = sorted(path for path, method, _, _ in routes() if method == "POST")
MAKING_ROUTES = [path for path in POST_ROUTES if path.strip("/") in MADE or path.endswith("versions/")]
LIST_ROUTES = [path for path in GET_ROUTES if not path.endswith((">/", "graph/"))]


def fill(path: str, key: object, number: int = 1) -> str:
    """Return the address of a path template for one row, by id or sequence; a merger is into the row itself."""
    return re.sub(r"<(uuid:id|uuid:into|int:sequence)>", str(key), path).replace("<int:number>", str(number))


def is_of_a_row(path: str) -> bool:
    """Tell whether a path template is for one row, or for what is below it."""
    return "<" in path


def absent(path: str) -> str:
    """Return what stands in an address of this template for a row that there is not."""
    return "123456789" if "<int:sequence>" in path else ABSENT


def collection_of(path: str) -> str:
    """Return the collection to which a path template belongs."""
    return path.partition("/")[0]


# --- problems ------------------------------------------------------------------------------------------------------


def check_problem(answer: Any, slug: str, *places: str, status: int | None = None) -> Any:
    """Check that the answer is this problem, with a fault at each of these places; return its body.

    A place is a JSON pointer into the body (`#/text`), or the name of a query parameter.
    """
    assert slug in PROBLEMS
    expected = status or PROBLEMS[slug].status
    assert answer.status_code == expected, (answer.status_code, answer.content[:600])
    assert answer["Content-Type"] == PROBLEM
    assert answer["X-Request-ID"]
    problem = answer.json()
    assert list(problem) == ["type", "title", "status", "detail", "errors"]
    assert problem["type"].endswith(f"#{slug}")
    assert (problem["title"], problem["status"]) == (PROBLEMS[slug].title, expected)
    assert isinstance(problem["detail"], str)
    assert problem["detail"]
    for fault in problem["errors"]:
        known = set(fault) - ({"kind", "id"} if slug == "in-use" else set())
        assert known in ({"pointer", "code", "detail"}, {"parameter", "code", "detail"}), fault
        assert all(isinstance(value, str) and value for value in fault.values()), fault
    found = {fault.get("pointer", fault.get("parameter")) for fault in problem["errors"]}
    assert found >= set(places), (found, answer.content[:600])
    return problem


# --- what is written -----------------------------------------------------------------------------------------------


@cache
def _counting() -> str:
    """Return the one SELECT that counts the rows of every table, and adds up their revisions where they have one."""
    parts = []
    for model in apps.get_models():
        if issubclass(model, Record) or model._meta.app_label in ("sources", "claims", "auth"):
            revisions = "SUM(revision)" if issubclass(model, Record) else "0"
            columns = f"'{model._meta.label}', COUNT(*), {revisions}"
            parts.append(f"SELECT {columns} FROM {model._meta.db_table}")  # noqa: S608 - names of our own tables
    return " UNION ALL ".join(parts)


def state() -> dict[str, Any]:
    """Return what the database holds, in numbers: rows of every table, and the head of the ledger."""
    with connection.cursor() as cursor:
        cursor.execute(_counting())
        found: dict[str, Any] = {}
        for label, rows, revisions in cursor.fetchall():
            found[label] = (rows, revisions) if issubclass(apps.get_model(label), Record) else rows
    found["head"] = Change.objects.order_by("-sequence").values_list("sequence", "digest").first()
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Take back what is written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def encoded(words: str) -> str:
    """Return words as they stand in an address."""
    return quote(words, safe="")
