"""The dossier of one claim: for, against and open, each with its chain and its sentence; and what was concluded."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import reverse

from sources.access import role_in
from sources.choices import Role
from sources.refusals import Refused
from sources.requests import author_of
from sources.snapshot import snapshot

from ..choices import Independent
from ..concluding import judge_independence, sign_conclusions
from ..dossier import Dossier, compile_dossier
from ..models import Claim, Conclusion, IndependenceJudgement, Statement
from .page import enter_case, find_claim, read_uid, show_page
from .refusing import told_of
from .standing import StandpointForm

_ENTRIES = 100  # for the claim, and open, on one page; what is against it is always whole
_MEANWHILE = "The claim was merged into this one, and nothing was written. Read this dossier, then decide anew."


class ConclusionForm(forms.Form):
    """What the lead concludes, in words."""

    text = forms.CharField(
        max_length=8000, strip=False, label="Conclusion", widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )


class IndependenceForm(forms.Form):
    """Whether two statements go back to one origin."""

    one = forms.ChoiceField(label="This statement")
    other = forms.ChoiceField(label="and this one are")
    verdict = forms.ChoiceField(choices=Independent.choices, label="")
    reason = forms.CharField(
        max_length=2000, strip=False, label="Reason", widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )

    def __init__(self, dossier: Dossier, data: Any = None) -> None:
        super().__init__(data)
        told = [entry.exhibit.statement for entry in dossier.holding]
        choices = [(str(row.uid), f"{row.speaker_label or row.voice}: {row.evidence[0][1].exact[:60]}") for row in told]
        for name in ("one", "other"):
            field: Any = self.fields[name]
            field.choices = choices
        if len(choices) > 1:
            self.fields["other"].initial = choices[1][0]


def show_dossier(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show all that there is on a claim; the address of one that was merged leads to what it became."""
    with snapshot():
        claim = find_claim(request, uid)
        if claim.merged_into is not None:
            return _lead_to(claim.merged_into)
        enter_case(request, claim.case)
        form = StandpointForm(request.GET)
        standpoint = form.standpoint(claim.case)
        after = read_uid(request.GET["after"]) if request.GET.get("after") else None
        dossier = compile_dossier(standpoint, claim, limit=_ENTRIES, after=after) if standpoint is not None else None
        context: dict[str, Any] = {}
        if dossier is not None:
            entries = _entries(dossier)
            context = {
                "independence_form": IndependenceForm(dossier) if len(dossier.holding) > 1 else None,
                "sources": list({e.exhibit.document.pk: e.exhibit.document for e in entries}.values()),
                "next_page": _next(request, dossier),
                "shown": {entry.exhibit.statement.uid for entry in entries},
                "rated": _rated(dossier),
                "n_against": len(dossier.denials) + len(dossier.rivals) + len(dossier.tensions),
            }
        role = role_in(request.user, claim.case)
        return show_page(
            request,
            "accounts/dossier.html",
            dossier.claim.text if dossier is not None else "Dossier",
            case=claim.case,
            claim=claim,
            page="dossier",
            form=form,
            dossier=dossier,
            may_conclude=role is not None and role.includes(Role.LEAD),
            conclusion_form=ConclusionForm(),
            address=request.build_absolute_uri(request.path),
            **context,
        ).render()


def sign_conclusion_view(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Sign a conclusion on the claim."""
    claim = find_claim(request, uid)
    if claim.merged_into is not None:
        messages.error(request, _MEANWHILE)
        return _lead_to(claim.merged_into)
    form = ConclusionForm(request.POST)
    back = HttpResponseRedirect(f"{reverse('admin:dossier', args=[uid])}#conclusion")
    if not form.is_valid():
        messages.error(request, "Write what you conclude before you sign it.")
        return back
    conclusion = Conclusion(claim=claim, text=form.cleaned_data["text"].replace("\r\n", "\n"))
    try:
        sign_conclusions(by=author_of(request), case=claim.case, conclusions=[conclusion])
    except (ValidationError, Refused, PermissionDenied) as refused:
        for line in told_of(refused):
            messages.error(request, line)
        return back
    messages.success(request, "Signed.")
    return back


def judge_independence_view(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Judge whether two of the claim's statements go back to one origin."""
    claim = find_claim(request, uid)
    if claim.merged_into is not None:
        messages.error(request, _MEANWHILE)
        return _lead_to(claim.merged_into)
    back = HttpResponseRedirect(f"{reverse('admin:dossier', args=[uid])}#support")
    rows = Statement.objects.visible_to(request.user).filter(case=claim.case)
    named = [rows.filter(uid=read_uid(request.POST.get(name, ""))).first() for name in ("one", "other")]
    if None in named:
        raise Http404
    judgement = IndependenceJudgement(
        statement_a=named[0],
        statement_b=named[1],
        verdict=request.POST.get("verdict", ""),
        reason=request.POST.get("reason", "").replace("\r\n", "\n"),
    )
    try:
        judge_independence(by=author_of(request), case=claim.case, judgements=[judgement])
    except (ValidationError, Refused, PermissionDenied) as refused:
        for line in told_of(refused):
            messages.error(request, line)
        return back
    messages.success(request, "Judged.")
    return back


def _lead_to(claim: Claim) -> HttpResponse:
    """Return the answer that leads from a claim that was merged to the dossier of what it became."""
    return HttpResponsePermanentRedirect(reverse("admin:dossier", args=[claim.uid]))


def _entries(dossier: Dossier) -> list[Any]:
    return [
        *dossier.holding,
        *dossier.denials,
        *dossier.rivals,
        *dossier.tensions,
        *dossier.open,
        *dossier.retractions,
    ]


def _rated(dossier: Dossier) -> list[tuple[str, str, list[Any]]]:
    """Return (axis, of what, every grade given, the oldest first), the two axes apart."""
    rows = [entry.exhibit.statement for entry in _entries(dossier)]
    speakers = {row.speaker_id: row.speaker_label or "" for row in rows if row.speaker_id is not None}
    parties = [
        ("party", label, dossier.speaker_ratings[key])
        for key, label in speakers.items()
        if key in dossier.speaker_ratings
    ]
    said = {row.pk: f"{row.speaker_label or row.voice}: {row.evidence[0][1].exact}" for row in rows}
    return parties + [("statement", words, dossier.ratings[pk]) for pk, words in said.items() if pk in dossier.ratings]


def _next(request: HttpRequest, dossier: Dossier) -> str:
    """Return where the statements that found no room stand."""
    if dossier.next_after is None:
        return ""
    query = request.GET.copy()
    query["after"] = str(dossier.next_after)
    return f"?{query.urlencode()}"
