"""What an account does about a claim is what the design says: held against a plain reading of its commitments."""

from itertools import product

from hypothesis import assume, given
from hypothesis import strategies as st

from claims.choices import Bears, Position, Stance
from claims.commitments import Classes, RelationRow
from claims.positions import bearings_on, position_of, sign_of

from . import oracle
from .test_commitments import as_told, relation_rows

Told = list[tuple[int, str]]  # (claim, stance) of all that an account says


def plain_position(claim: int, told: Told, relations: list[dict]) -> str:  # type: ignore[type-arg]
    """Section 5 read aloud: asserts, denies, both (live + and −), rival, implied, questions, leaves open, declines.

    Which comes first where several hold, it does not say beyond its order. Assumed: `both` before all, since + and −
    exclude the others, and what is said of the claim itself before what follows for it.
    """
    own = oracle.class_of(claim, relations)
    bound = [
        commitment
        for of, stance in told
        if (sign := oracle.sign_of(stance)) is not None
        for commitment in oracle.commitments(of, sign, relations)
    ]
    signs = {sign for of_class, sign in bound if of_class == own}
    if signs == {"+", "-"}:
        return "both"
    said = {stance for of, stance in told if oracle.class_of(of, relations) == own}
    for stance in ("asserts", "denies"):
        if stance in said:
            return stance
    rivals = {of_class for of_class, sign in bound if sign == "+"}
    if any(oracle.contradictions_between(own, rival, relations) - {"tension"} for rival in rivals):
        return "rival"
    if signs:
        return "implied"
    return next((stance for stance in ("questions", "leaves_open", "declines") if stance in said), "silent")


@given(relation_rows(), st.lists(st.tuples(st.integers(0, 5), st.sampled_from(Stance.values)), max_size=4))
def test_positions_are_those_of_the_plain_reading(case: tuple[list[int], list[RelationRow]], said: Told) -> None:
    claims, rows = case
    told = [(claims[index % len(claims)], stance) for index, stance in said]
    classes, relations = Classes(rows), as_told(rows)
    # Where one statement contradicts itself, which is refused, it may both imply a claim and rival it.
    assume(not any(classes.self_contradictions()))
    for claim in claims:
        of_class = classes.class_of(claim)
        bearings = bearings_on(of_class, classes)
        sides = {side for of, stance in told if (side := classes.side_of(of, stance)) is not None}
        stances = {stance for of, stance in told if classes.class_of(of) == of_class}
        position = position_of(sides, stances, bearings)
        assert position == plain_position(claim, told, relations)
        if position in (Position.ASSERTS, Position.DENIES, Position.IMPLIED):
            assert sign_of(sides, bearings) in "+-"
            assert sign_of(sides, bearings)


@given(relation_rows())
def test_everything_that_meets_a_claim_either_way_bears_on_it(case: tuple[list[int], list[RelationRow]]) -> None:
    claims, rows = case
    classes, relations = Classes(rows), as_told(rows)
    for claim, other in product(claims, claims):
        bearings = bearings_on(classes.class_of(claim), classes)
        for sign, stance in (("+", "asserts"), ("-", "denies")):
            side = classes.side_of(other, stance)
            against = oracle.meeting_of((claim, "+"), (other, sign), relations)
            against_denial = oracle.meeting_of((claim, "-"), (other, sign), relations)
            bearing = bearings.get(side)  # type: ignore[arg-type]
            if against is not None or against_denial is not None:
                assert bearing is not None
                assert bearing.meeting is None or bearing.meeting in (against, against_denial)
            if bearing is not None and bearing.how == Bears.RIVAL:
                assert bearing.meeting == against
