"""Which request was it? An id for each, told in the answer and in the ledger.

Public: `RequestIdMiddleware`, `author_of`.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from .ledger import By


class RequestIdMiddleware:
    """Give each request an id of our own making; what a client sends under that name is not trusted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


def author_of(request: Any) -> By:
    """Return who acts by this request, Django's or the REST framework's, and now."""
    return By(actor=request.user, at=timezone.now(), request=getattr(request, "id", ""))
