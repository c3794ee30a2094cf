"""Do forms of the admin lose an update when many people save the same row at once?

Public: `write_by_forms`. Alone:

    python -m tests.torture.forms [HOW MANY WRITES]
"""

import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, connections
from django.test import Client
from django.urls import reverse

N_WRITERS = 4


@dataclass
class Figures:
    """What came of the writes; `lost` and `unexplained` must be 0."""

    engine: str = ""
    writes: int = 0
    saved: int = 0
    refused_with_diff: int = 0
    unexplained: int = 0  # neither saved nor refused with what the other one changed
    lost: int = 0  # saved upon something else than the form showed
    in_ledger: int = 0
    seconds: float = 0.0


def write_by_forms(n: int = 10_000, n_writers: int = N_WRITERS) -> Figures:
    """Let writers save one question again and again, each from its own form, and tell what came of it.

    A writer who is refused saves again, having read the diff; one who has saved opens the form anew. The database must
    be ready; what is made stays in it.
    """
    from sources.choices import Role
    from sources.models import ChangeItem
    from tests import factories as make
    from tests.forms import client_of, new_account

    case = make.make_case()
    question = make.make_question(case, "Who typed last?")
    address = reverse("admin:claims_question_change", args=[question.pk])
    clients = [client_of(new_account(case, Role.ANNOTATOR)) for _ in range(n_writers)]
    for client in clients:
        client.raise_request_exception = False  # a failure of the server's is counted, as its user would meet it
    figures = Figures(engine=connection.vendor)
    saved_upon: dict[str, int] = {}  # by what was typed, the revision that the form showed
    lock = threading.Lock()
    start = time.perf_counter()
    shares = [n // n_writers + (place < n % n_writers) for place in range(n_writers)]
    threads = [
        threading.Thread(target=_write, args=(client, address, place, share, figures, saved_upon, lock))
        for place, (client, share) in enumerate(zip(clients, shares, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    figures.seconds = round(time.perf_counter() - start, 1)
    items = ChangeItem.objects.filter(kind="question", uid=question.uid).exclude(before=None)
    told = {item.after["text"]: item.before["revision"] for item in items if item.before and item.after}
    figures.in_ledger = len(told)
    figures.lost = sum(told.get(text) != revision for text, revision in saved_upon.items())
    return figures


def _write(
    client: Client, address: str, place: int, n: int, figures: Figures, saved_upon: dict[str, int], lock: Any
) -> None:
    from tests.forms import form_of, read_form

    try:
        form = form_of(client, address)
        for number in range(n):
            form["text"] = f"Writer {place} typed this as number {number}."
            answer = client.post(address, form)
            with lock:
                figures.writes += 1
                if answer.status_code == 302:
                    figures.saved += 1
                    saved_upon[form["text"]] = int(form["revision_seen"])
                elif answer.status_code == 200 and _tells(answer, form):
                    figures.refused_with_diff += 1
                else:
                    figures.unexplained += 1
            form = read_form(answer) if answer.status_code == 200 else form_of(client, address)
    finally:
        connections.close_all()


def _tells(answer: Any, form: dict[str, Any]) -> bool:
    """Tell whether a refusal shows the other's words, and kept what was typed."""
    page = answer.content.decode()
    return "Someone else has changed this" in page and "It is now" in page and page.count(form["text"]) >= 2


def main(arguments: list[str]) -> int:
    """Run on a database of its own, and print the figures; return 0 where nothing was lost."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claims_tracker.settings")
    import django
    from django.conf import settings

    django.setup()
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment()
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    if connection.vendor == "sqlite":
        settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(settings.DATA_DIR / "torture.sqlite3")
        connection.settings_dict["TEST"]["NAME"] = str(settings.DATA_DIR / "torture.sqlite3")
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        figures = write_by_forms(int(arguments[0]) if arguments else 10_000)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()
    print(asdict(figures))
    return 1 if figures.lost or figures.unexplained or figures.writes == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
