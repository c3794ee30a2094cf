"""Parties, and how they stand to one another."""

from typing import Any

import django_filters
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ..choices import Judgement
from ..models import Party, PartyAlias, PartyLink
from ..registering import link_parties, register_parties, revise_link, revise_party, share_party
from ..text import name_key
from .bodies import Body, Strict, VisibleField
from .conditions import require_revision
from .filters import ResourceFilter
from .resources import Resource, case_of_all
from .schema import moment
from .shapes import PartyLinkOfParty, PartyLinkShape, PartyReference, PartyShape


def refer_to_party(party: Party) -> PartyReference:
    """Return how other resources name a party."""
    return {"id": str(party.uid), "label": party.label}


class PartyBody(Body):
    """A new party of a case; `case` null is the shared register, which is the administrator's."""

    aliases = serializers.ListField(
        child=serializers.CharField(max_length=300, trim_whitespace=False), required=False, max_length=100
    )

    class Meta:
        model = Party
        fields = ("case", "label", "disambiguation", "aliases", "kind", "naming", "description")
        extra_kwargs = {"case": {"required": True}}


class PartyFilter(ResourceFilter):
    """By name, kind and naming."""

    name = django_filters.CharFilter(method="keep_named", strip=False, label="Parties with this label or alias.")

    class Meta:
        model = Party
        fields = ("kind", "naming")

    def keep_named(self, queryset: QuerySet[Party], name: str, value: str) -> QuerySet[Party]:
        """Keep the parties that bear the name, in any case and width."""
        aliases = PartyAlias.objects.visible_to(self.request.user).filter(name_key=name_key(value))
        return queryset.filter(name_key=name_key(value)) | queryset.filter(pk__in=aliases.values("party_id"))


