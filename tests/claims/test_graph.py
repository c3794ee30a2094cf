"""The graph holds what it says it holds: connected, verbatim, stable, and honest about what found no room."""

import json
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.conflicts import contested_in, opposing_to
from claims.drafting import Draft
from claims.exchange.bundle import read_bundle
from claims.exchange.importing import import_bundle
from claims.graph.building import graph_of_case, graph_of_claim
from claims.graph.nodelink import write_node_link
from claims.models import Claim, ClaimRelation, Question, Relay, Statement
from claims.recording import record_statements, withdraw_statement
from claims.relating import relate_claims
from claims.wording import word_claims
from sources.excerpting import Quotation
from sources.models import Case, DocumentVersion, Party
from tests import factories as make

pytestmark = pytest.mark.django_db

SEED = Path(__file__).parents[2] / "seeds" / "jisr_al_shughur"
ROOMY = 10_000  # nodes: more than any case here has
KINDS = ["contradicts", "equivalent", "entails", "supports"]
STANCES = {"asserts", "denies", "questions", "leaves_open", "declines", "retracts"}
PARTY_LINKS = {"part_of", "controlled_by", "speaks_for", "same_as"}

Data = dict[str, Any]


def address_of(collection: str, uid: object) -> str:
    return f"https://tracker.test/api/v1/{collection}/{uid}/"


def around(claim: Claim, *, depth: int = 5, limit: int = ROOMY, statements: Any = None) -> Data:
    """Return the graph of a claim as it goes over the wire."""
    kept = Statement.objects.live() if statements is None else statements
    graph = graph_of_claim(claim, depth=depth, limit=limit, statements=kept, address_of=address_of)
    return json.loads(json.dumps(write_node_link(graph)))


def whole(case: Case, *, limit: int = ROOMY, statements: Any = None) -> Data:
    """Return the graph of a case as it goes over the wire."""
    kept = Statement.objects.live() if statements is None else statements
    graph = graph_of_case(case, limit=limit, statements=kept, address_of=address_of)
    return json.loads(json.dumps(write_node_link(graph)))


def nodes_of(data: Data, kind: str | None = None) -> dict[str, Data]:
    nodes = {node["id"]: node for node in data["nodes"] if kind in (None, node["type"])}
    assert len(nodes) == sum(kind in (None, node["type"]) for node in data["nodes"])  # each once
    return nodes


def edges_of(data: Data, kind: str) -> list[Data]:
    return [edge for edge in data["edges"] if edge["type"] == kind]


def claims_in(data: Data) -> set[str]:
    return set(nodes_of(data, "claim"))


def ids(*rows: Any) -> set[str]:
    return {f"{row.record_kind()}:{row.uid}" for row in rows}


def networkx_of(data: Data) -> nx.MultiDiGraph:
    return nx.node_link_graph(data, edges="edges")


def see_that_it_holds(data: Data, limit: int = ROOMY) -> None:
    """Assert what is true of every graph."""
    nodes = nodes_of(data)
    assert len(nodes) <= limit
    for edge in data["edges"]:
        assert edge["source"] in nodes
        assert edge["target"] in nodes
    places = [(edge["source"], edge["target"], edge["key"]) for edge in data["edges"]]
    assert len(set(places)) == len(places)  # else networkx would drop one
    if data["graph"]["root"] is not None:
        assert data["graph"]["root"] in nodes
        assert nx.is_connected(networkx_of(data).to_undirected())


@pytest.fixture
def case() -> Case:
    return make.make_case()


@pytest.fixture
def seed() -> Case:
    return import_bundle(by=make.CONSOLE, bundle=read_bundle(SEED)).case


