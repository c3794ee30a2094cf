"""The public shapes of what `sources` answers: each is checked in the code that fills it and shown in OpenAPI."""

from typing import Annotated, TypedDict

from ..choices import Access, Judgement, LinkKind, Naming, PartyKind
from ..extraction.encodings import GROUNDS

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


class CaseAlias(TypedDict):
    """A name that a shared party has in one case alone; it is not among those that a change of the party sets."""

    case: Uid
    name: str


class PartyShape(TypedDict):
    id: Uid
    url: Link
    case: Uid | None
    label: str
    disambiguation: str
    aliases: list[str]
    case_aliases: list[CaseAlias]
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


class OriginalReference(TypedDict):
    """The file that a text was made of; its `url` answers the bytes, as a file to be saved and never shown."""

    id: Uid
    url: Link
    sha256: str
    n_bytes: int
    media_type: str
    encoding: str
    file_name: str
    fetched_from: str
    fetched_at: Moment | None


class VersionShape(VersionReference):
    """One captured text; offsets everywhere count its code points."""

    id: Uid
    document: Uid
    extractor: str
    extractor_version: str
    original_sha256: str
    original: OriginalReference | None
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
    revision: int


class EncodingShape(TypedDict):
    """In which encoding the characters were read, and on what ground: a guess is to be looked at."""

    name: str
    ground: Annotated[str, GROUNDS]


class SuggestionsShape(TypedDict):
    """What a file says of itself; nothing of it is stored unless it is sent when the text is captured."""

    title: str
    byline: str
    publisher: str
    published_on: Day | None
    language: str
    web_url: str


class SameTextShape(TypedDict):
    document: Uid
    title: str
    version: int
    url: Link


class SameAddressShape(TypedDict):
    document: Uid
    title: str
    url: Link


class PreviewShape(TypedDict):
    """What came in and what its text is; captured, exactly so, by sending `arrival` within a day."""

    arrival: str
    expires_at: Moment
    case: Uid
    kind: Annotated[str, ("pasted", "text", "html", "pdf", "docx")]
    media_type: str
    file_name: str
    fetched_from: str
    n_bytes: int | None
    original_sha256: str
    encoding: EncodingShape | None
    extractor: str
    extractor_version: str
    notes: list[str]
    suggestions: SuggestionsShape
    same_text: SameTextShape | None
    same_address: SameAddressShape | None
    sha256: str
    n_characters: int
    text: str
