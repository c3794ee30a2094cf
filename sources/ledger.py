"""Who did what, when, and what was every row before and after? The only code that writes records.

Public: `By` (who acts, when, on which request) and the `Act` that it opens; `image_of`, `images_of`, `fit_image`,
`values_of`, `digest_image`, `digest_spelled`, `digest_change` for those who read the ledger back.

    with by.act("word_claim", case) as act:
        act.insert(claim)

An act is one transaction and leaves one entry, its last write, under one lock, so that the entries have no gap and
no fork. An act opened inside another is part of it: an import of a thousand rows is one entry. An act that changed
nothing leaves none. Permissions are asked here as well, since here nobody gets past.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache, reduce
from operator import or_
from typing import Any, TypeVar, cast
from uuid import UUID

from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q

from .access import require_role
from .choices import Role
from .models import Case, Change, ChangeItem, Record
from .refusals import InUse, RowsRefused, Stale

Image = dict[str, Any]
RecordT = TypeVar("RecordT", bound=Record)

_LOCK = 0x1ED6E4  # PostgreSQL's advisory lock of the ledger; the number is arbitrary, and the same everywhere
_BATCH = 500  # rows of one INSERT

# Codes of what is wrong with a value that still is of its column's sort; what is no day or number has others.
_LEAVES_A_VALUE = {"blank", "null", "max_length", "invalid_choice", "unstorable", "other_case"}


@cache
def record_models() -> dict[str, type[Record]]:
    """Return every model that the ledger keeps, by its kind."""
    return {model.record_kind(): model for model in apps.get_models() if issubclass(model, Record)}


@cache
def _columns_of(model: type[Record]) -> tuple[tuple[str, str], ...]:
    """Return (name in the image, lookup) for each column that an image holds; links are told by public id."""
    columns = []
    for column in model._meta.concrete_fields:
        if column.primary_key or column.name in model.DERIVED:
            continue
        target = column.related_model
        points_at_record = isinstance(target, type) and issubclass(target, Record)
        columns.append((column.name, f"{column.name}__uid" if points_at_record else column.attname))
    return tuple(columns)


def _plain(value: Any) -> Any:
    """Return the value as JSON has it, in one form on both engines."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value


def images_of(rows: models.QuerySet[Any]) -> Iterator[tuple[int, Image]]:
    """Yield (primary key, image) of each row of one model, read from the database as it is stored."""
    model: type[Record] = rows.model
    columns = _columns_of(model)
    names = [name for name, _ in columns]
    for key, *values in rows.values_list("pk", *(lookup for _, lookup in columns)).iterator(chunk_size=2000):
        yield key, {name: _plain(value) for name, value in zip(names, values, strict=True)}


def fit_image(model: type[Record], image: Image) -> Image:
    """Return an image in the columns that the model has now: one that came since has its default, one that went is out.

    What is recorded stays as it was recorded, in the columns of its day; whoever compares or restores it fits it first.
    """
    columns = _columns_of(model)
    if len(image) == len(columns) and all(name in image for name, _ in columns):
        return image
    return {
        name: image[name] if name in image else _plain(cast(Any, model._meta.get_field(name)).get_default())
        for name, _ in columns
    }


def values_of(model: type[Record], images: Sequence[Image]) -> list[dict[str, Any]]:
    """Return images as values for the model's columns; raises ValidationError where a link leads nowhere."""
    fitted = [fit_image(model, image) for image in images]
    found: list[dict[str, Any]] = [{} for _ in fitted]
    for name, lookup in _columns_of(model):
        column: Any = model._meta.get_field(name)
        if lookup != f"{name}__uid":
            for values, image in zip(found, fitted, strict=True):
                values[lookup] = column.to_python(image[name])
            continue
        wanted = {UUID(image[name]) for image in fitted if image[name]}
        targets = {row.uid: row for row in column.related_model._base_manager.filter(uid__in=wanted)}
        for values, image in zip(found, fitted, strict=True):
            values[name] = targets.get(UUID(image[name])) if image[name] else None
            if image[name] and values[name] is None:
                raise ValidationError({name: ValidationError("what it points to is not there any more", code="gone")})
    return found


def image_of(row: Record) -> Image:
    """Return what the database holds of this row, links as public ids, derived columns left out."""
    return next(image for _, image in images_of(type(row)._base_manager.filter(pk=row.pk)))


