"""Where do the sentences of a text begin and end?

Public: `sentences_of`, `sentence_at`, `sentence_around`. Pure functions over code points, after the rules of Unicode's
UAX #29 (SB6 to SB11), with what news prose needs besides: abbreviations, initials, and quotation marks that close after
the full stop. A blank line always ends a sentence; so does a single line end, unless the next line goes on in small
letters, as where a file breaks its lines by length.
"""

import re
from bisect import bisect_right
from functools import cache

from .anchoring import Span

_STOPS = ".!?…‼⁇⁈⁉؟۔։።།"  # end a sentence where white space follows
_WIDE_STOPS = "。！？｡．।॥။"  # end it by themselves: these scripts write no space after them
_CLOSERS = "\"'”’»›)]}」』）】〉》"
_STOP = re.compile(
    rf"[{re.escape(_WIDE_STOPS)}]+[{re.escape(_CLOSERS)}]*"
    rf"|[{re.escape(_STOPS)}]+[{re.escape(_CLOSERS)}]*(?=\s|$)"
    r"|(?:\r\n|[\n\r\x0b\x0c\x85\u2028\u2029])\s*"
)
_LINE_ENDS = "\r\n\x0b\x0c\x85\u2028\u2029"
_BLANK_LINE = re.compile(r"\r\n[^\S\r\n]*[\r\n]|\n[^\S\n]*\n|\r[^\S\r\n]*\r|\u2029")
_WORD_BEFORE = re.compile(r"[^\s(\[“\"‘']*\Z")
_NEXT = re.compile(r"[\s(\[{“\"‘'«„—–-]*")

# Words after which a full stop seldom ends a sentence, by language; those of "" hold everywhere.
_ABBREVIATIONS = {
    "": "e.g i.e etc vs al no nr vol ed eds pp st mt art fig cf ca approx dept",
    "en": "mr mrs ms dr prof gen col lt sgt capt maj cmdr adm sen rep gov pres rev hon jr sr messrs ft jan feb mar apr "
    "jun jul aug sep sept oct nov dec inc ltd corp co bros u.s u.k u.n u.s.a a.m p.m",
    "de": "hr fr dr prof bzw z.b d.h u.a usw nr str tel ca evtl ggf inkl jh mio mrd s.o s.u v.a",
    "fr": "m mm mme mmes mlle dr pr p.ex c.-à-d env av bd",
    "es": "sr sra sres srta dr dra d ud uds p.ej ee.uu núm pág",
    "it": "sig sigg dott prof on ecc pag",
    "pt": "sr sra dr dra exmo prof pág",
    "nl": "dhr mevr dr bv d.w.z enz nl",
    "tr": "dr prof sn bkz vb vs yy",
    "ru": "г гг т.е т.д т.п др пр им см ул",
}
_INITIAL = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]\Z")


def sentences_of(text: str, language: str = "") -> list[Span]:
    """Return the sentences of `text` in order, without the white space around them.

    `language` is a BCP 47 tag, empty where it is not known; it selects abbreviations. Every character that is not
    white space lies in exactly one sentence.
    """
    abbreviations = _abbreviations(language.partition("-")[0].casefold())
    found: list[Span] = []
    start = 0
    for stop in _STOP.finditer(text):
        if stop.end() > start and _ends(text, stop, abbreviations):
            _add(found, text, start, stop.end())
            start = stop.end()
    _add(found, text, start, len(text))
    return found


def sentence_at(sentences: list[Span], offset: int) -> Span | None:
    """Return the sentence in which a code point lies; None in the white space between two."""
    index = bisect_right(sentences, offset, key=lambda span: span.start) - 1
    return sentences[index] if index >= 0 and offset < sentences[index].end else None


def sentence_around(text: str, start: int, end: int, language: str = "") -> Span:
    """Return the sentence, or sentences, in which the words from `start` to `end` stand; the words are always in it."""
    touched = [span for span in sentences_of(text, language) if span.start < end and span.end > start]
    return Span(min([start, *(span.start for span in touched)]), max([end, *(span.end for span in touched)]))


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        found.append(Span(start, end))


def _ends(text: str, stop: re.Match[str], abbreviations: frozenset[str]) -> bool:
    """Tell whether a sentence ends where something stands that may end one."""
    first = text[stop.start()]
    if first in _LINE_ENDS:
        return _BLANK_LINE.match(text, stop.start()) is not None or not _goes_on(text, stop.end())
    if first in _WIDE_STOPS:
        return True
    if _goes_on(text, stop.end()):
        return False
    marks = stop.group().rstrip(_CLOSERS)
    if marks != ".":
        return True
    before = _WORD_BEFORE.search(text, max(0, stop.start() - 20), stop.start())
    word = before.group().casefold() if before else ""
    is_initial = _INITIAL.match(word) is not None and word != "i"
    return not (word in abbreviations or is_initial) or stop.end() == len(text) or _begins_anew(text, stop.end())


def _goes_on(text: str, offset: int) -> bool:
    """Tell whether the next letter is a small one, past white space on this line, brackets and quote marks."""
    following = _NEXT.match(text, offset)
    place = following.end() if following else offset
    return place < len(text) and text[place].islower() and not _BLANK_LINE.search(text, offset, place)


def _begins_anew(text: str, offset: int) -> bool:
    """Tell whether a line ends here: after an abbreviation that is nearly always the end of the sentence."""
    following = _NEXT.match(text, offset)
    return following is not None and any(character in _LINE_ENDS for character in following.group())


@cache
def _abbreviations(language: str) -> frozenset[str]:
    return frozenset(f"{_ABBREVIATIONS['']} {_ABBREVIATIONS.get(language, '')}".split())
