"""Is everything still as it was recorded? Reads it all again, and names each damage.

Public: `Damage`, `verify_texts`, `verify_originals`, `verify_links`, `verify_ledger`, `reading_damaged_text`. Tables
are streamed; of the ledger's last images only digests are held in memory.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef

from .anchoring import Span, context_of
from .images import canonical, digest_change, digest_spelled, encode, fit_image, images_of, record_models
from .models import Case, Change, ChangeItem, DocumentVersion, Excerpt, Original, OriginalBytes, Party, Record
from .text import sha256_of

_CHUNK = 2000  # rows fetched at a time
_ERASED = b"erased"


class Damage(NamedTuple):
    """What is not as it was recorded: the sort of row, its public id, and what is wrong with it."""

    kind: str
    uid: object
    what: str

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}: {self.what}"


@contextmanager
def reading_damaged_text() -> Iterator[None]:
    """Run a block in which SQLite hands over text that is no UTF-8 any more, its bad bytes as lone surrogates.

    Else it fails at the first such row, and nothing is said of the others. PostgreSQL cannot come to hold any.
    """
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    database: Any = connection.connection
    usual, database.text_factory = database.text_factory, lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        database.text_factory = usual


def verify_texts() -> Iterator[Damage]:
    """Yield versions whose text is not the one that was hashed, and excerpts that are not slices of their text."""
    excerpts = Excerpt.objects.order_by("version_id", "pk").iterator(chunk_size=_CHUNK)
    excerpt = next(excerpts, None)
    for version in DocumentVersion.objects.order_by("pk").iterator(chunk_size=50):
        try:
            if sha256_of(version.text) != version.sha256:
                yield Damage("documentversion", version.uid, "its text does not have the SHA-256 that was recorded")
        except (AttributeError, UnicodeEncodeError):
            yield Damage("documentversion", version.uid, "its text is not text any more")
        if len(version.text) != version.n_characters:
            yield Damage("documentversion", version.uid, f"its text has {len(version.text)} characters")
        while excerpt is not None and excerpt.version_id <= version.pk:
            if excerpt.version_id == version.pk:
                yield from _verify_excerpt(excerpt, version)
            excerpt = next(excerpts, None)


def _verify_excerpt(excerpt: Excerpt, version: DocumentVersion) -> Iterator[Damage]:
    span = Span(excerpt.start, excerpt.end)
    if version.text[span.start : span.end] != excerpt.exact:
        place = f"{span.start} to {span.end} of version {version.uid}"
        yield Damage("excerpt", excerpt.uid, f"its words are not those at {place}")
    if context_of(version.text, span) != (excerpt.prefix, excerpt.suffix):
        yield Damage("excerpt", excerpt.uid, "its prefix or suffix is not what stands around it")


def verify_originals() -> Iterator[Damage]:
    """Yield originals whose bytes are gone or changed, or are not those that their text names."""
    for uid in Original.objects.exclude(sha256=F("version__original_sha256")).values_list("uid", flat=True):
        yield Damage("original", uid, "it is not the file that its text was made of")
    kept = OriginalBytes.objects.filter(sha256=OuterRef("sha256"))
    for uid in Original.objects.filter(~Exists(kept)).values_list("uid", flat=True):
        yield Damage("original", uid, "its bytes are gone")
    for held in OriginalBytes.objects.order_by("pk").iterator(chunk_size=4):
        if hashlib.sha256(held.data).hexdigest() == held.sha256:
            continue
        for uid in Original.objects.filter(sha256=held.sha256).values_list("uid", flat=True):
            yield Damage("original", uid, "its bytes do not have the SHA-256 that was recorded")


def verify_links() -> Iterator[Damage]:
    """Yield rows that point to a row that is not there, or to one of another case.

    Looked up in memory, a table at a time: joins of every table to every other are slower by far.
    """
    cases_of: dict[type[Record], dict[int, int | None]] = {}
    for kind, model in record_models().items():
        links: dict[Any, type[Record]] = {
            link: link.related_model
            for link in model._meta.concrete_fields
            if isinstance(link.related_model, type) and issubclass(link.related_model, Record)
        }
        for target in links.values():
            if target not in cases_of:
                cases_of[target] = dict(target._base_manager.values_list("pk", "pk" if target is Case else "case_id"))
        own_case = "pk" if model is Case else "case_id"
        rows = model._base_manager.order_by("pk").values_list("uid", own_case, *(link.attname for link in links))
        for uid, case, *keys in rows.iterator(chunk_size=_CHUNK):
            for (link, target), key in zip(links.items(), keys, strict=True):
                if key is None:
                    continue
                if key not in cases_of[target]:
                    yield Damage(kind, uid, f"its {link.name} is not there")
                elif target is not Case and cases_of[target][key] not in _usable(target, case):
                    yield Damage(kind, uid, f"its {link.name} is of another case")


def _usable(target: type[Record], case: int | None) -> tuple[int | None, ...]:
    """Return of which cases a row may be that is pointed to: shared parties are everyone's."""
    return (case, None) if target is Party else (case,)


