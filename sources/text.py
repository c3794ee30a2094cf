"""Which characters may be stored, and in which form two pieces of text are compared.

Public: `find_unstorable`, `fold`, `can_be_searched`, `name_key`, `sha256_of`. Pure functions, no database. Stored text
is never changed by anything here: folding makes keys for finding, never text for showing.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

# Letters that Unicode does not decompose and that readers still take for one another.
_ALIKE = str.maketrans(
    {
        "ı": "i",  # Turkish dotless i
        "ٱ": "ا",  # Arabic alef wasla
        "ى": "ي",  # alef maqsura, written for ya
        "ـ": None,  # tatweel only stretches a word
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‐": "-",
        "‑": "-",
    }
)
_WHITE_SPACE = re.compile(r"\s+")


def find_unstorable(value: object, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield (place, reason) for each string in `value`, keys included, that no database here can hold.

    NUL cannot be stored by PostgreSQL and ends a string in SQLite's `length`; a lone surrogate is no character
    and breaks every later read of a JSON column. All other code points are stored as they are.
    """
    if isinstance(value, str):
        if "\x00" in value:
            yield place, "holds a NUL character"
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            yield place, "holds a lone surrogate, which is no character"
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from find_unstorable(key, place)
            yield from find_unstorable(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from find_unstorable(inner, f"{place}.{index}" if place else str(index))


@lru_cache(maxsize=4096)
def fold_character(character: str) -> str:
    """Return what one character becomes in a search key: lower case, without marks, or nothing at all."""
    decomposed = unicodedata.normalize("NFKD", character.casefold())
    bare = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Me", "Cf"))
    return bare.translate(_ALIKE).casefold()


def fold(text: str) -> str:
    """Return `text` as it is searched: case, accents, Arabic vowel marks and quote styles made equal.

    Done in Python so that SQLite and PostgreSQL find the same rows; white space becomes single spaces.
    """
    return _WHITE_SPACE.sub(" ", "".join(map(fold_character, text))).strip()


MAX_WORDS = 32  # of one search: each is one more condition
MAX_SEARCH_BYTES = 20_000  # of its words, folded; twice as many are the longest pattern that SQLite compares


def can_be_searched(words: str) -> bool:
    """Tell whether both databases take these words for a search, and answer it in no time."""
    folded = fold(words)
    few = len(set(folded.split(" "))) <= MAX_WORDS and len(folded.encode("utf-8", "replace")) <= MAX_SEARCH_BYTES
    return few and not any(find_unstorable(words))


def name_key(name: str) -> str:
    """Return the key under which two spellings of a name count as one: casefolded NFKC, single spaces."""
    return _WHITE_SPACE.sub(" ", unicodedata.normalize("NFKC", name).casefold()).strip()


def sha256_of(text: str) -> str:
    """Return the SHA-256 of the text's UTF-8 bytes as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