@pytest.fixture
def rich(case: Case) -> Claim:
    """The first of some claims with all there is around them: every kind of relation, stance, link and piece."""
    question = make.make_question(case, "Is the bridge open?")
    other_question = make.make_question(case, "What of the river?")
    claims = [make.make_claim(case, question=question) for _ in range(3)]
    claims += [make.make_claim(case, question=other_question), make.make_claim(case), make.make_claim(case)]
    root, *others = claims
    make.make_relation(root, others[0], "supports")
    make.make_relation(root, others[1], "contradicts", "contrary", aspects=["who", "time"])
    make.make_relation(others[2], root, "entails")
    make.make_relation(root, others[3], "equivalent", judgement="unjudged")
    make.make_relation(others[3], others[4], "contradicts", "tension")
    publisher = make.make_party(None, "The Daily Fiction")
    documents = [make.make_document(case, publisher=publisher), make.make_document(case)]
    parties = [make.make_party(case) for _ in range(4)]
    make.make_link(case, parties[0], parties[1], "speaks_for", since=date(2025, 1, 1))
    make.make_link(case, parties[2], parties[3], "same_as", judgement="unsure")
    chain = [Relay(party=parties[3], attitude="disputes", cue="told"), Relay(is_gap=True), Relay(party=publisher)]
    make.make_statement(root, speaker=parties[1], document=documents[0], relays=chain)
    earlier = make.make_statement(root, speaker=parties[0], document=documents[0])
    make.make_statement(root, speaker=parties[0], stance="retracts", supersedes=earlier, document=documents[1])
    for number, stance in enumerate(["asserts", "denies", "questions", "leaves_open", "declines"]):
        make.make_statement(root, speaker=parties[number % 4], stance=stance, document=documents[number % 2])
    make.make_statement(
        root,
        voice="author",
        document=documents[1],
        quote="Boris denied",
        evidence=[("source", "Boris denied"), ("cue", "Boris denied"), ("antecedent", "The mayor")],
    )
    for number, claim in enumerate(others):
        make.make_statement(claim, speaker=parties[number % 4], document=documents[0], quote="The mayor")
    make.make_statement(others[4], voice="undisclosed", document=documents[0], stance="denies")
    return root


# --- what every graph is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [0, 1, 5])
def test_networkx_reads_it_and_loses_nothing(rich: Claim, depth: int) -> None:
    data = around(rich, depth=depth)
    graph = networkx_of(data)
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.graph == {
        "schema": "claims-tracker/graph/1",
        "root": f"claim:{rich.uid}",
        "depth": depth,
        "truncated": False,
    }
    assert set(data) == {"directed", "multigraph", "graph", "nodes", "edges"}
    assert dict(graph.nodes(data=True)) == {
        node["id"]: {name: value for name, value in node.items() if name != "id"} for node in data["nodes"]
    }
    assert graph.number_of_edges() == len(data["edges"])
    for edge in data["edges"]:
        attributes = {name: value for name, value in edge.items() if name not in ("source", "target", "key")}
        assert graph.edges[edge["source"], edge["target"], edge["key"]] == attributes


def test_every_node_around_every_claim_of_the_seed_case_is_connected_to_it(seed: Case) -> None:
    for claim in Claim.objects.filter(case=seed).select_related("case"):
        for depth in (0, 2):
            data = around(claim, depth=depth)
            see_that_it_holds(data)
            assert data["graph"]["truncated"] is False


def test_two_calls_give_the_same_bytes_and_sorted(rich: Claim) -> None:
    for build in (lambda: around(rich), lambda: whole(rich.case), lambda: around(rich, limit=12)):
        data = build()
        assert json.dumps(build()) == json.dumps(data)
        assert [node["id"] for node in data["nodes"]] == sorted(nodes_of(data))
        places = [(edge["source"], edge["target"], edge["key"]) for edge in data["edges"]]
        assert places == sorted(places)


def test_every_claim_that_has_a_statement_leads_to_its_exact_words(seed: Case) -> None:
    data = whole(seed)
    see_that_it_holds(data)
    graph = networkx_of(data)
    texts = {
        (f"document:{version.document.uid}", version.number): version.text
        for version in DocumentVersion.objects.select_related("document")
    }
    n_walked = 0
    for claim in claims_in(data):
        for statement, _, stance in graph.in_edges(claim, data="type"):
            if stance not in STANCES:
                continue
            pieces = [
                e for _, e, attributes in graph.out_edges(statement, data=True) if attributes["type"] == "evidenced_by"
            ]
            assert pieces
            for piece in pieces:
                (document,) = (end for _, end, key in graph.out_edges(piece, keys=True) if key == "quoted_from")
                words = graph.nodes[piece]
                text = texts[document, words["version"]]
                assert words["exact"] == text[words["start"] : words["end"]]
                assert words["prefix"] == text[max(0, words["start"] - 32) : words["start"]]
                assert words["suffix"] == text[words["end"] : words["end"] + 32]
                n_walked += 1
    assert n_walked > Statement.objects.live().count() > 50


