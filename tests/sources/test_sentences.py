"""Sentences: where they begin and end, on news prose and on texts of every awkward sort."""

from itertools import pairwise

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from sources.sentences import sentence_at, sentences_of
from tests.corpus import TEXTS, WITHOUT_A_SPACE


def words_of(text: str, language: str = "") -> list[str]:
    return [text[span.start : span.end] for span in sentences_of(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("It is open. It is shut.", "en", ["It is open.", "It is shut."]),
        ("“It is open.” Boris left.", "en", ["“It is open.”", "Boris left."]),
        ("“Is it open?” he asked. Nobody knew.", "en", ["“Is it open?” he asked.", "Nobody knew."]),
        ("Mr. Bridge met Dr. Toll. They spoke.", "en", ["Mr. Bridge met Dr. Toll.", "They spoke."]),
        ("J. R. Bridge paid 3.50 at No. 5. Then he left.", "en", ["J. R. Bridge paid 3.50 at No. 5.", "Then he left."]),
        ("The U.S. envoy said so. Why?! Because…", "en", ["The U.S. envoy said so.", "Why?!", "Because…"]),
        ("Hr. Brücke sagt z. B. nein. Dr. Zoll auch.", "de", ["Hr. Brücke sagt z. B. nein.", "Dr. Zoll auch."]),
        ("A caption\nAnother caption\n\nText.", "en", ["A caption", "Another caption", "Text."]),
        ("lines broken\nby their length. End", "en", ["lines broken\nby their length.", "End"]),
        ("small letters\n\nafter a blank line", "en", ["small letters", "after a blank line"]),
        ("one.\r\nTwo.\rThree.", "en", ["one.", "Two.", "Three."]),
        ("هل الجسر مفتوح؟ نعم. قال ذلك۔ ثم ذهب", "ar", ["هل الجسر مفتوح؟", "نعم.", "قال ذلك۔", "ثم ذهب"]),
        ("桥是开着的。“真的吗？”他否认了。", "zh", ["桥是开着的。", "“真的吗？”", "他否认了。"]),
        ("पुल खुला है। पुल बंद है।", "hi", ["पुल खुला है।", "पुल बंद है।"]),
        ("", "", []),
        (" \n ", "", []),
        ("...", "", ["..."]),
    ],
)
def test_sentences_are_those_that_a_reader_sees(text: str, language: str, expected: list[str]) -> None:
    assert words_of(text, language) == expected


def test_the_seed_article_falls_into_its_sentences() -> None:
    article = (settings.BASE_DIR / "seeds" / "jisr_al_shughur" / "article.txt").read_text("utf-8")
    sentences = words_of(article, "en")
    assert "All the accusations of residents sheltering gangs are false, he said." in sentences
    assert "And we never asked the army for help or to enter our city." in sentences
    assert "This is savagery, he said in a TV interview." in sentences
    assert sentences[-1] == "They are killing children and women,"


def assert_every_word_is_in_one_sentence(text: str) -> None:
    spans = sentences_of(text)
    assert all(not text[s.start].isspace() and not text[s.end - 1].isspace() for s in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    covered = {offset for span in spans for offset in range(span.start, span.end)}
    assert all(character.isspace() or offset in covered for offset, character in enumerate(text))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_awkward_texts_lose_nothing(name: str) -> None:
    assert_every_word_is_in_one_sentence(TEXTS[name])


@given(st.text(alphabet=st.sampled_from(list("aB. \n\r\t?!“”)'1。\u2029é")), max_size=60))
def test_any_text_loses_nothing(text: str) -> None:
    assert_every_word_is_in_one_sentence(text)


def test_a_text_without_a_space_is_one_sentence() -> None:
    assert words_of(WITHOUT_A_SPACE) == [WITHOUT_A_SPACE]


def test_the_sentence_at_an_offset_is_found() -> None:
    sentences = sentences_of("One. Two.")
    assert [sentence_at(sentences, offset) for offset in (0, 3, 4, 5, 9)] == [
        sentences[0],
        sentences[0],
        None,
        sentences[1],
        None,
    ]
