"""How does one claim stand to another, and who holds that it does?

Public: `relate_claims`, `judge_relation`, `strength_of`.
"""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from sources.choices import Judgement, Role
from sources.ledger import Author
from sources.models import Case
from sources.refusals import RowsRefused

from .choices import RelationKind, Strength
from .commitments import Classes
from .folding import read_relations
from .models import ClaimRelation


def strength_of(*, could_both_be_true: bool, could_both_be_false: bool) -> Strength:
    """Return the strength of a contradiction from the two questions that a person can answer."""
    if could_both_be_true:
        return Strength.TENSION
    return Strength.CONTRARY if could_both_be_false else Strength.CONTRADICTORY


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
            if relation.judgement != Judgement.UNJUDGED:
                relation.judged_by_id, relation.judged_at = (act.actor.pk if act.actor else None), act.at
        _check_pairs(case, relations)
        written = act.insert_many(list(relations))
        _check_classes(case, relations)
    return written


def judge_relation(
    *, by: Author, relation: ClaimRelation, judgement: str, rationale: str | None = None
) -> ClaimRelation:
    """Say whether a relation holds; raises ValidationError where a class of claims would contradict itself."""
    with by.act("judge_relation", relation.case, needs=Role.LEAD) as act:
        values = {"judgement": judgement, "judged_by_id": act.actor.pk if act.actor else None, "judged_at": act.at}
        if judgement == Judgement.UNJUDGED:
            values |= {"judged_by_id": None, "judged_at": None}
        if rationale is not None:
            values["rationale"] = rationale
        act.update(relation, **values)
        try:
            _check_classes(relation.case, [relation])
        except RowsRefused as refused:
            raise refused.errors[0] from refused
    return relation


def _check_pairs(case: Case, relations: Sequence[ClaimRelation]) -> None:
    """Raise RowsRefused for pairs that are related in this way already, in the case or among the rows given."""
    claims = {relation.claim_a_id for relation in relations}
    standing = ClaimRelation.objects.filter(case=case, claim_a_id__in=claims)
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


def _check_classes(case: Case, relations: Sequence[ClaimRelation]) -> None:
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
