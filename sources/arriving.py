"""What came in, what is its text, and is it here already? Shown before anything is captured.

Public: `receive_words`, `receive_file`, `receive_address`, `read_again`, `find_arrival`, `token_of`, `find_earlier`.
Nothing here is evidence yet: an arrival is one user's own for a day, and stands in no ledger. Files are read, and
addresses fetched, outside of any transaction.
"""

import re
import unicodedata
from dataclasses import asdict
from typing import NamedTuple

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError

from .access import require_role
from .capturing import find_same_address, find_same_text
from .choices import Role
from .extraction.encodings import name_of
from .extraction.kinds import MEDIA_TYPE_OF
from .extraction.outcome import ENCODING, Extraction, NotTaken
from .extraction.running import read_file
from .fetching import fetch
from .ledger import By
from .models import KEPT_FOR, MAX_TEXT_LENGTH, Arrival, Case, Document, DocumentVersion
from .querysets import Viewer
from .text import find_unstorable

MAX_BYTES = 20 * 2**20  # of one file
MAX_WAITING = 20  # arrivals of one user; older ones make room
PASTED = "pasted"
_SALT = "sources.arrival"
_HIDDEN_MARKS = re.compile(r"[/\\]")


class Earlier(NamedTuple):
    """What is in the case already: this very text, and a document from this very address."""

    same_text: DocumentVersion | None
    same_address: Document | None


def receive_words(*, by: By, case: Case, text: str) -> Arrival:
    """Keep words that were pasted, every character of them."""
    _require(by, case)
    errors = [ValidationError(reason, code="unstorable") for _, reason in find_unstorable(text)]
    if not text:
        errors.append(ValidationError("the text is empty", code="empty"))
    if len(text) > MAX_TEXT_LENGTH:
        message = f"the text has {len(text):,} characters; at most {MAX_TEXT_LENGTH:,} are taken"
        errors.append(ValidationError(message, code="too_long"))
    if errors:
        raise ValidationError({"text": errors})
    return _keep(by, Arrival(case=case, kind=PASTED, media_type="text/plain", text=text))


def receive_file(
    *, by: By, case: Case, data: bytes, file_name: str = "", encoding: str = "", keep_unread: bool = False
) -> Arrival:
    """Read a file and keep it with its text.

    Raises ValidationError at `file` with a code of `extraction.outcome`. With `keep_unread` a file whose encoding
    cannot be told is kept without a text, for its user to choose one.
    """
    _require(by, case)
    if len(data) > MAX_BYTES:
        message = f"the file has more than {MAX_BYTES // 2**20} MB"
        raise ValidationError({"file": ValidationError(message, code="too_much")})
    arrival = Arrival(case=case, data=data, file_name=safe_file_name(file_name))
    return _read(by, arrival, encoding, place="file", keep_unread=keep_unread)


def receive_address(*, by: By, case: Case, web_address: str, encoding: str = "", keep_unread: bool = False) -> Arrival:
    """Fetch a public web address once, and keep what it answered with its text; raises ValidationError."""
    _require(by, case)
    try:
        page = fetch(web_address)
    except NotTaken as refused:
        raise ValidationError({"web_address": ValidationError(refused.message, code=refused.code)}) from refused
    arrival = Arrival(
        case=case, data=page.data, fetched_from=page.address, fetched_at=by.at, header=name_of(page.encoding)
    )
    return _read(by, arrival, encoding, place="web_address", keep_unread=keep_unread)


def read_again(*, by: By, arrival: Arrival, encoding: str, keep_unread: bool = False) -> Arrival:
    """Return a new arrival of the same bytes, read in another encoding."""
    if arrival.data is None:
        message = "pasted words are characters already: they have no encoding"
        raise ValidationError({"encoding": ValidationError(message, code="encoding")})
    again = Arrival(
        case=arrival.case,
        data=bytes(arrival.data),
        file_name=arrival.file_name,
        fetched_from=arrival.fetched_from,
        fetched_at=arrival.fetched_at,
        header=arrival.header,
    )
    return _read(by, again, encoding, place="encoding", keep_unread=keep_unread)


def _read(by: By, arrival: Arrival, encoding: str, *, place: str, keep_unread: bool) -> Arrival:
    data = bytes(arrival.data or b"")
    try:
        found = read_file(data, file_name=arrival.file_name, encoding=encoding, header=arrival.header)
    except NotTaken as refused:
        if not (keep_unread and refused.code == ENCODING):
            raise ValidationError({place: ValidationError(refused.message, code=refused.code)}) from refused
        found = Extraction(kind="text", text="", extractor="", extractor_version="")
        arrival.problem = refused.message[:300]
    for name, value in asdict(found).items():
        setattr(arrival, name, value)
    arrival.media_type = MEDIA_TYPE_OF[found.kind]
    return _keep(by, arrival)


def _require(by: By, case: Case) -> None:
    """Raise PermissionDenied for whoever could not capture it anyway."""
    require_role(by.actor, case, Role.ANNOTATOR)
    if by.actor is None:
        raise PermissionDenied("an arrival is kept for a user")


def _keep(by: By, arrival: Arrival) -> Arrival:
    """Write the arrival, and forget those that are too old or too many."""
    arrival.user_id, arrival.made_at = by.actor.pk if by.actor else 0, by.at
    Arrival.objects.filter(made_at__lt=by.at - KEPT_FOR).delete()
    newest = Arrival.objects.filter(user=by.actor).order_by("-made_at", "-pk").values_list("pk", flat=True)
    Arrival.objects.filter(pk__in=list(newest[MAX_WAITING - 1 :])).delete()
    arrival.save(force_insert=True)
    return arrival


def safe_file_name(name: str) -> str:
    """Return the last part of a file's name without what could mislead: paths, controls, marks of direction."""
    last = _HIDDEN_MARKS.split(name)[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp")).strip(" .")
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[: 254 - len(ending)]}{dot}{ending}" if dot and len(ending) <= 10 else shown[:255]


def token_of(arrival: Arrival) -> str:
    """Return the words by which its user names an arrival."""
    return signing.Signer(salt=_SALT).sign(arrival.uid.hex)


def find_arrival(*, token: str, by: By) -> Arrival | None:
    """Return the arrival of this token, where it waits for this user in a case that the user may still write in."""
    try:
        uid = signing.Signer(salt=_SALT).unsign(token)
    except signing.BadSignature:
        return None
    viewer: Viewer | None = by.actor
    if viewer is None:
        return None
    found = Arrival.objects.waiting_for(viewer, by.at - KEPT_FOR).filter(uid=uid).select_related("case").first()
    if found is None or not Case.objects.visible_to(viewer).filter(pk=found.case_id).exists():
        return None
    return found


def find_earlier(arrival: Arrival) -> Earlier:
    """Return what of this arrival is in its case already."""
    told = [arrival.fetched_from, str(arrival.suggestions.get("web_url", ""))]
    return Earlier(find_same_text(arrival.case, arrival.text), find_same_address(arrival.case, told))
