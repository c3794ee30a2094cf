"""The public shapes of what is read off a case: comparison, dossier, corroboration and timeline."""

from typing import Annotated, TypedDict

from sources.api.shapes import Day, Link, Moment, PartyReference, Uid
from sources.choices import Reliability

from ..choices import Agreement, Bears, Credibility, Independent, Position, Strength
from .shapes import MeetingBasis, OppositionShape, PairShape, QuestionReference, StatementShape

Sign = Annotated[str, ("", "+", "-")]
Dated = Annotated[str, ("published", "captured")]


class SourceReference(TypedDict):
    """The document in which it is told; where `dated` is `captured`, publication is not known."""

    id: Uid
    url: Link
    title: str
    publisher: PartyReference | None
    published_at: Moment | None
    captured_at: Moment | None


class ReliabilityOpinion(TypedDict):
    """One analyst's grade of the speaker. `value` is null where the grade says that it cannot be judged."""

    id: Uid
    grade: Annotated[str, Reliability]
    value: str | None
    rationale: str
    analyst: str | None
    rated_at: Moment


class CredibilityOpinion(TypedDict):
    """One analyst's grade of the statement. `value` is null where the grade says that it cannot be judged."""

    id: Uid
    grade: Annotated[str, Credibility]
    value: str | None
    rationale: str
    analyst: str | None
    rated_at: Moment


class ExhibitShape(StatementShape):
    """A statement with what stands beside it: its document, and each analyst's newest grade on either axis."""

    document: SourceReference
    known_at: Moment
    dated: Dated
    reliability: list[ReliabilityOpinion]
    credibility: list[CredibilityOpinion]


class MeetingShape(TypedDict):
    """How two statements cannot both stand."""

    basis: MeetingBasis
    strength: Annotated[str, Strength]


class TellingShape(TypedDict):
    """A statement in a cell: how it bears on the claim of the row, and how it meets asserting it, if it does."""

    statement: ExhibitShape
    how: Annotated[str, Bears]
    meeting: MeetingShape | None


class CellShape(TypedDict):
    """What one account does about one claim; `sign` is its commitment. Silence: nothing recorded in `n_documents`.

    `more`: where a cell has more statements than are shown in it, the dossier of the claim.
    """

    position: Annotated[str, Position]
    sign: Sign
    statements: list[TellingShape]
    n_statements: int
    more: Link | None
    n_documents: int


class ComparedClaim(TypedDict):
    """A claim with everything that opposes it, whatever is compared."""

    id: Uid
    url: Link
    text: str
    contested: bool
    opposing: list[OppositionShape]


class Wording(TypedDict):
    """A claim that says the same."""

    id: Uid
    url: Link
    text: str


class RowShape(TypedDict):
    """One claim, with those that say the same, and a cell for each account."""

    question: QuestionReference | None
    claim: ComparedClaim
    wordings: list[Wording]
    agreement: Annotated[str, Agreement]
    conflict: MeetingShape | None
    cells: list[CellShape]


class AccountParty(TypedDict):
    """A party of an account; one that was not named came along by its links."""

    id: Uid
    label: str
    named: bool


class AccountShape(TypedDict):
    """One side of a comparison: parties, or all that one document tells."""

    label: str
    parties: list[AccountParty]
    document: SourceReference | None
    n_documents: int


class CollisionShape(PairShape):
    """Two accounts collide: the first pair of statements, and how many such pairs there are.

    `accounts` are their indexes, of `left` and of `right`.
    """

    accounts: list[int]
    left: Uid
    right: Uid
    n_pairs: int


class ComparisonShape(TypedDict):
    """Accounts side by side: one page of rows, what collides on it, and how many rows there are of each sort."""

    case: Uid
    as_of: Day | None
    accepted_only: bool
    accounts: list[AccountShape]
    rows: list[RowShape]
    conflicts: list[CollisionShape]
    n_rows: dict[str, int]
    next: Link | None
    previous: Link | None


class EntryShape(TypedDict):
    """A statement in a dossier, with the rest of the sentence in which its words stand."""

    statement: ExhibitShape
    how: Annotated[str, Bears]
    meeting: MeetingShape | None
    before: str
    after: str


class ForShape(TypedDict):
    """What holds the claim; the list may be cut by `limit`, `n_statements` counts all."""

    n_statements: int
    statements: list[EntryShape]


