"""All tests, on both engines, one after the other; what is missing is said loudly, and is a failure in CI.

python -m tests.run [PYTEST ARGUMENT ...]
"""

import os
import subprocess
import sys
import tempfile

from tests.browser.chromium import find_chromium
from tests.effort import IS_PROOF
from tests.postgres import find_binaries, throwaway_postgres


def main(arguments: list[str]) -> int:
    """Run the suite on SQLite, then on PostgreSQL; return 0 where every part passed."""
    must_be_whole = os.environ.get("CI") == "true"
    missing = []
    if find_chromium() is None:
        missing.append("no Chromium: the browser tests do not run. Debian: apt-get install chromium")
    if find_binaries() is None:
        missing.append("no PostgreSQL: half of the tests do not run. Debian: apt-get install postgresql")
    failed = []
    with tempfile.TemporaryDirectory(prefix="claims-test-") as data:
        environment = {
            **os.environ,
            "CLAIMS_DATA_DIR": data,
            "SECRET_KEY": "only-for-tests-" * 5,
            "CLAIMS_MODE": "local",
        }
        environment.pop("DATABASE_URL", None)
        # Compiled modules are kept: what pytest makes of 80 of them takes every process longer than to load the rest.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        # Each process is given tests that stand together, which share what is made once a module, and then helps out.
        command = [sys.executable, "-m", "pytest", *(arguments or ["-q", "-n", "2", "--dist", "worksteal"])]
        print("=== SQLite ===", flush=True)
        if subprocess.run(command, env=environment, check=False).returncode:
            failed.append("SQLite")
        if find_binaries() is not None:
            print("=== PostgreSQL ===", flush=True)
            with throwaway_postgres() as url:
                # What touches no data is the same on both engines; sweeps and browsers see both in `make proofs`.
                again = [*command, "-m", "data" if IS_PROOF else "data and not sweep and not browser"]
                if subprocess.run(again, env={**environment, "DATABASE_URL": url}, check=False).returncode:
                    failed.append("PostgreSQL")
    for line in missing:
        print(f"!!! MISSING: {line}")
    if failed:
        print(f"FAILED on {' and '.join(failed)}.")
    return 1 if failed or (missing and must_be_whole) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
