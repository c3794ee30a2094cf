"""Two to four accounts, or documents, side by side: what each does about each claim, in whose words."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import admin
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from sources.admin.forms import InCaseAutocomplete
from sources.admin.lists import read_key
from sources.admin.switching import ask_for_case
from sources.models import Case
from sources.snapshot import snapshot

from ..accounts import MIN_COLUMNS
from ..comparison import Collision, Comparison, Row, compare
from ..contesting import suggest_accounts
from ..models import Claim, Question
from ..tallying import RowPlace
from .page import case_of_page, show_page
from .standing import Sides, SlotsForm, StandpointForm, unchanged

_ROWS = 60  # of one page
_MAX_QUESTIONS = 300  # that are offered as a filter
_SALT = "place in a comparison"


class CompareForm(StandpointForm):
    """What of a comparison is shown."""

    question = forms.ModelChoiceField(
        Question.objects.none(), required=False, to_field_name="uid", empty_label="all questions"
    )
    only_conflicts = forms.BooleanField(required=False, label="only conflicts")
    field_order = ("question", "as_of", "only_conflicts", "accepted_only")

    def __init__(self, request: HttpRequest, case: Case) -> None:
        super().__init__(request.GET)
        questions = _questions(request, case)
        choice: Any = self.fields["question"]
        choice.queryset = questions
        self.is_long = False  # more than a list of choices can hold: found by typing
        if request.GET.get("as_of") and (standpoint := StandpointForm(request.GET).standpoint(case)) is not None:
            of_claims = standpoint.questions_of_claims()  # a question asked later would tell of what was not known
            claims = {row.claim_id for row in standpoint.statements.find()}
            choice.queryset = questions.filter(pk__among={of_claims[claim] for claim in claims & of_claims.keys()})
        offered = list(choice.queryset[: _MAX_QUESTIONS + 1])
        self.is_long = len(offered) > _MAX_QUESTIONS
        choice.widget.choices = [("", choice.empty_label), *((str(row.uid), row.text) for row in offered)]


class AskedForm(forms.Form):
    """The question that is shown, found by typing; a comparison is led to under the address that can be shared."""

    def __init__(self, questions: Any, case: Case, chosen: Question | None) -> None:
        super().__init__()
        column: Any = Claim._meta.get_field("question")
        self.fields["asked"] = forms.ModelChoiceField(
            questions,
            required=False,
            label="Question",
            initial=chosen.pk if chosen is not None else None,
            widget=InCaseAutocomplete(column, admin.site, case=case),
        )


@dataclass(frozen=True)
class Group:
    """Rows that stand together: the answers to one question, or claims that contradict each other."""

    question: str
    question_uid: object
    rows: list[Row]
    collisions: list[Collision]


def show_comparison(request: HttpRequest) -> HttpResponse:
    """Show the accounts that the address names, or, where it names none, those that collide over most claims."""
    case = case_of_page(request)
    if case is None:
        return ask_for_case(request)
    if any(name.startswith("slot") or name == "asked" for name in request.GET):
        return _go_to_chosen(request, case)
    with snapshot():
        sides = Sides.read(request, case)
        form = CompareForm(request, case)
        standpoint = form.standpoint(case)
        suggested = False
        if standpoint is not None and not sides.chosen and not sides.by_document:
            question = form.cleaned_data["question"]
            sides, suggested = Sides(False, [[party] for party in suggest_accounts(standpoint, question)]), True
        columns = sides.gather(standpoint) if standpoint is not None else []
        comparison = None
        if standpoint is not None and len(columns) >= MIN_COLUMNS:
            comparison = compare(
                standpoint,
                columns=columns,
                question=form.cleaned_data["question"],
                only_conflicts=form.cleaned_data["only_conflicts"],
                after=_read_place(request.GET.get("after")),
                limit=_ROWS,
            )
        rows = comparison.rows if comparison else []
        return show_page(
            request,
            "accounts/compare.html",
            "Compare",
            case=case,
            page="compare",
            form=form,
            asked=_ask(request, case, form),
            slots=SlotsForm(request, case, sides),
            carried=unchanged(request.GET, ("after", "account", "document", "by", "asked", *form.fields)),
            sides=sides,
            suggested=suggested,
            columns=columns,
            n_columns=len(columns) + 1,
            one_document=all(column.n_documents == 1 for column in columns),
            comparison=comparison,
            groups=_group(rows, comparison),
            sources=_sources(rows),
            n_rows=sum(comparison.n_rows.values()) if comparison else 0,
            next_page=_next(request, comparison),
            exports=_exports(request, case, sides),
        ).render()


def _go_to_chosen(request: HttpRequest, case: Case) -> HttpResponse:
    by_document = request.GET.get("by") == "document"
    form = SlotsForm(request, case, Sides(by_document), request.GET)
    if not form.is_valid():
        raise Http404
    query = form.query(_read_asked(request, case), "document" if by_document else "account")
    if by_document and "document=" not in query:
        query = f"{query}&by=document".lstrip("&")
    return HttpResponseRedirect(f"{reverse('admin:compare')}?{query}")


def _questions(request: HttpRequest, case: Case) -> Any:
    return Question.objects.visible_to(request.user).filter(case=case).order_by("text", "pk")


def _ask(request: HttpRequest, case: Case, form: CompareForm) -> Any:
    """Return the field in which a question is typed where there are too many to choose from; else None."""
    if not form.is_long:
        return None
    return AskedForm(_questions(request, case), case, getattr(form, "cleaned_data", {}).get("question"))["asked"]


def _read_asked(request: HttpRequest, case: Case) -> QueryDict:
    """Return what the address says, with the question that was typed as the API names it."""
    given = request.GET.copy()
    if "asked" in given:
        given["question"], key = "", given.pop("asked")[-1]
        if key:
            question = _questions(request, case).filter(pk=read_key(key)).first()
            if question is None:
                raise Http404
            given["question"] = str(question.uid)
    return given


def _group(rows: Iterable[Row], comparison: Comparison | None) -> list[Group]:
    groups = []
    collisions = comparison.collisions if comparison else []
    for _, found in groupby(rows, key=lambda row: row.place[:3]):
        together = list(found)
        claims = {claim.pk for row in together for claim in (row.claim, *row.wordings)}
        own = [c for c in collisions if {c.conflict.left.claim_id, c.conflict.right.claim_id} & claims]
        first = next((row.claim for row in together if row.claim.question_text), together[0].claim)
        groups.append(Group(first.question_text or "", first.question, together, own))
    return groups


def _sources(rows: Iterable[Row]) -> list[Any]:
    """Return the documents that the rows quote, each once."""
    tellings = (telling for row in rows for cell in row.cells for telling in cell.tellings)
    return list({telling.exhibit.document.pk: telling.exhibit.document for telling in tellings}.values())


def _read_place(text: str | None) -> RowPlace | None:
    if not text:
        return None
    try:
        return RowPlace(*signing.loads(text, salt=_SALT))
    except (signing.BadSignature, TypeError):
        raise Http404 from None


def _next(request: HttpRequest, comparison: Comparison | None) -> str:
    if comparison is None or not comparison.more:
        return ""
    query = request.GET.copy()
    query["after"] = signing.dumps(list(comparison.rows[-1].place), salt=_SALT)
    return f"?{query.urlencode(safe=',')}"


def _exports(request: HttpRequest, case: Case, sides: Sides) -> list[tuple[str, str]]:
    """Return where the same cells are read by programs."""
    address = reverse("cases-comparison", args=[case.uid])
    query = request.GET.copy()
    for name in ("case", "after", "by", "account", "document"):
        query.pop(name, None)
    query.setlist(
        "document" if sides.by_document else "account", [",".join(str(r.uid) for r in s) for s in sides.chosen]
    )
    for name in [name for name, value in query.items() if value == ""]:
        query.pop(name)
    for name in ("only_conflicts", "accepted_only"):
        if name in query:
            query[name] = "true"
    plain = query.urlencode(safe=",")
    return [("CSV", f"{address}?{plain}&format=csv"), ("JSON", f"{address}?{plain}")]
