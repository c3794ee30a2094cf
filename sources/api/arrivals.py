"""Previews: what came in and what its text is, before it is captured; and the original files of what was.

A preview answers a token, and capturing takes the token: the text that was shown is the text that is stored, and never
travels back.
"""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError as DomainError
from django.http import HttpResponse, QueryDict
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..arriving import (
    Earlier,
    find_arrival,
    find_earlier,
    read_again,
    receive_address,
    receive_file,
    receive_words,
    token_of,
)
from ..capturing import read_original
from ..extraction.encodings import CHOICES
from ..extraction.kinds import ENDING_OF, MEDIA_TYPE_OF
from ..extraction.outcome import WRONG_TYPE
from ..models import MAX_TEXT_LENGTH, Arrival, Case, Original
from ..requests import author_of
from ..text import sha256_of
from .bodies import Strict, VisibleField
from .parsing import StrictJSONParser
from .resources import check_parameters
from .schema import moment
from .shapes import PreviewShape, SuggestionsShape

_WAYS = ("file", "text", "web_address", "arrival")
_BY_FORM = {"case", "file", "encoding"}  # the fields of an upload; text comes as JSON, where it cannot be mangled


class ArrivalField(serializers.CharField):
    """The token of a preview, of the user's own; another's and an expired one are refused in the same words."""

    default_error_messages = {"does_not_exist": "there is no such arrival: preview it again"}

    def to_internal_value(self, data: Any) -> Any:
        """Return the arrival."""
        arrival = find_arrival(token=super().to_internal_value(data), by=author_of(self.context["request"]))
        if arrival is None:
            self.fail("does_not_exist")
        return arrival


class PreviewBody(Strict):
    """What is to be previewed, in one of four ways: a file, words, a web address, or an earlier preview once more."""

    one_of = _WAYS

    case = VisibleField(queryset=Case.objects.all(), required=False, help_text="The case that it will be captured in.")
    file = serializers.FileField(
        required=False, allow_empty_file=True, help_text="As multipart/form-data: .txt, .md, .html, .pdf or .docx."
    )
    text = serializers.CharField(
        required=False,
        max_length=MAX_TEXT_LENGTH,
        trim_whitespace=False,
        help_text="Taken as it is, character by character.",
    )
    web_address = serializers.CharField(
        required=False, max_length=2000, help_text="Public, http or https; off unless the server allows it."
    )
    arrival = ArrivalField(required=False, help_text="Of an earlier preview, to read its bytes in another encoding.")
    encoding = serializers.ChoiceField(
        choices=list(CHOICES), required=False, help_text="Chosen by you; else it is recognised, and told."
    )

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values; of an upload, refuse fields that are given twice or do not belong to it."""
        if isinstance(data, QueryDict):
            wrong = {name: ["this is given more than once"] for name, given in data.lists() if len(given) > 1}
            wrong |= {name: ["an upload has no such field"] for name in data if name not in _BY_FORM}
            if wrong:
                raise ValidationError(wrong)
        return super().to_internal_value(data)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Refuse more ways than one, and none."""
        if sum(way in values for way in _WAYS) != 1:
            raise ValidationError({"non_field_errors": [f"exactly one of {', '.join(_WAYS)}"]}, code="ambiguous")
        if ("case" in values) == ("arrival" in values):
            message = "an arrival has its case" if "case" in values else "in which case?"
            raise ValidationError({"case": [message]}, code="required")
        if "encoding" in values and "text" in values:
            raise ValidationError({"encoding": ["words sent as JSON have one already"]}, code="ambiguous")
        if "arrival" in values and "encoding" not in values:
            raise ValidationError({"encoding": ["in which encoding is it to be read now?"]}, code="required")
        return values


class WrongType(APIException):
    """The file is of no type that is taken, by its content."""

    status_code = status.HTTP_415_UNSUPPORTED_MEDIA_TYPE


