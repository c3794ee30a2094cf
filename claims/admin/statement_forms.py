"""The form of a statement with its words, and of what belongs to it: the chain, further words."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from sources.admin.base import quoted
from sources.admin.forms import InCaseAutocomplete, RecordForm, VerbatimField
from sources.admin.inlines import DraftFormSet, DraftInline
from sources.excerpting import Quotation
from sources.models import Document, DocumentVersion

from ..models import Evidence, Relay

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

    @admin.display(description="words")
    def words(self, evidence: Evidence) -> str:
        """Return the words in quotation marks."""
        return quoted(evidence.excerpt.exact)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Show the words to those who only read them."""
        return ("role", "words") if self._is_read(request, obj) else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Name what is no field of the form."""
        return ("words",) if self._is_read(request, obj) else ()

    def _is_read(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None and not self.has_change_permission(request, obj)

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
        return super().get_queryset(request).select_related("party").order_by("hop")
