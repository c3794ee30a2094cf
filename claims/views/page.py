"""What the pages of a case have in common: which case it is, and what stands around their content."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse

from sources.admin.lists import as_uid
from sources.admin.switching import choose_case, current_case
from sources.models import Case

from ..models import Claim


def case_of_page(request: HttpRequest) -> Case | None:
    """Return the case that `?case=` names, choosing it, or else the chosen one; None where none is chosen.

    A case that is hidden, or is none, is not found.
    """
    if "case" not in request.GET:
        return current_case(request)
    case = Case.objects.visible_to(request.user).filter(uid=read_uid(request.GET["case"])).first()
    if case is None:
        raise Http404
    enter_case(request, case)
    return case


def enter_case(request: HttpRequest, case: Case) -> None:
    """Choose the case of the page that was opened, so that what it leads to is of the same."""
    choose_case(request, case)


def find_claim(request: HttpRequest, uid: UUID) -> Claim:
    """Return the visible claim with this public id; where it was merged, what it became stands in `merged_into`."""
    claims = Claim.objects.visible_to(request.user).select_related("case", "question", "merged_into")
    claim = claims.filter(uid=uid).first()
    if claim is None:
        raise Http404
    return claim


def read_uid(text: str) -> UUID:
    """Return the public id that a text is; what is none is not found."""
    uid = as_uid(text)
    if uid is None:
        raise Http404
    return uid


def show_page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    """Return a page in the look of the admin."""
    around = {**admin.site.each_context(request), "is_nav_sidebar_enabled": False}  # its width is for the content
    return TemplateResponse(request, template, {**around, "title": title, **context})
