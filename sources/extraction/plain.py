"""The text of a plain-text or Markdown file: one decode of its bytes, and nothing else.

Every character stays, line ends and control characters included; Markdown is text and is not rendered.
"""

from .encodings import decode
from .kinds import TEXT
from .outcome import NO_TEXT, Extraction, NotTaken

VERSION = "1"


def read_text(data: bytes, encoding: str, header: str) -> Extraction:
    """Return the text of a plain file. `encoding` is an analyst's choice, `header` what a server said."""
    text, name, ground = decode(data, chosen=encoding, declared=[("header", header)])
    if not text:
        raise NotTaken(NO_TEXT, "the file is empty")
    notes = []
    if broken := text.count("\ufffd"):
        notes.append(f"{broken:,} × � (U+FFFD) stands in the text, where a character was lost")
    return Extraction(TEXT, text, "decode", VERSION, name, ground, notes=notes)
