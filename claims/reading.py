"""Statements with their words and chains as plain rows, in four queries however many they are.

Public: `StatementRow`, `ExcerptRow`, `RelayRow`, `read_statements`, and, for what stands beside them, `ClaimRow`,
`PartyRow`, `DocumentRow` with their readers. Lists, conflicts, graph and comparison all read through here, and each
writes its own dialect of what it gets.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Min, QuerySet

from sources.models import Document, Excerpt, Party

from .choices import EvidenceRole
from .models import Claim, Evidence, Relay, Statement


class ExcerptRow(NamedTuple):
    """Quoted words and where they stand; start and end count code points."""

    uid: UUID
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str
    version: int
    document_id: int
    document: UUID


class RelayRow(NamedTuple):
    """One hop of a chain; no party where it is a gap."""

    hop: int
    party_id: int | None
    party: UUID | None
    label: str | None
    is_gap: bool
    cue: str
    attitude: str


class StatementRow(NamedTuple):
    """A statement with what it points to; `evidence` has the main excerpt first, `relays` run from the speaker on."""

    pk: int
    uid: UUID
    revision: int
    case_id: int
    case: UUID
    claim_id: int
    claim: UUID
    claim_text: str
    voice: str
    speaker_id: int | None
    speaker: UUID | None
    speaker_label: str | None
    stance: str
    manner: str
    framing: str
    attribution_type: str
    certainty: str
    basis: str
    cue: str
    said_at: datetime | None
    said_note: str
    utterance: UUID | None
    supersedes: UUID | None
    review: str
    withdrawn_at: datetime | None
    is_live: bool
    uttered_at: datetime | None
    published_at: datetime | None
    captured_at: datetime
    evidence: list[tuple[str, ExcerptRow]]
    relays: list[RelayRow]

    @property
    def known_at(self) -> datetime:
        """When the document made it known: published, or, where that is not known, captured."""
        return self.published_at or self.captured_at

    @property
    def spoken_at(self) -> datetime:
        """When it was said, or, where that is not known, made known."""
        return self.said_at or self.uttered_at or self.known_at


class ClaimRow(NamedTuple):
    """A claim with the question that it answers."""

    pk: int
    uid: UUID
    text: str
    mode: str
    occurred_from: date | None
    occurred_to: date | None
    occurred_note: str
    place: str
    quantity_low: Decimal | None
    quantity_high: Decimal | None
    quantity_approximate: bool
    unit: str
    question_id: int | None
    question: UUID | None
    question_text: str | None


class PartyRow(NamedTuple):
    """A party under its public label."""

    pk: int
    uid: UUID
    label: str
    disambiguation: str
    kind: str
    naming: str


class DocumentRow(NamedTuple):
    """A document with its publisher, and when it was first captured."""

    pk: int
    uid: UUID
    title: str
    byline: str
    web_url: str
    language: str
    publisher: UUID | None
    publisher_label: str | None
    published_at: datetime | None
    captured_at: datetime | None


_COLUMNS = StatementRow._fields[:-2]
_LOOKUPS = {
    "case": "case__uid",
    "claim": "claim__uid",
    "claim_text": "claim__text",
    "speaker": "speaker__uid",
    "speaker_label": "speaker__label",
    "utterance": "utterance__uid",
    "supersedes": "supersedes__uid",
    "uttered_at": "utterance__said_at",
    "published_at": "excerpt__version__document__published_at",
    "captured_at": "excerpt__version__captured_at",
}


def read_statements(statements: QuerySet[Statement]) -> list[StatementRow]:
    """Return these statements, in the order of the queryset, with their evidence and chains."""
    found = list(statements.values_list(*(_LOOKUPS.get(name, name) for name in _COLUMNS), "excerpt_id"))
    evidence: dict[int, list[tuple[str, int]]] = {row[0]: [(EvidenceRole.CONTENT.value, row[-1])] for row in found}
    further = Evidence.objects.filter(statement_id__among=list(evidence)).order_by("pk")
    for statement_id, role, excerpt_id in further.values_list("statement_id", "role", "excerpt_id"):
        evidence[statement_id].append((role, excerpt_id))
    excerpts = _read_excerpts({excerpt_id for pieces in evidence.values() for _, excerpt_id in pieces})
    relays = _read_relays(evidence)
    return [
        StatementRow._make(
            (
                *row[:-1],
                [(role, excerpts[excerpt_id]) for role, excerpt_id in evidence[row[0]]],
                relays.get(row[0], []),
            )
        )
        for row in found
    ]


def read_claims(claims: QuerySet[Claim]) -> dict[int, ClaimRow]:
    """Return these claims by key."""
    lookups = {"question": "question__uid", "question_text": "question__text"}
    rows = claims.values_list(*(lookups.get(name, name) for name in ClaimRow._fields))
    return {row[0]: ClaimRow._make(row) for row in rows}


def read_parties(parties: QuerySet[Party]) -> dict[int, PartyRow]:
    """Return these parties by key."""
    return {row[0]: PartyRow._make(row) for row in parties.values_list(*PartyRow._fields)}


def read_documents(documents: QuerySet[Document]) -> dict[int, DocumentRow]:
    """Return these documents by key."""
    lookups = {"publisher": "publisher__uid", "publisher_label": "publisher__label"}
    dated = documents.annotate(captured_at=Min("versions__captured_at"))
    rows = dated.values_list(*(lookups.get(name, name) for name in DocumentRow._fields))
    return {row[0]: DocumentRow._make(row) for row in rows}


def _read_excerpts(keys: Collection[int]) -> dict[int, ExcerptRow]:
    columns = ("uid", "start", "end", "exact", "prefix", "suffix")
    place = ("version__number", "version__document_id", "version__document__uid")
    found = Excerpt.objects.filter(pk__among=keys).values_list("pk", *columns, *place)
    return {pk: ExcerptRow(*row) for pk, *row in found}


def _read_relays(statements: Collection[int]) -> dict[int, list[RelayRow]]:
    relays = defaultdict(list)
    columns = ("hop", "party_id", "party__uid", "party__label", "is_gap", "cue", "attitude")
    hops = Relay.objects.filter(statement_id__among=statements).order_by("statement_id", "hop")
    for statement_id, *row in hops.values_list("statement_id", *columns):
        relays[statement_id].append(RelayRow(*row))
    return relays
