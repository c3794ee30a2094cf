"""What must hold when many write at once and servers die: run against the production server, on both engines.

python -m tests.torture [--scale 1.0] [--engine sqlite|postgresql|both] [--only PART ...]

A scale of 1 is 10,000 conflicting writes, 1,000 duels and a crowd of a minute; 0.01 tells in a minute whether the
proofs themselves still run.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from tests.postgres import find_binaries, throwaway_postgres

from .crowd import crowd
from .killing import kill_imports, kill_server
from .programs import count_by_programs, duel
from .server import ROOT, Installation, installed

Part = Callable[[Installation, str, float], dict[str, Any]]


def _by_forms(installation: Installation, token: str, scale: float) -> dict[str, Any]:
    """Save forms of the admin, in a process and a database of its own; return its exit status with its figures."""
    command = [sys.executable, "-m", "tests.torture.forms", str(round(10_000 * scale))]
    done = subprocess.run(command, env=installation.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    return {"told": done.stdout.strip() or done.stderr[-500:], "status": done.returncode}


# What is proved, in this order; each part takes (installation, token, scale).
PARTS: dict[str, Part] = {
    "conflicting writes by If-Match": lambda at, token, scale: count_by_programs(
        at.port, token, n_programs=8, n_writes=round(10_000 * scale), until_done=False
    ),
    "F1 duels": lambda at, token, scale: duel(at.port, token, round(1_000 * scale)),
    "F3 8 x 50 read-modify-write": lambda at, token, scale: count_by_programs(
        at.port, token, n_programs=8, n_writes=8 * max(1, round(50 * min(1, scale))), until_done=True
    ),
    "F7 8 writers and 20 readers": lambda at, token, scale: crowd(at.port, token, 60 * scale),
    "kill -9 of the server": lambda at, token, scale: kill_server(at, token, max(1, round(5 * scale))),
    "kill -9 of imports": lambda at, token, scale: kill_imports(at, token, max(1, round(10 * scale))),
    "forms of the admin": _by_forms,
}
# The figures that tell of a fault, where they are not what stands here.
_MUST_BE = {
    **dict.fromkeys(("lost", "unexplained", "without_etag", "failed", "locked", "unanswered", "missing", "a_part"), 0),
    "evidence": "clean",
    "status": 0,
}


def main(arguments: list[str]) -> int:
    """Run the parts on each engine and print their figures; return 0 where all that must hold held."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="how much of everything (default 1.0)")
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--only", nargs="+", default=[], metavar="PART", help="words of the parts to run")
    chosen = parser.parse_args(arguments)
    parts = {name: part for name, part in PARTS.items() if not chosen.only or any(w in name for w in chosen.only)}
    is_well = True
    if chosen.engine != "postgresql":
        is_well &= _run("SQLite", "", parts, chosen.scale)
    if chosen.engine != "sqlite":
        if find_binaries() is None:
            print("!!! MISSING: no PostgreSQL. Debian: apt-get install postgresql")
            return 1
        with throwaway_postgres() as url:
            is_well &= _run("PostgreSQL", url, parts, chosen.scale)
    print("All that must hold held." if is_well else "FAILED: see the lines marked with !!!")
    return 0 if is_well else 1


def _run(engine: str, url: str, parts: dict[str, Part], scale: float) -> bool:
    print(f"=== {engine} ===", flush=True)
    is_well = True
    with installed(url) as (installation, token):
        for name, part in parts.items():
            figures = part(installation, token, scale)
            faults = [key for key, value in figures.items() if key in _MUST_BE and value != _MUST_BE[key]]
            faults += ["one_won"] if figures.get("one_won") != figures.get("trials") else []
            told = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in figures.items())
            print(f"{'!!! ' if faults else ''}{name}: {told}", flush=True)
            is_well &= not faults
        print(f"evidence in the end: {(told := installation.verify())}", flush=True)
    return is_well and told == "clean"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
