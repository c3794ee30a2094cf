"""What became of a row, act by act, in words."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.text import Truncator

from ..images import record_models
from ..models import Case, Change, ChangeItem, DocumentVersion, Record

_UNTOLD = ("uid", "revision", "case")  # columns of an image that say nothing to a person
_EMPTY: tuple[Any, ...] = (None, "", [], False)
_NAMING = ("label", "title", "text", "name", "exact", "note", "rationale")  # the first that an image has names its row
_NOT_SEEN = "something that is gone, or not yours to see"


class Difference(NamedTuple):
    """One column before and after an act."""

    name: str
    was: Any
    became: Any
    column: str = ""


class Told(NamedTuple):
    """What an act did to one row, for a person to read."""

    item: ChangeItem
    kind: str
    name: str
    verb: str
    url: str
    differences: list[Difference]


def history_of(row: Record) -> QuerySet[ChangeItem]:
    """Return what acts did to the row, the newest first."""
    items = ChangeItem.objects.filter(kind=row.record_kind(), uid=row.uid)
    return items.select_related("change__actor").order_by("-change__sequence")


def visible_changes(request: HttpRequest) -> QuerySet[Change]:
    """Return the acts in visible cases and in the shared register."""
    cases = Case.objects.visible_to(request.user).values("uid")
    return Change.objects.visible_to(request.user, cases)


def deletion_of(kind: str, uid: str, request: HttpRequest) -> Change | None:
    """Return the act that deleted the row, where the user may see it."""
    acts = visible_changes(request).filter(items__kind=kind, items__uid=uid, items__after_digest="")
    return acts.select_related("actor").order_by("-sequence").first()


def read_named(rows: Any) -> Any:
    """Read along the rows that name those of a queryset: what they point to, texts left where they are."""
    links = [
        column.name
        for column in rows.model._meta.concrete_fields
        if isinstance(column.related_model, type)
        and issubclass(column.related_model, Record | User)
        and column.related_model is not DocumentVersion
    ]
    return rows.select_related(*links) if links else rows


def tell_items(items: Iterable[ChangeItem], request: HttpRequest) -> Iterator[Told]:
    """Yield each item in words; rows that the user may see are told by their names, and no other is."""
    given = list(items)
    names = _Names(given, request)
    for item in given:
        model = record_models().get(item.kind)
        verb = "made" if not item.before_digest else "deleted" if not item.after_digest else "changed"
        yield Told(
            item=item,
            kind=str(model._meta.verbose_name) if model else item.kind,
            name=names.rows.get(str(item.uid)) or _name_in(item),
            verb=verb,
            url=names.addresses.get(str(item.uid), ""),
            differences=[_tell(difference, model, names) for difference in differences_of(item)],
        )


def changes_since(row: Record, revision: int, request: HttpRequest) -> list[Difference]:
    """Return how the row differs now from what it was at an earlier revision, and what became of rows that it owns."""
    newest, old, changes = None, None, []
    for item in history_of(row):
        if newest is None:
            newest = item.after
        if item.after and item.after["revision"] <= revision:
            old = item.after
            break
        changes.append(item.change_id)
    if newest is None:
        return []
    both = ChangeItem(kind=row.record_kind(), uid=row.uid, before=old or {}, after=newest, before_digest="-")
    found = [difference for told in tell_items([both], request) for difference in told.differences]
    owned = [
        item
        for item in ChangeItem.objects.filter(change__among=changes).exclude(kind=row.record_kind()).order_by("pk")
        if (item.after or item.before or {}).get(row.record_kind()) == str(row.uid)
    ]
    for told in tell_items(owned, request):
        words = ", ".join(f"{one.name} {one.was if told.verb == 'deleted' else one.became}" for one in told.differences)
        gone, come = (words, "–") if told.verb == "deleted" else ("–", words)
        found.append(Difference(told.kind, gone, come))
    return found


def differences_of(item: ChangeItem) -> list[Difference]:
    """Return the columns that an act changed; all that are filled, where it made or deleted the row."""
    before, after = item.before or {}, item.after or {}
    found = []
    for name in dict.fromkeys([*before, *after]):
        was, became = before.get(name), after.get(name)
        if name in _UNTOLD or was == became or (was in _EMPTY and became in _EMPTY):
            continue
        found.append(Difference(name, was, became, name))
    return found


def _tell(difference: Difference, model: type[Record] | None, names: "_Names") -> Difference:
    column: Any = model._meta.get_field(difference.column) if model else None
    return Difference(
        str(getattr(column, "verbose_name", difference.column)),
        _told(difference.was, column, names),
        _told(difference.became, column, names),
        difference.column,
    )


def _told(value: Any, column: Any, names: "_Names") -> str:
    if value in _EMPTY:
        return "–"
    if value is True:
        return "yes"
    target = getattr(column, "related_model", None)
    if target is User:
        return names.accounts.get(value, "an account that is gone")
    if isinstance(target, type) and issubclass(target, Record):
        return names.rows.get(str(value), _NOT_SEEN)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(dict(getattr(column, "flatchoices", None) or ()).get(value, value))


def _name_in(item: ChangeItem) -> str:
    image = item.after or item.before or {}
    return next((Truncator(image[name]).chars(100) for name in _NAMING if image.get(name)), "")


class _Names:
    """How the rows and accounts are called that some items tell of, read in one query a model."""

    def __init__(self, items: list[ChangeItem], request: HttpRequest) -> None:
        wanted: dict[type[Record], set[str]] = {}
        accounts: set[int] = set()
        for item in items:
            model = record_models().get(item.kind)
            if model is None:
                continue
            wanted.setdefault(model, set()).add(str(item.uid))
            for column in model._meta.concrete_fields:
                target: Any = column.related_model
                if target is None:
                    continue
                values = {image[column.name] for image in (item.before, item.after) if image and image.get(column.name)}
                if target is User:
                    accounts |= values
                elif isinstance(target, type) and issubclass(target, Record):
                    wanted.setdefault(target, set()).update(values)
        self.rows: dict[str, str] = {}
        self.addresses: dict[str, str] = {}
        for model, uids in wanted.items():
            table: Any = model
            rows = table.objects.visible_to(request.user).filter(uid__among=uids)
            if model is DocumentVersion:
                rows = rows.without_text()
            for row in read_named(rows):
                self.rows[str(row.uid)] = Truncator(str(row)).chars(200)
                self.addresses[str(row.uid)] = address_of(row)
        self.accounts = dict(User.objects.filter(pk__in=accounts).values_list("pk", "username"))


def address_of(row: Record) -> str:
    """Return where the row is shown, nothing where it has no page."""
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""
