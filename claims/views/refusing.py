"""What is told of a refusal, line by line, and of what is not there any more."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest

from sources.admin.history import deletion_of
from sources.admin.stale import tell_deletion
from sources.models import Record
from sources.refusals import InUse, RowsRefused


def told_of(refused: Exception) -> list[str]:
    """Return a refusal of the domain in lines that a person can read."""
    if isinstance(refused, ValidationError):
        return list(refused.messages)
    if isinstance(refused, RowsRefused):
        return [message for error in refused.errors.values() for message in error.messages]
    if isinstance(refused, InUse):
        return [f"{refused}: something made later stands on it"]
    return [str(refused)]


def tell_gone(request: HttpRequest, model: type[Record], uid: UUID) -> None:
    """Tell who deleted a row while a page on it was open; what was never there, or is hidden, is not found."""
    act = deletion_of(model.record_kind(), str(uid), request) if request.method == "POST" else None
    if act is None:
        raise Http404
    messages.warning(request, tell_deletion(act, model._meta.verbose_name))
