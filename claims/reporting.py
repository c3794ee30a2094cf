"""Which words of a text tell that somebody is being reported?

Public: `find_cues`, `has_quote_marks`, `guess_manner`, `choose_cue`. Pure functions over code points. All of it is
guessing, offered to a person and never stored by itself.
"""

import re
from functools import cache

from sources.anchoring import Span

from .choices import Manner

# Verbs and phrases of attribution, by language; a star stands for any ending.
_CUES = {
    "en": "said say says saying told tell tells claim claims claimed claiming alleg* reported reportedly reports "
    "according+to stat* announc* added adds assert* insist* den* admit* confirm* accus* blam* warn* believ* "
    "fear fears feared think thinks thought commented comments argu* maintain* suggest* declar* testif* recalled wrote "
    "writes acknowledged rejected dismissed demanded urged asked replied answered explained noted predicted estimated "
    "declined+to+comment refused+to+say witnesses sources+close+to so-called purported* supposed*",
    "fr": "dit disent disait déclar* affirm* selon d'après annonc* accus* assur* ajout* expliqu* estim* raconte* nie "
    "nient démen* dénonc* indiqu* prétend* aurait auraient rapport*",
    "de": "sagte sagten sagt laut erklär* behaupt* zufolge nach+angaben bericht* wirft werfen betont* meint* bestritt "
    "bestreitet kündigt* angeblich fügte teilte+mit",
    "es": "dijo dijeron dice según afirm* declar* asegur* denunci* neg* anunci* acus* añadió explicó señal* sostien* "
    "presunt* supuest*",
    "tr": "dedi söyledi açıkladı belirtti iddia öne+sürdü göre yalanladı reddetti bildirdi vurguladı ifade+etti",
    "ru": "сказал* заяв* сообщ* по+словам по+данным утвержда* отрица* опроверг* обвин* считает якобы подчеркн* отмети*",
    "ar": "قال قالت قالوا يقول تقول وقال وقالت صرح صرحت أعلن أعلنت زعم زعمت يزعم اتهم اتهمت نفى نفت أكد أكدت أضاف "
    "أضافت وأضاف ذكر ذكرت بحسب حسب وفقا وفقاً أشار أشارت أفاد أفادت ادعى ادعت",
}
_OPENING = "“„«‹「『"
_CLOSING = "”»›」』"
_MARKS = re.compile(rf"[{_OPENING}{_CLOSING}\"]|(?<!\w)[‘’](?=\w)|(?<=[\w.,!?])’(?!\w)")
_FALSE_FRIENDS = re.compile(r"\d[”\"]")  # inches and seconds


def find_cues(text: str, language: str = "") -> list[Span]:
    """Return where words of attribution stand in `text`; where the language has no list, the English one is used."""
    return [Span(*found.span()) for found in _pattern(language.partition("-")[0].casefold()).finditer(text)]


def has_quote_marks(text: str) -> bool:
    """Tell whether quotation marks stand in the text, a single one included: damaged ones count."""
    return _MARKS.search(_FALSE_FRIENDS.sub("0", text)) is not None


def guess_manner(before: str, words: str, after: str) -> Manner:
    """Return how the document seems to give `words`, which stand between `before` and `after` in its paragraph.

    Marks around the words, or none but an opening one before, or a closing one after, where the other is lost: direct.
    Marks inside them: mixed. None in the paragraph: indirect. Marks elsewhere that do not pair: unclear.
    """
    inside = _MARKS.findall(words.strip('“”"„«»‘’ '))
    opened, closed = _is_open_after(before), _is_closed_by(after)
    own = words.strip()
    is_wrapped = bool(own) and own[0] in _OPENING + '"' and own[-1] in _CLOSING + '"'
    if is_wrapped and not inside:
        return Manner.DIRECT
    if opened and closed:
        return Manner.DIRECT
    if inside or is_wrapped or (own and (own[0] in _OPENING or own[-1] in _CLOSING)):
        return Manner.MIXED
    if opened != closed:
        return Manner.DIRECT
    whole = before + words + after
    pairs = len(re.findall(rf"[{_OPENING}]", whole)) == len(re.findall(rf"[{_CLOSING}]", whole))
    return Manner.INDIRECT if pairs and whole.count('"') % 2 == 0 else Manner.UNCLEAR


def choose_cue(cues: list[Span], words: Span) -> Span | None:
    """Return the cue nearest to the words, of those that do not lie inside them; None where there is none."""
    outside = [cue for cue in cues if cue.end <= words.start or cue.start >= words.end]

    def distance(cue: Span) -> int:
        return words.start - cue.end if cue.end <= words.start else cue.start - words.end

    return min(outside, key=distance, default=None)


def _is_open_after(before: str) -> bool:
    """Tell whether a quotation that was opened before goes on: the last mark opens, or straight ones do not pair."""
    marks = re.findall(rf"[{_OPENING}{_CLOSING}]", before)
    return bool(marks and marks[-1] in _OPENING) or before.count('"') % 2 == 1


def _is_closed_by(after: str) -> bool:
    """Tell whether what follows closes a quotation before it opens another."""
    marks = re.findall(rf"[{_OPENING}{_CLOSING}]", after)
    return bool(marks and marks[0] in _CLOSING) or after.count('"') % 2 == 1


@cache
def _pattern(language: str) -> re.Pattern[str]:
    words = _CUES.get(language, _CUES["en"]).split()
    parts = [re.escape(word).replace(r"\*", r"\w{0,8}").replace(r"\+", r"\s+") for word in words]
    # Longer phrases first, so that "declined to comment" is not cut short.
    return re.compile(rf"\b(?:{'|'.join(sorted(parts, key=len, reverse=True))})\b", re.IGNORECASE)
