"""What every page of the admin does alike.

It shows what its user may see, in the case chosen in the header; it finds by words; it makes one call of the domain to
write, and shows a refusal in the form, with all that was typed. Permissions follow the role in the case.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import CharField, DateTimeField, ForeignKey, Model, QuerySet, TextField, URLField
from django.forms import MultiWidget, Textarea
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst

from ..access import role_in
from ..choices import Role
from ..ledger import By
from ..models import Case, Record
from ..once import find_made, keep_answer, take_key
from ..refusals import Refused
from ..requests import author_of
from ..revising import case_of, revise_row, role_to_change
from .deleting import Deleting
from .filters import CaseFilter
from .forms import InCaseAutocomplete, InCaseWrapper, RecordForm, VerbatimField, name_sending
from .history import deletion_of, history_of, tell_items
from .lists import AskedList, Listing, as_uid
from .stale import tell_deletion
from .switching import ask_for_case, cases_to_write_in, current_case, look_at_case

_LONG = 300  # characters that a line takes; longer columns are typed into an area


class _DomainRefused(Exception):
    """Carries a refusal out of Django's saving, so that the transaction ends and the form is shown again."""


class _SentBefore(Exception):
    """Carries out of Django's saving that this very form was sent before, and what it made."""

    def __init__(self, made: Record | None) -> None:
        super().__init__()
        self.made = made


class RecordChangeList(AskedList):
    """A list of the rows of the chosen case, and of the shared ones where there are such."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Return the rows that the filters leave, of the chosen case."""
        rows: Any = super().get_queryset(request, exclude_parameters)
        case = current_case(request)
        if case is None or self.model is Case:
            return rows
        of_case: QuerySet[Any] = rows.usable_in(case) if hasattr(rows, "usable_in") else rows.filter(case=case)
        return of_case