class AgainstShape(TypedDict):
    """What stands against the claim, each sort apart and whole."""

    denials: list[EntryShape]
    rivals: list[EntryShape]
    tensions: list[EntryShape]


class OpenShape(TypedDict):
    """What leaves the claim open. `hedged`: of all statements shown, those that their document's author hedges."""

    n_statements: int
    statements: list[EntryShape]
    hedged: list[Uid]
    retractions: list[EntryShape]


class MetAt(TypedDict):
    """Where a chain meets others: hop 0 is the speaker."""

    statement: Uid
    hop: int


class SharedByShape(TypedDict):
    """Why statements have one origin: the party (or two, one above the other) in their chains, or an analyst's word."""

    parties: list[PartyReference]
    path: list[MetAt]
    reason: str
    judged_by: str | None
    judged_at: Moment | None


class OriginShape(TypedDict):
    """Acts of speech that go back to one origin, each as the statements that report it."""

    utterances: list[list[Uid]]
    shared_by: list[SharedByShape]


class IndependentShape(TypedDict):
    """Two origins, by index, that an analyst holds to be independent, by two of their statements."""

    origins: list[int]
    statements: list[Uid]
    reason: str
    judged_by: str | None
    judged_at: Moment


class SupportShape(TypedDict):
    """On what a claim rests; never one number. Of `n_not_established` pairs of origins nobody knows."""

    n_statements: int
    n_speakers: int
    n_authors: int
    n_undisclosed: int
    n_documents: int
    n_utterances: int
    origins: list[OriginShape]
    independent: list[IndependentShape]
    n_not_established: int


class CorroborationShape(SupportShape):
    """What supports a claim, and what opposes it."""

    claim: ComparedClaim
    as_of: Day | None
    accepted_only: bool


class SignedShape(TypedDict):
    """What an analyst concludes, in words."""

    id: Uid
    url: Link
    text: str
    signed_by: str | None
    signed_at: Moment


class RatingsOfParty(TypedDict):
    party: PartyReference
    ratings: list[ReliabilityOpinion]


class RatingsOfStatement(TypedDict):
    statement: Uid
    ratings: list[CredibilityOpinion]


class Ratings(TypedDict):
    reliability: list[RatingsOfParty]
    credibility: list[RatingsOfStatement]


DossierShape = TypedDict(
    "DossierShape",
    {
        "case": Uid,
        "as_of": Day | None,
        "accepted_only": bool,
        "question": QuestionReference | None,
        "claim": ComparedClaim,
        "wordings": list[Wording],
        "for": ForShape,
        "against": AgainstShape,
        "open": OpenShape,
        "support": SupportShape,
        "ratings": Ratings,
        "conclusions": list[SignedShape],
        "next": Link | None,
    },
)


class MomentShape(TypedDict):
    """A statement in time. `at` is when it was said or, where `said_known` is false, made known."""

    at: Moment
    said_known: bool
    accounts: list[int]
    n_conflicts: int
    n_tensions: int
    statement: ExhibitShape


class QuantityShape(TypedDict):
    """Who claims how many of what, and when; null where that end is open."""

    at: Moment
    accounts: list[int]
    low: float | None
    high: float | None
    approximate: bool
    unit: str
    statement: ExhibitShape


class ConclusionShape(TypedDict):
    """What an analyst concludes on a claim, in words, and signs; every one is kept, and the newest counts."""

    id: Uid
    url: Link
    case: Uid
    claim: Uid
    text: str
    signed_by: str | None
    signed_at: Moment
    revision: int


class IndependenceJudgementShape(TypedDict):
    """An analyst holds two statements to have independent origins, or one."""

    id: Uid
    url: Link
    case: Uid
    statement_a: Uid
    statement_b: Uid
    verdict: Annotated[str, Independent]
    reason: str
    judged_by: str | None
    judged_at: Moment
    revision: int


class DroppedShape(TypedDict):
    """A row that a merger takes away, because it would stand twice or lead to itself."""

    kind: str
    id: Uid


class MergerShape(TypedDict):
    """What a merger would do. `moved` counts what comes to point to the other; `blocked` is why it cannot be.

    `digest` stands for all of it: sent along with the merger, nothing else is done.
    """

    id: Uid
    into: Uid
    moved: dict[str, int]
    dropped: list[DroppedShape]
    new_aliases: list[str]
    namesakes: list[PartyReference]
    blocked: list[str]
    digest: str
