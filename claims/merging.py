"""What becomes of all that points to a party, or a claim, when it turns out to be another one?

Public: `Merger`, `plan_party_merger`, `merge_party`, `plan_claim_merger`, `merge_claim`. A merger is one act: whatever
pointed to the one points to the other, what would then stand twice or lead to itself goes, and the one stays as a sign
to the other. It is taken back like any act. A merger that would make the record say what nobody said is not done, and
neither is one that is another by then than the one that its user was shown.
"""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from sources.choices import Judgement, LinkKind, Role
from sources.images import canonical, encode
from sources.ledger import Act, Author
from sources.models import Document, Party, PartyAlias, PartyLink, Record, ReliabilityRating
from sources.refusals import PlanChanged, Stale
from sources.registering import find_namesakes, reach_upwards

from .choices import RelationKind
from .commitments import Classes
from .folding import read_relations
from .models import Claim, ClaimRelation, Conclusion, Relay, Statement


@dataclass
class Merger:
    """What a merger would do: rows that come to point to the other, with their new links; rows that go; new names.

    `blocked` says why it cannot be done; nothing is done then.
    """

    source: Record
    into: Record
    moved: list[tuple[Record, dict[str, Any]]] = field(default_factory=list)
    dropped: list[Record] = field(default_factory=list)
    aliases: list[PartyAlias] = field(default_factory=list)
    namesakes: list[Party] = field(default_factory=list)  # others that bear one of the names
    blocked: list[str] = field(default_factory=list)

    def count_moved(self) -> dict[str, int]:
        """Return how many rows of each kind come to point to the other."""
        counts: dict[str, int] = defaultdict(int)
        for row, _ in self.moved:
            counts[row.record_kind()] += 1
        return dict(sorted(counts.items()))

    def digest(self) -> str:
        """Return a hash of all that the merger would do, by which it is known whether it is the one that was shown.

        Of the two themselves and of what goes it holds the revision: what they say is what a person decides by. A row
        that only comes to point elsewhere may be revised meanwhile.
        """
        told = {
            "ends": [_named_at(self.source), _named_at(self.into)],
            "moved": sorted(
                [str(row.uid), *sorted(f"{n} {_told(v)}" for n, v in to.items())] for row, to in self.moved
            ),
            "dropped": sorted(_named_at(row) for row in self.dropped),
            "aliases": sorted(alias.name for alias in self.aliases),
            "namesakes": sorted(str(party.uid) for party in self.namesakes),
            "blocked": sorted(self.blocked),
        }
        return hashlib.sha256(encode(canonical(told))).hexdigest()


def _named_at(row: Record) -> str:
    return f"{row.uid} {row.revision}"


def _told(value: Any) -> str:
    return str(value.uid) if isinstance(value, Record) else str(value)


# --- parties -------------------------------------------------------------------------------------------------------


def merge_party(*, by: Author, party: Party, into: Party, seen: str = "") -> Party:
    """Make everything that points to `party` point to `into`; raises ValidationError, saying why, where it cannot be.

    `seen` is the digest of the plan that was shown, if one was; raises PlanChanged where it is another by now.
    Its label and aliases become aliases of the other.
    """
    with by.act("merge_party", party.case, needs=Role.LEAD) as act:
        _carry_out(act, plan_party_merger(party, _hold(party, into)), seen)
    return into


def plan_party_merger(party: Party, into: Party) -> Merger:
    """Return what merging a party into another would do, and what is in the way of it."""
    plan = Merger(party, into)
    _check_ends(plan, "party")
    if into.case_id not in (party.case_id, None):
        plan.blocked.append("these parties are of different cases")
    statements = list(Statement.objects.filter(speaker=party).order_by("uid"))
    relays = list(Relay.objects.filter(party=party).order_by("uid"))
    documents = list(Document.objects.filter(publisher=party).order_by("uid"))
    ratings = list(ReliabilityRating.objects.filter(party=party).order_by("uid"))
    links = list(PartyLink.objects.filter(Q(from_party=party) | Q(to_party=party)).order_by("uid"))
    aliases = list(PartyAlias.objects.filter(party=party).order_by("uid"))
    pointing: list[Any] = [*statements, *relays, *documents, *ratings, *links, *aliases]
    if party.case_id is None and any(row.case_id for row in pointing):
        # One act would stand in the history of the register, where everyone reads it, and tell of rows of cases.
        plan.blocked.append("cases have rows that point to this shared party, and a merger is an act in one case")
    _check_chains(plan, party, into)
    plan.moved += [(row, {"speaker": into}) for row in statements]
    plan.moved += [(row, {"party": into}) for row in (*relays, *ratings)]
    plan.moved += [(row, {"publisher": into}) for row in documents]
    _plan_links(plan, links, party, into)
    _plan_names(plan, aliases, party, into)
    plan.moved += [(row, {"merged_into": into}) for row in Party.objects.filter(merged_into=party).order_by("uid")]
    return plan


