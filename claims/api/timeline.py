"""What was said when, and who claims how many of what."""

from datetime import datetime
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from sources.api.keyset import Cursor, Page, build_page, read_limit
from sources.api.resources import Links
from sources.api.schema import PAGE, moment
from sources.models import Case
from sources.strict_json import quantity

from ..timeline import PUBLISHED, SAID, Moment, Quantity, TimelinePlace, find_moments, find_quantities
from .account_shapes import MomentShape, QuantityShape
from .exhibits import present_exhibits
from .standpoints import ACCOUNTS, STANDPOINT, read_columns, read_standpoint

_ORDERS = (SAID, PUBLISHED)
TIMELINE = [
    *ACCOUNTS,
    *STANDPOINT,
    OpenApiParameter(
        "by",
        {"type": "string", "enum": list(_ORDERS), "default": SAID},
        description="By the time of saying, where it is known, or by that of publication alone.",
    ),
    *PAGE,
]


def list_moments(request: Request, case: Case, links: Links) -> dict[str, Any]:
    """Return one page of statements in time."""
    standpoint, asked = read_standpoint(request, case), _read(request, case)
    found = find_moments(standpoint, columns=read_columns(request, standpoint, least=1), **asked)
    page = _page(request, found, asked)
    exhibits = present_exhibits([row.exhibit for row in page.rows], links, standpoint)
    told: list[MomentShape] = [
        {
            "at": moment(row.place.at) or "",
            "said_known": row.said_known,
            "accounts": list(row.columns),
            "n_conflicts": row.n_conflicts,
            "n_tensions": row.n_tensions,
            "statement": exhibits[row.exhibit.statement.pk],
        }
        for row in page.rows
    ]
    return page.answer(told)


def list_quantities(request: Request, case: Case, links: Links) -> dict[str, Any]:
    """Return one page of who claims how many of what."""
    standpoint, asked = read_standpoint(request, case), _read(request, case)
    found = find_quantities(standpoint, columns=read_columns(request, standpoint, least=1), **asked)
    page = _page(request, found, asked)
    exhibits = present_exhibits([row.exhibit for row in page.rows], links, standpoint)
    told: list[QuantityShape] = [
        {
            "at": moment(row.place.at) or "",
            "accounts": list(row.columns),
            "low": quantity(row.claim.quantity_low),
            "high": quantity(row.claim.quantity_high),
            "approximate": row.claim.quantity_approximate,
            "unit": row.claim.unit,
            "statement": exhibits[row.exhibit.statement.pk],
        }
        for row in page.rows
    ]
    return page.answer(told)


def _read(request: Request, case: Case) -> dict[str, Any]:
    """Return the order, the place and how many are looked for."""
    order = request.query_params.get("by", SAID)
    if order not in _ORDERS:
        raise ValidationError({"by": [f"one of {', '.join(_ORDERS)}"]}, code="invalid")
    cursor = Cursor.read(request)
    return {
        "ordered_by": order,
        "after": TimelinePlace(datetime.fromisoformat(cursor.place[0]), UUID(cursor.place[1])) if cursor else None,
        "backwards": cursor is not None and cursor.backwards,
        "limit": read_limit(request) + 1,
    }


def _page(request: Request, found: list[Any], asked: dict[str, Any]) -> Page[Any]:
    rows: list[Moment | Quantity] = found[::-1] if asked["backwards"] else found
    return build_page(
        request,
        rows,
        limit=asked["limit"] - 1,
        cursor=Cursor.read(request),
        place_of=lambda row: [row.place.at.isoformat(), str(row.place.uid)],
    )
