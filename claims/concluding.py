"""What does an analyst conclude on a claim, and are two statements of one origin?

Public: `sign_conclusions`, `judge_independence`. Neither is ever changed: who thinks otherwise later signs, or judges,
again, and the newest counts.
"""

from collections.abc import Sequence

from sources.choices import Role
from sources.ledger import Author
from sources.models import Case

from .models import Conclusion, IndependenceJudgement


def sign_conclusions(*, by: Author, case: Case, conclusions: Sequence[Conclusion]) -> list[Conclusion]:
    """Write what the lead of a case concludes on its claims, under the name of who acts."""
    with by.act("sign_conclusion", case, needs=Role.LEAD) as act:
        for conclusion in conclusions:
            conclusion.case = case
            conclusion.signed_by_id, conclusion.signed_at = (act.actor.pk if act.actor else None), act.at
        return act.insert_many(list(conclusions))


def judge_independence(
    *, by: Author, case: Case, judgements: Sequence[IndependenceJudgement]
) -> list[IndependenceJudgement]:
    """Write whether pairs of statements go back to one origin, with the reason; the older of a pair stands first."""
    with by.act("judge_independence", case, needs=Role.LEAD) as act:
        for judgement in judgements:
            judgement.case = case
            if judgement.statement_a_id > judgement.statement_b_id:
                judgement.statement_a, judgement.statement_b = judgement.statement_b, judgement.statement_a
            judgement.judged_by_id, judgement.judged_at = (act.actor.pk if act.actor else None), act.at
        return act.insert_many(list(judgements))
