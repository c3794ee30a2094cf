"""Statements with their evidence and chains."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from sources.admin.base import CaseFilter, ReadOnlyInline, RecordAdmin, quoted

from ..models import Evidence, Relay, Statement, Utterance


class EvidenceInline(ReadOnlyInline):
    model = Evidence
    fields = ("role", "excerpt")


class RelayInline(ReadOnlyInline):
    model = Relay
    fields = ("hop", "party", "is_gap", "cue", "attitude")


@admin.register(Statement)
class StatementAdmin(RecordAdmin):
    list_display = ("who", "stance", "claim", "words", "review", "is_live", "case")
    list_display_links = ("who", "words")
    list_filter = (CaseFilter, "stance", "review", "is_live", "voice", "framing")
    list_select_related = ("speaker", "claim", "excerpt", "case")
    readonly_fields = ("uid", "revision", "withdrawn_at", "is_live")
    inlines = (EvidenceInline, RelayInline)

    @admin.display(description="speaker")
    def who(self, statement: Statement) -> str:
        """Return the speaker, or in what other voice it is said."""
        return statement.speaker.label if statement.speaker else statement.get_voice_display()

    @admin.display(description="words")
    def words(self, statement: Statement) -> str:
        """Return the main words in quotation marks."""
        return quoted(statement.excerpt.exact)


@admin.register(Evidence)
class EvidenceAdmin(RecordAdmin):
    list_display = ("role", "words", "statement", "case")
    list_filter = (CaseFilter, "role")
    list_select_related = ("excerpt", "case")
    search_fields = ()

    @admin.display(description="words")
    def words(self, evidence: Evidence) -> str:
        """Return the words in quotation marks."""
        return quoted(evidence.excerpt.exact)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Bring along what names the statement."""
        return super().get_queryset(request).select_related("statement__speaker", "statement__claim")


@admin.register(Relay)
class RelayAdmin(RecordAdmin):
    list_display = ("statement", "hop", "party", "is_gap", "cue", "attitude", "case")
    list_filter = (CaseFilter, "attitude", "is_gap")
    list_select_related = ("party", "case", "statement__speaker", "statement__claim")
    search_fields = ()


@admin.register(Utterance)
class UtteranceAdmin(RecordAdmin):
    list_display = ("__str__", "said_at", "said_note", "case")
    list_filter = (CaseFilter,)
    list_select_related = ("case",)
    readonly_fields = ("uid", "revision")
    search_fields = ()