def test_edges_run_between_the_nodes_that_they_are_for_and_carry_what_they_should(rich: Claim) -> None:
    data = around(rich)
    nodes = nodes_of(data)
    between = {
        "made_by": ("statement", "party"),
        "evidenced_by": ("statement", "excerpt"),
        "quoted_from": ("excerpt", "document"),
        "relayed_by": ("statement", "party"),
        "published_by": ("document", "party"),
        "answers": ("claim", "question"),
        **dict.fromkeys(STANCES, ("statement", "claim")),
        **dict.fromkeys(PARTY_LINKS, ("party", "party")),
        **dict.fromkeys(KINDS, ("claim", "claim")),
    }
    attributes = {
        "evidenced_by": {"role"},
        "relayed_by": {"hop", "attitude"},
        **{kind: {"strength", "aspects", "judgement"} for kind in KINDS},
        **{kind: {"since", "until", "judgement"} for kind in PARTY_LINKS},
    }
    for edge in data["edges"]:
        kind = edge["type"]
        assert (nodes[edge["source"]]["type"], nodes[edge["target"]]["type"]) == between[kind]
        assert set(edge) == {"source", "target", "key", "type"} | attributes.get(kind, set())
    # The case has one of each, but for the links that are not in it.
    assert {edge["type"] for edge in data["edges"]} == set(between) - {"part_of", "controlled_by"}


def test_nodes_carry_what_they_should(rich: Claim) -> None:
    carried = {
        "question": set(),
        "claim": {
            *("text", "mode", "occurred_from", "occurred_to", "occurred_note", "place"),
            *("quantity_low", "quantity_high", "quantity_approximate", "unit", "contested", "opposing"),
        },
        "statement": {
            *("voice", "stance", "manner", "framing", "attribution_type", "certainty", "basis", "cue", "said_at"),
            *("said_note", "utterance", "supersedes", "review", "live", "relays"),
        },
        "party": {"kind", "naming", "disambiguation"},
        "excerpt": {"exact", "prefix", "suffix", "start", "end", "version", "document"},
        "document": {"title", "byline", "web_url", "published_at", "language"},
    }
    collections = {kind: f"{kind}s" for kind in carried} | {"party": "parties"}
    data = around(rich)
    assert {node["type"] for node in data["nodes"]} == set(carried)
    for node in data["nodes"]:
        kind, _, uid = node["id"].partition(":")
        assert kind == node["type"]
        assert carried[kind] <= set(node)
        assert node["label"]
        assert len(node["label"]) <= 120
        assert node["url"] == address_of(collections[kind], uid)


# --- pieces ---------------------------------------------------------------------------------------------------------


def test_a_statement_node_holds_its_whole_chain_gaps_included(rich: Claim) -> None:
    data = around(rich, depth=0)
    (told,) = (node for node in nodes_of(data, "statement").values() if node["relays"])
    row = Statement.objects.get(uid=told["id"].partition(":")[2])
    near, gap, publisher = row.relays.order_by("hop").select_related("party")
    assert told["relays"] == [
        {
            "hop": 1,
            "party": f"party:{near.party.uid}",
            "label": near.party.label,
            "is_gap": False,
            "cue": "told",
            "attitude": "disputes",
        },
        {"hop": 2, "party": None, "label": None, "is_gap": True, "cue": "", "attitude": "neutral"},
        {
            "hop": 3,
            "party": f"party:{publisher.party.uid}",
            "label": "The Daily Fiction",
            "is_gap": False,
            "cue": "",
            "attitude": "neutral",
        },
    ]
    relayed = [edge for edge in edges_of(data, "relayed_by") if edge["source"] == told["id"]]
    assert {(edge["hop"], edge["attitude"], edge["target"]) for edge in relayed} == {
        (1, "disputes", f"party:{near.party.uid}"),
        (3, "neutral", f"party:{publisher.party.uid}"),
    }
    assert gap.party is None


def test_nobody_makes_the_statement_of_an_undisclosed_voice(case: Case) -> None:
    claim = make.make_claim(case)
    make.make_statement(claim, voice="undisclosed")
    make.make_statement(claim, voice="author")
    data = around(claim)
    assert edges_of(data, "made_by") == []
    assert nodes_of(data, "party") == {}
    assert sorted(node["voice"] for node in nodes_of(data, "statement").values()) == ["author", "undisclosed"]


