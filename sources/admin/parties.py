"""Parties with their names and links."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join

from ..choices import Role
from ..ledger import By
from ..models import Case, Party, PartyAlias, PartyLink, ReliabilityRating
from ..registering import (
    add_alias,
    find_namesakes,
    link_parties,
    register_parties,
    revise_link,
    revise_party,
    share_party,
)
from ..requests import author_of
from .base import RecordAdmin
from .forms import RecordForm
from .inlines import ReadOnlyInline


class LinksFromInline(ReadOnlyInline):
    model = PartyLink
    fk_name = "from_party"
    verbose_name_plural = "how it stands to others"
    fields = ("kind", "to_party", "since", "until", "judgement", "rationale")


class LinksToInline(ReadOnlyInline):
    model = PartyLink
    fk_name = "to_party"
    verbose_name_plural = "how others stand to it"
    fields = ("from_party", "kind", "since", "until", "judgement", "rationale")


class ReliabilityInline(ReadOnlyInline):
    model = ReliabilityRating
    verbose_name_plural = "how far analysts hold that it can be relied upon"
    fields = ("grade", "rationale", "analyst", "rated_at")


class PartyForm(RecordForm):
    """A party with its other names, one a line."""

    also_called = forms.CharField(
        required=False,
        label="Also called",
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", "dir": "auto"}),
        help_text="Other names under which it is met, one a line.",
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance.pk is not None:
            own = self.instance.aliases.filter(case=self.instance.case).order_by("pk")
            self.fields["also_called"].initial = "\n".join(own.values_list("name", flat=True))

    def names(self) -> list[str]:
        """Return the names, white space around them and empty lines left out."""
        lines = [line.strip() for line in self.cleaned_data["also_called"].splitlines()]
        return list(dict.fromkeys(line for line in lines if line))


@admin.register(Party)
class PartyAdmin(RecordAdmin):
    form = PartyForm
    list_display = ("label", "names", "kind", "naming", "disambiguation", "case")
    list_filter = ("kind", "naming")
    list_select_related = ("case",)
    fields = ("label", "disambiguation", "kind", "naming", "also_called", "description")
    inlines = (LinksFromInline, LinksToInline, ReliabilityInline)
    actions = ("share",)
    ways_on = (("Rate", "sources_reliabilityrating", "party"), ("Link to another", "sources_partylink", "from_party"))

    def find_ways_on(self, request: HttpRequest, row: Any) -> Iterator[tuple[str, str]]:
        """Yield also what it said when, and its merging into another."""
        if row.case is not None:
            yield "Timeline", f"{reverse('admin:timeline')}?case={row.case.uid}&account={row.uid}"
            if self._includes(request, row.case, Role.LEAD):
                yield "Merge into another", reverse("admin:merge", args=["party", row.uid])
        yield from super().find_ways_on(request, row)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Bring along the names, and leave out what was merged."""
        aliases = PartyAlias.objects.visible_to(request.user).order_by("pk")
        return super().get_queryset(request).filter(merged_into=None).prefetch_related(Prefetch("aliases", aliases))

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show links once there is a party."""
        return self.inlines if obj is not None else ()

    @admin.display(description="also called")
    def names(self, party: Party) -> str:
        """Return the aliases."""
        return format_html_join(", ", "{}", ((alias.name,) for alias in party.aliases.all()))

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Register the party; tell of others with the name, since people share names."""
        same = find_namesakes(case, form.instance.label)
        names = form.names() if isinstance(form, PartyForm) else []
        register_parties(by=by, case=case, parties=[form.instance], aliases={0: names})
        if same:
            messages.warning(form.request, f"There is another party of this name: {', '.join(map(str, same))}.")

    def change_record(self, by: By, form: RecordForm, formsets: list[Any]) -> None:
        """Revise the party and its names."""
        names = form.names() if isinstance(form, PartyForm) else None
        revise_party(by=by, party=form.instance, values=form.values(), aliases=names)

    def get_actions(self, request: HttpRequest) -> Any:
        """Offer sharing to administrators."""
        return super().get_actions(request) if request.user.is_superuser else {}

    @admin.action(description="Move into the shared register, for every case to use")
    def share(self, request: HttpRequest, queryset: QuerySet[Party]) -> None:
        """Share the chosen parties, each by an act of its own."""
        for party in queryset:
            try:
                share_party(by=author_of(request), party=party)
            except (ValidationError, PermissionDenied) as refused:
                told = "; ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
                self.message_user(request, f"{party}: {told}", messages.ERROR)


@admin.register(PartyAlias)
class PartyAliasAdmin(RecordAdmin):
    """Names are given with their party; a shared party gets its names in a case here."""

    list_display = ("name", "party", "case")
    list_select_related = ("party", "case")
    fields = ("party", "name")
    autocomplete_fields = ("party",)

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Give the party one more name, seen in this case alone."""
        form.instance = add_alias(by=by, case=case, party=form.cleaned_data["party"], name=form.cleaned_data["name"])


@admin.register(PartyLink)
class PartyLinkAdmin(RecordAdmin):
    list_display = ("from_party", "kind", "to_party", "since", "until", "judgement", "case")
    list_display_links = ("from_party", "kind")
    list_filter = ("kind", "judgement")
    list_select_related = ("from_party", "to_party", "case")
    fields = ("from_party", "kind", "to_party", "since", "until", "judgement", "rationale")
    autocomplete_fields = ("from_party", "to_party")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Another pair or kind would be another link."""
        return ("from_party", "kind", "to_party") if obj is not None else ()

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Link the two."""
        link_parties(by=by, case=case, links=[form.instance])

    def change_record(self, by: By, form: RecordForm, formsets: list[Any]) -> None:
        """Revise time, rationale and judgement."""
        revise_link(by=by, link=form.instance, values=form.values("since", "until", "judgement", "rationale"))
