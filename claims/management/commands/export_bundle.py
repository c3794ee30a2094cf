"""Write a case out as a bundle."""

import contextlib
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from sources.models import BundleKey, Case

from ...exchange.exporting import dump_bundle, export_case, write_bundle


class Command(BaseCommand):
    help = "Export a case as a bundle: a folder with case.json and its texts, or one JSON on standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", help="the case: its id, its slug, or the key of the bundle that brought it in")
        parser.add_argument("--out", type=Path, help="the folder to write; default: one JSON on standard output")

    def handle(self, *, case: str, out: Path | None, **options: Any) -> None:
        found = find_case(case)
        if out is None:
            content, _ = export_case(found, inline=True)
            sys.stdout.buffer.write(dump_bundle(content))
            return
        write_bundle(found, out)
        self.stdout.write(f"{found.title} is in {out / 'case.json'}.")


def find_case(name: str) -> Case:
    """Return the one case of this id, slug or bundle key; raises CommandError for none and for several."""
    imported = BundleKey.objects.filter(kind="case", key=name).values("uid")
    condition = Q(slug=name) | Q(uid__in=imported)
    with contextlib.suppress(ValueError):
        condition |= Q(uid=UUID(name))
    cases = list(Case.objects.filter(condition).distinct()[:2])
    if len(cases) != 1:
        raise CommandError(f"{'no case' if not cases else 'more than one case'} has the id, slug or key {name!r}")
    return cases[0]
