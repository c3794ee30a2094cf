"""Lists in pages: each row once, forwards and backwards, whatever is written meanwhile."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from claims.concluding import judge_independence, sign_conclusions
from claims.models import Conclusion, CredibilityRating, IndependenceJudgement, Utterance
from claims.rating import rate_parties, rate_statements
from claims.recording import withdraw_statement
from claims.wording import note_utterances
from sources.capturing import capture_version
from sources.ledger import By
from sources.models import Case, DocumentVersion, ReliabilityRating
from tests import factories as make
from tests.effort import IS_PROOF

from .calling import LIST_ROUTES, ROOT, Api, collection_of, fill, undone
from .stories import Story, tell

pytestmark = pytest.mark.django_db


class World(NamedTuple):
    """The seed case, and one to write in while its lists are being read."""

    seed: Case
    story: Story


@pytest.fixture(scope="module")
def world(seed: Case) -> World:
    """Two cases, and a document of several texts."""
    story = tell(make.make_case())
    for number in range(6):
        capture_version(by=make.CONSOLE, document=story.document, version=DocumentVersion(text=f"Text {number}."))
    for _ in range(4):
        make.make_case()
        make.make_document(story.case)
        make.make_relation(make.make_claim(story.case), story.is_open, "supports", judgement="unjudged")
    for _ in range(5):
        make.make_statement(story.is_open, document=story.document)
        make.make_statement(story.is_open, document=story.document, stance="denies")
    _rate_parties(story, 4)
    _rate_statements(story, 4)
    _sign(story, 4)
    _judge(story, 4)
    return World(seed, story)


def _address(world: World, path: str) -> str:
    """Return the address of a list, below a row of the case that is written in."""
    return f"{ROOT}{fill(path, world.story.key_of(collection_of(path)))}"


def _key(row: Any) -> Any:
    """Return what tells a row of a list from the others."""
    if "role" in row and "statement" in row:
        return row["statement"]["id"], row["role"], row["excerpt"]["id"]
    return next(row[name] for name in ("id", "sequence", "number") if name in row)


def _walk(api: Api, address: str | None, way: str) -> Iterator[dict[str, Any]]:
    """Yield the pages from an address on, by `next` or by `previous`."""
    while address is not None:
        page = api.read(address)
        yield page
        address = page[way]


def _limits(n: int) -> list[int]:
    """Return sizes of pages for n rows; long lists are walked row by row in `make proofs` only."""
    few = {1, 2, 3} if n <= (40 if IS_PROOF else 12) else set()
    return sorted(few | {7, max(1, n - 1), n, n + 1})


# Lists whose pages hold so many things of their own, and not so many rows.
BY_STATEMENT = "claims/<uuid:id>/evidence/"


@pytest.mark.parametrize("path", LIST_ROUTES)
def test_every_row_stands_on_one_page_forwards_and_backwards(world: World, api: Api, path: str) -> None:
    address = _address(world, path)
    whole = [_key(row) for row in api.rows(address)]
    assert len(whole) == len(set(whole)) > 3
    n = len({key[0] for key in whole}) if path == BY_STATEMENT else len(whole)
    for limit in _limits(n):
        forwards = list(_walk(api, f"{address}?limit={limit}", "next"))
        assert [_key(row) for page in forwards for row in page["results"]] == whole
        assert len(forwards) == -(-n // limit)
        assert forwards[0]["previous"] is None
        if path != BY_STATEMENT:
            assert {len(page["results"]) for page in forwards[:-1]} <= {limit}
        if len(forwards) == 1:
            continue
        # From the last page back, and from the first of these forth again.
        backwards = list(_walk(api, forwards[-1]["previous"], "previous"))
        assert [_key(row) for page in backwards[::-1] for row in page["results"]] == [
            _key(row) for page in forwards[:-1] for row in page["results"]
        ]
        again = list(_walk(api, backwards[-1]["next"], "next"))
        assert [_key(row) for page in (backwards[-1], *again) for row in page["results"]] == whole


@pytest.mark.parametrize("path", LIST_ROUTES)
def test_the_addresses_of_pages_are_whole_and_keep_what_was_asked_for(world: World, api: Api, path: str) -> None:
    address = _address(world, path)
    first = api.read(address, limit=2)
    last_asked = first["next"]
    parts = urlsplit(last_asked)
    assert (parts.scheme, parts.netloc, parts.path) == ("http", "testserver", address)
    assert set(parse_qs(parts.query)) == {"limit", "cursor"}
    assert parse_qs(parts.query)["limit"] == ["2"]
    second = api.read(last_asked)
    assert [_key(row) for row in api.read(second["previous"])["results"]] == [_key(row) for row in first["results"]]


def test_a_limit_may_change_from_page_to_page(world: World, api: Api) -> None:
    whole = [row["id"] for row in api.rows("claims")]
    found, address, limit = [], f"{ROOT}claims/?limit=1", 1
    while address is not None:
        page = api.read(address)
        found += [row["id"] for row in page["results"]]
        limit += 2
        address = page["next"] and page["next"].replace(f"limit={limit - 2}", f"limit={limit}")
    assert found == whole


def test_filters_hold_on_every_page(world: World, api: Api) -> None:
    for address, parameters in (
        ("statements", {"stance": "asserts", "case": str(world.seed.uid), "live": "all"}),
        ("statements", {"contested": "true"}),
        ("claims", {"q": "Syrian troops"}),
        ("parties", {"kind": "person"}),
        (f"cases/{world.seed.uid}/conflicts", {"tensions": "only"}),
        (f"cases/{world.seed.uid}/conflicts", {"tensions": "without"}),
    ):
        whole = [row["id"] for row in api.rows(address, **parameters)]
        assert len(whole) > 1
        page = api.read(address, limit=1, **parameters)
        pages = [page, *_walk(api, page["next"], "next")]
        assert [row["id"] for found in pages for row in found["results"]] == whole
        assert len(pages) == len(whole)


def test_the_conflicts_of_a_whole_article_are_walked_both_ways(world: World, api: Api) -> None:
    address = f"{ROOT}cases/{world.seed.uid}/conflicts/"
    whole = [row["id"] for row in api.rows(address)]
    assert len(whole) > 8
    for limit in (1, 2, 5):
        forwards = list(_walk(api, f"{address}?limit={limit}", "next"))
        assert [row["id"] for page in forwards for row in page["results"]] == whole
        backwards = list(_walk(api, forwards[-1]["previous"], "previous"))
        assert [row["id"] for page in backwards[::-1] for row in page["results"]] == whole[
            : -len(forwards[-1]["results"])
        ]


# --- while others write --------------------------------------------------------------------------------------------


def _more_statements(story: Story) -> None:
    for stance in ("asserts", "denies"):
        make.make_statement(story.is_open, document=story.document, stance=stance)


def _rate_parties(story: Story, n: int) -> None:
    ratings = [ReliabilityRating(party=story.tom, grade="C", rationale="So it seems.") for _ in range(n)]
    rate_parties(by=make.CONSOLE, case=story.case, ratings=ratings)


def _rate_statements(story: Story, n: int) -> None:
    ratings = [CredibilityRating(statement=story.denied, grade="3", rationale="So it seems.") for _ in range(n)]
    rate_statements(by=make.CONSOLE, case=story.case, ratings=ratings)


def _sign(story: Story, n: int) -> None:
    conclusions = [Conclusion(claim=story.is_open, text="Nobody knows.") for _ in range(n)]
    sign_conclusions(by=make.CONSOLE, case=story.case, conclusions=conclusions)


def _judge(story: Story, n: int) -> None:
    judgements = [
        IndependenceJudgement(
            statement_a=story.asserted, statement_b=story.shut, verdict="shared", reason="So it seems."
        )
        for _ in range(n)
    ]
    judge_independence(by=make.CONSOLE, case=story.case, judgements=judgements)


# What adds rows to each list.
WRITES: dict[str, Callable[[Story], Any]] = {
    "cases/": lambda story: make.make_case(),
    "cases/<uuid:id>/conflicts/": _more_statements,
    "changes/": lambda story: make.make_claim(story.case),
    "cases/<uuid:id>/proposals/": lambda story: make.make_relation(
        make.make_claim(story.case), story.is_shut, "supports", judgement="unjudged"
    ),
    "claims/": lambda story: make.make_claim(story.case),
    "claims/<uuid:id>/conflicts/": _more_statements,
    "claims/<uuid:id>/evidence/": _more_statements,
    "documents/": lambda story: make.make_document(story.case),
    "documents/<uuid:id>/versions/": lambda story: capture_version(
        by=make.CONSOLE, document=story.document, version=DocumentVersion(text="One more.")
    ),
    "excerpts/": lambda story: make.make_statement(
        make.make_claim(story.case), document=make.make_document(story.case)
    ),
    "party-ratings/": lambda story: _rate_parties(story, 1),
    "statement-ratings/": lambda story: _rate_statements(story, 1),
    "conclusions/": lambda story: _sign(story, 1),
    "independence-judgements/": lambda story: _judge(story, 1),
    "parties/": lambda story: make.make_party(story.case),
    "party-links/": lambda story: make.make_link(story.case, make.make_party(story.case), story.council, "part_of"),
    "questions/": lambda story: make.make_question(story.case),
    "relations/": lambda story: make.make_relation(make.make_claim(story.case), story.is_shut, "supports"),
    "statements/": _more_statements,
    "utterances/": lambda story: note_utterances(by=make.CONSOLE, case=story.case, utterances=[Utterance()]),
}


FINISHED = ["changes/<int:sequence>/items/"]  # an act that is done gets no further rows


def test_something_is_written_to_every_list() -> None:
    assert sorted([*WRITES, *FINISHED]) == LIST_ROUTES


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize("way", ["next", "previous"])
def test_what_is_written_meanwhile_moves_no_row_to_another_page(world: World, api: Api, path: str, way: str) -> None:
    address = _address(world, path)
    before = [_key(row) for row in api.rows(address)]
    limit = max(2, len(before) // 6)
    start = f"{address}?limit={limit}"
    if way == "previous":
        *_, last = _walk(api, start, "next")
        seen = [_key(row) for row in last["results"]]
        start = last["previous"]
    else:
        seen = []
    with undone():
        for n, page in enumerate(_walk(api, start, way)):
            rows = [_key(row) for row in page["results"]]
            seen = seen + rows if way == "next" else rows + seen
            if n < 3:
                WRITES[path](world.story)
        assert len(seen) == len(set(seen))
        assert [key for key in seen if key in set(before)] == before
        now = [_key(row) for row in api.rows(address)]
        assert set(before) < set(now)
        assert [key for key in now if key in set(seen)] == seen


def test_what_is_taken_out_meanwhile_takes_nothing_else_along(world: World, api: Api, by: By) -> None:
    """The very row at which a page ended may be gone when the next is asked for."""
    address = f"{ROOT}statements/?case={world.story.case.uid}&limit=3"
    before = [row["id"] for row in api.rows("statements", case=world.story.case.uid)]
    with undone():
        first = api.read(address)
        last = first["results"][-1]["id"]
        for statement in (world.story.heard, world.story.denied):
            statement.refresh_from_db()
            withdraw_statement(by=By(actor=None, at=timezone.now()), statement=statement)
        gone = {str(world.story.heard.uid), str(world.story.denied.uid)}
        assert last in gone
        rest = [row["id"] for page in _walk(api, first["next"], "next") for row in page["results"]]
        assert rest == before[3:]
        back = [row["id"] for row in api.read(api.read(first["next"])["previous"])["results"]]
        assert back == [uid for uid in before[:3] if uid not in gone]


def test_a_list_that_was_emptied_meanwhile_ends(world: World, api: Api, by: By) -> None:
    case = make.make_case()
    claim = make.make_claim(case)
    statements = [make.make_statement(claim) for _ in range(3)]
    first = api.read(f"claims/{claim.uid}/evidence", limit=1)
    for statement in statements:
        withdraw_statement(by=by, statement=statement)
    page = api.read(first["next"])
    assert page["results"] == []
    assert page["next"] is None
