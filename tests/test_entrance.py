"""The door: guessing passwords ends (D13), and no server starts on a default that everyone knows (D17)."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests import factories as make

ROOT = Path(__file__).parents[1]
LOGIN = "/admin/login/"
SECRET = "k9-Vd2_" * 8


def _try(username: str, password: str) -> tuple[int, bytes]:
    answer = Client().post(LOGIN, {"username": username, "password": password})
    return answer.status_code, answer.content.replace(username.encode(), b"")


@pytest.mark.django_db
def test_d13_the_twentieth_wrong_password_is_the_last_and_unknown_names_are_answered_like_known_ones(
    settings: Any,
) -> None:
    assert settings.AXES_FAILURE_LIMIT == 20
    known = make.make_user("known-name", is_staff=True)
    tries = {
        name: [_try(name, "wrong")[0] for _ in range(settings.AXES_FAILURE_LIMIT)] for name in ("known-name", "nobody")
    }
    assert tries["known-name"] == tries["nobody"] == [200] * (settings.AXES_FAILURE_LIMIT - 1) + [429]
    for name in tries:
        assert _try(name, "wrong")[0] == 429
    assert _try(known.username, "secret-word")[0] == 429  # the right one as well: a guess is no way in
    other = make.make_user("other-name", is_staff=True)
    assert _try(other.username, "secret-word")[0] == 302  # nobody is shut out by what others do


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + SECRET}, "SECRET_KEY"),
        ({"SECRET_KEY": "x" * 60}, "SECRET_KEY"),
        ({"CLAIMS_DEBUG": "true"}, "CLAIMS_DEBUG"),
        ({"CLAIMS_ALLOWED_HOSTS": ""}, "CLAIMS_ALLOWED_HOSTS"),
        ({"CLAIMS_ALLOWED_HOSTS": "example.org,*"}, "CLAIMS_ALLOWED_HOSTS"),
    ],
    ids=str,
)
def test_d17_deploy_mode_does_not_start_on_a_default(tmp_path: Path, given: dict[str, str], named: str) -> None:
    whole = {"CLAIMS_MODE": "deploy", "SECRET_KEY": SECRET, "CLAIMS_ALLOWED_HOSTS": "example.org"}
    environment = {**os.environ, "CLAIMS_DATA_DIR": str(tmp_path), "DATABASE_URL": "sqlite://", **whole, **given}
    command = [sys.executable, "-c", "import claims_tracker.settings"]
    started = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert started.returncode != 0
    assert named in started.stderr.splitlines()[-1]
