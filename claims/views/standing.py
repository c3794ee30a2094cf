"""From where is a page read, and by which sides? What the pages' forms have in common."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteMixin
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.http import Http404, HttpRequest, QueryDict

from sources.admin.forms import FoundInCase
from sources.admin.lists import read_key
from sources.models import Case, Document, DocumentVersion, Party

from ..accounts import MAX_COLUMNS, Column, find_sides, gather_accounts, gather_documents
from ..models import Statement
from ..standpoint import Standpoint


class _SeveralOfCase(FoundInCase, AutocompleteMixin, forms.SelectMultiple):
    """Several choices of one case."""

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        """Leave out the cross that clears all: it is no item of the list in which it would stand."""
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        return {**attrs, "data-allow-clear": "false"}


class _Rows(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic for mypy alone
    """Several rows by their keys, none of which is larger than a database holds."""

    def clean(self, value: Any) -> Any:
        """Return the rows."""
        if any(read_key(str(key)) is None for key in value or ()):
            raise ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        return super().clean(value)


class SlotsForm(forms.Form):
    """Up to four sides, each of one or several parties, or each one document."""

    def __init__(self, request: HttpRequest, case: Case, sides: "Sides", data: Any = None) -> None:
        super().__init__(data)
        column: Any
        if sides.by_document:
            rows: Any = Document.objects.visible_to(request.user).filter(case=case)
            column, name = DocumentVersion._meta.get_field("document"), "Document"
        else:
            rows = Party.objects.visible_to(request.user).usable_in(case)
            column, name = Statement._meta.get_field("speaker"), "Account"
        for number in range(MAX_COLUMNS):
            chosen = sides.chosen[number] if number < len(sides.chosen) else ()
            self.fields[f"slot{number + 1}"] = _Rows(
                rows,
                required=False,
                label=f"{name} {number + 1}",
                initial=[row.pk for row in chosen],
                widget=_SeveralOfCase(column, admin.site, case=case, attrs={"aria-label": f"{name} {number + 1}"}),
            )

    def query(self, given: QueryDict, name: str) -> str:
        """Return the query string that names the chosen sides as the API does, with the filters as they were."""
        kept = given.copy()
        for number in range(MAX_COLUMNS):
            kept.pop(f"slot{number + 1}", None)
        for stale in ("account", "document", "after", "before", "by"):
            kept.pop(stale, None)
        chosen = [self.cleaned_data[f"slot{number + 1}"] for number in range(MAX_COLUMNS)]
        if name == "document":
            chosen = [[row] for rows in chosen for row in rows]
        sides = [",".join(str(row.uid) for row in rows) for rows in chosen if rows]
        kept.setlist(name, sides[:MAX_COLUMNS])
        for key in [key for key, value in kept.items() if value == ""]:
            kept.pop(key)
        return kept.urlencode(safe=",")


@dataclass(frozen=True)
class Sides:
    """Which accounts, or which documents, are compared."""

    by_document: bool = False
    chosen: list[list[Any]] = field(default_factory=list)

    @classmethod
    def read(cls, request: HttpRequest, case: Case) -> "Sides":
        """Return the sides that the address names; what is hidden or absent is not found."""
        documents = request.GET.getlist("document")
        if documents or request.GET.get("by") == "document":
            return cls(True, _find(Document.objects.visible_to(request.user).filter(case=case), documents, most=1))
        accounts = request.GET.getlist("account")
        return cls(False, _find(Party.objects.visible_to(request.user).usable_in(case), accounts))

    def gather(self, standpoint: Standpoint) -> list[Column]:
        """Return the columns, each party with those that belong to it."""
        if self.by_document:
            return gather_documents(standpoint, [row for rows in self.chosen for row in rows])
        return gather_accounts(standpoint, self.chosen) if self.chosen else []


def _find(rows: Any, named: Sequence[str], **most: int) -> list[list[Any]]:
    """Return the sides that are named; an address that names what is none, or is not there, is not found."""
    try:
        return find_sides(rows, [text for text in named if text][:MAX_COLUMNS], **most)
    except (ValidationError, ObjectDoesNotExist):
        raise Http404 from None


class StandpointForm(forms.Form):
    """As of which day, and by what."""

    as_of = forms.DateField(
        required=False, label="As of", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    accepted_only = forms.BooleanField(required=False, label="accepted statements only")

    def standpoint(self, case: Case) -> Standpoint | None:
        """Return the standpoint that was asked for; None where what was typed cannot be read."""
        if not self.is_valid():
            return None
        values = self.cleaned_data
        return Standpoint(case, as_of=values.get("as_of"), accepted_only=values.get("accepted_only", False))


def unchanged(given: QueryDict, leaving_out: Iterable[str]) -> list[tuple[str, str]]:
    """Return the parameters that another form of the page carries along."""
    dropped = set(leaving_out)
    return [(name, value) for name, values in given.lists() if name not in dropped for value in values]
