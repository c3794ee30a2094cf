"""Does the caller know what it is about to change? (RFC 9110, 13.1.1; RFC 6585, 3)

Public: `require_revision`, `etag_of`. A change names the revision that the caller read, by the ETag of that answer.
"""

import hashlib
import re
from typing import Any

from django.utils.http import parse_etags
from rest_framework.exceptions import APIException, ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from ..models import Record
from ..refusals import Stale

_OURS = re.compile(r'^"(\d{1,9})-[0-9a-f]{32}"$')


class PreconditionRequired(APIException):
    """The request changes something and does not say what it takes it to be."""

    status_code = 428
    default_detail = "say in If-Match which revision you change: the ETag that it was answered with"


def require_revision(request: Request, row: Record) -> None:
    """Raise unless If-Match names the row's revision: PreconditionRequired, ParseError, or Stale.

    Tags are compared strongly, so a weak one never matches; `*` would change whatever is there, and is refused.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise PreconditionRequired
    tags = parse_etags(header)
    if tags == ["*"]:
        raise PreconditionRequired("If-Match: * would change whatever is there; name the ETag that you read")
    if not tags:
        raise ParseError("If-Match holds no entity tag")
    revisions = {int(found.group(1)) for tag in tags if (found := _OURS.match(tag))}
    if row.revision not in revisions:
        raise Stale(row.record_kind(), row.uid, row.revision)


def etag_of(content: bytes, data: Any) -> str:
    """Return the ETag of an answer: "revision-hash" for a single resource, else the hash alone.

    The revision tells whether the row is what it was; the hash whether all that is shown with it is.
    """
    revision = f"{data['revision']}-" if isinstance(data, dict) and "revision" in data else ""
    return f'"{revision}{hashlib.sha256(content).hexdigest()[:32]}"'


def render(data: Any) -> bytes:
    """Return an answer's bytes as they go over the wire."""
    rendered: bytes = JSONRenderer().render(data)
    return rendered
