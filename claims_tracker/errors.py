"""How is every refusal told to a program? As a problem (RFC 9457), with the place of each fault.

Public: `answer_problem` (the REST framework's exception handler), `PROBLEMS` (what each type means), and the handlers
for what goes wrong outside it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DomainError
from django.db import DatabaseError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from sources.access import visible_among
from sources.refusals import InUse, RowsRefused, Stale

CONTENT_TYPE = "application/problem+json"
PAGE_ADDRESS = "/api/problems/"


class Problem(NamedTuple):
    """A type of problem: its status, and what it means in one sentence."""

    status: int
    title: str
    meaning: str


PROBLEMS = {
    "invalid": Problem(400, "The request is not valid", "Each fault is listed with its place; nothing was written."),
    "malformed": Problem(400, "The request cannot be read", "The body is not JSON in UTF-8 as RFC 8259 has it."),
    "unauthenticated": Problem(401, "Who are you?", "A valid token or a session is needed."),
    "forbidden": Problem(403, "You may not do this", "Your role in the case, or your token, does not allow it."),
    "not-found": Problem(404, "There is no such thing", "It does not exist, or is not yours to see."),
    "method-not-allowed": Problem(405, "Not in this way", "This address does not take this method."),
    "not-acceptable": Problem(406, "Not in this form", "The API answers in JSON."),
    "in-use": Problem(409, "Something stands on it", "What stands in the way is listed."),
    "conflict": Problem(409, "Someone was faster", "The same was done at the same moment; read again and retry."),
    "stale": Problem(412, "It has changed since", "Read it again: someone else has changed it."),
    "too-large": Problem(413, "Too much at once", "The body is larger than the server takes."),
    "unsupported-media-type": Problem(
        415, "Not of a type that is taken", "Bodies are application/json; a preview takes files of the types it names."
    ),
    "key-used-otherwise": Problem(422, "The key stands for another request", "Make a new Idempotency-Key."),
    "precondition-required": Problem(428, "Say what you change", "Send the ETag that you read in If-Match."),
    "too-many-requests": Problem(429, "Slow down", "Wait as long as Retry-After says."),
    "failed": Problem(500, "The server failed", "It is our fault; the request id in X-Request-ID finds it in the log."),
    "unavailable": Problem(503, "Not now", "The database cannot be reached or is busy; try again soon."),
}


def answer_problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Return the problem that an exception raised in the API stands for; None where it is a bug."""
    set_rollback()
    request = context.get("request")
    found = _read(error, getattr(request, "user", None) or AnonymousUser())
    if found is None:
        return None
    slug, detail, faults, headers = found
    if request is not None and request.method in ("GET", "HEAD"):
        faults = [_of_parameter(fault) for fault in faults]
    response = Response(
        build_problem(slug, detail, faults), status=PROBLEMS[slug].status, content_type=CONTENT_TYPE, headers=headers
    )
    response.exception = True
    if request is not None and PROBLEMS[slug].status >= 500:
        response["Retry-After"] = "2"
    return response


