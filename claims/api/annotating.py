"""What the annotation workspace asks for: hints on selected words, coverage, and what is like the words typed."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from sources.anchoring import Span
from sources.api.documents import Documents
from sources.api.excerpts import read_versions
from sources.api.keyset import read_limit
from sources.api.parties import refer_to_party
from sources.api.schema import PAGE, refer_to
from sources.api.shapes import PartyReference
from sources.models import DocumentVersion, Party
from sources.sentences import sentences_of
from sources.snapshot import snapshot

from ..annotating import coverage_of, give_hints
from ..finding import FoundClaim, find_claims, find_parties
from .presenting import refer_to_claims
from .relations import CasesWithClaims
from .shapes import (
    CoverageShape,
    HintsShape,
    PartySuggestionShape,
    SimilarClaimShape,
    SimilarClaimsShape,
    SuggestionsShape,
)

_MOST_WORDS = 2000  # characters that are looked for
_LAST_OFFSET = 2**31 - 1

WORDS_LIKE = [
    OpenApiParameter("words", str, description="What was typed or selected; without it, what was made last."),
    *(parameter for parameter in PAGE if parameter.name == "limit"),
]
VERSION = OpenApiParameter(
    "version", {"type": "integer", "minimum": 1, "maximum": _LAST_OFFSET}, description="Default: the newest."
)
OFFSETS = [
    OpenApiParameter(
        name, {"type": "integer", "minimum": 0, "maximum": _LAST_OFFSET}, description=f"{what} Default: {default}."
    )
    for name, what, default in (
        ("start", "First code point of the words.", "that of the first sentence"),
        ("end", "Code point after the last.", "that of the first sentence"),
    )
]


class CasesWithSuggestions(CasesWithClaims):
    """Bodies of material under inquiry that you may see, and what each comes to."""

    parameters = {**CasesWithClaims.parameters, "similar_claims": WORDS_LIKE, "similar_parties": WORDS_LIKE}

    @action(detail=True, methods=["get"], url_path="similar-claims")
    def similar_claims(self, request: Request, id: Any) -> Response:
        """Return the claims of the case that share most with the words. An order to choose from, no measure."""
        with snapshot():
            case = self.find(id)
            found = find_claims(case=case, words=_read_words(request), limit=read_limit(request))
            return Response({"results": _present_claims(found, self.links)})

    @action(detail=True, methods=["get"], url_path="similar-parties")
    def similar_parties(self, request: Request, id: Any) -> Response:
        """Return the parties usable in the case in whose names the words occur, the best first."""
        with snapshot():
            case = self.find(id)
            words, limit = _read_words(request), read_limit(request)
            found = find_parties(case=case, words=words, viewer=request.user, limit=limit)
            return Response({"results": [_suggest_party(party) for party in found]})

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        further = {
            "similar_claims": {"200": refer_to(SimilarClaimsShape)},
            "similar_parties": {"200": refer_to(SuggestionsShape)},
        }
        return further.get(action) or super().answers(action)


class DocumentsInWork(Documents):
    """Works in which something is said. Each has one text or more, numbered, that never change."""

    parameters = {**Documents.parameters, "hints": [VERSION, *OFFSETS], "coverage": [VERSION]}

    @action(detail=True, methods=["get"])
    def coverage(self, request: Request, id: Any) -> Response:
        """Return how much of a text lies inside evidence, and which sentences seem to be still to read."""
        with snapshot():
            version = self._version(request, id)
            found = coverage_of(version)
            answer: CoverageShape = {
                "version": version.number,
                "covered": found.covered,
                "total": found.total,
                "unread": [
                    {"start": unread.span.start, "end": unread.span.end, "why": unread.why} for unread in found.unread
                ],
            }
            return Response(answer)

    @action(detail=True, methods=["get"])
    def hints(self, request: Request, id: Any) -> Response:
        """Return what may be meant by some words: guesses for a person to take or leave."""
        with snapshot():
            version = self._version(request, id)
            span = _read_span(request, version)
            found = give_hints(version, span, request.user)
            answer: HintsShape = {
                "version": version.number,
                "start": span.start,
                "end": span.end,
                "exact": version.text[span.start : span.end],
                "manner": found.manner,
                "cue": {
                    "start": found.cue.start,
                    "end": found.cue.end,
                    "exact": version.text[found.cue.start : found.cue.end],
                }
                if found.cue
                else None,
                "parties": [_suggest_party(party) for party in found.parties],
                "claims": _present_claims(found.claims, self.links),
            }
            return Response(answer)

    def _version(self, request: Request, id: Any) -> DocumentVersion:
        number = _read_number(request, "version", None)
        return read_versions([(self.find(id), number)])[0]

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        further = {"coverage": {"200": refer_to(CoverageShape)}, "hints": {"200": refer_to(HintsShape)}}
        return further.get(action) or super().answers(action)


def _suggest_party(party: Party) -> PartySuggestionShape:
    reference: PartyReference = refer_to_party(party)
    return {**reference, "disambiguation": party.disambiguation, "kind": party.kind, "naming": party.naming}


def _present_claims(found: list[FoundClaim], links: Any) -> list[SimilarClaimShape]:
    references = refer_to_claims([one.claim for one in found], links)
    return [
        {
            **references[one.claim.pk],
            "question": one.claim.question.text if one.claim.question else None,
            "likeness": one.likeness,
        }
        for one in found
    ]


def _read_words(request: Request) -> str:
    words = request.query_params.get("words", "")
    if len(words) > _MOST_WORDS:
        raise ValidationError({"words": [f"at most {_MOST_WORDS} characters"]}, code="invalid")
    return words


def _read_number(request: Request, name: str, default: int | None) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= _LAST_OFFSET):
        raise ValidationError({name: [f"a whole number up to {_LAST_OFFSET}"]}, code="invalid")
    return int(text)


def _read_span(request: Request, version: DocumentVersion) -> Span:
    """Return the span that is asked about, the first sentence where none is; raises ValidationError."""
    sentences = sentences_of(version.text[:5000], version.document.language)
    first = next(iter(sentences), Span(0, min(1, len(version.text))))
    start = _read_number(request, "start", first.start)
    end = _read_number(request, "end", first.end)
    if start is None or end is None or not start < end <= len(version.text):
        message = f"start lies before end, and end within the text, which ends at {len(version.text)}"
        raise ValidationError({"end": [message]}, code="invalid")
    return Span(start, end)
