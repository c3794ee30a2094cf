"""By what statements are filtered."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from sources.admin.filters import OfCaseFilter
from sources.models import Document, Party

from .claims import ContestedFilter


class SpeakerFilter(OfCaseFilter):
    title = "speaker"
    parameter_name = "speaker"
    lookup = "speaker"

    def offered(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the parties that the user may see."""
        return Party.objects.visible_to(request.user)


class DocumentFilter(OfCaseFilter):
    title = "document"
    parameter_name = "document"
    lookup = "excerpt__version__document"

    def offered(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the documents that the user may see."""
        return Document.objects.visible_to(request.user)


class RelayFilter(OfCaseFilter):
    title = "told through"
    parameter_name = "through"
    lookup = "relays__party"

    def offered(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the parties that the user may see."""
        return Party.objects.visible_to(request.user)


class LiveFilter(admin.SimpleListFilter):
    """Statements that count, or those that do not."""

    title = "counts"
    parameter_name = "is_live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return yes and no."""
        return [("yes", "counts"), ("no", "rejected, withdrawn or superseded")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Keep the statements chosen."""
        return queryset.filter(is_live=self.value() == "yes") if self.value() in ("yes", "no") else queryset


class ContestedClaimFilter(ContestedFilter):
    title = "its claim"
    claim = "claim"
