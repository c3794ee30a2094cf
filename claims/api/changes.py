"""The ledger: what was done, in order, and taking it back."""

from collections import defaultdict
from typing import Any

import django_filters
from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sources.api.filters import ResourceFilter
from sources.api.idempotency import idempotent
from sources.api.keyset import page_by_uid
from sources.api.resources import Collection, made
from sources.api.schema import PAGE, moment, page_of, refer_to
from sources.images import record_models
from sources.models import Case, Change, ChangeItem
from sources.requests import author_of
from sources.snapshot import snapshot

from ..undoing import undo_change
from .shapes import ChangeItemShape, ChangeShape

SHOWN = 20  # rows of one act that are told with it: an import has tens of thousands, and a page a thousand acts


class ChangeFilter(ResourceFilter):
    """By case, act, actor and row; by words, those of the rows as they are now."""

    case = django_filters.UUIDFilter(field_name="case_uid", label="Acts in this case.")
    act = django_filters.CharFilter(field_name="act", label="Acts of this sort.")
    actor = django_filters.CharFilter(field_name="actor__username", label="Acts of this account.")
    kind = django_filters.ChoiceFilter(
        method="keep_kind", choices=lambda: [(kind, kind) for kind in sorted(record_models())], label="On such rows."
    )
    row = django_filters.UUIDFilter(method="keep_row", label="Acts on the row with this id: its history.")
    after = django_filters.NumberFilter(
        field_name="sequence",
        lookup_expr="gt",
        min_value=0,
        max_value=2**63 - 1,
        decimal_places=0,
        label="Acts after the one with this sequence.",
    )

    class Meta:
        model = Change
        fields = ()

    def narrow(self, queryset: QuerySet[Change], words: str) -> QuerySet[Change]:
        """Keep the acts on rows that a search for the words would find."""
        viewer, on_one = self.request.user, Q()
        for model in record_models().values():
            if model.SEARCHED:
                table: Any = model
                on_one |= Q(uid__in=table.objects.visible_to(viewer).matching(words, viewer).values("uid"))
        return queryset.filter(pk__in=ChangeItem.objects.filter(on_one).values("change_id"))

    def keep_kind(self, queryset: QuerySet[Change], name: str, value: str) -> QuerySet[Change]:
        """Keep the acts on rows of a kind."""
        return queryset.filter(pk__in=ChangeItem.objects.filter(kind=value).values("change_id"))

    def keep_row(self, queryset: QuerySet[Change], name: str, value: Any) -> QuerySet[Change]:
        """Keep the acts on one row."""
        return queryset.filter(pk__in=ChangeItem.objects.filter(uid=value).values("change_id"))


class Changes(Collection):
    """What was done in the cases that you may see and on the shared register, the oldest first.

    `next` of the last page is null; ask again with `after` for what came since.
    """

    collection, model, shape, filters = "changes", Change, ChangeShape, ChangeFilter
    parameters = {"items": PAGE}
    key = lookup_field = lookup_url_kwarg = "sequence"
    lookup_value_converter = "int"

    def rows(self) -> QuerySet[Change]:
        """Return the visible acts."""
        cases = Case.objects.visible_to(self.request.user).values("uid")
        return Change.objects.visible_to(self.request.user, cases).select_related("actor")

    def present(self, rows: list[Change]) -> list[ChangeShape]:
        """Return acts in their public shape, each with the first of the rows that it was on."""
        items, numbers = _read_items(rows)
        return [
            {
                "sequence": change.sequence,
                "url": self.links("changes", change.sequence),
                "case": str(change.case_uid) if change.case_uid else None,
                "act": change.act,
                "actor": change.actor.get_username() if change.actor else None,
                "at": moment(change.at) or "",
                "request": change.request,
                "undoes": change.undoes,
                "previous": change.previous,
                "digest": change.digest,
                "n_items": numbers[change.pk],
                "items": [_present_item(item) for item in items[change.pk]],
                "more": self.links("changes", change.sequence, "items") if numbers[change.pk] > SHOWN else None,
            }
            for change in rows
        ]

    def retrieve(self, request: Request, sequence: int) -> Response:
        """Return one act."""
        return super().retrieve(request, sequence)

    @action(detail=True, methods=["get"])
    def items(self, request: Request, sequence: int) -> Response:
        """Return all that the act did, row by row."""
        with snapshot():
            page = page_by_uid(request, self.find(sequence).items.all())
            return Response(page.answer([_present_item(item) for item in page.rows]))

    @action(detail=True, methods=["post"])
    @idempotent
    def undo(self, request: Request, sequence: int) -> Response:
        """Take the act back, by a new one."""
        entry = undo_change(by=author_of(request), change=self.find(sequence))
        presented = self.present([entry])[0]  # not looked up: who undoes the opening of a case sees it no more
        response = Response(presented, status=status.HTTP_201_CREATED)
        response["Location"] = presented["url"]
        case = Case.objects.filter(uid=entry.case_uid).first() if entry.case_uid else None
        return made(response, case)

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        further: dict[str, Any] = {"undo": {"201": refer_to(ChangeShape)}, "items": {"200": page_of(ChangeItemShape)}}
        return further.get(action) or super().answers(action)


def _read_items(changes: list[Change]) -> tuple[dict[int, list[ChangeItem]], dict[int, int]]:
    """Return the first rows that each act was on, and on how many it was, by key of the act."""
    numbered = (
        ChangeItem.objects.filter(change__among=[change.pk for change in changes])
        .annotate(
            place=Window(RowNumber(), partition_by="change", order_by="uid"),
            n=Window(Count("pk"), partition_by="change"),
        )
        .filter(place__lte=SHOWN)
        .values_list("pk", "change_id", "n")
    )
    numbers: dict[int, int] = defaultdict(int)
    shown = []
    for pk, change_id, n in numbered:  # images are read of those alone that are shown
        numbers[change_id] = n
        shown.append(pk)
    items: dict[int, list[ChangeItem]] = defaultdict(list)
    for item in ChangeItem.objects.filter(pk__among=shown).order_by("uid"):
        items[item.change_id].append(item)
    return items, numbers


def _present_item(item: ChangeItem) -> ChangeItemShape:
    return {"kind": item.kind, "id": str(item.uid), "before": item.before, "after": item.after}
