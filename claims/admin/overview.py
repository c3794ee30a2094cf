"""What the first page shows: the case at a glance, contested things first."""

from typing import Any

from django.http import HttpRequest

from sources.admin.history import visible_changes
from sources.admin.switching import current_case
from sources.models import Case, Document
from sources.snapshot import snapshot

from ..choices import Review
from ..conflicts import WITHOUT, count_conflicts, find_conflicts
from ..models import ClaimRelation, Statement

_SHOWN = 12  # conflicts, documents and acts on the first page


def overview_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the first page shows of the chosen case; without one, the cases to choose from."""
    with snapshot():
        case = current_case(request)
        if case is None:
            return {"cases": _cases(request)}
        live = Statement.objects.live().filter(case=case)
        counts = count_conflicts(case)
        return {
            "case": case,
            "conflicts": find_conflicts(case, tensions=WITHOUT, limit=_SHOWN),
            "n_conflicts": sum(n for strength, n in counts.items() if strength != "tension"),
            "n_tensions": counts["tension"],
            "n_live": live.count(),
            "n_waiting": live.filter(review=Review.DRAFT).count(),
            "n_proposals": ClaimRelation.objects.filter(case=case).proposals().count(),
            "documents": list(Document.objects.filter(case=case).select_related("publisher").order_by("-pk")[:_SHOWN]),
            "changes": list(
                visible_changes(request)
                .filter(case_uid=case.uid)
                .select_related("actor")
                .order_by("-sequence")[:_SHOWN]
            ),
        }


def _cases(request: HttpRequest) -> list[Case]:
    return list(Case.objects.visible_to(request.user).order_by("title", "pk"))
