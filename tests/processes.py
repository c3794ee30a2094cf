"""What happens to a database when many processes write at once, and when one of them dies in the middle.

python -m tests.processes append PROCESSES APPENDS
python -m tests.processes die

runs in the database that is set, which must be empty, and prints what came of it as JSON. Processes are forked once
Django is set up, so that the test waits for the database and not for imports.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import django

SEED = Path(__file__).parents[1] / "seeds" / "jisr_al_shughur"


def fork(work: Callable[[], None]) -> int:
    """Run work in a process of its own with a connection of its own; return its number."""
    from django.db import connection, connections

    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    finally:
        connections.close_all()
        os._exit(status)


def append(n_processes: int, n_appends: int) -> dict[str, Any]:
    """Let every process do acts of its own in one case, and return the ledger's sequences and links."""
    from sources.models import Change, Party
    from sources.registering import register_parties
    from tests import factories as make
    from tests.recorded import damages

    case = make.make_case()

    def write() -> None:
        for n in range(n_appends):
            party = Party(label=f"{os.getpid()} {n}")
            register_parties(by=make.CONSOLE, case=case, parties=[party])

    children = [fork(write) for _ in range(n_processes)]
    statuses = [os.waitpid(child, 0)[1] for child in children]
    entries = Change.objects.order_by("sequence").values_list("sequence", "previous", "digest")
    return {"statuses": statuses, "entries": list(entries), "n_parties": Party.objects.count(), "damages": damages()}


def die() -> dict[str, Any]:
    """Import the seed in processes that are killed after each of its sections, then in one that is left alone."""
    from django.apps import apps

    from claims.exchange.bundle import read_bundle
    from claims.exchange.formats import FORMATS
    from claims.exchange.importing import import_bundle
    from tests import factories as make
    from tests.recorded import damages

    def import_until(last: str) -> Callable[[], None]:
        def progress(section: str, n: int) -> None:
            if section == last:
                os.kill(os.getpid(), signal.SIGKILL)

        return lambda: import_bundle(by=make.CONSOLE, bundle=read_bundle(SEED), progress=progress) and None

    def n_rows() -> int:
        return sum(
            model._base_manager.count()
            for app in ("sources", "claims")
            for model in apps.get_app_config(app).get_models()
        )

    told = []
    for last in [*(form.section for form in FORMATS), "nothing"]:
        _, status = os.waitpid(fork(import_until(last)), 0)
        told.append((last, status, n_rows()))
    return {"told": told, "damages": damages()}


def main(arguments: list[str]) -> None:
    """Make the tables, do what is asked for, and print what came of it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "claims_tracker.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, stdout=StringIO())
    work, *numbers = arguments
    print(json.dumps({"append": append, "die": die}[work](*map(int, numbers))))  # type: ignore[operator]


if __name__ == "__main__":
    main(sys.argv[1:])
