"""How long does `verify_evidence` take, against hashing the same texts and the same ledger by hand, on both engines?

python -m tests.benchmarks.verifying [--quotes 100000] [--engine sqlite|postgresql|both]

The quotes are recorded by the domain, a thousand an act, so that the ledger holds every row.
"""

import argparse
import hashlib
import json
import sys
import time
from typing import Any

from .databases import ENGINES, measure_on

_QUOTES_PER_DOCUMENT = 100
_ROWS_PER_ACT = 1000


def main(arguments: list[str]) -> int:
    """Measure on each engine; return an exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.verifying", description=__doc__.splitlines()[0])
    parser.add_argument("--quotes", type=int, default=100_000, help="main words of statements (default 100000)")
    parser.add_argument("--engine", choices=ENGINES, default="both")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # in the database that is set
    chosen = parser.parse_args(arguments)
    if not chosen.here:
        return measure_on(chosen.engine, ["tests.benchmarks.verifying", "--here", "--quotes", str(chosen.quotes)])
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    _record(chosen.quotes)
    return _measure()


def _record(n_quotes: int) -> None:
    """Write documents and statements, each quoting a sentence of its own, every fourth of them relayed."""
    from claims.drafting import Draft
    from claims.models import Relay, Statement
    from claims.recording import record_statements
    from sources.excerpting import Quotation
    from tests import factories as make

    case = make.make_case(title="A long record")
    parties = [make.make_party(case) for _ in range(40)]
    claims = [make.make_claim(case) for _ in range(400)]
    drafts: list[Draft] = []
    for first in range(0, n_quotes, _QUOTES_PER_DOCUMENT):
        numbers = range(first, min(first + _QUOTES_PER_DOCUMENT, n_quotes))
        sentences = [f"Of bridge number {number} it was said that it stood open. " for number in numbers]
        version = make.version_of(make.make_document(case, "".join(sentences)))
        start = 0
        for number, sentence in zip(numbers, sentences, strict=True):
            row = Statement(
                claim=claims[number % len(claims)],
                speaker=parties[number % len(parties)],
                stance="denies" if number % 5 == 0 else "asserts",
            )
            words = Quotation(version=version, start=start, end=start + len(sentence) - 1)
            relays = [Relay(party=parties[(number + 1) % len(parties)])] if number % 4 == 0 else []
            drafts.append(Draft(statement=row, words=words, relays=relays))
            start += len(sentence)
        if len(drafts) >= _ROWS_PER_ACT or numbers.stop == n_quotes:
            record_statements(by=make.CONSOLE, case=case, drafts=drafts)
            drafts = []
            print(f"\r{numbers.stop:,} of {n_quotes:,} quotes are recorded", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _measure() -> int:
    """Print the time of each part, of the whole, and of the floor; return 1 where anything is damaged."""
    from django.db import connection

    from claims.verifying import verify_everything
    from sources.models import ChangeItem, Excerpt
    from sources.snapshot import snapshot

    print(
        f"\n=== {connection.display_name}: {Excerpt.objects.count():,} quotes, "
        f"{ChangeItem.objects.count():,} images in the ledger ==="
    )
    n_damages, total = 0, 0.0
    with snapshot():
        began = time.perf_counter()
        n_read = _read_floor()
        floor = time.perf_counter() - began
        for part, damages in verify_everything():
            began = time.perf_counter()
            n_damages += sum(1 for _ in damages)
            taken = time.perf_counter() - began
            total += taken
            print(f"  {part:<20}{taken:8.1f} s", flush=True)
    print(f"  {'all of it':<20}{total:8.1f} s, {n_damages} damages")
    print(f"  {'the floor':<20}{floor:8.1f} s: {n_read:,} texts and images read by SQL and hashed, nothing compared")
    print(f"  {'ratio':<20}{total / floor:8.1f}")
    return 1 if n_damages else 0


def _read_floor() -> int:
    """Hash every text, and parse, spell canonically and hash every image; return how many."""
    from django.db import connection

    n_read = 0
    for sql, read in (
        ("SELECT text FROM sources_documentversion", str),
        ("SELECT before FROM sources_changeitem WHERE before IS NOT NULL", _respelled),
        ("SELECT after FROM sources_changeitem WHERE after IS NOT NULL", _respelled),
    ):
        with connection.cursor() as cursor:
            cursor.execute(sql)
            while rows := cursor.fetchmany(2000):
                for (value,) in rows:
                    hashlib.sha256(read(value).encode()).hexdigest()
                n_read += len(rows)
    return n_read


def _respelled(image: Any) -> str:
    from sources.images import canonical

    return canonical(json.loads(image) if isinstance(image, str) else image)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
