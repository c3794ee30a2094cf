"""Which page shows the thing that this public id names? Stable addresses, for links between pages and for citing."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import reverse

from sources.models import Document, Excerpt, Party

from ..models import Claim, Question, Statement
from ..templatetags.places import page_place, words_place


def _page_of_party(party: Party) -> str:
    return reverse("admin:sources_party_change", args=[party.pk])


def _page_of_document(document: Document) -> str:
    return reverse("admin:annotate", args=[document.pk])


def _page_of_claim(claim: Claim) -> str:
    return reverse("admin:dossier", args=[claim.uid])


def _page_of_question(question: Question) -> str:
    return page_place("compare", case=question.case.uid, question=question.uid)


def _page_of_statement(statement: Statement) -> str:
    return reverse("admin:claims_statement_change", args=[statement.pk])


class _Place:
    """Words of a document, as the pages that show them ask for it."""

    def __init__(self, excerpt: Excerpt) -> None:
        self.document_id, self.version = excerpt.version.document_id, excerpt.version.number
        self.start, self.end = excerpt.start, excerpt.end


def _page_of_excerpt(excerpt: Excerpt) -> str:
    return words_place(_Place(excerpt))


_Finder = tuple[Callable[[Any], QuerySet[Any]], Callable[[Any], str]]
_FINDERS: dict[str, _Finder] = {
    "party": (lambda user: Party.objects.visible_to(user).select_related("merged_into"), _page_of_party),
    "document": (lambda user: Document.objects.visible_to(user), _page_of_document),
    "claim": (lambda user: Claim.objects.visible_to(user).select_related("merged_into"), _page_of_claim),
    "question": (lambda user: Question.objects.visible_to(user).select_related("case"), _page_of_question),
    "statement": (lambda user: Statement.objects.visible_to(user), _page_of_statement),
    "excerpt": (lambda user: Excerpt.objects.visible_to(user).select_related("version"), _page_of_excerpt),
}


def go_to_place(request: HttpRequest, kind: str, uid: UUID) -> HttpResponse:
    """Lead to the page of a visible thing; one that was merged leads to what it became."""
    if kind not in _FINDERS:
        raise Http404
    rows, page_of = _FINDERS[kind]
    row = rows(request.user).filter(uid=uid).first()
    if row is None:
        raise Http404
    into = getattr(row, "merged_into", None)
    if into is not None:
        return HttpResponsePermanentRedirect(reverse("admin:place", args=[kind, into.uid]))
    return HttpResponseRedirect(page_of(row))
