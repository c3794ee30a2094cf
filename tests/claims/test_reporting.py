"""Guesses on reported speech: cues, quotation marks, manner; and what of a text is still to be read."""

import pytest
from django.conf import settings

from claims.coverage import measure_coverage
from claims.reporting import choose_cue, find_cues, guess_manner, has_quote_marks
from sources.anchoring import Span
from sources.sentences import sentences_of

ARTICLE = (settings.BASE_DIR / "seeds" / "jisr_al_shughur" / "article.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("He claims that it was the alleged killing.", "en", ["claims", "alleged"]),
        ("According to officials, he declined to comment.", "en", ["According to", "declined to comment"]),
        ("The road was open.", "en", []),
        ("Selon lui, la route était ouverte.", "fr", ["Selon"]),
        ("Er sagte laut Bericht nichts.", "de-AT", ["sagte", "laut", "Bericht"]),
        ("وقال المتحدث إن الطريق مفتوح", "ar", ["وقال"]),
        ("She said so.", "xx", ["said"]),
    ],
)
def test_cues_are_found(text: str, language: str, expected: list[str]) -> None:
    assert [text[cue.start : cue.end] for cue in find_cues(text, language)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("They call it “open”.", True),
        ("a damaged one” here", True),
        ('straight "marks"', True),
        ("‘single ones’", True),
        ("isn’t an apostrophe one?", False),
        ('a pipe of 5" and 3”', False),
        ("«guillemets»", True),
        ("nothing", False),
    ],
)
def test_quotation_marks_are_seen(text: str, expected: bool) -> None:
    assert has_quote_marks(text) is expected


@pytest.mark.parametrize(
    ("before", "words", "after", "expected"),
    [
        ("He said: “", "the road is open", "”.", "direct"),
        ("He said: ", "“the road is open”", ".", "direct"),
        ("He said that ", "the road is “open”", ".", "mixed"),
        ("He said that ", "the road is open", ".", "indirect"),
        ("They are saying that ", "the road is open", ". It is immense.”", "direct"),  # the opening one is lost
        ("He said: “", "the road is open", " and went.", "direct"),  # the closing one is lost
        ("He said that troops ", "committed atrocities” against them", ".", "mixed"),
        ("A lost one” and then he said ", "the road is open", ".", "unclear"),
        ('He said: "', "the road is open", '".', "direct"),
    ],
)
def test_manner_is_guessed_from_marks_damaged_ones_included(before: str, words: str, after: str, expected: str) -> None:
    assert guess_manner(before, words, after) == expected


def test_the_nearest_cue_outside_the_words_is_chosen() -> None:
    text = "Officials said that the road, he claims, is open."
    cues = find_cues(text, "en")
    assert choose_cue(cues, Span(20, 28)) == cues[1]
    assert choose_cue(cues, Span(0, 49)) is None


def test_coverage_counts_every_letter_once() -> None:
    text = "One two. Three four."
    sentences = sentences_of(text)
    assert measure_coverage(text, sentences, []).covered == 0
    overlapping = [Span(0, 7), Span(4, 8), Span(4, 7)]
    found = measure_coverage(text, sentences, overlapping)
    assert (found.covered, found.total) == (7, 17)
    assert measure_coverage(text, sentences, [Span(0, 20)]).covered == 17


def test_what_is_still_to_be_read_reports_somebody_and_is_untouched() -> None:
    text = "He said no. The road was open. They call it “open”. She denied it."
    sentences = sentences_of(text)
    found = measure_coverage(text, sentences, [Span(0, 2)], "en")
    assert [(text[one.span.start : one.span.end], one.why) for one in found.unread] == [
        ("They call it “open”.", "quote"),
        ("She denied it.", "cue"),
    ]


def test_the_seed_article_says_what_is_still_to_be_read() -> None:
    found = measure_coverage(ARTICLE, sentences_of(ARTICLE, "en"), [], "en")
    words = [ARTICLE[one.span.start : one.span.end] for one in found.unread]
    assert any(sentence.startswith("State TV also alleged that residents") for sentence in words)
    assert not any(sentence.startswith("Wounded people") for sentence in words)
