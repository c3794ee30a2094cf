"""How long do the endpoints take on a large case, and how far is that from the floor?

Public: `measure`. Every figure is the median of several runs after one that warms up, in milliseconds. No figure is
ever asserted: machines differ. The ratio to a floor measured in the same run, on the same rows, is what to compare.
"""

import json
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count
from django.test import Client, RequestFactory
from django.utils import timezone
from rest_framework.request import Request

from claims import conflicts, folding
from claims.accounts import gather_accounts
from claims.commitments import Meeting
from claims.comparison import compare
from claims.dossier import compile_dossier
from claims.graph.building import graph_of_case, graph_of_claim
from claims.models import Claim, ClaimRelation, Statement
from claims.reading import read_statements
from claims.standpoint import Standpoint
from sources.api.keyset import Cursor
from sources.models import Case, Party
from sources.snapshot import snapshot

from . import floors
from .generating import Landmarks

_RUNS = 9
_ENOUGH_SECONDS = 2.0  # after which a figure has had runs enough, be they three
_LIMIT = 100  # rows of a page
_NODES = 2000  # of a graph
_HOST = {"SERVER_NAME": "localhost"}


@dataclass(frozen=True)
class Line:
    """One thing to measure: at its address, in the domain, and as SQL by hand; any of them may be missing."""

    what: str
    path: str | None
    domain: Callable[[], Any] | None
    floor: Callable[[], Any] | None
    does: str  # whose first line of docstring says what the floor does


def measure(marks: Landmarks) -> None:
    """Measure and print every line, then what the floors do."""
    _print_heading(marks)
    _store_folded(marks)
    client = Client(headers={"authorization": f"Token {marks.token}"}, **_HOST)
    told: dict[str, str] = {}
    for line in _lines(marks):
        answer = _get(client, line.path) if line.path else None
        endpoint = _median(partial(_get, client, line.path)) if line.path else None
        domain = _median(partial(_in_snapshot, line.domain)) if line.domain else None
        floor = _median(line.floor) if line.floor else None
        size = len(answer) / 1000 if answer else None
        cells = (endpoint, domain, floor, _ratio(endpoint, floor), _ratio(domain, floor), size)
        note = _compare(line, answer)
        print(f"{line.what:<44}{''.join(_cell(cell, n) for n, cell in enumerate(cells))}  {note}", flush=True)
        if line.floor:
            told.setdefault(line.does, line.what)
    print("\nWhat the floors do, from the first line that each stands in (rows read, then json.dumps; no shapes):")
    for does, what in told.items():
        print(f"  {what}: {does}")
    _print_memory(marks)


def _lines(marks: Landmarks) -> Iterator[Line]:
    """Yield what is measured."""
    case, key = marks.case, marks.case.pk
    of_case = f"/api/v1/cases/{case.uid}"
    for name, claim, depths in (
        ("typical claim", marks.typical, (1, 2, 3)),
        ("hub", marks.hub, (1, 2, 3)),
        ("popular claim", marks.popular, (1,)),
        ("claim in a chain", marks.chained, (3,)),
    ):
        for depth in depths:
            yield Line(
                f"graph of {name}, depth {depth}",
                f"/api/v1/claims/{claim.uid}/graph/?depth={depth}&limit={_NODES}",
                partial(_graph_of_claim, claim, depth),
                partial(floors.graph_of_claim, claim.pk, depth, _NODES),
                _first_line(floors.graph_of_claim),
            )
    yield Line(
        "graph of the case",
        f"{of_case}/graph/?limit={_NODES}",
        lambda: graph_of_case(
            case, limit=_NODES, statements=Statement.objects.live().filter(case=case), address_of=_address
        ),
        partial(floors.graph_of_case, key, _NODES),
        _first_line(floors.graph_of_case),
    )
    yield from _lines_of_conflicts(marks, of_case)
    yield from _lines_of_lists(marks)
    yield from _lines_of_accounts(marks, of_case)
    relations = partial(floors.read_relations, key)
    does = _first_line(floors.read_relations)
    yield Line("fold, cold", None, partial(_fold_cold, key), relations, does)
    yield Line("fold, warm", None, partial(folding.classes_of, [key]), relations, does)


