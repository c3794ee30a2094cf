"""How do the numbers that were claimed look, one beneath the other in the order of time? Pure: numbers in, places out.

Public: `Chart`, `Mark`, `Tick`, `build_charts`. One chart for each thing that is counted. A number that is exact is a
dot, a range a bar, an open end an arrow; whatever is drawn stands in the table as well.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor
from typing import NamedTuple

from ..timeline import Quantity

WIDTH, ROW, TOP, BOTTOM = 900, 34, 12, 34  # pixels of the drawing's own
_LABELS, _ROOM = 330, 60  # pixels: for who and when at the left, and for an arrow at the right


class Tick(NamedTuple):
    """A number along the scale."""

    x: float
    label: str


class Mark(NamedTuple):
    """One claimed number: from `left` to `right` where it is a range, with arrows where an end is open."""

    y: float
    left: float
    right: float
    opens_up: bool
    opens_down: bool
    is_approximate: bool
    words: str
    quantity: Quantity


@dataclass(frozen=True)
class Chart:
    """All that was claimed of one thing."""

    title: str
    unit: str
    height: int
    marks: list[Mark]
    ticks: list[Tick]

    @property
    def foot(self) -> int:
        """Where the scale stands."""
        return self.height - BOTTOM + 6

    @property
    def labels(self) -> int:
        """Where the names end."""
        return _LABELS - 14


def build_charts(quantities: Sequence[Quantity]) -> list[Chart]:
    """Return a chart for each thing counted, those of which most was claimed first."""
    groups: dict[tuple[str, str], list[Quantity]] = defaultdict(list)
    for quantity in quantities:
        groups[quantity.claim.question_text or "", quantity.claim.unit].append(quantity)
    charts = [_build(title, unit, rows) for (title, unit), rows in groups.items()]
    return sorted(charts, key=lambda chart: -len(chart.marks))


def quantity_words(low: Decimal | None, high: Decimal | None, approximate: bool, unit: str) -> str:
    """Return a number as it was claimed: “at least 2,400”, “about 30,000”."""
    if low is not None and high is not None:
        number = _number(low) if low == high else f"{_number(low)} to {_number(high)}"
    else:
        number = f"at least {_number(low)}" if low is not None else f"up to {_number(high or Decimal(0))}"
    return f"{'about ' if approximate else ''}{number} {unit}".strip()


def _build(title: str, unit: str, rows: Sequence[Quantity]) -> Chart:
    top = max(row.claim.quantity_high or row.claim.quantity_low or Decimal(0) for row in rows)
    step = _step(top)
    n_steps = max(1, floor(top / step) + 1)
    span = WIDTH - _LABELS - _ROOM

    def place(number: Decimal) -> float:
        return round(_LABELS + span * min(max(float(number / (step * n_steps)), 0), 1), 1)

    marks = []
    for index, row in enumerate(rows):
        claim = row.claim
        low, high = claim.quantity_low, claim.quantity_high
        ends = [place(number) for number in (low, high) if number is not None]
        words = quantity_words(low, high, claim.quantity_approximate, claim.unit)
        y = TOP + ROW * index + ROW / 2
        marks.append(Mark(y, min(ends), max(ends), high is None, low is None, claim.quantity_approximate, words, row))
    ticks = [Tick(place(step * n), _number(step * n)) for n in range(n_steps + 1)]
    return Chart(title or unit, unit, TOP + ROW * len(rows) + BOTTOM, marks, ticks)


_PARTS = tuple(Decimal(part) for part in ("0.2", "0.5", "1", "2"))  # of the power of ten below the largest number


def _step(top: Decimal) -> Decimal:
    """Return a round number of which some three to eight make up the whole."""
    if top <= 0:
        return Decimal(1)
    power = Decimal(10) ** top.adjusted()
    return next(power * part for part in _PARTS if top / (power * part) <= 5)


def _number(number: Decimal) -> str:
    whole = number == number.to_integral_value()
    return f"{int(number):,}" if whole else f"{number.normalize():,f}"
