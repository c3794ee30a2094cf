"""Ratings on both axes: given, never changed. Who thinks otherwise rates again; a slip is taken back in the ledger."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from sources.admin.base import RecordAdmin
from sources.admin.forms import RecordForm
from sources.admin.inlines import ReadOnlyInline
from sources.ledger import By
from sources.models import Case, ReliabilityRating

from ..models import CredibilityRating
from ..rating import rate_parties, rate_statements


class RatingAdmin(RecordAdmin):
    """What is the same of both axes."""

    is_changed_here = False  # nor deleted: every rating is kept
    radio_fields = {"grade": admin.VERTICAL}


@admin.register(ReliabilityRating)
class ReliabilityRatingAdmin(RatingAdmin):
    list_display = ("party", "grade", "rationale", "analyst", "rated_at", "case")
    list_display_links = ("party", "grade")
    list_filter = ("grade",)
    list_select_related = ("party", "analyst", "case")
    fields = ("party", "grade", "rationale", "analyst", "rated_at")
    readonly_fields = ("analyst", "rated_at")
    autocomplete_fields = ("party",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask only for what is not known."""
        return self.fields if obj is not None else ("party", "grade", "rationale")

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Rate the party, in this case."""
        rate_parties(by=by, case=case, ratings=[form.instance])


@admin.register(CredibilityRating)
class CredibilityRatingAdmin(RatingAdmin):
    list_display = ("statement", "grade", "rationale", "analyst", "rated_at", "case")
    list_display_links = ("statement", "grade")
    list_filter = ("grade",)
    list_select_related = ("statement__speaker", "statement__claim", "analyst", "case")
    fields = ("statement", "grade", "rationale", "analyst", "rated_at")
    readonly_fields = ("analyst", "rated_at")
    autocomplete_fields = ("statement",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask only for what is not known."""
        return self.fields if obj is not None else ("statement", "grade", "rationale")

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Rate the statement."""
        rate_statements(by=by, case=case, ratings=[form.instance])


class CredibilityInline(ReadOnlyInline):
    model = CredibilityRating
    verbose_name_plural = "how credible analysts hold it to be"
    fields = ("grade", "rationale", "analyst", "rated_at")
