"""Documents, their texts, and the words cut out of them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from ..models import Document, DocumentVersion, Excerpt
from .base import CaseFilter, ReadOnlyInline, RecordAdmin, quoted


class VersionInline(ReadOnlyInline):
    model = DocumentVersion
    fields = ("number", "captured_at", "n_characters", "is_complete", "sha256")


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    list_display = ("title", "publisher", "published_at", "language", "case")
    list_filter = (CaseFilter, "language")
    list_select_related = ("publisher", "case")
    readonly_fields = ("uid", "revision")
    inlines = (VersionInline,)


@admin.register(DocumentVersion)
class DocumentVersionAdmin(RecordAdmin):
    list_display = ("document", "number", "captured_at", "n_characters", "is_complete", "case")
    list_filter = (CaseFilter, "is_complete")
    list_select_related = ("document", "case")
    search_fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the texts in the database until one is read."""
        rows: Any = super().get_queryset(request)
        without: QuerySet[Any] = rows.without_text()
        return without


@admin.register(Excerpt)
class ExcerptAdmin(RecordAdmin):
    list_display = ("words", "start", "end", "version", "case")
    list_filter = (CaseFilter,)
    list_select_related = ("version", "case")

    @admin.display(description="words")
    def words(self, excerpt: Excerpt) -> str:
        """Return the words in quotation marks."""
        return quoted(excerpt.exact)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the texts in the database."""
        return super().get_queryset(request).defer("version__text")
