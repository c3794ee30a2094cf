"""Forms that leave the writing to the domain, and show its refusals where they belong."""

import hashlib
import secrets
from copy import copy
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance

from ..images import canonical
from ..models import Case
from ..refusals import RowsRefused, Stale
from .lists import read_key
from .stale import show_stale


class VerbatimField(forms.CharField):
    """Text that is kept as it is: never trimmed, and untouched where only the browser's line ends differ.

    A browser posts CRLF for every line end of a text area. New text is taken with LF; text that is the same but for
    line ends is what it was.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(strip=False, **options)

    def to_python(self, value: Any) -> Any:
        """Return the text with LF line ends."""
        return _with_line_feeds(super().to_python(value) or "")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Tell whether more than line ends changed; a field of one line has lost them in the browser."""
        was, now = _with_line_feeds(initial or ""), _with_line_feeds(data or "")
        if not isinstance(self.widget, forms.Textarea):
            was, now = was.replace("\n", ""), now.replace("\n", "")
        return was != now


class HeldKeys:
    """A choice found by typing, which draws of what a browser sent only what can be the key of a row."""

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """Return what is chosen."""
        held = [key for key in value if read_key(str(key)) is not None]
        return super().optgroups(name, held, attrs)


class FoundInCase(HeldKeys):
    """A choice found by typing, among the rows of one case and the shared ones; mixed with what it is drawn as."""

    def __init__(self, *arguments: Any, case: Case | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.case = case

    def get_url(self) -> str:
        """Return where to look."""
        return f"{super().get_url()}?case={self.case.uid if self.case else ''}"


class InCaseAutocomplete(FoundInCase, AutocompleteSelect):
    """One such choice."""


def new_form_key() -> str:
    """Return a name for one showing of a form."""
    return secrets.token_hex(16)


def name_sending(request: Any, form_key: str) -> tuple[str, str]:
    """Return the key that stands for this form with these very words, and the hash of the words."""
    sent = sorted((name, values) for name, values in request.POST.lists() if name[:1] != "_" and "csrf" not in name)
    digest = hashlib.sha256(canonical([request.path, sent]).encode("utf-8", "surrogatepass")).hexdigest()
    return f"form {form_key or new_form_key()} {digest}", digest


class InCaseWrapper(RelatedFieldWidgetWrapper):
    """The links beside a choice, which lead to windows for another row: that row is of the case of this one."""

    case: Case

    @classmethod
    def around(cls, widget: RelatedFieldWidgetWrapper, case: Case) -> "InCaseWrapper":
        """Return the same links for a case."""
        wrapped = cls(
            widget.widget,
            widget.rel,
            widget.admin_site,
            can_add_related=widget.can_add_related,
            can_change_related=widget.can_change_related,
            can_delete_related=widget.can_delete_related,
            can_view_related=widget.can_view_related,
        )
        wrapped.case = case
        return wrapped

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Add the case to the address of the windows."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["url_params"] += f"&case={self.case.uid}"
        return context


class RecordForm(forms.ModelForm):
    """A form over one record: it carries the revision that its user saw, and saves nothing itself."""

    # The row and its revision as the user saw them; of a new row, a name for this form, which makes one row.
    uid_seen = forms.CharField(required=False, widget=forms.HiddenInput)
    revision_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    form_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput, initial=new_form_key)
    request: ClassVar[Any] = None  # set by the admin page, one form class a request
    sections: ClassVar[tuple[str, ...]] = ()  # rows below it that show their own faults

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if self.instance.pk is not None:
            self.fields["uid_seen"].initial = self.instance.uid
            self.fields["revision_seen"].initial = self.instance.revision
        for name in ("form_key",) if self.instance.pk is not None else ("uid_seen", "revision_seen"):
            self.fields.pop(name, None)

    def _clean_fields(self) -> None:
        super()._clean_fields()
        for name, field in self.fields.items():
            if isinstance(field, VerbatimField) and name in self.cleaned_data and name not in self.changed_data:
                self.cleaned_data[name] = self.get_initial_for_field(field, name) or ""

    def _post_clean(self) -> None:
        """Put the values into the row; whether they are right is for the domain to say, when it is asked to write."""
        # Into a copy: where the form is shown again, its page is about the row as it stands, not as it was typed.
        self.instance = construct_instance(self, copy(self.instance), self._meta.fields, self._meta.exclude)
        refusal = getattr(self.request, "_refusal", None)
        seen, current = self.cleaned_data.get("revision_seen"), self.instance.revision
        if seen and self.instance.pk is not None:
            self.instance.revision = seen
            if seen != current and refusal is None:
                # Told before the domain is asked, which would refuse it too: rows below it may be others by now.
                refusal = Stale(self.instance.record_kind(), self.instance.uid, current)
        show_refusal(self, refusal)

    def values(self, *names: str) -> dict[str, Any]:
        """Return the cleaned values of the columns that the form has, or of those named."""
        columns = {column.name for column in self._meta.model._meta.concrete_fields}
        return {name: self.cleaned_data[name] for name in (names or self.cleaned_data) if name in columns}


def show_refusal(form: RecordForm, refusal: Exception | None) -> None:
    """Add what the domain refused to the form, each fault at its field where there is one."""
    if isinstance(refusal, RowsRefused):
        refusal = next(iter(refusal.errors.values()))
    if isinstance(refusal, Stale):
        show_stale(form, form.instance, refusal, form.request)
    elif isinstance(refusal, ValidationError):
        for place, errors in _by_place(refusal).items():
            if place.partition(".")[0] in form.sections:
                continue
            name = place if place in form.fields else None
            for error in errors:
                text = error if name or not place else ValidationError(f"{place}: {' '.join(error.messages)}")
                form.add_error(name, text)
    elif refusal is not None:
        form.add_error(None, str(refusal))


def faults_under(refusal: Exception | None, section: str) -> dict[int, list[str]]:
    """Return what the domain refused of the rows of a section (`relays.1.party`), by the row's place."""
    if isinstance(refusal, RowsRefused):
        refusal = next(iter(refusal.errors.values()))
    found: dict[int, list[str]] = {}
    if isinstance(refusal, ValidationError):
        for place, errors in _by_place(refusal).items():
            head, _, rest = place.partition(".")
            if head == section and rest.partition(".")[0].isdigit():
                messages = [message for error in errors for message in error.messages]
                found.setdefault(int(rest.partition(".")[0]), []).extend(messages)
    return found


def _by_place(error: ValidationError) -> dict[str, list[ValidationError]]:
    if hasattr(error, "error_dict"):
        return {place if place != "__all__" else "": list(found) for place, found in error.error_dict.items()}
    return {"": list(error.error_list)}


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