class RecordAdmin(Deleting, Listing, admin.ModelAdmin):
    """Lists and forms of one sort of record."""

    form = RecordForm
    list_per_page = 50
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)  # of suggestions too
    show_full_result_count = False
    search_fields: ClassVar[tuple[str, ...]] = ("search_key",)
    list_select_related: ClassVar[tuple[str, ...]] = ()  # of details too: they name the rows that they point to
    view_on_site = False
    empty_value_display = "–"
    is_made_here = True  # whether rows are added on a page of their own
    is_changed_here = True
    object_history_template = "admin/record_history.html"
    # What a row leads on to: (label, model, the field of the new row that this one is put into).
    ways_on: ClassVar[tuple[tuple[str, str, str], ...]] = ()

    # --- the domain's part, by default for rows that only their model has a say in ---

    def add_record(self, by: By, case: Any, form: RecordForm, formsets: list[Any]) -> None:
        """Write the new row of the form into the chosen case; only a case is in none."""
        raise NotImplementedError

    def change_record(self, by: By, form: RecordForm, formsets: list[Any]) -> None:
        """Write the changes of the form."""
        revise_row(by=by, row=form.instance, values=form.values())

    # --- who may do what ---

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the model to everyone who may log in here; what they see of it is for `visible_to` to say."""
        return bool(request.user.is_active and request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let everyone look who may log in here."""
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those add who annotate in the chosen case, or, where none is chosen, in any."""
        if not (self.is_made_here and self.has_module_permission(request)):
            return False
        case = current_case(request)
        return self._includes(request, case, Role.ANNOTATOR) if case else bool(cases_to_write_in(request))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those change a row whose role in its case reaches as far as it needs."""
        if not (self.is_changed_here and self.has_module_permission(request)):
            return False
        return obj is None or (isinstance(obj, Record) and self._includes(request, case_of(obj), role_to_change(obj)))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let those delete a row who may change it."""
        return obj is not None and self.has_change_permission(request, obj)

    def may_here(self, request: HttpRequest, needed: Role) -> bool:
        """Tell whether the user's role in the chosen case reaches as far; where none is chosen, that stays open."""
        case = current_case(request)
        return case is None or self._includes(request, case, needed)

    def _includes(self, request: HttpRequest, case: Case | None, needed: Role) -> bool:
        # Looked up once a request, for a page asks it of every model that it names; the domain asks again who writes.
        roles: dict[int | None, Role | None] = request.__dict__.setdefault("_roles", {})
        key = case.pk if case is not None else None
        if key not in roles:
            roles[key] = role_in(request.user, case)
        role = roles[key]
        return role is not None and role.includes(needed)

    # --- what is shown ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows that this user may see."""
        rows: Any = super().get_queryset(request)
        visible: QuerySet[Any] = rows.visible_to(request.user)
        return visible.select_related(*self.list_select_related) if self.list_select_related else visible

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the list that keeps to the chosen case."""
        return RecordChangeList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list under the name of what is in it."""
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def get_list_display(self, request: HttpRequest) -> Any:
        """Leave the column of the case out where all rows are of one."""
        columns = super().get_list_display(request)
        return [c for c in columns if c != "case"] if current_case(request) is not None else columns

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Offer the cases where none is chosen."""
        filters = super().get_list_filter(request)
        return filters if current_case(request) is not None or self.model is Case else (CaseFilter, *filters)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by words, case and accents aside, the same on both engines."""
        if search_term.strip() and self.search_fields:
            queryset = queryset.matching(search_term, request.user)
        return queryset, False

    # --- forms ---

    def get_form(self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form class of this request."""
        request._form_case = case_of(obj) if obj is not None else current_case(request)
        form_class = super().get_form(request, obj, change, **kwargs)
        return type(form_class.__name__, (form_class,), {"request": request})

    def get_fieldsets(self, request: HttpRequest, obj: Any | None = None) -> Any:
        """Carry along, unseen, which revision of the row this is, or the name of the form of a new one."""
        fieldsets = [(name, dict(options)) for name, options in super().get_fieldsets(request, obj)]
        if fieldsets and self.is_written_by(request, obj):
            unseen = ("form_key",) if obj is None else ("uid_seen", "revision_seen")
            fieldsets[0][1]["fields"] = [*(fieldsets[0][1]["fields"] or ()), *unseen]
        return fieldsets

    def is_written_by(self, request: HttpRequest, obj: Any | None) -> bool:
        """Tell whether the page of this row is a form for this user, and not merely to be read."""
        return self.has_add_permission(request) if obj is None else self.has_change_permission(request, obj)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Keep texts verbatim, and give long ones room."""
        if isinstance(db_field, URLField):
            kwargs["assume_scheme"] = "https"
        if (
            isinstance(db_field, CharField | TextField)
            and not db_field.choices
            and type(db_field) in (CharField, TextField)
        ):
            kwargs["form_class"] = VerbatimField
            if (db_field.max_length or _LONG + 1) > _LONG:
                kwargs.setdefault("widget", Textarea(attrs={"rows": 2, "class": "vLargeTextField", "dir": "auto"}))
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(db_field, DateTimeField) and field is not None and isinstance(field.widget, MultiWidget):
            for part, words in zip(field.widget.widgets, ("date", "time"), strict=True):
                part.attrs["aria-label"] = f"{capfirst(str(db_field.verbose_name))}: {words}"
        case = getattr(request, "_form_case", None)
        if case is not None and field is not None and type(field.widget) is RelatedFieldWidgetWrapper:
            field.widget = InCaseWrapper.around(field.widget, case)
        return field

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        """Offer visible rows only, and among them by typing those of the case."""
        target: Any = db_field.remote_field.model
        if issubclass(target, Record):
            kwargs["queryset"] = target._default_manager.visible_to(request.user)
            if db_field.name in self.get_autocomplete_fields(request):
                case = getattr(request, "_form_case", None)
                kwargs["widget"] = InCaseAutocomplete(db_field, self.admin_site, case=case)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show the form of a new row, once a case is chosen for it."""
        if self.model is not Case and current_case(request) is None:
            return ask_for_case(request)
        title = f"New {self.opts.verbose_name}"
        return super().add_view(request, form_url, {"title": title, **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show a row under its name; the page is in the row's case."""
        context = {"title": capfirst(str(self.opts.verbose_name)), **(extra_context or {})}
        row = self.get_object(request, object_id) if request.method == "GET" else None
        if row is not None:
            if state := self.state_of(row):
                context["title"] += f" · {state}"
            context |= {"ways_on": list(self.find_ways_on(request, row)), "acts": self.find_acts(request, row)}
        return super().change_view(request, object_id, form_url, context)

    def state_of(self, row: Any) -> str:
        """Return where the row stands, to be told above its name; empty where rows of this sort stand nowhere."""
        return ""

    def find_ways_on(self, request: HttpRequest, row: Any) -> Iterator[tuple[str, str]]:
        """Yield (label, address) of the forms that this row leads on to, for this user."""
        case = current_case(request)
        if case is not None and self._includes(request, case, Role.ANNOTATOR):
            for label, model, field in self.ways_on:
                yield label, f"{reverse(f'admin:{model}_add')}?{field}={row.pk}"

    def find_acts(self, request: HttpRequest, row: Any) -> list[tuple[str, str]]:
        """Return (label, address to post to) of what can be done with this row in one step, by this user."""
        return []

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the row that the page is about, and be in its case."""
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            look_at_case(request, case_of(row))
        return row

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Write what the form says by one call of the domain; where that refuses, show the form and why."""
        # Not by `super`, which would hold the one writer's lock of SQLite while it reads the form and draws the page:
        # what is written is written in a transaction of the domain's own.
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)
        except _DomainRefused as refused:
            request._refusal = refused.__cause__
            return self._changeform_view(request, object_id, form_url, extra_context)
        except _SentBefore as twice:
            if twice.made is None:
                self.message_user(request, "This form was sent before; what it made is not there any more.", "WARNING")
                return HttpResponseRedirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"))
            return self.response_add(request, twice.made)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Do nothing: row and what belongs to it are written together, in `save_related`."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write it all by one call of the domain."""
        by = author_of(request)
        try:
            if change:
                self.change_record(by, form, list(formsets))
            else:
                case = current_case(request)
                if case is None and self.model is not Case:
                    raise PermissionDenied("no case is chosen")
                self._add_once(request, by, case, form, list(formsets))
        except (ValidationError, Refused, PermissionDenied) as refused:
            raise _DomainRefused from refused

    def _add_once(self, request: HttpRequest, by: By, case: Case | None, form: Any, formsets: list[Any]) -> None:
        """Write the new row, unless this very form with these very words wrote it before."""
        user: Any = request.user
        key, digest = name_sending(request, form.cleaned_data.get("form_key", ""))
        with transaction.atomic():
            known = take_key(user=user, key=key, digest=digest, at=by.at)
            if known is not None:
                raise _SentBefore(find_made(known, user))
            self.add_record(by, case, form, formsets)
            request._made = form.instance
            keep_answer(user=user, key=key, made=form.instance)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        """Answer about the row that was made, which the domain may have made in the place of the form's."""
        return super().response_add(request, getattr(request, "_made", obj), post_url_continue)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Return nothing: the ledger tells what was changed."""
        return []

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Do nothing: the ledger is the one log."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Do nothing, as above."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Do nothing, as above."""

    # --- history ---

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show what became of the row, act by act, from the ledger."""
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        context = {
            **self.admin_site.each_context(request),
            "title": f"History: {row}",
            "object": row,
            "opts": self.opts,
            "acts": list(tell_items(history_of(row)[:200], request)),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Go to the list, and say that the row is not there; who deleted it while a form on it was open, if so."""
        act = None
        if uid := as_uid(request.POST.get("uid_seen", "")):
            act = deletion_of(self.model.record_kind(), str(uid), request)
        if act is None:
            told = f"There is no such {opts.verbose_name}: it was never there, is gone, or is not yours to see."
        else:
            told = tell_deletion(act, opts.verbose_name)
        self.message_user(request, told, "WARNING")
        return HttpResponseRedirect(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"))


def quoted(words: str, length: int = 160) -> str:
    """Return words in quotation marks, cut for a list, isolated from the direction of what surrounds them."""
    shown = words if len(words) <= length else words[: length - 1] + "…"
    return format_html('<q dir="auto">{}</q>', shown)
