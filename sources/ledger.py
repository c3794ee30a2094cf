"""Who did what, when, and what was every row before and after? The only code that writes records.

Public: `By` (who acts, when, on which request), the `Act` that it opens, and what both ask first: `check_row`,
`what_goes_with`.

    with by.act("word_claim", case) as act:
        act.insert(claim)

An act is one transaction and leaves one entry, its last write, under one lock, so that the entries have no gap and
no fork. An act opened inside another is part of it: an import of a thousand rows is one entry. An act that changed
nothing leaves none. Permissions are asked here as well, since here nobody gets past.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.db.models import F, Q

from .access import require_role
from .choices import Role
from .images import Image, digest_change, digest_image, image_of, images_of, values_of
from .models import Case, Change, ChangeItem, Record
from .refusals import InUse, RowsRefused, Stale

RecordT = TypeVar("RecordT", bound=Record)

_LOCK = 0x1ED6E4  # PostgreSQL's advisory lock of the ledger; the number is arbitrary, and the same everywhere
_BATCH = 500  # rows of one INSERT

# Codes of what is wrong with a value that still is of its column's sort; what is no day or number has others.
_LEAVES_A_VALUE = {"blank", "null", "max_length", "invalid_choice", "unstorable", "other_case"}


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
        revisions = _hold(rows)
        for row, values in changes:
            if row.pk not in revisions:
                raise Stale(row.record_kind(), row.uid, None)
            for name, value in values.items():
                setattr(row, name, value)
        _check_rows(rows)
        _refuse_stale(rows, revisions)
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
        self.delete_many([row])

    def delete_many(self, rows: Sequence[Record]) -> None:
        """Delete rows of one model and what they wholly own, in a number of queries that grows with the kinds alone.

        Raises InUse where something else stands on them, and Stale where someone else was first.
        """
        if not rows:
            return
        owned, standing = what_goes_with(rows)
        gone = {(type(other), other.pk) for other in owned}
        if in_use := [other for other in standing if (type(other), other.pk) not in gone]:
            needed = next((row for row in rows if any(_points_to(other, row) for other in in_use)), rows[0])
            raise InUse(needed.record_kind(), needed.uid, in_use)
        _refuse_stale(rows, _hold(rows))
        going: dict[type[Record], list[int]] = {}
        for other in (*reversed(owned), *rows):
            going.setdefault(type(other), []).append(other.pk)
        for kind, keys in going.items():
            for _, image in images_of(kind._base_manager.filter(pk__among=keys)):
                self._note(kind, UUID(image["uid"]), image, None)
            kind._base_manager.filter(pk__among=keys).delete()

    def restore(self, model: type[RecordT], images: Sequence[Image]) -> None:
        """Make the rows of these images be as they were, whether they are there in another form or not at all.

        A revision goes on counting: it never comes back to a number that stood for something else.
        """
        wanted = {values["uid"]: values for values in values_of(model, images)}
        there = list(model._base_manager.filter(uid__among=wanted))
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


def _hold(rows: Sequence[Record]) -> dict[int, int]:
    """Lock rows of one model until the act is done, and return at which revision each is that is there, by key."""
    stored = type(rows[0])._base_manager.select_for_update().filter(pk__among=[row.pk for row in rows])
    return dict(stored.order_by("pk").values_list("pk", "revision"))


def _refuse_stale(rows: Sequence[Record], revisions: Mapping[int, int]) -> None:
    """Raise Stale for the first row that is at another revision than the one that the caller holds, or is gone."""
    for row in rows:
        if revisions.get(row.pk) != row.revision:
            raise Stale(row.record_kind(), row.uid, revisions.get(row.pk))


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


def _is_elsewhere(target: models.Model | None, row: models.Model) -> bool:
    """Tell whether the row may not point to the target because that is of another case."""
    case_id = getattr(target, "case_id", None)
    return case_id is not None and not isinstance(target, Case) and case_id != getattr(row, "case_id", None)


def what_goes_with(rows: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """Return the rows that deleting these of one model takes along, and those that stand in the way, a hundred a kind.

    What a case keeps of its own is not taken along by what stands in the register: it would be told where all can read.
    """
    owned: list[Record] = []
    standing: list[Record] = []
    keys = [row.pk for row in rows]
    for relation in type(rows[0])._meta.related_objects if rows else ():
        model = relation.related_model
        if not (isinstance(model, type) and issubclass(model, Record)):
            continue
        named = [column.name for column in model._meta.concrete_fields if column.is_relation]
        pointing: Any = model._base_manager.filter(**{f"{relation.field.name}__among": keys}).select_related(*named)
        if relation.on_delete is models.PROTECT:
            standing += (pointing.exclude(pk__among=keys) if model is type(rows[0]) else pointing)[:100]
        elif relation.on_delete is models.CASCADE:
            own: list[Record] = []
            for child in pointing:
                owner = getattr(child, relation.field.name)
                is_kept = not isinstance(owner, Case) and _is_elsewhere(child, owner)
                (standing if is_kept else own).append(child)
            further, in_use = what_goes_with(own)
            owned += [*own, *further]
            standing += in_use
    return owned, standing


def _points_to(row: Record, target: Record) -> bool:
    links = [column for column in row._meta.concrete_fields if column.related_model is type(target)]
    return any(getattr(row, link.attname) == target.pk for link in links)
