"""What the tests of the API share: the seed case, and databases filled once for a whole module."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from claims.exchange.bundle import read_bundle
from claims.exchange.importing import import_bundle
from sources.models import Case
from tests import factories as make
from tests.keeping import filled

from .calling import Api


@pytest.fixture(scope="session", autouse=True)
def static_folder() -> None:
    """The folder of static files, empty: the server warns where there is none."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


def import_seed() -> Case:
    """Bring the seed case in."""
    return import_bundle(by=make.CONSOLE, bundle=read_bundle(settings.BASE_DIR / "seeds" / "jisr_al_shughur")).case


@pytest.fixture(scope="module")
def seed(django_db_setup: None, django_db_blocker: Any) -> Iterator[Case]:
    """The case of the seed, for all tests of a module."""
    with filled(django_db_blocker):
        yield import_seed()


@pytest.fixture
def api(db: None) -> Api:
    """The program of an administrator."""
    return Api.of(make.make_admin())


@pytest.fixture
def analyst(db: None) -> Api:
    """The program of an account that is a member of nothing."""
    return Api.of(make.make_user())
