"""Places of claimed numbers in a chart, and the vendored drawing of graphs."""

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from claims.timeline import Quantity, TimelinePlace
from claims.views.charting import WIDTH, build_charts, quantity_words

NUMBERS = st.decimals(0, 10**12, allow_nan=False, places=3)


def counted(low: Any, high: Any, *, unit: str = "people", question: str = "") -> Quantity:
    """Return a claimed number; of the rest, only what a chart asks for."""
    low, high = (Decimal(number) if number is not None else None for number in (low, high))
    claim: Any = SimpleNamespace(
        quantity_low=low, quantity_high=high, quantity_approximate=False, unit=unit, question_text=question
    )
    exhibit: Any = SimpleNamespace()
    return Quantity(exhibit, claim, TimelinePlace(datetime(2026, 1, 1, tzinfo=UTC), uuid4()), ())


@pytest.mark.parametrize(
    ("low", "high", "approximate", "words"),
    [
        (2400, None, False, "at least 2,400 soldiers"),
        (None, 5000, False, "up to 5,000 soldiers"),
        (30000, 30000, True, "about 30,000 soldiers"),
        (10, 20, False, "10 to 20 soldiers"),
        (0, 0, False, "0 soldiers"),
        (Decimal("1.500"), Decimal("1.500"), False, "1.5 soldiers"),
    ],
)
def test_a_number_is_told_as_it_was_claimed(low: Any, high: Any, approximate: bool, words: str) -> None:
    ends = [Decimal(number) if number is not None else None for number in (low, high)]
    assert quantity_words(ends[0], ends[1], approximate, "soldiers") == words


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_numbers_stand_in_their_order_and_on_the_paper(pairs: list[tuple[Decimal, Decimal]]) -> None:
    rows = [counted(min(pair), max(pair)) for pair in pairs]
    (chart,) = build_charts(rows)
    assert 1 <= len(chart.ticks) <= 13
    for mark in chart.marks:
        assert 0 < mark.left <= mark.right < WIDTH
        assert 0 < mark.y < chart.height
    by_number = sorted((max(pair), mark.right) for pair, mark in zip(pairs, chart.marks, strict=True))
    assert [place for _, place in by_number] == sorted(place for _, place in by_number)


def test_what_is_counted_apart_is_drawn_apart() -> None:
    rows = [
        counted(1, 1, unit="km"),
        counted(1, 1, question="How many?"),
        counted(2, 2, question="How many?"),
        counted(1, 1),
    ]
    assert [(chart.title, len(chart.marks)) for chart in build_charts(rows)] == [
        ("How many?", 2),
        ("km", 1),
        ("people", 1),
    ]


@pytest.mark.parametrize(
    ("top", "labels"),
    [
        ("1", ["0", "0.2", "0.4", "0.6", "0.8", "1", "1.2"]),
        ("0.003", ["0", "0.001", "0.002", "0.003", "0.004"]),
        ("0.7", ["0", "0.2", "0.4", "0.6", "0.8"]),
        ("999999999999.999", [f"{n * 200:,},000,000,000" if n else "0" for n in range(6)]),
        ("0", ["0", "1"]),
        ("-0.5", ["0", "1"]),
    ],
)
def test_the_scale_has_round_numbers(top: str, labels: list[str]) -> None:
    (chart,) = build_charts([counted(top, top)])
    assert [tick.label for tick in chart.ticks] == labels


def test_an_open_end_is_an_arrow() -> None:
    (chart,) = build_charts([counted(5, None), counted(None, 5), counted(5, 5)])
    assert [(mark.opens_up, mark.opens_down) for mark in chart.marks] == [(True, False), (False, True), (False, False)]


def test_what_is_vendored_is_what_its_manifest_says() -> None:
    folder = Path(settings.BASE_DIR) / "claims" / "static" / "vendor"
    manifest = json.loads((folder / "manifest.json").read_text())
    licences = (folder / "LICENCES.txt").read_text()
    assert {entry["file"] for entry in manifest["files"]} == {path.name for path in folder.glob("*.js")}
    for entry in manifest["files"]:
        assert hashlib.sha256((folder / entry["file"]).read_bytes()).hexdigest() == entry["sha256"]
        for part in entry["made_of"]:
            assert f"{part['package']} {part['version']}" in licences
