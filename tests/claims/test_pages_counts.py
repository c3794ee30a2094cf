"""How many questions does each page cost the database? As many for forty rows as for twelve.

The numbers are pinned here; a change that is meant is written here.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.claims.pages import client_of
from tests.test_query_counts import Pile

FEW, MANY = 12, 40

KNOWN = {
    "case": 39,
    "compare": 28,
    "compare suggested": 31,
    "compare documents": 24,
    "dossier": 26,
    "timeline": 16,
    "review": 18,
    "judge": 13,
    "graph": 4,
}


def _addresses(pile: Pile) -> dict[str, str]:
    case = f"?case={pile.case.uid}"
    compare = f"{reverse('admin:compare')}{case}"
    parties = list(pile.case.parties.order_by("pk")[:2])
    documents = list(pile.case.documents.order_by("pk")[:2])
    relation = pile.case.relations.order_by("pk")[0]
    return {
        "case": reverse("admin:index"),
        "compare": compare + "".join(f"&account={party.uid}" for party in parties),
        "compare suggested": compare,
        "compare documents": compare + "".join(f"&document={document.uid}" for document in documents),
        "dossier": reverse("admin:dossier", args=[pile.claim.uid]),
        "timeline": f"{reverse('admin:timeline')}{case}",
        "review": f"{reverse('admin:review')}{case}",
        "judge": reverse("admin:judge", args=[relation.uid]),
        "graph": f"{reverse('admin:graph')}{case}",
    }


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[int, dict[str, int]]]:
    """What each page costs with few rows and with many."""
    with django_db_blocker.unblock(), transaction.atomic():
        pile = Pile()
        client = client_of(User.objects.create_user("root", is_staff=True, is_superuser=True))
        client.get(f"{reverse('admin:graph')}?case={pile.case.uid}")  # chooses the case
        found: dict[int, dict[str, int]] = {}
        for n in (FEW, MANY):
            pile.grow(n)
            found[n] = {}
            for page, address in _addresses(pile).items():
                with CaptureQueriesContext(connection) as captured:
                    assert client.get(address).status_code == 200, page
                words = [query["sql"].split(maxsplit=1)[0].upper() for query in captured.captured_queries]
                found[n][page] = sum(word in ("SELECT", "DECLARE") for word in words)
        yield found
        transaction.set_rollback(True)


@pytest.mark.parametrize("page", KNOWN)
def test_a_page_costs_as_many_queries_as_it_is_known_to(counts: dict[int, dict[str, int]], page: str) -> None:
    assert counts[FEW][page] == KNOWN[page]


@pytest.mark.parametrize("page", KNOWN)
def test_more_rows_cost_no_more_queries(counts: dict[int, dict[str, int]], page: str) -> None:
    assert counts[MANY][page] == counts[FEW][page]
