"""Filters of lists that offer only what their user may see."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from ..models import Case
from .switching import current_case

_OFFERED = 100  # more are found by the search, or in the list of what is looked for


class CaseFilter(admin.SimpleListFilter):
    """The rows of one case, or of the shared register."""

    title = "case"
    parameter_name = "case"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return the cases that the user may see."""
        cases = Case.objects.visible_to(request.user).order_by("title", "pk")
        named = [(str(uid), title) for uid, title in cases.values_list("uid", "title")]
        return [*named, ("shared", "the shared register")] if hasattr(model_admin.model.objects, "usable_in") else named

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows of the case chosen."""
        if self.value() not in {value for value, _ in self.lookup_choices}:
            return queryset
        return queryset.filter(case=None) if self.value() == "shared" else queryset.filter(case__uid=self.value())


class OfCaseFilter(admin.SimpleListFilter):
    """Rows that point to one thing of the case; offered are those that something points to, a hundred at most."""

    lookup = ""

    def offered(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what may be chosen."""
        raise NotImplementedError

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what may be chosen, by public id."""
        case = current_case(request)
        rows = self.offered(request)
        if case is not None:
            rows = rows.filter(pk__in=model_admin.model._default_manager.filter(case=case).values(self.lookup))
        return [(str(row.uid), str(row)) for row in rows.order_by("pk")[:_OFFERED]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the rows that point to what was chosen."""
        if self.value() not in {value for value, _ in self.lookup_choices}:
            return queryset
        return queryset.filter(**{f"{self.lookup}__uid": self.value()})
