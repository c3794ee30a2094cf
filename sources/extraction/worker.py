"""The process that reads foreign files: `python -m sources.extraction.worker`.

On its standard input: one line of JSON (`file_name`, `encoding`, `header`), then the bytes. On its standard output: one
JSON, `{"extraction": …}` or `{"refused": {"code": …, "message": …}}`. It limits itself before it reads anything: so
much time, so much memory, so much output; no network, no other program, no file written. Whoever started it kills it
when it is late.
"""

import json
import logging
import resource
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from .docx import read_word
from .html import read_page
from .kinds import HTML, PDF, TEXT, kind_of
from .outcome import TOO_MUCH, Extraction, NotTaken
from .pdf import read_pdf
from .plain import read_text

MAX_CHARACTERS = 5_000_000  # of one text, as the model has it
_MEMORY = 768 * 2**20  # bytes of address space
_OUTPUT = 64 * 2**20  # bytes: five million characters, escaped
_SECONDS = {PDF: 30}  # of processor time; a long report takes its time
_SECONDS_ELSE = 10
_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000  # flags of unshare(2)
_FORBIDDEN = frozenset(
    {
        *("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "socket.sendto"),
        *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"),
    }
)


def extract(data: bytes, *, file_name: str = "", encoding: str = "", header: str = "") -> Extraction:
    """Return the text of a file of any kind that is taken; raises NotTaken."""
    kind = kind_of(data, file_name)
    _take_time(_SECONDS.get(kind, _SECONDS_ELSE))
    if kind == TEXT:
        found = read_text(data, encoding, header)
    elif kind == HTML:
        found = read_page(data, encoding, header)
    else:
        found = read_pdf(data) if kind == PDF else read_word(data)
    if len(found.text) > MAX_CHARACTERS:
        message = f"the text has {len(found.text):,} characters; at most {MAX_CHARACTERS:,} are taken"
        raise NotTaken(TOO_MUCH, message)
    return found


def _take_time(seconds: int) -> None:
    """Set how long this process may go on: in processor time, and three times that by the clock."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(spent.ru_utime + spent.ru_stime) + seconds + 1)
    signal.alarm(3 * seconds)


def _limit(what: int, most: int) -> None:
    with suppress(ValueError, OSError):  # a system that has a lower limit already, or none of this sort
        resource.setrlimit(what, (most, most))


def confine() -> None:
    """Give up what the reading of a file does not need."""
    _leave_the_network()
    _limit(resource.RLIMIT_AS, _MEMORY)
    _limit(resource.RLIMIT_FSIZE, _OUTPUT)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)
    sys.addaudithook(_forbid)
    logging.disable(logging.CRITICAL)  # what parsers say of a file may quote it


def _leave_the_network() -> None:
    """Move into a network of our own, with nothing in it, where the system lets us; the hook below holds anyway."""
    with suppress(Exception):
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        if libc.unshare(_NEW_NETWORK) != 0:
            libc.unshare(_NEW_USER | _NEW_NETWORK)


def _forbid(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _FORBIDDEN or (event == "open" and set(str(arguments[1] or "")) & set("wax+")):
        raise PermissionError(f"reading a file needs no {event}")


def main() -> None:
    """Read the order and the file, and write what came of it."""
    confine()
    order = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    answer: dict[str, Any]
    try:
        answer = {"extraction": asdict(extract(data, **order))}
    except NotTaken as refused:
        answer = {"refused": {"code": refused.code, "message": refused.message}}
    except (MemoryError, RecursionError):
        answer = {"refused": {"code": TOO_MUCH, "message": "the file needs more memory than is given to reading one"}}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
