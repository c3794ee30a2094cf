"""How many values does a query bind? As many for thirty rows as for six: SQLite takes only so many.

What is asked for by the thousand is bound as one (`__among`). Pages and batches are bounded, and kept short here.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from claims.exchange.exporting import export_case
from claims.models import Claim, Statement, Utterance
from sources.access import visible_among
from sources.ledger import By
from sources.models import Party
from tests import factories as make
from tests.api.calling import ROOT, Api
from tests.forms import client_of
from tests.test_query_counts import Pile

pytestmark = pytest.mark.django_db

FEW, MANY = 6, 30


@contextmanager
def counted() -> Iterator[list[tuple[int, str]]]:
    """Note of every query how many values it binds."""
    found: list[tuple[int, str]] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        found.append((len(params or ()), sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def _change_all(pile: Pile) -> None:
    """Let everything be changed on a later day, so that what it was is read from the ledger."""
    by = By(actor=None, at=make.NOW + timedelta(days=2))
    with by.act("revise_statement", pile.case) as act:
        for model in (Statement, Claim, Utterance, Party):
            for row in model._base_manager.filter(case=pile.case, revision=1):
                act.touch(row)


def _readings(pile: Pile) -> dict[str, Callable[[], Any]]:
    api, admin = Api.of(pile.user), client_of(make.make_admin())
    case, claim = f"{ROOT}cases/{pile.case.uid}/", f"{ROOT}claims/{pile.claim.uid}/"
    accounts = "&".join(f"account={party.uid}" for party in pile.case.parties.order_by("pk")[:2])
    then = f"as_of={make.NOW.date()}"
    answers = {
        "comparison": f"{case}comparison/?{accounts}&limit=1000",
        "comparison then": f"{case}comparison/?{accounts}&limit=1000&{then}",
        "timeline then": f"{case}timeline/?limit=1000&{then}",
        "conflicts then": f"{case}conflicts/?limit=1000&{then}",
        "dossier then": f"{claim}dossier/?limit=5&{then}",
        "corroboration": f"{claim}corroboration/",
        "corroboration then": f"{claim}corroboration/?{then}",
    }
    pages = {
        "claims in conflict": reverse("admin:claims_claim_changelist") + "?contested=yes",
        "statements in conflict": reverse("admin:claims_statement_changelist") + "?contested=no",
    }
    statements = list(Statement.objects.filter(case=pile.case))
    return {
        **{name: lambda address=address: api.get(address) for name, address in answers.items()},
        **{name: lambda address=address: admin.get(address) for name, address in pages.items()},
        "export": lambda: export_case(pile.case),
        "what stands in the way": lambda: visible_among(pile.user, statements),
        "with public ids": lambda: list(Statement.objects.with_uids(row.uid for row in statements)),
    }


@pytest.fixture(scope="module")
def bound(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[int, dict[str, tuple[int, str]]]]:
    """What each reading binds at the most, and in which query, with few rows and with many."""
    with django_db_blocker.unblock(), transaction.atomic():
        pile, found = Pile(), {}
        for n in (FEW, MANY):
            pile.grow(n)
            _change_all(pile)
            found[n] = {}
            for name, read in _readings(pile).items():
                with counted() as queries:
                    answer = read()
                assert getattr(answer, "status_code", 200) == 200, (name, answer.content)
                found[n][name] = max(queries)
        yield found
        transaction.set_rollback(True)


def test_more_rows_bind_no_more_values(bound: dict[int, dict[str, tuple[int, str]]]) -> None:
    grown = {name: most for name, most in bound[MANY].items() if most[0] > bound[FEW][name][0]}
    assert not grown
