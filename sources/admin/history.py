"""What became of a row, act by act, in words."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.http import HttpRequest

from ..ledger import record_models
from ..models import Case, Change, ChangeItem, Record

_UNTOLD = ("uid", "revision", "case")  # columns of an image that say nothing to a person


class Difference(NamedTuple):
    """One column before and after an act."""

    name: str
    was: str
    became: str


def history_of(row: Record) -> QuerySet[ChangeItem]:
    """Return what acts did to the row, the newest first."""
    items = ChangeItem.objects.filter(kind=row.record_kind(), uid=row.uid)
    return items.select_related("change__actor").order_by("-change__sequence")


def visible_changes(request: HttpRequest) -> QuerySet[Change]:
    """Return the acts in visible cases and in the shared register."""
    cases = Case.objects.visible_to(request.user).values("uid")
    return Change.objects.visible_to(request.user, cases)


def differences_of(item: ChangeItem) -> list[Difference]:
    """Return the columns that an act changed; all that are filled, where it made or deleted the row."""
    model = record_models().get(item.kind)
    before, after = item.before or {}, item.after or {}
    found = []
    for name in dict.fromkeys([*before, *after]):
        was, became = before.get(name), after.get(name)
        if name in _UNTOLD or was == became or (was in _EMPTY and became in _EMPTY):
            continue
        found.append(Difference(_name_of(model, name), _told(was), _told(became)))
    return found


_EMPTY: tuple[Any, ...] = (None, "", [], False)


def changes_since(row: Record, revision: int) -> list[Difference]:
    """Return how the row differs now from what it was at an earlier revision."""
    images: dict[int, dict[str, Any]] = {}
    for item in history_of(row):
        if item.after:
            images[item.after["revision"]] = item.after
    if not images:
        return []
    newest, old = images[max(images)], images.get(revision, {})
    return differences_of(ChangeItem(kind=row.record_kind(), uid=row.uid, before=old, after=newest))


def _name_of(model: type[Record] | None, name: str) -> str:
    if model is None:
        return name
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def _told(value: Any) -> str:
    if value in _EMPTY:
        return "–"
    if value is True:
        return "yes"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def label_links(items: list[ChangeItem], request: HttpRequest) -> Iterator[tuple[ChangeItem, list[Difference]]]:
    """Yield each item with its differences, rows that the user may see told by their names and not by their ids."""
    wanted: dict[type[Record], set[str]] = {}
    for item in items:
        for model, name in _links_of(item.kind):
            wanted.setdefault(model, set()).update(
                image[name] for image in (item.before, item.after) if image and image.get(name)
            )
    names: dict[str, str] = {}
    for model, uids in wanted.items():
        table: Any = model
        names |= {str(row.uid): str(row) for row in table.objects.visible_to(request.user).filter(uid__in=uids)}
    for item in items:
        yield (
            item,
            [Difference(d.name, names.get(d.was, d.was), names.get(d.became, d.became)) for d in differences_of(item)],
        )


def _links_of(kind: str) -> list[tuple[type[Record], str]]:
    model = record_models().get(kind)
    if model is None:
        return []
    return [
        (column.related_model, column.name)
        for column in model._meta.concrete_fields
        if isinstance(column.related_model, type) and issubclass(column.related_model, Record)
    ]
