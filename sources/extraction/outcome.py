"""What reading a file comes to: a text with all that must be told of it, or a reason why there is none."""

from dataclasses import dataclass, field
from typing import TypedDict


class Suggestions(TypedDict, total=False):
    """What a file says of itself: proposals for an analyst, never facts."""

    title: str
    byline: str
    publisher: str
    published_on: str  # a day, ISO 8601
    language: str
    web_url: str


@dataclass
class Extraction:
    """The text of a file, and how it was made."""

    kind: str
    text: str
    extractor: str
    extractor_version: str
    encoding: str = ""
    ground: str = ""  # on what ground the encoding was taken
    suggestions: Suggestions = field(default_factory=Suggestions)
    notes: list[str] = field(default_factory=list)  # what a reader of the text must know: “page 3 has no text”


class NotTaken(Exception):
    """The file cannot be taken as it is; `message` says why, to an analyst."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


# The codes of `NotTaken`.
WRONG_TYPE = "wrong_type"  # not a sort of file that is taken, whatever its name says
ENCODING = "encoding"  # its characters cannot be read without a choice
NO_TEXT = "no_text"
ENCRYPTED = "encrypted"
DAMAGED = "damaged"
TOO_MUCH = "too_much"  # of time, memory, depth or size
