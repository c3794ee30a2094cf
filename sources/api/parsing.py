"""The body of a request as JSON, or a clear word on what is wrong with it."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.exceptions import ValidationError as DomainError
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from ..strict_json import parse_json
from ..text import find_unstorable


class StrictJSONParser(BaseParser):
    """Takes JSON in UTF-8 whose every string can be stored."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the parsed body; raises ParseError, or ValidationError that names the places."""
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        data = stream.read(limit + 1)  # Django itself counts only the bodies that it reads
        if len(data) > limit:
            raise RequestDataTooBig
        try:
            value = parse_json(data)
        except ValueError as broken:
            raise ParseError(f"the body is not JSON as we take it: {broken}") from broken
        faults: dict[str, list[str]] = {}
        for place, reason in find_unstorable(value):
            faults.setdefault(_printable(place) or "body", []).append(reason)
        if faults:
            raise DomainError(
                {place: [DomainError(r, code="unstorable") for r in found] for place, found in faults.items()}
            )
        return value


def _printable(place: str) -> str:
    return place.encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
