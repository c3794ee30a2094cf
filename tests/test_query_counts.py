"""How many questions does each answer cost the database? As many for a hundred rows as for ten.

The numbers stand in `query_counts.json`, the same for both engines. After a change that is meant:

    REWRITE_QUERY_COUNTS=1 python -m pytest tests/test_query_counts.py
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from claims.concluding import judge_independence, sign_conclusions
from claims.drafting import Draft
from claims.models import (
    Claim,
    ClaimRelation,
    Conclusion,
    CredibilityRating,
    IndependenceJudgement,
    Question,
    Relay,
    Statement,
    Utterance,
)
from claims.rating import rate_parties, rate_statements
from claims.recording import record_statements
from claims.relating import relate_claims
from claims.wording import note_utterances, pose_questions, word_claims
from sources.capturing import capture_document, capture_version
from sources.excerpting import Quotation
from sources.models import Case, Change, Document, DocumentVersion, Party, PartyLink, ReliabilityRating
from sources.registering import link_parties, register_parties
from tests import factories as make
from tests.api.calling import GET_ROUTES, LIST_ROUTES, RESOURCES, ROOT, Api, collection_of, fill, is_of_a_row

pytestmark = pytest.mark.django_db

FILE = Path(__file__).with_name("query_counts.json")
REWRITE = os.environ.get("REWRITE_QUERY_COUNTS") == "1"
FEW, MANY = 10, 100
N_LETTERS = 12  # of “Words 0001. ”, of which the text of a document is made

# Besides every route as it is: parameters that lead another way through the code.
VARIANTS = {
    "claims/?contested=true": "claims/",
    "claims/?q=claim": "claims/",
    "parties/?q=party": "parties/",
    "parties/?name=alias": "parties/",
    "statements/?contested=true": "statements/",
    "statements/?live=all": "statements/",
    "statements/?q=claim": "statements/",
    "cases/<uuid:id>/conflicts/?tensions=only": "cases/<uuid:id>/conflicts/",
    "cases/<uuid:id>/conflicts/?tensions=without": "cases/<uuid:id>/conflicts/",
    "changes/?kind=claim": "changes/",
    "changes/?q=claim": "changes/",
    "conclusions/?q=claim": "conclusions/",
    "claims/<uuid:id>/graph/?depth=0": "claims/<uuid:id>/graph/",
    "claims/<uuid:id>/graph/?depth=5": "claims/<uuid:id>/graph/",
}


class Pile:
    """A case of which everything can be made more, in few acts: so many of each, and all of it hangs together."""

    def __init__(self) -> None:
        self.by = make.CONSOLE
        self.n = 0
        self.case = make.make_case()
        self.user = make.make_user()
        self.document = self._capture("".join(f"Words {number:04}. " for number in range(MANY * 3)))
        self.question = self._pose(1)[0]
        self.claim, self.rival = self._word(2)
        self.utterance = self._note(1)[0]
        self.party = self._register(1)[0]
        make.make_relation(self.claim, self.rival, "contradicts", "contrary", aspects=["what"])
        # Few who deny and few who assert the rival: both sorts of conflict then stand on the first page.
        for party in self._register(2):
            self._record(
                [(self.claim, "denies", party, self.utterance), (self.rival, "asserts", party, self.utterance)]
            )

    def grow(self, n: int) -> None:
        """Bring everything up to n."""
        more = n - self.n
        self.n = n
        for _ in range(more):
            make.make_case()
            self._capture("A text.", self.party)
        for number in range(more):
            capture_version(by=self.by, document=self.document, version=DocumentVersion(text=f"Another {number}."))
        parties = self._register(more)
        self._pose(more)
        claims, utterances = self._word(more), self._note(more)
        links = [
            PartyLink(from_party=party, to_party=self.party, kind="part_of", judgement="positive") for party in parties
        ]
        link_parties(by=self.by, case=self.case, links=links)
        relations = []
        for index, claim in enumerate(claims):
            relations.append(ClaimRelation(claim_a=claim, claim_b=self.rival, kind="supports"))
            if index % 2:  # entails what the rival contradicts
                relations.append(ClaimRelation(claim_a=claim, claim_b=self.claim, kind="entails", judgement="positive"))
            else:
                relations.append(
                    ClaimRelation(
                        claim_a=claim,
                        claim_b=self.rival,
                        kind="contradicts",
                        strength="tension",
                        aspects=["time"],
                        judgement="positive",
                    )
                )
        relate_claims(by=self.by, case=self.case, relations=relations)
        self._record(
            [
                (on, "asserts", party, utterance)
                for party, claim, utterance in zip(parties, claims, utterances, strict=True)
                for on in (self.claim, claim)
            ]
        )
        reliable = [ReliabilityRating(party=party, grade="B", rationale="So it seems.") for party in parties]
        rate_parties(by=self.by, case=self.case, ratings=reliable)
        told = list(Statement.objects.filter(case=self.case).order_by("-pk")[:more])
        credible = [CredibilityRating(statement=statement, grade="2", rationale="It fits.") for statement in told]
        rate_statements(by=self.by, case=self.case, ratings=credible)
        conclusions = [Conclusion(claim=claim, text="Nobody knows.") for claim in claims]
        sign_conclusions(by=self.by, case=self.case, conclusions=conclusions)
        judgements = [
            IndependenceJudgement(statement_a=statement, statement_b=other, verdict="shared", reason="So it seems.")
            for statement, other in zip(told, told[1:] + told[:1], strict=True)
        ]
        judge_independence(by=self.by, case=self.case, judgements=judgements)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")  # else it plans by what it last counted, in a table that was empty then

    def _capture(self, text: str, publisher: Party | None = None) -> Document:
        document = Document(title="Document", publisher=publisher)
        return capture_document(by=self.by, case=self.case, document=document, versions=[DocumentVersion(text=text)])

    def _pose(self, n: int) -> list[Question]:
        return pose_questions(by=self.by, case=self.case, questions=[Question(text="Question?") for _ in range(n)])

    def _word(self, n: int) -> list[Claim]:
        return word_claims(
            by=self.by, case=self.case, claims=[Claim(text="A claim.", question=self.question) for _ in range(n)]
        )

    def _note(self, n: int) -> list[Utterance]:
        return note_utterances(by=self.by, case=self.case, utterances=[Utterance() for _ in range(n)])

    def _register(self, n: int) -> list[Party]:
        parties = [Party(label="Party") for _ in range(n)]
        aliases = {index: [f"Alias {index}", "Alias"] for index in range(n)}
        return register_parties(by=self.by, case=self.case, parties=parties, aliases=aliases)

    def _record(self, stated: list[tuple[Claim, str, Party, Utterance]]) -> None:
        """Record statements, each with words of its own, a cue and a chain with a gap."""
        version = self.document.versions.get(number=1)
        first = Statement.objects.count()
        drafts = []
        for place, (claim, stance, speaker, utterance) in enumerate(stated, start=first):
            start = place * N_LETTERS
            statement = Statement(claim=claim, stance=stance, speaker=speaker, utterance=utterance, said_at=make.NOW)
            drafts.append(
                Draft(
                    statement=statement,
                    words=Quotation(version=version, start=start, end=start + 10),
                    evidence=[("cue", Quotation(version=version, start=start, end=start + 5))],
                    relays=[Relay(party=self.party), Relay(is_gap=True)],
                )
            )
        record_statements(by=self.by, case=self.case, drafts=drafts)

    def address_of(self, route: str) -> str:
        """Return the address that is asked for a route or a variant of one, with as many rows as a page holds."""
        path, _, query = route.partition("?")
        key = self._key_of(collection_of(path)) if is_of_a_row(path) else ""
        most = "10000" if path.endswith("graph/") else "1000" if path in LIST_ROUTES else ""
        parameters = "&".join(part for part in (query, f"limit={most}" if most else "") if part)
        return f"{ROOT}{fill(path, key)}?{parameters}"

    def _key_of(self, collection: str) -> object:
        """Return what stands in the address of the row on which most stands."""
        row = {
            "cases": self.case,
            "claims": self.claim,
            "documents": self.document,
            "parties": self.party,
            "questions": self.question,
            "utterances": self.utterance,
        }.get(collection)
        if row is not None:
            return row.uid
        if collection == "changes":
            return Change.objects.filter(act="record_statement").order_by("-sequence")[0].sequence
        return RESOURCES[collection].model.objects.filter(case=self.case)[0].uid


def _count(pile: Pile, api: Api) -> dict[str, int]:
    """Return how many queries each route costs, those that open and close transactions left out."""
    counts = {}
    for route in (*GET_ROUTES, *VARIANTS):
        address = pile.address_of(route)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            answer = api.get(address)
        assert answer.status_code == 200, (address, answer.content)
        first_words = [query["sql"].split(maxsplit=1)[0].upper() for query in captured.captured_queries]
        counts[route] = sum(word in ("SELECT", "DECLARE") for word in first_words)  # DECLARE: a long one on PostgreSQL
        assert set(first_words) <= {"SELECT", "DECLARE", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET"}
    return counts


@pytest.fixture(scope="module")
def counts(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[int, dict[str, int]]]:
    """What each route costs with few rows and with many."""
    with django_db_blocker.unblock(), transaction.atomic():
        pile = Pile()
        api = Api.of(pile.user)
        found = {}
        for n in (FEW, MANY):
            pile.grow(n)
            found[n] = _count(pile, api)
        if REWRITE:
            FILE.write_text(json.dumps(found[FEW], indent=2) + "\n")
        yield found
        transaction.set_rollback(True)


def test_every_route_has_its_number(counts: dict[int, dict[str, int]]) -> None:
    assert list(json.loads(FILE.read_text())) == [*GET_ROUTES, *VARIANTS]
    assert set(VARIANTS.values()) <= set(GET_ROUTES)


def test_an_answer_costs_as_many_queries_as_it_is_known_to(counts: dict[int, dict[str, int]]) -> None:
    assert counts[FEW] == json.loads(FILE.read_text())


def test_more_rows_cost_no_more_queries(counts: dict[int, dict[str, int]]) -> None:
    assert counts[MANY] == counts[FEW]


def test_no_answer_costs_many_queries() -> None:
    assert max(json.loads(FILE.read_text()).values()) <= 30


def test_lists_really_were_long(counts: dict[int, dict[str, int]], django_db_blocker: Any) -> None:
    """The numbers above say nothing of a list that was empty."""
    api = Api.of(make.make_admin())
    case = Case.objects.filter(pk__in=Claim.objects.values("case_id")).get()
    for collection in {collection_of(path) for path in GET_ROUTES}:
        assert len(api.read(collection, limit=1000)["results"]) >= MANY
    for below in ("conflicts", "proposals"):
        assert len(api.read(f"cases/{case.uid}/{below}", limit=1000)["results"]) >= MANY
    graph = api.read(f"cases/{case.uid}/graph/", limit=10_000)
    assert len(graph["nodes"]) > 5 * MANY
    assert graph["graph"]["truncated"] is False
