"""Parties with their names and links."""

from django.contrib import admin
from django.utils.html import format_html_join

from ..models import Party, PartyAlias, PartyLink
from .base import CaseFilter, ReadOnlyInline, RecordAdmin


class AliasInline(ReadOnlyInline):
    model = PartyAlias
    fields = ("name", "case")


class LinksFromInline(ReadOnlyInline):
    model = PartyLink
    fk_name = "from_party"
    verbose_name_plural = "links to others"
    fields = ("kind", "to_party", "since", "until", "judgement", "rationale")


@admin.register(Party)
class PartyAdmin(RecordAdmin):
    list_display = ("label", "disambiguation", "kind", "naming", "names", "case")
    list_filter = (CaseFilter, "kind", "naming")
    list_select_related = ("case",)
    list_prefetch_related = ("aliases",)
    readonly_fields = ("uid", "revision", "merged_into")
    inlines = (AliasInline, LinksFromInline)

    @admin.display(description="also called")
    def names(self, party: Party) -> str:
        """Return the aliases."""
        return format_html_join(", ", "{}", ((alias.name,) for alias in party.aliases.all()))


@admin.register(PartyAlias)
class PartyAliasAdmin(RecordAdmin):
    list_display = ("name", "party", "case")
    list_filter = (CaseFilter,)
    list_select_related = ("party", "case")


@admin.register(PartyLink)
class PartyLinkAdmin(RecordAdmin):
    list_display = ("from_party", "kind", "to_party", "since", "until", "judgement", "case")
    list_filter = (CaseFilter, "kind", "judgement")
    list_select_related = ("from_party", "to_party", "case")
    search_fields = ()
