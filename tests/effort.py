"""How hard do the tests try? Enough for every run; ten times as hard in `make proofs`.

Public: `IS_PROOF`, `examples`, `foremost`.
"""

import os
from collections.abc import Sequence
from typing import TypeVar

from hypothesis import settings

_Value = TypeVar("_Value")
IS_PROOF = os.environ.get("CLAIMS_PROOFS") == "1"


def examples(n: int) -> settings:
    """Return how many examples a property tries."""
    return settings(max_examples=10 * n if IS_PROOF else n)


def foremost(n: int, values: Sequence[_Value]) -> Sequence[_Value]:
    """Return which of these a sweep over many places tries: the first few, which are the worst, or all in a proof."""
    return values if IS_PROOF else values[:n]