def _lines_of_conflicts(marks: Landmarks, of_case: str) -> Iterator[Line]:
    case, middle = marks.case, marks.popular.pk
    classes = folding.classes_of([case.pk])
    # Where a reader would come to by following `next` half-way through the walk: at the claim of the most pairs.
    place = conflicts.Place(middle, "+", middle, "-", UUID(int=0), UUID(int=0))
    deep = Cursor([str(part) if isinstance(part, UUID) else part for part in place], backwards=False)
    path = f"{of_case}/conflicts/?limit={_LIMIT}"
    does = _first_line(floors.list_conflicts)
    for what, address, options, bare in (
        ("conflicts of the case, first page", path, {}, {}),
        (
            "conflicts of the case, deep page",
            deep.address(Request(RequestFactory(**_HOST).get(path))),
            {"after": place},
            {"since": classes.class_of(middle)},
        ),
        (
            "conflicts of the case, without tensions",
            f"{path}&tensions=without",
            {"tensions": conflicts.WITHOUT},
            {"tensions": False},
        ),
        *(
            (
                f"conflicts of the {name}",
                f"/api/v1/claims/{claim.uid}/conflicts/?limit={_LIMIT}",
                {"claim": claim},
                {"of_class": classes.class_of(claim.pk)},
            )
            for name, claim in (("hub", marks.hub), ("claim in a chain", marks.chained))
        ),
    ):
        domain = partial(conflicts.find_conflicts, case, limit=_LIMIT + 1, **options)
        yield Line(what, address, domain, partial(floors.list_conflicts, _LIMIT + 1, **bare), does)
    yield Line("number of conflicts of the case", None, partial(conflicts.count_conflicts, case), None, "")


def _lines_of_lists(marks: Landmarks) -> Iterator[Line]:
    uid, key = marks.case.uid, marks.case.pk
    page = f"?case={uid}&limit={_LIMIT}"
    for name, claim in (("typical", marks.typical), ("hub", marks.hub), ("popular", marks.popular)):
        show = partial(floors.show_claim, claim.pk)
        domain = partial(_read_claims, {claim.pk: key})
        yield Line(f"claim, {name}", f"/api/v1/claims/{claim.uid}/", domain, show, _first_line(floors.show_claim))
    first = dict.fromkeys(Claim.objects.filter(case=key).order_by("uid").values_list("pk", flat=True)[:_LIMIT], key)
    list_claims, list_contested = partial(floors.list_claims, key, 101), partial(floors.list_contested, key, 101)
    claims, contested = "/api/v1/claims/", "contested=true"
    does = _first_line(floors.list_claims)
    yield Line("list of claims", f"{claims}{page}", partial(_read_claims, first), list_claims, does)
    does = _first_line(floors.list_contested)
    yield Line(
        "list of contested claims",
        f"{claims}{page}&{contested}",
        partial(conflicts.contested_in, [key]),
        list_contested,
        does,
    )
    yield Line(
        "list of contested claims, all cases", f"{claims}?limit={_LIMIT}&{contested}", None, list_contested, does
    )
    some = list(Statement.objects.live().filter(case=key).order_by("uid").values_list("pk", flat=True)[:_LIMIT])
    statements = partial(floors.list_statements, key, 101)
    does = _first_line(floors.list_statements)
    read = partial(read_statements, Statement.objects.filter(pk__in=some).order_by("uid"))
    yield Line("list of statements", f"/api/v1/statements/{page}", read, statements, does)
    yield Line("list of statements, all cases", f"/api/v1/statements/?limit={_LIMIT}", None, statements, does)


# --- what is run ---------------------------------------------------------------------------------------------------


def _lines_of_accounts(marks: Landmarks, of_case: str) -> Iterator[Line]:
    """Yield the comparison of the four parties that speak most, and dossiers."""
    case = marks.case
    busiest = Statement.objects.live().filter(case=case, speaker__isnull=False).values_list("speaker_id")
    keys = [key for key, _ in busiest.annotate(n=Count("pk")).order_by("-n", "speaker_id")[:4]]
    found = Party.objects.in_bulk(keys)
    parties = [found[key] for key in keys]
    accounts = "&".join(f"account={party.uid}" for party in parties)
    at = Standpoint(case)
    members = [sorted(column.keys) for column in gather_accounts(at, [[party] for party in parties])]
    for name, more in (("comparison of four accounts", ""), ("only its conflicts", "&only_conflicts=true")):
        yield Line(
            name,
            f"{of_case}/comparison/?{accounts}&limit={_LIMIT}{more}",
            partial(_compare_accounts, case, parties, only_conflicts=bool(more)),
            partial(floors.compare, case.pk, members, _LIMIT),
            _first_line(floors.compare),
        )
    yield Line(
        "comparison as of yesterday",
        f"{of_case}/comparison/?{accounts}&limit={_LIMIT}&as_of={timezone.now().date() - timedelta(days=1)}",
        None,
        partial(floors.compare, case.pk, members, _LIMIT),
        _first_line(floors.compare),
    )
    for name, claim in (("typical claim", marks.typical), ("popular claim", marks.popular)):
        yield Line(
            f"dossier of {name}",
            f"/api/v1/claims/{claim.uid}/dossier/?limit={_LIMIT}",
            partial(_compile, claim),
            partial(floors.show_dossier, case.pk, claim.pk, _LIMIT),
            _first_line(floors.show_dossier),
        )
    yield Line("timeline", f"{of_case}/timeline/?limit={_LIMIT}", None, None, "")


