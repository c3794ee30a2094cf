"""How does each sort of row look as a node? Pure: rows in, JSON values out."""

from collections.abc import Callable
from typing import Any

from sources.models import Document, Party
from sources.strict_json import moment, quantity

from ..models import Claim, Question
from ..reading import ExcerptRow, StatementRow

Node = dict[str, Any]
AddressOf = Callable[[str, object], str]  # (collection, uid) → absolute address

_LABEL_LENGTH = 120  # characters


def question_node(question: Question, address_of: AddressOf) -> Node:
    """Return a point at issue."""
    return _node("question", question.uid, question.text, address_of("questions", question.uid))


def claim_node(claim: Claim, address_of: AddressOf) -> Node:
    """Return a claim; whether it is contested, and by what, is added once all nodes are chosen."""
    node = _node("claim", claim.uid, claim.text, address_of("claims", claim.uid))
    return node | {
        "text": claim.text,
        "mode": claim.mode,
        "occurred_from": moment(claim.occurred_from),
        "occurred_to": moment(claim.occurred_to),
        "occurred_note": claim.occurred_note,
        "place": claim.place,
        "quantity_low": quantity(claim.quantity_low),
        "quantity_high": quantity(claim.quantity_high),
        "quantity_approximate": claim.quantity_approximate,
        "unit": claim.unit,
    }


def statement_node(row: StatementRow, address_of: AddressOf) -> Node:
    """Return a statement with its whole chain, gaps included."""
    label = f"{row.speaker_label or row.voice} {row.stance}"
    node = _node("statement", row.uid, label, address_of("statements", row.uid))
    return node | {
        "voice": row.voice,
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
        "live": row.is_live,
        "relays": [
            {
                "hop": relay.hop,
                "party": f"party:{relay.party}" if relay.party else None,
                "label": relay.label,
                "is_gap": relay.is_gap,
                "cue": relay.cue,
                "attitude": relay.attitude,
            }
            for relay in row.relays
        ],
    }


def party_node(party: Party, address_of: AddressOf) -> Node:
    """Return a party under its public label."""
    node = _node("party", party.uid, party.label, address_of("parties", party.uid))
    return node | {"kind": party.kind, "naming": party.naming, "disambiguation": party.disambiguation}


def excerpt_node(row: ExcerptRow, address_of: AddressOf) -> Node:
    """Return exact words; start and end count code points of the version's text."""
    node = _node("excerpt", row.uid, row.exact, address_of("excerpts", row.uid))
    return node | {
        "exact": row.exact,
        "prefix": row.prefix,
        "suffix": row.suffix,
        "start": row.start,
        "end": row.end,
        "version": row.version,
    }


def document_node(document: Document, address_of: AddressOf) -> Node:
    """Return a document."""
    node = _node("document", document.uid, document.title, address_of("documents", document.uid))
    return node | {
        "title": document.title,
        "byline": document.byline,
        "web_url": document.web_url,
        "published_at": moment(document.published_at),
        "language": document.language,
    }


def _node(kind: str, uid: object, label: str, url: str) -> Node:
    shown = label if len(label) <= _LABEL_LENGTH else label[: _LABEL_LENGTH - 1] + "…"
    return {"id": f"{kind}:{uid}", "type": kind, "label": shown, "url": url}
