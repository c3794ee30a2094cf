"""Which characters may be stored, and which spellings are found for one another."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.text import find_unstorable, fold, name_key, sha256_of
from tests.corpus import TEXTS

any_text = st.text(st.characters(exclude_categories=("Cs",)), max_size=60)
# Every character that Unicode has given a meaning to; those it has not all behave alike.
CHARACTERS = [c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) not in ("Cn", "Co", "Cs")]

NUL = "holds a NUL character"
SURROGATE = "holds a lone surrogate, which is no character"


# --- what can be stored ---


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a\x00b", [("", NUL)]),
        ("a\ud800b", [("", SURROGATE)]),
        ("\udfff\x00", [("", NUL), ("", SURROGATE)]),
        ({"label": "a\x00"}, [("label", NUL)]),
        ({"aliases": ["fine", "\udc00"]}, [("aliases.1", SURROGATE)]),
        ({"a": {"b": [{"c": "\x00"}]}}, [("a.b.0.c", NUL)]),
        ([["\x00"], "fine", ("\ud9ff",)], [("0.0", NUL), ("2.0", SURROGATE)]),
        ({"\x00": "fine"}, [("", NUL)]),
        ({"inner": {"\ud800key": 1}}, [("inner", SURROGATE)]),
        ({"one": "\x00", "two": "\x00"}, [("one", NUL), ("two", NUL)]),
    ],
)
def test_what_no_database_holds_is_found_with_its_place(value: object, found: list[tuple[str, str]]) -> None:
    assert list(find_unstorable(value)) == found


@pytest.mark.parametrize("value", ["", "fine", None, 0, 1.5, True, [], {}, {"a": [None, 1, "b"]}, b"\x00", ["", {}]])
def test_nothing_else_is_found(value: object) -> None:
    assert list(find_unstorable(value)) == []


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_of_the_corpus_can_be_stored(name: str) -> None:
    assert list(find_unstorable({"text": TEXTS[name], TEXTS[name]: ""})) == []


def test_every_character_but_nul_can_be_stored() -> None:
    assert list(find_unstorable("".join(CHARACTERS[1:]) + "\ue000\uffff\U0010ffff")) == []


def test_every_surrogate_is_found_and_nothing_beside_them() -> None:
    assert all(list(find_unstorable(chr(code))) for code in range(0xD800, 0xE000))
    assert not list(find_unstorable("\ud7ff\ue000\U00010000\U0010ffff"))


@given(any_text, any_text)
def test_a_fault_is_found_wherever_it_stands_in_a_string(before: str, after: str) -> None:
    reasons = {reason for _, reason in find_unstorable([before + "\ud83d" + after])}
    assert SURROGATE in reasons
    assert (NUL in reasons) == ("\x00" in before + after)


# --- what is found for what ---

ALIKE = {
    "case": ("THE BRIDGE", "the bridge"),
    "accent composed": ("Élan café", "elan cafe"),
    "accent decomposed": ("E\u0301lan cafe\u0301", "elan cafe"),
    "order of marks": ("e\u0301\u0323", "e\u0323\u0301"),
    "vietnamese": ("Ánh Bảo phủ", "anh bao phu"),
    "sharp s": ("STRASSE", "straße"),
    "capital sharp s": ("STRAẞE", "strasse"),
    "ligature": ("ﬁnal oﬀer", "final offer"),
    "full width": ("Ｂｒｉｄｇｅ ７", "bridge 7"),
    "turkish dotted I": ("İZMİR", "izmir"),
    "turkish dotless i": ("ILGIN ılgın", "ilgin ilgin"),
    "turkish pair": ("Işıl", "ISIL"),
    "greek final sigma": ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
    "greek sigmas": ("Οδυσσεύς", "οδυσσευσ"),
    "greek tonos": ("Άννα γέφυρα", "αννα γεφυρα"),
    "greek polytonic": ("ἄνδρες", "ανδρες"),
    "cyrillic case": ("МОСТ", "мост"),
    "cyrillic yo": ("Ёлка", "елка"),
    "ukrainian yi": ("Її", "її"),
    "alef with hamza above": ("أنا", "انا"),
    "alef with hamza below": ("إنا", "انا"),
    "alef madda": ("آنا", "انا"),
    "alef wasla": ("ٱنا", "انا"),
    "alef maqsura": ("مصطفى", "مصطفي"),
    "tashkeel": ("الجِسْرَ مَفْتُوحٌ", "الجسر مفتوح"),
    "shadda": ("إنّ", "ان"),
    "superscript alef": ("هٰذا", "هذا"),
    "tatweel": ("الجســـر", "الجسر"),
    "arabic presentation forms": ("ﺍﻟﺠﺴﺮ", "الجسر"),
    "hebrew points": ("בּוֹרִיס", "בוריס"),
    "hangul composed and jamo": ("한글", "\u1112\u1161\u11ab\u1100\u1173\u11af"),
    "half-width katakana": ("ﾊｼ", "ハシ"),
    "quotes": ("“bridge” „bridge” «bridge»", '"bridge" "bridge" "bridge"'),
    "apostrophes": ("isn’t ‘so’ ʼ", "isn't 'so' '"),
    "dashes": ("1990–91 — Jisr‑al‐Shughur", "1990-91 - jisr-al-shughur"),
    "white space": ("  the\u00a0bridge\r\n\tis\u2003\u2028open ", "the bridge is open"),
    "zero width": ("br\u200bid\u200dge\u2060\ufeff", "bridge"),
    "soft hyphen": ("bridge\u00adhead", "bridgehead"),
    "directions": ("\u202ebridge\u202c \u2067is\u2069", "bridge is"),
}
UNLIKE = {
    "words": ("bridge", "bridges"),
    "word boundary": ("no where", "nowhere"),
    "letters": ("мост", "moct"),
    "latin and cyrillic a": ("a", "а"),
    "digits": ("120", "12"),
    "arabic letters": ("جسر", "حسر"),
    "ta marbuta": ("مدرسة", "مدرسه"),
    "o and slashed o": ("o", "ø"),
    "l and stroked l": ("l", "ł"),
    "han": ("橋", "桥"),
    "punctuation": ("open.", "open"),
}


@pytest.mark.parametrize("name", ALIKE)
def test_what_readers_take_for_the_same_has_one_key(name: str) -> None:
    one, other = ALIKE[name]
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize("name", UNLIKE)
def test_what_differs_keeps_different_keys(name: str) -> None:
    one, other = UNLIKE[name]
    assert fold(one) != fold(other)


def test_a_key_is_its_own_key_whatever_the_character() -> None:
    assert [hex(ord(c)) for c in CHARACTERS if fold(fold(c)) != fold(c)] == []


def test_case_never_shows_in_a_key() -> None:
    shown = [c for c in CHARACTERS if not fold(c) == fold(c.upper()) == fold(c.lower()) == fold(c.title())]
    assert [hex(ord(c)) for c in shown] == []


def test_composed_and_decomposed_characters_have_one_key() -> None:
    for form in ("NFC", "NFD"):
        assert [hex(ord(c)) for c in CHARACTERS if fold(c) != fold(unicodedata.normalize(form, c))] == []


def test_white_space_is_single_spaces_in_a_key_and_none_at_its_ends() -> None:
    spaces = [c for c in CHARACTERS if c.isspace()]
    assert len(spaces) > 20
    assert {fold(f"{c}a{c}{c}b{c}") for c in spaces} == {"a b"}


@given(any_text)
def test_a_key_is_made_character_by_character(text: str) -> None:
    parts = "".join(fold(f".{character}.")[1:-1] for character in text)
    assert fold(text) == " ".join(parts.split())


@given(any_text)
def test_the_key_of_a_text_does_not_hang_on_its_normal_form_or_case(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(text.upper()) == fold(text.lower()) == fold(text)


@given(any_text, any_text, any_text)
def test_what_stands_in_a_text_is_found_in_its_key(before: str, words: str, after: str) -> None:
    assert fold(words) in fold(before + words + after)


# --- names ---


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna  Berg", " anna berg "),
        ("Café", "CAFE\u0301"),
        ("ﬁnn", "Finn"),
        ("Ｒｅｕｔｅｒｓ", "Reuters"),
        ("Straße", "STRASSE"),
        ("Anna\u00a0Berg", "Anna\tBerg"),
    ],
)
def test_two_spellings_of_a_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Zoe", "Zoë"), ("Anna", "Ana"), ("أحمد", "احمد"), ("Anna Berg", "AnnaBerg")]
)
def test_names_that_differ_by_a_mark_are_two_names(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_the_key_of_a_name_is_its_own_key_whatever_the_character() -> None:
    assert [hex(ord(c)) for c in CHARACTERS if name_key(name_key(c)) != name_key(c)] == []


# --- hashes ---


def test_the_hash_is_that_of_the_bytes_in_utf_8() -> None:
    # FIPS 180-4's own example, and the empty text.
    assert sha256_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_no_two_texts_of_the_corpus_share_a_hash_although_some_share_a_key() -> None:
    texts = [*TEXTS.values(), *(text + "\n" for text in TEXTS.values())]
    assert len({sha256_of(text) for text in texts}) == len(texts)
    assert sha256_of(TEXTS["composed"]) != sha256_of(TEXTS["decomposed"])
    assert fold(TEXTS["composed"]) == fold(TEXTS["decomposed"])
