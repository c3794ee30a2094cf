"""How long does the annotation workspace take to open, scroll and save on a text of 600,000 characters?

python -m tests.benchmarks.annotating

In a real browser, against the same text as plain HTML in the same run: the ratio is what to compare. Nothing is
asserted.
"""

import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

N_CHARACTERS = 600_000
N_STATEMENTS = 7_000
_RUNS = 5
_SENTENCE = "the bridge was open and nobody said that it had been closed before the mayor came to the town"
_WORDS = _SENTENCE.split()


def main() -> int:
    """Make the case in a database of its own, serve it, and measure; return an exit status."""
    from tests.browser.chromium import find_chromium

    if find_chromium() is None:
        print("!!! MISSING: no Chromium. Debian: apt-get install chromium")
        return 1
    with tempfile.TemporaryDirectory(prefix="claims-bench-") as folder:
        (Path(folder) / "static").mkdir()
        os.environ |= {
            "CLAIMS_DATA_DIR": folder,
            "CLAIMS_MODE": "local",
            "DATABASE_URL": f"sqlite:///{folder}/claims.sqlite3",
            "DJANGO_SETTINGS_MODULE": "claims_tracker.settings",
            "SECRET_KEY": "only-for-measuring-" * 4,
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # the driver of the browser keeps an event loop in this thread
        }
        import django

        django.setup()
        _measure(Path(folder))
    return 0


def _measure(folder: Path) -> None:
    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.management import call_command
    from django.test.testcases import LiveServerThread

    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    call_command("migrate", verbosity=0)
    user, document, text = _fill()
    _write_floor(folder, text)
    floor = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder / "floor")))
    threading.Thread(target=floor.serve_forever, daemon=True).start()
    server = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    base = f"http://127.0.0.1:{server.port}"
    try:
        _drive(base, f"http://127.0.0.1:{floor.server_port}/text.html", user, document)
    finally:
        floor.shutdown()
        server.terminate()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _fill() -> tuple[Any, Any, str]:
    """Write the case: one long text, and statements all over it, some of them inside others."""
    from claims.drafting import Draft
    from claims.models import Statement
    from claims.recording import record_statements
    from sources.excerpting import Quotation
    from tests import factories as make

    chance = random.Random(1)  # noqa: S311 - the same text every time
    text = ""
    pieces, length = [], 0
    while length < N_CHARACTERS:
        sentence = " ".join(chance.choices(_WORDS, k=chance.randint(6, 24))).capitalize() + ". "
        pieces.append(sentence if chance.random() < 0.8 else sentence.rstrip() + "\n\n")
        length += len(pieces[-1])
    text = "".join(pieces)[:N_CHARACTERS]
    case = make.make_case(title="A long text")
    document = make.make_document(case, text, title="A long text", language="en")
    version = make.version_of(document)
    parties = [make.make_party(case) for _ in range(40)]
    claims = [make.make_claim(case) for _ in range(400)]
    drafts = []
    for number in range(N_STATEMENTS):
        start = number * (N_CHARACTERS - 300) // N_STATEMENTS
        size = chance.randint(20, 200)
        row = Statement(
            claim=chance.choice(claims),
            speaker=chance.choice(parties),
            stance=chance.choice(["asserts", "asserts", "denies", "leaves_open"]),
        )
        drafts.append(Draft(statement=row, words=Quotation(version=version, start=start, end=start + size)))
    for first in range(0, N_STATEMENTS, 1000):
        record_statements(by=make.CONSOLE, case=case, drafts=drafts[first : first + 1000])
    return make.make_admin(), document, text


def _write_floor(folder: Path, text: str) -> None:
    """Write the same text as a page without anything else."""
    from django.utils.html import escape

    (folder / "floor").mkdir()
    body = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n\n"))
    page = f"<!doctype html><meta charset=utf-8><title>text</title><body>{body}<p id=end>end</p>"
    (folder / "floor" / "text.html").write_text(page, "utf-8")


def _drive(base: str, floor: str, user: Any, document: Any) -> None:
    from playwright.sync_api import expect, sync_playwright

    from tests.browser.annotating import Desk
    from tests.browser.chromium import ARGUMENTS, find_chromium
    from tests.browser.visiting import Visitor

    expect.set_options(timeout=60_000)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        visitor = Visitor(browser, base, user)
        visitor.context.set_default_timeout(60_000)
        page = visitor.page

        def open_floor() -> None:
            page.goto(floor)
            page.locator("#end").wait_for(state="attached")

        def open_text() -> None:
            page.goto(f"{base}/admin/annotate/{document.pk}/")
            page.locator("#text mark").first.wait_for()

        def open_cards() -> None:
            page.goto(f"{base}/admin/annotate/{document.pk}/")
            page.locator(".card:visible").first.wait_for()

        def jump() -> None:
            page.evaluate("scrollTo(0, document.body.scrollHeight * Math.random() * 0.9)")
            page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
            page.locator(".card:visible").first.wait_for()

        print(f"{N_CHARACTERS:,} characters, {N_STATEMENTS:,} statements; median of {_RUNS} runs, in milliseconds")
        bare = _median(open_floor)
        _print("the text as plain HTML (the floor)", bare, bare)
        _print("the workspace: text and highlights", _median(open_text), bare)
        _print("the workspace: the first cards", _median(open_cards), bare)
        for what in ("responseStart", "responseEnd", "domInteractive", "loadEventEnd"):
            reached = page.evaluate(f"performance.getEntriesByType('navigation')[0].{what}")
            print(f"    of the last one, {what}: {reached:.0f}")
        _print("scrolling to another place, with its cards", _median(jump), bare)
        desk = Desk(visitor, document)

        def save() -> None:
            page.keyboard.press("Control+Enter")
            desk.composer.wait_for(state="detached")

        spent = []
        for number in range(_RUNS):
            desk.page.evaluate(
                """async (start) => {
                  const { select } = await import("/static/annotate/selection.js");
                  select({ start, end: start + 30 }, { how: "pointer" });
                }""",
                1000 + 100 * number,
            )
            desk.click_option("who", "", "The author")
            desk.click_option("claim", "", "New claim")
            spent.append(_time(save))
            desk.close_card()
        _print("saving a statement", statistics.median(spent), bare)
        visitor.context.close()
        visitor.complaints = [one for one in visitor.complaints if floor not in one]
        print("the browser's complaints:", visitor.complaints or "none")
        browser.close()


def _time(act: Callable[[], None]) -> float:
    start = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - start)


def _median(act: Callable[[], None]) -> float:
    act()
    return statistics.median(_time(act) for _ in range(_RUNS))


def _print(what: str, spent: float, floor: float) -> None:
    print(f"  {what:45} {spent:8.0f}   {spent / floor:5.1f} × the floor")


if __name__ == "__main__":
    sys.exit(main())
