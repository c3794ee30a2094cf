"""What the first page shows: the case at a glance, contested things first."""

from typing import Any

from django.http import HttpRequest

from sources.admin.history import visible_changes
from sources.admin.switching import cases_to_write_in, current_case
from sources.models import Case, Document
from sources.snapshot import snapshot

from ..choices import Review
from ..conflicts import CONTESTED, IN_TENSION, count_conflicts
from ..contesting import survey_accounts, survey_conflicts, survey_questions
from ..models import ClaimRelation, Statement
from ..progress import read_progress
from ..standpoint import Standpoint

_SHOWN = 12  # accounts, documents and acts on the first page
_QUESTIONS = 10  # questions on one page
_GROUPS = 40  # of each sort
_MAX_PAGE = 10_000


def overview_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the first page shows of the chosen case; without one, the cases to choose from."""
    with snapshot():
        case = current_case(request)
        if case is None:
            return {"title": "Cases", "cases": _cases(request)}
        standpoint = Standpoint(case)
        live = Statement.objects.live().filter(case=case)
        counts = count_conflicts(case, standpoint)
        page = _read_page(request)
        surveyed, n_questions = survey_questions(standpoint, offset=_QUESTIONS * (page - 1), limit=_QUESTIONS)
        survey = survey_conflicts(standpoint)
        accounts, n_accounts = survey_accounts(standpoint, limit=_SHOWN)
        proposals = ClaimRelation.objects.filter(case=case).proposals()
        documents = Document.objects.filter(case=case)
        return {
            "title": case.title,
            "case": case,
            "page": "case",
            "n_conflicts": sum(n for strength, n in counts.items() if strength != "tension"),
            "n_tensions": counts["tension"],
            "n_live": live.count(),
            "n_waiting": live.filter(review=Review.DRAFT).count(),
            "n_proposals": proposals.count(),
            "contested": [one for one in surveyed if one.state == CONTESTED],
            "in_tension": [one for one in surveyed if one.state == IN_TENSION],
            "uncontested": [one for one in surveyed if one.state not in (CONTESTED, IN_TENSION)],
            "next_page": page + 1 if page * _QUESTIONS < n_questions else None,
            "previous_page": page - 1 if page > 1 else None,
            "survey": survey,
            "conflict_groups": survey.conflicts[:_GROUPS],
            "tensions": survey.tensions[:_GROUPS],
            "self_contradictions": survey.self_contradictions[:_GROUPS],
            "changed_minds": survey.changed_minds[:_GROUPS],
            "proposals": list(proposals.select_related("claim_a", "claim_b").order_by("-pk")[:_SHOWN]),
            "accounts": accounts,
            "n_accounts": n_accounts,
            "documents": _with_progress(list(documents.select_related("publisher").order_by("-pk")[:_SHOWN])),
            "n_documents": documents.count(),
            "may_write": any(other.pk == case.pk for other in cases_to_write_in(request)),
            "changes": list(
                visible_changes(request)
                .filter(case_uid=case.uid)
                .select_related("actor")
                .order_by("-sequence")[:_SHOWN]
            ),
        }


def _with_progress(documents: list[Any]) -> list[Any]:
    """Give each document how far it has been worked through."""
    progress = read_progress([document.pk for document in documents])
    for document in documents:
        document.progress = progress[document.pk]
    return documents


def _read_page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return min(max(int(text), 1), _MAX_PAGE) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _cases(request: HttpRequest) -> list[Case]:
    return list(Case.objects.visible_to(request.user).order_by("title", "pk"))
