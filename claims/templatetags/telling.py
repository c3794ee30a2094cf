"""How is a statement told in words? Filters for templates: plain values in, plain English out."""

from collections.abc import Iterable
from typing import Any

from django import template

from sources.choices import Reliability

from ..choices import (
    Agreement,
    Aspect,
    Attitude,
    Basis,
    Certainty,
    Credibility,
    EvidenceRole,
    Mode,
    Position,
    Stance,
    Voice,
)

register = template.Library()

_LONG = 420  # letters from which a quotation is folded
_SHOWN = 260  # letters that a folded quotation shows

_POSITIONS = {
    Position.ASSERTS: "asserts",
    Position.DENIES: "denies",
    Position.BOTH: "asserts and denies",
    Position.RIVAL: "says otherwise",
    Position.IMPLIED: "is bound to it",
    Position.QUESTIONS: "questions it",
    Position.LEAVES_OPEN: "leaves it open",
    Position.DECLINES: "declines to say",
    Position.SILENT: "nothing recorded",
}
# A sign beside each word, so that nothing hangs on colour.
_SIGNS = {
    Position.ASSERTS: "+",
    Position.DENIES: "−",
    Position.BOTH: "±",
    Position.RIVAL: "≠",
    Position.IMPLIED: "⇒",
    Position.QUESTIONS: "?",
    Position.LEAVES_OPEN: "?",
    Position.DECLINES: "…",
    Position.SILENT: "·",
}
_AGREEMENTS = {
    Agreement.CONFLICT: "Conflict",
    Agreement.TENSION: "Tension",
    Agreement.AGREEMENT: "Agreement",
    Agreement.DIFFERING: "Different, and both may hold",
    Agreement.ONE_SIDED: "Only one side speaks of it",
}
_MEETINGS = {
    "denial": "one asserts it, the other denies it",
    "contradictory": "exactly one of the two holds",
    "contrary": "not both hold, perhaps neither",
    "tension": "both may hold; to be read together",
}
_FRAMINGS = {
    Attitude.ENDORSES: "the author endorses it",
    Attitude.DISTANCES: "the author keeps a distance",
    Attitude.DISPUTES: "the author disputes it",
}
_CERTAINTIES = {
    Certainty.CERTAIN: "said as certain",
    Certainty.PROBABLE: "said as probable",
    Certainty.POSSIBLE: "said as possible",
}
_BASES = {
    Basis.WITNESSED: "saw it",
    Basis.TOLD: "was told",
    Basis.DOCUMENTARY: "from documents",
    Basis.INFERRED: "inferred it",
}
_ATTITUDES = {
    Attitude.ENDORSES: "endorses it",
    Attitude.DISTANCES: "keeps a distance",
    Attitude.DISPUTES: "disputes it",
}


@register.filter
def position_words(position: str) -> str:
    """Return what an account does about a claim."""
    return _POSITIONS[Position(position)]


@register.filter
def position_sign(position: str) -> str:
    """Return the sign of a position."""
    return _SIGNS[Position(position)]


@register.filter
def agreement_words(agreement: str) -> str:
    """Return how the accounts stand to one another."""
    return _AGREEMENTS[Agreement(agreement)]


@register.filter
def meeting_words(meeting: Any) -> str:
    """Return how two statements meet."""
    return _MEETINGS["denial" if meeting.basis == "denial" else meeting.strength]


@register.filter
def who(statement: Any) -> str:
    """Return who speaks: the party's label, or whose voice it is."""
    if statement.speaker_label:
        return str(statement.speaker_label)
    return "The document’s author" if statement.voice == Voice.AUTHOR else "Someone undisclosed"


@register.filter
def stance_words(stance: str) -> str:
    """Return what the speaker does about the claim."""
    return str(Stance(stance).label)


@register.filter
def attitude_words(attitude: str) -> str:
    """Return how a relay presents what it carries; nothing where it is neutral."""
    return _ATTITUDES.get(Attitude(attitude), "")


@register.filter
def mode_words(mode: str) -> str:
    """Return what sort of proposition a claim is; nothing where it is not known."""
    return str(Mode(mode).label) if mode else ""


@register.filter
def role_words(role: str) -> str:
    """Return what further words do in the attribution."""
    return {
        EvidenceRole.CONTENT.value: "also",
        EvidenceRole.CUE.value: "cue",
        EvidenceRole.SOURCE.value: "source",
        EvidenceRole.ANTECEDENT.value: "refers to",
    }[role]


@register.filter
def qualities(statement: Any) -> list[str]:
    """Return what weakens or colours a statement, as far as it is given."""
    told = [
        _CERTAINTIES.get(Certainty(statement.certainty), ""),
        _BASES.get(Basis(statement.basis), ""),
        _FRAMINGS.get(Attitude(statement.framing), ""),
        "a draft, not reviewed yet" if statement.review == "draft" else "",
    ]
    return [text for text in told if text]


@register.filter
def contents(statement: Any) -> list[Any]:
    """Return the excerpts that hold what is said, in the order of the text."""
    pieces = [piece for role, piece in statement.evidence if role == EvidenceRole.CONTENT]
    return sorted(dict.fromkeys(pieces), key=lambda piece: (piece.version, piece.start))


@register.filter
def other_words(statement: Any) -> list[tuple[str, Any]]:
    """Return the excerpts that are not what is said: cue, source, antecedent."""
    return [(role, piece) for role, piece in statement.evidence if role != EvidenceRole.CONTENT]


@register.filter
def is_long(text: str) -> bool:
    """Tell whether a quotation is folded."""
    return len(text) > _LONG


@register.filter
def beginning(text: str) -> str:
    """Return the beginning of a long quotation, cut between words."""
    return text[:_SHOWN].rsplit(maxsplit=1)[0] + " …"


@register.filter
def reliability_words(grade: str) -> str:
    """Return a grade of a party in words."""
    return str(Reliability(grade).label)


@register.filter
def credibility_words(grade: str) -> str:
    """Return a grade of a statement in words."""
    return str(Credibility(grade).label)


@register.filter
def aspect_words(aspects: Iterable[str]) -> str:
    """Return in what respects two claims contradict each other."""
    return ", ".join(str(Aspect(aspect).label) for aspect in aspects)


@register.filter
def brought(column: Any) -> tuple[Any, ...]:
    """Return the parties of an account that were not named but came along with those that were."""
    return tuple(column.parties[column.n_named :])


@register.filter
def left_out(cell: Any) -> int:
    """Return how many statements of a cell found no room in it."""
    return int(cell.n_statements - len(cell.tellings))


@register.filter
def label_at(columns: Any, index: int) -> str:
    """Return what the column with this index is called."""
    return str(columns[index].label)