class Previewing:
    """What the documents' resource answers before anything is captured."""

    @action(detail=False, methods=["post"], url_path="preview", parser_classes=[StrictJSONParser, MultiPartParser])
    def preview(self: Any, request: Request) -> Response:
        """Read a file, words or a web address, and answer the text with all that must be known of it."""
        values = self.read(PreviewBody(data=request.data, context=self.context))
        try:
            arrival = _receive(self.by, values)
        except DomainError as refused:
            if message := next(_of_wrong_type(refused), None):
                raise WrongType(message) from refused
            raise
        return Response(self.present_arrival(arrival, find_earlier(arrival)), status=status.HTTP_201_CREATED)

    def present_arrival(self: Any, arrival: Arrival, earlier: Earlier) -> PreviewShape:
        """Return an arrival in its public shape."""
        same, there = earlier
        return {
            "arrival": token_of(arrival),
            "expires_at": moment(arrival.expires_at) or "",
            "case": str(arrival.case.uid),
            "kind": arrival.kind,
            "media_type": arrival.media_type,
            "file_name": arrival.file_name,
            "fetched_from": arrival.fetched_from,
            "n_bytes": None if arrival.data is None else len(arrival.data),
            "original_sha256": arrival.as_version().original_sha256,
            "encoding": {"name": arrival.encoding, "ground": arrival.ground} if arrival.encoding else None,
            "extractor": arrival.extractor,
            "extractor_version": arrival.extractor_version,
            "notes": arrival.notes,
            "suggestions": _suggestions(arrival),
            "same_text": {
                "document": str(same.document.uid),
                "title": same.document.title,
                "version": same.number,
                "url": self.links("documents", same.document.uid, "versions", same.number),
            }
            if same
            else None,
            "same_address": {
                "document": str(there.uid),
                "title": there.title,
                "url": self.links("documents", there.uid),
            }
            if there
            else None,
            "sha256": sha256_of(arrival.text),
            "n_characters": len(arrival.text),
            "text": arrival.text,
        }


def _receive(by: Any, values: dict[str, Any]) -> Arrival:
    encoding = values.get("encoding", "")
    if "arrival" in values:
        return read_again(by=by, arrival=values["arrival"], encoding=encoding)
    case = values["case"]
    if "text" in values:
        return receive_words(by=by, case=case, text=values["text"])
    if "web_address" in values:
        return receive_address(by=by, case=case, web_address=values["web_address"], encoding=encoding)
    file = values["file"]
    return receive_file(by=by, case=case, data=file.read(), file_name=file.name, encoding=encoding)


def _of_wrong_type(refused: DomainError) -> Iterator[str]:
    for errors in refused.error_dict.values():
        for error in errors:
            if error.code == WRONG_TYPE:
                yield from error.messages


def _suggestions(arrival: Arrival) -> SuggestionsShape:
    told = arrival.suggestions
    return {
        "title": told.get("title", ""),
        "byline": told.get("byline", ""),
        "publisher": told.get("publisher", ""),
        "published_on": told.get("published_on"),
        "language": told.get("language", ""),
        "web_url": arrival.fetched_from or told.get("web_url", ""),
    }


class OriginalFile(APIView):
    """The bytes of an original: a file to be saved, which no browser may show or run."""

    schema = None  # no JSON; told of where an original's `url` is

    def get(self, request: Request, id: Any) -> HttpResponse:
        """Answer the bytes as they came."""
        check_parameters(request, set())
        original = Original.objects.visible_to(request.user).filter(uid=id).first()
        data = read_original(original) if original is not None else None
        if original is None or data is None:
            raise NotFound("there is no such original")
        kind = next((kind for kind, media in MEDIA_TYPE_OF.items() if media == original.media_type), "")
        response = HttpResponse(data, content_type="application/octet-stream")
        # A name of our own making: what a sender called the file is told elsewhere, as text.
        name = f"original-{original.sha256[:12]}.{ENDING_OF.get(kind, 'bin')}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["X-Content-Type-Options"] = "nosniff"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Cache-Control"] = "private, no-store"
        return response
