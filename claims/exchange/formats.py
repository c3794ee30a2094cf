"""Which columns of which rows does a bundle carry, and under which names?

Public: `FORMATS`, `Format`, `default_of`. One table for import and export, so that the two cannot drift apart. What
has no place here: ids, offsets, users, times of the server, and whatever follows from the rest.
"""

from dataclasses import dataclass, field
from typing import Any

from sources.models import Case, Document, DocumentVersion, Party, PartyLink, Record

from ..models import Claim, ClaimRelation, Question, Relay, Statement, Utterance

SCHEMA_NAME = "claims-tracker/bundle/1"


@dataclass(frozen=True)
class Format:
    """One sort of thing in a bundle: its section, its plain columns, and its links as (column → name, kind)."""

    section: str
    model: type[Record]
    columns: tuple[str, ...]
    links: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The word for this sort of row in ledger and bundle keys."""
        return self.model.record_kind()


CASE = Format("case", Case, ("title", "slug", "description", "access"))
VERSION = Format("versions", DocumentVersion, ("is_complete", "extractor", "extractor_version", "original_sha256"))
RELAY = Format("relays", Relay, ("is_gap", "cue", "attitude"), {"party": ("party", "party")})
FORMATS = (
    Format("parties", Party, ("label", "disambiguation", "kind", "naming", "description")),
    Format(
        "party_links",
        PartyLink,
        ("kind", "since", "until", "judgement", "rationale"),
        {"from_party": ("from", "party"), "to_party": ("to", "party")},
    ),
    Format(
        "documents",
        Document,
        ("title", "byline", "web_url", "published_at", "language", "media_type"),
        {"publisher": ("publisher", "party")},
    ),
    Format("questions", Question, ("text",)),
    Format(
        "claims",
        Claim,
        (
            "text",
            "mode",
            "occurred_from",
            "occurred_to",
            "occurred_note",
            "place",
            "quantity_low",
            "quantity_high",
            "quantity_approximate",
            "unit",
            "note",
        ),
        {"question": ("question", "question")},
    ),
    Format("utterances", Utterance, ("said_at", "said_note", "note")),
    Format(
        "statements",
        Statement,
        (
            "voice",
            "stance",
            "manner",
            "framing",
            "attribution_type",
            "certainty",
            "basis",
            "cue",
            "said_at",
            "said_note",
            "review",
        ),
        {
            "claim": ("claim", "claim"),
            "speaker": ("speaker", "party"),
            "utterance": ("utterance", "utterance"),
            "supersedes": ("supersedes", "statement"),
        },
    ),
    Format(
        "relations",
        ClaimRelation,
        ("kind", "strength", "aspects", "judgement", "rationale"),
        {"claim_a": ("a", "claim"), "claim_b": ("b", "claim")},
    ),
)
SECTION = {form.kind: form for form in FORMATS}

# Asked for in every bundle although the column has a default.
ALWAYS = {("statements", "stance"), ("case", "access")}


def default_of(form: Format, column: str) -> Any:
    """Return the value that is left out of a bundle; None for columns that are always there."""
    found = form.model._meta.get_field(column)
    if (form.section, column) in ALWAYS or not (found.has_default() or found.blank):  # type: ignore[union-attr]
        return None
    default = found.get_default()  # type: ignore[union-attr]
    return getattr(default, "value", default)
