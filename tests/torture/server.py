"""The production server on an address of its own, with data that is thrown away; it can be killed and started again."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).absolute().parents[2]
_START_SECONDS = 60


class Answer(NamedTuple):
    """What a request was answered."""

    status: int
    etag: str
    body: Any


class Installation:
    """A data folder, a database, and the server on them."""

    def __init__(self, folder: Path, database_url: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.environment = {
            **os.environ,
            "CLAIMS_DATA_DIR": str(folder),
            "CLAIMS_MODE": "local",
            "CLAIMS_DEBUG": "0",
            "CLAIMS_ADMIN_USER": "torturer",
            "CLAIMS_ADMIN_PASSWORD": "only-for-torture",
            "DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": "claims_tracker.settings",
            "PORT": str(self.port),
            "SECRET_KEY": "only-for-torture-" * 4,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.log = folder / "server.log"

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a management command to its end."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, env=self.environment, cwd=ROOT, capture_output=True, text=True, check=False)

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start a management command, and do not wait for it."""
        command = [sys.executable, "manage.py", *arguments]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(command, env=self.environment, cwd=ROOT, stdout=quiet, stderr=quiet)

    def start(self) -> float:
        """Start the server; return after how many seconds it answered."""
        began = time.perf_counter()
        command = [sys.executable, "-m", "gunicorn", "--config", "python:claims_tracker.serving"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=self.environment, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        while time.perf_counter() - began < _START_SECONDS:
            try:
                Caller(self.port, "").send("GET", "/api/problems/")
            except OSError:
                time.sleep(0.05)
            else:
                return time.perf_counter() - began
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End the server and its workers without a warning."""
        self._signal(signal.SIGKILL)

    def stop(self) -> None:
        """End the server as an administrator does."""
        self._signal(signal.SIGTERM)

    def _signal(self, number: int) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, number)
            self.process.wait(timeout=60)
            self.process = None

    def verify(self) -> str:
        """Return "clean", or what `verify_evidence` says is damaged."""
        told = self.manage("verify_evidence", "--verbosity", "0")
        return "clean" if told.returncode == 0 else (told.stdout + told.stderr)[-2000:]


class Caller:
    """A program that calls the API, each time over a new connection: none is closed between question and answer."""

    def __init__(self, port: int, token: str) -> None:
        self.port = port
        self.headers = {"Authorization": f"Token {token}"} if token else {}

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Return the answer to a request; raises OSError where there is none."""
        given = {**self.headers, "Content-Type": "application/json", **headers}
        data = json.dumps(body) if body is not None else None
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, data, {**given, "Connection": "close"})
            answer = connection.getresponse()
            content = answer.read()
        except http.client.HTTPException as broken:
            raise ConnectionError(str(broken)) from broken
        finally:
            connection.close()
        is_json = "json" in answer.headers.get("Content-Type", "")
        return Answer(answer.status, answer.headers.get("ETag", ""), json.loads(content) if is_json else content)

    def make(self, collection: str, **body: Any) -> Any:
        """Return a new row."""
        answer = self.send("POST", f"/api/v1/{collection}/", body)
        if answer.status != 201:
            raise RuntimeError(f"{collection}: {answer}")
        return answer.body


@contextmanager
def installed(database_url: str) -> Iterator[tuple[Installation, str]]:
    """Prepare an installation and start its server; yield it with a token of its administrator, and remove it."""
    with tempfile.TemporaryDirectory(prefix="claims-torture-") as folder:
        url = database_url or f"sqlite:///{folder}/claims.sqlite3"
        installation = Installation(Path(folder), url)
        prepared = installation.manage("prepare")
        if prepared.returncode:
            raise RuntimeError(prepared.stderr)
        token = installation.manage("create_token", "torturer").stdout.strip()
        installation.start()
        try:
            yield installation, token
        finally:
            installation.stop()
