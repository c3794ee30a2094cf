"""Many processes write one ledger, and one that dies leaves nothing half done: on databases of their own, for real."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).parents[1]
URL = os.environ.get("DATABASE_URL", "")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if not URL.startswith("postgres"):
        yield f"sqlite:///{tmp_path / 'claims.sqlite3'}"
        return
    import psycopg

    parts = urlsplit(URL)
    user, host = unquote(parts.netloc).split("@", 1)
    name = f"processes_{os.getpid()}"
    with psycopg.connect(host=host, user=user, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield f"{URL.rpartition('/')[0]}/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(database: str, *arguments: str) -> dict[str, Any]:
    """Return what the processes told."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.processes", *arguments],
        env={**os.environ, "DATABASE_URL": database},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_eight_processes_that_append_at_once_make_one_chain(database: str) -> None:
    told = run(database, "append", "8", "25")
    assert told["statuses"] == [0] * 8
    assert told["n_parties"] == 200
    sequences, previous, digests = zip(*told["entries"], strict=True)
    assert list(sequences) == list(range(1, 202))  # one for the case
    assert list(previous) == ["", *digests[:-1]]
    assert len(set(previous)) == 201
    assert told["damages"] == []


def test_an_import_that_is_killed_leaves_nothing_and_goes_through_when_it_is_left_alone(database: str) -> None:
    told = run(database, "die")
    *killed, (_, status, n_rows) = told["told"]
    assert len(killed) == 8
    assert all(outcome[1:] == [9, 0] for outcome in killed), killed
    assert status == 0
    assert n_rows > 500
    assert told["damages"] == []
