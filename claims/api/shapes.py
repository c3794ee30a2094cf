"""The public shapes of what `claims` answers: each is checked in the code that fills it and shown in OpenAPI."""

from typing import Annotated, Any, TypedDict

from sources.api.shapes import Day, ExcerptReference, Link, Moment, PartyReference, Uid
from sources.choices import Judgement, Naming, PartyKind, Reliability

from ..choices import (
    Aspect,
    Attitude,
    AttributionType,
    Basis,
    Certainty,
    Credibility,
    EvidenceRole,
    Manner,
    Mode,
    RelationKind,
    Review,
    Stance,
    Strength,
    Voice,
)

Sides = Annotated[str, ("left", "right")]
MeetingBasis = Annotated[str, ("denial", "relation")]


class QuestionShape(TypedDict):
    id: Uid
    url: Link
    case: Uid
    text: str
    claims: "list[ClaimReference]"
    revision: int


class ClaimReference(TypedDict):
    """A claim inside another resource never comes without `contested`."""

    id: Uid
    text: str
    contested: bool
    url: Link


class OppositionShape(TypedDict):
    """A live statement that would conflict with asserting the claim."""

    statement: Uid
    url: Link
    basis: MeetingBasis
    strength: Annotated[str, Strength]


class QuestionReference(TypedDict):
    id: Uid
    text: str
    url: Link


class ClaimShape(TypedDict):
    id: Uid
    url: Link
    case: Uid
    text: str
    mode: Annotated[str, Mode]
    question: QuestionReference | None
    occurred_from: Day | None
    occurred_to: Day | None
    occurred_note: str
    place: str
    quantity_low: float | None
    quantity_high: float | None
    quantity_approximate: bool
    unit: str
    note: str
    asserting: int
    denying: int
    contested: bool
    opposing: list[OppositionShape]
    revision: int


class EvidenceShape(TypedDict):
    role: Annotated[str, EvidenceRole]
    excerpt: ExcerptReference


class RelayShape(TypedDict):
    """One hop of the chain, 1 nearest the speaker; no party where it is a gap."""

    hop: int
    party: PartyReference | None
    is_gap: bool
    cue: str
    attitude: Annotated[str, Attitude]


class StatementShape(TypedDict):
    """Who takes which stance on what, in which words (the main ones first), through whom."""

    id: Uid
    url: Link
    case: Uid
    claim: ClaimReference
    voice: Annotated[str, Voice]
    speaker: PartyReference | None
    stance: Annotated[str, Stance]
    manner: Annotated[str, Manner]
    framing: Annotated[str, Attitude]
    attribution_type: Annotated[str, AttributionType]
    certainty: Annotated[str, Certainty]
    basis: Annotated[str, Basis]
    cue: str
    said_at: Moment | None
    said_note: str
    utterance: Uid | None
    supersedes: Uid | None
    review: Annotated[str, Review]
    withdrawn_at: Moment | None
    live: bool
    evidence: list[EvidenceShape]
    relays: list[RelayShape]
    revision: int


class StatementReference(TypedDict):
    id: Uid
    url: Link
    voice: Annotated[str, Voice]
    speaker: PartyReference | None
    stance: Annotated[str, Stance]
    live: bool


class EvidenceOfClaim(EvidenceShape):
    """Words that carry a statement about the claim."""

    statement: StatementReference


class UtteranceShape(TypedDict):
    id: Uid
    url: Link
    case: Uid
    said_at: Moment | None
    said_note: str
    note: str
    statements: list[Uid]
    revision: int


class RelationShape(TypedDict):
    id: Uid
    url: Link
    case: Uid
    claim_a: ClaimReference
    claim_b: ClaimReference
    kind: Annotated[str, RelationKind]
    strength: Annotated[str, Strength] | None
    aspects: list[Annotated[str, Aspect]]
    judgement: Annotated[str, Judgement]
    rationale: str
    judged_by: str | None
    judged_at: Moment | None
    revision: int


PathStep = TypedDict("PathStep", {"relation": Uid, "kind": Annotated[str, RelationKind], "from": Uid, "to": Uid})


class PairShape(TypedDict):
    """How two statements cannot both stand; with strength `tension`, are to be read together.

    `path` leads from the left claim to the right one, by relations; it is empty where both are on one claim.
    """

    id: str
    basis: MeetingBasis
    strength: Annotated[str, Strength]
    aspects: list[Annotated[str, Aspect]]
    path: list[PathStep]
    same_account: bool
    changed: bool
    opponent_reported: list[Sides]


class ConflictShape(PairShape):
    """Two statements that cannot both stand; with strength `tension`, that are to be read together.

    `path` leads from the left claim to the right one, by relations; it is empty where both are on one claim.
    """

    left: StatementShape
    right: StatementShape


class PartyRatingShape(TypedDict):
    """One analyst's grade of a party. `value` is null where the grade says that it cannot be judged."""

    id: Uid
    url: Link
    case: Uid | None
    party: PartyReference
    grade: Annotated[str, Reliability]
    value: str | None
    rationale: str
    analyst: str | None
    rated_at: Moment
    revision: int


class StatementRatingShape(TypedDict):
    """One analyst's grade of a statement. `value` is null where the grade says that it cannot be judged."""

    id: Uid
    url: Link
    case: Uid
    statement: Uid
    grade: Annotated[str, Credibility]
    value: str | None
    rationale: str
    analyst: str | None
    rated_at: Moment
    revision: int


class ChangeItemShape(TypedDict):
    """What an act did to one row; an image is null where the row was not there, or where it was erased."""

    kind: str
    id: Uid
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ChangeShape(TypedDict):
    """One act of one author; `previous` binds it to the one before.

    It was on `n_items` rows; `items` has up to twenty of them, and `more` leads to all where there are others.
    """

    sequence: int
    url: Link
    case: Uid | None
    act: str
    actor: str | None
    at: Moment
    request: str
    undoes: int | None
    previous: str
    digest: str
    n_items: int
    items: list[ChangeItemShape]
    more: Link | None


class GraphShape(TypedDict):
    """networkx node-link JSON."""

    directed: bool
    multigraph: bool
    graph: dict[str, Any]
    nodes: list[dict[str, Any]]
    edges: list[dict[str, Any]]


class PartySuggestionShape(PartyReference):
    """A party to choose, with what tells it from others of its name."""

    disambiguation: str
    kind: Annotated[str, PartyKind]
    naming: Annotated[str, Naming]


class SuggestionsShape(TypedDict):
    results: list[PartySuggestionShape]


class SimilarClaimShape(ClaimReference):
    """A claim to choose. `likeness`, from 0 to 1, orders the choice and says nothing about the claim."""

    question: str | None
    likeness: float


class SimilarClaimsShape(TypedDict):
    results: list[SimilarClaimShape]


class UnreadShape(TypedDict):
    """A sentence with quotation marks (`quote`) or words of attribution (`cue`) that no evidence touches."""

    start: int
    end: int
    why: Annotated[str, ("quote", "cue")]


class CoverageShape(TypedDict):
    """Code points of a text that lie inside evidence of live statements, white space left out, of how many."""

    version: int
    covered: int
    total: int
    unread: list[UnreadShape]


class CueShape(TypedDict):
    start: int
    end: int
    exact: str


class HintsShape(TypedDict):
    """Guesses on some words: how they are given, the words that attribute them, who may speak, what may be claimed."""

    version: int
    start: int
    end: int
    exact: str
    manner: Annotated[str, Manner]
    cue: CueShape | None
    parties: list[PartySuggestionShape]
    claims: list[SimilarClaimShape]
