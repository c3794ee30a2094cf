"""What is told where someone else changed, or took away, what a page showed?

Public: `show_stale` for a form, `tell_stale` for an act without one, `tell_deletion`. A page carries the revision that
it showed; the domain refuses an act on any other.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator

from ..models import Change, Record
from ..refusals import Stale
from .history import Difference, changes_since

_LONG = 400  # characters of a column that are told in passing


def show_stale(form: Any, row: Record, refusal: Stale, request: HttpRequest) -> None:
    """Say in a form who changed what in the meantime; what was typed stays, and is saved over it when sent again."""
    lines = changes_since(row, form.cleaned_data.get("revision_seen") or 0, request)
    table = _tabulate(lines, lambda line: _typed(form, row, line.column))
    form.add_error(
        None,
        format_html(
            "Someone else has changed this in the meantime.{} Nothing of yours is saved yet, and all that you typed is "
            "still here. Save again to put it in the place of theirs.",
            table,
        ),
    )
    if refusal.current is not None:
        data: Any = form.data.copy()
        data[form.add_prefix("revision_seen")] = str(refusal.current)
        form.data = data


def tell_stale(row: Record, seen: int, request: HttpRequest) -> str:
    """Return, in a line and a table, that the row was changed since it was shown, and how."""
    lines = changes_since(row, seen, request)
    return format_html(
        "“{}” was left as it is: someone else has changed it since you looked.{}",
        Truncator(str(row)).chars(160),
        _tabulate([_shorten(line) for line in lines]),
    )


def tell_deletion(act: Change, name: object) -> str:
    """Return who deleted what a page was about while it was open, and where that can be taken back."""
    return format_html(
        "{} deleted this {} while you had it open. Nothing was saved. "
        '<a href="{}">Entry {} of the ledger</a> shows it, and can be taken back.',
        act.actor or "The console",
        name,
        reverse("admin:sources_change_change", args=[act.pk]),
        act.sequence,
    )


def _tabulate(lines: list[Difference], typed: Callable[[Difference], str] | None = None) -> str:
    """Return what was seen, what is there now and what was typed, column by column; nothing where nothing differs."""
    if not lines:
        return ""
    heads = ["Field", "You saw", "It is now", *(["You typed"] if typed else [])]
    rows = [
        (line.name, format_html_join("", '<td dir="auto">{}</td>', ((cell,) for cell in _cells(line, typed))))
        for line in lines
    ]
    return format_html(
        '<table class="differences"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>',
        format_html_join("", '<th scope="col">{}</th>', ((head,) for head in heads)),
        format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', rows),
    )


def _cells(line: Difference, typed: Callable[[Difference], str] | None) -> list[Any]:
    return [line.was, line.became, *([typed(line)] if typed else [])]


def _shorten(line: Difference) -> Difference:
    return line._replace(was=Truncator(line.was).chars(_LONG), became=Truncator(line.became).chars(_LONG))


def _typed(form: forms.BaseForm, row: Record, column: str) -> str:
    """Return what the form says of a column, in words."""
    value = form.cleaned_data.get(column)
    if not column or value in (None, "", False):
        return "–"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    named: Any = form.fields.get(column) or row._meta.get_field(column)
    choices = dict(getattr(named, "choices", None) or ()) if isinstance(value, str) else {}
    return str(choices.get(value, value))
