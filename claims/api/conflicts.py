"""The lists of conflicts, of a case and of one claim."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from sources.api.keyset import Cursor, build_page, read_limit
from sources.api.resources import Links
from sources.models import Case

from ..conflicts import ONLY, WITH, WITHOUT, Conflict, Place, find_conflicts
from ..models import Claim
from ..standpoint import Standpoint
from .presenting import present_pair, present_statements
from .shapes import ConflictShape, StatementShape
from .standpoints import read_standpoint

_CHOICES = (WITH, WITHOUT, ONLY)
TENSIONS = OpenApiParameter(
    "tensions",
    {"type": "string", "enum": list(_CHOICES), "default": WITH},
    description="Pairs that may both stand and are to be read together: with the conflicts, without, or only these.",
)


def list_conflicts(request: Request, case: Case, links: Links, claim: Claim | None = None) -> dict[str, Any]:
    """Return one page of conflicts in its public shape."""
    tensions = request.query_params.get("tensions", WITH)
    if tensions not in _CHOICES:
        raise ValidationError({"tensions": [f"one of {', '.join(_CHOICES)}"]}, code="invalid")
    limit, cursor = read_limit(request), Cursor.read(request)
    at = read_standpoint(request, case)
    found = find_conflicts(
        case,
        claim=claim,
        tensions=tensions,
        after=_read_place(cursor) if cursor else None,
        backwards=cursor is not None and cursor.backwards,
        limit=limit + 1,
        at=at,
    )
    page = build_page(request, found, limit=limit, cursor=cursor, place_of=_write_place)
    return page.answer(present_conflicts(page.rows, links, at))


def present_conflicts(conflicts: list[Conflict], links: Links, at: Standpoint) -> list[ConflictShape]:
    """Return conflicts in their public shape; a statement that stands in many is presented once."""
    rows = {row.uid: row for conflict in conflicts for row in (conflict.left, conflict.right)}
    shapes: dict[UUID, StatementShape] = dict(
        zip(rows, present_statements(list(rows.values()), links, at), strict=True)
    )
    return [
        {**present_pair(conflict), "left": shapes[conflict.left.uid], "right": shapes[conflict.right.uid]}
        for conflict in conflicts
    ]


def _write_place(conflict: Conflict) -> list[Any]:
    return [str(part) if isinstance(part, UUID) else part for part in conflict.place]


def _read_place(cursor: Cursor) -> Place:
    *sides, first, second = cursor.place
    return Place._make((*sides, UUID(first), UUID(second)))
