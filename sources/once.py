"""Was this request made before? One that comes twice is done once.

Public: `take_key`, `keep_answer`, `find_made`. The key stands in a table of its own, written in the transaction of what
it stands for: a request that failed leaves none, and of two at once the second waits for the first.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from .images import record_models
from .models import IdempotencyKey, Record

_KEPT = timedelta(hours=24)


def take_key(*, user: User, key: str, digest: str, at: datetime) -> IdempotencyKey | None:
    """Take a key for the request with this digest; return what it stood for before, None where it is new.

    To be called inside the transaction of what the request does.
    """
    IdempotencyKey.objects.filter(made_at__lt=at - _KEPT).delete()
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(user=user, key=key, request_digest=digest, made_at=at, status=0, body="")
    except IntegrityError:
        return IdempotencyKey.objects.get(user=user, key=key)
    return None


def keep_answer(
    *, user: User, key: str, made: Record | None = None, status: int = 0, location: str = "", body: str = ""
) -> None:
    """Remember what the request was answered, and what it made."""
    IdempotencyKey.objects.filter(user=user, key=key).update(
        status=status,
        location=location,
        body=body,
        row_kind=made.record_kind() if made is not None else "",
        row_uid=made.uid if made is not None else None,
    )


def find_made(known: IdempotencyKey, user: User) -> Record | None:
    """Return what the earlier request made, where it is still there and this user's to see."""
    if known.row_uid is None:
        return None
    table: Any = record_models()[known.row_kind]
    row: Record | None = table.objects.visible_to(user).filter(uid=known.row_uid).first()
    return row
