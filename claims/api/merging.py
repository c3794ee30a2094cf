"""Two turn out to be one: what a merger would do, and the merger."""

from collections.abc import Callable
from typing import Any

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from sources.access import visible_among
from sources.api.bodies import Strict, VisibleField
from sources.api.conditions import require_revision
from sources.api.idempotency import idempotent
from sources.api.parties import Parties, refer_to_party
from sources.api.resources import made
from sources.api.schema import refer_to
from sources.models import Party
from sources.snapshot import snapshot

from ..merging import Merger, merge_party, plan_party_merger
from ..models import Claim
from .account_shapes import MergerShape


class MergerBody(Strict):
    """Which one remains, and, to do nothing else than was planned, the digest of the plan."""

    digest = serializers.CharField(required=False, max_length=64)


class PartyMergerBody(MergerBody):
    """The party that remains."""

    into = VisibleField(queryset=Party.objects.standing())


class ClaimMergerBody(MergerBody):
    """The claim that remains."""

    into = VisibleField(queryset=Claim.objects.standing())


def answer_plan(view: Any, id: Any, into: Any, plan: Callable[[Any, Any], Merger]) -> Response:
    """Return what merging one row into another would do."""
    with snapshot():
        return Response(present_merger(plan(view.find(id), view.find(into)), view.request))


def answer_merger(view: Any, row: Any, merge: Callable[[Any, str], Any]) -> Response:
    """Merge the row into the one that the body names, as was planned, and return that one as it is then."""
    require_revision(view.request, row)
    body = view.read(view.body_of("merger")(data=view.request.data, context=view.context))
    into = body["into"]
    merge(into, body.get("digest", ""))
    with snapshot():
        return made(Response(view.present([view.find(into.uid)])[0]), into)


def present_merger(merger: Merger, request: Request) -> MergerShape:
    """Return a merger in its public shape; of what others may not see it tells the number alone."""
    dropped = visible_among(request.user, merger.dropped)
    return {
        "id": str(merger.source.uid),
        "into": str(merger.into.uid),
        "moved": merger.count_moved(),
        "dropped": [{"kind": row.record_kind(), "id": str(row.uid)} for row in dropped],
        "new_aliases": [alias.name for alias in merger.aliases],
        "namesakes": [refer_to_party(party) for party in merger.namesakes],
        "blocked": merger.blocked,
        "digest": merger.digest(),
    }


class PartiesThatMerge(Parties):
    """Who speaks, relays and publishes. `?case=` lists the parties of that case; the shared ones have none."""

    conditional = frozenset({"merger"})

    @action(detail=True, methods=["post"])
    @idempotent
    def merger(self, request: Request, id: Any) -> Response:
        """Merge this party into another: all that pointed to it points to that one, and its address leads there."""
        row = self.find(id)
        return answer_merger(self, row, lambda into, seen: merge_party(by=self.by, party=row, into=into, seen=seen))

    @action(detail=True, methods=["get"], url_path="merger/<uuid:into>", url_name="merger-plan")
    def plan_merger(self, request: Request, id: Any, into: Any) -> Response:
        """Return what merging this party into that one would do, and what is in the way of it."""
        return answer_plan(self, id, into, plan_party_merger)

    def body_of(self, action: str) -> type[Strict] | None:
        """Return what the body of an action may say."""
        return PartyMergerBody if action == "merger" else super().body_of(action)

    def answers(self, action: str) -> dict[str, Any]:
        """Return the schema of the answer to an action, by status."""
        further = {"plan_merger": {"200": refer_to(MergerShape)}, "merger": {"200": refer_to(self.shape)}}
        return further.get(action) or super().answers(action)
