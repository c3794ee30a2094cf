"""Words are found where they stand, verbatim and nowhere else; offsets count code points."""

import tracemalloc
import unicodedata

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from sources.anchoring import (
    CONTEXT_LENGTH,
    QuoteAmbiguous,
    QuoteNotFound,
    Span,
    context_of,
    locate_quote,
    shortest_context,
)
from sources.text import fold
from tests.corpus import SCRIPTS, TEXTS, WITHOUT_A_SPACE


def refusal(text: str, exact: str, **context: str) -> QuoteNotFound:
    """Return how a quotation that is not in the text is refused."""
    with pytest.raises(QuoteNotFound) as refused:
        locate_quote(text, exact, **context)
    return refused.value


def spans(draw: st.DrawFn, text: str) -> Span:
    """Return any span of a text that is not empty."""
    start = draw(st.integers(0, len(text) - 1))
    return Span(start, draw(st.integers(start + 1, len(text))))


any_text = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80)
# Few letters, so that the same words stand in many places.
repetitive = st.text(st.sampled_from("ab \n\u0301"), min_size=1, max_size=80)
texts = st.one_of(any_text, repetitive, st.sampled_from(sorted(TEXTS.values())))


SPELLINGS = (
    str,
    str.upper,
    str.lower,
    lambda words: unicodedata.normalize("NFD", words),
    lambda words: unicodedata.normalize("NFC", words),
    lambda words: words.replace(" ", "\r\n"),
    lambda words: words.replace("\n", "\r\n"),
    lambda words: words + "\u0301",
    lambda words: "\u200b" + words,
)


@st.composite
def texts_with_a_span(draw: st.DrawFn) -> tuple[str, Span]:
    """A text, awkward or repetitive, and a place in it."""
    text = draw(texts)
    return text, spans(draw, text)


@st.composite
def texts_with_a_quotation(draw: st.DrawFn) -> tuple[str, str]:
    """A text and words that may be in it, once or often, as they stand there or spelled in another way."""
    text = draw(texts)
    if draw(st.booleans()):
        return text, draw(texts)
    span = spans(draw, text)
    return text, draw(st.sampled_from(SPELLINGS))(text[span.start : span.end])


def outcome(text: str, quoted: str) -> Span | LookupError:
    """Return where words were found, or how they were refused."""
    try:
        return locate_quote(text, quoted)
    except LookupError as refused:
        return refused


def folds_to_nothing(character: str) -> bool:
    """Tell whether the character is no part of a key, not even as a space."""
    return fold(f".{character}.") == ".."


# --- where words stand ---


def test_the_corpus_has_many_scripts() -> None:
    scripts = {unicodedata.name(c, "").split(" ")[0] for text in SCRIPTS.values() for c in text if c.isalpha()}
    # Japanese is three, and the katakana and Latin that stand in other texts are counted once.
    assert len(SCRIPTS) > 30
    assert len(scripts) > 28


