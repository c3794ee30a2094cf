"""The ledger: what was done, in order, and taking it back."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from sources.api.idempotency import idempotent
from sources.api.keyset import Cursor, build_page, read_limit
from sources.api.resources import Answer, filter_parameter
from sources.api.schema import PAGE, moment, page_of, refer_to
from sources.ledger import record_models
from sources.models import Case, Change
from sources.requests import author_of
from sources.snapshot import snapshot

from ..undoing import undo_change
from .shapes import ChangeShape


class ChangeFilter(django_filters.FilterSet):
    """By case, act, actor and row."""

    case = django_filters.UUIDFilter(field_name="case_uid", label="Acts in this case.")
    act = django_filters.CharFilter(field_name="act", label="Acts of this sort.")
    actor = django_filters.CharFilter(field_name="actor__username", label="Acts of this account.")
    kind = django_filters.CharFilter(method="keep_kind", label="Acts on rows of this kind.")
    row = django_filters.UUIDFilter(method="keep_row", label="Acts on the row with this id: its history.")
    after = django_filters.NumberFilter(field_name="sequence", lookup_expr="gt", label="Acts after this sequence.")

    class Meta:
        model = Change
        fields = ()

    def keep_kind(self, queryset: QuerySet[Change], name: str, value: str) -> QuerySet[Change]:
        """Keep the acts on rows of a kind."""
        if value not in record_models():
            raise ValidationError({"kind": [f"one of {', '.join(sorted(record_models()))}"]})
        return queryset.filter(items__kind=value).distinct()

    def keep_row(self, queryset: QuerySet[Change], name: str, value: Any) -> QuerySet[Change]:
        """Keep the acts on one row."""
        return queryset.filter(items__uid=value).distinct()


class Changes(Answer):
    """What was done in the cases that you may see and on the shared register, the oldest first."""

    collection = "changes"
    lookup_field = lookup_url_kwarg = "sequence"
    lookup_value_converter = "int"

    def describe_parameters(self, action: str | None) -> Any:
        """Return the filters and pages of the list."""
        if action != "list":
            return []
        filters = [filter_parameter(name, found) for name, found in ChangeFilter.base_filters.items()]
        return [
            *PAGE,
            *[p if p.name != "after" else OpenApiParameter("after", int, description=p.description) for p in filters],
        ]

    def rows(self) -> QuerySet[Change]:
        """Return the visible acts with what they did."""
        cases = Case.objects.visible_to(self.request.user).values("uid")
        return Change.objects.visible_to(self.request.user, cases).select_related("actor").prefetch_related("items")

    def list(self, request: Request) -> Response:
        """Return one page of the acts. `next` of the last page is null; ask again with `after` for what came since."""
        limit, cursor = read_limit(request), Cursor.read(request)
        with snapshot():
            selection = ChangeFilter(request.query_params, queryset=self.rows(), request=request)
            if not selection.is_valid():
                raise ValidationError(selection.errors)
            rows: QuerySet[Change] = selection.qs
            if cursor is None:
                found = rows.order_by("sequence")
            elif cursor.backwards:
                found = rows.filter(sequence__lt=cursor.place[0]).order_by("-sequence")
            else:
                found = rows.filter(sequence__gt=cursor.place[0]).order_by("sequence")
            page = build_page(
                request, list(found[: limit + 1]), limit=limit, cursor=cursor, place_of=lambda row: [row.sequence]
            )
            return Response(page.answer([self._present(change) for change in page.rows]))

    def retrieve(self, request: Request, sequence: int) -> Response:
        """Return one act with all that it did."""
        with snapshot():
            return Response(self._present(self._find(sequence)))

    @action(detail=True, methods=["post"])
    @idempotent
    def undo(self, request: Request, sequence: int) -> Response:
        """Take the act back, by a new one."""
        undo_change(by=author_of(request), change=self._find(sequence))
        newest = self.rows().filter(undoes=sequence).order_by("-sequence")[0]
        presented = self._present(newest)
        response = Response(presented, status=status.HTTP_201_CREATED)
        response["Location"] = presented["url"]
        return response

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        if action == "list":
            return {"200": page_of(ChangeShape)}
        return {"201" if action == "undo" else "200": refer_to(ChangeShape)}

    def _find(self, sequence: int) -> Change:
        change = self.rows().filter(sequence=sequence).first() if sequence < 2**63 else None
        if change is None:
            raise NotFound("there is no such entry")
        return change

    def _present(self, change: Change) -> ChangeShape:
        return {
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
                for item in sorted(change.items.all(), key=lambda item: item.pk)
            ],
        }
