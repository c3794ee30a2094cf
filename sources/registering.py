"""Who are the parties, under which names, and how do they stand to one another?

Public: `register_parties`, `revise_party`, `add_alias`, `add_aliases`, `share_party`, `find_namesakes`,
`link_parties`, `revise_link`, `upward_links`, `reach_upwards`.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from .access import require_role
from .choices import Judgement, LinkKind, Role
from .ledger import Author
from .models import Case, Party, PartyAlias, PartyLink
from .querysets import SharableQuerySet
from .refusals import RowsRefused
from .revising import judged_by, role_to_judge, who_judged
from .text import name_key


def register_parties(
    *, by: Author, case: Case | None, parties: Sequence[Party], aliases: Mapping[int, Iterable[str]] | None = None
) -> list[Party]:
    """Write new parties of a case, or of the shared register where `case` is None.

    `aliases` gives further names by the party's index. Two parties may share a name: people do. Raises RowsRefused.
    """
    errors: dict[int, ValidationError] = {}
    names = {index: list(given) for index, given in (aliases or {}).items()}
    for index, given in names.items():
        if len(set(given)) < len(given):
            errors[index] = ValidationError({"aliases": ValidationError("an alias is given twice", code="twice")})
    if errors:
        raise RowsRefused(errors)
    with by.act("register_party", case) as act:
        for party in parties:
            party.case = case
        act.insert_many(list(parties))
        places = [(index, name) for index in sorted(names) for name in names[index]]
        try:
            act.insert_many([PartyAlias(case=case, party=parties[index], name=name) for index, name in places])
        except RowsRefused as refused:
            found: dict[int, list[ValidationError]] = defaultdict(list)
            for place, error in refused.errors.items():
                found[places[place][0]] += error.error_dict.get("name", [error])
            raise RowsRefused({index: ValidationError({"aliases": e}) for index, e in found.items()}) from refused
    return list(parties)


def revise_party(*, by: Author, party: Party, values: Mapping[str, Any], aliases: Iterable[str] | None = None) -> Party:
    """Give a party other values and, where they are given, other names beside its label.

    `aliases` are all that the party is to have of its own: those of its case, or of the shared register.
    """
    with by.act("revise_party", party.case) as act:
        act.update(party, **values)
        if aliases is not None:
            wanted = list(aliases)
            if len(set(wanted)) < len(wanted):
                raise ValidationError({"aliases": ValidationError("an alias is given twice", code="twice")})
            own = {alias.name: alias for alias in party.aliases.filter(case=party.case)}
            for name in own.keys() - set(wanted):
                act.delete(own[name])
            act.insert_many([PartyAlias(case=party.case, party=party, name=name) for name in wanted if name not in own])
            if own.keys() != set(wanted):
                act.touch(party)
    return party


def add_alias(*, by: Author, case: Case, party: Party, name: str) -> PartyAlias:
    """Give a party one more name that is seen in this case alone; a shared party gets its names in a case like this."""
    with by.act("add_alias", case) as act:
        if PartyAlias.objects.filter(party=party, case=case, name=name).exists():
            raise ValidationError({"name": ValidationError("the party has this alias already", code="duplicate")})
        return act.insert(PartyAlias(case=case, party=party, name=name))


def add_aliases(*, by: Author, case: Case, names: Mapping[Party, Iterable[str]]) -> None:
    """Give parties further names that are seen in this case alone; a name that one has there already it keeps."""
    with by.act("add_alias", case) as act:
        there = set(
            PartyAlias.objects.filter(party__among=[party.pk for party in names], case=case).values_list(
                "party_id", "name"
            )
        )
        wanted = [(party, name) for party, given in names.items() for name in given]
        act.insert_many(
            [PartyAlias(case=case, party=party, name=name) for party, name in wanted if (party.pk, name) not in there]
        )


def share_party(*, by: Author, party: Party) -> Party:
    """Move a party from its case into the shared register, for every case to use; there is no way back.

    Its aliases and links stay in the case, and are seen there alone.
    """
    require_role(by.actor, None, Role.LEAD)
    # In the history of the case that it comes from: what it was there is for those to see who see the case.
    with by.act("share_party", party.case, needs=Role.LEAD) as act:
        return act.update(party, case=None)


def find_namesakes(case: Case | None, name: str) -> list[Party]:
    """Return the parties usable in the case that bear this name or alias, for a warning and no more."""
    key = name_key(name)
    by_alias = PartyAlias.objects.usable_in(case).filter(name_key=key).values("party_id")
    return list(Party.objects.usable_in(case).standing().filter(Q(name_key=key) | Q(pk__in=by_alias)).order_by("pk"))


def link_parties(*, by: Author, case: Case | None, links: Sequence[PartyLink]) -> list[PartyLink]:
    """Write links between parties, judged or not.

    A link that holds in neither direction is stored from the older party to the younger. Raises RowsRefused for a
    link that is there already and for one by which a party would be part of, controlled by or speak for itself.
    """
    needs = Role.LEAD if any(link.judgement != Judgement.UNJUDGED for link in links) else Role.ANNOTATOR
    with by.act("link_parties", case, needs=needs) as act:
        for link in links:
            link.case = case
            if link.kind == LinkKind.SAME_AS and link.from_party_id > link.to_party_id:
                link.from_party, link.to_party = link.to_party, link.from_party
            link.judged_by_id, link.judged_at = who_judged(act, link.judgement)
        check_links(case, links)
        return act.insert_many(list(links))


def revise_link(*, by: Author, link: PartyLink, values: Mapping[str, Any]) -> PartyLink:
    """Give a link another time, rationale or judgement; its ends and kind make it the link that it is.

    Judging it, and changing one that was judged, is the lead's.
    """
    with by.act("revise_partylink", link.case, needs=role_to_judge(link, values)) as act:
        act.update(link, **values, **judged_by(act, link, values))
        try:
            check_links(link.case, [link])
        except RowsRefused as refused:
            raise refused.errors[0] from None
    return link


def check_links(case: Case | None, links: Sequence[PartyLink]) -> None:
    """Raise RowsRefused for links that are there already or close a circle."""
    errors: dict[int, ValidationError] = {}
    standing = PartyLink.objects.usable_in(case).exclude(pk__in=[link.pk for link in links if link.pk])
    edges: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    taken: set[tuple[str, int, int, int | None]] = set()
    for kind, start, end, judgement, of_case in standing.values_list(
        "kind", "from_party_id", "to_party_id", "judgement", "case_id"
    ):
        taken.add((kind, start, end, of_case))
        if judgement != Judgement.NEGATIVE:
            edges[kind][start].add(end)
    for index, link in enumerate(links):
        place = (link.kind, link.from_party_id, link.to_party_id, case.pk if case else None)
        if place in taken:
            message = "these two parties are linked in this way already"
            errors[index] = ValidationError({"to_party": ValidationError(message, code="duplicate")})
            continue
        taken.add(place)
        if link.judgement == Judgement.NEGATIVE or link.kind == LinkKind.SAME_AS:
            continue
        if link.from_party_id in _reach(edges[link.kind], link.to_party_id) | {link.to_party_id}:
            label = LinkKind(link.kind).label.removeprefix("is ")
            message = f"by this link a party would be {label} itself, through others"
            errors[index] = ValidationError({"to_party": ValidationError(message, code="circle")})
            continue
        edges[link.kind][link.from_party_id].add(link.to_party_id)
    if errors:
        raise RowsRefused(errors)


def upward_links(case: Case, day: date) -> SharableQuerySet[PartyLink]:
    """Return the links of the case, judged positive and in force on the day, that lead from a party to one above it."""
    return (
        PartyLink.objects.usable_in(case)
        .filter(judgement=Judgement.POSITIVE)
        .exclude(kind=LinkKind.SAME_AS)
        .filter(Q(since__isnull=True) | Q(since__lte=day), Q(until__isnull=True) | Q(until__gte=day))
    )


def reach_upwards(links: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """Return all parties above each, by pairs (party, party above it), followed as far as they lead."""
    above: dict[int, set[int]] = defaultdict(set)
    for start, end in links:
        above[start].add(end)
    return {party: _reach(above, party) for party in list(above)}


def _reach(edges: Mapping[int, set[int]], start: int) -> set[int]:
    """Return all that can be reached from `start`, without it unless a circle leads back."""
    reached: set[int] = set()
    waiting = [start]
    while waiting:
        for end in edges.get(waiting.pop(), ()):
            if end not in reached:
                reached.add(end)
                waiting.append(end)
    return reached
