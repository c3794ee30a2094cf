"""How does a text come in, and how does it stay as it was?

Public: `decode_text`, `capture_document`, `capture_documents`, `capture_version`, `find_same_text`.
"""

import codecs
from collections.abc import Sequence

from django.core.exceptions import ValidationError

from .ledger import Author
from .models import Case, Document, DocumentVersion
from .refusals import RowsRefused
from .text import find_unstorable, sha256_of


def decode_text(data: bytes) -> str:
    """Return the text of a plain-text file: its bytes as UTF-8, every one of them, line ends as they are.

    A byte-order mark at the start is a mark and no text. Raises ValidationError where the bytes are not UTF-8.
    """
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    try:
        return data[len(mark) :].decode("utf-8")
    except UnicodeDecodeError as broken:
        at = len(mark) + broken.start
        message = f"the file is not UTF-8: byte {at} ({data[at]:#04x}) does not decode"
        raise ValidationError({"text": ValidationError(message, code="not_utf8")}) from broken


def capture_documents(
    *, by: Author, case: Case, documents: Sequence[tuple[Document, Sequence[DocumentVersion]]]
) -> list[Document]:
    """Write new documents, each with its texts, all or none; raises RowsRefused by index."""
    errors: dict[int, ValidationError] = {}
    with by.act("capture_document", case) as act:
        for index, (document, versions) in enumerate(documents):
            try:
                capture_document(by=act, case=case, document=document, versions=versions)
            except ValidationError as refused:
                errors[index] = refused
        if errors:
            raise RowsRefused(errors)
    return [document for document, _ in documents]


def capture_document(*, by: Author, case: Case, document: Document, versions: Sequence[DocumentVersion]) -> Document:
    """Write a new document with its captured text, or texts, the oldest first.

    A version carries the text and where it came from; its number, length, hash and time are given here.
    """
    with by.act("capture_document", case) as act:
        document.case = case
        act.insert(document)
        for version in versions:
            capture_version(by=act, document=document, version=version)
    return document


def capture_version(*, by: Author, document: Document, version: DocumentVersion) -> DocumentVersion:
    """Write one more captured text of a document; older ones stay, and evidence goes on standing on them."""
    with by.act("capture_version", document.case) as act:
        newest = document.versions.order_by("-number").values_list("number", flat=True).first()
        version.case, version.document = document.case, document
        version.number = (newest or 0) + 1
        version.captured_at = act.at
        check_text(version.text)
        version.n_characters = len(version.text)
        version.sha256 = sha256_of(version.text)
        return act.insert(version)


def check_text(text: str) -> None:
    """Raise ValidationError for a text that cannot be hashed because it is not made of characters."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as broken:
        message = f"character {broken.start} is a lone surrogate, which is no character"
        raise ValidationError({"text": ValidationError(message, code="unstorable")}) from broken


def find_same_text(case: Case, text: str) -> DocumentVersion | None:
    """Return the first version in the case that has this very text, to tell an analyst that it is here already."""
    if any(find_unstorable(text)):
        return None
    return (
        DocumentVersion.objects.filter(case=case, sha256=sha256_of(text))
        .without_text()
        .order_by("captured_at", "pk")
        .first()
    )
