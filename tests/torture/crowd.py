"""Does anyone wait in vain while eight write and twenty read (F7)?"""

import statistics
import threading
import time
from typing import Any

from .server import Caller

N_WRITERS, N_READERS = 8, 20


def crowd(port: int, token: str, seconds: float) -> dict[str, Any]:
    """Let all of them work for so long; return how many were refused, and how long readers waited."""
    first = Caller(port, token)
    case = first.make("cases", title="A crowd")["id"]
    text = "Anna said the bridge was open. Boris denied it."
    document = first.make("documents", case=case, title="A report", text=text)["id"]
    party = first.make("parties", case=case, label="Anna")["id"]
    claim = first.make("claims", case=case, text="The bridge was open.")["id"]
    told = {"claim": claim, "speaker": party, "document": document, "quote": "the bridge was open"}
    reads = [
        f"/api/v1/{path}"
        for path in (
            *(f"claims/?case={case}&limit=20", f"statements/?case={case}&limit=20", "cases/", f"claims/{claim}/"),
            *(f"cases/{case}/conflicts/?limit=20", f"claims/{claim}/graph/?depth=1&limit=100"),
        )
    ]
    end = time.perf_counter() + seconds
    waits: dict[str, list[float]] = {"read": [], "write": []}
    figures: dict[str, Any] = {"reads": 0, "writes": 0, "failed": 0, "locked": 0, "unanswered": 0}
    lock = threading.Lock()

    def work(kind: str, place: int) -> None:
        caller, number = Caller(port, token), place
        while (began := time.perf_counter()) < end:
            number += 1
            try:
                if kind == "read":
                    answer = caller.send("GET", reads[number % len(reads)])
                elif number % 3:
                    answer = caller.send("POST", "/api/v1/questions/", {"case": case, "text": f"{place}: {number}?"})
                else:
                    answer = caller.send("POST", "/api/v1/statements/", told)
            except OSError:
                with lock:
                    figures["unanswered"] += 1
                continue
            with lock:
                waits[kind].append(time.perf_counter() - began)
                figures[f"{kind}s"] += 1
                figures["failed"] += answer.status not in (200, 201)
                figures["locked"] += "locked" in str(answer.body)

    jobs = [("write", place) for place in range(N_WRITERS)] + [("read", place) for place in range(N_READERS)]
    threads = [threading.Thread(target=work, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for kind, found in waits.items():
        if len(found) > 1:
            figures[f"{kind}_p95_ms"] = round(1000 * statistics.quantiles(found, n=20)[-1])
    return figures