def verify_ledger() -> Iterator[Damage]:
    """Yield breaks of the chain, entries and images that were altered, and rows that are not their last image."""
    last: dict[tuple[str, UUID], bytes | None] = {}
    yield from _verify_chain(last)
    for kind, model in record_models().items():
        yield from _verify_rows(kind, model, last)
    for (kind, uid), image in last.items():
        if image is not None:
            yield Damage(kind, uid, "it is gone, and the ledger knows of no deletion")


def _verify_chain(last: dict[tuple[str, UUID], bytes | None]) -> Iterator[Damage]:
    """Walk the ledger from its beginning, filling `last` with the digest of each row's last image."""
    previous = ""
    items = _items_by_change()
    waiting = next(items, None)
    for expected, change in enumerate(Change.objects.order_by("sequence").iterator(chunk_size=_CHUNK), start=1):
        own: list[ChangeItem] = []
        while waiting is not None and waiting[0] <= change.sequence:
            if waiting[0] == change.sequence:
                own.append(waiting[1])
            waiting = next(items, None)
        if change.sequence != expected:
            yield Damage("change", change.sequence, f"entry {expected} should stand here: an entry is missing")
            return
        if change.previous != previous:
            yield Damage("change", change.sequence, "it does not follow on the entry before it")
        if digest_change(change, own) != change.digest:
            yield Damage("change", change.sequence, "the entry was altered")
        previous = change.digest
        for item in own:
            yield from _verify_item(change, item, last)


def _items_by_change() -> Iterator[tuple[int, ChangeItem]]:
    items = ChangeItem._base_manager.annotate(sequence=F("change__sequence")).order_by("sequence", "pk")
    for item in items.iterator(chunk_size=_CHUNK):
        yield item.sequence, item


def _verify_item(change: Change, item: ChangeItem, last: dict[tuple[str, UUID], bytes | None]) -> Iterator[Damage]:
    key = (item.kind, item.uid)
    is_erased = item.salt == ""
    before, after = _spell(item.before), _spell(item.after)  # once for both digests: it is most of the work
    for name, spelled, digest in (("before", before, item.before_digest), ("after", after, item.after_digest)):
        if not (is_erased and spelled is None) and digest_spelled(item.salt, spelled) != digest:
            yield Damage(item.kind, item.uid, f"its image {name} entry {change.sequence} was altered")
    known = last.get(key)
    if not is_erased and known != _ERASED and (known or None) != _digest(_fit(item.kind, item.before, before)):
        yield Damage(item.kind, item.uid, f"entry {change.sequence} does not begin where the entry before it ended")
    if is_erased:
        last[key] = _ERASED if item.after_digest else None
    else:
        last[key] = _digest(_fit(item.kind, item.after, after))


def _verify_rows(kind: str, model: type[Record], last: dict[tuple[str, UUID], bytes | None]) -> Iterator[Damage]:
    """Compare the rows of one model with their last images, taking these out of `last`."""
    for _, image in images_of(model._base_manager.order_by("pk")):
        uid = UUID(image["uid"])
        known = last.pop((kind, uid), None)
        if known is None:
            yield Damage(kind, uid, "the ledger does not know of it")
        elif known not in (_ERASED, _digest(_spell(image))):
            yield Damage(kind, uid, "it is not as the ledger last recorded it")
    if model.DERIVED:
        for row in model._base_manager.order_by("pk").iterator(chunk_size=_CHUNK):
            if any(isinstance(value, bytes) for value in vars(row).values()):
                continue  # named already, and nothing follows from it
            for name, value in row.derived().items():
                if getattr(row, name) != value:
                    yield Damage(kind, row.uid, f"its {name} does not follow from the rest of it")


def _fit(kind: str, image: Any, spelled: str | None) -> str | None:
    """Return the spelling of an image in the columns of today, by which images of different days are compared."""
    model = record_models().get(kind)
    if model is None or not isinstance(image, dict):
        return spelled
    fitted = fit_image(model, image)
    return spelled if fitted is image else _spell(fitted)


def _spell(image: Any) -> str | None:
    """Return the one spelling of an image; bytes where text should be are told from the text that they may spell.

    What is damaged may be no object any more.
    """
    if image is None:
        return None
    if isinstance(image, dict) and any(isinstance(value, bytes) for value in image.values()):
        image = {name: repr(value) if isinstance(value, bytes) else value for name, value in image.items()}
    return canonical(image)


def _digest(spelled: str | None) -> bytes | None:
    return None if spelled is None else hashlib.sha256(encode(spelled)).digest()


def find_head() -> tuple[int, str]:
    """Return the sequence and digest of the newest entry; (0, "") where there is none."""
    return Change.objects.order_by("-sequence").values_list("sequence", "digest").first() or (0, "")
