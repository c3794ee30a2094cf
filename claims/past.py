"""What were the rows of a case at the end of a day, as the ledger has it?

Public: `Past`. The ledger holds what every row was before every act; so a row was, at the end of a day, what it was
before the first act on it after that day, and what it is now where there was none. One query finds all such acts. What
was made since was not there then. Statements are the exception: one that was recorded later, or brought back after it
had been deleted, tells of a document that may have been known, and counts by that, as an unreviewed draft. Where an
image has been erased, what is dated within the row itself (`judged_at`, `withdrawn_at`) says what had happened, and a
review is held not to have.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from sources.choices import Judgement
from sources.images import fit_image, images_of, record_models
from sources.models import Case, ChangeItem, Judged, Party, PartyLink, Record
from sources.registering import upward_links

from .choices import RelationKind, Review
from .commitments import RelationRow
from .folding import read_relations
from .models import Claim, ClaimRelation, Statement

Was = dict[str, Any]  # a row as it was: values by field, links by public id


class _Turned(NamedTuple):
    """By kind: images of what was changed or deleted since; what was made since; what is not known any more."""

    before: dict[str, dict[UUID, Any]]
    made: dict[str, set[UUID]]
    erased: dict[str, set[UUID]]


class Past:
    """The rows of one case as they were at the end of a day (UTC)."""

    def __init__(self, case: Case, as_of: date) -> None:
        self.case, self.day = case, as_of
        self.until = _end_of(as_of)
        self._keys: dict[type[Record], dict[UUID, int]] = defaultdict(dict)
        self.n_gone = 0  # rows that stood then and are gone now, as far as they were met

    @cached_property
    def _turned(self) -> "_Turned":
        """What was changed since: the first act on each row tells what it was."""
        turned = _Turned(defaultdict(dict), defaultdict(set), defaultdict(set))
        items = ChangeItem._base_manager.filter(
            Q(change__case_uid=self.case.uid) | Q(change__case_uid=None), change__at__gte=self.until
        )
        columns = ("kind", "uid", "before", "before_digest")
        for kind, uid, image, digest in items.order_by("pk").values_list(*columns).iterator(chunk_size=5000):
            if any(uid in found[kind] for found in turned):
                continue
            if not digest:
                turned.made[kind].add(uid)
            elif image is None:
                turned.erased[kind].add(uid)
            else:
                turned.before[kind][uid] = fit_image(record_models()[kind], image)
        return turned

    def was_there(self, model: type[Record], uid: UUID) -> bool:
        """Tell whether a row that is, or was, had been made by then."""
        return uid not in self._turned.made[model.record_kind()]

    def is_as_it_was(self, model: type[Record], uid: UUID) -> bool:
        """Tell whether no act since has touched the row."""
        kind = model.record_kind()
        return not any(uid in found[kind] for found in self._turned)

    def changed(self, model: type[Record]) -> dict[UUID, Was]:
        """Return all rows of a model that were changed or deleted since, as they were, by public id."""
        return {uid: _read(model, image) for uid, image in self._turned.before[model.record_kind()].items()}

    def erased(self, model: type[Record]) -> set[UUID]:
        """Return the rows that were changed since, and of which nobody can say any more what they were."""
        return set(self._turned.erased[model.record_kind()])

    # --- rows ---

    def rows(self, model: type[Record], uids: Iterable[UUID]) -> dict[UUID, Was]:
        """Return these rows as they were; what was made since, as it is now; what is gone for good is left out."""
        before = self._turned.before[model.record_kind()]
        wanted = set(uids)
        found = {uid: _read(model, before[uid]) for uid in wanted & before.keys()}
        for pk, image in images_of(model._base_manager.filter(uid__among=wanted - before.keys())):
            row = self._corrected(model, _read(model, image))
            found[row["uid"]] = row
            self._keys[model][row["uid"]] = pk
        return found

    def rows_where(
        self, model: type[Record], now: QuerySet[Any], matches: Callable[[Was], bool], but: Collection[UUID] = ()
    ) -> list[Was]:
        """Return the rows that were there and matched then: among those that match `now`, and those changed since.

        Rows in `but` were made later and are wanted all the same.
        """
        kind = model.record_kind()
        before, made = self._turned.before[kind], self._turned.made[kind]
        found = []
        for pk, image in images_of(now):
            row = self._corrected(model, _read(model, image))
            if row["uid"] not in before and (row["uid"] not in made or row["uid"] in but) and matches(row):
                self._keys[model][row["uid"]] = pk
                found.append(row)
        return found + [row for image in before.values() if matches(row := _read(model, image))]

    def _corrected(self, model: type[Record], row: Was) -> Was:
        """Take back what is known to be later, of a statement made since and of a row whose image was erased."""
        made, erased = self._turned.made[model.record_kind()], self._turned.erased[model.record_kind()]
        if model is Statement and row["uid"] in made | erased:
            row |= {"review": Review.DRAFT.value, "withdrawn_at": self._if_by_then(row["withdrawn_at"])}
            if row["uid"] in made:
                row["withdrawn_at"] = None
        elif issubclass(model, Judged) and row["uid"] in erased and not self._if_by_then(row["judged_at"]):
            row["judgement"] = Judgement.UNJUDGED.value
        return row

    def _if_by_then(self, at: datetime | None) -> datetime | None:
        return at if at is not None and at < self.until else None

    # --- keys ---

    def keys(self, model: type[Record], uids: Iterable[UUID | None]) -> dict[UUID, int]:
        """Return the keys of rows by public id; what is gone since gets a key of its own, below zero."""
        known = self._keys[model]
        missing = {uid for uid in uids if uid is not None} - known.keys()
        known |= dict(model._base_manager.filter(uid__among=missing).values_list("uid", "pk"))
        for uid in sorted(missing - known.keys()):
            self.n_gone += 1
            known[uid] = -self.n_gone
        return known

    def uids(self, model: type[Record], keys: Iterable[int]) -> dict[int, UUID]:
        """Return the public ids of rows by key."""
        wanted = set(keys)
        found = {key: uid for uid, key in self._keys[model].items() if key in wanted}
        found |= dict(model._base_manager.filter(pk__among=wanted - found.keys()).values_list("pk", "uid"))
        self._keys[model] |= {uid: key for key, uid in found.items()}
        return found

    # --- what had been judged ---

    def relations(self) -> list[RelationRow]:
        """Return the relations that counted: judged positive, and binding."""
        untouched = [row for row in read_relations([self.case.pk]) if self.is_as_it_was(ClaimRelation, row.uid)]
        now = ClaimRelation.objects.filter(case=self.case).judged_positive().binding()
        found = self.rows_where(
            ClaimRelation,
            now.filter(uid__among=self.erased(ClaimRelation)),
            lambda row: row["judgement"] == Judgement.POSITIVE and row["kind"] != RelationKind.SUPPORTS,
        )
        keys = self.keys(Claim, [row[end] for row in found for end in ("claim_a", "claim_b")])
        return untouched + [
            RelationRow(
                row["uid"],
                keys[row["claim_a"]],
                keys[row["claim_b"]],
                row["kind"],
                row["strength"],
                tuple(row["aspects"]),
            )
            for row in found
        ]

    def links_above(self) -> list[tuple[int, int]]:
        """Return (party, party above it) of the links that had been judged positive, and were in force on the day."""
        found = self.rows_where(
            PartyLink,
            upward_links(self.case, self.day),
            lambda row: (
                row["judgement"] == Judgement.POSITIVE
                and row["kind"] != "same_as"
                and row["case"] in (None, self.case.uid)
                and (row["since"] is None or row["since"] <= self.day)
                and (row["until"] is None or row["until"] >= self.day)
            ),
        )
        keys = self.keys(Party, [row[end] for row in found for end in ("from_party", "to_party")])
        return [(keys[row["from_party"]], keys[row["to_party"]]) for row in found]


def _end_of(day: date) -> datetime:
    """Return the first moment after the day."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time.min, UTC)


def _read(model: type[Record], image: Any) -> Was:
    """Return an image as Python values, links by public id."""
    row: Was = {}
    for column in model._meta.concrete_fields:
        if column.name not in image:
            continue
        value, target = image[column.name], column.related_model
        if isinstance(target, type) and issubclass(target, Record):
            row[column.name] = UUID(value) if value else None
        elif column.is_relation:
            row[column.name] = value
        else:
            row[column.name] = None if value is None else column.to_python(value)
    return row
