"""Documents, their texts, and the words cut out of them."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, URLField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from ..models import Document, DocumentVersion, Excerpt
from .arriving import ArrivingMixin
from .base import RecordAdmin, quoted
from .inlines import ReadOnlyInline


class VersionInline(ReadOnlyInline):
    model = DocumentVersion
    verbose_name_plural = "captured texts"
    fields = ("number", "captured_at", "n_characters", "is_complete", "sha256")


@admin.register(Document)
class DocumentAdmin(ArrivingMixin, RecordAdmin):
    list_display = ("title", "publisher", "published_at", "language", "case", "annotate")
    list_filter = ("language",)
    list_select_related = ("publisher", "case")
    autocomplete_fields = ("publisher",)
    fields = ("title", "publisher", "byline", "web_url", "published_at", "language")
    inlines = (VersionInline,)
    formfield_overrides = {URLField: {"assume_scheme": "https"}}

    @admin.display(description="workspace")
    def annotate(self, document: Document) -> str:
        """Return the way to the workspace in which the document is annotated."""
        return format_html('<a href="{}">Annotate</a>', reverse("admin:annotate", args=[document.pk]))

    def find_ways_on(self, request: HttpRequest, row: Any) -> Iterator[tuple[str, str]]:
        """Yield the workspace first."""
        yield "Annotate", reverse("admin:annotate", args=[row.pk])
        yield from super().find_ways_on(request, row)


@admin.register(DocumentVersion)
class DocumentVersionAdmin(RecordAdmin):
    list_display = ("document", "number", "captured_at", "n_characters", "is_complete", "case")
    list_display_links = ("document", "number")
    list_filter = ("is_complete",)
    list_select_related = ("document", "case")
    search_fields = ()
    is_made_here = is_changed_here = False
    fields = (
        "document",
        "number",
        "captured_at",
        "is_complete",
        "n_characters",
        "sha256",
        "extractor",
        "extractor_version",
        "original_file",
        "shown_text",
    )
    readonly_fields = ("original_file", "shown_text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the texts in the database until one is read."""
        rows: Any = super().get_queryset(request)
        without: QuerySet[Any] = rows.without_text()
        return without

    @admin.display(description="original")
    def original_file(self, version: DocumentVersion) -> str:
        """Return what is known of the file that the text was made of, and where to save it from."""
        original = getattr(version, "original", None)
        if original is None:
            return "none: the words were pasted or sent"
        return format_html(
            '<a href="{}" download>Save the file</a> <bdi>{}</bdi>, {} bytes, {}, {}; SHA-256 {}',
            reverse("original-file", args=[original.uid]),
            original,
            original.n_bytes,
            original.media_type,
            original.encoding or "no encoding",
            original.sha256,
        )

    @admin.display(description="text")
    def shown_text(self, version: DocumentVersion) -> str:
        """Return the text as it stands."""
        language = version.document.language or "und"
        return format_html('<div class="captured-text" dir="auto" lang="{}">{}</div>', language, version.text)


@admin.register(Excerpt)
class ExcerptAdmin(RecordAdmin):
    list_display = ("words", "told_in", "start", "end", "case")
    list_select_related = ("version__document", "case")
    fields = ("version", "start", "end", "prefix", "exact", "suffix")
    is_made_here = is_changed_here = False

    @admin.display(description="words")
    def words(self, excerpt: Excerpt) -> str:
        """Return the words in quotation marks."""
        return quoted(excerpt.exact)

    @admin.display(description="document")
    def told_in(self, excerpt: Excerpt) -> str:
        """Return the document, and which text of it."""
        return format_html("<bdi>{}</bdi>, {}", excerpt.version.document, excerpt.version)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the texts in the database."""
        return super().get_queryset(request).defer("version__text")
