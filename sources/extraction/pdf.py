"""The text of a PDF: page by page, as it is printed.

Projection 1: pypdf's plain text of each page, in order; ligatures as their letters (ﬁ → fi), line ends as LF, no white
space at the end of a line, no control characters; one empty line between pages. Lines stay broken and hyphens stay
where the page has them, since nobody can tell which of them the author wrote. Pages without text are named.
"""

import io
import re
from importlib.metadata import version

from .kinds import PDF
from .outcome import DAMAGED, ENCRYPTED, NO_TEXT, TOO_MUCH, Extraction, NotTaken, Suggestions

PROJECTION = "1"
MAX_PAGES = 3000
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "ſt", "ﬆ": "st"})
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_LINE_END = re.compile(r"[ \t\u00a0]*(?:\r\n|\r|\n)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def read_pdf(data: bytes) -> Extraction:
    """Return the text of a PDF."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not _opens(reader):
            raise NotTaken(ENCRYPTED, "the PDF is locked by a password: save a copy without one")
        n_pages = len(reader.pages)
        if n_pages > MAX_PAGES:
            raise NotTaken(TOO_MUCH, f"the PDF has {n_pages:,} pages; at most {MAX_PAGES:,} are taken")
        pages = [project(page.extract_text() or "") for page in reader.pages]
        suggestions = _suggestions(reader)
    except (NotTaken, MemoryError):
        raise
    except RecursionError as deep:
        raise NotTaken(TOO_MUCH, "the PDF is nested too deep") from deep
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        ArithmeticError,
    ) as broken:
        raise NotTaken(DAMAGED, "the PDF is damaged, or is none") from broken
    return _extraction(pages, suggestions)


def project(text: str) -> str:
    """Return the text of one page as it is captured."""
    lines = _LINE_END.sub("\n", text.translate(_LIGATURES))
    return _CONTROLS.sub("", lines).strip()


def _extraction(pages: list[str], suggestions: Suggestions) -> Extraction:
    text = "\n\n".join(page for page in pages if page)
    if not text:
        message = f"the PDF has {len(pages)} page{'s' * (len(pages) != 1)} and no text: it is probably scanned"
        raise NotTaken(NO_TEXT, f"{message}. Let a program for text recognition (OCR) read it first")
    notes = [f"{len(pages)} page{'s' * (len(pages) != 1)}; lines stand as they are printed."]
    if empty := [number for number, page in enumerate(pages, start=1) if not page]:
        named = ", ".join(str(number) for number in empty[:12]) + (" …" if len(empty) > 12 else "")
        notes.append(f"No text on page {named}: a picture, or a scan.")
    if lost := text.count("\ufffd"):
        notes.append(f"{lost:,} × � (U+FFFD): characters whose meaning the PDF does not tell")
    return Extraction(PDF, text, "pypdf", f"{version('pypdf')}/{PROJECTION}", suggestions=suggestions, notes=notes)


def _opens(reader: object) -> bool:
    """Tell whether the PDF opens without a password, as many do that merely forbid printing."""
    try:
        return bool(reader.decrypt(""))  # type: ignore[attr-defined]
    except Exception:  # whatever a broken or unknown cipher raises, it does not open
        return False


def _suggestions(reader: object) -> Suggestions:
    """Return what the PDF says of itself; nothing where even that is broken."""
    found = Suggestions()
    try:
        told = reader.metadata  # type: ignore[attr-defined]
        language = str(reader.root_object.get("/Lang", ""))  # type: ignore[attr-defined]
        if told is not None and told.title:
            found["title"] = _line(told.title)
        if told is not None and told.author:
            found["byline"] = _line(told.author)
        if told is not None and told.creation_date:
            found["published_on"] = told.creation_date.date().isoformat()
        if _LANGUAGE.fullmatch(language) and len(language) <= 35:
            found["language"] = language
    except Exception:  # suggestions are not worth a refusal
        return found
    return found


def _line(text: str) -> str:
    return " ".join(_CONTROLS.sub("", str(text)).split())
