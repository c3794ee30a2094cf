"""Accounts side by side, as JSON and as a table."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from sources.api.keyset import Cursor, Page, build_page, read_limit
from sources.api.resources import Links
from sources.api.schema import paged
from sources.models import Case

from ..accounts import MIN_COLUMNS, gather_accounts
from ..comparison import Collision, Comparison, Row, compare
from ..contesting import suggest_accounts
from ..models import Question
from ..tallying import RowPlace
from .account_shapes import CellShape, CollisionShape, ComparisonShape, RowShape
from .exhibits import (
    present_claim,
    present_columns,
    present_exhibits,
    present_meeting,
    present_question,
    present_wordings,
)
from .presenting import present_pair
from .standpoints import ACCOUNTS, DOCUMENTS, STANDPOINT, read_columns, read_flag, read_standpoint
from .tables import write_table

_FORMATS = ("json", "csv")
_LIMIT = 50  # rows of a page, where no number is asked for: each has the words of up to four accounts
COMPARISON = [
    *ACCOUNTS,
    *DOCUMENTS,
    *STANDPOINT,
    OpenApiParameter("question", {"type": "string", "format": "uuid"}, description="Answers to this question alone."),
    OpenApiParameter(
        "only_conflicts",
        {"type": "string", "enum": ["true", "false"], "default": "false"},
        description="Only the rows on which accounts cannot both stand.",
    ),
    OpenApiParameter(
        "format",
        {"type": "string", "enum": list(_FORMATS), "default": "json"},
        description="The same cells as JSON, or as CSV: UTF-8 with its mark, the next page in the header `Link`.",
    ),
    *paged(_LIMIT),
]


class CsvRenderer(BaseRenderer):
    """Writes a table that is text already."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        """Return the bytes; a spreadsheet takes them for UTF-8 by the mark at their beginning."""
        return str(data).encode("utf-8-sig")


def answer_comparison(request: Request, case: Case, links: Links) -> Response:
    """Return one page of accounts side by side; of those that collide over most claims where none are named."""
    as_csv = _read_format(request) == "csv"
    standpoint = read_standpoint(request, case)
    columns = read_columns(request, standpoint)
    limit, cursor = read_limit(request, _LIMIT), Cursor.read(request)
    question = _read_question(request, case)
    if not columns:
        suggested = suggest_accounts(standpoint, question)
        columns = gather_accounts(standpoint, [[party] for party in suggested]) if len(suggested) >= MIN_COLUMNS else []
    backwards = cursor is not None and cursor.backwards
    comparison = compare(
        standpoint,
        columns=columns,
        question=question,
        only_conflicts=read_flag(request, "only_conflicts"),
        after=RowPlace._make(cursor.place) if cursor else None,
        backwards=backwards,
        limit=limit,
    )
    # As the list would have come: nearest first, with one more where there is more.
    found: list[Any] = [
        *(comparison.rows[::-1] if backwards else comparison.rows),
        *([None] if comparison.more else []),
    ]
    page = build_page(request, found, limit=limit, cursor=cursor, place_of=lambda row: list(row.place))
    presented = present_comparison(comparison, page, links)
    if not as_csv:
        return Response(presented)
    request.accepted_renderer, request.accepted_media_type = CsvRenderer(), CsvRenderer.media_type
    following = [
        f'<{address}>; rel="{rel}"' for rel, address in (("next", page.next), ("prev", page.previous)) if address
    ]
    response = Response(write_table(_lay_out(presented)))
    response["Content-Disposition"] = f'attachment; filename="comparison-{case.uid}.csv"'
    if following:
        response["Link"] = ", ".join(following)
    return response


def present_comparison(comparison: Comparison, page: Page[Row], links: Links) -> ComparisonShape:
    """Return a comparison in its public shape."""
    at = comparison.standpoint
    told = [t.exhibit for row in comparison.rows for cell in row.cells for t in cell.tellings]
    exhibits = present_exhibits(told, links, at)
    return {
        "case": str(at.case.uid),
        "as_of": at.as_of.isoformat() if at.as_of else None,
        "accepted_only": at.accepted_only,
        "accounts": present_columns(comparison.columns, links),
        "rows": [_present_row(row, exhibits, links) for row in comparison.rows],
        "conflicts": [present_collision(collision) for collision in comparison.collisions],
        "n_rows": {agreement.value: n for agreement, n in comparison.n_rows.items()},
        "next": page.next,
        "previous": page.previous,
    }


def _present_row(row: Row, exhibits: Any, links: Links) -> RowShape:
    cells: list[CellShape] = [
        {
            "position": cell.position,
            "sign": cell.sign,
            "statements": [
                {
                    "statement": exhibits[telling.exhibit.statement.pk],
                    "how": telling.bearing.how,
                    "meeting": present_meeting(telling.bearing.meeting),
                }
                for telling in cell.tellings
            ],
            "n_statements": cell.n_statements,
            "more": f"{links('claims', row.claim.uid)}dossier/" if cell.n_statements > len(cell.tellings) else None,
            "n_documents": cell.n_documents,
        }
        for cell in row.cells
    ]
    return {
        "question": present_question(row.claim, links),
        "claim": present_claim(row.claim, row.contested, row.opposing, links),
        "wordings": present_wordings(row.wordings, links),
        "agreement": row.agreement,
        "conflict": present_meeting(row.conflict),
        "cells": cells,
    }


def present_collision(collision: Collision) -> CollisionShape:
    """Return where two accounts collide."""
    conflict = collision.conflict
    return {
        **present_pair(conflict),
        "accounts": list(collision.columns),
        "left": str(conflict.left.uid),
        "right": str(conflict.right.uid),
        "n_pairs": collision.n_pairs,
    }


def _read_format(request: Request) -> str:
    text = request.query_params.get("format", "json")
    if text not in _FORMATS:
        raise ValidationError({"format": [f"one of {', '.join(_FORMATS)}"]}, code="invalid")
    return text


def _read_question(request: Request, case: Case) -> Question | None:
    text = request.query_params.get("question")
    if text is None:
        return None
    try:
        question = Question.objects.visible_to(request.user).filter(case=case).with_uids([text]).first()
    except (DjangoValidationError, ValueError):
        raise ValidationError({"question": ["the id of a question"]}, code="invalid") from None
    if question is None:
        raise NotFound("there is no such question in this case")
    return question


# --- as a table ----------------------------------------------------------------------------------------------------


def _lay_out(shape: ComparisonShape) -> Iterator[list[str]]:
    """Yield the lines of the table: what the row is, and of each account its position and its statements."""
    labels = [account["label"] for account in shape["accounts"]]
    head = ["question", "claim", "also worded", "agreement", "conflict", "contested", "opposing"]
    yield head + [part for label in labels for part in (f"{label}: position", f"{label}: statements")]
    for row in shape["rows"]:
        conflict, question = row["conflict"], row["question"]
        yield [
            question["text"] if question else "",
            row["claim"]["text"],
            "\n".join(wording["text"] for wording in row["wordings"]),
            row["agreement"],
            f"{conflict['basis']}, {conflict['strength']}" if conflict else "",
            "yes" if row["claim"]["contested"] else "no",
            "\n".join(f"{o['statement']} ({o['basis']}, {o['strength']})" for o in row["claim"]["opposing"]),
            *(part for cell in row["cells"] for part in (_tell_position(cell), _tell_statements(cell))),
        ]


def _tell_position(cell: CellShape) -> str:
    return f"{cell['position']} ({cell['sign']})" if cell["position"] == "implied" else cell["position"]


def _tell_statements(cell: CellShape) -> str:
    """Return each statement on lines of its own: who, through whom, the words, where and when, and what colours it."""
    told = [_tell(telling["how"], telling["statement"]) for telling in cell["statements"]]
    if (further := cell["n_statements"] - len(told)) > 0:
        told.append(f"… and {further} more: {cell['more']}")
    if not told:
        n = cell["n_documents"]
        return f"nothing recorded in {'this document' if n == 1 else f'these {n} documents'}"
    return "\n".join(told)


def _tell(how: str, statement: Any) -> str:
    who = statement["speaker"]["label"] if statement["speaker"] else statement["voice"]
    chain = "".join(f", through {_tell_hop(hop)}" for hop in statement["relays"])
    words = " … ".join(f"“{p['excerpt']['exact']}”" for p in statement["evidence"] if p["role"] == "content")
    place = statement["evidence"][0]["excerpt"]
    document, dated = statement["document"], statement["known_at"][:10]
    when = f"published {dated}" if statement["dated"] == "published" else f"captured {dated}, publication unknown"
    said = [statement["said_at"] and f"said {statement['said_at'][:10]}", statement["said_note"]]
    colours = [f"{name} {statement[name]}" for name in ("certainty", "basis") if statement[name] != "unstated"]
    colours += [f"author {statement['framing']}"] if statement["framing"] != "neutral" else []
    ratings = [f"speaker rated {g['grade']} by {g['analyst'] or 'console'}" for g in statement["reliability"]]
    ratings += [f"statement rated {g['grade']} by {g['analyst'] or 'console'}" for g in statement["credibility"]]
    where = f"{document['title']}, version {place['version']}, {place['start']}–{place['end']}"
    about = [how, where, *filter(None, said), when, *colours, f"review {statement['review']}", *ratings]
    return f"{who}{chain} {statement['stance']}: {words} [{'; '.join(about)}]"


def _tell_hop(hop: Any) -> str:
    who = hop["party"]["label"] if hop["party"] else "a gap"
    return who if hop["attitude"] == "neutral" else f"{who} ({hop['attitude']})"