def test_one_excerpt_in_several_roles_is_one_node_and_several_edges(case: Case) -> None:
    claim = make.make_claim(case)
    statement = make.make_statement(
        claim, quote="Anna said", evidence=[("source", "Anna said"), ("cue", "Anna said"), ("cue", "Boris")]
    )
    data = around(claim)
    assert len(nodes_of(data, "excerpt")) == 2
    main = f"excerpt:{statement.excerpt.uid}"
    roles = [(edge["target"] == main, edge["role"]) for edge in edges_of(data, "evidenced_by")]
    assert sorted(roles) == [(False, "cue"), (True, "content"), (True, "cue"), (True, "source")]
    assert len(edges_of(data, "quoted_from")) == 2


def test_statements_that_are_not_live_come_only_where_they_are_asked_for(case: Case) -> None:
    claim = make.make_claim(case)
    stands, withdrawn = make.make_statement(claim), make.make_statement(claim, stance="denies")
    withdraw_statement(by=make.CONSOLE, statement=withdrawn)
    assert set(nodes_of(around(claim), "statement")) == ids(stands)
    data = around(claim, statements=Statement.objects.all())
    live = {key: node["live"] for key, node in nodes_of(data, "statement").items()}
    assert live == {f"statement:{stands.uid}": True, f"statement:{withdrawn.uid}": False}
    # What is not live does not make a claim contested, asked for or not.
    assert nodes_of(data, "claim")[f"claim:{claim.uid}"]["contested"] is False


def test_a_claim_that_nobody_speaks_of_is_a_graph_of_one_node(case: Case) -> None:
    claim = make.make_claim(case)
    data = around(claim, limit=1)
    assert (set(nodes_of(data)), data["edges"], data["graph"]["truncated"]) == (ids(claim), [], False)
    (node,) = data["nodes"]
    assert (node["contested"], node["opposing"]) == (False, [])


# --- how far it reaches ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("forwards", [True, False], ids=["along", "back"])
def test_depth_counts_relations_walked_either_way(case: Case, kind: str, forwards: bool) -> None:
    chain = [make.make_claim(case) for _ in range(7)]
    for start, end in pairwise(chain):
        pair = (start, end) if forwards else (end, start)
        make.make_relation(*pair, kind, "contrary" if kind == "contradicts" else "")
    for depth in range(6):
        data = around(chain[0], depth=depth)
        assert claims_in(data) == ids(*chain[: depth + 1])
        assert len(edges_of(data, kind)) == depth
        assert data["graph"]["depth"] == depth
        assert data["graph"]["truncated"] is False
    # From the middle both ways are one step away.
    assert claims_in(around(chain[3], depth=1)) == ids(*chain[2:5])


def test_a_claim_at_the_rim_shows_its_relations_to_what_is_in_and_no_others(case: Case) -> None:
    a, b, c, d = (make.make_claim(case) for _ in range(4))
    make.make_relation(a, b, "supports")
    make.make_relation(a, c, "supports")
    between = make.make_relation(b, c, "contradicts", "tension")
    make.make_relation(c, d, "entails")
    data = around(a, depth=1)
    assert claims_in(data) == ids(a, b, c)
    assert [edge["key"] for edge in edges_of(data, "contradicts")] == [str(between.uid)]
    assert edges_of(data, "entails") == []


def test_claims_that_answer_one_question_are_not_near_each_other_for_that(case: Case) -> None:
    question = make.make_question(case)
    first, _ = (make.make_claim(case, question=question) for _ in range(2))
    assert claims_in(around(first)) == ids(first)


def test_circles_end_and_every_claim_stands_there_once(case: Case) -> None:
    a, b, c = (make.make_claim(case) for _ in range(3))
    for start, end in ((a, b), (b, a), (b, c), (c, a)):
        make.make_relation(start, end, "entails")
    make.make_relation(a, b, "supports")
    make.make_relation(b, a, "supports")
    make.make_relation(a, b, "contradicts", "tension")
    data = around(a)
    assert sorted(node["id"] for node in data["nodes"]) == sorted(ids(a, b, c))
    assert len(data["edges"]) == 7
    see_that_it_holds(data)
    see_that_it_holds(whole(case))