def canonical(value: object) -> str:
    """Return the one JSON text of a value: keys sorted, no white space, every character as itself."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def encode(text: str) -> bytes:
    """Return the text as the bytes that are hashed; what is damaged, and holds half characters, has a hash as well."""
    return text.encode("utf-8", "surrogatepass")


def digest_image(salt: str, image: Image | None) -> str:
    """Return the salted SHA-256 of an image, empty for none."""
    return digest_spelled(salt, None if image is None else canonical(image))


def digest_spelled(salt: str, spelled: str | None) -> str:
    """Return the salted SHA-256 of an image that is spelled out already, empty for none."""
    return "" if spelled is None else hashlib.sha256(encode(salt + spelled)).hexdigest()


def digest_change(change: Change, items: Iterable[ChangeItem]) -> str:
    """Return the SHA-256 that binds an entry to its items and to the entry before it."""
    content = {
        "sequence": change.sequence,
        "case": _plain(change.case_uid),
        "act": change.act,
        "actor": change.actor_id,
        "request": change.request,
        "at": _plain(change.at),
        "undoes": change.undoes,
        "previous": change.previous,
        "items": [[item.kind, str(item.uid), item.before_digest, item.after_digest] for item in items],
    }
    return hashlib.sha256(encode(canonical(content))).hexdigest()


@dataclass(frozen=True)
class By:
    """Who acts, at what time, and on which request; opens acts."""

    actor: User | None
    at: datetime
    request: str = ""

    @contextmanager
    def act(self, name: str, case: Case | None, *, needs: Role = Role.ANNOTATOR) -> Iterator["Act"]:
        """Run a block as one transaction that leaves one entry named `name` in the ledger.

        `case` None is the shared register. Raises PermissionDenied where the actor's role falls short of `needs`.
        """
        require_role(self.actor, case, needs)
        with transaction.atomic():
            _take_turn(case)
            act = Act(by=self, name=name, case_uid=case.uid if case else None)
            yield act
            act.append_entry()


def _take_turn(case: Case | None) -> None:
    """Wait until no other act runs in this case, so that what an act checks still holds when it writes.

    SQLite has one writer at a time anyway. The case is locked without its key, so that rows may go on pointing to it.
    """
    if case is not None:
        Case._base_manager.select_for_update(no_key=True).filter(pk=case.pk).first()
    else:
        _lock_ledger()


def _lock_ledger() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


@dataclass
class Act:
    """What one entry of the ledger is being made of. Writes rows, and remembers what they were."""

    by: By
    name: str
    case_uid: UUID | None
    undoes: int | None = None
    entry: Change | None = None  # once it is written
    _before: dict[tuple[str, UUID], Image | None] = field(default_factory=dict)
    _after: dict[tuple[str, UUID], Image | None] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        """The time of the act."""
        return self.by.at

    @property
    def actor(self) -> User | None:
        """Who acts."""
        return self.by.actor

    @contextmanager
    def act(self, name: str, case: Case | None, *, needs: Role = Role.ANNOTATOR) -> Iterator["Act"]:
        """Run a block as part of this act: it asks for its own role and leaves no entry of its own."""
        require_role(self.actor, case, needs)
        yield self

    def move_to(self, case: Case) -> None:
        """Let the entry stand in the history of this case, which the act itself has opened."""
        self.case_uid = case.uid

    def insert(self, row: RecordT) -> RecordT:
        """Check one new row and write it; raises ValidationError, keyed by field, where its model refuses it."""
        try:
            return self.insert_many([row])[0]
        except RowsRefused as refused:
            raise refused.errors[0] from None

    def insert_many(self, rows: list[RecordT]) -> list[RecordT]:
        """Check new rows of one model and write them in a bounded number of queries.

        Raises RowsRefused for those that their model refuses.
        """
        if not rows:
            return rows
        model = type(rows[0])
        _check_rows(rows)
        for row in rows:
            for name, value in row.derived().items():
                setattr(row, name, value)
        model._base_manager.bulk_create(rows, batch_size=_BATCH)
        uid_of = {row.pk: row.uid for row in rows}
        for key, image in images_of(model._base_manager.filter(pk__among=uid_of)):
            self._note(model, uid_of[key], None, image)
        _refuse_merged(rows, _links_to_mergeable(model))
        return rows

    def update(self, row: RecordT, **values: Any) -> RecordT:
        """Give one row these values, as `update_many` does; raises ValidationError, keyed by field."""
        try:
            return self.update_many([(row, values)])[0]
        except RowsRefused as refused:
            raise refused.errors[0] from None

    def update_many(self, changes: Sequence[tuple[RecordT, Mapping[str, Any]]]) -> list[RecordT]:
        """Give rows of one model their values, where each still is at the revision that the caller holds.

        A bounded number of queries. Nothing is written of a row where nothing changes. Raises RowsRefused for rows that
        their model refuses, and Stale where someone else was first.
        """
        rows = [row for row, _ in changes]
        if not rows:
            return rows
        model = type(rows[0])
        stored = model._base_manager.filter(pk__among=[row.pk for row in rows])
        revisions = dict(stored.select_for_update().order_by("pk").values_list("pk", "revision"))
        for row, values in changes:
            if row.pk not in revisions:
                raise Stale(row.record_kind(), row.uid, None)
            for name, value in values.items():
                setattr(row, name, value)
        _check_rows(rows)
        for row in rows:
            if row.revision != revisions[row.pk]:
                raise Stale(row.record_kind(), row.uid, revisions[row.pk])
        before = dict(images_of(stored))
        names = {model._meta.get_field(name).name for _, values in changes for name in values}
        for row in rows:
            for name, value in row.derived().items():
                setattr(row, name, value)
        if names:
            model._base_manager.bulk_update(rows, sorted(names | rows[0].derived().keys()), batch_size=_BATCH)
        after = dict(images_of(stored))
        changed = [row for row in rows if after[row.pk] != before[row.pk]]
        model._base_manager.filter(pk__among=[row.pk for row in changed]).update(revision=F("revision") + 1)
        for row in changed:
            row.revision += 1
            self._note(model, row.uid, before[row.pk], {**after[row.pk], "revision": row.revision})
        _refuse_merged(rows, [name for name in _links_to_mergeable(model) if name in names])
        return rows

    def touch(self, row: Record) -> None:
        """Count one change of a row whose own columns stand, because something that it owns was changed."""
        if (row.record_kind(), row.uid) in self._after:
            return  # counted once an act is enough
        before = image_of(row)
        if not type(row)._base_manager.filter(pk=row.pk, revision=row.revision).update(revision=F("revision") + 1):
            raise Stale(row.record_kind(), row.uid, before["revision"])
        row.revision += 1
        self._note(type(row), row.uid, before, {**before, "revision": row.revision})

    def delete(self, row: Record) -> None:
        """Delete the row and what it wholly owns; raises InUse where something else stands on it."""
        owned, standing = what_goes_with(row)
        # What a case keeps to itself would be told in the history of the register, which everyone reads.
        kept = [other for other in owned if self.case_uid is None and getattr(other, "case_id", None) is not None]
        gone = {(type(other), other.pk) for other in owned} - {(type(other), other.pk) for other in kept}
        standing += kept
        if in_use := [other for other in standing if (type(other), other.pk) not in gone]:
            raise InUse(row.record_kind(), row.uid, in_use)
        for other in reversed(owned):
            before = image_of(other)
            type(other)._base_manager.filter(pk=other.pk).delete()
            self._note(type(other), other.uid, before, None)
        before = image_of(row)
        if not type(row)._base_manager.filter(pk=row.pk, revision=row.revision).delete()[0]:
            raise Stale(row.record_kind(), row.uid, before["revision"])
        self._note(type(row), row.uid, before, None)

    def restore(self, model: type[RecordT], images: Sequence[Image]) -> None:
        """Make the rows of these images be as they were, whether they are there in another form or not at all.

        A revision goes on counting: it never comes back to a number that stood for something else.
        """
        wanted = {values["uid"]: values for values in values_of(model, images)}
        there = list(model._base_manager.filter(uid__in=wanted))
        gone = wanted.keys() - {row.uid for row in there}
        self.insert_many([model(**{**wanted[uid], "revision": wanted[uid]["revision"] + 1}) for uid in sorted(gone)])
        revisions = [row.revision for row in there]
        kept = ("uid", "revision")
        self.update_many([(row, {name: v for name, v in wanted[row.uid].items() if name not in kept}) for row in there])
        for row, revision in zip(there, revisions, strict=True):
            if row.revision == revision:
                self.touch(row)  # what it owns is restored beside it

    def _note(self, model: type[Record], uid: UUID, before: Image | None, after: Image | None) -> None:
        key = (model.record_kind(), uid)
        self._before.setdefault(key, before)
        self._after[key] = after

    def append_entry(self) -> None:
        """Write the entry of this act, chained to the newest; nothing where no row was changed."""
        keys = [key for key in self._after if self._before[key] != self._after[key]]
        if not keys:
            return
        _lock_ledger()
        newest = Change.objects.order_by("-sequence").values_list("sequence", "digest").first()
        sequence, previous = newest or (0, "")
        change = Change(
            sequence=sequence + 1,
            case_uid=self.case_uid,
            act=self.name,
            actor_id=self.actor.pk if self.actor else None,
            request=self.by.request,
            at=self.at,
            undoes=self.undoes,
            previous=previous,
        )
        items = []
        for key in keys:
            salt, before, after = secrets.token_hex(16), self._before[key], self._after[key]
            items.append(
                ChangeItem(
                    kind=key[0],
                    uid=key[1],
                    salt=salt,
                    before=before,
                    after=after,
                    before_digest=digest_image(salt, before),
                    after_digest=digest_image(salt, after),
                )
            )
        change.digest = digest_change(change, items)
        change.save(force_insert=True)
        self.entry = change
        for item in items:
            item.change = change
        ChangeItem._base_manager.bulk_create(items, batch_size=_BATCH)


Author = By | Act


def _check_rows(rows: Sequence[Record]) -> None:
    """Raise RowsRefused for the rows that `check_row` refuses."""
    errors = {}
    for index, row in enumerate(rows):
        try:
            check_row(row)
        except ValidationError as refused:
            errors[index] = refused
    if errors:
        raise RowsRefused(errors)


@cache
def _links_to_mergeable(model: type[Record]) -> tuple[str, ...]:
    """Return the links of a model to what may have been merged into another."""
    links = [column for column in model._meta.concrete_fields if column.is_relation]
    return tuple(link.name for link in links if hasattr(link.related_model, "merged_into"))


def _refuse_merged(rows: Sequence[Record], links: Collection[str]) -> None:
    """Raise RowsRefused for written rows that point by these links to what was merged into another.

    Asked after writing, so that neither what the same act merges nor what another merged meanwhile is missed.
    """
    if not links:
        return
    fallen = reduce(or_, (Q(**{f"{name}__merged_into__isnull": False}) for name in links))
    written = type(rows[0])._base_manager.filter(fallen, pk__among=[row.pk for row in rows])
    found = {pk: into for pk, *into in written.values_list("pk", *(f"{name}__merged_into" for name in links))}
    refusal = ValidationError("this was merged into another", code="merged")
    errors = {
        index: ValidationError({name: refusal for name, into in zip(links, found[row.pk], strict=True) if into})
        for index, row in enumerate(rows)
        if row.pk in found
    }
    if errors:
        raise RowsRefused(errors)


def check_row(row: Record, but: Collection[str] = ()) -> None:
    """Raise ValidationError, keyed by field, for what the row's fields, links and `clean` refuse; asks no database.

    The links named in `but` are still to be made, and not looked at. How fields go together is asked where each of them
    is of its own sort: what is no day lies neither before nor after another.
    """
    links = [column for column in row._meta.concrete_fields if column.is_relation and column.name not in but]
    errors: dict[str, Any] = {}
    for link in links:
        if not link.null and getattr(row, link.attname) is None:
            errors[link.name] = [ValidationError("this field cannot be empty", code="null")]
        elif _is_elsewhere(row._state.fields_cache.get(link.name), row):
            errors[link.name] = [ValidationError("this is of another case", code="other_case")]
    try:
        row.clean_fields(exclude={link.name for link in links}.union(but))
    except ValidationError as refused:
        errors |= refused.error_dict
    if all(error.code in _LEAVES_A_VALUE for found in errors.values() for error in found):
        try:
            row.clean()
        except ValidationError as refused:
            errors |= refused.error_dict
    if errors:
        raise ValidationError(errors)


def _is_elsewhere(target: models.Model | None, row: Record) -> bool:
    """Tell whether the row may not point to the target because that is of another case."""
    case_id = getattr(target, "case_id", None)
    return case_id is not None and not isinstance(target, Case) and case_id != getattr(row, "case_id", None)


def what_goes_with(row: Record) -> tuple[list[Record], list[Record]]:
    """Return the rows that deleting this one takes along, and those that stand in its way, a hundred at most a kind."""
    owned: list[Record] = []
    standing: list[Record] = []
    for relation in row._meta.related_objects:
        model = relation.related_model
        if not (isinstance(model, type) and issubclass(model, Record)):
            continue
        named = [column.name for column in model._meta.concrete_fields if column.is_relation]
        rows: Any = model._base_manager.filter(**{relation.field.name: row}).select_related(*named)
        if relation.on_delete is models.PROTECT:
            standing += rows[:100]
        elif relation.on_delete is models.CASCADE:
            for child in rows:
                further, in_use = what_goes_with(child)
                owned += [child, *further]
                standing += in_use
    return owned, standing
