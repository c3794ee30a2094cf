"""Which claims and statements belong in a graph that may hold only so many nodes?

Public: `walk_from`, `claims_of_case`, `choose_statements`. A bounded number of queries: two a level of the walk.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import zip_longest

from django.db.models import QuerySet

from sources.models import Case

from ..choices import RelationKind
from ..conflicts import contested_in
from ..models import Claim, ClaimRelation, Statement

# Conflicts before support: when not all can come along, what collides does.
_RANK = {
    RelationKind.CONTRADICTS.value: 0,
    RelationKind.EQUIVALENT.value: 1,
    RelationKind.ENTAILS.value: 2,
    RelationKind.SUPPORTS.value: 3,
}


def walk_from(root: Claim, depth: int, limit: int) -> tuple[list[int], bool]:
    """Return the claims within `depth` relations of the root, nearer ones first, and whether some were left out.

    Relations are walked both ways, those judged not to hold excepted. At most `limit` claims, since each is a node.
    """
    reached = {root.pk: None}
    frontier: list[int] = [root.pk]
    relations = ClaimRelation.objects.filter(case_id=root.case_id).not_refuted()
    for _ in range(depth):
        steps = []
        for here, there in (("claim_a_id", "claim_b_id"), ("claim_b_id", "claim_a_id")):
            touching = relations.filter(**{f"{here}__among": frontier})
            steps += [(_RANK[kind], pk, end) for kind, pk, end in touching.values_list("kind", "pk", there)]
        frontier = []
        for _, _, end in sorted(steps):
            if end in reached:
                continue
            if len(reached) == limit:
                return list(reached), True
            reached[end] = None
            frontier.append(end)
        if not frontier:
            break
    return list(reached), False


def claims_of_case(case: Case, limit: int) -> tuple[list[int], bool]:
    """Return the claims of a case, contested ones first, and whether some were left out."""
    contested = contested_in([case.pk])
    standing = Claim.objects.filter(case=case).standing().order_by("uid")
    first = list(standing.filter(pk__among=contested).values_list("pk", flat=True)[: limit + 1])
    rest = [pk for pk in standing.values_list("pk", flat=True)[: limit + 1 + len(first)] if pk not in contested]
    found = first + rest
    return found[:limit], len(found) > limit


def choose_statements(
    statements: QuerySet[Statement], claims: Sequence[int], room: int
) -> tuple[dict[int, list[int]], bool]:
    """Return the statements of each claim in the order in which they are to be taken, and whether some were left out.

    Claims are served in the order given, until `room` statements are chosen; within a claim the stances take turns, so
    that a long list of those who assert leaves no denial out.
    """
    by_stance: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    found = statements.filter(claim_id__among=claims).order_by("uid").values_list("claim_id", "stance", "pk")
    for claim, stance, pk in found:
        by_stance[claim][stance].append(pk)
    chosen: dict[int, list[int]] = {}
    for claim in claims:
        turns = list(_take_turns(by_stance.get(claim, {}).values()))
        chosen[claim] = turns[:room]
        room -= len(chosen[claim])
        if len(turns) > len(chosen[claim]):
            return chosen, True
    return chosen, False


def _take_turns(rows: Collection[list[int]]) -> Iterable[int]:
    for turn in zip_longest(*rows):
        yield from (pk for pk in turn if pk is not None)