def build_problem(slug: str, detail: str = "", faults: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    """Return the body of a problem."""
    problem = PROBLEMS[slug]
    return {
        "type": f"{PAGE_ADDRESS}#{slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": detail or problem.meaning,
        "errors": faults or [],
    }


def _of_parameter(fault: dict[str, Any]) -> dict[str, Any]:
    """Return a fault whose place is a query parameter and not a place in a body."""
    return {"parameter": fault["pointer"].removeprefix("#/")} | {k: v for k, v in fault.items() if k != "pointer"}


_Found = tuple[str, str, list[dict[str, Any]], dict[str, str]]


def _read(error: Exception, user: Any) -> _Found | None:
    """Return (type, detail, faults, headers) of an exception, None for one that nobody foresaw."""
    if isinstance(error, DomainError):
        return "invalid", "", list(_domain_faults(error)), {}
    if isinstance(error, RowsRefused):
        faults = []
        for index, refused in sorted(error.errors.items()):
            faults += list(_domain_faults(refused, str(index)))
        return "invalid", "", faults, {}
    if isinstance(error, exceptions.ValidationError):
        return "invalid", "", list(_framework_faults(error.get_full_details())), {}
    if isinstance(error, Stale):
        return "stale", str(error), [], {}
    if isinstance(error, InUse):
        return "in-use", str(error), _standing_faults(error, user), {}
    if isinstance(error, Http404):
        return "not-found", "", [], {}
    if isinstance(error, PermissionDenied):
        return "forbidden", str(error), [], {}
    if isinstance(error, RequestDataTooBig):
        return "too-large", "", [], {}
    if isinstance(error, UnreadablePostError | SuspiciousOperation):
        return "malformed", "", [], {}
    if isinstance(error, IntegrityError):
        return "conflict", "", [], {}
    if isinstance(error, DatabaseError):
        return "unavailable", "", [], {}
    if isinstance(error, exceptions.APIException):
        return _read_framework(error)
    return None


def _standing_faults(error: InUse, user: Any) -> list[dict[str, Any]]:
    """Return what stands in the way of a delete, as far as this user may see it."""
    seen = visible_among(user, error.standing)
    faults = [
        {"code": "in_use", "detail": str(row), "kind": row.record_kind(), "id": str(row.uid), "pointer": "#"}
        for row in seen
    ]
    if len(seen) < len(error.standing):
        faults.append({"code": "in_use", "detail": "something in a case that you may not see", "pointer": "#"})
    return faults


_BY_STATUS = {problem.status: slug for slug, problem in reversed(PROBLEMS.items())}


def _read_framework(error: exceptions.APIException) -> _Found:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    slug = "malformed" if isinstance(error, exceptions.ParseError) else _BY_STATUS.get(error.status_code, "failed")
    return slug, str(error.detail), [], headers


def _domain_faults(error: DomainError, prefix: str = "") -> Iterator[dict[str, Any]]:
    """Yield the faults of a domain error, its dotted places as JSON pointers."""
    by_place = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    for place, found in by_place.items():
        parts = [part for part in (prefix, "" if place == "__all__" else place) if part]
        for one in found:
            for message in one.messages:
                yield {
                    "pointer": _pointer(part for part in ".".join(parts).split(".") if part),
                    "code": one.code or "invalid",
                    "detail": message,
                }


def _pointer(path: Iterable[str]) -> str:
    """Return the JSON pointer (RFC 6901) to a place in the body, as a fragment."""
    return "#" + "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in path)


def _framework_faults(details: Any, path: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """Yield the faults of a serializer's nested errors."""
    if isinstance(details, dict) and set(details) == {"message", "code"} and isinstance(details["message"], str):
        yield {
            "pointer": _pointer(part for part in path if part != "non_field_errors"),
            "code": details["code"],
            "detail": details["message"],
        }
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _framework_faults(inner, (*path, str(name)))
    elif isinstance(details, list):
        nested = any(isinstance(inner, dict) and "message" not in inner for inner in details)
        for index, inner in enumerate(details):
            yield from _framework_faults(inner, (*path, str(index)) if nested else path)


# --- outside the REST framework ------------------------------------------------------------------------------------


def _answer(request: HttpRequest, slug: str, detail: str = "") -> HttpResponse:
    problem = PROBLEMS[slug]
    if request.path.startswith("/api/"):
        return JsonResponse(build_problem(slug, detail), status=problem.status, content_type=CONTENT_TYPE)
    return render(request, "problem.html", {"problem": problem, "detail": detail}, status=problem.status)


def answer_400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the answer to a request that Django itself refused."""
    return _answer(request, "too-large" if isinstance(exception, RequestDataTooBig) else "malformed")


def answer_403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the answer to what is not allowed."""
    return _answer(request, "forbidden")


def answer_csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Return the answer to a form that did not come from a page of ours, or from one that was open too long."""
    return _answer(request, "forbidden", "The form is from before you logged in, or from elsewhere. Load it again.")


def answer_lockout(request: HttpRequest, credentials: Any = None, *arguments: Any) -> HttpResponse:
    """Return the answer to too many wrong passwords."""
    return _answer(request, "too-many-requests", "Too many wrong passwords. Log-in opens again in an hour.")


def answer_404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Return the answer to an unknown address."""
    return _answer(request, "not-found")


def answer_500(request: HttpRequest) -> HttpResponse:
    """Return the answer to a failure of our own, telling nothing of it."""
    return _answer(request, "failed")


def list_problems(request: HttpRequest) -> HttpResponse:
    """Return the page on which the type of every problem is explained."""
    return render(request, "problems.html", {"problems": PROBLEMS})
