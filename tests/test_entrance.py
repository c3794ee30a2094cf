"""The door: guessing passwords ends (D13), and no server starts on a default that everyone knows (D17)."""

import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client, RequestFactory
from gunicorn.util import parse_address

from claims_tracker.clients import address_of
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


PROXY, OWNER, STRANGER = "10.0.0.1", "192.0.2.7", "203.0.113.9"


def _tries(forwarded: str, typed: str = "wrong") -> int:
    """Return how a log-in is answered that came through the proxy."""
    client = Client(REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": forwarded})
    return client.post(LOGIN, {"username": "known-name", "password": typed}).status_code


@pytest.fixture
def door(db: None, settings: Any) -> Any:
    """An account that three wrong passwords lock out."""
    settings.AXES_FAILURE_LIMIT = 3
    make.make_user("known-name", is_staff=True)
    return settings


def test_behind_a_proxy_a_stranger_locks_nobody_else_out(door: Any) -> None:
    door.N_PROXIES = 1
    assert [_tries(STRANGER) for _ in range(3)] == [200, 200, 429]
    assert _tries(STRANGER, "secret-word") == 429
    assert _tries(OWNER, "secret-word") == 302


@pytest.mark.parametrize("n_proxies", [0, 1, 2])
def test_nobody_has_another_address_by_saying_so(door: Any, n_proxies: int) -> None:
    """What stands left of the entries of one's own proxies is the sender's; without a proxy, all of it."""
    door.N_PROXIES = n_proxies
    added = ["", f", {STRANGER}", f", {STRANGER}, 10.0.0.2"][n_proxies]
    assert [_tries(f"192.0.2.{number}{added}") for number in range(3)] == [200, 200, 429]
    assert _tries(f"{OWNER}, {OWNER}{added}") == 429


@pytest.mark.parametrize(
    ("n_proxies", "forwarded", "address"),
    [
        (0, OWNER, PROXY),
        (1, "", PROXY),  # it did not come through the proxy
        (1, "unknown", PROXY),
        (1, f"{OWNER}, x' OR 1", PROXY),
        (1, f"{STRANGER},{OWNER}", OWNER),
        (1, f"{STRANGER}, {OWNER}:4711", OWNER),
        (1, f"{STRANGER}, [2001:db8::1]:4711", "2001:db8::1"),
        (1, "2001:DB8:0::1", "2001:db8::1"),
        (2, OWNER, PROXY),
        (2, f"{STRANGER}, {OWNER}, 10.0.0.2", OWNER),
    ],
)
def test_an_address_is_read_from_the_end_of_what_was_forwarded(
    settings: Any, n_proxies: int, forwarded: str, address: str
) -> None:
    settings.N_PROXIES = n_proxies
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, headers={"X-Forwarded-For": forwarded})
    assert address_of(request) == address


@pytest.mark.parametrize(("mode", "n"), [("local", "0"), ("deploy", "2")])
def test_proxies_are_believed_in_deploy_mode_alone(tmp_path: Path, mode: str, n: str) -> None:
    given = {"CLAIMS_MODE": mode, "CLAIMS_PROXIES": "2", "SECRET_KEY": SECRET, "CLAIMS_ALLOWED_HOSTS": "example.org"}
    environment = {**os.environ, "CLAIMS_DATA_DIR": str(tmp_path), "DATABASE_URL": "sqlite://", **given}
    command = [sys.executable, "-c", "from claims_tracker import settings; print(settings.N_PROXIES)"]
    told = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == n


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"), ("::1", "::1"), ("[::1]", "::1"), ("::", "::")],
)
def test_the_server_binds_to_the_host_that_is_named(
    settings: Any, capsys: pytest.CaptureFixture[str], host: str, address: str
) -> None:
    settings.HOST, settings.PORT = host, 8213
    serving = runpy.run_path(str(ROOT / "claims_tracker" / "serving.py"))
    assert parse_address(serving["bind"]) == (address, 8213)
    serving["when_ready"](None)
    told = urlsplit(capsys.readouterr().out.split()[4])
    assert (told.scheme, told.hostname, told.port) == ("http", address, 8213)


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
