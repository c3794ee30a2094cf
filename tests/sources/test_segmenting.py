"""Texts cut into segments under overlapping marks: joined again they are the text, whatever lies over it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.segmenting import Mark, Paragraph, paragraphs_of, segments_of
from tests.corpus import TEXTS


def joined(paragraphs: list[Paragraph]) -> str:
    return "".join(segment.text for paragraph in paragraphs for segment in paragraph.segments)


def keys_at(paragraphs: list[Paragraph], offset: int) -> list[int]:
    for paragraph in paragraphs:
        for segment in paragraph.segments:
            if segment.start <= offset < segment.start + len(segment.text):
                return [mark.key for mark in segment.marks]
    raise AssertionError(offset)


def test_nested_and_overlapping_marks_are_all_carried() -> None:
    text = "Anna said the bridge was open."
    marks = [Mark(0, 30, 0, "content"), Mark(10, 20, 1, "content"), Mark(14, 25, 2, "cue"), Mark(10, 20, 1, "content")]
    paragraphs = segments_of(text, marks[:3])
    assert joined(paragraphs) == text
    assert [(s.text, [m.key for m in s.marks]) for s in paragraphs[0].segments] == [
        ("Anna said ", [0]),
        ("the ", [0, 1]),
        ("bridge", [0, 1, 2]),
        (" was ", [0, 2]),
        ("open.", [0]),
    ]


def test_a_mark_goes_on_in_the_next_paragraph() -> None:
    paragraphs = segments_of("one\n\ntwo\r\nthree", [Mark(2, 7, 5, "content")])
    assert [paragraph.start for paragraph in paragraphs] == [0, 5, 10]
    assert [(s.start, s.text, len(s.marks)) for p in paragraphs for s in p.segments] == [
        (0, "on", 0),
        (2, "e\n\n", 1),
        (5, "tw", 1),
        (7, "o\r\n", 0),
        (10, "three", 0),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [""]),
        ("\n", ["\n"]),
        ("\nfirst", ["\n", "first"]),
        ("a\rb\r\nc\n\nd", ["a\r", "b\r\n", "c\n\n", "d"]),
        ("ends\n", ["ends\n"]),
    ],
)
def test_paragraphs_keep_their_line_ends(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in paragraphs_of(text)] == expected


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_awkward_texts_come_out_whole(name: str) -> None:
    text = TEXTS[name]
    marks = [Mark(start, start + 3, start, "content") for start in range(0, len(text), 2)]
    assert joined(segments_of(text, marks)) == text


@given(
    st.text(alphabet=st.sampled_from(list("ab \r\né💩")), max_size=30),
    st.lists(st.tuples(st.integers(0, 35), st.integers(0, 35)), max_size=8),
)
def test_any_text_under_any_marks_comes_out_whole(text: str, spans: list[tuple[int, int]]) -> None:
    marks = [Mark(start, end, key, "content") for key, (start, end) in enumerate(spans)]
    paragraphs = segments_of(text, marks)
    assert joined(paragraphs) == text
    for offset in range(len(text)):
        assert sorted(keys_at(paragraphs, offset)) == [m.key for m in marks if m.start <= offset < m.end]
    assert all(s.text for p in paragraphs for s in p.segments) or text == ""
