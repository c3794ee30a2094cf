"""Do programs lose an update when many change the same row at once, each by the ETag that it read?

Public: `count_by_programs`, `duel`. A counter stands in a claim; who changes it adds one to what it read. No update is
lost where the counter is, in the end, the number of changes that were answered with 200.
"""

import threading
from typing import Any

from .server import Caller


def count_by_programs(port: int, token: str, *, n_programs: int, n_writes: int, until_done: bool) -> dict[str, Any]:
    """Let programs change one counter; return the figures.

    Each sends its share of the writes, be they answered with 200 or 412; with `until_done` it goes on until its share
    has been answered with 200.
    """
    first = Caller(port, token)
    case = first.make("cases", title="A counter")["id"]
    path = f"/api/v1/claims/{first.make('claims', case=case, text='So many.', quantity_low=0)['id']}/"
    figures = {"writes": 0, "changed": 0, "refused": 0, "without_etag": 0, "unexplained": 0}
    lock = threading.Lock()

    def run() -> None:
        caller, left = Caller(port, token), n_writes // n_programs
        while left:
            read = caller.send("GET", path)
            change = {"quantity_low": read.body["quantity_low"] + 1}
            answer = caller.send("PATCH", path, change, **{"If-Match": read.etag})
            left -= not until_done or answer.status == 200
            with lock:
                figures["writes"] += 1
                figures["changed"] += answer.status == 200
                figures["refused"] += answer.status == 412
                figures["without_etag"] += answer.status == 412 and not answer.etag
                figures["unexplained"] += answer.status not in (200, 412)

    _run_all([run] * n_programs)
    figures["lost"] = figures["changed"] - int(first.send("GET", path).body["quantity_low"])
    return figures


def duel(port: int, token: str, n_trials: int) -> dict[str, Any]:
    """Let two programs put the same row by one ETag at the same moment, again and again (F1); return the figures."""
    callers = [Caller(port, token), Caller(port, token)]
    case = callers[0].make("cases", title="A duel")["id"]
    path = f"/api/v1/questions/{callers[0].make('questions', case=case, text='Who is first?')['id']}/"
    figures = {"trials": n_trials, "one_won": 0, "current_etag_told": 0, "lost": 0}
    for number in range(n_trials):
        held = callers[0].send("GET", path).etag
        together = threading.Barrier(2)
        answers: dict[int, Any] = {}

        def put(
            place: int, held: str = held, number: int = number, together: Any = together, told: Any = answers
        ) -> None:
            body = {"case": case, "text": f"Number {number}: {place}?"}
            together.wait()
            told[place] = callers[place].send("PUT", path, body, **{"If-Match": held})

        _run_all([lambda: put(0), lambda: put(1)])
        won = [place for place, answer in answers.items() if answer.status == 200]
        now = callers[0].send("GET", path)
        figures["one_won"] += sorted(answer.status for answer in answers.values()) == [200, 412]
        figures["current_etag_told"] += any(a.status == 412 and a.etag == now.etag for a in answers.values())
        figures["lost"] += [now.body["text"]] != [f"Number {number}: {place}?" for place in won]
    return figures


def _run_all(jobs: list[Any]) -> None:
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
