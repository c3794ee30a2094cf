"""Taking an act back, from the ledger or from the history of a row."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sources.admin.history import visible_changes
from sources.models import Change
from sources.refusals import Refused
from sources.requests import author_of

from ..undoing import undo_change
from ..views.refusing import told_of


def undo_change_view(request: HttpRequest, sequence: int) -> HttpResponse:
    """Take back the act, or say why that cannot be; either way back to its page."""
    change = visible_changes(request).filter(sequence=sequence).first()
    if change is None:
        raise Http404
    try:
        undo_change(by=author_of(request), change=change)
    except (ValidationError, Refused, PermissionDenied) as refused:
        for line in told_of(refused):
            messages.error(request, line)
        return HttpResponseRedirect(reverse("admin:sources_change_change", args=[change.pk]))
    messages.success(request, f"Entry {sequence} was taken back.")
    newest = Change.objects.filter(undoes=sequence).order_by("-sequence")[0]
    return HttpResponseRedirect(reverse("admin:sources_change_change", args=[newest.pk]))
