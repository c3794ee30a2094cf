"""How does a text fall into pieces, so that spans which overlap and nest can be shown in it?

Public: `Mark`, `Segment`, `Paragraph`, `paragraphs_of`, `segments_of`. Pure functions over code points. The pieces,
joined, are always the text itself, line ends included.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LINE_ENDS = re.compile(r"(?:\r\n|\r|\n)+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to be shown: `key` says what it belongs to, `role` what its words do there."""

    start: int
    end: int
    key: int
    role: str


@dataclass(frozen=True, slots=True)
class Segment:
    """Words under which the same marks lie, in the order in which these begin."""

    start: int
    text: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text with the line ends that follow it."""

    start: int
    segments: tuple[Segment, ...]


def paragraphs_of(text: str) -> list[tuple[int, int]]:
    """Return (start, end) of each line with the line ends after it; line ends are LF, CR and CRLF."""
    ends = [found.end() for found in _LINE_ENDS.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return list(zip([0, *ends[:-1]], ends, strict=True))


def segments_of(text: str, marks: Sequence[Mark]) -> list[Paragraph]:
    """Return the paragraphs of `text`, each cut wherever a mark begins or ends.

    Marks that are empty or lie beyond the text are left out as far as they do.
    """
    waiting = sorted((mark for mark in marks if mark.start < mark.end), key=lambda m: (m.start, -m.end, m.key, m.role))
    edges = sorted({edge for mark in waiting for edge in (mark.start, mark.end) if 0 <= edge <= len(text)})
    paragraphs = []
    under: list[Mark] = []  # the marks that lie under the place we are at
    next_mark = next_edge = 0
    for start, end in paragraphs_of(text):
        segments, at = [], start
        while at < end or (at == end == 0):
            while next_edge < len(edges) and edges[next_edge] <= at:
                next_edge += 1
            under = [mark for mark in under if mark.end > at]
            while next_mark < len(waiting) and waiting[next_mark].start <= at:
                if waiting[next_mark].end > at:
                    under.append(waiting[next_mark])
                next_mark += 1
            until = min(end, edges[next_edge]) if next_edge < len(edges) else end
            segments.append(Segment(at, text[at:until], tuple(under)))
            if until == at:
                break
            at = until
        paragraphs.append(Paragraph(start, tuple(segments)))
    return paragraphs
