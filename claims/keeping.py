"""What was made from the state of some cases, kept in the process for as long as nothing is done in them.

Public: `Heads`, `head_of`, `shared_head`, `Kept`.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from threading import Lock
from typing import Generic, TypeVar

from django.db.models import QuerySet

from sources.models import Case, Change
from sources.snapshot import in_snapshot

_Value = TypeVar("_Value")
Heads = tuple[str, ...]


def head_of(case_ids: Collection[int]) -> str:
    """Return the digest of the newest entry of these cases, in which everything is written that changes them."""
    uids = Case.objects.filter(pk__among=case_ids).values("uid")
    return _newest(Change.objects.filter(case_uid__in=uids))


def shared_head() -> str:
    """Return the digest of the newest act on what cases share."""
    return _newest(Change.objects.filter(case_uid=None))


def _newest(changes: QuerySet[Change]) -> str:
    return changes.order_by("-sequence").values_list("digest", flat=True).first() or ""


class Kept(Generic[_Value]):
    """The last few values that were asked for and are worth it, each with the heads of the ledger when it was made."""

    def __init__(self, most: int, *, worth: Callable[[_Value], bool] = lambda value: True) -> None:
        self._most, self._worth = most, worth
        self._values: OrderedDict[Hashable, tuple[Heads, _Value]] = OrderedDict()
        self._lock = Lock()

    def find(
        self,
        asked: Hashable,
        read_heads: Callable[[], Heads],
        make: Callable[[_Value | None], _Value],
        *,
        may: Callable[[], bool] = lambda: True,
    ) -> _Value:
        """Return what is asked for, made anew where something was done since; `may` it be kept, once it is made?

        `make` is given what was kept before, which may be right still. Outside a snapshot nothing is kept: the state
        may yet be rolled back, and another come to bear the same heads.
        """
        if not in_snapshot():
            return make(None)
        heads = read_heads()
        with self._lock:
            kept_heads, value = self._values.get(asked, (None, None))
        if value is None or kept_heads != heads:
            value = make(value)
            if not (self._worth(value) and may()):
                return value
        with self._lock:
            self._values[asked] = heads, value
            self._values.move_to_end(asked)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value

    def clear(self) -> None:
        """Forget all of it."""
        with self._lock:
            self._values.clear()