def test_a_refuted_relation_is_absent_and_one_not_judged_is_shown_with_its_judgement(case: Case) -> None:
    root = make.make_claim(case)
    ends = {judgement: make.make_claim(case) for judgement in ("positive", "unjudged", "unsure", "negative")}
    for judgement, end in ends.items():
        make.make_relation(root, end, "contradicts", "contrary", aspects=["who"], judgement=judgement)
    for data in (around(root), whole(case)):
        shown = {edge["target"]: edge for edge in edges_of(data, "contradicts")}
        assert {target: edge["judgement"] for target, edge in shown.items()} == {
            f"claim:{ends[judgement].uid}": judgement for judgement in ("positive", "unjudged", "unsure")
        }
        assert all((edge["strength"], edge["aspects"]) == ("contrary", ["who"]) for edge in shown.values())
    assert claims_in(around(root)) == ids(root, ends["positive"], ends["unjudged"], ends["unsure"])
    assert f"claim:{ends['negative'].uid}" in claims_in(whole(case))  # it is of the case, and unrelated


def test_a_refuted_relation_hides_no_other_between_the_same_claims(case: Case) -> None:
    a, b = make.make_claim(case), make.make_claim(case)
    make.make_relation(a, b, "equivalent", judgement="negative")
    make.make_relation(a, b, "contradicts", "contradictory")
    assert [edge["type"] for edge in around(a)["edges"]] == ["contradicts"]


# --- what does not belong -------------------------------------------------------------------------------------------


def test_links_between_parties_that_stand_are_shown_and_refuted_ones_are_not(case: Case) -> None:
    claim = make.make_claim(case)
    parties = [make.make_party(case) for _ in range(5)]
    for party in parties:
        make.make_statement(claim, speaker=party)
    first, *others = parties
    for other, judgement in zip(others, ("positive", "unjudged", "unsure", "negative"), strict=True):
        make.make_link(case, first, other, "part_of", judgement=judgement, until=date(2025, 1, 31))
    shown = {
        edge["target"]: (edge["judgement"], edge["since"], edge["until"]) for edge in edges_of(around(claim), "part_of")
    }
    assert shown == {
        f"party:{other.uid}": (judgement, None, "2025-01-31")
        for other, judgement in zip(others, ("positive", "unjudged", "unsure"), strict=False)
    }


def test_nothing_of_another_case_appears_though_shared_parties_lead_there(case: Case) -> None:
    hidden = make.make_case(access="members")
    anna, boris = make.make_party(None, "Anna"), make.make_party(None, "Boris")
    secret = make.make_party(hidden, "A source")
    make.make_link(hidden, anna, boris, "part_of")
    make.make_link(hidden, secret, boris, "speaks_for")
    make.make_statement(make.make_claim(hidden), speaker=anna, relays=[secret])
    claim = make.make_claim(case)
    make.make_statement(claim, speaker=anna, relays=[boris])
    make.make_link(None, anna, boris, "controlled_by")
    for data in (around(claim), whole(case)):
        assert set(nodes_of(data, "party")) == ids(anna, boris)
        assert [edge["type"] for edge in data["edges"] if edge["type"] in PARTY_LINKS] == ["controlled_by"]
        assert str(secret.uid) not in json.dumps(data)
        assert len(nodes_of(data, "document")) == 1


def test_a_claim_graph_knows_only_the_statements_it_is_given(case: Case) -> None:
    claim = make.make_claim(case)
    seen, unseen = make.make_statement(claim), make.make_statement(claim)
    data = around(claim, statements=Statement.objects.exclude(pk=unseen.pk))
    assert set(nodes_of(data, "statement")) == ids(seen)
    assert set(nodes_of(data, "party")) == ids(seen.speaker)


# --- a limit that is honest -----------------------------------------------------------------------------------------


def test_a_claim_stands_in_its_own_graph_even_where_its_question_finds_no_room(case: Case) -> None:
    claim = make.make_claim(case, question=make.make_question(case))
    data = around(claim, limit=1)
    assert set(nodes_of(data)) == ids(claim)
    assert (data["edges"], data["graph"]["truncated"]) == ([], True)


def test_a_claim_graph_is_honest_about_every_limit(rich: Claim) -> None:
    full = set(nodes_of(around(rich)))
    for limit in range(1, len(full) + 2):
        data = around(rich, limit=limit)
        see_that_it_holds(data, limit)
        nodes = set(nodes_of(data))
        assert nodes <= full
        assert data["graph"]["truncated"] is (nodes != full)
    assert nodes == full


