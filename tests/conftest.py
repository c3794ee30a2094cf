"""What all tests share: one clock, quick passwords, and the ledger's triggers lifted for emptying tables."""

import gc
import os
from collections.abc import Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from claims import triggers
from sources.ledger import By

from .effort import examples
from .keeping import filled
from .samples import Samples, make_samples

settings.register_profile(
    "ours",
    parent=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("ours")

# The fixtures by which a test gets at the database, of its own or for a whole module.
_DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def pytest_configure(config: pytest.Config) -> None:
    """Hash passwords quickly, serve static files under their own names, and let the tables be emptied after a test."""
    # No hashing that takes its time on purpose: it would be a good part of all that tests do.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django_settings.STORAGES = {**django_settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is no such folder
    database = django_settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        # A file, as in production: several threads have connections of their own, and WAL is what it is there.
        database.setdefault("TEST", {})["NAME"] = str(django_settings.DATA_DIR / "test.sqlite3")
        database["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"  # it is thrown away
    empty_tables = TransactionTestCase._fixture_teardown

    def with_triggers_lifted(case: TransactionTestCase) -> None:
        with triggers.lifted(connection):
            empty_tables(case)

    TransactionTestCase._fixture_teardown = with_triggers_lifted  # type: ignore[method-assign]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their place: files that are made for a test carry the time, and names must be the same twice."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what touches data: that is run on both engines, and the rest, which is the same on both, once."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        is_marked = item.get_closest_marker("django_db") is not None
        if is_marked or fixtures & _DATABASE:
            item.add_marker(pytest.mark.data)
        if not is_marked and fixtures & _DATABASE and not fixtures & {"transactional_db", "live_server"}:
            item.add_marker(pytest.mark.django_db)  # by this mark the database is made, where a file is run alone


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what was loaded so far, which stays to the end, and look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)  # objects made and not yet dropped; Python's 700 is for programs that hold less


def pytest_report_header() -> str:
    """Tell on which database the tests run."""
    return f"database: {os.environ.get('DATABASE_URL', 'SQLite')}"


@pytest.fixture
def now() -> datetime:
    """The time of every act in a test."""
    return NOW


@pytest.fixture
def by(db: None) -> By:
    """The server's console, which may do all."""
    return By(actor=None, at=NOW)


@pytest.fixture(scope="module")
def kept_samples(django_db_setup: None, django_db_blocker: Any) -> Iterator[Samples]:
    """A row of every model, there for all tests of a module."""
    with filled(django_db_blocker):
        yield make_samples()


@pytest.fixture
def samples(kept_samples: Samples, db: None) -> Samples:
    """A row of every model, for a test to do with as it likes."""
    return deepcopy(kept_samples)


@pytest.fixture
def lifted_triggers(db: None) -> Iterator[None]:
    """No database rules but CHECKs: for tests that damage what is stored."""
    with triggers.lifted(connection):
        yield
