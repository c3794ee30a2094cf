"""From where is a case read, and which accounts of it? The parameters that the readings of a case have in common."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.exceptions import ValidationError as DomainError
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request

from sources.models import Case, Document, Party

from ..accounts import MAX_COLUMNS, MIN_COLUMNS, Column, find_sides, gather_accounts, gather_documents
from ..standpoint import Standpoint

_DAY = re.compile(r"\d{4}-\d\d-\d\d")

STANDPOINT = [
    OpenApiParameter(
        "as_of",
        {"type": "string", "format": "date"},
        description="As it stood at the end of this day (UTC): by documents known and judgements given until then.",
    ),
    OpenApiParameter(
        "accepted_only",
        {"type": "string", "enum": ["true", "false"], "default": "false"},
        description="By the accepted statements alone.",
    ),
]
ACCOUNTS = [
    OpenApiParameter(
        "account",
        str,
        many=True,
        description="Ids of parties put together as one account, with commas between; two to four of these for a "
        "comparison, one to four for what is told in time. Each party brings along whoever is part of it, controlled "
        "by it or speaks for it.",
    ),
]
DOCUMENTS = [OpenApiParameter("document", str, many=True, description="Or the id of a document; two to four of these.")]


def read_standpoint(request: Request, case: Case) -> Standpoint:
    """Return the standpoint that was asked for; raises ValidationError for what is no day."""
    text = request.query_params.get("as_of")
    as_of = None
    if text is not None:
        try:
            as_of = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            as_of = None
        if as_of is None:
            raise ValidationError({"as_of": ["a day, as in 2011-06-10"]}, code="invalid")
    return Standpoint(case, as_of=as_of, accepted_only=read_flag(request, "accepted_only"))


def read_flag(request: Request, name: str) -> bool:
    """Return a yes or no, no by default; raises ValidationError for anything else."""
    text = request.query_params.get(name, "false")
    if text not in ("true", "false"):
        raise ValidationError({name: ["true or false"]}, code="invalid")
    return text == "true"


def read_columns(request: Request, standpoint: Standpoint, *, least: int = MIN_COLUMNS) -> list[Column]:
    """Return the accounts or documents that were named, none where none was; hidden and absent are not found."""
    accounts, documents = request.query_params.getlist("account"), request.query_params.getlist("document")
    if accounts and documents:
        raise ValidationError({"document": ["either accounts or documents are compared"]}, code="invalid")
    named = accounts or documents
    if named and not least <= len(named) <= MAX_COLUMNS:
        name = "account" if accounts else "document"
        raise ValidationError({name: [f"{least} to {MAX_COLUMNS} of these"]}, code="invalid")
    case = standpoint.case
    if documents:
        told = _find(Document.objects.visible_to(request.user).filter(case=case), documents, "document", most=1)
        return gather_documents(standpoint, [row for (row,) in told])
    parties = Party.objects.visible_to(request.user).usable_in(case)
    return gather_accounts(standpoint, _find(parties, accounts, "account")) if accounts else []


def _find(rows: Any, named: list[str], name: str, **most: int) -> list[list[Any]]:
    try:
        return find_sides(rows, named, **most)
    except DomainError as refused:
        raise ValidationError({name: refused.messages}, code="invalid") from None
    except ObjectDoesNotExist:
        raise NotFound(f"there is no such {rows.model._meta.verbose_name} in this case") from None
