"""What every page of the admin does alike.

It shows what its user may see, in the case chosen in the header; it finds by words; it makes one call of the domain to
write, and shows a refusal in the form, with all that was typed. Permissions follow the role in the case.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import CharField, ForeignKey, Model, QuerySet, TextField
from django.forms import Textarea
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html

from ..access import role_in, visible_among
from ..choices import Role
from ..ledger import By, what_goes_with
from ..models import Case, Record
from ..refusals import InUse, Refused
from ..requests import author_of
from ..revising import case_of, delete_row, revise_row, role_to_change
from .forms import InCaseAutocomplete, RecordForm, VerbatimField
from .history import history_of, label_links
from .switching import ask_for_case, cases_to_write_in, current_case

_LONG = 300  # characters that a line takes; longer columns are typed into an area


class _DomainRefused(Exception):
    """Carries a refusal out of Django's saving, so that the transaction ends and the form is shown again."""


class RecordChangeList(ChangeList):
    """A list of the rows of the chosen case, and of the shared ones where there are such."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Return the rows that the filters leave, of the chosen case."""
        rows: Any = super().get_queryset(request, exclude_parameters)
        case = current_case(request)
        if case is None or self.model is Case:
            return rows
        of_case: QuerySet[Any] = rows.usable_in(case) if hasattr(rows, "usable_in") else rows.filter(case=case)
        return of_case


class RecordAdmin(admin.ModelAdmin):
    """Lists and forms of one sort of record."""

    form = RecordForm
    list_per_page = 50
    show_full_result_count = False
    search_fields: ClassVar[tuple[str, ...]] = ("search_key",)
    list_select_related: ClassVar[tuple[str, ...]] = ()  # of details too: they name the rows that they point to
    empty_value_display = "–"
    is_made_here = True  # whether rows are added on a page of their own
    is_changed_here = True
    object_history_template = "admin/record_history.html"

    # --- the domain's part, by default for rows that only their model has a say in ---

    def add_record(self, by: By, case: Any, form: RecordForm, formsets: list[Any]) -> None:
        """Write the new row of the form into the chosen case; only a case is in none."""
        raise NotImplementedError

    def change_record(self, by: By, form: RecordForm, formsets: list[Any]) -> None:
        """Write the changes of the form."""
        revise_row(by=by, row=form.instance, values=form.values())

    def delete_record(self, by: By, row: Record) -> None:
        """Delete the row."""
        delete_row(by=by, row=row)

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

    def _includes(self, request: HttpRequest, case: Case | None, needed: Role) -> bool:
        role = role_in(request.user, case)
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
        """Carry the revision along, unseen."""
        fieldsets = [(name, dict(options)) for name, options in super().get_fieldsets(request, obj)]
        if obj is not None and fieldsets:
            fieldsets[0][1]["fields"] = [*(fieldsets[0][1]["fields"] or ()), "revision_seen"]
        return fieldsets

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Keep texts verbatim, and give long ones room."""
        if (
            isinstance(db_field, CharField | TextField)
            and not db_field.choices
            and type(db_field) in (CharField, TextField)
        ):
            kwargs["form_class"] = VerbatimField
            if (db_field.max_length or _LONG + 1) > _LONG:
                kwargs.setdefault("widget", Textarea(attrs={"rows": 2, "class": "vLargeTextField", "dir": "auto"}))
        return super().formfield_for_dbfield(db_field, request, **kwargs)

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
        return super().add_view(request, form_url, extra_context)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Write what the form says by one call of the domain; where that refuses, show the form and why."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except _DomainRefused as refused:
            request._refusal = refused.__cause__
            return super().changeform_view(request, object_id, form_url, extra_context)

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
                self.add_record(by, case, form, list(formsets))
        except (ValidationError, Refused, PermissionDenied) as refused:
            raise _DomainRefused from refused

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """Return nothing: the ledger tells what was changed."""
        return []

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Do nothing: the ledger is the one log."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Do nothing, as above."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> Any:
        """Do nothing, as above."""

    # --- deleting ---

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what would go along, and what stands in the way, as far as the user may see it."""
        going: list[Any] = []
        standing: list[str] = []
        for row in objs:
            going.append(f"{row._meta.verbose_name}: {row}")
            owned, in_use = what_goes_with(row)
            going += [f"{other._meta.verbose_name}: {other}" for other in owned]
            standing += name_rows(request, in_use)
        counts = {str(self.opts.verbose_name_plural): len(objs)}
        return going, counts, set(), standing

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete by the domain."""
        self.delete_record(author_of(request), obj)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Say before what goes and what stands in the way; say so again where someone was faster."""
        try:
            return super().delete_view(request, object_id, extra_context)
        except (InUse, Refused, PermissionDenied) as refused:
            self.message_user(request, str(refused), level="ERROR")
            return super().change_view(request, object_id)

    # --- history ---

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show what became of the row, act by act, from the ledger."""
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        items = list(history_of(row)[:200])
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {row}",
            "object": row,
            "opts": self.opts,
            "acts": list(label_links(items, request)),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


def name_rows(request: HttpRequest, rows: list[Record]) -> list[str]:
    """Return rows as the user may know them: by name, or merely as something elsewhere."""
    seen = visible_among(request.user, rows)
    names = [f"{row._meta.verbose_name}: {row}" for row in seen]
    return names if len(seen) == len(rows) else [*names, "something in a case that you may not see"]


def quoted(words: str, length: int = 160) -> str:
    """Return words in quotation marks, cut for a list, isolated from the direction of what surrounds them."""
    shown = words if len(words) <= length else words[: length - 1] + "…"
    return format_html('<q dir="auto">{}</q>', shown)