class Parties(Resource):
    """Who speaks, relays and publishes. `?case=` lists the parties of that case; the shared ones have none."""

    collection, model, shape, body, filters = "parties", Party, PartyShape, PartyBody, PartyFilter

    def rows(self) -> QuerySet[Party]:
        """Return visible parties with their visible aliases and links."""
        user = self.request.user
        links = PartyLink.objects.visible_to(user).select_related("from_party", "to_party").order_by("pk")
        return (
            super()
            .rows()
            .select_related("case", "merged_into")
            .prefetch_related(
                Prefetch("aliases", PartyAlias.objects.visible_to(user).select_related("case").order_by("pk")),
                Prefetch("links_from", links),
                Prefetch("links_to", links),
            )
        )

    def listed(self) -> QuerySet[Party]:
        """Leave out merged parties."""
        return self.rows().filter(merged_into=None)

    def present(self, rows: list[Party]) -> list[PartyShape]:
        """Return parties in their public shape."""
        return [
            {
                "id": str(party.uid),
                "url": self.links("parties", party.uid),
                "case": str(party.case.uid) if party.case else None,
                "label": party.label,
                "disambiguation": party.disambiguation,
                "aliases": [alias.name for alias in party.aliases.all() if alias.case_id == party.case_id],
                "case_aliases": [
                    {"case": str(alias.case.uid), "name": alias.name}
                    for alias in party.aliases.all()
                    if alias.case and alias.case_id != party.case_id
                ],
                "kind": party.kind,
                "naming": party.naming,
                "description": party.description,
                "links": [
                    *(_present_end(link, "to", link.to_party) for link in party.links_from.all()),
                    *(_present_end(link, "from", link.from_party) for link in party.links_to.all()),
                ],
                "revision": party.revision,
            }
            for party in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Register parties."""
        case = case_of_all(values)
        aliases = {index: row.pop("aliases", []) for index, row in enumerate(values)}
        return register_parties(by=self.by, case=case, parties=[Party(**row) for row in values], aliases=aliases)

    def rewrite(self, row: Party, values: dict[str, Any]) -> None:
        """Revise a party and, where they are given, its own names."""
        if self.action == "update":
            values.setdefault("aliases", [])
        aliases = values.pop("aliases", None)
        revise_party(by=self.by, party=row, values=values, aliases=aliases)

    @action(detail=True, methods=["put"])
    def sharing(self, request: Request, id: Any) -> Response:
        """Move the party into the shared register, for every case; an administrator's act, without a way back."""
        row = self.find(id)
        require_revision(request, row)
        return self.changed(row, lambda: share_party(by=self.by, party=row))


def _present_end(link: PartyLink, direction: str, other: Party) -> PartyLinkOfParty:
    return {
        "id": str(link.uid),
        "kind": link.kind,
        "direction": direction,
        "party": refer_to_party(other),
        "since": link.since.isoformat() if link.since else None,
        "until": link.until.isoformat() if link.until else None,
        "judgement": link.judgement,
    }


class PartyLinkBody(Body):
    """A new link: `from` is part of, controlled by, speaks for or is the same as `to`."""

    class Meta:
        model = PartyLink
        fields = ("case", "kind", "since", "until", "judgement", "rationale")
        extra_kwargs = {"case": {"required": True}}

    def get_fields(self) -> dict[str, Any]:
        """Add the two ends, of which one has a name that Python keeps for itself."""
        ends = {
            name: VisibleField(queryset=Party.objects.filter(merged_into=None), source=f"{name}_party")
            for name in ("from", "to")
        }
        return {**super().get_fields(), **ends}


class JudgementBody(Strict):
    """What an analyst holds of a pair, and why."""

    judgement = serializers.ChoiceField(choices=Judgement.choices)
    rationale = serializers.CharField(required=False, allow_blank=True, max_length=2000, trim_whitespace=False)


class PartyLinkFilter(ResourceFilter):
    """By kind, judgement and party."""

    party = django_filters.UUIDFilter(method="keep_touching", label="Links from or to this party.")

    class Meta:
        model = PartyLink
        fields = ("kind", "judgement")

    def keep_touching(self, queryset: QuerySet[PartyLink], name: str, value: Any) -> QuerySet[PartyLink]:
        """Keep the links at either end of which the party stands."""
        return queryset.filter(from_party__uid=value) | queryset.filter(to_party__uid=value)


class PartyLinks(Resource):
    """How one party stands to another, for a time, as judged."""

    collection, model, shape, body, filters = "party-links", PartyLink, PartyLinkShape, PartyLinkBody, PartyLinkFilter
    fixed = frozenset({"case", "from_party", "to_party", "kind"})
    bodies = {"judgement": JudgementBody}

    def rows(self) -> QuerySet[PartyLink]:
        """Return visible links with their ends."""
        return super().rows().select_related("case", "from_party", "to_party", "judged_by")

    def present(self, rows: list[PartyLink]) -> list[PartyLinkShape]:
        """Return links in their public shape."""
        return [
            {
                "id": str(link.uid),
                "url": self.links("party-links", link.uid),
                "case": str(link.case.uid) if link.case else None,
                "from": refer_to_party(link.from_party),
                "to": refer_to_party(link.to_party),
                "kind": link.kind,
                "since": link.since.isoformat() if link.since else None,
                "until": link.until.isoformat() if link.until else None,
                "judgement": link.judgement,
                "rationale": link.rationale,
                "judged_by": link.judged_by.get_username() if link.judged_by else None,
                "judged_at": moment(link.judged_at),
                "revision": link.revision,
            }
            for link in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Link parties."""
        case = case_of_all(values)
        return link_parties(by=self.by, case=case, links=[PartyLink(**row) for row in values])

    def rewrite(self, row: PartyLink, values: dict[str, Any]) -> None:
        """Revise a link's time, rationale or judgement."""
        revise_link(by=self.by, link=row, values=values)

    @action(detail=True, methods=["put"])
    def judgement(self, request: Request, id: Any) -> Response:
        """Say whether the link holds."""
        row = self.find(id)
        require_revision(request, row)
        values = self.read(JudgementBody(data=request.data, context=self.context))
        return self.changed(row, lambda: revise_link(by=self.by, link=row, values=values))
