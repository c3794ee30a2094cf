"""What sort of file is it? Its content decides; its name can only disagree.

Public: `kind_of`, and what is known of each kind. Pure.
"""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from .outcome import WRONG_TYPE, NotTaken

TEXT, HTML, PDF, DOCX = "text", "html", "pdf", "docx"
KIND_OF_ENDING = {"txt": TEXT, "md": TEXT, "html": HTML, "htm": HTML, "pdf": PDF, "docx": DOCX}
MEDIA_TYPE_OF = {
    TEXT: "text/plain",
    HTML: "text/html",
    PDF: "application/pdf",
    DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
ENDING_OF = {TEXT: "txt", HTML: "html", PDF: "pdf", DOCX: "docx"}
SPOKEN = {TEXT: "plain text", HTML: "a web page (HTML)", PDF: "a PDF", DOCX: "a Word document"}
TAKEN = "plain text, Markdown, web pages (HTML), PDF and Word files (.docx) are taken"

# What is told by its first bytes and not taken.
_OTHERS = (
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"RIFF", "a picture, a sound or a film"),
    (b"II*\x00", "a picture"),
    (b"MM\x00*", "a picture"),
    (b"\xd0\xcf\x11\xe0", "a file of an older Office; save it as .docx or .pdf"),
    (b"{\\rtf", "rich text (RTF); save it as .docx or .pdf"),
    (b"\x1f\x8b", "a compressed file"),
    (b"BZh", "a compressed file"),
    (b"\xfd7zXZ", "a compressed file"),
    (b"7z\xbc\xaf", "an archive"),
    (b"Rar!", "an archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"SQLite format 3", "a database"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or a film"),
)
_HTML_START = re.compile(r"(?:<!doctype\s+html|<html|<head|<body|<title|<meta|<article|<main|<div|<p[\s>]|<h1)", re.I)
_SKIPPED = re.compile(r"(?:\s|<\?xml.*?\?>|<!--.*?-->)+", re.S)
_SVG_OR_XML = re.compile(r"<(?:svg|!doctype\s+svg)", re.I)
_ELEMENT = re.compile(r"<(?:p|div|br|span|a|h[1-6]|ul|ol|table|article|body)[\s>/]", re.I)
_ZIP_END = b"PK\x05\x06"


def kind_of(data: bytes, file_name: str = "") -> str:
    """Return the kind of a file; raises NotTaken for every other sort, and where its name says something else."""
    kind = _by_content(data, file_name)
    ending = file_name.rpartition(".")[2].lower() if "." in file_name else ""
    named = KIND_OF_ENDING.get(ending)
    if named is not None and named != kind:
        raise NotTaken(WRONG_TYPE, f"the file is named .{ending}, but its content is {SPOKEN[kind]}")
    return kind


def _by_content(data: bytes, file_name: str) -> str:
    for start, name in _OTHERS:
        if data.startswith(start):
            raise NotTaken(WRONG_TYPE, f"this is {name}; {TAKEN}")
    if data[4:8] == b"ftyp":
        raise NotTaken(WRONG_TYPE, f"this is a sound or a film; {TAKEN}")
    if data.startswith(b"%PDF-"):
        if _ZIP_END in data[-65_557:]:
            raise NotTaken(WRONG_TYPE, "this is a PDF and an archive in one file, which no honest program makes")
        return PDF
    if data.startswith(b"PK"):
        return DOCX  # any archive; what is in it is for the reader of Word files to say
    if b"%PDF-" in data[:1024]:
        raise NotTaken(WRONG_TYPE, "this is something else with a PDF inside it")
    return _by_markup(data, file_name)


def _by_markup(data: bytes, file_name: str) -> str:
    head = _head(data)
    start = _SKIPPED.match(head)
    rest = head[start.end() if start else 0 :]
    is_xml = head.lstrip("\ufeff \t\r\n").startswith("<?xml")
    if _SVG_OR_XML.match(rest):
        raise NotTaken(WRONG_TYPE, f"this is a drawing (SVG); {TAKEN}")
    if _HTML_START.match(rest):
        is_fragment = not re.match(r"<(?:!doctype|html|head|body|title|meta)", rest, re.I)
        if is_fragment and file_name.lower().endswith(".md"):
            return TEXT  # Markdown may begin with an element
        return HTML
    if is_xml or rest.startswith(("<!DOCTYPE", "<!doctype", "<!ENTITY")):
        raise NotTaken(WRONG_TYPE, f"this is XML; {TAKEN}")
    if file_name.lower().endswith((".html", ".htm")) and _ELEMENT.search(head):
        return HTML
    return TEXT


def _head(data: bytes) -> str:
    """Return the beginning, as far as its ASCII goes, whatever the encoding."""
    head = data[:4096]
    if head.startswith(BOM_UTF8):
        head = head[3:]
    elif head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) or b"\x00<" in head[:4] or b"<\x00" in head[:4]:
        head = head.replace(b"\x00", b"").removeprefix(BOM_UTF16_LE).removeprefix(BOM_UTF16_BE)
    return head.decode("latin-1").lstrip("\ufeff")
