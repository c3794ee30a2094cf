"""A database of its own for every measurement, thrown away after it.

Public: `ENGINES`, `measure_on`.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.postgres import find_binaries, throwaway_postgres

ENGINES = ("sqlite", "postgresql", "both")


def measure_on(engine: str, command: list[str]) -> int:
    """Run `python -m COMMAND` once on each engine chosen, in a new process and an empty database; return a status."""
    status = 0
    if engine != "postgresql":
        with tempfile.TemporaryDirectory(prefix="claims-bench-") as folder:
            status |= _run(command, f"sqlite:///{folder}/claims.sqlite3")
    if engine == "sqlite":
        return status
    if find_binaries() is None:
        print("!!! MISSING: no PostgreSQL. Debian: apt-get install postgresql")
        return status | (engine == "postgresql")
    with throwaway_postgres() as url:
        return status | _run(command, url)


def _run(command: list[str], url: str) -> int:
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
        started = [sys.executable, "-m", *command]
        return subprocess.run(started, env=os.environ | settings, cwd=root, check=False).returncode
