"""Which words of which text? The only maker of excerpts, and it slices the text itself.

Public: `Quotation`, `place_quotation`, `cut_excerpts`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from .anchoring import QuoteAmbiguous, QuoteNotFound, Span, context_of, locate_quote
from .ledger import Author
from .models import DocumentVersion, Excerpt
from .refusals import RowsRefused


@dataclass(frozen=True, kw_only=True)
class Quotation:
    """Words to be cut out of a version: by offsets (code points), by the words, or by both, which must agree."""

    version: DocumentVersion
    start: int | None = None
    end: int | None = None
    exact: str | None = None
    prefix: str = ""
    suffix: str = ""


def place_quotation(quotation: Quotation) -> Span:
    """Return where the words stand; raises ValidationError, keyed `quote`, `start` or `end`."""
    text = quotation.version.text
    start, end, exact = quotation.start, quotation.end, quotation.exact
    if start is None and end is None:
        if exact is None:
            message = "give the words (quote), or where they stand (start and end)"
            raise ValidationError({"quote": ValidationError(message, code="no_words")})
        try:
            return locate_quote(text, exact, prefix=quotation.prefix, suffix=quotation.suffix)
        except QuoteNotFound as missing:
            raise ValidationError({"quote": ValidationError(str(missing), code="quote_not_found")}) from missing
        except QuoteAmbiguous as many:
            raise ValidationError({"quote": ValidationError(str(many), code="quote_ambiguous")}) from many
    if start is None or end is None:
        missing_end = "start" if start is None else "end"
        raise ValidationError({missing_end: ValidationError("start and end go together", code="half_a_place")})
    if not 0 <= start < end:
        raise ValidationError({"end": ValidationError("the end lies after the start", code="empty_place")})
    if end > len(text):
        message = f"the text ends at {len(text)}, counted in code points"
        raise ValidationError({"end": ValidationError(message, code="past_the_end")})
    if exact is not None and text[start:end] != exact:
        message = f"at {start} to {end} the text has other words: {text[start:end][:80]!r}"
        raise ValidationError({"quote": ValidationError(message, code="quote_differs")})
    return Span(start, end)


def cut_excerpts(*, by: Author, quotations: Sequence[Quotation]) -> list[Excerpt]:
    """Return the excerpt of each quotation, cutting those that are not there yet; all are of one case.

    One place of one version is one excerpt, however many statements quote it. Raises RowsRefused by index.
    """
    if not quotations:
        return []
    errors: dict[int, ValidationError] = {}
    spans: dict[int, Span] = {}
    for index, quotation in enumerate(quotations):
        try:
            spans[index] = place_quotation(quotation)
        except ValidationError as refused:
            errors[index] = refused
    if errors:
        raise RowsRefused(errors)
    versions = {quotation.version.pk: quotation.version for quotation in quotations}
    with by.act("cut_excerpt", quotations[0].version.case) as act:
        wanted = {(quotations[index].version.pk, span.start, span.end) for index, span in spans.items()}
        excerpts = _standing_at(wanted)
        new = [_cut(versions[pk], Span(start, end)) for pk, start, end in sorted(wanted - excerpts.keys())]
        for excerpt in act.insert_many(new):
            excerpts[excerpt.version_id, excerpt.start, excerpt.end] = excerpt
    return [excerpts[quotations[index].version.pk, span.start, span.end] for index, span in spans.items()]


def _standing_at(places: set[tuple[int, int, int]]) -> dict[tuple[int, int, int], Excerpt]:
    """Return the excerpts that there are at these (version, start, end), in one query a thousand starts."""
    found: dict[tuple[int, int, int], Excerpt] = {}
    starts = sorted({start for _, start, _ in places})
    for first in range(0, len(starts), 1000):
        for excerpt in Excerpt.objects.filter(
            version_id__in={pk for pk, _, _ in places}, start__in=starts[first : first + 1000]
        ):
            place = (excerpt.version_id, excerpt.start, excerpt.end)
            if place in places:
                found[place] = excerpt
    return found


def _cut(version: DocumentVersion, span: Span) -> Excerpt:
    prefix, suffix = context_of(version.text, span)
    exact = version.text[span.start : span.end]
    return Excerpt(
        case=version.case, version=version, start=span.start, end=span.end, exact=exact, prefix=prefix, suffix=suffix
    )
