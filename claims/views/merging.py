"""Two parties, or two claims, turn out to be one: which it is, what would become of everything, and the act."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sources.access import role_in
from sources.admin.forms import FoundInCase
from sources.admin.history import visible_changes
from sources.admin.lists import read_key
from sources.choices import Role
from sources.ledger import Author
from sources.models import Case, Change, Party, Record
from sources.refusals import Refused, Stale
from sources.requests import author_of
from sources.snapshot import snapshot

from ..merging import Merger, merge_claim, merge_party, plan_claim_merger, plan_party_merger
from ..models import Claim, Statement
from .page import enter_case, read_uid, show_page
from .refusing import tell_gone, told_of


class _OneOfCase(FoundInCase, AutocompleteMixin, forms.Select):
    """One choice found by typing, among the rows of one case and the shared ones."""


_LATELY = 8  # acts that are told of where a plan has changed


class _Sort(NamedTuple):
    """How one sort of thing is found, planned and merged."""

    model: type[Record]
    rows: Callable[[HttpRequest], Any]
    usable_in: Callable[[Any, Case | None], Any]
    column: str  # of a statement, by which it is typed
    plan: Callable[[Any, Any], Merger]
    merge: Callable[[Author, Any, Any, str], Any]


_SORTS = {
    "party": _Sort(
        Party,
        lambda request: Party.objects.visible_to(request.user).select_related("case"),
        lambda rows, case: rows.usable_in(case),
        "speaker",
        plan_party_merger,
        lambda by, party, into, seen: merge_party(by=by, party=party, into=into, seen=seen),
    ),
    "claim": _Sort(
        Claim,
        lambda request: Claim.objects.visible_to(request.user).select_related("case"),
        lambda rows, case: rows.filter(case=case),
        "claim",
        plan_claim_merger,
        lambda by, claim, into, seen: merge_claim(by=by, claim=claim, into=into, seen=seen),
    ),
}


class MergerForm(forms.Form):
    """The one that remains."""

    def __init__(self, kind: str, rows: Any, case: Case | None, chosen: Any = None) -> None:
        super().__init__()
        column: Any = Statement._meta.get_field(_SORTS[kind].column)
        self.fields["target"] = forms.ModelChoiceField(
            rows,
            required=False,
            label=f"The {kind} that it is",
            initial=chosen.pk if chosen is not None else None,
            widget=_OneOfCase(column, admin.site, case=case),
        )


def show_merger(request: HttpRequest, kind: str, uid: UUID) -> HttpResponse:
    """Ask which it is, show what would become of everything, and do it once that is confirmed."""
    if kind not in _SORTS:
        raise Http404
    sort = _SORTS[kind]
    rows = sort.rows(request)
    source = rows.filter(uid=uid).first()
    if source is None:
        tell_gone(request, sort.model, uid)
        return HttpResponseRedirect(reverse("admin:index"))
    if source.case is not None:
        enter_case(request, source.case)
    candidates = sort.usable_in(rows, source.case).filter(merged_into=None).exclude(pk=source.pk)
    address = reverse("admin:merge", args=[kind, uid])
    if request.GET.get("target"):  # as typed: led to under the address that can be shared
        chosen = candidates.filter(pk=read_key(request.GET["target"])).first()
        if chosen is None:
            raise Http404
        return HttpResponseRedirect(f"{address}?into={chosen.uid}")
    into = None
    if request.GET.get("into"):
        uid_of_into = read_uid(request.GET["into"])
        into = candidates.filter(uid=uid_of_into).first()
        if into is None:
            if request.method == "POST" and rows.filter(uid=uid_of_into).exists():
                messages.error(request, f"This {kind} was itself merged into another in the meantime.")
            else:
                tell_gone(request, sort.model, uid_of_into)
            return HttpResponseRedirect(address)
    since: list[Change] = []
    if request.method == "POST" and into is not None:
        seen = request.POST.get("plan") or "none"  # without one, anything would be done
        try:
            sort.merge(author_of(request), source, into, seen)
        except Stale:
            messages.error(
                request, "What would become of everything is not what it was when you looked. Nothing is merged yet."
            )
            since = _done_since(request, source.case)
        except (ValidationError, Refused, PermissionDenied) as refused:
            for line in told_of(refused):
                messages.error(request, line)
            return HttpResponseRedirect(f"{address}?into={into.uid}")
        else:
            messages.success(request, f"“{source}” is “{into}” now. The ledger takes it back.")
            return HttpResponseRedirect(reverse("admin:place", args=[kind, into.uid]))
    with snapshot():
        plan = sort.plan(source, into) if into is not None else None
        newest = visible_changes(request).order_by("-sequence").values_list("sequence", flat=True)[:1]
        role = role_in(request.user, source.case)
        return show_page(
            request,
            "accounts/merge.html",
            "Merge",
            case=source.case,
            page="review",
            kind=kind,
            source=source,
            into=into,
            plan=plan,
            newest=next(iter(newest), "") if plan is not None else "",
            since=since,
            dropped=_dropped(request, plan),
            form=MergerForm(kind, candidates, source.case, into),
            may_merge=role is not None and role.includes(Role.LEAD),
        ).render()


def _done_since(request: HttpRequest, case: Case | None) -> list[Change]:
    """Return the newest of what was done in the case, and in the shared register, since the page was drawn."""
    acts = visible_changes(request).filter(Q(case_uid=case.uid if case else None) | Q(case_uid=None))
    looked = read_key(request.POST.get("newest", "")) or 0
    return list(acts.filter(sequence__gt=looked).select_related("actor").order_by("-sequence")[:_LATELY])


def _dropped(request: HttpRequest, plan: Merger | None) -> list[str]:
    """Return what would go, as far as it may be seen."""
    keys: dict[Any, list[int]] = {}
    for row in plan.dropped if plan is not None else []:
        keys.setdefault(type(row), []).append(row.pk)
    return [
        f"{row._meta.verbose_name}: {row}"
        for model, pks in keys.items()
        for row in model._default_manager.visible_to(request.user).filter(pk__in=pks).select_related().order_by("pk")
    ]
