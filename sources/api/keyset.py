"""Lists in pages that stay put: by the last row seen, never by counting.

Public: `page_by`, `page_by_uid`; for lists that are no table `read_limit`, `Cursor`, `build_page`. A cursor is signed
and bound to the address and filters that it was made for, so it can neither be forged nor carried to another list.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000  # rows of one page
PAGE_PARAMETERS = ("limit", "cursor")
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Page(Generic[_Row]):
    """One page of a list, and the absolute addresses of its neighbours."""

    rows: list[_Row]
    next: str | None
    previous: str | None

    def answer(self, results: list[Any]) -> dict[str, Any]:
        """Return the page in its public shape, the rows presented as `results`."""
        return {"next": self.next, "previous": self.previous, "results": results}


def read_limit(request: Request, default: int = DEFAULT_LIMIT) -> int:
    """Return how many rows were asked for; raises ValidationError outside 1 to 1000."""
    text = request.query_params.get("limit", str(default))
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= MAX_LIMIT):
        raise ValidationError({"limit": [f"a whole number from 1 to {MAX_LIMIT}"]}, code="invalid")
    return int(text)


@dataclass(frozen=True)
class Cursor:
    """A place in a list, as plain JSON values, and the way to go from there."""

    place: list[Any]
    backwards: bool

    @classmethod
    def read(cls, request: Request) -> "Cursor | None":
        """Return the cursor of the request, None for the beginning; raises ValidationError for one not made here."""
        text = request.query_params.get("cursor")
        if text is None:
            return None
        try:
            place, backwards = signing.loads(text, salt=_binding(request))
        except (signing.BadSignature, ValueError, TypeError) as forged:
            message = "this cursor was not made for this list and these filters"
            raise ValidationError({"cursor": [message]}, code="invalid") from forged
        return cls(place, backwards)

    def address(self, request: Request) -> str:
        """Return the absolute address of the page at this cursor, filters kept."""
        cursor = signing.dumps([self.place, self.backwards], salt=_binding(request), compress=True)
        parameters = [(k, v) for k, values in request.query_params.lists() for v in values if k != "cursor"]
        return request.build_absolute_uri(f"{request.path}?{urlencode([*parameters, ('cursor', cursor)])}")


def _binding(request: Request) -> str:
    """Return what a cursor belongs to: the address and every parameter that selects rows."""
    selected = [
        (k, v) for k, values in sorted(request.query_params.lists()) for v in values if k not in PAGE_PARAMETERS
    ]
    return f"cursor {request.path}?{urlencode(selected)}"


def build_page(request: Request, rows: list[_Row], *, limit: int, cursor: Cursor | None, place_of: Any) -> Page[_Row]:
    """Return the page of the rows found from the cursor on, of which one more than `limit` was looked for."""
    more, rows = len(rows) > limit, rows[:limit]
    backwards = cursor is not None and cursor.backwards
    if backwards:
        rows = rows[::-1]
    has_next, has_previous = (True, more) if backwards else (more, cursor is not None)
    return Page(
        rows=rows,
        next=Cursor(place_of(rows[-1]), False).address(request) if rows and has_next else None,
        previous=Cursor(place_of(rows[0]), True).address(request) if rows and has_previous else None,
    )


def page_by(request: Request, queryset: QuerySet[Any], column: str) -> Page[Any]:
    """Return one page of a table's rows in the order of a column that is unique in it and never null."""
    limit, cursor = read_limit(request), Cursor.read(request)
    backwards = cursor is not None and cursor.backwards
    if cursor is not None:
        queryset = queryset.filter(**{f"{column}__{'lt' if backwards else 'gt'}": cursor.place[0]})
    rows = list(queryset.order_by(f"-{column}" if backwards else column)[: limit + 1])
    return build_page(request, rows, limit=limit, cursor=cursor, place_of=lambda row: [_plain(getattr(row, column))])


def page_by_uid(request: Request, queryset: QuerySet[Any]) -> Page[Any]:
    """Return one page of a table's rows in the order in which they were made."""
    return page_by(request, queryset, "uid")


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
