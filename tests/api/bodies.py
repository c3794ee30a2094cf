"""What may be sent: for all that can be made, a body with every field, one with none too many, and its fields."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

from rest_framework import serializers

from sources.api.arrivals import ArrivalField
from sources.api.bodies import VisibleField
from sources.api.documents import VersionBody

from .calling import RESOURCES
from .stories import Story

Path = tuple[str | int, ...]
Body = dict[str, Any]


def body_class(name: str) -> type[serializers.Serializer[Any]]:
    """Return the serializer that reads what is sent to make one of these."""
    return VersionBody if name == "versions" else RESOURCES[name].body


def full_bodies(story: Story) -> dict[str, tuple[str, Body]]:
    """Return (address, body) that make one of each, with every field that may be sent."""
    case, document = str(story.case.uid), str(story.document.uid)
    words = {"quote": "The mayor", "prefix": ".\n", "suffix": " would", "start": None, "end": None}
    start = story.document.versions.get(number=1).text.index(words["quote"])
    words |= {"start": start, "end": start + len(words["quote"])}
    bodies: dict[str, Body] = {
        "cases": {"title": "Another case", "slug": "another", "description": "Made up.", "access": "open"},
        "parties": {
            "case": case,
            "label": "Ada Lund",
            "disambiguation": "clerk",
            "aliases": ["A. Lund", "the clerk"],
            "kind": "person",
            "naming": "pseudonym",
            "description": "Of the council.",
        },
        "party-links": {
            "case": case,
            "from": str(story.tom.uid),
            "to": str(story.council.uid),
            "kind": "part_of",
            "since": "2019-01-02",
            "until": "2021-03-04",
            "judgement": "unsure",
            "rationale": "“of the council”",
        },
        "documents": {
            "case": case,
            "title": "Letters to the editor",
            "publisher": str(story.post.uid),
            "byline": "A reader",
            "web_url": "https://example.org/letters",
            "published_at": "2020-06-01T12:00:00Z",
            "language": "en",
            "media_type": "text/plain",
            "text": "A letter.",
            "is_complete": False,
        },
        "versions": {"text": "The text as it was changed.", "is_complete": False},
        "excerpts": {"document": document, "version": 1, **words},
        "questions": {"case": case, "text": "Who shut the gates?"},
        "claims": {
            "case": case,
            "text": "Three people saw it.",
            "mode": "prediction",
            "question": str(story.question.uid),
            "occurred_from": "2020-05-01",
            "occurred_to": "2020-05-02",
            "occurred_note": "at the weekend",
            "place": "Aldersby",
            "quantity_low": 2.5,
            "quantity_high": 3,
            "quantity_approximate": True,
            "unit": "people",
            "note": "“Three” may mean few.",
        },
        "utterances": {
            "case": case,
            "said_at": "2020-05-03T10:00:00Z",
            "said_note": "on Sunday",
            "note": "An interview",
        },
        "statements": {
            "case": case,
            "claim": str(story.lorries.uid),
            "voice": "party",
            "speaker": str(story.mira.uid),
            "stance": "denies",
            "document": document,
            "version": 1,
            **words,
            "manner": "mixed",
            "framing": "endorses",
            "attribution_type": "perception",
            "certainty": "probable",
            "basis": "documentary",
            "cue": "would not say",
            "said_at": "2020-05-03T11:00:00Z",
            "said_note": "on Sunday",
            "utterance": str(story.utterance.uid),
            "supersedes": str(story.asserted.uid),
            "evidence": [
                {
                    "role": "source",
                    "version": 1,
                    **words,
                    "quote": "The mayor would",
                    "suffix": " not",
                    "end": start + 15,
                },
                {"role": "cue", **words, "quote": "The", "suffix": " mayor", "end": start + 3},
            ],
            "relays": [
                {"party": str(story.post.uid), "is_gap": False, "cue": "wrote", "attitude": "distances"},
                {"party": None, "is_gap": True, "cue": "someone", "attitude": "disputes"},
            ],
        },
        "relations": {
            "case": case,
            "claim_a": str(story.is_shut.uid),  # the older one: without a direction a pair is stored from it
            "claim_b": str(story.lorries.uid),
            "kind": "contradicts",
            "strength": "contrary",
            "aspects": ["what", "number"],
            "judgement": "unsure",
            "rationale": "Lorries cross open bridges.",
        },
        "party-ratings": {"case": case, "party": str(story.tom.uid), "grade": "F", "rationale": "Nobody knows him."},
        "statement-ratings": {"statement": str(story.heard.uid), "grade": "2", "rationale": "It fits."},
        "conclusions": {"claim": str(story.lorries.uid), "text": "Some lorries crossed."},
        "independence-judgements": {
            "statement_a": str(story.asserted.uid),  # the older one: a pair is stored from it
            "statement_b": str(story.heard.uid),
            "verdict": "shared",
            "reason": "Both had it from the council.",
        },
    }
    return {name: (address_of(name, story), body) for name, body in bodies.items()}


def address_of(name: str, story: Story) -> str:
    """Return where these are made."""
    return f"documents/{story.document.uid}/versions" if name == "versions" else name


_NEEDED = {
    "cases": ("title",),
    "parties": ("case", "label"),
    "party-links": ("case", "from", "to", "kind"),
    "documents": ("case", "title", "text"),
    "versions": ("text",),
    "excerpts": ("document", "quote"),
    "questions": ("case", "text"),
    "claims": ("case", "text"),
    "utterances": ("case",),
    "statements": ("claim", "speaker", "document", "quote"),
    "relations": ("claim_a", "claim_b", "kind", "strength"),
    "party-ratings": ("case", "party", "grade", "rationale"),
    "statement-ratings": ("statement", "grade", "rationale"),
    "conclusions": ("claim", "text"),
    "independence-judgements": ("statement_a", "statement_b", "verdict", "reason"),
}

# What is there where nothing else was said.
DEFAULTS: dict[str, Body] = {
    "cases": {"slug": "", "description": "", "access": "members", "role": "lead", "revision": 1},
    "parties": {
        "disambiguation": "",
        "aliases": [],
        "case_aliases": [],
        "kind": "unknown",
        "naming": "named",
        "description": "",
        "links": [],
        "revision": 1,
    },
    "party-links": {
        "since": None,
        "until": None,
        "judgement": "unjudged",
        "rationale": "",
        "judged_by": None,
        "judged_at": None,
        "revision": 1,
    },
    "documents": {
        "publisher": None,
        "byline": "",
        "web_url": "",
        "published_at": None,
        "language": "",
        "media_type": "text/plain",
        "revision": 1,
    },
    "versions": {"is_complete": True, "number": 2, "extractor": "", "extractor_version": "", "original_sha256": ""},
    "excerpts": {"version": 1},
    "questions": {"claims": [], "revision": 1},
    "claims": {
        "mode": "fact",
        "question": None,
        "occurred_from": None,
        "occurred_to": None,
        "occurred_note": "",
        "place": "",
        "quantity_low": None,
        "quantity_high": None,
        "quantity_approximate": False,
        "unit": "",
        "note": "",
        "asserting": 0,
        "denying": 0,
        "contested": False,
        "opposing": [],
        "revision": 1,
    },
    "utterances": {"said_at": None, "said_note": "", "note": "", "statements": [], "revision": 1},
    "statements": {
        "voice": "party",
        "stance": "asserts",
        "manner": "unclear",
        "framing": "neutral",
        "attribution_type": "assertion",
        "certainty": "unstated",
        "basis": "unstated",
        "cue": "",
        "said_at": None,
        "said_note": "",
        "utterance": None,
        "supersedes": None,
        "review": "draft",
        "withdrawn_at": None,
        "live": True,
        "relays": [],
        "revision": 1,
    },
    "relations": {
        "aspects": [],
        "judgement": "unjudged",
        "rationale": "",
        "judged_by": None,
        "judged_at": None,
        "revision": 1,
    },
    "party-ratings": {"value": None, "revision": 1},
    "statement-ratings": {"value": "2", "revision": 1},
    "conclusions": {"revision": 1},
    "independence-judgements": {"revision": 1},
}


def minimal_bodies(story: Story) -> dict[str, tuple[str, Body]]:
    """Return (address, body) that make one of each, with no field that may be left out."""
    return {
        name: (address, {key: body[key] for key in _NEEDED[name]})
        for name, (address, body) in full_bodies(story).items()
    }


# --- fields --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Field:
    """One value that may be sent: its place in a full body, and what reads it."""

    path: Path
    field: serializers.Field[Any, Any, Any, Any]

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer."""
        return "#" + "".join(f"/{part}" for part in self.path)

    @property
    def is_text(self) -> bool:
        """Tell whether it is words, and none of a closed vocabulary."""
        return isinstance(self.field, serializers.CharField)

    @property
    def is_free(self) -> bool:
        """Tell whether any words will do: no address, no quotation that has to be found."""
        special = isinstance(self.field, serializers.URLField | serializers.SlugField)
        return self.is_text and not special and self.path[-1] not in ("quote", "prefix", "suffix")

    @property
    def is_link(self) -> bool:
        """Tell whether it is the id of a row."""
        return isinstance(self.field, VisibleField)


@cache
def fields_of(name: str) -> tuple[Field, ...]:
    """Return every value that may be sent, those in lists by their first two."""
    return tuple(_walk(body_class(name)(), ()))


def _walk(field: Any, path: Path) -> Iterator[Field]:
    if isinstance(field, serializers.ListSerializer | serializers.ListField):
        for index in (0, 1):
            yield from _walk(field.child, (*path, index))
    elif isinstance(field, serializers.Serializer):
        for name, inner in field.fields.items():
            if isinstance(inner, ArrivalField):
                continue  # instead of a text, never beside it: test_arrival.py
            yield from _walk(inner, (*path, name))
    else:
        yield Field(path, field)


def text_fields(name: str) -> list[Field]:
    """Return the values that are words of no closed vocabulary, each once."""
    return [field for field in fields_of(name) if field.is_text and 1 not in field.path]


def with_value(body: Body, path: Path, value: Any) -> Body:
    """Return a copy of the body with another value at this place."""
    changed = deepcopy(body)
    owner: Any = changed
    for part in path[:-1]:
        owner = owner[part]
    owner[path[-1]] = value
    return changed