def test_a_case_graph_is_honest_about_every_limit(rich: Claim) -> None:
    make.make_question(rich.case), make.make_party(rich.case), make.make_document(rich.case), make.make_claim(rich.case)
    full = set(nodes_of(whole(rich.case)))
    for limit in range(1, len(full) + 2):
        data = whole(rich.case, limit=limit)
        see_that_it_holds(data, limit)
        nodes = set(nodes_of(data))
        assert nodes <= full
        assert data["graph"]["truncated"] is (nodes != full)
    assert nodes == full


def test_at_any_limit_a_statement_is_whole_or_absent(rich: Claim) -> None:
    full = around(rich)
    for limit in range(1, len(full["nodes"])):
        data = around(rich, limit=limit)
        for statement in nodes_of(data, "statement"):
            mine = [edge for edge in full["edges"] if edge["source"] == statement]
            assert [edge for edge in data["edges"] if edge["source"] == statement] == mine


def test_whatever_the_limit_a_claim_says_all_that_opposes_it(rich: Claim) -> None:
    case = rich.case
    claims = {claim.pk: claim for claim in Claim.objects.filter(case=case)}
    contested, opposing = contested_in([case.pk]), opposing_to(dict.fromkeys(claims, case.pk))
    expected = {
        f"claim:{claim.uid}": (pk in contested, [str(found.statement) for found in opposing[pk]])
        for pk, claim in claims.items()
    }
    assert len(expected[f"claim:{rich.uid}"][1]) > 1
    for limit in range(2, 45, 3):
        for data in (around(rich, limit=limit), whole(case, limit=limit)):
            for key, node in nodes_of(data, "claim").items():
                assert (node["contested"], node["opposing"]) == expected[key]


def test_nearer_claims_come_first(case: Case) -> None:
    chain = [make.make_claim(case) for _ in range(6)]
    for start, end in pairwise(chain):
        make.make_relation(start, end, "entails")
    for claim in reversed(chain):
        make.make_statement(claim)
    for limit in range(1, 24):
        taken = claims_in(around(chain[0], limit=limit))
        assert taken == ids(*chain[: len(taken)])


def test_conflicts_come_before_support(case: Case) -> None:
    root = make.make_claim(case)
    ends = {}
    for kind in reversed(KINDS):  # supports first, so that age does not help
        for _ in range(2):
            end = make.make_claim(case)
            make.make_relation(root, end, kind, "tension" if kind == "contradicts" else "")
            ends.setdefault(kind, []).append(end)
    order = [end for kind in KINDS for end in ends[kind]]
    for limit in range(1, 9):
        data = around(root, depth=1, limit=limit)
        assert claims_in(data) == ids(root, *order[: limit - 1])
        assert data["graph"]["truncated"] is True


def test_a_denial_is_not_crowded_out_by_many_who_assert(case: Case) -> None:
    claim = make.make_claim(case)
    for _ in range(30):
        make.make_statement(claim)
    denial = make.make_statement(claim, stance="denies")
    open_left = make.make_statement(claim, stance="leaves_open")
    data = around(claim, limit=10)
    assert ids(denial, open_left) <= set(nodes_of(data, "statement"))
    assert data["graph"]["truncated"] is True
    assert ids(denial) <= set(nodes_of(whole(case, limit=10), "statement"))


def test_contested_claims_come_first_in_the_graph_of_a_case(case: Case) -> None:
    quiet = [make.make_claim(case) for _ in range(5)]
    loud = make.make_claim(case)
    make.make_statement(loud)
    make.make_statement(loud, stance="denies")
    data = whole(case, limit=7)
    assert f"claim:{loud.uid}" in claims_in(data)
    assert len(nodes_of(data, "statement")) == 2
    assert not ids(*quiet) <= claims_in(data)


# --- the graph of a case --------------------------------------------------------------------------------------------


def test_a_case_graph_has_no_root_and_holds_what_nothing_was_said_of(case: Case) -> None:
    claim, lone = make.make_claim(case), make.make_claim(case)
    statement = make.make_statement(claim)
    question, document, party = make.make_question(case), make.make_document(case), make.make_party(case)
    make.make_party(None)  # shared, and named nowhere in the case
    other = make.make_case()
    make.make_question(other), make.make_party(other), make.make_document(other), make.make_claim(other)
    data = whole(case)
    assert data["graph"] == {"schema": "claims-tracker/graph/1", "root": None, "depth": None, "truncated": False}
    said_in = statement.excerpt.version.document
    assert set(nodes_of(data)) == ids(
        claim, lone, statement, statement.speaker, statement.excerpt, said_in, question, document, party
    )


