"""Bring a case in from a bundle."""

from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from sources.ledger import By
from sources.management.accounts import find_user

from ...exchange.bundle import BundleRefused, read_bundle
from ...exchange.importing import Report, import_bundle


class Command(BaseCommand):
    help = (
        "Import a case bundle: a .json file, or a folder with a case.json. All of it comes in, or none. "
        "Twice changes nothing, and what someone edited or deleted since stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the bundle")
        parser.add_argument("--dry-run", action="store_true", help="say what would come in, and write nothing")
        parser.add_argument("--user", help="in whose name; default: the server's console")

    def handle(self, *, path: Path, dry_run: bool, user: str | None, verbosity: int, **options: Any) -> None:
        by = By(actor=find_user(user), at=timezone.now())

        def progress(section: str, n: int) -> None:
            if verbosity > 1 and n:
                self.stderr.write(f"{section}: {n}")

        try:
            with transaction.atomic():
                report = import_bundle(by=by, bundle=read_bundle(path), progress=progress)
                transaction.set_rollback(dry_run)
        except (BundleRefused, PermissionDenied) as refused:
            raise CommandError(f"{refused}\nNothing was written.") from refused
        self._tell(report, dry_run)

    def _tell(self, report: Report, dry_run: bool) -> None:
        new = ", ".join(f"{n} {section.replace('_', ' ')}" for section, n in report.created.items() if n)
        verb = "would come in" if dry_run else "came in"
        self.stdout.write(f"{report.case.title}: {new or 'nothing'} {verb}; {report.known.total()} were there before.")
        for place in report.differing:
            self.stdout.write(f"  differs from what was imported before, and is left as it is: {place}")
