"""Statements with their words, further evidence and chains."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.text import Truncator
from django.views.decorators.http import require_POST

from sources.access import role_in
from sources.admin.base import RecordAdmin, quoted
from sources.admin.filters import OfCaseFilter
from sources.admin.forms import InCaseAutocomplete, RecordForm, VerbatimField
from sources.admin.inlines import DraftFormSet, DraftInline
from sources.admin.switching import current_case
from sources.choices import Role
from sources.excerpting import Quotation
from sources.ledger import By
from sources.models import Case, Document, DocumentVersion, Party, Record
from sources.refusals import Refused
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
from .claims import ContestedFilter
from .ratings import CredibilityInline

_WORDS = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField", "dir": "auto"})


# What the form asks, where the names of the columns alone do not say.
_ASKED = {
    "voice": "A party says it; or the author does, in their own voice; or nobody is named (“reportedly”).",
    "speaker": "Who is said to have said it; who merely passed it on stands below, in the chain.",
    "stance": "What they do about the claim. “Declined to comment” is no denial.",
    "claim": "The proposition, worded positively.",
    "manner": "Whose words the document gives.",
    "attribution_type": "What the verb of attribution expresses: “says”, “believes”, “saw”, “plans”.",
    "certainty": "How sure the speaker is.",
    "basis": "How the speaker says to know.",
    "utterance": "The act of speech, where several statements report one.",
}


class StatementForm(RecordForm):
    """A statement with its main words, which are looked up in the document and cut out of it."""

    sections = ("evidence", "relays")
    document = forms.ModelChoiceField(queryset=Document.objects.none(), help_text="Where it is told.")
    quote = VerbatimField(
        widget=_WORDS, label="Words", help_text="Exactly as in the document: they are looked up there."
    )
    words_before = VerbatimField(
        required=False, label="Words before", help_text="Where the words stand there more than once."
    )
    words_after = VerbatimField(required=False, label="Words after")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        documents: Any = self.fields["document"]
        documents.queryset = Document.objects.visible_to(self.request.user)
        documents.widget = InCaseAutocomplete(
            DocumentVersion._meta.get_field("document"), admin.site, case=self.request._form_case
        )
        documents.widget.choices = documents.choices
        for name, told in _ASKED.items():
            if name in self.fields:
                self.fields[name].help_text = told
        if self.instance.pk is not None:
            excerpt = self.instance.excerpt
            documents.initial = excerpt.version.document_id
            self.fields["quote"].initial = excerpt.exact

    def version(self) -> DocumentVersion:
        """Return the version that the words are of: the one that they were of before, else the newest."""
        document = self.cleaned_data["document"]
        if self.instance.pk is not None and self.instance.excerpt.version.document_id == document.pk:
            return self.instance.excerpt.version
        version: DocumentVersion = document.versions.select_related("case").newest_first()[0]
        return version

    def words(self) -> Quotation | None:
        """Return the words that were given; None where they are those that were there."""
        if self.instance.pk is not None and not {"document", "quote", "words_before", "words_after"} & set(
            self.changed_data
        ):
            return None
        return quote_from(self.cleaned_data, self.version())


def quote_from(values: dict[str, Any], version: DocumentVersion) -> Quotation:
    """Return the words that a form's values mean, to be looked up in this text."""
    return Quotation(
        version=version, exact=values["quote"], prefix=values["words_before"], suffix=values["words_after"]
    )


class EvidenceForm(forms.ModelForm):
    """Further words, looked up in the same document."""

    quote = VerbatimField(widget=_WORDS, label="Words")
    words_before = VerbatimField(required=False, label="Words before")
    words_after = VerbatimField(required=False, label="Words after")

    class Meta:
        model = Evidence
        fields = ("role",)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance.pk is not None:
            self.fields["quote"].initial = self.instance.excerpt.exact


class EvidenceFormSet(DraftFormSet):
    """Further words of a statement."""

    def evidence(self, version: DocumentVersion) -> list[tuple[str, Quotation]]:
        """Return (role, words) of the rows that are to be; words left alone are those that were there."""
        found = []
        for form in self._kept():
            values = form.cleaned_data
            if form.instance.pk is not None and not {"quote", "words_before", "words_after"} & set(form.changed_data):
                excerpt = form.instance.excerpt
                words = Quotation(version=excerpt.version, start=excerpt.start, end=excerpt.end)
            else:
                words = quote_from(values, version)
            found.append((values["role"], words))
        return found


class EvidenceInline(DraftInline):
    model = Evidence
    form = EvidenceForm
    formset = EvidenceFormSet
    section = "evidence"
    verbose_name_plural = "further words: cue, source, antecedent"
    fields = ("role", "quote", "words_before", "words_after")

    def get_queryset(self, request: HttpRequest) -> Any:
        """Bring along the words."""
        return super().get_queryset(request).select_related("excerpt__version__case").order_by("pk")


class RelayForm(forms.ModelForm):
    """One hop; without a number it comes after those that have one."""

    hop = forms.IntegerField(required=False, min_value=1, help_text="1 is nearest the speaker.")

    class Meta:
        model = Relay
        fields = ("hop", "party", "is_gap", "cue", "attitude")


class RelayFormSet(DraftFormSet):
    """The chain of a statement."""

    def relays(self) -> list[Relay]:
        """Return the hops that are to be, in order, not written yet."""
        names = ("party", "is_gap", "cue", "attitude")
        return [Relay(**{name: values[name] for name in names}) for values in self.drafts()]


class RelayInline(DraftInline):
    model = Relay
    form = RelayForm
    formset = RelayFormSet
    section = "relays"
    verbose_name_plural = "through whom: the chain from the speaker to the document"
    fields = ("hop", "party", "is_gap", "cue", "attitude")
    autocomplete_fields = ("party",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the chain in its order."""
        return super().get_queryset(request).order_by("hop")


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
        """Do one act of those offered with one statement, and go back to it."""
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        address = reverse("admin:claims_statement_change", args=[pk])
        if reverse("admin:act-on-statement", args=[pk, act]) not in {url for _, url in self.find_acts(request, row)}:
            self.message_user(request, "This cannot be done with it any more, or is not yours to do.", messages.ERROR)
            return HttpResponseRedirect(address)
        getattr(self, act)(request, self.get_queryset(request).filter(pk=pk))
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

    def _review(self, request: HttpRequest, queryset: QuerySet[Statement], review: Review) -> None:
        by_case: dict[Case, list[Statement]] = {}
        for row in queryset:
            by_case.setdefault(row.case, []).append(row)
        for case, rows in by_case.items():
            try:
                review_statements(by=author_of(request), case=case, statements=rows, review=review)
            except (PermissionDenied, Refused) as refused:
                self.message_user(request, str(refused), messages.ERROR)
            else:
                self.message_user(request, f"{_statements(len(rows))} now: {review.label}.")

    def _each(self, request: HttpRequest, queryset: QuerySet[Statement], act: Any, done: str) -> None:
        n = 0
        for row in queryset:
            try:
                act(author_of(request), row)
                n += 1
            except (PermissionDenied, Refused) as refused:
                self.message_user(request, str(refused), messages.ERROR)
        if n:
            self.message_user(request, f"{_statements(n)} {done}.")


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

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        """Find by the words of the note."""
        for word in search_term.split():
            queryset = queryset.filter(note__icontains=word) | queryset.filter(said_note__icontains=word)
        return queryset, False

    def add_record(self, by: By, case: Case, form: RecordForm, formsets: list[Any]) -> None:
        """Note the act of speech."""
        note_utterances(by=by, case=case, utterances=[form.instance])
