"""How does one claim stand to another, and who holds that it does?

Public: `relate_claims`, `revise_relation`, `check_classes`, `strength_of`, `answers_of`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from sources.choices import Judgement, Role
from sources.ledger import Author
from sources.models import Case
from sources.refusals import RowsRefused
from sources.revising import judged_by, role_to_judge, who_judged

from .choices import RelationKind, Strength
from .commitments import Classes
from .folding import read_relations
from .models import ClaimRelation


def strength_of(*, could_both_be_true: bool, could_both_be_false: bool) -> Strength:
    """Return the strength of a contradiction from the two questions that a person can answer."""
    if could_both_be_true:
        return Strength.TENSION
    return Strength.CONTRARY if could_both_be_false else Strength.CONTRADICTORY


def answers_of(strength: str) -> tuple[bool, bool | None]:
    """Return (could both be true, could both be false) as they were answered; of a tension the second is not asked."""
    if strength == Strength.TENSION:
        return True, None
    return False, strength == Strength.CONTRARY


def relate_claims(*, by: Author, case: Case, relations: Sequence[ClaimRelation]) -> list[ClaimRelation]:
    """Write relations between claims of a case, as proposals or with their judgement.

    A pair that has no direction is stored from the older claim to the younger. Raises RowsRefused by index for a pair
    that is related in this way already, and for one that would make a class of claims contradict itself.
    """
    judged = any(relation.judgement != Judgement.UNJUDGED for relation in relations)
    with by.act("relate_claims", case, needs=Role.LEAD if judged else Role.ANNOTATOR) as act:
        for relation in relations:
            relation.case = case
            if RelationKind(relation.kind).is_symmetric and relation.claim_a_id > relation.claim_b_id:
                relation.claim_a, relation.claim_b = relation.claim_b, relation.claim_a
            relation.judged_by_id, relation.judged_at = who_judged(act, relation.judgement)
        _check_pairs(case, relations)
        written = act.insert_many(list(relations))
        check_classes(case, relations)
    return written


def revise_relation(*, by: Author, relation: ClaimRelation, values: Mapping[str, Any]) -> ClaimRelation:
    """Give a relation another strength, aspects, rationale or judgement; its claims and kind make it what it is.

    Judging it, and changing one that was judged, is the lead's. Raises ValidationError where a class of claims would
    come to contradict itself.
    """
    with by.act("revise_claimrelation", relation.case, needs=role_to_judge(relation, values)) as act:
        act.update(relation, **values, **judged_by(act, relation, values))
        try:
            check_classes(relation.case, [relation])
        except RowsRefused as refused:
            raise refused.errors[0] from None
    return relation


def _check_pairs(case: Case, relations: Sequence[ClaimRelation]) -> None:
    """Raise RowsRefused for pairs that are related in this way already, in the case or among the rows given."""
    claims = {relation.claim_a_id for relation in relations}
    standing = ClaimRelation.objects.filter(case=case, claim_a_id__among=claims)
    taken = set(standing.values_list("claim_a_id", "claim_b_id", "kind"))
    errors = {}
    for index, relation in enumerate(relations):
        pair = (relation.claim_a_id, relation.claim_b_id, str(relation.kind))
        if pair in taken:
            message = "these two claims are related in this way already"
            errors[index] = ValidationError({"claim_b": ValidationError(message, code="duplicate")})
        taken.add(pair)
    if errors:
        raise RowsRefused(errors)


def check_classes(case: Case, relations: Sequence[ClaimRelation]) -> None:
    """Raise RowsRefused for the first of the relations with which a class contradicts itself.

    Found by halves: the folded case is looked at whole first, and only where it fails with fewer of the new ones.
    """
    if not any(relation.judgement == Judgement.POSITIVE for relation in relations):
        return
    rows = read_relations([case.pk])
    new = {relation.uid: index for index, relation in enumerate(relations)}

    def fails(first: int) -> bool:
        kept = [row for row in rows if new.get(row.uid, -1) < first]
        return any(True for _ in Classes(kept).self_contradictions())

    if not fails(len(relations)):
        return
    sound, broken = 0, len(relations)
    while broken - sound > 1:
        middle = (sound + broken) // 2
        sound, broken = (sound, middle) if fails(middle) else (middle, broken)
    message = (
        "with this, claims that are held to say the same, or to follow from one another, would contradict each other"
    )
    raise RowsRefused({broken - 1: ValidationError({"judgement": ValidationError(message, code="class_contradicts")})})
