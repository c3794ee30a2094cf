"""Who is compared as one side: the parties of an account, or all that one document tells.

Public: `Column`, `find_sides`, `gather_accounts`, `gather_documents`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from sources.models import Document, Party

from .reading import DocumentRow, PartyRow
from .standpoint import Standpoint

MIN_COLUMNS, MAX_COLUMNS = 2, 4
MAX_PARTIES = 50  # put together as one account


@dataclass(frozen=True)
class Column:
    """One side of a comparison: an account (its parties, those named first), or all that one document tells."""

    label: str
    parties: tuple[PartyRow, ...] = ()
    n_named: int = 0  # of the parties, how many were named; the others were brought by their links
    document: DocumentRow | None = None
    n_documents: int = 1  # in which something could have been recorded

    @property
    def keys(self) -> frozenset[int]:
        """Keys of the parties, or of the document."""
        return frozenset(party.pk for party in self.parties) or frozenset({self.document.pk if self.document else 0})


def find_sides(rows: Any, named: Sequence[str], *, most: int = MAX_PARTIES) -> list[list[Any]]:
    """Return the rows that stand on each side, where a side is named by ids with commas between, each once.

    Raises ValidationError for what is no such list, or is of more than `most`; the model's DoesNotExist for ids that
    are not among the rows.
    """
    sides = [_read_side(text, most) for text in named]
    found = {row.uid: row for row in rows.with_uids({uid for side in sides for uid in side})}
    if any(uid not in found for side in sides for uid in side):
        raise rows.model.DoesNotExist
    return [[found[uid] for uid in dict.fromkeys(side)] for side in sides]


def _read_side(text: str, most: int) -> list[UUID]:
    try:
        uids = [UUID(part) for part in text.split(",")]
    except ValueError:
        raise ValidationError("ids, with commas between", code="invalid") from None
    if len(uids) > most:
        raise ValidationError(f"{most} at most", code="invalid")
    return uids


def gather_accounts(standpoint: Standpoint, accounts: Sequence[Sequence[Party]]) -> list[Column]:
    """Return a column for each account: the parties named, and those that belong with them.

    A party brings along whoever is part of it, controlled by it or speaks for it. One that is named in another account
    stands there, with all that it brings, and is not brought into this one.
    """
    named = [{party.pk for party in account} for account in accounts]
    members = []
    for own in named:
        elsewhere = set().union(*named) - own
        taken = standpoint.below(elsewhere) if elsewhere else set()
        members.append(own | (standpoint.below(own) - (taken - own)))
    parties = standpoint.read_parties(set().union(*members))
    columns = []
    for account, keys in zip(accounts, members, strict=True):
        first = [parties[key] for key in dict.fromkeys(party.pk for party in account)]
        brought = sorted(keys - {row.pk for row in first})
        columns.append(
            Column(
                label=" + ".join(row.label for row in first),
                parties=(*first, *(parties[key] for key in brought)),
                n_named=len(first),
                n_documents=standpoint.n_documents,
            )
        )
    return columns


def gather_documents(standpoint: Standpoint, documents: Sequence[Document]) -> list[Column]:
    """Return a column for each document, which holds all that it tells, in whatever voice."""
    rows = standpoint.read_documents({document.pk for document in documents})
    return [Column(label=rows[d.pk].title, document=rows[d.pk]) for d in documents]
