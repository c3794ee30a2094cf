"""Documents, their texts, and the words cut out of them."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from ..capturing import capture_document, capture_version, find_same_text
from ..ledger import By
from ..models import Case, Document, DocumentVersion, Excerpt
from ..revising import revise_row
from .base import RecordAdmin, quoted
from .forms import RecordForm, VerbatimField
from .inlines import ReadOnlyInline


class VersionInline(ReadOnlyInline):
    model = DocumentVersion
    verbose_name_plural = "captured texts"
    fields = ("number", "captured_at", "n_characters", "is_complete", "sha256")


class DocumentForm(RecordForm):
    """A document; its text is taken in once, and never comes back through the form."""

    text = VerbatimField(
        required=False,
        label="Text",
        widget=forms.Textarea(attrs={"rows": 14, "class": "vLargeTextField", "dir": "auto"}),
        help_text="Pasted text is taken with LF for every line end, and otherwise character by character.",
    )
    is_complete = forms.BooleanField(
        required=False, initial=True, label="Complete", help_text="No, where it is cut off."
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance.pk is not None:
            self.fields["text"].label = "A newer text of it"
            self.fields["text"].help_text = "Left empty, nothing is added. What was captured before stays as it is."
        else:
            self.fields["text"].required = True

    def version(self) -> DocumentVersion | None:
        """Return the text that was given, not written yet; None where none was."""
        text = self.cleaned_data.get("text")
        return DocumentVersion(text=text, is_complete=self.cleaned_data["is_complete"]) if text else None


@admin.register(Document)
class DocumentAdmin(RecordAdmin):
    form = DocumentForm
    list_display = ("title", "publisher", "published_at", "language", "case", "annotate")
    list_filter = ("language",)
    list_select_related = ("publisher", "case")
    autocomplete_fields = ("publisher",)
    fieldsets = (
        (None, {"fields": ("title", "publisher", "byline", "web_url", "published_at", "language")}),
        ("Text", {"fields": ("text", "is_complete")}),
    )
    inlines = (VersionInline,)

    @admin.display(description="")
    def annotate(self, document: Document) -> str:
        """Return the way to the workspace in which the document is annotated."""
        return format_html('<a href="{}">Annotate</a>', reverse("admin:annotate", args=[document.pk]))

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show texts once there are some."""
        return self.inlines if obj is not None else ()

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Capture the document; tell where the very text is there already."""
        version = form.version() if isinstance(form, DocumentForm) else None
        if version is None:
            raise forms.ValidationError({"text": "the text is empty"})
        same = find_same_text(case, version.text)
        capture_document(by=by, case=case, document=form.instance, versions=[version])
        if same is not None:
            messages.warning(form.request, f"This very text is in the case already: {same.document}, {same}.")

    def change_record(self, by: By, form: RecordForm, formsets: list[Any]) -> None:
        """Revise what is said of the document, and capture a newer text where one was given."""
        version = form.version() if isinstance(form, DocumentForm) else None
        document = form.instance
        with by.act("revise_document", document.case) as act:
            revise_row(by=act, row=document, values=form.values())
            if version is not None:
                capture_version(by=act, document=document, version=version)


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
        "original_sha256",
        "extractor",
        "extractor_version",
        "shown_text",
    )
    readonly_fields = ("shown_text",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the texts in the database until one is read."""
        rows: Any = super().get_queryset(request)
        without: QuerySet[Any] = rows.without_text()
        return without

    @admin.display(description="text")
    def shown_text(self, version: DocumentVersion) -> str:
        """Return the text as it stands."""
        language = version.document.language or "und"
        return format_html('<div class="captured-text" dir="auto" lang="{}">{}</div>', language, version.text)


@admin.register(Excerpt)
class ExcerptAdmin(RecordAdmin):
    list_display = ("words", "start", "end", "version", "case")
    list_select_related = ("version__document", "case")
    fields = ("version", "start", "end", "prefix", "exact", "suffix")
    is_made_here = is_changed_here = False

    @admin.display(description="words")
    def words(self, excerpt: Excerpt) -> str:
        """Return the words in quotation marks."""
        return quoted(excerpt.exact)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the texts in the database."""
        return super().get_queryset(request).defer("version__text")
