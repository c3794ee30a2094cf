"""Many rows of one request: all or none, each fault at its row, at no more queries than a few cost."""

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.models import Statement
from sources.models import Change
from tests import factories as make

from .calling import Api, check_problem, ids, state

pytestmark = pytest.mark.django_db

MOST = 1000
LENGTH = len("Words 0001. ")


class Desk:
    """A case with a long text, and bodies of statements on it, no two of the same words."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.case = make.make_case()
        self.document = make.make_document(self.case, "".join(f"Words {number:04}. " for number in range(2 * MOST)))
        self.claims = [make.make_claim(self.case) for _ in range(3)]
        self.parties = [make.make_party(self.case) for _ in range(3)]
        self._used = 0

    def bodies(self, n: int) -> list[dict[str, Any]]:
        """Return so many bodies, with evidence and chains."""
        first = self._used
        self._used += n
        return [self._body(number) for number in range(first, first + n)]

    def _body(self, number: int) -> dict[str, Any]:
        start = number * LENGTH
        return {
            "claim": str(self.claims[number % 3].uid),
            "speaker": str(self.parties[number % 3].uid),
            "stance": "denies" if number % 5 else "asserts",
            "document": str(self.document.uid),
            "start": start,
            "end": start + 10,
            "evidence": [{"role": "cue", "start": start, "end": start + 5}],
            "relays": [{"party": str(self.parties[(number + 1) % 3].uid)}, {"is_gap": True}],
        }


@pytest.fixture
def desk(api: Api) -> Desk:
    return Desk(api)


def _count(desk: Desk, bodies: list[dict[str, Any]]) -> Counter[str]:
    """Return how many queries of each sort a POST of these bodies costs, which must work."""
    with CaptureQueriesContext(connection) as captured:
        made = desk.api.write("statements", bodies)
    assert len(made["results"]) == len(bodies)
    return Counter(query["sql"].split(maxsplit=1)[0].upper() for query in captured.captured_queries)


def test_a_thousand_cost_as_many_queries_as_ten(desk: Desk) -> None:
    few, many = _count(desk, desk.bodies(10)), _count(desk, desk.bodies(MOST))
    assert Statement.objects.filter(case=desk.case).count() == 10 + MOST
    assert Change.objects.filter(case_uid=desk.case.uid, act="record_statement").count() == 2
    # Rows go in by the dozens, as many at a time as SQLite takes values of; nothing else is asked once more.
    assert many.pop("INSERT") <= few.pop("INSERT") * MOST / 40
    assert many == few


def test_rows_are_answered_in_the_order_in_which_they_were_sent(desk: Desk) -> None:
    bodies = desk.bodies(7)[::-1]
    made = desk.api.write("statements", bodies)["results"]
    assert [row["evidence"][0]["excerpt"]["start"] for row in made] == [body["start"] for body in bodies]
    assert sorted(ids(made)) == sorted(ids(desk.api.rows("statements", case=desk.case.uid)))


def _places(desk: Desk, bodies: list[dict[str, Any]]) -> set[str]:
    before = state()
    problem = check_problem(desk.api.post("statements", bodies), "invalid")
    assert state() == before
    return {fault["pointer"] for fault in problem["errors"]}


def test_each_fault_of_a_thousand_is_told_at_its_row_and_nothing_is_written(desk: Desk) -> None:
    elsewhere = make.make_claim(make.make_case())
    malformed = desk.bodies(MOST)
    malformed[0]["stance"] = "shouts"
    malformed[7] |= {"colour": "red"}
    malformed[500]["relays"][1] = {"is_gap": "perhaps"}
    del malformed[999]["claim"]
    assert _places(desk, malformed) == {"#/0/stance", "#/7/colour", "#/500/relays/1/is_gap", "#/999/claim"}

    refused = [{**body} for body in malformed]
    refused[0]["stance"] = "denies"
    del refused[7]["colour"]
    refused[500]["relays"] = [{"party": refused[500]["speaker"]}]  # who speaks does not carry as well
    refused[999]["claim"] = str(desk.claims[0].uid)
    refused[3] |= {"start": 10**6, "end": 10**6 + 1}
    refused[998]["evidence"] = [{"role": "cue", "quote": "No such words"}]
    assert _places(desk, refused) == {"#/3/end", "#/500/relays/0/party", "#/998/evidence/0/quote"}

    of_two_cases = desk.bodies(2)
    of_two_cases[1]["claim"] = str(elsewhere.uid)
    assert {place.partition("/")[2].partition("/")[0] for place in _places(desk, of_two_cases)} == {"1"}


@pytest.mark.parametrize("n", [0, MOST + 1])
def test_one_request_makes_one_to_a_thousand(desk: Desk, n: int) -> None:
    before = state()
    check_problem(desk.api.post("claims", [{"case": str(desk.case.uid), "text": "So."}] * n), "invalid")
    assert state() == before
