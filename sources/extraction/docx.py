"""The text of a Word document: its paragraphs and tables, in their order, then its notes.

Projection 1: one line for each paragraph; a tab and a line break as themselves; a table row by row, its cells parted by
tabs, their paragraphs by spaces; text boxes where they are anchored; insertions that are tracked count, deletions do
not; footnotes and endnotes after the body, an empty line before them. Headers, footers, pictures and the remarks of
reviewers are left out.

The archive is looked through before it is unpacked: how much it holds stands in its directory.
"""

import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from .kinds import DOCX, TAKEN
from .outcome import DAMAGED, ENCRYPTED, NO_TEXT, TOO_MUCH, WRONG_TYPE, Extraction, NotTaken, Suggestions

PROJECTION = "1"
MAX_ENTRIES = 1000
MAX_UNPACKED = 100 * 2**20  # bytes of all entries together
MAX_RATIO = 100  # unpacked to packed, of an entry of more than a megabyte
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = {_W + name for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr")} | {_FALLBACK}
_AS = {_W + "tab": "\t", _W + "br": "\n", _W + "cr": "\n", _W + "noBreakHyphen": "\u2011", _W + "ptab": "\t"}
_OTHER_OFFICE = ("xl/", "ppt/", "visio/")


def read_word(data: bytes) -> Extraction:
    """Return the text of a Word document."""
    _check_archive(data)
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document: Any = Document(io.BytesIO(data))
        body = list(_blocks(document.element.body))
        further = list(_notes(document.part))
        suggestions = _suggestions(document)
    except RecursionError as deep:
        raise NotTaken(TOO_MUCH, "the document is nested too deep") from deep
    except (
        OpcError,
        LxmlError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        AttributeError,
        TypeError,
        OSError,
    ) as broken:
        raise NotTaken(DAMAGED, "the Word document is damaged, or is none") from broken
    text = "\n".join(body).strip("\n") + ("\n\n" + "\n".join(further) if further else "")
    if not text.strip():
        raise NotTaken(NO_TEXT, "the Word document has no text: only pictures, perhaps")
    notes = ["Headers, footers, pictures and reviewers' remarks are left out."]
    if further:
        notes.append(f"Its {len(further)} notes stand at the end.")
    if any(True for _ in document.element.body.iter(_W + "ins", _W + "del")):
        notes.append("Changes are tracked in it: insertions are in the text, deletions are not.")
    return Extraction(
        DOCX, text, "python-docx", f"{version('python-docx')}/{PROJECTION}", suggestions=suggestions, notes=notes
    )


def _check_archive(data: bytes) -> None:
    """Raise NotTaken for an archive that is no Word document, or holds more than one would."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as broken:
        raise NotTaken(DAMAGED, "the file is a damaged archive") from broken
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or len(set(names)) < len(names):
        raise NotTaken(TOO_MUCH, f"the archive has more than {MAX_ENTRIES:,} entries, or one twice")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise NotTaken(TOO_MUCH, f"unpacked, the file is larger than {MAX_UNPACKED // 2**20} MB")
    for entry in entries:
        if entry.file_size > 2**20 and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise NotTaken(TOO_MUCH, "the file unpacks to more than a hundred times its size")
        if entry.flag_bits & 0x1:
            raise NotTaken(ENCRYPTED, "the file is locked by a password: save a copy without one")
    if any(name.lower().startswith(_OTHER_OFFICE) for name in names):
        raise NotTaken(WRONG_TYPE, f"this is an Office file, but no Word document; {TAKEN}")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise NotTaken(WRONG_TYPE, "the document holds macros: save it as .docx without them")
    try:
        types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
        if _MAIN.encode() not in types:
            raise NotTaken(WRONG_TYPE, f"this is an archive, but no Word document; {TAKEN}")
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels")) and _declares_entities(archive, entry):
                raise NotTaken(WRONG_TYPE, "the document declares entities of its own, which no Word file does")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as broken:
        raise NotTaken(DAMAGED, "the file is a damaged archive") from broken


def _declares_entities(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    with archive.open(entry) as part:
        head = part.read(65_536).replace(b"\x00", b"")  # UTF-16 too
    return b"<!DOCTYPE" in head or b"<!ENTITY" in head


def _blocks(parent: Any) -> Iterator[str]:
    """Yield the lines of a body, a cell or a note."""
    for child in parent:
        if child.tag == _W + "p":
            yield _words(child)
        elif child.tag == _W + "tbl":
            for row in child.iter(_W + "tr"):
                if next(row.iterancestors(_W + "tbl")) is child:  # rows of tables in cells are told in the cell
                    yield "\t".join(" ".join(_blocks(cell)) for cell in row.iter(_W + "tc") if _is_of(cell, row))
        elif child.tag not in _LEFT_OUT and child.tag != _W + "sectPr":
            yield from _blocks(child)  # content controls, tracked insertions


def _is_of(cell: Any, row: Any) -> bool:
    return next(cell.iterancestors(_W + "tr")) is row


def _words(paragraph: Any) -> str:
    """Return the text of a paragraph, with the paragraphs of its text boxes as lines below it."""
    found: list[str] = []
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        if element.tag in _LEFT_OUT:
            continue
        if element.tag == _W + "t":
            found.append(element.text or "")
        elif element.tag in _AS:
            found.append(_AS[element.tag])
        else:
            if element.tag == _W + "p":
                found.append("\n")
            waiting += list(reversed(element))
    return "".join(found)


def _notes(part: Any) -> Iterator[str]:
    """Yield each footnote and endnote, in one line."""
    from lxml import etree

    for sort in ("footnotes", "endnotes"):
        for relation in part.rels.values():
            if relation.reltype.endswith(f"/{sort}") and not relation.is_external:
                parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
                root = etree.fromstring(relation.target_part.blob, parser)
                for note in root.iter(_W + "footnote", _W + "endnote"):
                    words = " ".join(line for line in _blocks(note) if line).strip()
                    if words and note.get(_W + "type") not in ("separator", "continuationSeparator"):
                        yield words


def _suggestions(document: Any) -> Suggestions:
    told = document.core_properties
    found = Suggestions()
    if told.title:
        found["title"] = " ".join(told.title.split())
    if told.author and told.author != "python-docx":
        found["byline"] = " ".join(told.author.split())
    if told.created is not None:
        found["published_on"] = told.created.date().isoformat()
    if told.language:
        found["language"] = told.language[:35]
    return found
