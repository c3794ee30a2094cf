"""How is a row changed or taken away where no rule but its own model's has a say?

Public: `revise_row`, `delete_row`, `case_of`, `role_to_change`, `role_to_judge`, `judged_by`, `who_judged`. Rows with
rules of their own are revised where these stand: parties and links in `registering`, statements in `recording`,
relations in `relating`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from .choices import Judgement, Role
from .ledger import Act, Author
from .models import Case, CaseMembership, Judged, Record

_Row = TypeVar("_Row", bound=Record)


def revise_row(*, by: Author, row: _Row, values: Mapping[str, Any]) -> _Row:
    """Give a row other values; raises Stale where it is not at the revision that the caller holds."""
    with by.act(f"revise_{row.record_kind()}", case_of(row), needs=role_to_change(row)) as act:
        return act.update(row, **values)


def delete_row(*, by: Author, row: Record) -> None:
    """Delete a row and what it wholly owns; raises InUse, with what stands on it, where others need it."""
    with by.act(f"delete_{row.record_kind()}", case_of(row), needs=role_to_change(row)) as act:
        act.delete(row)


def case_of(row: Record) -> Case | None:
    """Return the case in whose history an act on this row stands; None for the shared register."""
    return row if isinstance(row, Case) else getattr(row, "case", None)


def role_to_change(row: Record) -> Role:
    """Return the least role that may change or delete this row.

    The case and its members are the lead's, and so is what was judged or reviewed.
    """
    if isinstance(row, Case | CaseMembership):
        return Role.LEAD
    if isinstance(row, Judged) and row.judgement != Judgement.UNJUDGED:
        return Role.LEAD
    return Role.ANNOTATOR


def role_to_judge(row: Judged, values: Mapping[str, Any]) -> Role:
    """Return the least role that may give a judged pair these values: judging is the lead's."""
    judgements = {row.judgement, values.get("judgement", row.judgement)}
    return Role.ANNOTATOR if judgements == {Judgement.UNJUDGED} else Role.LEAD


def judged_by(act: Act, row: Judged, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that say who judged and when, where these values bring another judgement."""
    judgement = values.get("judgement", row.judgement)
    if judgement == row.judgement:
        return {}
    return dict(zip(("judged_by_id", "judged_at"), who_judged(act, judgement), strict=True))


def who_judged(act: Act, judgement: str) -> tuple[int | None, datetime | None]:
    """Return (key of the judge, time) for a judgement given in this act; nobody where it is none."""
    if judgement == Judgement.UNJUDGED:
        return None, None
    return (act.actor.pk if act.actor else None), act.at
