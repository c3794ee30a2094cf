"""The public shapes of what `sources` answers: each is checked in the code that fills it and shown in OpenAPI."""

from typing import Annotated, TypedDict

from ..choices import Access, Judgement, LinkKind, Naming, PartyKind

Uid = Annotated[str, "uuid"]
Link = Annotated[str, "uri"]
Reference = Annotated[str, "uri-reference"]
Moment = Annotated[str, "date-time"]
Day = Annotated[str, "date"]


class Problem(TypedDict):
    """RFC 9457. `type` is explained at its own address."""

    type: Reference
    title: str
    status: int
    detail: str
    errors: "list[Fault]"


class Fault(TypedDict, total=False):
    """One thing that is wrong: where in the body (`pointer`) or which query parameter, and what."""

    pointer: str
    parameter: str
    code: str
    detail: str
    kind: str
    id: Uid


class Moved(TypedDict):
    """Where the row is now that this one was merged into."""

    url: Link


class CaseShape(TypedDict):
    id: Uid
    url: Link
    title: str
    slug: str
    description: str
    access: Annotated[str, Access]
    role: str | None
    revision: int


class PartyReference(TypedDict):
    id: Uid
    label: str


class PartyLinkOfParty(TypedDict):
    """A link as seen from one of its parties."""

    id: Uid
    kind: Annotated[str, LinkKind]
    direction: Annotated[str, ("to", "from")]
    party: PartyReference
    since: Day | None
    until: Day | None
    judgement: Annotated[str, Judgement]


class PartyShape(TypedDict):
    id: Uid
    url: Link
    case: Uid | None
    label: str
    disambiguation: str
    aliases: list[str]
    kind: Annotated[str, PartyKind]
    naming: Annotated[str, Naming]
    description: str
    links: list[PartyLinkOfParty]
    revision: int


PartyLinkShape = TypedDict(
    "PartyLinkShape",
    {
        "id": Uid,
        "url": Link,
        "case": Uid | None,
        "from": PartyReference,
        "to": PartyReference,
        "kind": Annotated[str, LinkKind],
        "since": Day | None,
        "until": Day | None,
        "judgement": Annotated[str, Judgement],
        "rationale": str,
        "judged_by": str | None,
        "judged_at": Moment | None,
        "revision": int,
    },
)


class VersionReference(TypedDict):
    number: int
    url: Link
    sha256: str
    n_characters: int
    is_complete: bool
    captured_at: Moment


class VersionShape(VersionReference):
    """One captured text; offsets everywhere count its code points."""

    id: Uid
    document: Uid
    extractor: str
    extractor_version: str
    original_sha256: str
    text: str


class DocumentShape(TypedDict):
    id: Uid
    url: Link
    case: Uid
    title: str
    publisher: PartyReference | None
    byline: str
    web_url: str
    published_at: Moment | None
    language: str
    media_type: str
    versions: list[VersionReference]
    revision: int


class ExcerptReference(TypedDict):
    """Exact words and where they stand: `start` inclusive, `end` exclusive, in code points of the version's text."""

    id: Uid
    document: Uid
    version: int
    start: int
    end: int
    exact: str
    prefix: str
    suffix: str


class ExcerptShape(ExcerptReference):
    url: Link
    case: Uid
