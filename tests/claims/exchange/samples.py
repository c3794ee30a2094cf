"""A bundle that has something of everything, and the ways in which tests write and read it. All of it is fiction."""

import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from claims.exchange.bundle import BundleRefused, Fault, read_bundle
from claims.exchange.importing import Report, import_bundle
from tests import factories as make

Content = dict[str, Any]

SEED = Path(__file__).parents[3] / "seeds" / "jisr_al_shughur"

# Line ends of three sorts, a letter of two code points, one beyond the first plane, and two scripts.
FIRST = (
    "Anna said the bridge was open.\r\nBoris denied that the bridge was open.\n"
    "“I was wrong,” Anna said on Tuesday. Cle\u0301o 🌉 said that about 30 lorries had crossed.\r"
    "قال المحافظ إن الجسر مفتوح. Nobody at the mayor's office would say."
)
SECOND = FIRST + "\nCorrection: it was 40 lorries."

# Spelled as the export spells it, so that the one can be held against the other.
CONTENT: Content = {
    "schema": "claims-tracker/bundle/1",
    "case": {"key": "bridge", "title": "The bridge", "slug": "bridge", "description": "Fiction.", "access": "open"},
    "parties": [
        {"key": "anna", "label": "Anna", "aliases": ["Annie", "A."], "kind": "person"},
        {"key": "boris", "label": "Boris", "disambiguation": "ferryman", "kind": "person", "naming": "pseudonym"},
        {"key": "cleo", "label": "Cléo", "kind": "person", "description": "Counts lorries."},
        {"key": "office", "label": "The mayor's office", "kind": "government", "naming": "unnamed"},
        {
            "key": "paper",
            "label": "The Daily Fiction",
            "aliases": ["Daily"],
            "kind": "media",
            "shared": True,
        },
    ],
    "party_links": [
        {
            "key": "anna-of-office",
            "from": "anna",
            "to": "office",
            "kind": "part_of",
            "since": "2024-02-29",
            "until": "2025-12-31",
            "judgement": "positive",
            "rationale": "She signs for it.",
        },
        {"key": "perhaps-one", "from": "boris", "to": "cleo", "kind": "same_as", "judgement": "unsure"},
        {"key": "not-judged", "from": "cleo", "to": "paper", "kind": "speaks_for"},
    ],
    "documents": [
        {
            "key": "article",
            "title": "Bridge open, says Anna",
            "publisher": "paper",
            "byline": "By nobody",
            "web_url": "https://daily.example/bridge?a=1",
            "published_at": "2025-05-01T09:30:00Z",
            "language": "en",
            "versions": [{"text": FIRST}, {"text": SECOND, "is_complete": False, "extractor": "by hand"}],
        },
        {"key": "leaflet", "title": "A leaflet", "versions": [{"text": "Boris: the bridge is shut."}]},
    ],
    "questions": [{"key": "is-it-open", "text": "Is the bridge open?"}],
    "claims": [
        {"key": "open", "text": "The bridge is open.", "question": "is-it-open", "place": "The river"},
        {"key": "shut", "text": "The bridge is shut.", "question": "is-it-open"},
        {
            "key": "lorries",
            "text": "About 30 lorries have crossed the bridge.",
            "occurred_from": "2025-04-28",
            "occurred_to": "2025-04-29",
            "occurred_note": "on Monday",
            "quantity_low": 30,
            "quantity_high": 30.5,
            "quantity_approximate": True,
            "unit": "lorries",
            "note": "A half is a van.",
        },
        {"key": "stays-open", "text": "The bridge will stay open.", "mode": "prediction"},
    ],
    "utterances": [
        {
            "key": "on-tuesday",
            "said_at": "2025-04-29T10:00:00.250000Z",
            "said_note": "on Tuesday",
            "note": "At the river.",
        }
    ],
    "statements": [
        {
            "key": "anna-takes-it-back",
            "claim": "open",
            "speaker": "anna",
            "stance": "retracts",
            "document": "article",
            "quote": "“I was wrong,” Anna said",
            "manner": "direct",
            "utterance": "on-tuesday",
            "supersedes": "anna-open",
            "review": "accepted",
        },
        {
            "key": "anna-open",
            "claim": "open",
            "speaker": "anna",
            "stance": "asserts",
            "document": "article",
            "quote": "the bridge was open",
            "prefix": "Anna said ",
            "manner": "indirect",
            "framing": "distances",
            "attribution_type": "belief",
            "certainty": "probable",
            "basis": "witnessed",
            "cue": "said",
            "said_at": "2025-04-28T10:00:00Z",
            "said_note": "on Monday",
            "review": "accepted",
            "evidence": [
                {"role": "source", "quote": "Anna", "suffix": " said the"},
                {"role": "cue", "quote": "wrong", "version": 2},
            ],
            "relays": [
                {"party": "boris", "cue": "heard", "attitude": "disputes"},
                {"is_gap": True},
                {"party": "paper"},
            ],
        },
        {
            "key": "boris-denies",
            "claim": "open",
            "speaker": "boris",
            "stance": "denies",
            "document": "article",
            "quote": "Boris denied that the bridge was open.",
            "review": "accepted",
        },
        {
            "key": "boris-shut",
            "claim": "shut",
            "speaker": "boris",
            "stance": "asserts",
            "document": "leaflet",
            "quote": "the bridge is shut",
        },
        {
            "key": "cleo-lorries",
            "claim": "lorries",
            "speaker": "cleo",
            "stance": "asserts",
            "document": "article",
            "version": 2,
            "quote": "Cle\u0301o 🌉 said that about 30 lorries had crossed.\r",
            "evidence": [
                {"role": "content", "quote": "it was 40 lorries"},
                {"role": "antecedent", "quote": "Nobody", "version": 1},
            ],
        },
        {
            "key": "rejected",
            "claim": "open",
            "voice": "author",
            "stance": "asserts",
            "document": "article",
            "quote": "Nobody",
            "review": "rejected",
        },
        {
            "key": "withdrawn",
            "claim": "stays-open",
            "voice": "undisclosed",
            "stance": "leaves_open",
            "document": "article",
            "quote": "قال المحافظ إن الجسر مفتوح",
            "withdrawn": True,
        },
        {
            "key": "office-declines",
            "claim": "open",
            "speaker": "office",
            "stance": "declines",
            "document": "article",
            "quote": "Nobody at the mayor's office would say.",
        },
    ],
    "relations": [
        {
            "key": "open-or-shut",
            "a": "open",
            "b": "shut",
            "kind": "contradicts",
            "strength": "contradictory",
            "aspects": ["what", "time"],
            "judgement": "positive",
            "rationale": "A bridge is one or the other.",
        },
        {"key": "crossed-hence-open", "a": "lorries", "b": "open", "kind": "entails", "judgement": "positive"},
        {"key": "open-hence-stays", "a": "open", "b": "stays-open", "kind": "supports", "judgement": "unsure"},
        {"key": "shut-or-stays", "a": "shut", "b": "stays-open", "kind": "contradicts", "strength": "tension"},
    ],
}


def sample() -> Content:
    """Return a copy of the bundle, to be bent as a test needs it."""
    return copy.deepcopy(CONTENT)


def thing(content: Content, section: str, key: str) -> Any:
    """Return one thing of a bundle."""
    return next(entry for entry in content[section] if entry["key"] == key)


def write(folder: Path, content: Any) -> Path:
    """Write a bundle as a file, and return the file."""
    path = folder / "case.json"
    path.write_text(json.dumps(content), "utf-8")
    return path


def bring_in(folder: Path, content: Content, **options: Any) -> Report:
    """Import a bundle, by the console unless told otherwise."""
    return import_bundle(**{"by": make.CONSOLE, "bundle": read_bundle(write(folder, content)), **options})


def faults_of(path: Path) -> list[Fault]:
    """Return what is wrong with the bundle at a path, before any database is asked."""
    with pytest.raises(BundleRefused) as refused:
        read_bundle(path)
    assert str(refused.value) == "\n".join(str(fault) for fault in refused.value.faults)
    return refused.value.faults


@contextmanager
def undone() -> Iterator[None]:
    """Run a block and undo what it wrote, as if the database were empty again."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
