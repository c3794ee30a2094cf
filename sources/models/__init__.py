"""Who speaks, where it is written, and the ledger of all that was done."""

from .arrival import KEPT_FOR, Arrival, Original, OriginalBytes
from .bundle import BundleKey
from .case import Case, CaseMembership
from .change import Change, ChangeItem
from .document import MAX_TEXT_LENGTH, Document, DocumentVersion, Excerpt
from .idempotency import IdempotencyKey
from .party import Party, PartyAlias, PartyLink
from .rating import Rating, ReliabilityRating
from .record import Judged, Record, new_uid
from .token import ApiToken

__all__ = [
    "KEPT_FOR",
    "MAX_TEXT_LENGTH",
    "ApiToken",
    "Arrival",
    "BundleKey",
    "Case",
    "CaseMembership",
    "Change",
    "ChangeItem",
    "Document",
    "DocumentVersion",
    "Excerpt",
    "IdempotencyKey",
    "Judged",
    "Original",
    "OriginalBytes",
    "Party",
    "PartyAlias",
    "PartyLink",
    "Rating",
    "Record",
    "ReliabilityRating",
    "new_uid",
]
