"""Read everything again, and say what is not as it was recorded."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sources.models import Change
from sources.snapshot import snapshot
from sources.verifying import find_head

from ...verifying import verify_everything


class Command(BaseCommand):
    help = (
        "Verify every hash, slice, case and ledger link, and that each row is as the ledger last recorded it. "
        "Names each damage; the exit status is 1 where there is any."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--contains",
            metavar="DIGEST",
            help="the digest that an earlier run printed last: fail where the ledger has no such entry any more",
        )

    def handle(self, *, contains: str | None, verbosity: int, **options: Any) -> None:
        n_damages = 0
        with snapshot():
            for part, damages in verify_everything():
                if verbosity:
                    self.stderr.write(f"reading {part} …")
                for damage in damages:
                    n_damages += 1
                    self.stdout.write(f"DAMAGED {damage}")
            if contains and not Change.objects.filter(digest=contains).exists():
                n_damages += 1
                self.stdout.write(f"DAMAGED ledger: the entry {contains} is not in it any more")
            sequence, digest = find_head()
        if n_damages:
            self.stdout.write(f"Damages found: {n_damages}.")
            sys.exit(1)
        newest = f"The newest entry of the ledger is number {sequence}: {digest}"
        self.stdout.write(f"Everything is as it was recorded. {newest}")
