"""Judging how two claims stand to each other: by two questions that a person can answer, in which respects, and why."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sources.access import role_in
from sources.choices import Judgement, Role
from sources.models import Case
from sources.refusals import Refused
from sources.requests import author_of
from sources.snapshot import snapshot

from ..choices import Aspect, RelationKind
from ..conflicts import Conflict, describe_pairs
from ..contesting import tell_claims
from ..models import Claim, ClaimRelation, Statement
from ..relating import relate_claims, revise_relation, strength_of
from ..standpoint import Standpoint
from .page import enter_case, read_uid, show_page
from .refusing import told_of

_YES_NO = (("yes", "yes"), ("no", "no"))
_VERDICTS = tuple(choice for choice in Judgement.choices if choice[0] != Judgement.UNJUDGED)


class JudgementForm(forms.Form):
    """The two questions, the respects, the verdict and the reason."""

    kind = forms.ChoiceField(choices=RelationKind.choices, initial=RelationKind.CONTRADICTS, label="The first")
    both_true = forms.ChoiceField(
        choices=_YES_NO, required=False, widget=forms.RadioSelect, label="Could both be true?"
    )
    both_false = forms.ChoiceField(
        choices=_YES_NO, required=False, widget=forms.RadioSelect, label="Could both be false?"
    )
    aspects = forms.MultipleChoiceField(
        choices=Aspect.choices, required=False, widget=forms.CheckboxSelectMultiple, label="In what respect?"
    )
    judgement = forms.ChoiceField(choices=_VERDICTS, widget=forms.RadioSelect, label="Does the relation hold?")
    rationale = forms.CharField(
        required=False,
        strip=False,
        max_length=2000,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text="One or two lines that a colleague can check.",
    )

    def __init__(self, relation: ClaimRelation | None, data: Any = None) -> None:
        super().__init__(data, initial=_initial(relation) if relation is not None else None)
        if relation is not None:
            del self.fields["kind"]
            if relation.kind != RelationKind.CONTRADICTS:
                for name in ("both_true", "both_false", "aspects"):
                    del self.fields[name]
        self.relation = relation

    def clean(self) -> dict[str, Any]:
        """Ask for both answers of a contradiction."""
        values: dict[str, Any] = super().clean() or {}
        if self._kind(values) == RelationKind.CONTRADICTS:
            for name in ("both_true", "both_false"):
                if not values.get(name):
                    self.add_error(name, "of a contradiction, both questions need an answer")
        return values

    def _kind(self, values: dict[str, Any]) -> str:
        return self.relation.kind if self.relation is not None else values.get("kind", "")

    def values(self) -> dict[str, Any]:
        """Return the columns of the relation."""
        values = self.cleaned_data
        columns = {"judgement": values["judgement"], "rationale": values["rationale"].replace("\r\n", "\n")}
        if self._kind(values) == RelationKind.CONTRADICTS:
            true, false = values["both_true"] == "yes", values["both_false"] == "yes"
            columns["strength"] = strength_of(could_both_be_true=true, could_both_be_false=false)
            columns["aspects"] = values["aspects"]
        return columns


def _initial(relation: ClaimRelation) -> dict[str, Any]:
    told: dict[str, Any] = {"rationale": relation.rationale, "aspects": relation.aspects}
    if relation.judgement != Judgement.UNJUDGED:
        told["judgement"] = relation.judgement
    if relation.strength:
        told["both_true"] = "yes" if relation.strength == "tension" else "no"
        told["both_false"] = "no" if relation.strength == "contradictory" else "yes"
    return told


def judge_relation(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a relation with what is said of its two claims, and write what is held of it."""
    relations = ClaimRelation.objects.visible_to(request.user).select_related("case", "claim_a", "claim_b", "judged_by")
    relation = relations.filter(uid=uid).first()
    if relation is None:
        raise Http404
    form = JudgementForm(relation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            revise_relation(by=author_of(request), relation=relation, values=form.values())
        except (ValidationError, Refused, PermissionDenied) as refused:
            _add_errors(form, refused)
        else:
            messages.success(request, f"Judged: {Judgement(form.cleaned_data['judgement']).label}.")
            return HttpResponseRedirect(reverse("admin:judge", args=[uid]))
    return _show(request, relation.case, [relation.claim_a, relation.claim_b], form, relation=relation)


def judge_pair(request: HttpRequest) -> HttpResponse:
    """Show two statements, or two claims, and what stands between them; where nothing does, ask how they stand."""
    statements = _named(
        Statement.objects.visible_to(request.user).select_related("case", "claim"), request, "left", "right"
    )
    rows = Claim.objects.visible_to(request.user).select_related("case")
    claims: list[Any] = [row.claim for row in statements] if statements else _named(rows, request, "a", "b")
    if not claims or claims[0].case_id != claims[1].case_id:
        raise Http404
    case = claims[0].case
    conflict = _find_conflict(case, statements) if statements else None
    relations = ClaimRelation.objects.visible_to(request.user).filter(case=case)
    if claims[0] != claims[1] and conflict is None:
        between = relations.filter(claim_a__in=claims, claim_b__in=claims).order_by("pk").first()
        if between is not None:
            return HttpResponseRedirect(reverse("admin:judge", args=[between.uid]))
    form = JudgementForm(None, request.POST or None) if claims[0] != claims[1] and conflict is None else None
    if request.method == "POST" and form is not None and form.is_valid():
        relation = ClaimRelation(claim_a=claims[0], claim_b=claims[1], kind=form.cleaned_data["kind"], **form.values())
        try:
            relate_claims(by=author_of(request), case=case, relations=[relation])
        except (ValidationError, Refused, PermissionDenied) as refused:
            _add_errors(form, refused)
        else:
            messages.success(request, "Judged.")
            return HttpResponseRedirect(reverse("admin:judge", args=[relation.uid]))
    on_the_way = relations.with_uids([step.relation for step in conflict.path]) if conflict else []
    shown = list(dict.fromkeys(claims))
    return _show(request, case, shown, form, conflict=conflict, on_the_way=list(on_the_way))


def _named(rows: Any, request: HttpRequest, *names: str) -> list[Any]:
    """Return the two rows that the address names, none where it names none."""
    given = [request.GET.get(name, "") for name in names]
    if not any(given):
        return []
    found = {row.uid: row for row in rows.with_uids([read_uid(text) for text in given])}
    if any(read_uid(text) not in found for text in given):
        raise Http404
    return [found[read_uid(text)] for text in given]


def _find_conflict(case: Case, statements: list[Any]) -> Conflict | None:
    standpoint = Standpoint(case)
    one, other = statements
    mine, theirs = (standpoint.classes.side_of(row.claim_id, row.stance) for row in statements)
    if mine is None or theirs is None or not (one.is_live and other.is_live):
        return None
    meeting = standpoint.classes.opponents(mine).get(theirs)
    if meeting is None:
        return None
    return describe_pairs(standpoint, [((one.uid, one.pk), (other.uid, other.pk), meeting)])[0]


def _show(
    request: HttpRequest, case: Case, claims: list[Claim], form: JudgementForm | None, **more: Any
) -> HttpResponse:
    enter_case(request, case)
    with snapshot():
        told, counts = tell_claims(Standpoint(case), [claim.pk for claim in claims])
        role = role_in(request.user, case)
        return show_page(
            request,
            "accounts/judge.html",
            "Judge",
            case=case,
            page="review",
            claims=[(claim, told[claim.pk], counts[claim.pk]) for claim in claims],
            form=form,
            may_judge=role is not None and role.includes(Role.LEAD),
            **more,
        ).render()


def _add_errors(form: JudgementForm, refused: Exception) -> None:
    for line in told_of(refused):
        form.add_error(None, line)
