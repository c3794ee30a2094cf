"""The annotation workspace: one captured text with its highlights; all that is done on it is done through the API."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from sources.access import role_in
from sources.admin.lists import read_key
from sources.admin.switching import look_at_case
from sources.choices import Judgement, Naming, PartyKind, Role
from sources.models import Document, DocumentVersion
from sources.segmenting import Mark, Paragraph, Segment, segments_of
from sources.sentences import sentences_of
from sources.snapshot import snapshot

from ..annotating import Highlight, coverage_of, marks_of, read_highlights
from ..choices import (
    Aspect,
    Attitude,
    AttributionType,
    Basis,
    Certainty,
    EvidenceRole,
    Manner,
    Mode,
    Review,
    Stance,
    Voice,
)

_CONTENT = EvidenceRole.CONTENT.value
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ku-arab", "ps", "sd", "syr", "ug", "ur", "yi"})


def annotate_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a document's text, the newest or `?version=N`, with the words of its live statements marked."""
    with snapshot():
        document = get_object_or_404(
            Document.objects.visible_to(request.user).select_related("case", "publisher"), pk=pk
        )
        numbers = list(document.versions.newest_first().values_list("number", flat=True))
        version = _chosen_version(request, document, numbers)
        role = role_in(request.user, document.case)
        sentences = sentences_of(version.text, document.language)
        highlights = read_highlights(version)
        coverage = coverage_of(version, sentences)
    look_at_case(request, document.case)
    can_annotate = role is not None and role.includes(Role.ANNOTATOR)
    may_judge = role is not None and role.includes(Role.LEAD)
    context = {
        **admin.site.each_context(request),
        "title": document.title,
        "is_nav_sidebar_enabled": False,  # the width is the text's
        "document": document,
        "version": version,
        "numbers": numbers,
        "is_newest": version.number == numbers[0],
        "can_annotate": can_annotate,
        "may_judge": may_judge,
        "direction": "rtl" if document.language.partition("-")[0].casefold() in RIGHT_TO_LEFT else "auto",
        "column": render_column(segments_of(version.text, marks_of(highlights)), highlights),
        "coverage": coverage,
        "percent": round(100 * coverage.covered / coverage.total) if coverage.total else 100,
        "n_statements": len(highlights),
        "data": {
            "api": reverse("api-root"),
            "admin": reverse("admin:index"),
            "case": str(document.case.uid),
            "document": str(document.uid),
            "version": version.number,
            "length": len(version.text),
            "language": document.language,
            "canAnnotate": can_annotate,
            "mayJudge": may_judge,
            "user": request.user.get_username(),
            "sentences": [offset for span in sentences for offset in (span.start, span.end)],
            "unread": [[unread.span.start, unread.span.end, unread.why] for unread in coverage.unread],
            **_tabulate(highlights),
            "labels": _LABELS,
        },
        "modules": _MODULES,
        **_CHOICES,
    }
    return TemplateResponse(request, "annotate.html", context)


# What main.js imports, named beforehand so that a browser fetches all of it at once and not link by link.
_MODULES = (
    *("page", "offsets", "selection", "highlights", "api", "drafts", "composing", "chooser", "chain", "finding"),
    *("composer", "relation", "cards", "live", "unread", "find", "further", "help", "keys"),
)
_CHOICES: dict[str, Any] = {
    "stances": Stance.choices,
    "manners": Manner.choices,
    "attitudes": Attitude.choices,
    "types": AttributionType.choices,
    "certainties": Certainty.choices,
    "bases": Basis.choices,
    "modes": Mode.choices,
    "namings": Naming.choices,
    "kinds": PartyKind.choices,
    "aspects": Aspect.choices,
}
_LABELS: dict[str, dict[str, str]] = {
    "stance": dict(Stance.choices),
    "voice": dict(Voice.choices),
    "manner": dict(Manner.choices),
    "framing": dict(Attitude.choices),
    "attitude": dict(Attitude.choices),
    "attribution_type": dict(AttributionType.choices),
    "certainty": dict(Certainty.choices),
    "basis": dict(Basis.choices),
    "review": dict(Review.choices),
    "role": dict(EvidenceRole.choices),
    "judgement": dict(Judgement.choices),
}


