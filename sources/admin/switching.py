"""In which case does the analyst work just now? Chosen in the header of every page, and remembered with the session."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from ..access import roles_in
from ..choices import Role
from ..models import Case
from .lists import as_uid

_KEY = "case"


def current_case(request: HttpRequest) -> Case | None:
    """Return the case that was chosen, or the only one there is; None for all cases.

    A case that the user may not see any more counts as not chosen. A window that was opened beside a form is about the
    case of that form, which its address names. Asked once a request.
    """
    if not hasattr(request, "_current_case"):
        cases = Case.objects.visible_to(request.user)
        found = _read_case(request, request.GET.get("case", "")) if IS_POPUP_VAR in request.GET else None
        chosen = request.session.get(_KEY)
        if found is None and chosen:
            found = cases.filter(uid=chosen).first()
        if found is None:
            some = list(cases.order_by("pk")[:2])
            found = some[0] if len(some) == 1 else None
        request._current_case = found
    case: Case | None = request._current_case
    return case


def choose_case(request: HttpRequest, case: Case | None) -> None:
    """Remember a choice; one that was made already is not written again."""
    chosen = str(case.uid) if case else ""
    if request.session.get(_KEY) != chosen:
        request.session[_KEY] = chosen
    request._current_case = case


def look_at_case(request: HttpRequest, case: Case | None) -> None:
    """Be in this case for one page, which shows a row of it; the choice stands."""
    if case is not None:
        request._current_case = case


def cases_to_write_in(request: HttpRequest) -> list[Case]:
    """Return the cases in which the user may annotate."""
    cases = list(Case.objects.visible_to(request.user).order_by("title", "pk"))
    roles = roles_in(request.user, cases)
    return [case for case in cases if (role := roles[case.pk]) is not None and role.includes(Role.ANNOTATOR)]


def switch_case(request: HttpRequest) -> HttpResponse:
    """Choose the case named in the form, or all where it names none, and go back to the page."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("admin:index")
    if request.method == "POST":
        choose_case(request, _read_case(request, request.POST.get("case", "")))
    return HttpResponseRedirect(target)


def ask_for_case(request: HttpRequest) -> HttpResponse:
    """Send back to the first page whoever adds something while no case is chosen."""
    messages.warning(request, "Choose a case first: what is added belongs to one.")
    return HttpResponseRedirect(reverse("admin:index"))


def _read_case(request: HttpRequest, text: str) -> Case | None:
    uid = as_uid(text)
    return Case.objects.visible_to(request.user).filter(uid=uid).first() if uid else None


def case_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the header of every page shows."""
    if not request.user.is_authenticated:
        return {}
    cases = Case.objects.visible_to(request.user).order_by("title", "pk").values_list("uid", "title")
    return {"case_choices": [(str(uid), title) for uid, title in cases], "current_case": current_case(request)}
