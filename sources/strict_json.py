"""JSON that two readers cannot read differently.

Public: `parse_json`, `moment`, `quantity`. Used for requests and answers, for graphs and for bundles alike.
"""

import json
import math
from datetime import date
from decimal import Decimal
from typing import Any

_MAX_DEPTH = 32  # levels of nesting; the deepest that we take has seven
_MAX_DIGITS = 20  # of a whole number


def parse_json(data: bytes) -> Any:
    """Return the value of JSON in UTF-8; raises ValueError that says what is wrong.

    Refused are keys given twice, NaN and infinities, numbers beyond measure, and nesting beyond 32 levels. Whether the
    strings can be stored is another question: `text.find_unstorable`.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        raise ValueError(f"it is not UTF-8 at byte {broken.start}") from broken
    try:
        value = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite, parse_int=_whole
        )
    except RecursionError as deep:
        raise ValueError(f"it is nested deeper than {_MAX_DEPTH} levels") from deep
    if _depth(value) > _MAX_DEPTH:
        raise ValueError(f"it is nested deeper than {_MAX_DEPTH} levels")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is given twice in one object")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number in JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"the number {text[:30]} is too large")
    return number


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > _MAX_DIGITS:
        raise ValueError(f"the number {text[:30]}… has more than {_MAX_DIGITS} digits")
    return int(text)


def _depth(value: Any) -> int:
    """Return how many levels of lists and objects a value has."""
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        inner, level = waiting.pop()
        if isinstance(inner, dict | list):
            deepest = max(deepest, level)
            waiting += [(child, level + 1) for child in (inner.values() if isinstance(inner, dict) else inner)]
    return deepest


def moment(value: date | None) -> str | None:
    """Return a day as ISO 8601 has it, and a time as RFC 3339 does, in UTC."""
    return value.isoformat().replace("+00:00", "Z") if value else None


def quantity(value: Decimal | None) -> int | float | None:
    """Return a quantity: whole where it is whole."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
