"""A person at a browser: opens pages as somebody, sees what went wrong on them, and takes pictures.

Public: `Visitor`. Whatever the browser complains of while a visitor is there fails the test: a breach of the
Content-Security-Policy, an error of a script, a request to another host.
"""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.effort import foremost

LAPTOP = {"width": 1366, "height": 800}  # CSS pixels
PHONE = {"width": 390, "height": 844}
# (scheme, name of the device, its size): both schemes and both sizes in every run, and all four in the proofs.
LOOKS = foremost(
    2,
    [("light", "laptop", LAPTOP), ("dark", "phone", PHONE), ("dark", "laptop", LAPTOP), ("light", "phone", PHONE)],
)

_PICTURES = os.environ.get("CLAIMS_PICTURES", "")  # a folder; empty: no pictures are kept


class Visitor:
    """One log-in in one browser window, with a note of everything that went wrong in it."""

    def __init__(self, browser: Browser, base: str, user: User | None = None, **options: Any) -> None:
        self.base = base
        self.complaints: list[str] = []
        self.context: BrowserContext = browser.new_context(
            base_url=base, **{"viewport": LAPTOP, "reduced_motion": "reduce", **options}
        )
        self.context.set_default_timeout(10_000)  # milliseconds
        if user is not None:
            self._log_in(user)
        self.page: Page = self.open_window()

    def _log_in(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.base}])

    def open_window(self) -> Page:
        """Return one more window of the same log-in."""
        page = self.context.new_page()
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on("request", lambda request: self._check_host(request.url))
        return page

    def _note(self, complaint: str) -> None:
        if not complaint.startswith("Failed to load resource"):  # what is answered is for the test to look at
            self.complaints.append(complaint)

    def _check_host(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "blob:", "about:")):
            self.complaints.append(f"a request to another host: {url}")

    def open(self, path: str) -> Response:
        """Open an address of the site; it must answer."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.ok, f"{path} answered {answer.status}"
        return answer

    def find_barriers(self) -> list[str]:
        """Return what the rules of axe find on the page as it is now, one line each."""
        # No preload: it fetches every stylesheet and film again, for rules that are off and for films, which we lack.
        options = {"resultTypes": ["violations"], "preload": False}
        found = Axe().run(self.page, options=options).response["violations"]
        return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]

    def take_picture(self, name: str, *, whole: bool = True) -> None:
        """Keep a picture of the page, where pictures are wanted (CLAIMS_PICTURES names the folder)."""
        if _PICTURES:
            Path(_PICTURES).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(_PICTURES) / f"{name}.png", full_page=whole)

    def leave(self) -> None:
        """Close the window; raises AssertionError with all that the browser complained of."""
        self.context.close()
        assert self.complaints == []