def _check_ends(plan: Merger, name: str) -> None:
    source: Any = plan.source
    into: Any = plan.into
    if source.pk == into.pk:
        plan.blocked.append(f"a {name} is not merged into itself")
    if source.merged_into_id is not None:
        plan.blocked.append(f"this {name} was merged already")
    if into.merged_into_id is not None:
        plan.blocked.append(f"the other {name} was itself merged into another")


def _check_chains(plan: Merger, party: Party, into: Party) -> None:
    """Note the statements in whose chain one party would stand twice, the speaker included."""
    through = Q(pk__in=Relay.objects.filter(party=party).values("statement_id"))
    through_other = Q(pk__in=Relay.objects.filter(party=into).values("statement_id"))
    twice = (Q(speaker=party) & through_other) | (Q(speaker=into) & through) | (through & through_other)
    uids = list(Statement.objects.filter(twice).order_by("uid").values_list("uid", flat=True))
    if uids:
        shown = ", ".join(str(uid) for uid in uids[:10]) + (" …" if len(uids) > 10 else "")
        plan.blocked.append(
            f"both stand in the chain of {len(uids)} statements, and one would stand there twice: {shown}"
        )


def _plan_links(plan: Merger, links: Sequence[PartyLink], party: Party, into: Party) -> None:
    """Say where links lead then; what leads to itself goes, and of two that say the same one."""
    standing = {_link_place(link): link for link in PartyLink.objects.filter(Q(from_party=into) | Q(to_party=into))}
    for link in links:
        start = into.pk if link.from_party_id == party.pk else link.from_party_id
        end = into.pk if link.to_party_id == party.pk else link.to_party_id
        if start == end:
            plan.dropped.append(link)
            continue
        if link.kind == LinkKind.SAME_AS and start > end:
            start, end = end, start
        place = (link.kind, start, end, link.case_id)
        values = {"from_party_id": start, "to_party_id": end}
        _move_or_drop(plan, link, values, place, standing)
    moved = {row.pk: values for row, values in plan.moved if isinstance(row, PartyLink)}
    gone = {row.pk for row in plan.dropped}
    edges: dict[str, list[tuple[int, int]]] = defaultdict(list)
    near = PartyLink.objects.filter(Q(case=party.case) | Q(case=None)).exclude(judgement=Judgement.NEGATIVE)
    for link in near.exclude(kind=LinkKind.SAME_AS).exclude(pk__in=gone):
        values = moved.get(link.pk, {})
        start, end = values.get("from_party_id", link.from_party_id), values.get("to_party_id", link.to_party_id)
        edges[link.kind].append((start, end))
    for kind, pairs in edges.items():
        if into.pk in reach_upwards(pairs).get(into.pk, ()):
            label = LinkKind(kind).label.removeprefix("is ")
            plan.blocked.append(f"by their links a party would be {label} itself, through others")


def _link_place(link: PartyLink) -> tuple[str, int, int, int | None]:
    return link.kind, link.from_party_id, link.to_party_id, link.case_id


_JUDGED = ("judgement", "rationale", "judged_by", "judged_at")


def _move_or_drop(plan: Merger, row: Any, values: dict[str, Any], place: Any, standing: dict[Any, Any]) -> None:
    """Move a judged pair, unless one stands in its place: then it goes, and leaves its judgement if there is none."""
    other = standing.setdefault(place, row)
    if other is row:
        plan.moved.append((row, values))
        return
    plan.dropped.append(row)
    if other.judgement == Judgement.UNJUDGED and row.judgement != Judgement.UNJUDGED:
        names = [name for name in (*_JUDGED, "since", "until", "strength", "aspects") if hasattr(row, name)]
        plan.moved.append((other, {name: getattr(row, name) for name in names}))


def _plan_names(plan: Merger, aliases: Sequence[PartyAlias], party: Party, into: Party) -> None:
    """Let the other party bear the names of this one beside its own, each once."""
    taken = {(alias.name, alias.case_id) for alias in PartyAlias.objects.filter(party=into)}
    for alias in aliases:
        if alias.name == into.label or (alias.name, alias.case_id) in taken:
            plan.dropped.append(alias)
        else:
            taken.add((alias.name, alias.case_id))
            plan.moved.append((alias, {"party": into}))
    if party.label != into.label and (party.label, party.case_id) not in taken:
        plan.aliases.append(PartyAlias(case=party.case, party=into, name=party.label))
    names = dict.fromkeys((party.label, into.label))
    found = {row.pk: row for name in names for row in find_namesakes(party.case, name)}
    plan.namesakes = [row for pk, row in sorted(found.items()) if pk not in (party.pk, into.pk)]


