"""How far has each document been worked through?

Public: `Progress`, `read_progress`. Of several documents at once, in three queries: the figures are those that the
page of one document shows (`coverage`), of its newest text and by its live statements.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db.models import F, Max
from django.db.models.functions import Length

from sources.anchoring import Span
from sources.models import DocumentVersion

from .coverage import measure_coverage
from .models import Evidence, Statement

_MAX_LENGTH = 200_000  # code points of a text that is read for this


class Progress(NamedTuple):
    """How many live statements a document tells, and how much of it is evidence; None: too long to be measured here."""

    n_statements: int
    percent: int | None


def read_progress(documents: Collection[int]) -> dict[int, Progress]:
    """Return the progress of these documents, by key."""
    newest = DocumentVersion.objects.filter(document_id__in=documents).annotate(
        newest=Max("document__versions__number"), length=Length("text")
    )
    texts: dict[int, tuple[int, str]] = {
        pk: (document, text)
        for pk, document, text in newest.filter(number=F("newest"), length__lte=_MAX_LENGTH).values_list(
            "pk", "document_id", "text"
        )
    }
    told: dict[int, int] = defaultdict(int)
    spans: dict[int, list[Span]] = defaultdict(list)
    live = Statement.objects.live().filter(excerpt__version__document_id__in=documents)
    place = ("excerpt__version_id", "excerpt__start", "excerpt__end")
    for document, version, start, end in live.values_list("excerpt__version__document_id", *place):
        told[document] += 1
        spans[version].append(Span(start, end))
    further: Any = Evidence.objects.filter(statement__is_live=True, excerpt__version__in=texts)
    for version, start, end in further.values_list(*place):
        spans[version].append(Span(start, end))
    percents = {}
    for version, (document, text) in texts.items():
        coverage = measure_coverage(text, [], spans[version])
        percents[document] = round(100 * coverage.covered / coverage.total) if coverage.total else 100
    return {document: Progress(told[document], percents.get(document)) for document in documents}
