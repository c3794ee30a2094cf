"""Starts the process that reads one foreign file, waits no longer than is due, and takes what it says.

Public: `read_file`. The process gets nothing of our environment: no secret, no address of a database.
"""

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from .outcome import DAMAGED, TOO_MUCH, Extraction, NotTaken

_HERE = Path(__file__).resolve().parents[2]
_SECONDS = 100  # by the clock; the process has its own, shorter limits
_TURNS = threading.Semaphore(2)  # files read at once by one server process; further ones wait their turn
_MAX_ANSWER = 64 * 2**20  # bytes


def read_file(data: bytes, *, file_name: str = "", encoding: str = "", header: str = "") -> Extraction:
    """Return the text of a file and how it was made; raises NotTaken with the reason where there is none.

    `encoding` is what an analyst chose, `header` the encoding that a server named; both may be empty.
    """
    order = json.dumps({"file_name": file_name, "encoding": encoding, "header": header})
    # Files and not pipes: the system itself then bounds what the process may write, and nobody waits for anybody.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
        given.write(order.encode() + b"\n" + data)
        given.seek(0)
        with _TURNS:
            status = _run(given, told)
        told.seek(0)
        answer = told.read(_MAX_ANSWER + 1)
    if status != 0 or len(answer) > _MAX_ANSWER:
        raise NotTaken(*_WHY.get(status, _FAILED))
    return _read_answer(answer)


def _run(given: Any, told: Any) -> int:
    """Return how the process ended; a negative number is the signal that ended it."""
    process = subprocess.Popen(  # our own interpreter and module, no word of a user's
        [sys.executable, "-s", "-E", "-B", "-X", "utf8", "-m", "sources.extraction.worker"],
        cwd=_HERE,
        env={"LANG": "C.UTF-8", "TZ": "UTC"},
        stdin=given,
        stdout=told,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return process.wait(timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        return -9
    finally:
        process.kill()
        process.wait()


_LATE = (TOO_MUCH, "reading the file took too long; it was given up")
_FAILED = (DAMAGED, "the file cannot be read: it is damaged, or made in a way that we do not know")
_LARGE = (TOO_MUCH, "the file comes to more text than is taken")
_WHY = {-9: _LATE, -14: _LATE, -24: _LATE, -25: _LARGE}  # SIGKILL, SIGALRM, SIGXCPU, SIGXFSZ


def _read_answer(answer: bytes) -> Extraction:
    try:
        found = json.loads(answer)
        if "refused" in found:
            raise NotTaken(str(found["refused"]["code"]), str(found["refused"]["message"]))
        return Extraction(**found["extraction"])
    except (ValueError, KeyError, TypeError) as broken:
        raise NotTaken(*_FAILED) from broken
