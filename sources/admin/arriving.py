"""Adding a document: paste, a file or a web address; then a look at what was read; then its capture.

What is shown between is kept on the server (`sources.arriving`), and capturing names it by its token: no text is posted
back. Every step works without JavaScript.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from ..arriving import (
    MAX_BYTES,
    PASTED,
    find_arrival,
    find_earlier,
    read_again,
    receive_address,
    receive_file,
    receive_words,
    token_of,
)
from ..capturing import capture_document, capture_version
from ..extraction.encodings import CHOICES, GROUNDS
from ..extraction.kinds import KIND_OF_ENDING, SPOKEN
from ..ledger import By
from ..models import Arrival, Case, Document, Party
from ..refusals import Refused
from ..requests import author_of
from ..text import name_key, sha256_of
from .forms import RecordForm, VerbatimField, show_refusal
from .switching import ask_for_case, current_case

_SHOWN = 100_000  # characters of a preview; what is captured is all of it
_FIELDS = ("title", "publisher", "byline", "web_url", "published_at", "language")


class WordsForm(forms.Form):
    """Words that were copied somewhere."""

    text = VerbatimField(
        label="The words",
        widget=forms.Textarea(attrs={"rows": 12, "dir": "auto"}),
        help_text="Taken with LF for every line end, and otherwise character by character.",
    )

    def receive(self, by: By, case: Case) -> Arrival:
        """Keep the words."""
        return receive_words(by=by, case=case, text=self.cleaned_data["text"])


class FileForm(forms.Form):
    """A file from this machine."""

    file = forms.FileField(
        label="The file",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in KIND_OF_ENDING)}),
        help_text=f"Plain text, Markdown, a saved web page, PDF or Word (.docx); at most {MAX_BYTES // 2**20} MB.",
    )

    def receive(self, by: By, case: Case) -> Arrival:
        """Read the file."""
        file = self.cleaned_data["file"]
        return receive_file(by=by, case=case, data=file.read(), file_name=file.name, keep_unread=True)


class AddressForm(forms.Form):
    """A page on the web."""

    web_address = forms.CharField(
        label="The address",
        max_length=2000,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text="The server fetches it once. Whoever runs that site can see that it did.",
    )

    def receive(self, by: By, case: Case) -> Arrival:
        """Fetch the page."""
        return receive_address(by=by, case=case, web_address=self.cleaned_data["web_address"], keep_unread=True)


class CaptureForm(RecordForm):
    """What is said of the new document; what was suggested is marked, and is the analyst's to confirm."""

    is_complete = forms.BooleanField(
        required=False, initial=True, label="The text is complete", help_text="No, where it is cut off."
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for part, name in zip(self.fields["published_at"].widget.widgets, ("day", "time"), strict=True):
            part.attrs["aria-label"] = f"Published at, {name}"


WAYS: dict[str, type[Any]] = {"file": FileForm, "words": WordsForm, "address": AddressForm}


class ArrivingMixin:
    """The two pages of adding a document."""

    def get_urls(self: Any) -> list[URLPattern]:
        """Add the page of what came in."""
        arrived = path(
            "add/<str:token>/", self.admin_site.admin_view(self.arrived_view), name="sources_document_arrived"
        )
        return [arrived, *super().get_urls()]

    def add_view(self: Any, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask for a document in one of three ways."""
        case = current_case(request)
        if case is None:
            return ask_for_case(request)
        if not self.has_add_permission(request):
            raise PermissionDenied
        document = _named_document(request, case, request.GET.get("document", ""))
        ways = {name: form() for name, form in WAYS.items() if name != "address" or settings.FETCH}
        if request.method == "POST":
            way = request.POST.get("way", "")
            if way in ways:
                form = ways[way] = WAYS[way](request.POST, request.FILES)
                arrival = _receive(form, lambda: form.receive(author_of(request), case))
                if arrival is not None:
                    return _go_to(arrival, document)
        context = {
            **self.admin_site.each_context(request),
            "title": f"A newer text of “{document}”" if document else "Add a document",
            "opts": self.opts,
            "ways": ways,
            "document": document,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/document_add.html", context)

    def arrived_view(self: Any, request: HttpRequest, token: str) -> HttpResponse:
        """Show what came in, read it anew in another encoding, or capture it."""
        by = author_of(request)
        arrival = find_arrival(token=token, by=by)
        if arrival is None:
            messages.error(request, "That preview is over: it was captured already, or is older than a day.")
            return HttpResponseRedirect(reverse("admin:sources_document_add"))
        request._current_case = arrival.case  # the page is about that case, whatever is chosen
        document = _named_document(request, arrival.case, request.GET.get("document", ""))
        act = request.POST.get("act", "") if request.method == "POST" else ""
        if act == "read_again":
            return self._read_again(request, by, arrival, document)
        form_class = self.get_form(request, None, form=CaptureForm, fields=_FIELDS)
        form = form_class(request.POST if act == "capture" else None, initial=_suggested(request, arrival))
        if act == "capture" and arrival.text and form.is_valid():
            made = _receive(form, lambda: _capture(by, arrival, form))
            if made is not None:
                return _go_on(request, made, "captured")
        if act == "capture_version" and arrival.text:
            of = _named_document(request, arrival.case, request.POST.get("document", ""))
            if of is not None and _capture_version(request, by, arrival, of):
                return _go_on(request, of, "has a newer text now")
        return TemplateResponse(
            request, "admin/document_arrived.html", self._arrived_context(request, arrival, form, document)
        )

    def _read_again(
        self: Any, request: HttpRequest, by: By, arrival: Arrival, document: Document | None
    ) -> HttpResponse:
        try:
            again = read_again(by=by, arrival=arrival, encoding=request.POST.get("encoding", ""), keep_unread=True)
        except ValidationError as refused:
            for message in refused.messages:
                messages.error(request, message)
            again = arrival
        return _go_to(again, document)

    def _arrived_context(
        self: Any, request: HttpRequest, arrival: Arrival, form: Any, document: Document | None
    ) -> dict[str, Any]:
        earlier = find_earlier(arrival)
        publisher = arrival.suggestions.get("publisher", "")
        fields = [*_FIELDS, "is_complete"]
        return {
            **self.admin_site.each_context(request),
            "title": "Look before you capture it" if arrival.text else "In which encoding is it written?",
            "opts": self.opts,
            "arrival": arrival,
            "of": document or earlier.same_address,
            "same_text": earlier.same_text,
            "kind": "pasted words" if arrival.kind == PASTED else SPOKEN[arrival.kind],
            "ground": GROUNDS.get(arrival.ground, ""),
            "encodings": list(CHOICES),
            "shown": arrival.text[:_SHOWN],
            "n_characters": len(arrival.text),
            "n_more": max(len(arrival.text) - _SHOWN, 0),
            "n_bytes": None if arrival.data is None else len(arrival.data),
            "sha256": sha256_of(arrival.text) if arrival.text else "",
            "original_sha256": arrival.as_version().original_sha256,
            "told_publisher": publisher if publisher and not form.initial.get("publisher") else "",
            "form": form,
            "adminform": AdminForm(form, [(None, {"fields": fields})], {}, (), model_admin=self),
            "media": self.media + form.media,
        }


def _receive(form: Any, write: Callable[[], Any]) -> Any:
    """Return what the domain answers to a form; None, and the form says why, where it refuses."""
    if not form.is_valid():
        return None
    try:
        return write()
    except (ValidationError, Refused, PermissionDenied) as refused:
        if isinstance(form, RecordForm):
            show_refusal(form, refused)
        elif isinstance(refused, ValidationError):
            for place, errors in refused.error_dict.items():
                form.add_error(place if place in form.fields else None, errors)
        else:
            form.add_error(None, str(refused))
        return None


def _capture(by: By, arrival: Arrival, form: Any) -> Document:
    document: Document = form.instance
    document.media_type = arrival.media_type
    version = arrival.as_version(is_complete=form.cleaned_data["is_complete"])
    return capture_document(by=by, case=arrival.case, document=document, versions=[version])


def _capture_version(request: HttpRequest, by: By, arrival: Arrival, document: Document) -> bool:
    """Tell whether the text was captured as a newer one of the document; say on the page why, where it was not."""
    version = arrival.as_version(is_complete="is_complete" in request.POST)
    try:
        capture_version(by=by, document=document, version=version)
    except (ValidationError, Refused, PermissionDenied) as refused:
        messages.error(request, " ".join(getattr(refused, "messages", [str(refused)])))
        return False
    return True


def _suggested(request: HttpRequest, arrival: Arrival) -> dict[str, Any]:
    """Return what the form begins with: what the file says of itself, each for the analyst to confirm."""
    told = arrival.suggestions
    first_line = arrival.text.lstrip().split("\n", 1)[0].strip()
    stem = arrival.file_name.rpartition(".")[0]
    found: dict[str, Any] = {
        "title": told.get("title") or (first_line if len(first_line) <= 120 else stem),
        "byline": told.get("byline", "")[:300],
        "language": told.get("language", ""),
        "web_url": arrival.fetched_from or told.get("web_url", ""),
        "is_complete": True,
    }
    try:
        day = datetime.fromisoformat(told.get("published_on", ""))
        found["published_at"] = datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        pass
    if name := told.get("publisher"):
        parties = Party.objects.visible_to(request.user).usable_in(arrival.case).standing()
        named = list(parties.filter(name_key=name_key(name))[:2])
        if len(named) == 1:
            found["publisher"] = named[0].pk
    return found


def _named_document(request: HttpRequest, case: Case, uid: str) -> Document | None:
    """Return the document of the case that a page is to make a newer text of, where it names one."""
    try:
        wanted = UUID(uid)
    except ValueError:
        return None
    return Document.objects.visible_to(request.user).filter(case=case, uid=wanted).first()


def _go_to(arrival: Arrival, document: Document | None) -> HttpResponse:
    address = reverse("admin:sources_document_arrived", args=[token_of(arrival)])
    return HttpResponseRedirect(f"{address}?{urlencode({'document': str(document.uid)})}" if document else address)


def _go_on(request: HttpRequest, document: Document, what: str) -> HttpResponse:
    """Go to where the document is annotated."""
    messages.success(request, f"“{document}” {what}.")
    return HttpResponseRedirect(reverse("admin:annotate", args=[document.pk]))
