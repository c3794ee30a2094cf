"""Where does the sentence begin and end in which certain words stand?

Public: `sentence_around`. Pure: offsets in, offsets out, in code points; the text itself is never changed. It is made
for showing words in their place, and so errs on the side of more: a mark that may not end a sentence does not.
"""

import re

# A mark that ends a sentence, closing quotes and brackets after it, then white space; or a line's end.
_ENDS = re.compile(r"[.!?…。！？؟۔।‼⁇⁈⁉]+[\"'”’»›)\]}」』]*(?=\s|$)|[。！？][」』”’]*|\r\n|[\n\r\u2028\u2029\x85]")
# What stands before a full stop that ends nothing: titles, initials, and the like.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(\[“\"'‘«])(?:[^\W\d_]|Mr|Mrs|Ms|Dr|Prof|St|Gen|Col|Capt|Lt|Sgt|Maj|Brig|Gov|Sen|Rep|Rev|Hon|Jr|Sr|No|"
    r"vs|cf|e\.g|i\.e|al|approx|ca|[^\W\d_](?:\.[^\W\d_])+)\.$"
)


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return (start, end) of the sentence or sentences in which the words from `start` to `end` stand.

    White space at the edges is left out; the words themselves never are.
    """
    left = 0
    for mark in _ENDS.finditer(text, 0, len(text)):
        if mark.end() > start:
            break
        if _is_end(text, mark):
            left = mark.end()
    right = len(text)
    if end < len(text) or not text:
        for mark in _ENDS.finditer(text, max(end - 1, start)):
            if mark.end() >= end and _is_end(text, mark):
                is_line = mark.group().isspace()
                right = max(mark.start() if is_line else mark.end(), end)
                break
    while left < start and text[left].isspace():
        left += 1
    while right > end and text[right - 1].isspace():
        right -= 1
    return left, right


def _is_end(text: str, mark: re.Match[str]) -> bool:
    """Tell whether this mark ends a sentence, and not a title, an initial or an abbreviation."""
    if mark.group() != ".":
        return True
    if _ABBREVIATED.search(text[max(mark.start() - 12, 0) : mark.end()]):
        return False
    following = text[mark.end() :].lstrip()
    return not following[:1].islower()
