"""Rows that are written with the one that they belong to."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.forms import BaseInlineFormSet, HiddenInput, ModelChoiceField, ModelForm
from django.http import HttpRequest

from .forms import InCaseAutocomplete, faults_under
from .history import read_named

_MOST = 100  # rows of one sort below another that are read of one form, whatever number it names


class _SeenRow(ModelChoiceField):
    """The row that a form was opened on, where it is there still."""

    def clean(self, value: Any) -> Any:
        """Return the row, None where it is gone."""
        try:
            return super().clean(value)
        except ValidationError:
            return None


class DraftFormSet(BaseInlineFormSet):
    """Forms of rows that are not written by themselves: their values go to the domain with the row above them."""

    request: Any = None
    section = ""

    def add_fields(self, form: ModelForm, index: int | None) -> None:
        """Take a row that someone else took away in the meantime for a new one, with all that was typed."""
        super().add_fields(form, index)
        name = self._pk_field.name
        seen: Any = form.fields[name]
        form.fields[name] = _SeenRow(seen.queryset, initial=seen.initial, required=False, widget=HiddenInput)

    def drafts(self) -> list[dict[str, Any]]:
        """Return the values of the rows that are to be, in their order."""
        return [form.cleaned_data for form in self._kept()]

    def clean(self) -> None:
        """Show what the domain refused at the row that it is about."""
        super().clean()
        kept = self._kept()
        for place, messages in faults_under(getattr(self.request, "_refusal", None), self.section).items():
            if place < len(kept):
                for message in messages:
                    kept[place].add_error(None, message)

    def _kept(self) -> list[ModelForm]:
        kept = [form for form in self.forms if hasattr(form, "cleaned_data") and not self._is_left_out(form)]
        return sorted(kept, key=lambda form: form.cleaned_data.get("hop") or len(kept) + 1)

    def _is_left_out(self, form: ModelForm) -> bool:
        return bool(form.cleaned_data.get("DELETE")) or (form.instance.pk is None and not form.has_changed())


class DraftInline(admin.StackedInline):
    """Rows below another, changed by whoever may change that."""

    formset = DraftFormSet
    section = ""
    extra = 0
    classes = ()

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return the formset class of this request."""
        formset = super().get_formset(request, obj, **kwargs)
        sent = obj is not None and request.method == "POST"
        model: Any = self.model
        n_there = (
            model._default_manager.visible_to(request.user).filter(**{formset.fk.name: obj}).count() if sent else 0
        )
        own = {"request": request, "section": self.section, "absolute_max": max(_MOST, n_there)}
        return type(formset.__name__, (formset,), own)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer visible rows of the case, found by typing."""
        target: Any = db_field.remote_field.model
        kwargs["queryset"] = target._default_manager.visible_to(request.user)
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = InCaseAutocomplete(db_field, self.admin_site, case=getattr(request, "_form_case", None))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everyone look who sees the row above."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those add who may change the row above."""
        return self._may_change(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those change who may change the row above."""
        return self._may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those take away who may change the row above."""
        return self._may_change(request, obj)

    def _may_change(self, request: HttpRequest, obj: Model | None) -> bool:
        above = self.admin_site._registry[self.parent_model]
        return above.has_add_permission(request) if obj is None else above.has_change_permission(request, obj)


class ShownFormSet(BaseInlineFormSet):
    """Rows that are shown below a form and are no part of it: whatever a browser sends of them is not read."""

    def __init__(self, data: Any = None, files: Any = None, **options: Any) -> None:
        super().__init__(None, None, **options)

    def is_valid(self) -> bool:
        """Stand in nobody's way."""
        return True


class ReadOnlyInline(admin.StackedInline):
    """Rows below another, to be read, one a line."""

    formset = ShownFormSet
    template = "admin/rows_below.html"
    extra = 0
    max_num = 0
    can_delete = False
    show_change_link = True

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return every field."""
        return self.fields or ()

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the rows that this user may see."""
        rows: Any = super().get_queryset(request)
        return read_named(rows.visible_to(request.user))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everyone look who sees the row above."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse."""
        return False
