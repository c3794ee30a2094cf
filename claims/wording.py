"""What is at issue, and which propositions answer it?

Public: `pose_questions`, `word_claims`, `note_utterances`.
"""

from collections.abc import Sequence

from sources.ledger import Author
from sources.models import Case

from .models import Claim, Question, Utterance


def pose_questions(*, by: Author, case: Case, questions: Sequence[Question]) -> list[Question]:
    """Write new points at issue."""
    for question in questions:
        question.case = case
    with by.act("pose_question", case) as act:
        return act.insert_many(list(questions))


def word_claims(*, by: Author, case: Case, claims: Sequence[Claim]) -> list[Claim]:
    """Write new propositions."""
    for claim in claims:
        claim.case = case
    with by.act("word_claim", case) as act:
        return act.insert_many(list(claims))


def note_utterances(*, by: Author, case: Case, utterances: Sequence[Utterance]) -> list[Utterance]:
    """Write new acts of speech, for statements to share."""
    for utterance in utterances:
        utterance.case = case
    with by.act("note_utterance", case) as act:
        return act.insert_many(list(utterances))
