"""A request that is sent twice, by a double click or after a lost answer, is done once.

Public: `idempotent`. The key stands in a table of its own, written in the transaction of what it stands for; a request
that failed leaves none, and may be mended and sent again under the same key.
"""

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from ..access import require_role
from ..choices import Role
from ..images import canonical
from ..models import IdempotencyKey
from ..once import find_made, keep_answer, take_key
from ..revising import case_of
from .conditions import render

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class KeyUsedOtherwise(APIException):
    """The key stands for another request."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = "this Idempotency-Key was sent before with another request"


def idempotent(post: Callable[..., Response]) -> Callable[..., Response]:
    """Make a POST do its work once for each Idempotency-Key, where one is sent."""

    @wraps(post)
    def answer(view: Any, request: Request, *arguments: Any, **options: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return post(view, request, *arguments, **options)
        if not _KEY.fullmatch(key):
            raise ValidationError({"Idempotency-Key": ["1 to 255 printable ASCII characters without a space"]})
        digest = hashlib.sha256(f"{request.method} {request.path} {canonical(request.data)}".encode()).hexdigest()
        with transaction.atomic():
            known = take_key(user=_user_of(request), key=key, digest=digest, at=timezone.now())
            if known is not None:
                return _answer_again(request, known, digest)
            response = post(view, request, *arguments, **options)
            keep_answer(
                user=_user_of(request),
                key=key,
                made=getattr(response, "made", None),
                status=response.status_code,
                location=response.get("Location", ""),
                body=render(response.data).decode(),
            )
        return response

    return answer


def _user_of(request: Request) -> User:
    user: Any = request.user  # never anonymous: the permission asked before
    found: User = user
    return found


def _answer_again(request: Request, known: IdempotencyKey, digest: str) -> Response:
    """Return the first answer, where the user may still see and do what it was about.

    What was about no row was about the shared register.
    """
    if known.request_digest != digest:
        raise KeyUsedOtherwise
    case = None
    if known.row_uid is not None:
        row = find_made(known, _user_of(request))
        if row is None:
            raise NotFound("what this request made is not there any more, or not yours to see")
        case = case_of(row)
    require_role(request.user, case, Role.ANNOTATOR)
    response = Response(json.loads(known.body), status=known.status)
    if known.location:
        response["Location"] = known.location
    response["Idempotency-Replayed"] = "true"
    return response
