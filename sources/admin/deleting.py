"""Deleting a row in the admin: what goes along and what stands in the way is said before it happens."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

from ..access import visible_among
from ..ledger import By, what_goes_with
from ..models import Record
from ..refusals import InUse, Refused
from ..requests import author_of
from ..revising import delete_row
from .history import address_of
from .lists import read_key

_SHOWN = 50  # rows named of each kind; the rest are counted


class Deleting:
    """The delete page of one sort of record."""

    delete_confirmation_template = "admin/delete_record.html"

    def delete_record(self, by: By, row: Record) -> None:
        """Delete the row."""
        delete_row(by=by, row=row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Return what would go along, and what stands in the way, as far as the user may see it."""
        along: list[str] = []
        standing: list[str] = []
        for row in objs:
            owned, in_use = what_goes_with([row])
            gone = {(type(other), other.pk) for other in owned}
            along += name_rows(request, owned)
            standing += name_rows(request, [other for other in in_use if (type(other), other.pk) not in gone])
        return along, {}, set(), standing

    def delete_model(self, request: HttpRequest, obj: Record) -> None:
        """Delete by the domain, where it is the row still that the page showed."""
        seen = read_key(request.POST.get("revision_seen", ""))
        if seen is not None:
            obj.revision = seen
        self.delete_record(author_of(request), obj)

    def delete_view(self: Any, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Say before what goes and what stands in the way; say so again where someone was faster."""
        try:
            page: HttpResponse = admin.ModelAdmin.delete_view(self, request, object_id, extra_context)
        except InUse as refused:
            told = format_html_join("", "<li>{}</li>", ((name,) for name in name_rows(request, refused.standing)))
            self.message_user(
                request, format_html("It was not deleted: it is in use by now.<ul>{}</ul>", told), "ERROR"
            )
        except Refused:
            self.message_user(
                request, "It was not deleted: someone has changed it since you looked. Look again first.", "ERROR"
            )
        else:
            return page
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_delete"
        return HttpResponseRedirect(reverse(name, args=[object_id]))


def name_rows(request: HttpRequest, rows: Any) -> list[str]:
    """Return rows as the user may know them: by name, with a link, or merely as something elsewhere."""
    seen = visible_among(request.user, rows)
    names = []
    for row in seen[:_SHOWN]:
        name, address = f"{row._meta.verbose_name}: {Truncator(str(row)).chars(160)}", address_of(row)
        names.append(format_html_join("", '<a href="{}">{}</a>', [(address, name)]) if address else name)
    if len(seen) > _SHOWN:
        names.append(f"and {len(seen) - _SHOWN} more")
    return names if len(seen) == len(rows) else [*names, "something in a case that you may not see"]