def _tabulate(highlights: Sequence[Highlight]) -> dict[str, Any]:
    """Return the highlights for the page, speakers and claims told once and named by their places in lists."""
    speakers = {who: place for place, who in enumerate(dict.fromkeys(one.who for one in highlights))}
    claims = {claim: place for place, claim in enumerate(dict.fromkeys(one.claim for one in highlights))}
    return {
        "speakers": list(speakers),
        "claims": list(claims),
        "statements": [[one.uid, one.stance, speakers[one.who], claims[one.claim], one.spans] for one in highlights],
    }


def _chosen_version(request: HttpRequest, document: Document, numbers: Sequence[int]) -> DocumentVersion:
    """Return the version that the address names, the newest where it names none; raises Http404."""
    asked = request.GET.get("version", "")
    if not numbers or (asked and read_key(asked) not in numbers):
        raise Http404("there is no such version")
    version = document.versions.select_related("case").get(number=int(asked) if asked else numbers[0])
    version.document = document
    return version


# --- the text as HTML ----------------------------------------------------------------------------------------------


def render_column(paragraphs: Sequence[Paragraph], highlights: Sequence[Highlight]) -> SafeString:
    """Return the paragraphs as HTML whose text content is the text itself, code point for code point.

    A parser of HTML turns CR into LF: it is written as a character reference. Nothing else stands between the tags,
    and every paragraph carries its first offset, so that offsets are counted from there.
    """
    begun: set[int] = set()  # the highlights whose description was given already
    parts: list[str] = []
    for paragraph in paragraphs:
        parts.append(f'<p data-start="{paragraph.start}" dir="auto">')
        for segment in paragraph.segments:
            if segment.marks:
                parts.append(_open_mark(segment, highlights, begun))
                parts.append(_text(segment.text))
                parts.append("</mark>")
            else:
                parts.append(_text(segment.text))
        parts.append("</p>")
    return mark_safe("".join(parts))  # noqa: S308 - every text in it went through `_text` or `escape`


def _text(text: str) -> str:
    return escape(text).replace("\r", "&#13;")


def _open_mark(segment: Segment, highlights: Sequence[Highlight], begun: set[int]) -> str:
    keys = list(dict.fromkeys(mark.key for mark in segment.marks))
    new = [key for key in keys if key not in begun and _says_it(segment.marks, key)]
    begun |= set(new)
    said = "; ".join(highlights[key].description for key in new)
    description = f' aria-description="{escape(said)}"' if said else ""
    names = mark_classes(segment.marks, highlights)
    return f'<mark class="{names}" data-keys="{" ".join(map(str, keys))}"{description}>'


def _says_it(marks: Sequence[Mark], key: int) -> bool:
    return any(mark.key == key and mark.role == _CONTENT for mark in marks)


def mark_classes(marks: Sequence[Mark], highlights: Sequence[Highlight]) -> str:
    """Return the classes of a segment: every stance taken by words under it, the other roles, and how deep it lies.

    `static/annotate/highlights.js` does the same where marks change on the page; a test holds the two together.
    """
    content = {mark.key: highlights[mark.key].stance for mark in marks if mark.role == _CONTENT}
    return _class_names(tuple(content.values()), tuple(mark.role for mark in marks if mark.role != _CONTENT))


@lru_cache(maxsize=4096)
def _class_names(stances: tuple[str, ...], roles: tuple[str, ...]) -> str:
    names = [*(f"is-{stance}" for stance in sorted(set(stances))), *(f"role-{role}" for role in sorted(set(roles)))]
    return " ".join([*names, f"deep-{min(len(stances), 3)}"])
