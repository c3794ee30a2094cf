"""Statements with their words, further evidence and chains."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.views.decorators.http import require_POST

from sources.access import role_in
from sources.admin.base import RecordAdmin, quoted
from sources.admin.forms import RecordForm
from sources.admin.lists import read_key
from sources.admin.stale import tell_stale
from sources.admin.switching import current_case
from sources.choices import Role
from sources.ledger import By
from sources.models import Case, Record
from sources.refusals import Refused, Stale
from sources.requests import author_of
from sources.revising import case_of

from ..choices import Review
from ..drafting import Draft
from ..models import Evidence, Relay, Statement, Utterance
from ..recording import (
    delete_statement,
    record_statements,
    reinstate_statement,
    review_statements,
    revise_statement,
    withdraw_statement,
)
from ..wording import note_utterances
from .ratings import CredibilityInline
from .statement_filters import ContestedClaimFilter, DocumentFilter, LiveFilter, RelayFilter, SpeakerFilter
from .statement_forms import EvidenceInline, RelayInline, StatementForm

_TOLD = 20  # statements, at most, of which it is told what others changed


@admin.register(Statement)
class StatementAdmin(RecordAdmin):
    form = StatementForm
    list_display = ("who", "stance", "claim", "words", "told_in", "state", "case")
    list_display_links = ("who", "words")
    list_filter = (
        "stance",
        "review",
        SpeakerFilter,
        RelayFilter,
        DocumentFilter,
        ContestedClaimFilter,
        LiveFilter,
        "voice",
        "framing",
    )
    list_select_related = ("speaker", "claim", "excerpt__version__document", "case")
    autocomplete_fields = ("claim", "speaker", "utterance", "supersedes")
    radio_fields = {"stance": admin.HORIZONTAL, "voice": admin.HORIZONTAL}
    fieldsets = (
        (None, {"fields": ("voice", "speaker", "stance", "claim", "document", "quote")}),
        (
            "Should the words stand there more than once",
            {"fields": ("words_before", "words_after"), "classes": ("collapse",)},
        ),
        (
            "More",
            {
                "fields": (
                    "cue",
                    "manner",
                    "framing",
                    "attribution_type",
                    "certainty",
                    "basis",
                    "said_at",
                    "said_note",
                    "utterance",
                    "supersedes",
                ),
                "classes": ("collapse",),
            },
        ),
    )
    inlines = (RelayInline, EvidenceInline, CredibilityInline)
    ways_on = (("Rate", "claims_credibilityrating", "statement"),)
    actions = ("accept", "reject", "make_draft", "withdraw", "reinstate")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the texts in the database."""
        return super().get_queryset(request).defer("excerpt__version__text")

    def get_fieldsets(self, request: HttpRequest, obj: Any | None = None) -> Any:
        """Show the words and their document to those who only read; the form looks them up for those who write."""
        fieldsets = super().get_fieldsets(request, obj)
        if self.is_written_by(request, obj):
            return fieldsets
        shown = ("voice", "speaker", "stance", "claim", "told_in", "words", "state")
        return [(None, {"fields": shown}), *fieldsets[2:]]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An accepted statement is the lead's to delete."""
        if not super().has_delete_permission(request, obj) or not isinstance(obj, Statement):
            return False
        return obj.review != Review.ACCEPTED or self._includes(request, case_of(obj), Role.LEAD)

    @admin.display(description="speaker", ordering="speaker__label")
    def who(self, statement: Statement) -> str:
        """Return the speaker, or in what other voice it is said."""
        return statement.speaker.label if statement.speaker else statement.get_voice_display()

    @admin.display(description="words")
    def words(self, statement: Statement) -> str:
        """Return the main words in quotation marks."""
        return quoted(statement.excerpt.exact)

    @admin.display(description="document", ordering="excerpt__version__document__title")
    def told_in(self, statement: Statement) -> str:
        """Return where it is told."""
        return Truncator(statement.excerpt.version.document).chars(60)

    @admin.display(description="review", ordering="review")
    def state(self, statement: Statement) -> str:
        """Return where it stands in review, and why it does not count where it does not."""
        if statement.withdrawn_at is not None:
            return "withdrawn"
        is_superseded = not statement.is_live and statement.review != Review.REJECTED
        return statement.get_review_display() + (", superseded" if is_superseded else "")

    def add_record(self, by: By, case: Case, form: Any, formsets: list[Any]) -> None:
        """Record the statement with its words and chain."""
        words = form.words()
        relays, evidence = formsets[:2]
        draft = Draft(
            statement=form.instance, words=words, evidence=evidence.evidence(words.version), relays=relays.relays()
        )
        record_statements(by=by, case=case, drafts=[draft])

    def change_record(self, by: By, form: Any, formsets: list[Any]) -> None:
        """Revise the statement with its words and chain."""
        relays, evidence = formsets[:2]
        revise_statement(
            by=by,
            statement=form.instance,
            values=form.values(),
            words=form.words(),
            evidence=evidence.evidence(form.version()),
            relays=relays.relays(),
        )

    def delete_record(self, by: By, row: Record) -> None:
        """Delete the statement."""
        if isinstance(row, Statement):
            delete_statement(by=by, statement=row)

    # --- one by one ---

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Show ratings once there is a statement."""
        return self.inlines if obj is not None else (RelayInline, EvidenceInline)

    def get_urls(self) -> list[Any]:
        """Add the acts on one statement."""
        act = self.admin_site.admin_view(require_POST(self.act_view))
        return [path("<int:pk>/<slug:act>/now/", act, name="act-on-statement"), *super().get_urls()]

    def state_of(self, row: Any) -> str:
        """Return where the statement stands in review."""
        return self.state(row)

    def find_acts(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """Return what this user can do with the statement in one step, where it stands now."""
        offered = ["reinstate" if row.withdrawn_at else "withdraw"] if self.has_change_permission(request, row) else []
        if self._includes(request, row.case, Role.LEAD):
            now = {"accept": Review.ACCEPTED, "reject": Review.REJECTED, "make_draft": Review.DRAFT}
            offered = [name for name, review in now.items() if row.review != review] + offered
        labels = {"accept": "Accept", "reject": "Reject", "make_draft": "Make a draft again"}
        labels |= {"withdraw": "Withdraw", "reinstate": "Put back"}
        return [(labels[name], reverse("admin:act-on-statement", args=[row.pk, name])) for name in offered]

    def act_view(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """Do one act of those offered with one statement as it was shown, and go back to it."""
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        address = reverse("admin:claims_statement_change", args=[pk])
        if not self._tell_stale(request, {pk: _revision_seen(request, pk) or 0}):
            if reverse("admin:act-on-statement", args=[pk, act]) in {url for _, url in self.find_acts(request, row)}:
                getattr(self, act)(request, self.get_queryset(request).filter(pk=pk))
            else:
                message = "This cannot be done with it any more, or is not yours to do."
                self.message_user(request, message, messages.ERROR)
        return HttpResponseRedirect(address)

    # --- in bulk ---

    def get_actions(self, request: HttpRequest) -> Any:
        """Offer reviewing to leads, and withdrawing to all who annotate."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        case = current_case(request)
        role = role_in(request.user, case) if case else Role.LEAD
        if role is None or not role.includes(Role.LEAD):
            for name in ("accept", "reject", "make_draft"):
                actions.pop(name, None)
        return actions

    @admin.action(description="Accept")
    def accept(self, request: HttpRequest, queryset: QuerySet[Statement]) -> None:
        """Accept the chosen statements."""
        self._review(request, queryset, Review.ACCEPTED)

    @admin.action(description="Reject")
    def reject(self, request: HttpRequest, queryset: QuerySet[Statement]) -> None:
        """Reject the chosen statements."""
        self._review(request, queryset, Review.REJECTED)

    @admin.action(description="Make drafts again")
    def make_draft(self, request: HttpRequest, queryset: QuerySet[Statement]) -> None:
        """Take a review back."""
        self._review(request, queryset, Review.DRAFT)

    @admin.action(description="Withdraw")
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Statement]) -> None:
        """Take the chosen statements out."""
        self._each(request, queryset, lambda by, row: withdraw_statement(by=by, statement=row), "withdrawn")

    @admin.action(description="Put back what was withdrawn")
    def reinstate(self, request: HttpRequest, queryset: QuerySet[Statement]) -> None:
        """Put the chosen statements back."""
        self._each(request, queryset, lambda by, row: reinstate_statement(by=by, statement=row), "put back")

    def action_checkbox(self, obj: Statement) -> str:
        """Carry along at which revision the row was shown."""
        box = super().action_checkbox(obj)
        return format_html('{}<input type="hidden" name="seen-{}" value="{}">', box, obj.pk, obj.revision)

    def _review(self, request: HttpRequest, queryset: QuerySet[Statement], review: Review) -> None:
        by_case: dict[Case, list[Statement]] = {}
        for row in _as_shown(request, queryset):
            by_case.setdefault(row.case, []).append(row)
        for case, rows in by_case.items():
            seen = {row.pk: row.revision for row in rows}
            try:
                review_statements(by=author_of(request), case=case, statements=rows, review=review)
            except (PermissionDenied, Refused) as refused:
                if not (isinstance(refused, Stale) and self._tell_stale(request, seen)):
                    self.message_user(request, str(refused), messages.ERROR)
            else:
                self.message_user(request, f"{_statements(len(rows))} now: {review.label}.")

    def _each(self, request: HttpRequest, queryset: QuerySet[Statement], act: Any, done: str) -> None:
        n = 0
        for row in _as_shown(request, queryset):
            seen = {row.pk: row.revision}
            try:
                act(author_of(request), row)
                n += 1
            except (PermissionDenied, Refused) as refused:
                if not (isinstance(refused, Stale) and self._tell_stale(request, seen)):
                    self.message_user(request, str(refused), messages.ERROR)
        if n:
            self.message_user(request, f"{_statements(n)} {done}.")

    def _tell_stale(self, request: HttpRequest, seen: dict[int, int]) -> bool:
        """Tell what others changed of statements that were shown at these revisions, and whether they did."""
        rows = self.get_queryset(request).filter(pk__among=list(seen))
        now = [row for row in rows if row.revision != seen[row.pk]]
        for row in now[:_TOLD]:
            self.message_user(request, tell_stale(row, seen[row.pk], request), messages.ERROR)
        return bool(now)


