"""The refusals of the domain that are not about one field of one row (those are Django's ValidationError)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError


class Refused(Exception):
    """Something was asked for that cannot be done; nothing was written."""


class RowsRefused(Refused):
    """Some of many rows are malformed; `errors` holds what is wrong with each, by its index in what was given."""

    def __init__(self, errors: Mapping[int, ValidationError]) -> None:
        super().__init__(f"{len(errors)} of the rows were refused")
        self.errors = dict(errors)


class Stale(Refused):
    """The row was changed, or is gone, since the caller last read it."""

    def __init__(self, kind: str, uid: object, current: int | None) -> None:
        now = "is gone" if current is None else f"is at revision {current} now"
        super().__init__(f"{kind} {uid} was changed by someone else: it {now}")
        self.current = current


class PlanChanged(Stale):
    """What an act would do is no longer what its user was shown."""

    def __init__(self, kind: str, uid: object, current: int | None) -> None:
        Refused.__init__(self, f"what would become of {kind} {uid} is not what it was when it was planned: plan again")
        self.current = current


class InUse(Refused):
    """The row cannot go because others stand on it; not every one of `standing` is for everyone to see."""

    def __init__(self, kind: str, uid: object, standing: Sequence[Any]) -> None:
        super().__init__(f"{kind} {uid} is in use and cannot be deleted")
        self.standing = standing
