"""What the tests in a browser share: the system's own Chromium, the seed case, and visitors who log in."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Browser, sync_playwright

from claims.exchange.bundle import read_bundle
from claims.exchange.importing import import_bundle
from sources.models import Case
from tests import factories as make

from .chromium import ARGUMENTS, find_chromium
from .visiting import Visitor

Visit = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder, and leave it out, with its reason, where there is no browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if find_chromium() is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    # The driver keeps an event loop in this thread, which Django would take for a reason not to touch the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def seed(transactional_db: None) -> Case:
    """The seed case, as it comes."""
    return import_bundle(by=make.CONSOLE, bundle=read_bundle(settings.BASE_DIR / "seeds" / "jisr_al_shughur")).case


@pytest.fixture
def admin(transactional_db: None) -> User:
    """An administrator."""
    return make.make_admin()


@pytest.fixture
def visit(chromium: Browser, live_server: Any, transactional_db: None) -> Iterator[Visit]:
    """Open a window as a user (`visit(user)`), with options of the browser (`color_scheme="dark"`)."""
    visitors: list[Visitor] = []

    def open_as(user: User | None = None, **options: Any) -> Visitor:
        visitors.append(Visitor(chromium, live_server.url, user, **options))
        return visitors[-1]

    yield open_as
    for visitor in visitors:
        visitor.leave()
