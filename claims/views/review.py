"""What waits for a judgement: statements to accept or reject, and proposed relations; and what was judged lately."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sources.access import role_in
from sources.admin.history import visible_changes
from sources.admin.lists import read_key
from sources.admin.stale import tell_stale
from sources.admin.switching import ask_for_case
from sources.choices import Role
from sources.models import Case
from sources.refusals import Refused, Stale
from sources.requests import author_of
from sources.snapshot import snapshot

from ..choices import Review
from ..exhibiting import show_statements
from ..models import ClaimRelation, Statement
from ..recording import review_statements
from ..standpoint import Standpoint
from .page import case_of_page, read_uid, show_page
from .refusing import tell_gone, told_of

_SHOWN = 20  # statements on one page, and proposals
_LATELY = 8  # acts of judging
_ACTS = ("review_statement", "relate_claims", "revise_claimrelation", "sign_conclusion", "judge_independence", "undo")
_REVIEWS = {"accept": Review.ACCEPTED, "reject": Review.REJECTED, "draft": Review.DRAFT}


def show_review(request: HttpRequest) -> HttpResponse:
    """Show what waits, the oldest first, or write the reviews that were chosen; where they are refused, say why."""
    case = case_of_page(request)
    if case is None:
        return ask_for_case(request)
    chosen: dict[UUID, int] = {}
    if request.method == "POST":
        review, chosen = _read_chosen(request)
        if _write_reviews(request, case, review, chosen):
            return HttpResponseRedirect(_back_to(request))
    with snapshot():
        live = Statement.objects.visible_to(request.user).filter(case=case).live().filter(review=Review.DRAFT)
        n_waiting = live.count()
        if request.GET.get("after"):
            live = live.filter(uid__gt=read_uid(request.GET["after"]))
        keys = list(live.order_by("uid").values_list("pk", flat=True)[: _SHOWN + 1])
        shown = show_statements(Standpoint(case), keys[:_SHOWN])
        relations = ClaimRelation.objects.visible_to(request.user).filter(case=case)
        proposals = relations.proposals().select_related("claim_a", "claim_b").order_by("uid")
        unsure = relations.filter(judgement="unsure").select_related("claim_a", "claim_b", "judged_by").order_by("uid")
        role = role_in(request.user, case)
        waiting = [shown[key] for key in keys[:_SHOWN]]
        return show_page(
            request,
            "accounts/review.html",
            "Review",
            case=case,
            page="review",
            waiting=waiting,
            chosen=chosen,
            n_waiting=n_waiting,
            next_page=f"?after={waiting[-1].statement.uid}" if len(keys) > _SHOWN else "",
            proposals=list(proposals[:_SHOWN]),
            n_proposals=proposals.count(),
            unsure=list(unsure[:_SHOWN]),
            may_judge=role is not None and role.includes(Role.LEAD),
            lately=_lately(request, case),
        ).render()


def _lately(request: HttpRequest, case: Case) -> list[Any]:
    acts = visible_changes(request).filter(case_uid=case.uid, act__in=_ACTS)
    return list(acts.select_related("actor").order_by("-sequence")[:_LATELY])


def _read_chosen(request: HttpRequest) -> tuple[Review, dict[UUID, int]]:
    """Return the review that was chosen, and for which statements: the revision at which each was shown, by its uid."""
    act, _, single = request.POST.get("act", "").partition(":")
    if act not in _REVIEWS:
        raise Http404
    chosen = {}
    for named in [single] if single else request.POST.getlist("statement"):
        uid, _, revision = named.partition(":")
        seen = read_key(revision)
        if seen is None:
            raise Http404
        chosen[read_uid(uid)] = seen
    return _REVIEWS[act], chosen


def _write_reviews(request: HttpRequest, case: Case, review: Review, chosen: dict[UUID, int]) -> bool:
    """Write one review of the statements as they were shown, by one act, and tell whether it was; say why if not.

    What is hidden, or never was, is not found.
    """
    if not chosen:
        messages.warning(request, "Choose statements first.")
        return False
    rows = Statement.objects.visible_to(request.user).filter(case=case).with_uids(chosen)
    found = {row.uid: row for row in rows}
    if gone := chosen.keys() - found.keys():
        for uid in list(gone)[:_SHOWN]:
            tell_gone(request, Statement, uid)
        return False
    for uid, row in found.items():
        row.revision = chosen[uid]
    try:
        review_statements(by=author_of(request), case=case, statements=list(found.values()), review=review)
    except Stale as refused:
        others = [row for row in rows.select_related("speaker", "claim") if row.revision != chosen[row.uid]]
        for told in [tell_stale(row, chosen[row.uid], request) for row in others[:_SHOWN]] or [str(refused)]:
            messages.error(request, told)
        return False
    except (ValidationError, Refused, PermissionDenied) as refused:
        for line in told_of(refused):
            messages.error(request, line)
        return False
    n = len(found)
    messages.success(request, f"{n} statement{'' if n == 1 else 's'}: {review.label}. The ledger below takes it back.")
    return True


def _back_to(request: HttpRequest) -> str:
    after = request.GET.get("after")
    return reverse("admin:review") + (f"?after={read_uid(after)}" if after else "")
