"""Judging how two claims stand to each other: by two questions that a person can answer, in which respects, and why."""

from copy import copy
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from sources.access import role_in
from sources.admin.stale import show_stale
from sources.choices import Judgement, Role
from sources.models import Case
from sources.refusals import Refused, Stale
from sources.requests import author_of
from sources.snapshot import snapshot

from ..admin.two_questions import TwoQuestions
from ..choices import RelationKind
from ..conflicts import Conflict, describe_pairs
from ..contesting import tell_claims
from ..models import Claim, ClaimRelation, Statement
from ..relating import relate_claims, revise_relation
from ..standpoint import Standpoint
from .page import enter_case, read_uid, show_page
from .refusing import tell_gone, told_of

_VERDICTS = tuple(choice for choice in Judgement.choices if choice[0] != Judgement.UNJUDGED)


class JudgementForm(TwoQuestions):
    """The two questions, the respects, the verdict and the reason; of a relation, with the revision that was shown."""

    kind = forms.ChoiceField(choices=RelationKind.choices, initial=RelationKind.CONTRADICTS, label="The first")
    judgement = forms.ChoiceField(choices=_VERDICTS, widget=forms.RadioSelect, label="Does the relation hold?")
    rationale = forms.CharField(
        required=False,
        strip=False,
        max_length=2000,
        label="Reason",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text="One or two lines that a colleague can check.",
    )
    revision_seen = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={"required": "This does not say what it is a judgement of: look again."},
    )
    field_order = ("kind",)

    def __init__(self, relation: ClaimRelation | None, data: Any = None) -> None:
        super().__init__(data)
        if relation is None:
            del self.fields["revision_seen"]
        else:
            self.initial = self._say(relation)
            del self.fields["kind"]
            if relation.kind != RelationKind.CONTRADICTS:
                for name in ("both_true", "both_false", "aspects"):
                    del self.fields[name]
        self.relation = relation

    def _say(self, relation: ClaimRelation) -> dict[str, Any]:
        """Return what the form says of a relation before anything is typed."""
        told = {"rationale": relation.rationale, "aspects": relation.aspects, "revision_seen": relation.revision}
        if relation.judgement != Judgement.UNJUDGED:
            told["judgement"] = relation.judgement
        return {**told, **self.answer(relation.strength)}

    def kind_of(self, values: dict[str, Any]) -> str:
        """Return the kind of the relation, or the one that was chosen."""
        return self.relation.kind if self.relation is not None else str(values.get("kind", ""))

    def values(self) -> dict[str, Any]:
        """Return the columns of the relation."""
        values = self.cleaned_data
        columns = {"judgement": values["judgement"], "rationale": values["rationale"].replace("\r\n", "\n")}
        if values["strength"]:
            columns |= {"strength": values["strength"], "aspects": values["aspects"]}
        return columns


def judge_relation(request: HttpRequest, uid: UUID) -> HttpResponse:
    """Show a relation with what is said of its two claims, and write what is held of it."""
    relations = ClaimRelation.objects.visible_to(request.user).select_related("case", "claim_a", "claim_b", "judged_by")
    relation = relations.filter(uid=uid).first()
    if relation is None:
        tell_gone(request, ClaimRelation, uid)
        return HttpResponseRedirect(reverse("admin:review"))
    form = JudgementForm(relation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        shown = copy(relation)
        shown.revision = form.cleaned_data["revision_seen"]
        try:
            revise_relation(by=author_of(request), relation=shown, values=form.values())
        except Stale as refused:
            show_stale(form, relation, refused, request)
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
    form, between = None, None
    if claims[0] != claims[1] and (conflict is None or request.method == "POST"):  # what was typed is not lost
        form = JudgementForm(None, request.POST or None)
        between = relations.filter(claim_a__in=claims, claim_b__in=claims).order_by("pk").first()
    if between is not None and request.method != "POST":
        return HttpResponseRedirect(reverse("admin:judge", args=[between.uid]))
    if between is not None and form is not None and form.is_valid():
        _tell_related(form, between)
    elif request.method == "POST" and form is not None and form.is_valid():
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


def _tell_related(form: JudgementForm, between: ClaimRelation) -> None:
    """Say that someone else has related the two since the page was drawn; what was typed stays."""
    told = format_html(
        'Someone else has related these two in the meantime: <a href="{}">{}, {}</a>. '
        "Nothing of yours is saved, and all that you typed is still here.",
        reverse("admin:judge", args=[between.uid]),
        between.get_kind_display(),
        between.get_judgement_display(),
    )
    form.add_error(None, told)


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
