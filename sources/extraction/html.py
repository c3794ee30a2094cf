"""The text of a web page: its main text, as trafilatura has it, and what the page says of itself.

Projection 1: the page is decoded by us, never by the parser. Of trafilatura's main text (comments of readers left out,
tables row by row, no links, no formatting) outer white space goes, and control characters, which a page cannot mean.
Nothing is fetched: no picture, no style, no DTD. What the page says of itself is suggested, and no more.
"""

import re
from importlib.metadata import version
from typing import cast

from .encodings import declared_in, decode
from .kinds import HTML
from .outcome import DAMAGED, NO_TEXT, TOO_MUCH, Extraction, NotTaken, Suggestions

PROJECTION = "1"
MAX_TAGS = 100_000
MAX_ATTRIBUTES = 200_000
MAX_OF_ONE_TAG = 1000  # attributes: a parser compares each with all others
MAX_DEPTH = 256  # as libxml2 has it
_ATTRIBUTE = re.compile(r"[\s\"'/][^\s=<>\"'/]{1,100}=")
_LONG_TAG = re.compile(r"<[a-zA-Z/][^<>]{5000,}")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def read_page(data: bytes, encoding: str, header: str) -> Extraction:
    """Return the main text of a web page."""
    page, name, ground = decode(
        data, chosen=encoding, declared=[("header", header), ("meta", "" if header else declared_in(data))]
    )
    _check_size(page)
    from lxml import etree, html
    from trafilatura import bare_extraction

    parser = html.HTMLParser(recover=True, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        tree = html.document_fromstring(page.encode("utf-8"), parser=parser)
    except (etree.LxmlError, ValueError) as broken:
        raise NotTaken(DAMAGED, "the page cannot be read as HTML") from broken
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" or "depth" in entry.message for entry in parser.error_log):
        raise NotTaken(TOO_MUCH, f"the page is nested deeper than {MAX_DEPTH} elements")
    language = _language_of(tree)
    try:
        found = bare_extraction(
            tree,
            include_comments=False,
            include_tables=True,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except RecursionError as deep:
        raise NotTaken(TOO_MUCH, "the page is nested too deep") from deep
    text = _CONTROLS.sub("", getattr(found, "text", None) or "").strip()
    if not text:
        raise NotTaken(NO_TEXT, "no main text was found in the page: copy the words you need, and paste them")
    notes = ["This is the main text of the page: menus, adverts, pictures and readers' comments are left out."]
    if broken_marks := text.count("\ufffd"):
        notes.append(f"{broken_marks:,} × � (U+FFFD) stands in the text, where a character was lost")
    suggestions = _suggestions(found, language)
    extractor_version = f"{version('trafilatura')}/{PROJECTION}"
    return Extraction(HTML, text, "trafilatura", extractor_version, name, ground, suggestions, notes)


def _check_size(page: str) -> None:
    """Raise NotTaken for what no page written for people has, before a parser sees it."""
    if page.count("<") > MAX_TAGS:
        raise NotTaken(TOO_MUCH, f"the page has more than {MAX_TAGS:,} tags")
    if sum(1 for _ in _ATTRIBUTE.finditer(page)) > MAX_ATTRIBUTES:
        raise NotTaken(TOO_MUCH, f"the page has more than {MAX_ATTRIBUTES:,} attributes")
    for tag in _LONG_TAG.finditer(page):
        if len(_QUOTED.sub("", tag[0]).split()) > MAX_OF_ONE_TAG:
            raise NotTaken(TOO_MUCH, f"a tag of the page has more than {MAX_OF_ONE_TAG:,} attributes")


def _language_of(tree: object) -> str:
    """Return the language that the page declares, where it is a tag of BCP 47."""
    root = tree.getroottree().getroot()  # type: ignore[attr-defined]
    declared = (root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or "").strip()
    return declared if _LANGUAGE.fullmatch(declared) and len(declared) <= 35 else ""


def _suggestions(found: object, language: str) -> Suggestions:
    """Return what the page says of itself, one line each."""
    given = {
        "title": getattr(found, "title", None),
        "byline": getattr(found, "author", None),
        "publisher": getattr(found, "sitename", None),
        "published_on": getattr(found, "date", None),
        "language": language or getattr(found, "language", None),
        "web_url": getattr(found, "url", None),
    }
    told = {name: " ".join(_CONTROLS.sub("", str(value)).split()) for name, value in given.items() if value}
    if not told.get("web_url", "https://").startswith(("https://", "http://")):
        del told["web_url"]
    return cast(Suggestions, told)
