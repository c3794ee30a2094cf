"""How does a text come in, and how does it stay as it was?

Public: `decode_text`, `capture_document`, `capture_documents`, `capture_version`, `find_same_text`,
`find_same_address`, `read_original`. What came in and was previewed (`arriving`) is captured
here as well, with its original bytes.
"""

import codecs
import re
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db.models import Q

from .ledger import Act, Author
from .models import Arrival, Case, Document, DocumentVersion, Original, OriginalBytes
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
        act.insert(version)
        if version.arrival is not None:
            _use_up(act, version, version.arrival)
        return version


def _use_up(act: Act, version: DocumentVersion, arrival: Arrival) -> None:
    """Keep the original of a captured text, and let the arrival go, which is captured once."""
    if arrival.case_id != version.case_id:
        raise ValidationError({"arrival": ValidationError("it was previewed for another case", code="other_case")})
    if not Arrival.objects.filter(pk=arrival.pk, user=act.actor).delete()[0]:
        raise ValidationError({"arrival": ValidationError("it was captured already: preview it again", code="gone")})
    if arrival.data is None:
        return
    data = bytes(arrival.data)
    OriginalBytes.objects.get_or_create(sha256=version.original_sha256, defaults={"data": data})
    act.insert(
        Original(
            case=version.case,
            version=version,
            sha256=version.original_sha256,
            n_bytes=len(data),
            media_type=arrival.media_type,
            encoding=arrival.encoding,
            file_name=arrival.file_name,
            fetched_from=arrival.fetched_from,
            fetched_at=arrival.fetched_at,
        )
    )


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


def read_original(original: Original) -> bytes | None:
    """Return the bytes of an original, which whoever asks may see; None where they are gone."""
    held = OriginalBytes.objects.filter(sha256=original.sha256).first()
    return bytes(held.data) if held is not None else None


def find_same_address(case: Case, addresses: Iterable[str]) -> Document | None:
    """Return the newest document in the case that has one of these web addresses, or was fetched from it."""
    wanted = {spelled for address in addresses if address for spelled in _spellings(address)}
    if not wanted:
        return None
    there = Q(web_url__in=wanted) | Q(versions__original__fetched_from__in=wanted)
    return Document.objects.filter(there, case=case).order_by("-pk").first()


def _spellings(address: str) -> set[str]:
    """Return the ways in which one address is commonly written."""
    bare = re.sub(r"#.*$", "", address).rstrip("/")
    rest = re.sub(r"^https?://", "", bare)
    return {f"{scheme}{rest}{end}" for scheme in ("https://", "http://") for end in ("", "/")} | {address}
