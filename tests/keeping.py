"""A database that is filled once for many tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def filled(blocker: Any) -> Iterator[None]:
    """Keep what is written inside for all tests of a module, each of which sees it and leaves it as it was."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
