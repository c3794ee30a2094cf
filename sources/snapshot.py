"""Do several queries of one answer see one state of the database?

Public: `snapshot`, `in_snapshot`. A plain `atomic()` would do it too, but on SQLite it takes the one writer's place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection, transaction

_open: ContextVar[bool] = ContextVar("snapshot", default=False)


def in_snapshot() -> bool:
    """Tell whether what is read now is a committed state that nothing in this transaction has changed."""
    return _open.get()


@contextmanager
def snapshot() -> Iterator[None]:
    """Run a block of reads on one state of the database, locking nobody out.

    Inside a transaction, which sees one state already, it does nothing further.
    """
    if connection.in_atomic_block:
        yield
        return
    token = _open.set(True)
    try:
        with _read_transaction():
            yield
    finally:
        _open.reset(token)


@contextmanager
def _read_transaction() -> Iterator[None]:
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    sqlite: Any = connection
    sqlite.ensure_connection()
    usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic():
            yield
    finally:
        sqlite.transaction_mode = usual