@pytest.mark.parametrize("name", TEXTS)
def test_every_place_of_a_text_is_found_again_as_the_words_that_stand_there(name: str) -> None:
    text = TEXTS[name]
    for start in range(len(text)):
        for end in {start + 1, start + 2, start + 5, (start + len(text) + 1) // 2, len(text)}:
            if start < end <= len(text):
                found = locate_quote(text, text[start:end], prefix=text[:start], suffix=text[end:])
                assert found == Span(start, end)


# Quote and offsets, counted by hand in code points; the last column is what UTF-16 would say.
PLACES = [
    ("💩This is an annotation.", "annotation", 12, 22, 13),
    ("💩This is an annotation.", " is ", 5, 9, 6),
    ("💩This is an annotation.", "💩", 0, 1, 0),
    ("e\u0301t\u00e9 \u00e9t\u00e9", "\u00e9t\u00e9", 5, 8, 5),
    ("👩‍👩‍👧‍👦 went", "went", 8, 12, 12),
    ("👩‍👩‍👧‍👦 went", "👧‍👦", 4, 7, 6),
    ("🇸🇾🇹🇷 flags", "🇹🇷", 2, 4, 4),
    ("🇸🇾🇹🇷 flags", "🇾🇹", 1, 3, 2),  # two halves of flags: code points, not what is drawn
    ("z" + "\u0301" * 100 + "algo", "algo", 101, 105, 101),
    ("𝔘𝔫𝔦code", "code", 3, 7, 6),
    ("\U0010ffff\uffffx", "x", 2, 3, 3),
    ("قال ٣ أشخاص (three)", "three", 13, 18, 13),
    ("الجِسْرُ مفتوح", "مفتوح", 9, 14, 9),
    ("𠮷野家と言った", "言った", 4, 7, 5),
    ("\u1112\u1161\u11ab글", "글", 3, 4, 3),
    ("one\r\ntwo\r\nthree", "three", 10, 15, 10),
    ("\nfirst", "first", 1, 6, 1),
    ("a\u2028b\x85c\x0bd\x0ce", "e", 8, 9, 8),
    ("\ufeffmark", "mark", 1, 5, 1),
    ("co\u00adop", "\u00adop", 2, 5, 2),
]


@pytest.mark.parametrize(("text", "exact", "start", "end", "utf_16"), PLACES)
def test_offsets_count_code_points(text: str, exact: str, start: int, end: int, utf_16: int) -> None:
    assert locate_quote(text, exact) == Span(start, end)
    assert len(text[:start].encode("utf-16-le")) // 2 == utf_16


def test_some_of_these_offsets_are_others_in_utf_16() -> None:
    assert sum(start != utf_16 for _, _, start, _, utf_16 in PLACES) > 5


@given(texts_with_a_span())
def test_any_place_of_any_text_is_found_with_all_that_stands_around_it(case: tuple[str, Span]) -> None:
    text, span = case
    exact, before, after = text[span.start : span.end], text[: span.start], text[span.end :]
    assert locate_quote(text, exact, prefix=before, suffix=after) == span


@given(texts_with_a_quotation())
def test_what_is_found_is_verbatim_or_nothing_is_found(case: tuple[str, str]) -> None:
    text, quoted = case
    found = outcome(text, quoted)
    if quoted not in text:
        quoted = quoted.replace("\r\n", "\n")
    places = [at for at in range(len(text)) if text.startswith(quoted, at)][:100] if quoted else []
    if isinstance(found, QuoteAmbiguous):
        assert [text[span.start : span.end] for span in found.spans] == [quoted] * len(places)
        assert [span.start for span in found.spans] == places
    elif isinstance(found, Span):
        assert [found.start] == places
        assert text[found.start : found.end] == quoted
    else:
        assert places == []


# --- which of several places ---


def test_words_that_stand_twice_are_refused_with_their_places() -> None:
    with pytest.raises(QuoteAmbiguous) as refused:
        locate_quote("💩This is an annotation.", "is")
    assert refused.value.spans == [Span(3, 5), Span(6, 8)]
    assert "2 times (at 3, 6)" in str(refused.value)


def test_the_places_of_words_may_overlap() -> None:
    with pytest.raises(QuoteAmbiguous) as refused:
        locate_quote("anna banana", "ana")
    assert refused.value.spans == [Span(6, 9), Span(8, 11)]
    assert locate_quote("anna banana", "ana", prefix="ban") == Span(8, 11)
    assert locate_quote("anna banana", "ana", suffix="na") == Span(6, 9)


def test_of_many_places_the_first_few_are_named() -> None:
    with pytest.raises(QuoteAmbiguous, match=r"7 times \(at 0, 2, 4, 6, 8 and more\): give the words before"):
        locate_quote("x x x x x x x", "x")
    with pytest.raises(QuoteAmbiguous, match=r"5 times \(at 0, 2, 4, 6, 8\)"):
        locate_quote("x x x x x", "x")


@pytest.mark.parametrize(
    ("prefix", "suffix", "start"),
    [("This ", "", 5), ("", " an", 5), ("h", "", 2), ("Th", " ", 2), ("is ", " an", 5), ("", " is", 2)],
)
def test_the_words_before_and_after_tell_which_is_meant(prefix: str, suffix: str, start: int) -> None:
    assert locate_quote("This is an annotation.", "is", prefix=prefix, suffix=suffix) == Span(start, start + 2)


def test_a_prefix_ends_where_the_words_begin_and_a_suffix_begins_where_they_end() -> None:
    for context in ({"prefix": "This"}, {"suffix": "an"}, {"prefix": "This is", "suffix": "annotation"}):
        assert "not after this prefix and before this suffix" in str(refusal("This is an apple.", "is an", **context))


def test_a_prefix_or_suffix_longer_than_the_text_is_not_there() -> None:
    assert locate_quote("is", "is") == Span(0, 2)
    refusal("is", "is", prefix="This ")
    refusal("is", "is", suffix=" it")


def test_context_is_held_to_even_where_the_words_stand_once() -> None:
    refusal("The bridge is open.", "bridge", prefix="A ")
    refusal("The bridge is open.", "bridge", suffix=" was")


def test_context_that_fits_several_places_leaves_them_several() -> None:
    with pytest.raises(QuoteAmbiguous) as refused:
        locate_quote("a cat, a cat, the cat", "cat", prefix="a ")
    assert refused.value.spans == [Span(2, 5), Span(9, 12)]


# --- line ends as browsers send them ---


def test_a_quotation_typed_with_crlf_finds_the_line_feed() -> None:
    text = "He said:\nthe bridge\nis open.\nThe mayor said:\nthe bridge\nis open."
    with pytest.raises(QuoteAmbiguous):
        locate_quote(text, "the bridge\r\nis open.")
    assert locate_quote(text, "the bridge\r\nis open.", prefix="mayor said:\r\n") == Span(45, 64)
    assert locate_quote(text, "bridge", suffix="\r\nis open.\r\nThe") == Span(13, 19)


def test_crlf_in_the_text_is_found_as_crlf() -> None:
    text = "one\r\ntwo\none\ntwo"
    assert locate_quote(text, "one\r\ntwo") == Span(0, 8)
    assert locate_quote(text, "one\ntwo") == Span(9, 16)


def test_no_other_line_end_stands_for_another() -> None:
    for end in ("\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\n\n"):
        assert refusal("one\ntwo", f"one{end}two").similar == Span(0, 7)
    assert refusal("one\r\ntwo", "one\ntwo").similar == Span(0, 8)


# --- what is not found ---


def test_an_empty_quotation_stands_nowhere() -> None:
    assert "stands nowhere" in str(refusal("text", ""))
    assert refusal("", "").similar is None
    assert refusal("", "words").similar is None


NEARLY = {
    "composed": ("E\u0301lan vital", "\u00c9lan", "E\u0301lan"),
    "decomposed": ("the \u00c9lan vital", "E\u0301lan", "\u00c9lan"),
    "decomposed at the end": ("un cafe\u0301, un the\u0301", "caf\u00e9", "cafe\u0301"),
    "hangul": ("안나 \u1112\u1161\u11ab글 다리", "한글", "\u1112\u1161\u11ab글"),
    "case": ("The Bridge was open", "the bridge", "The Bridge"),
    "quote marks": ("“the bridge” was", '"the bridge"', "“the bridge”"),
    "apostrophe": ("it isn’t open", "isn't", "isn’t"),
    "dash": ("open — or not", "open - or", "open — or"),
    "spaces": ("the  bridge\n\twas open", "bridge was", "bridge\n\twas"),
    "no-break space": ("30\u00a0000 men", "30 000", "30\u00a0000"),
    "tashkeel": ("إن الجِسْرَ مَفْتُوحٌ.", "الجسر مفتوح", "الجِسْرَ مَفْتُوحٌ"),
    "tatweel": ("الجســـر مغلق", "الجسر", "الجســـر"),
    "zero width": ("the br\u200bid\u200dge", "bridge", "br\u200bid\u200dge"),
    "soft hyphen": ("a bridge\u00adhead", "bridgehead", "bridge\u00adhead"),
    "ligature": ("the ﬁnal oﬀer", "final offer", "ﬁnal oﬀer"),
    "sharp s": ("die Straße", "strasse", "Straße"),
    "final sigma": ("Ὀδυσσεύς", "ΟΔΥΣΣΕΥΣ", "Ὀδυσσεύς"),
    "marks after": ("z\u0301\u0302\u0303algo", "zalgo", "z\u0301\u0302\u0303algo"),
    "behind astral": ("💩💩 The Bridge", "the bridge", "The Bridge"),
}


@pytest.mark.parametrize("name", NEARLY)
def test_a_twin_in_another_spelling_is_not_found_but_shown(name: str) -> None:
    text, quoted, words = NEARLY[name]
    missing = refusal(text, quoted)
    assert missing.similar is not None
    assert text[missing.similar.start : missing.similar.end] == words
    assert f"it has at {missing.similar.start} words that differ" in str(missing)
    assert repr(words) in str(missing)
    assert locate_quote(text, words) == missing.similar


@pytest.mark.parametrize(
    ("text", "quoted"),
    [("The bridge is open.", "tunnel"), ("The bridge", "bridges"), ("a", "\u0301"), ("a", "\u200b"), ("мост", "moct")],
)
def test_words_that_the_text_has_in_no_spelling_are_plainly_not_there(text: str, quoted: str) -> None:
    missing = refusal(text, quoted)
    assert missing.similar is None
    assert str(missing) == "these words do not stand in the text"


@given(texts_with_a_quotation())
def test_similar_words_are_shown_exactly_where_the_keys_agree(case: tuple[str, str]) -> None:
    text, quoted = case
    found = outcome(text, quoted)
    if not isinstance(found, QuoteNotFound):
        return
    wanted = fold(quoted)
    event("similar" if found.similar else "nothing similar")
    assert (found.similar is not None) == (wanted != "" and wanted in fold(text))
    if found.similar is not None:
        start, end = found.similar.start, found.similar.end
        assert 0 <= start < end <= len(text)
        assert wanted in fold(text[start:end])
        assert wanted not in fold(text[start + 1 : end])
        assert wanted not in fold(text[start : end - 1]) or folds_to_nothing(text[end - 1])
        assert end == len(text) or not folds_to_nothing(text[end])  # marks go with their letter


# --- the words around ---


@given(texts_with_a_span(), st.integers(0, 40))
def test_context_is_what_stands_around_and_never_more_than_asked_for(case: tuple[str, Span], length: int) -> None:
    text, span = case
    prefix, suffix = context_of(text, span, length)
    exact = text[span.start : span.end]
    assert len(prefix) == min(length, span.start)
    assert len(suffix) == min(length, len(text) - span.end)
    assert text[span.start - len(prefix) : span.end + len(suffix)] == prefix + exact + suffix


def test_the_context_kept_is_32_code_points() -> None:
    text = "💩" * 50 + "is" + "\u0301" * 50
    assert CONTEXT_LENGTH == 32
    assert context_of(text, Span(50, 52)) == ("💩" * 32, "\u0301" * 32)
    assert context_of(text, Span(0, 1)) == ("", "💩" * 32)
    assert context_of(text, Span(101, 102)) == ("\u0301" * 32, "")


@given(texts_with_a_span())
def test_the_shortest_context_leads_back_to_the_place(case: tuple[str, Span]) -> None:
    text, span = case
    prefix, suffix = shortest_context(text, span)
    assert locate_quote(text, text[span.start : span.end], prefix=prefix, suffix=suffix) == span


@pytest.mark.parametrize("name", TEXTS)
def test_the_shortest_context_leads_back_to_every_single_character(name: str) -> None:
    text = TEXTS[name]
    for start in range(len(text)):
        prefix, suffix = shortest_context(text, Span(start, start + 1))
        assert locate_quote(text, text[start], prefix=prefix, suffix=suffix) == Span(start, start + 1)


def test_words_that_stand_once_need_no_context() -> None:
    assert shortest_context("The bridge is open.", Span(4, 10)) == ("", "")


def test_the_words_before_are_preferred_and_are_whole_words() -> None:
    text = "Anna wrote that the bridge was open. Boris denied that the bridge was closed."
    second = text.index("bridge", 30)
    assert shortest_context(text, Span(second, second + 6)) == ("", " was closed.")  # as long, and they tell
    text = "Anna called the bridge open. Boris crossed the bridge twice."
    second = text.index("bridge", 30)
    assert shortest_context(text, Span(second, second + 6)) == ("crossed the ", "")


def test_the_words_after_serve_where_those_before_do_not_tell() -> None:
    text = "the bridge was open. the bridge was closed."
    assert shortest_context(text, Span(4, 10)) == ("", " was open.")


def test_both_sides_serve_where_neither_tells_alone() -> None:
    sides = [f"{before} it {after}" for before in ("red", "blue") for after in ("left", "right")]
    text = " / ".join(sides)
    place = text.index("red it right") + 4
    prefix, suffix = shortest_context(text, Span(place, place + 2))
    assert locate_quote(text, "it", prefix=prefix, suffix=suffix) == Span(place, place + 2)


# --- long texts ---


def test_a_text_without_a_space_is_quoted_like_any_other() -> None:
    text = WITHOUT_A_SPACE
    assert len(text) == 50_000
    for start in (0, 1, 24_999, 49_990, 49_999):
        span = Span(start, min(start + 10, 50_000))
        prefix, suffix = shortest_context(text, span)
        assert len(prefix) + len(suffix) <= 32  # a word that does not end is cut
        assert locate_quote(text, text[span.start : span.end], prefix=prefix, suffix=suffix) == span
    assert refusal(text, text[100:110] + "橋橋").similar is None


def test_a_text_that_repeats_itself_does_not_keep_the_server_busy() -> None:
    text = "a" * 1_000_000  # comparing the words, or their context, at every place would take minutes
    for context in ({}, {"prefix": "b"}, {"suffix": "a" * 100_000 + "b"}):
        with pytest.raises(LookupError):
            locate_quote(text, "a" * 500_000, **context)
    assert shortest_context(text, Span(0, 500_000)) == ("", "a" * 500_000)


def test_words_that_stand_everywhere_do_not_fill_the_memory() -> None:
    text = "a" * 500_000
    tracemalloc.start()
    try:
        with pytest.raises(QuoteAmbiguous, match="more than 100 times") as refused:
            locate_quote(text, "a")
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(refused.value.spans) == 100
    assert peak < 2**20  # bytes
