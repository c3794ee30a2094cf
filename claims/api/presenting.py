"""Plain rows in, public JSON out: how statements and what they refer to are written, and nothing else."""

from collections.abc import Collection, Iterable
from uuid import UUID

from sources.api.excerpts import present_excerpt
from sources.api.resources import Links
from sources.api.schema import moment
from sources.api.shapes import PartyReference

from ..conflicts import Conflict, Opposition, contested_among
from ..models import Claim
from ..reading import StatementRow
from ..standpoint import Standpoint
from .shapes import (
    ClaimReference,
    EvidenceShape,
    OppositionShape,
    PairShape,
    QuestionReference,
    RelayShape,
    StatementReference,
    StatementShape,
)


def refer_to_claims(claims: Iterable[Claim], links: Links) -> dict[int, ClaimReference]:
    """Return how other resources name these claims, by key."""
    rows = list(claims)
    contested = contested_among({claim.pk: claim.case_id for claim in rows})
    return {
        claim.pk: {
            "id": str(claim.uid),
            "text": claim.text,
            "contested": claim.pk in contested,
            "url": links("claims", claim.uid),
        }
        for claim in rows
    }


def refer_to_question(uid: UUID, text: str, links: Links) -> QuestionReference:
    """Return how claims name the question that they answer."""
    return {"id": str(uid), "text": text, "url": links("questions", uid)}


def present_pair(conflict: Conflict) -> PairShape:
    """Return how two statements cannot both stand, whoever they are."""
    return {
        "id": conflict.id,
        "basis": conflict.meeting.basis,
        "strength": conflict.meeting.strength,
        "aspects": list(conflict.aspects),
        "path": [
            {"relation": str(step.relation), "kind": step.kind, "from": str(step.start), "to": str(step.end)}
            for step in conflict.path
        ],
        "same_account": conflict.same_account,
        "changed": conflict.changed,
        "opponent_reported": conflict.opponent_reported,
    }


def present_opposing(opposing: Iterable[Opposition], links: Links) -> list[OppositionShape]:
    """Return what opposes a claim."""
    return [
        {
            "statement": str(found.statement),
            "url": links("statements", found.statement),
            "basis": found.basis,
            "strength": found.strength,
        }
        for found in opposing
    ]


def present_statements(
    rows: Collection[StatementRow], links: Links, at: Standpoint | None = None
) -> list[StatementShape]:
    """Return statements in their public shape, as they stand or stood."""
    contested = contested_among({row.claim_id: row.case_id for row in rows}, at)
    return [
        {
            "id": str(row.uid),
            "url": links("statements", row.uid),
            "case": str(row.case),
            "claim": {
                "id": str(row.claim),
                "text": row.claim_text,
                "contested": row.claim_id in contested,
                "url": links("claims", row.claim),
            },
            "voice": row.voice,
            "speaker": refer_to_speaker(row),
            "stance": row.stance,
            "manner": row.manner,
            "framing": row.framing,
            "attribution_type": row.attribution_type,
            "certainty": row.certainty,
            "basis": row.basis,
            "cue": row.cue,
            "said_at": moment(row.said_at),
            "said_note": row.said_note,
            "utterance": str(row.utterance) if row.utterance else None,
            "supersedes": str(row.supersedes) if row.supersedes else None,
            "review": row.review,
            "withdrawn_at": moment(row.withdrawn_at),
            "live": row.is_live,
            "evidence": present_evidence(row),
            "relays": present_chain(row),
            "revision": row.revision,
        }
        for row in rows
    ]


def refer_to_speaker(row: StatementRow) -> PartyReference | None:
    """Return who speaks; None for the author and for undisclosed voices."""
    return {"id": str(row.speaker), "label": row.speaker_label or ""} if row.speaker else None


def refer_to_statement(row: StatementRow, links: Links) -> StatementReference:
    """Return a statement as lists of words name it."""
    return {
        "id": str(row.uid),
        "url": links("statements", row.uid),
        "voice": row.voice,
        "speaker": refer_to_speaker(row),
        "stance": row.stance,
        "live": row.is_live,
    }


def present_evidence(row: StatementRow) -> list[EvidenceShape]:
    """Return a statement's words, the main ones first."""
    return [
        {"role": role, "excerpt": present_excerpt(piece, piece.version, piece.document)} for role, piece in row.evidence
    ]


def present_chain(row: StatementRow) -> list[RelayShape]:
    """Return the hops from the speaker to the document, gaps included."""
    return [
        {
            "hop": relay.hop,
            "party": {"id": str(relay.party), "label": relay.label or ""} if relay.party else None,
            "is_gap": relay.is_gap,
            "cue": relay.cue,
            "attitude": relay.attitude,
        }
        for relay in row.relays
    ]
