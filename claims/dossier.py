"""All that there is on one claim: what speaks for it, what against, and what is left open.

Public: `Entry`, `Dossier`, `compile_dossier`. What stands against is never cut short; what stands for it and what is
left open may be read in parts. Denials, rivals and tensions are told apart, and nothing ranks one side above another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from .choices import Attitude, Bears, Stance
from .commitments import PLUS, Meeting, Side
from .conflicts import contested_among
from .exhibiting import Exhibit, Opinion, Surroundings, find_sentences, show_statements
from .models import Claim, Conclusion
from .positions import bearings_on
from .reading import ClaimRow, StatementRow
from .signed import read_signed
from .standing import Stood
from .standpoint import Standpoint
from .support import Support, read_support


class Entry(NamedTuple):
    """A statement in a dossier, in its sentence: how it bears on the claim, and how it meets asserting it."""

    exhibit: Exhibit
    how: Bears
    meeting: Meeting | None
    sentence: Surroundings


class SignedConclusion(NamedTuple):
    """What an analyst concludes on the claim, or on one that says the same, in words."""

    uid: UUID
    text: str
    signed_by: str | None
    signed_at: datetime


@dataclass(frozen=True)
class Dossier:
    """One claim, with those that say the same, and everything said of it; entries stand in the order of uid."""

    standpoint: Standpoint
    claim: ClaimRow
    wordings: tuple[ClaimRow, ...]
    contested: bool
    holding: list[Entry]  # for: they assert it, or what it follows from
    n_holding: int
    denials: list[Entry]
    rivals: list[Entry]
    tensions: list[Entry]
    open: list[Entry]  # questions, declines, leaves open
    n_open: int
    next_after: UUID | None  # from where to read on, where what is for it or open found no room
    hedged: list[StatementRow]  # of the entries above, those that the author keeps a distance from or disputes
    retractions: list[Entry]  # the speakers took back what they had said of it
    support: Support
    speaker_ratings: dict[int, list[Opinion]]  # every rating of each speaker, by key of the party, the oldest first
    ratings: dict[int, list[Opinion]]  # every rating of each statement, by its key, the oldest first
    conclusions: list[SignedConclusion]  # the newest first; that one counts


def compile_dossier(standpoint: Standpoint, claim: Claim, *, limit: int, after: UUID | None = None) -> Dossier:
    """Return the dossier of a claim; `limit` bounds what is for it and what is open, together, from `after` on, by uid.

    What is against it is complete whatever the limit.
    """
    classes = standpoint.classes
    of_class = classes.class_of(claim.pk)
    bearings = bearings_on(of_class, classes)
    against = classes.opponents(Side(of_class, PLUS))
    near = {of_class} | {side.of_class for side in bearings}
    holding: list[tuple[Stood, Bears, Meeting | None]] = []
    opposing: list[tuple[Stood, Bears, Meeting | None]] = []
    left_open: list[tuple[Stood, Bears, Meeting | None]] = []
    retracted: list[tuple[Stood, Bears, Meeting | None]] = []
    for row in standpoint.statements.find(claims=[key for c in near for key in classes.members(c)]):
        side = classes.side_of(row.claim_id, row.stance)
        if side is None:
            if classes.class_of(row.claim_id) == of_class:
                kept = retracted if row.stance == Stance.RETRACTS else left_open
                kept.append((row, Bears.DIRECT, None))
            continue
        if side in against:
            opposing.append((row, bearings[side].how, against[side]))
        if side in bearings and bearings[side].sign == PLUS:
            holding.append((row, bearings[side].how, None))
    uids = sorted(row.uid for row, _, _ in (*holding, *left_open) if after is None or row.uid > after)
    shown = set(uids[:limit])
    shown_holding = [told for told in holding if told[0].uid in shown]
    shown_open = [told for told in left_open if told[0].uid in shown]
    rows = [*shown_holding, *opposing, *shown_open, *retracted]
    exhibits = show_statements(standpoint, {row.pk for row, _, _ in rows})
    sentences = find_sentences([exhibit.statement for exhibit in exhibits.values()])

    def enter(told: Iterable[tuple[Stood, Bears, Meeting | None]]) -> list[Entry]:
        return [Entry(exhibits[row.pk], how, meeting, sentences[row.pk]) for row, how, meeting in told]

    claims = standpoint.read_claims(classes.members(of_class))
    own = claims.pop(claim.pk)
    return Dossier(
        standpoint=standpoint,
        claim=own,
        wordings=tuple(claims[key] for key in sorted(claims)),
        contested=of_class in contested_among({of_class: standpoint.case.pk}, standpoint),
        holding=enter(shown_holding),
        n_holding=len(holding),
        denials=enter(entry for entry in opposing if entry[2] and entry[2].basis == "denial"),
        rivals=enter(e for e in opposing if e[2] and e[2].basis == "relation" and not e[2].is_tension),
        tensions=enter(entry for entry in opposing if entry[2] and entry[2].is_tension),
        open=enter(shown_open),
        n_open=len(left_open),
        next_after=uids[limit - 1] if len(uids) > limit else None,
        hedged=sorted(
            (
                exhibit.statement
                for exhibit in exhibits.values()
                if exhibit.statement.framing in (Attitude.DISTANCES, Attitude.DISPUTES)
            ),
            key=lambda row: row.uid,
        ),
        retractions=enter(retracted),
        support=read_support(standpoint, claim),
        speaker_ratings={
            exhibit.statement.speaker_id: exhibit.reliability_given
            for exhibit in exhibits.values()
            if exhibit.statement.speaker_id is not None and exhibit.reliability_given
        },
        ratings={pk: exhibit.credibility_given for pk, exhibit in exhibits.items() if exhibit.credibility_given},
        conclusions=[
            SignedConclusion(signed.uid, signed.text, signed.by, signed.at)
            for signed in read_signed(standpoint, Conclusion, classes.members(of_class))[::-1]
        ],
    )
