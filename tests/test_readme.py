"""The README's first session does what it says, word for word."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests import factories as make

README = (settings.BASE_DIR / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    """Return the README's blocks of code in this language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl on this machine")
def test_the_first_session_by_a_program_ends_with_the_words(live_server: object, tmp_path: Path) -> None:
    (session,), (reading,) = blocks("sh"), blocks("python")
    token = make.make_token(make.make_user("analyst"))
    session = re.sub(r"^export TOKEN=.*$", f"export TOKEN={token}", session, flags=re.MULTILINE)
    session = session.replace("http://127.0.0.1:8000", str(live_server))
    told = subprocess.run(["bash", "-euc", session], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    conflicts = json.loads(told.stdout[told.stdout.rindex('{"next"') :])
    assert [conflict["basis"] for conflict in conflicts["results"]] == ["denial"]
    read = subprocess.run([sys.executable, "-c", reading], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert read.stdout.splitlines() == ["the bridge was safe at 16", "“It was never safe,” at 37"], read.stderr


def test_every_setting_that_is_read_is_told() -> None:
    source = (settings.BASE_DIR / "claims_tracker" / "settings.py").read_text("utf-8")
    read = set(re.findall(r'read_\w+\(\s*"([A-Z_]+)"', source))
    assert {name for name in read if f"`{name}`" not in README} == set()


def test_every_target_of_make_is_told_and_there() -> None:
    makefile = (settings.BASE_DIR / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"\bmake (?:-C )?([a-z]+)\b", README)) & {"run", "test"} == {"run", "test"}
    assert set(re.findall(r"`make ([a-z]+)`", README)) <= targets
