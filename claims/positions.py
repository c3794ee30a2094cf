"""What does an account do about a claim, and which of its statements say so?

Public: `Position`, `Bearing`, `bearings_on`, `position_of`, `sign_of`. Pure: plain values in, plain values out. An
account's statements stand on sides (`commitments.Side`); what a side has to do with a claim's class is its *bearing*
on it, and the position is read off the bearings of all sides on which the account stands.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from .choices import Bears, Position, Stance
from .commitments import MINUS, PLUS, RELATION, Classes, Meeting, Side

# Stances that commit to nothing, each with the position that it is where nothing else is said; the foremost first.
_OPEN = {
    Stance.QUESTIONS.value: Position.QUESTIONS,
    Stance.LEAVES_OPEN.value: Position.LEAVES_OPEN,
    Stance.DECLINES.value: Position.DECLINES,
}


class Bearing(NamedTuple):
    """What standing on a side has to do with a claim.

    `sign` is the commitment on the claim's class, empty where there is none; `meeting` is how the side cannot stand
    together with asserting the claim (or, for what is merely related, with denying it), None where it can.
    """

    how: Bears
    sign: str
    meeting: Meeting | None


def bearings_on(of_class: int, classes: Classes) -> dict[Side, Bearing]:
    """Return every side that has to do with a class, and how.

    The class's own sides are direct. A side that is bound on the class by one `entails` implies it. A side bound to +
    on what contradicts the class, in more than a tension, is a rival. All other sides that would conflict with
    asserting or with denying it are related: they have no position on it, and are shown beside.
    """
    against = classes.opponents(Side(of_class, PLUS))
    found: dict[Side, Bearing] = {}
    for sign in (PLUS, MINUS):
        for side in classes.holders(Side(of_class, sign)):
            how = Bears.DIRECT if side.of_class == of_class else Bears.IMPLIED
            found[side] = Bearing(how, sign, against.get(side))
    for rival, strengths in classes.rivals.get(of_class, {}).items():
        strongest = min((Meeting(RELATION, strength) for strength in strengths), key=lambda meeting: meeting.rank)
        if not strongest.is_tension:
            for side in classes.holders(Side(rival, PLUS)):
                found.setdefault(side, Bearing(Bears.RIVAL, "", against.get(side, strongest)))
    for side, meeting in (*against.items(), *classes.opponents(Side(of_class, MINUS)).items()):
        found.setdefault(side, Bearing(Bears.RELATED, "", meeting))
    return found


def position_of(sides: Collection[Side], stances: Collection[str], bearings: Mapping[Side, Bearing]) -> Position:
    """Return the position of who stands on these sides, and takes these stances on the very class.

    + and − together are `both`, however each was come by; then what is said of the claim itself, then of its rivals,
    then what follows. Where nothing binds, the stances that leave it open count; silence is where there are none.
    """
    own = [bearings[side] for side in sides if side in bearings]
    signs = {bearing.sign for bearing in own} - {""}
    if len(signs) == 2:
        return Position.BOTH
    direct = {bearing.sign for bearing in own if bearing.how == Bears.DIRECT}
    if direct:
        return Position.ASSERTS if PLUS in direct else Position.DENIES
    if any(bearing.how == Bears.RIVAL for bearing in own):
        return Position.RIVAL
    if signs:
        return Position.IMPLIED
    return next((position for stance, position in _OPEN.items() if stance in stances), Position.SILENT)


def sign_of(sides: Collection[Side], bearings: Mapping[Side, Bearing]) -> str:
    """Return + or − where all commitments on the class have that sign, else nothing."""
    signs = {bearings[side].sign for side in sides if side in bearings} - {""}
    return next(iter(signs)) if len(signs) == 1 else ""