def _revision_seen(request: HttpRequest, pk: int) -> int | None:
    """Return at which revision the page that was sent showed a statement; None where it did not show it."""
    return read_key(request.POST.get(f"seen-{pk}", ""))


def _as_shown(request: HttpRequest, queryset: QuerySet[Statement]) -> list[Statement]:
    """Return statements at the revisions at which the page showed them; those of further pages as they are now."""
    rows = list(queryset)
    for row in rows:
        row.revision = _revision_seen(request, row.pk) or row.revision
    return rows


def _statements(n: int) -> str:
    return "1 statement is" if n == 1 else f"{n} statements are"


@admin.register(Evidence)
class EvidenceAdmin(RecordAdmin):
    list_display = ("role", "words", "statement", "case")
    list_display_links = ("role", "words")
    list_filter = ("role",)
    list_select_related = ("excerpt", "case", "statement__speaker", "statement__claim")
    search_fields = ()
    fields = ("statement", "role", "excerpt")
    is_made_here = is_changed_here = False

    @admin.display(description="words")
    def words(self, evidence: Evidence) -> str:
        """Return the words in quotation marks."""
        return quoted(evidence.excerpt.exact)


@admin.register(Relay)
class RelayAdmin(RecordAdmin):
    list_display = ("statement", "hop", "party", "is_gap", "cue", "attitude", "case")
    list_filter = ("attitude", "is_gap")
    list_select_related = ("party", "case", "statement__speaker", "statement__claim")
    search_fields = ()
    fields = ("statement", "hop", "party", "is_gap", "cue", "attitude")
    is_made_here = is_changed_here = False


@admin.register(Utterance)
class UtteranceAdmin(RecordAdmin):
    list_display = ("__str__", "said_at", "said_note", "case")
    list_select_related = ("case",)
    fields = ("note", "said_at", "said_note")

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Note the act of speech."""
        note_utterances(by=by, case=case, utterances=[form.instance])
