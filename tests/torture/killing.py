"""Is everything as it was recorded when the server, or an import, is killed in the middle of its work?

Public: `kill_server`, `kill_imports`. What was answered is there afterwards; what was not, wholly
or not at all.
"""

import json
import random
import shutil
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from .server import ROOT, Caller, Installation


def kill_server(installation: Installation, token: str, n_kills: int) -> dict[str, Any]:
    """Kill the server while four programs write, and start it again, so often; return the figures."""
    figures: dict[str, Any] = {"kills": n_kills, "answered": 0, "missing": 0, "up_again_seconds": 0.0}
    case = Caller(installation.port, token).make("cases", title="Killed")["id"]
    chance = random.Random(1)  # noqa: S311  moments to strike, no secrets
    for _ in range(n_kills):
        answered: list[str] = []

        def write(answered: list[str] = answered) -> None:
            caller = Caller(installation.port, token)
            while True:
                try:
                    answered.append(caller.make("questions", case=case, text="Will this last?")["id"])
                except (OSError, RuntimeError):
                    return

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.5, 2))
        installation.kill()
        for thread in threads:
            thread.join()
        figures["up_again_seconds"] = max(figures["up_again_seconds"], round(installation.start(), 1))
        caller = Caller(installation.port, token)
        found = [caller.send("GET", f"/api/v1/questions/{uid}/").status for uid in answered]
        figures["answered"] += len(answered)
        figures["missing"] += sum(status != 200 for status in found)
    figures["evidence"] = installation.verify()
    return figures


def kill_imports(installation: Installation, token: str, n_kills: int) -> dict[str, Any]:
    """Kill imports of a bundle at chance moments; return how many left nothing, how many all, and how many a part."""
    figures: dict[str, Any] = {"kills": n_kills, "nothing": 0, "all": 0, "a_part": 0}
    chance = random.Random(2)  # noqa: S311  moments to strike, no secrets
    with tempfile.TemporaryDirectory(prefix="claims-torture-") as folder:
        bundle = Path(folder) / "bundle"
        shutil.copytree(ROOT / "seeds" / "jisr_al_shughur", bundle)
        began = time.perf_counter()
        whole = _import(installation, token, bundle, None)
        length = time.perf_counter() - began
        for _ in range(n_kills):
            held = _import(installation, token, bundle, chance.uniform(0.3, 1.0) * length)
            figures["nothing" if held == 0 else "all" if held == whole else "a_part"] += 1
    figures["evidence"] = installation.verify()
    return figures


def _import(installation: Installation, token: str, bundle: Path, seconds: float | None) -> int:
    """Import the bundle as a case that was never there, killed after so long; return how many statements came of it."""
    content = json.loads((bundle / "case.json").read_text())
    content["case"]["key"] = f"case-{uuid.uuid4().hex}"
    (bundle / "case.json").write_text(json.dumps(content))
    caller = Caller(installation.port, token)
    before = {case["id"] for case in caller.send("GET", "/api/v1/cases/?limit=1000").body["results"]}
    running = installation.begin("import_bundle", str(bundle))
    if seconds is not None:
        time.sleep(seconds)
        running.kill()
    running.wait()
    cases = [case["id"] for case in caller.send("GET", "/api/v1/cases/?limit=1000").body["results"]]
    return sum(
        len(caller.send("GET", f"/api/v1/statements/?live=all&limit=1000&case={case}").body["results"])
        for case in cases
        if case not in before
    )