# --- claims --------------------------------------------------------------------------------------------------------


def merge_claim(*, by: Author, claim: Claim, into: Claim, seen: str = "") -> Claim:
    """Make everything that points to `claim` point to `into`; raises ValidationError, saying why, where it cannot be.

    `seen` is the digest of the plan that was shown, if one was; raises PlanChanged where it is another by now.
    Where the other claim answers no question, it takes that of this one over.
    """
    with by.act("merge_claim", claim.case, needs=Role.LEAD) as act:
        _carry_out(act, plan_claim_merger(claim, _hold(claim, into)), seen)
    return into


def plan_claim_merger(claim: Claim, into: Claim) -> Merger:
    """Return what merging a claim into another would do, and what is in the way of it."""
    plan = Merger(claim, into)
    _check_ends(plan, "claim")
    if claim.case_id != into.case_id:
        plan.blocked.append("these claims are of different cases")
    plan.moved += [(row, {"claim": into}) for row in Statement.objects.filter(claim=claim).order_by("uid")]
    plan.moved += [(row, {"claim": into}) for row in Conclusion.objects.filter(claim=claim).order_by("uid")]
    _plan_relations(plan, claim, into)
    plan.moved += [(row, {"merged_into": into}) for row in Claim.objects.filter(merged_into=claim).order_by("uid")]
    if into.question_id is None and claim.question_id is not None:
        plan.moved.append((into, {"question": claim.question}))
    return plan


def _plan_relations(plan: Merger, claim: Claim, into: Claim) -> None:
    """Say between which claims relations stand then; see that no class comes to contradict itself."""
    standing = {
        (row.kind, row.claim_a_id, row.claim_b_id): row
        for row in ClaimRelation.objects.filter(Q(claim_a=into) | Q(claim_b=into))
    }
    for row in ClaimRelation.objects.filter(Q(claim_a=claim) | Q(claim_b=claim)).order_by("uid"):
        a = into.pk if row.claim_a_id == claim.pk else row.claim_a_id
        b = into.pk if row.claim_b_id == claim.pk else row.claim_b_id
        if a == b:
            if row.kind == RelationKind.CONTRADICTS and row.judgement == Judgement.POSITIVE:
                plan.blocked.append("these two are held to contradict each other")
            plan.dropped.append(row)
            continue
        if RelationKind(row.kind).is_symmetric and a > b:
            a, b = b, a
        _move_or_drop(plan, row, {"claim_a_id": a, "claim_b_id": b}, (row.kind, a, b), standing)
    then = (
        row._replace(a=_then(row.a, claim, into), b=_then(row.b, claim, into))
        for row in read_relations([claim.case_id])
    )
    if any(True for _ in Classes(row for row in then if row.a != row.b).self_contradictions()):
        plan.blocked.append(
            "claims that are held to say the same, or to follow from one another, would contradict each other"
        )


def _then(key: int, claim: Claim, into: Claim) -> int:
    return into.pk if key == claim.pk else key


# --- carrying out --------------------------------------------------------------------------------------------------


def _hold(source: Any, into: Any) -> Any:
    """Lock both until the act is done, so that nothing comes to point to the one; return the other as it is now.

    A case that names a shared party takes no turn with the register.
    """
    stored = type(into)._base_manager.select_for_update().filter(pk__in=[source.pk, into.pk]).order_by("pk")
    now = {row.pk: row for row in stored}
    if source.pk not in now:
        raise Stale(source.record_kind(), source.uid, None)
    if into.pk not in now:
        raise PlanChanged(into.record_kind(), into.uid, None)
    source.merged_into_id = now[source.pk].merged_into_id
    return now[into.pk]


def _carry_out(act: Act, plan: Merger, seen: str) -> None:
    """Do what was planned, where that is what was shown; raises ValidationError where something is in the way."""
    if seen and seen != plan.digest():
        raise PlanChanged(plan.source.record_kind(), plan.source.uid, plan.source.revision)
    if plan.blocked:
        raise ValidationError({"into": [ValidationError(reason, code="blocked") for reason in plan.blocked]})
    for row in plan.dropped:
        act.delete(row)
    moved: dict[type[Record], dict[int, tuple[Record, dict[str, Any]]]] = defaultdict(dict)
    for row, values in plan.moved:
        _, others = moved[type(row)].setdefault(row.pk, (row, {}))
        others |= values
    for changes in moved.values():
        act.update_many(list(changes.values()))
    act.insert_many(list(plan.aliases))
    act.update(plan.source, merged_into=plan.into)
