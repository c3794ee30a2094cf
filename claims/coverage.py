"""How much of a text has been worked through, and what is still to be read?

Public: `Coverage`, `Unread`, `measure_coverage`. A pure function: text and spans in, figures and places out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sources.anchoring import Span

from .reporting import find_cues, has_quote_marks


@dataclass(frozen=True, slots=True)
class Unread:
    """A sentence that seems to report somebody and that no evidence touches; `why` is `quote` or `cue`."""

    span: Span
    why: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of a text's code points lie inside evidence, white space left out, and the sentences still to read."""

    covered: int
    total: int
    unread: list[Unread]


def measure_coverage(text: str, sentences: Sequence[Span], evidence: Iterable[Span], language: str = "") -> Coverage:
    """Return the coverage of `text` by the spans of evidence, which may overlap."""
    merged = _merge(evidence)
    covered = sum(_count_letters(text[span.start : span.end]) for span in merged)
    unread, at = [], 0
    for sentence in sentences:
        while at < len(merged) and merged[at].end <= sentence.start:
            at += 1
        if at < len(merged) and merged[at].start < sentence.end:
            continue
        words = text[sentence.start : sentence.end]
        if has_quote_marks(words):
            unread.append(Unread(sentence, "quote"))
        elif find_cues(words, language):
            unread.append(Unread(sentence, "cue"))
    return Coverage(covered, _count_letters(text), unread)


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _count_letters(text: str) -> int:
    return sum(map(len, text.split()))
