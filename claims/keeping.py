"""What was made from the state of a case, kept in the process for as long as nothing is done in the case.

Public: `Heads`, `head_of`, `heads_of`, `Kept`.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from django.db.models import Q

from sources.models import Case, Change
from sources.snapshot import in_snapshot

_Value = TypeVar("_Value")
Heads = tuple[str, str]


def head_of(case_id: int | None) -> str:
    """Return the digest of the newest entry of the case, in which everything is written that changes it.

    For None, that of the newest act on what cases share.
    """
    of_case = Q(case_uid=None) if case_id is None else Q(case_uid__in=Case.objects.filter(pk=case_id).values("uid"))
    return Change.objects.filter(of_case).order_by("-sequence").values_list("digest", flat=True).first() or ""


def heads_of(case_id: int) -> Heads:
    """Return the newest entries of the case and of what it shares with others: no two of its states have the same."""
    return head_of(case_id), head_of(None)


class Kept(Generic[_Value]):
    """The last few values that were asked for and are worth it, each with the heads of the ledger when it was made."""

    def __init__(self, most: int, *, worth: Callable[[_Value], bool] = lambda value: True) -> None:
        self._most, self._worth = most, worth
        self._values: OrderedDict[Hashable, tuple[Heads, _Value]] = OrderedDict()
        self._lock = Lock()

    def find(
        self, asked: Hashable, heads: Heads, make: Callable[[], _Value], *, may: Callable[[], bool] = lambda: True
    ) -> _Value:
        """Return what is asked for, made anew where something was done since; `may` it be kept, once it is made?

        Outside a snapshot nothing is kept: the state may yet be rolled back, and another come to bear the same heads.
        """
        if not in_snapshot():
            return make()
        with self._lock:
            kept_heads, value = self._values.get(asked, (None, None))
        if value is None or kept_heads != heads:
            value = make()
            if not (self._worth(value) and may()):
                return value
        with self._lock:
            self._values[asked] = heads, value
            self._values.move_to_end(asked)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value
