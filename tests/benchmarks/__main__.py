"""The speed of graphs, conflicts and lists on a large case, against SQL written by hand, on both engines.

python -m tests.benchmarks [--claims 10000 100000] [--engine sqlite|postgresql|both]
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.postgres import find_binaries, throwaway_postgres


def main(arguments: list[str]) -> int:
    """Measure each size on each engine, in a database of its own that is thrown away; return an exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--claims", type=int, nargs="+", default=[10_000], help="sizes of the case (default 10000)")
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # in the database that is set
    chosen = parser.parse_args(arguments)
    if chosen.here:
        _measure_here(chosen.claims[0])
        return 0
    status = 0
    for n_claims in chosen.claims:
        if chosen.engine != "postgresql":
            with tempfile.TemporaryDirectory(prefix="claims-bench-") as folder:
                status |= _run(n_claims, f"sqlite:///{folder}/claims.sqlite3")
        if chosen.engine == "sqlite":
            continue
        if find_binaries() is None:
            print("!!! MISSING: no PostgreSQL. Debian: apt-get install postgresql")
            status |= chosen.engine == "postgresql"
            continue
        with throwaway_postgres() as url:
            status |= _run(n_claims, url)
    return status


def _run(n_claims: int, url: str) -> int:
    """Measure one size in a process of its own, which knows no other database."""
    command = [sys.executable, "-m", "tests.benchmarks", "--here", "--claims", str(n_claims)]
    with tempfile.TemporaryDirectory(prefix="claims-bench-") as data:
        (Path(data) / "static").mkdir()
        settings = {
            "CLAIMS_DATA_DIR": data,
            "CLAIMS_MODE": "local",
            "CLAIMS_DEBUG": "0",
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "claims_tracker.settings",
            "SECRET_KEY": "only-for-measuring-" * 4,
        }
        root = Path(__file__).absolute().parents[2]
        return subprocess.run(command, env=os.environ | settings, cwd=root, check=False).returncode


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
