"""Where do these words stand in that text?

Public: `Span`, `locate_quote`, `context_of`, `shortest_context`. Pure functions over Python strings, whose
indices count Unicode code points as the W3C Web Annotation model asks (TextPositionSelector: code points, not
code units; start inclusive, end exclusive). A quotation is only ever found verbatim: where the words differ from
the text in the least, the search fails, and says what the text has instead.
"""

from array import array
from dataclasses import dataclass

from .text import fold, fold_character

CONTEXT_LENGTH = 32  # code points of prefix and suffix kept beside each excerpt
_PLACES_COUNTED = 100  # places of the same words that are looked for; a person tells no more of them apart
_PLACES_SHOWN = 5  # of these, named in an error before "and more"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points."""

    start: int
    end: int


class QuoteNotFound(LookupError):
    """The words are not in the text. `similar` is the span that differs only in case, marks or spacing."""

    def __init__(self, message: str, similar: Span | None = None) -> None:
        super().__init__(message)
        self.similar = similar


class QuoteAmbiguous(LookupError):
    """The words stand in the text more than once, and prefix and suffix do not tell which is meant.

    `spans` are the first places, a hundred at most.
    """

    def __init__(self, message: str, spans: list[Span]) -> None:
        super().__init__(message)
        self.spans = spans


def locate_quote(text: str, exact: str, *, prefix: str = "", suffix: str = "") -> Span:
    """Return the one place where `exact` stands in `text` after `prefix` and before `suffix`.

    A quotation that was typed or pasted into a browser may carry CRLF where the text has LF: where the words as
    given are not found, their LF form is looked for as well. Raises QuoteNotFound or QuoteAmbiguous.
    """
    if not exact:
        raise QuoteNotFound("an empty quotation stands nowhere")
    spans = _find_places(text, exact, prefix, suffix)
    if not spans and "\r\n" in exact + prefix + suffix:
        exact, prefix, suffix = (part.replace("\r\n", "\n") for part in (exact, prefix, suffix))
        spans = _find_places(text, exact, prefix, suffix)
    if len(spans) == 1:
        return spans[0]
    if spans:
        many = f"more than {_PLACES_COUNTED}" if len(spans) > _PLACES_COUNTED else f"{len(spans)}"
        shown = ", ".join(str(span.start) for span in spans[:_PLACES_SHOWN])
        more = " and more" if len(spans) > _PLACES_SHOWN else ""
        raise QuoteAmbiguous(
            f"these words stand in the text {many} times (at {shown}{more}): "
            "give the words before (prefix) or after (suffix)",
            spans[:_PLACES_COUNTED],
        )
    if exact in text:
        raise QuoteNotFound("these words stand in the text, but not after this prefix and before this suffix")
    similar = _find_similar(text, exact)
    if similar is None:
        raise QuoteNotFound("these words do not stand in the text")
    raise QuoteNotFound(
        "these words do not stand in the text; it has at "
        f"{similar.start} words that differ in case, accents, quote marks or spacing: "
        f"{text[similar.start : similar.end]!r}",
        similar,
    )


def context_of(text: str, span: Span, length: int = CONTEXT_LENGTH) -> tuple[str, str]:
    """Return the `length` code points before and after the span, fewer at the edges of the text."""
    return text[max(0, span.start - length) : span.start], text[span.end : span.end + length]


def shortest_context(text: str, span: Span) -> tuple[str, str]:
    """Return a (prefix, suffix) with which `locate_quote` finds this span again; empty where it needs none.

    Words before are preferred to words after, and either to both; whole words, and more of them until they tell.
    """
    exact = text[span.start : span.end]
    if _stands_once(text, exact):
        return "", ""
    length = 8
    while True:
        prefix, suffix = _whole_words(text, span, length)
        for before, after in ((prefix, ""), ("", suffix), (prefix, suffix)):
            if _stands_once(text, before + exact + after):
                return before, after
        length *= 2


def _whole_words(text: str, span: Span, length: int) -> tuple[str, str]:
    """Return at least `length` code points before and after, as far as the words that they cut into, if these end."""
    start, end = max(0, span.start - length), min(len(text), span.end + length)
    while start > 0 and span.start - start < 2 * length and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and end - span.end < 2 * length and not text[end].isspace():
        end += 1
    return text[start : span.start], text[span.end : end]


def _find_places(text: str, exact: str, prefix: str, suffix: str) -> list[Span]:
    """Return the places of the words that have this context, overlapping ones included, one more than are counted.

    Words and context are looked for as one string: in a text that repeats itself, comparing the context at every place
    of the words, or listing all of these, would take time or memory without measure.
    """
    spans: list[Span] = []
    sought = prefix + exact + suffix
    at = text.find(sought)
    while at != -1 and len(spans) <= _PLACES_COUNTED:
        start = at + len(prefix)
        spans.append(Span(start, start + len(exact)))
        at = text.find(sought, at + 1)
    return spans


def _stands_once(text: str, words: str) -> bool:
    """Tell whether words that stand in the text stand there at one place alone."""
    return text.find(words, text.find(words) + 1) == -1


def _find_similar(text: str, exact: str) -> Span | None:
    """Return the first place whose words fold to the same key, in the text's own offsets."""
    wanted = fold(exact)
    if not wanted or wanted not in fold(text):
        return None
    letters: list[str] = []
    offsets = array("I")  # of each letter: where in the text it comes from
    for offset, character in enumerate(text):
        for letter in fold_character(character):
            if letter.isspace():
                if letters and letters[-1] == " ":
                    continue
                letters.append(" ")
            else:
                letters.append(letter)
            offsets.append(offset)
    found = "".join(letters).index(wanted)
    end = offsets[found + len(wanted) - 1] + 1
    while end < len(text) and fold_character(text[end]) == "":  # marks that belong to the last letter
        end += 1
    return Span(offsets[found], end)
