"""How hard do the tests try? Enough for every run; ten times as hard in `make proofs`.

Public: `IS_PROOF`, `examples`.
"""

import os

from hypothesis import settings

IS_PROOF = os.environ.get("CLAIMS_PROOFS") == "1"


def examples(n: int) -> settings:
    """Return how many examples a property tries."""
    return settings(max_examples=10 * n if IS_PROOF else n)