def test_merged_claims_and_parties_stand_in_no_case_graph(case: Case) -> None:
    claim, merged = make.make_claim(case), make.make_claim(case)
    party, absorbed = make.make_party(case), make.make_party(case)
    with make.CONSOLE.act("merge", case) as act:
        act.update(merged, merged_into=claim)
        act.update(absorbed, merged_into=party)
    assert set(nodes_of(whole(case))) == ids(claim, party)


def test_an_unattached_document_brings_its_publisher_of_the_case(case: Case) -> None:
    publisher = make.make_party(case)
    document = make.make_document(case, publisher=publisher)
    data = whole(case)
    assert [(edge["source"], edge["target"]) for edge in edges_of(data, "published_by")] == [
        (f"document:{document.uid}", f"party:{publisher.uid}")
    ]


def test_an_unattached_document_is_published_by_a_shared_publisher_too(case: Case) -> None:
    publisher = make.make_party(None)
    document = make.make_document(case, publisher=publisher)
    data = whole(case)
    assert [(edge["source"], edge["target"]) for edge in edges_of(data, "published_by")] == [
        (f"document:{document.uid}", f"party:{publisher.uid}")
    ]


def test_the_graph_of_the_seed_case_holds_all_of_it(seed: Case) -> None:
    data = whole(seed)
    see_that_it_holds(data)
    counted = {
        kind: len(nodes_of(data, kind)) for kind in ("question", "claim", "statement", "party", "excerpt", "document")
    }
    assert counted == {
        "question": Question.objects.filter(case=seed).count(),
        "claim": Claim.objects.filter(case=seed).count(),
        "statement": Statement.objects.filter(case=seed).count(),
        "party": Party.objects.filter(case=seed).count(),
        "excerpt": seed.excerpts.count(),
        "document": 1,
    }
    relations = ClaimRelation.objects.filter(case=seed).exclude(judgement="negative").count()
    assert sum(len(edges_of(data, kind)) for kind in KINDS) == relations
    contested = {node["text"] for node in nodes_of(data, "claim").values() if node["contested"]}
    assert len(contested) == 7
    assert "Jisr al-Shughur was a haven for armed gangs." in contested


# --- how much is asked of the database ------------------------------------------------------------------------------


def _fill(case: Case, n: int) -> Claim:
    """Return a claim with `n` claims around it, each with statements, words, chains and parties of its own."""
    claims = word_claims(by=make.CONSOLE, case=case, claims=[Claim(text=f"Claim {i}.") for i in range(n + 1)])
    publisher = make.make_party(case)
    document = make.make_document(case, " ".join(f"Speaker {i} said so." for i in range(n)), publisher=publisher)
    version, parties = make.version_of(document), [make.make_party(case) for _ in range(3)]
    drafts = [
        Draft(
            statement=Statement(claim=claim, speaker=parties[i % 2], stance=stance),
            words=Quotation(version=version, exact=f"Speaker {i} said so."),
            relays=[Relay(party=parties[2])],
        )
        for i, claim in enumerate(claims[1:])
        for stance in ("asserts", "denies")
    ]
    record_statements(by=make.CONSOLE, case=case, drafts=drafts)
    relations = [
        ClaimRelation(claim_a=claims[0], claim_b=end, kind="supports", judgement="positive") for end in claims[1:]
    ]
    relate_claims(by=make.CONSOLE, case=case, relations=relations)
    return Claim.objects.select_related("case").get(pk=claims[0].pk)


def n_queries(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as sent:
        act()
    return len(sent)


def test_the_number_of_queries_is_the_same_for_five_claims_and_for_two_hundred() -> None:
    small, large = _fill(make.make_case(), 5), _fill(make.make_case(), 200)
    assert len(claims_in(around(large))) == 201
    assert n_queries(lambda: around(large)) == n_queries(lambda: around(small))
    assert n_queries(lambda: whole(large.case)) == n_queries(lambda: whole(small.case))


def test_the_number_of_queries_grows_by_two_a_level_and_no_further(case: Case) -> None:
    chain = [make.make_claim(case) for _ in range(7)]
    for start, end in pairwise(chain):
        make.make_relation(start, end, "entails")
    root = Claim.objects.select_related("case").get(pk=chain[0].pk)
    counts = [n_queries(lambda depth=depth: around(root, depth=depth)) for depth in range(6)]
    assert all(later - earlier <= 2 for earlier, later in pairwise(counts))