def _compare_accounts(case: Case, parties: list[Party], *, only_conflicts: bool) -> Any:
    at = Standpoint(case)
    columns = gather_accounts(at, [[party] for party in parties])
    return compare(at, columns=columns, only_conflicts=only_conflicts, limit=_LIMIT)


def _compile(claim: Claim) -> Any:
    return compile_dossier(Standpoint(claim.case), claim, limit=_LIMIT)


def _store_folded(marks: Landmarks) -> None:
    """Fold the case for the floors, and see that they answer as the product does."""
    keys = list(marks.case.claims.order_by("uid").values_list("pk", flat=True))
    classes = folding.classes_of([marks.case.pk])
    floors.store_folded(classes, keys)
    some = [marks.typical.pk, marks.hub.pk, marks.popular.pk, marks.chained.pk, *keys[:_LIMIT]]
    in_case = dict.fromkeys(some, marks.case.pk)
    against = {
        (classes.class_of(claim), _rank_of(found), found.statement.hex)
        for claim, opposing in conflicts.opposing_to(in_case).items()
        for found in opposing
    }
    by_hand, contested_by_hand = floors.stand(some)
    contested = {classes.class_of(claim) for claim in conflicts.contested_among(in_case)}
    told = {(key, rank, str(uid).replace("-", "")) for key, rank, uid in by_hand}
    if told != against or set(contested_by_hand) != contested:
        raise RuntimeError("A floor answers otherwise than the product: it is no floor.")


def _rank_of(found: conflicts.Opposition) -> int:
    by_relation, strength = Meeting(found.basis, found.strength).rank
    return strength + 1 if by_relation else 0


def _get(client: Client, path: str) -> bytes:
    response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}: {response.content[:500]!r}")
    return response.content


def _in_snapshot(call: Callable[[], Any]) -> Any:
    with snapshot():
        return call()


def _graph_of_claim(claim: Claim, depth: int) -> Any:
    statements = Statement.objects.live().filter(case=claim.case_id)
    return graph_of_claim(claim, depth=depth, limit=_NODES, statements=statements, address_of=_address)


def _address(collection: str, uid: object) -> str:
    return f"http://localhost/api/v1/{collection}/{uid}/"


def _read_claims(claims: dict[int, int]) -> tuple[Any, Any]:
    return conflicts.contested_among(claims), conflicts.opposing_to(claims)


def _fold_cold(case: int) -> Any:
    folding._kept.clear()
    return folding.classes_of([case])


def _median(call: Callable[[], Any]) -> float:
    """Return the median of several runs in milliseconds, after one that does not count."""
    call()
    times: list[float] = []
    while len(times) < _RUNS and (len(times) < 3 or sum(times) < _ENOUGH_SECONDS):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


# --- what is printed -----------------------------------------------------------------------------------------------


def _print_heading(marks: Landmarks) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        (version,) = cursor.fetchone()
    case = marks.case
    n_claims, n_statements = case.claims.count(), case.statements.count()
    n_relations = ClaimRelation.objects.filter(case=case).count()
    print(
        f"\n=== {connection.display_name} {version}: {n_claims:,} claims, {n_statements:,} statements, "
        f"{n_relations:,} relations ===\n"
        f"{'median milliseconds':<44}{'endpoint':>10}{'domain':>10}{'floor':>10}{'ratio':>8}{'domain':>8}{'kB':>8}"
    )


def _cell(value: float | None, column: int) -> str:
    width = 10 if column < 3 else 8
    if value is None:
        return f"{'–':>{width}}"
    return f"{value:>{width},.{0 if column == 5 else 1}f}"


def _ratio(value: float | None, floor: float | None) -> float | None:
    return value / floor if value is not None and floor else None


def _compare(line: Line, answer: bytes | None) -> str:
    """Return what the endpoint's graph and the floor's have of nodes, which ought to be the same."""
    if answer is None or "graph" not in line.what or line.floor is None:
        return ""
    found = json.loads(answer)
    _, bare = line.floor()
    more = " (truncated)" if found["graph"]["truncated"] else ""
    return f"{len(found['nodes']):,} nodes, floor {bare:,}{more}"


def _first_line(function: Callable[..., Any]) -> str:
    return (function.__doc__ or "").splitlines()[0]


def _print_memory(marks: Landmarks) -> None:
    """Tell what a folded case takes in one process."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    classes = folding.Classes(folding.read_relations([marks.case.pk]))
    kept, peak = (value - before for value in tracemalloc.get_traced_memory())
    tracemalloc.stop()
    print(f"\nThe case folded takes {kept / 1e6:,.1f} MB, {peak / 1e6:,.1f} MB while it is folded.")
    del classes
