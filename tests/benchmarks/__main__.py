"""The speed of graphs, conflicts and lists on a large case, against SQL written by hand, on both engines.

python -m tests.benchmarks [--claims 10000 100000] [--engine sqlite|postgresql|both]
"""

import argparse
import sys

from .databases import ENGINES, measure_on


def main(arguments: list[str]) -> int:
    """Measure each size on each engine; return an exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, nargs="+", default=[10_000], help="sizes of the case (default 10000)")
    parser.add_argument("--engine", choices=ENGINES, default="both")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # in the database that is set
    chosen = parser.parse_args(arguments)
    if chosen.here:
        _measure_here(chosen.claims[0])
        return 0
    status = 0
    for n_claims in chosen.claims:
        status |= measure_on(chosen.engine, ["tests.benchmarks", "--here", "--claims", str(n_claims)])
    return status


def _measure_here(n_claims: int) -> None:
    """Make the tables and the case, tell the planner about them, and measure."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from .generating import generate_case
    from .measuring import measure

    call_command("migrate", verbosity=0)
    marks = generate_case(n_claims)
    with connection.cursor() as cursor:
        # PostgreSQL's autovacuum does both in time; index-only scans need the first.
        cursor.execute("ANALYZE" if connection.vendor == "sqlite" else "VACUUM ANALYZE")
    measure(marks)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
