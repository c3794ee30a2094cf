"""The ledger: what was done, in order, and taking it back."""

from typing import Any

import django_filters
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sources.api.filters import ResourceFilter
from sources.api.idempotency import idempotent
from sources.api.resources import Collection, made
from sources.api.schema import moment, refer_to
from sources.images import record_models
from sources.models import Case, Change, ChangeItem
from sources.requests import author_of

from ..undoing import undo_change
from .shapes import ChangeShape

_ITEMS = Prefetch("items", ChangeItem.objects.order_by("pk"))


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
    key = lookup_field = lookup_url_kwarg = "sequence"
    lookup_value_converter = "int"

    def rows(self) -> QuerySet[Change]:
        """Return the visible acts with what they did."""
        cases = Case.objects.visible_to(self.request.user).values("uid")
        return Change.objects.visible_to(self.request.user, cases).select_related("actor").prefetch_related(_ITEMS)

    def present(self, rows: list[Change]) -> list[ChangeShape]:
        """Return acts in their public shape."""
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
                "items": [
                    {"kind": item.kind, "id": str(item.uid), "before": item.before, "after": item.after}
                    for item in change.items.all()
                ],
            }
            for change in rows
        ]

    def retrieve(self, request: Request, sequence: int) -> Response:
        """Return one act with all that it did."""
        return super().retrieve(request, sequence)

    @action(detail=True, methods=["post"])
    @idempotent
    def undo(self, request: Request, sequence: int) -> Response:
        """Take the act back, by a new one."""
        entry = undo_change(by=author_of(request), change=self.find(sequence))
        prefetch_related_objects([entry], _ITEMS)  # not looked up: who undoes the opening of a case sees it no more
        presented = self.present([entry])[0]
        response = Response(presented, status=status.HTTP_201_CREATED)
        response["Location"] = presented["url"]
        case = Case.objects.filter(uid=entry.case_uid).first() if entry.case_uid else None
        return made(response, case)

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        return {"201": refer_to(ChangeShape)} if action == "undo" else super().answers(action)
