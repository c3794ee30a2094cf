"""What was said when, and how many of what: the case in the order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from sources.admin.switching import ask_for_case
from sources.models import Case
from sources.snapshot import snapshot

from ..timeline import PUBLISHED, SAID, Moment, Quantity, TimelinePlace, find_moments, find_quantities
from .charting import WIDTH, build_charts
from .page import case_of_page, show_page
from .standing import Sides, SlotsForm, StandpointForm, unchanged

_MOMENTS, _QUANTITIES = 100, 60  # of one page
_AFTER, _NUMBERS_AFTER = "after", "numbers_after"  # parameters: from where in time each is read on


class TimelineForm(StandpointForm):
    """By which time, and from where, the timeline is read."""

    by = forms.ChoiceField(
        choices=((SAID, "when it was said"), (PUBLISHED, "when it was published")), required=False, label="By"
    )


@dataclass(frozen=True)
class Day:
    """What was said, or published, on one day."""

    day: date
    moments: list[Moment]


def show_timeline(request: HttpRequest) -> HttpResponse:
    """Show the statements of the accounts that the address names, or of all."""
    case = case_of_page(request)
    if case is None:
        return ask_for_case(request)
    if any(name.startswith("slot") for name in request.GET):
        return _go_to_chosen(request, case)
    with snapshot():
        sides = Sides.read(request, case)
        if sides.by_document:
            raise Http404
        form = TimelineForm(request.GET)
        standpoint = form.standpoint(case)
        moments: list[Moment] = []
        quantities: list[Quantity] = []
        columns = []
        if standpoint is not None:
            order = form.cleaned_data["by"] or SAID
            columns = sides.gather(standpoint)
            after, numbers_after = (_read_place(request.GET.get(name)) for name in (_AFTER, _NUMBERS_AFTER))
            moments = find_moments(standpoint, columns=columns, ordered_by=order, after=after, limit=_MOMENTS + 1)
            quantities = find_quantities(
                standpoint, columns=columns, ordered_by=order, after=numbers_after, limit=_QUANTITIES + 1
            )
        shown, counted = moments[:_MOMENTS], quantities[:_QUANTITIES]
        return show_page(
            request,
            "accounts/timeline.html",
            "Timeline",
            case=case,
            page="timeline",
            form=form,
            slots=SlotsForm(request, case, sides),
            carried=unchanged(request.GET, (_AFTER, _NUMBERS_AFTER, "account", *form.fields)),
            columns=columns,
            days=_days(shown),
            charts=build_charts(counted),
            chart_width=WIDTH,
            next_page=_next(request, _AFTER, shown) if len(moments) > _MOMENTS else "",
            next_numbers=_next(request, _NUMBERS_AFTER, counted) if len(quantities) > _QUANTITIES else "",
            sources=list({m.exhibit.document.pk: m.exhibit.document for m in shown}.values()),
            json_address=_api(case, request),
        ).render()


def _days(moments: Iterable[Moment]) -> list[Day]:
    return [Day(day, list(found)) for day, found in groupby(moments, key=lambda moment: moment.place.at.date())]


def _go_to_chosen(request: HttpRequest, case: Case) -> HttpResponse:
    form = SlotsForm(request, case, Sides(), request.GET)
    if not form.is_valid():
        raise Http404
    return HttpResponseRedirect(f"{reverse('admin:timeline')}?{form.query(request.GET, 'account')}")


def _read_place(text: str | None) -> TimelinePlace | None:
    if not text:
        return None
    at, _, uid = text.partition("~")
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("a moment is in a zone")
        return TimelinePlace(moment.astimezone(UTC), UUID(uid))
    except (ValueError, OverflowError):
        raise Http404 from None


def _next(request: HttpRequest, name: str, shown: Sequence[Moment | Quantity]) -> str:
    query = request.GET.copy()
    query[name] = f"{shown[-1].place.at.isoformat()}~{shown[-1].place.uid}"
    return f"?{query.urlencode(safe=',')}"


def _api(case: Case, request: HttpRequest) -> str:
    address = reverse("cases-timeline", args=[case.uid])
    query: Any = request.GET.copy()
    for name in [name for name, value in query.items() if value == "" or name in ("case", _AFTER, _NUMBERS_AFTER)]:
        query.pop(name)
    if "accepted_only" in query:
        query["accepted_only"] = "true"
    plain = query.urlencode(safe=",")
    return f"{address}?{plain}" if plain else address
