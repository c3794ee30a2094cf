"""What may a list be asked by its address?

Django takes any column, by any lookup, for a filter: words for a pattern that the database reads for minutes, numbers
that it cannot hold. A list here is asked by the filters that it offers.
"""

from typing import Any
from uuid import UUID

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import DataError
from django.http import HttpRequest

from ..text import can_be_searched


class AskedList(ChangeList):
    """A list that takes what its own filters offer, and nothing that a database cannot hold."""

    def get_filters(self, request: HttpRequest) -> Any:
        """Return the filters and what they were asked; refuse what none of them takes."""
        asked = [value for values in self.filter_params.values() for value in values]
        if any("\0" in value for value in asked) or not can_be_searched(self.query):
            raise IncorrectLookupParameters
        found = super().get_filters(request)
        # A case that is named while another is chosen: the list keeps to the chosen one, and offers no filter for it.
        found[2].pop("case", None)
        if found[2]:
            raise DisallowedModelAdminLookup(f"This list is not filtered by {', '.join(found[2])}.")
        return found

    def get_results(self, request: HttpRequest) -> None:
        """Read the page of rows; what turns out too large for the database was no filter."""
        try:
            super().get_results(request)
        except (DataError, OverflowError) as error:
            raise IncorrectLookupParameters from error


class Listing:
    """An admin whose list is such a one."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that is asked by its own filters."""
        return AskedList

    def get_action_choices(self: Any, request: HttpRequest, default_choices: Any = (("", "Choose …"),)) -> Any:
        """Offer the acts under words, not under a line."""
        return super().get_action_choices(request, list(default_choices))

    def response_action(self: Any, request: HttpRequest, queryset: Any) -> Any:
        """Do an act on the rows that are ticked, those left out that no row can be."""
        ticked = [key for key in request.POST.getlist("_selected_action") if read_key(key) is not None]
        given: Any = request.POST.copy()
        given.setlist("_selected_action", ticked)
        request.POST = given
        return super().response_action(request, queryset)


def read_key(text: str) -> int | None:
    """Return the key of a row that a text is; None where no database holds it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def as_uid(text: str) -> UUID | None:
    """Return the public id that a text is; None where it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
