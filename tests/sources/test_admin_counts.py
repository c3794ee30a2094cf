"""Lists of the admin that count: the numbers are right, and nothing is read, or multiplied, to find them."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims.models import Claim
from claims.wording import word_claims
from sources.models import Case
from tests import factories as make
from tests.forms import client_of

pytestmark = pytest.mark.django_db

CASES = reverse("admin:sources_case_changelist")
LEDGER = reverse("admin:sources_change_changelist")


@pytest.fixture
def client() -> Client:
    return client_of(make.make_admin())


def ask(client: Client, address: str) -> tuple[str, list[str]]:
    """Return the page at an address, and what it asked the database."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode(), [query["sql"] for query in captured.captured_queries]


def fill(n_documents: int, n_statements: int) -> Case:
    """Return a case with so many documents and statements."""
    case = make.make_case()
    for _ in range(n_documents):
        make.make_document(case)
    for _ in range(n_statements):
        make.make_statement(make.make_claim(case))
    return case


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        ("", [(0, 0), (3, 2), (1, 4)]),  # the newest first
        ("?o=-2", [(3, 2), (1, 4), (0, 0)]),
        ("?o=-3", [(1, 4), (3, 2), (0, 0)]),
    ],
)
def test_cases_are_listed_with_how_much_is_in_each(client: Client, order: str, numbers: list[tuple[int, int]]) -> None:
    for n_documents, n_statements in ((1, 4), (3, 2), (0, 0)):
        fill(n_documents, n_statements)
    page, _ = ask(client, CASES + order)
    told = re.findall(r'field-n_documents">(\d+)</td><td class="field-n_statements">(\d+)<', page)
    assert [(int(documents), int(statements)) for documents, statements in told] == numbers


def test_no_list_of_cases_multiplies_documents_by_statements(client: Client) -> None:
    fill(1, 1)
    for address in (CASES, f"{CASES}?o=2.3", f"{CASES}?q=case"):
        _, asked = ask(client, address)
        assert any("claims_statement" in query for query in asked)
        assert not [query for query in asked if re.search("JOIN .?(claims_statement|sources_document)", query)]


@pytest.mark.parametrize("name", ["change", "history"])
def test_where_a_case_is_only_named_nothing_in_it_is_counted(client: Client, name: str) -> None:
    _, asked = ask(client, reverse(f"admin:sources_case_{name}", args=[fill(1, 1).pk]))
    assert asked
    assert not [query for query in asked if "COUNT(" in query]


def test_the_ledger_counts_the_rows_of_an_act_and_reads_none_of_them(client: Client) -> None:
    case = make.make_case()
    page, before = ask(client, LEDGER)
    word_claims(by=make.CONSOLE, case=case, claims=[Claim(text=f"Claim {number}.") for number in range(30)])
    page, asked = ask(client, LEDGER)
    assert "The console worded a claim (30 rows)" in page
    assert re.search(r"The console opened the case<", page)  # one row needs no number
    assert len(asked) == len(before)
    assert not [query for query in asked if re.search(r"changeitem.{1,3}(before|after|salt)", query)]
