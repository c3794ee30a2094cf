"""What the API answers to those who read: every shape, every filter, and the facts behind them."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import networkx
import pytest
from django.conf import settings

from claims.api.changes import SHOWN
from claims.api.shapes import ChangeItemShape, ConflictShape, EvidenceOfClaim, GraphShape, RelationShape
from claims.concluding import judge_independence, sign_conclusions
from claims.models import Claim, Conclusion, CredibilityRating, IndependenceJudgement, Statement, Utterance
from claims.rating import rate_parties, rate_statements
from claims.wording import note_utterances, word_claims
from sources.api.shapes import CaseShape, VersionReference, VersionShape
from sources.ledger import By
from sources.models import Case, Change, ChangeItem, Party, ReliabilityRating
from tests import factories as make
from tests.effort import foremost

from .calling import (
    ABSENT,
    COLLECTIONS,
    GET_ROUTES,
    MAX_LIMIT,
    RESOURCES,
    ROOT,
    Api,
    absent,
    check_problem,
    fill,
    ids,
    is_of_a_row,
)
from .checking import find_mismatches
from .stories import Story, tell

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

# What the lists and values below a resource hold; the resources themselves say it of themselves.
BELOW = {
    "cases/<uuid:id>/conflicts/": ConflictShape,
    "cases/<uuid:id>/proposals/": RelationShape,
    "cases/<uuid:id>/graph/": GraphShape,
    "changes/<int:sequence>/items/": ChangeItemShape,
    "claims/<uuid:id>/conflicts/": ConflictShape,
    "claims/<uuid:id>/evidence/": EvidenceOfClaim,
    "claims/<uuid:id>/graph/": GraphShape,
    "documents/<uuid:id>/versions/": VersionReference,
    "documents/<uuid:id>/versions/<int:number>/": VersionShape,
}


class World(NamedTuple):
    """The seed case, a made-up one, and a party that both may use."""

    seed: Case
    story: Story


@pytest.fixture(scope="module")
def world(seed: Case) -> World:
    """Two cases, to be read by all tests of this module."""
    story = tell(make.make_case(title="The bridge", access="members", slug="the-bridge", description="Made up."))
    make.make_party(None, "Élan Agency", kind="media")
    analyst = By(actor=make.make_admin(), at=make.NOW)
    rated = Statement.objects.live().filter(case=seed).exclude(speaker=None).select_related("speaker")[0]
    reliable = ReliabilityRating(party=rated.speaker, grade="C", rationale="As the article shows.")
    rate_parties(by=analyst, case=seed, ratings=[reliable])
    rate_statements(
        by=analyst, case=seed, ratings=[CredibilityRating(statement=rated, grade="2", rationale="It fits.")]
    )
    told, other = Statement.objects.live().filter(case=seed).order_by("pk")[:2]
    sign_conclusions(by=analyst, case=seed, conclusions=[Conclusion(claim=told.claim, text="It stands.")])
    judgement = IndependenceJudgement(statement_a=told, statement_b=other, verdict="shared", reason="One paper.")
    judge_independence(by=analyst, case=seed, judgements=[judgement])
    return World(seed, story)


# --- shapes --------------------------------------------------------------------------------------------------------

_CASE = {
    "id": "01890000-0000-7000-8000-000000000000",
    "url": "http://testserver/api/v1/cases/x/",
    "title": "T",
    "slug": "t",
    "description": "",
    "access": "open",
    "role": None,
    "revision": 1,
}


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"id": "1"}, "/id"),
        ({"id": "01890000-0000-7000-8000-00000000000A"}, "/id"),
        ({"url": "/api/v1/cases/x/"}, "/url"),
        ({"title": None}, "/title"),
        ({"title": 1}, "/title"),
        ({"access": "secret"}, "/access"),
        ({"role": 1}, "/role"),
        ({"revision": True}, "/revision"),
        ({"revision": "1"}, "/revision"),
        ({"further": 1}, "/further"),
    ],
)
def test_the_check_of_shapes_sees_what_is_wrong(change: dict[str, Any], place: str) -> None:
    assert list(find_mismatches(_CASE, CaseShape)) == []
    assert [fault.partition(":")[0] for fault in find_mismatches(_CASE | change, CaseShape)] == [place]


def test_the_check_of_shapes_sees_what_is_missing() -> None:
    for name in _CASE:
        without = {key: value for key, value in _CASE.items() if key != name}
        assert list(find_mismatches(without, CaseShape)) == [f"/{name}: missing"]


def test_every_address_that_answers_has_a_shape_here() -> None:
    own = {f"{collection}/" for collection in COLLECTIONS}
    own |= {f"{name}/<{'int:sequence' if name == 'changes' else 'uuid:id'}>/" for name in COLLECTIONS}
    assert own | set(BELOW) == set(GET_ROUTES)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_row_has_exactly_its_shape_in_the_list_and_by_itself(world: World, api: Api, collection: str) -> None:
    resource = RESOURCES[collection]
    rows = api.rows(collection)
    assert list(find_mismatches(rows, list[resource.shape])) == []
    key = "sequence" if collection == "changes" else "uid"
    keys = [row[key.replace("uid", "id")] for row in rows]
    stored = resource.model.objects.filter(is_live=True) if collection == "statements" else resource.model.objects.all()
    assert [str(found) for found in keys] == [str(found) for found in stored.order_by(key).values_list(key, flat=True)]
    assert keys == sorted(set(keys))
    for row, found in zip(rows, keys, strict=True):
        assert row["url"] == f"http://testserver{ROOT}{collection}/{found}/"
    for row in rows[:: 1 + len(rows) // 20]:
        assert api.read(row["url"]) == row


@pytest.mark.parametrize(
    "path", [path for path in BELOW if path.endswith(("conflicts/", "proposals/", "evidence/", "items/"))]
)
def test_every_list_below_a_row_has_exactly_its_shape(world: World, api: Api, path: str) -> None:
    collection, _, below = path.replace("int:sequence", "uuid:id").partition("/<uuid:id>/")
    found = [row for owner in api.rows(collection) for row in api.rows(owner["url"] + below)]
    assert found
    assert list(find_mismatches(found, list[BELOW[path]])) == []


def test_a_text_is_referred_to_without_its_words_and_read_with_them(world: World, api: Api) -> None:
    for document in api.rows("documents"):
        versions = api.rows(document["url"] + "versions/")
        assert versions == document["versions"]
        assert list(find_mismatches(versions, list[VersionReference])) == []
        for version in versions:
            whole = api.read(version["url"])
            assert list(find_mismatches(whole, VersionShape)) == []
            assert whole == version | {key: whole[key] for key in whole.keys() - version.keys()}
            assert len(whole["text"]) == whole["n_characters"]


def test_the_seed_reads_as_it_was_written(world: World, api: Api) -> None:
    stored = (settings.BASE_DIR / "seeds" / "jisr_al_shughur" / "article.txt").read_bytes().decode()
    document = api.rows("documents", case=world.seed.uid)[0]
    text = api.read(document["url"] + "versions/1/")["text"]
    assert text == stored
    excerpts = api.rows("excerpts", case=world.seed.uid)
    assert len(excerpts) > 50
    for excerpt in excerpts:
        assert excerpt["exact"] == text[excerpt["start"] : excerpt["end"]]
        assert excerpt["prefix"] == text[max(0, excerpt["start"] - 32) : excerpt["start"]]
        assert excerpt["suffix"] == text[excerpt["end"] : excerpt["end"] + 32]


def test_the_root_names_every_collection_and_is_for_no_stranger(api: Api) -> None:
    assert api.read(ROOT) == {name: f"http://testserver{ROOT}{name}/" for name in COLLECTIONS}
    check_problem(Api().get(ROOT), "unauthenticated")


# --- what the shapes are filled with -------------------------------------------------------------------------------


def _claim(api: Api, row: Any, contested: bool) -> dict[str, Any]:
    url = f"http://testserver{ROOT}claims/{row.uid}/"
    return {"id": str(row.uid), "text": row.text, "contested": contested, "url": url}


def _name(party: Any) -> dict[str, Any]:
    return {"id": str(party.uid), "label": party.label}


def test_a_statement_reads_with_its_main_words_first_and_its_chain_in_order(world: World, api: Api) -> None:
    story = world.story
    read = api.read(f"statements/{story.denied.uid}/")
    version = api.read(f"documents/{story.document.uid}/versions/1/")
    words = [(piece["role"], piece["excerpt"]["exact"]) for piece in read["evidence"]]
    assert words == [
        ("content", "he denied that it was open"),
        ("antecedent", "Tom Reed"),
        ("content", "“Nobody crossed it,”"),
    ]
    for piece in read["evidence"]:
        excerpt = piece["excerpt"]
        assert (excerpt["document"], excerpt["version"]) == (str(story.document.uid), 1)
        assert version["text"][excerpt["start"] : excerpt["end"]] == excerpt["exact"]
    assert {key: read[key] for key in read.keys() - {"evidence"}} == {
        "id": str(story.denied.uid),
        "url": f"http://testserver{ROOT}statements/{story.denied.uid}/",
        "case": str(story.case.uid),
        "claim": _claim(api, story.is_open, True),
        "voice": "party",
        "speaker": _name(story.tom),
        "stance": "denies",
        "manner": "mixed",
        "framing": "disputes",
        "attribution_type": "assertion",
        "certainty": "certain",
        "basis": "witnessed",
        "cue": "",
        "said_at": None,
        "said_note": "",
        "utterance": None,
        "supersedes": None,
        "review": "draft",
        "withdrawn_at": None,
        "live": True,
        "relays": [{"hop": 1, "party": _name(story.post), "is_gap": False, "cue": "wrote", "attitude": "disputes"}],
        "revision": 1,
    }


def test_an_undisclosed_hop_is_a_gap_and_not_a_guess(world: World, api: Api) -> None:
    story = world.story
    read = api.read(f"statements/{story.heard.uid}/")
    assert (read["voice"], read["speaker"]) == ("undisclosed", None)
    assert read["relays"] == [
        {"hop": 1, "party": None, "is_gap": True, "cue": "someone", "attitude": "neutral"},
        {"hop": 2, "party": _name(story.council), "is_gap": False, "cue": "", "attitude": "neutral"},
        {"hop": 3, "party": _name(story.post), "is_gap": False, "cue": "", "attitude": "neutral"},
    ]


def test_details_of_what_no_longer_stands_are_answered_and_say_so(world: World, api: Api) -> None:
    story = world.story
    first = api.read(f"statements/{story.asserted_first.uid}/")
    later = api.read(f"statements/{story.retracted.uid}/")
    assert (first["live"], later["live"], later["supersedes"]) == (False, True, first["id"])
    assert api.read(f"statements/{story.rejected.uid}/")["review"] == "rejected"
    withdrawn = api.read(f"statements/{story.withdrawn.uid}/")
    assert (withdrawn["live"], withdrawn["withdrawn_at"]) == (False, "2026-03-01T12:00:00Z")


def test_a_party_reads_with_its_names_and_its_links_from_either_end(world: World, api: Api) -> None:
    story = world.story
    mira, council = (api.read(f"parties/{party.uid}/") for party in (story.mira, story.council))
    link = {
        "id": str(story.link.uid),
        "kind": "speaks_for",
        "since": "2020-01-01",
        "until": "2030-12-31",
        "judgement": "positive",
    }
    assert mira["links"] == [{**link, "direction": "to", "party": _name(story.council)}]
    assert council["links"] == [{**link, "direction": "from", "party": _name(story.mira)}]
    assert (council["aliases"], council["kind"], council["naming"]) == (["Élan of Aldersby"], "government", "named")
    assert (mira["disambiguation"], mira["description"]) == ("councillor", "As the paper has it.")


def test_a_document_names_its_publisher_and_when_it_appeared(world: World, api: Api) -> None:
    read = api.read(f"documents/{world.story.document.uid}/")
    assert read["publisher"] == _name(world.story.post)
    assert (read["published_at"], read["language"], read["media_type"]) == (
        "2020-05-04T03:02:01Z",
        "en-GB",
        "text/plain",
    )


def test_a_claim_reads_with_both_sides_and_all_that_opposes_it(world: World, api: Api) -> None:
    story = world.story

    def against(statement: Any, basis: str) -> dict[str, Any]:
        url = f"http://testserver{ROOT}statements/{statement.uid}/"
        return {"statement": str(statement.uid), "url": url, "basis": basis, "strength": "contradictory"}

    expected = {
        story.is_open: (1, 1, True, [against(story.denied, "denial"), against(story.shut, "relation")]),
        story.is_shut: (0, 0, False, [against(story.asserted, "relation")]),
        story.gates_shut: (1, 0, True, [against(story.asserted, "relation")]),
        story.lorries: (1, 0, False, []),
    }
    for claim, facts in expected.items():
        read = api.read(f"claims/{claim.uid}/")
        assert (read["asserting"], read["denying"], read["contested"], read["opposing"]) == facts, claim.text
    read = api.read(f"claims/{story.is_open.uid}/")
    question = {
        "id": str(story.question.uid),
        "text": story.question.text,
        "url": f"http://testserver{ROOT}questions/{story.question.uid}/",
    }
    assert {
        key: read[key] for key in ("question", "mode", "occurred_from", "occurred_to", "occurred_note", "place")
    } == {
        "question": question,
        "mode": "fact",
        "occurred_from": "2020-05-01",
        "occurred_to": "2020-05-02",
        "occurred_note": "at the weekend",
        "place": "Aldersby",
    }
    numbers = api.read(f"claims/{story.lorries.uid}/")
    assert [numbers[key] for key in ("quantity_low", "quantity_high", "quantity_approximate", "unit")] == [
        40,
        None,
        True,
        "lorries",
    ]


def test_a_question_reads_with_its_answers_and_whether_they_are_contested(world: World, api: Api) -> None:
    story = world.story
    answers = api.read(f"questions/{story.question.uid}/")["claims"]
    assert answers == [_claim(api, story.is_open, True), _claim(api, story.is_shut, False)]


def test_a_relation_reads_with_both_claims_and_its_judgement(world: World, api: Api) -> None:
    story = world.story
    read = api.read(f"relations/{story.contradiction.uid}/")
    assert {key: read[key] for key in read.keys() - {"id", "url", "case", "revision"}} == {
        "claim_a": _claim(api, story.is_open, True),
        "claim_b": _claim(api, story.is_shut, False),
        "kind": "contradicts",
        "strength": "contradictory",
        "aspects": ["what"],
        "judgement": "positive",
        "rationale": "One bridge.",
        "judged_by": None,
        "judged_at": "2026-03-01T12:00:00Z",
    }
    assert ids(api.rows(f"cases/{story.case.uid}/proposals")) == [str(story.proposal.uid)]


def test_an_utterance_names_the_live_statements_that_report_it(world: World, api: Api) -> None:
    read = api.read(f"utterances/{world.story.utterance.uid}/")
    assert read["statements"] == [str(world.story.asserted.uid)]


# --- conflicts -----------------------------------------------------------------------------------------------------


def test_a_conflict_shows_both_statements_the_way_between_them_and_who_tells_of_whom(world: World, api: Api) -> None:
    story = world.story
    denial, rivalry = api.rows(f"cases/{story.case.uid}/conflicts")
    asserted, denied, shut = (api.read(f"statements/{row.uid}/") for row in (story.asserted, story.denied, story.shut))
    shared = {"strength": "contradictory", "same_account": False, "changed": False}
    assert denial == shared | {
        "id": f"{story.asserted.uid}~{story.denied.uid}",
        "left": asserted,
        "right": denied,
        "basis": "denial",
        "aspects": [],
        "path": [],
        "opponent_reported": ["right"],  # the paper that brings the denial disputes it
    }
    assert rivalry == shared | {
        "id": f"{story.asserted.uid}~{story.shut.uid}",
        "left": asserted,
        "right": shut,
        "basis": "relation",
        "aspects": ["what"],
        "path": [
            {
                "relation": str(story.contradiction.uid),
                "kind": "contradicts",
                "from": str(story.is_open.uid),
                "to": str(story.is_shut.uid),
            },
            {
                "relation": str(story.entailment.uid),
                "kind": "entails",
                "from": str(story.is_shut.uid),
                "to": str(story.gates_shut.uid),
            },
        ],
        "opponent_reported": [],
    }
    assert api.rows(f"claims/{story.gates_shut.uid}/conflicts") == [rivalry]
    assert api.rows(f"claims/{story.is_shut.uid}/conflicts") == []


def test_what_opposes_a_claim_is_what_conflicts_with_those_who_assert_it(world: World, api: Api) -> None:
    conflicts = api.rows(f"cases/{world.seed.uid}/conflicts")
    assert conflicts
    against: dict[str, dict[str, tuple[str, str]]] = {}
    for conflict in conflicts:
        assert conflict["left"]["id"] < conflict["right"]["id"]
        for one, other in (("left", "right"), ("right", "left")):
            meeting = (conflict["basis"], conflict["strength"])
            against.setdefault(conflict[one]["id"], {})[conflict[other]["id"]] = meeting
    statements = api.rows("statements", case=world.seed.uid)
    n_checked = 0
    for claim in api.rows("claims", case=world.seed.uid):
        found = {one["statement"]: (one["basis"], one["strength"]) for one in claim["opposing"]}
        assert len(found) == len(claim["opposing"])
        own = [row for row in statements if row["claim"]["id"] == claim["id"]]
        assert claim["asserting"] == sum(row["stance"] == "asserts" for row in own)
        assert claim["denying"] == sum(row["stance"] == "denies" for row in own)
        for row in own:
            assert row["claim"]["contested"] == claim["contested"]
            if row["stance"] == "asserts":
                assert found == against.get(row["id"], {}), claim["text"]
                n_checked += bool(found)
    assert n_checked >= 5


def test_a_claim_is_contested_where_a_conflict_of_it_is_no_tension(world: World, api: Api) -> None:
    of_case = {conflict["id"]: conflict for conflict in api.rows(f"cases/{world.seed.uid}/conflicts")}
    of_claims: dict[str, Any] = {}
    for claim in api.rows("claims", case=world.seed.uid):
        conflicts = api.rows(claim["url"] + "conflicts/")
        of_claims |= {conflict["id"]: conflict for conflict in conflicts}
        assert claim["contested"] == any(conflict["strength"] != "tension" for conflict in conflicts), claim["text"]
    assert of_claims == of_case


def test_tensions_come_along_are_left_out_or_stand_alone(world: World, api: Api) -> None:
    address = f"cases/{world.seed.uid}/conflicts"
    everything = api.rows(address)
    tensions = [conflict for conflict in everything if conflict["strength"] == "tension"]
    others = [conflict for conflict in everything if conflict["strength"] != "tension"]
    assert tensions
    assert others
    assert api.rows(address, tensions="with") == everything
    assert api.rows(address, tensions="without") == others
    assert api.rows(address, tensions="only") == tensions
    for value in ("", "With", "none", "true"):
        check_problem(api.get(address, tensions=value), "invalid", "tensions")


# --- live or not ---------------------------------------------------------------------------------------------------


def test_lists_hold_what_stands_unless_asked_for_the_rest(world: World, api: Api) -> None:
    story = world.story
    live = [story.asserted, story.denied, story.heard, story.declined, story.shut, story.retracted]
    gone = [story.asserted_first, story.withdrawn, story.rejected]

    def found(**parameters: Any) -> list[str]:
        return ids(api.rows("statements", case=story.case.uid, **parameters))

    assert found() == found(live="true") == sorted(str(row.uid) for row in live)
    assert found(live="false") == sorted(str(row.uid) for row in gone)
    assert found(live="all") == sorted(str(row.uid) for row in live + gone)
    for value in ("", "True", "1", "both"):
        check_problem(api.get("statements", live=value), "invalid", "live")


def test_the_words_on_a_claim_are_those_of_what_stands_unless_asked_for_the_rest(world: World, api: Api) -> None:
    story = world.story
    address = f"claims/{story.is_open.uid}/evidence"

    def found(**parameters: Any) -> list[tuple[str, str]]:
        return [(row["statement"]["id"], row["excerpt"]["exact"]) for row in api.rows(address, **parameters)]

    live = [
        (str(story.asserted.uid), "the old bridge at Aldersby was open"),
        (str(story.asserted.uid), "Mira Holt"),
        (str(story.asserted.uid), "Mira Holt said"),
        (str(story.denied.uid), "he denied that it was open"),
        (str(story.denied.uid), "Tom Reed"),
        (str(story.denied.uid), "“Nobody crossed it,”"),
        (str(story.declined.uid), "The mayor would not say"),
    ]
    gone = [
        (str(story.withdrawn.uid), "Nobody was hurt"),
        (str(story.rejected.uid), "it was open, the Aldersby Post wrote"),
    ]
    assert found() == found(live="true") == live
    assert found(live="false") == gone
    assert found(live="all") == live + gone
    check_problem(api.get(address, live="yes"), "invalid", "live")


# --- graphs --------------------------------------------------------------------------------------------------------

NODE_TYPES = {"question", "claim", "statement", "party", "excerpt", "document"}
STANCES = {"asserts", "denies", "questions", "leaves_open", "declines", "retracts"}
EDGE_ENDS = {
    "made_by": ("statement", "party"),
    "evidenced_by": ("statement", "excerpt"),
    "quoted_from": ("excerpt", "document"),
    "relayed_by": ("statement", "party"),
    "published_by": ("document", "party"),
    "answers": ("claim", "question"),
    **dict.fromkeys(STANCES, ("statement", "claim")),
    **dict.fromkeys(("part_of", "controlled_by", "speaks_for", "same_as"), ("party", "party")),
    **dict.fromkeys(("contradicts", "equivalent", "entails", "supports"), ("claim", "claim")),
}


def check_graph(data: dict[str, Any]) -> networkx.MultiDiGraph:
    """Check what holds for every graph, and return it as networkx reads it."""
    assert list(find_mismatches(data, GraphShape)) == []
    assert data["directed"] is data["multigraph"] is True
    assert set(data["graph"]) == {"schema", "root", "depth", "truncated"}
    assert data["graph"]["schema"] == "claims-tracker/graph/1"
    nodes = {node["id"]: node for node in data["nodes"]}
    assert list(nodes) == sorted(nodes)
    assert len(nodes) == len(data["nodes"])
    for node in data["nodes"]:
        assert node["type"] in NODE_TYPES
        assert node["id"].partition(":")[0] == node["type"]
        assert node["label"]
        assert node["url"].endswith(f"/{node['id'].partition(':')[2]}/")
        assert ("contested" in node and "opposing" in node) == (node["type"] == "claim")
        assert ("relays" in node) == (node["type"] == "statement")
        if node["type"] == "excerpt":
            assert node["end"] - node["start"] == len(node["exact"])
    places = [(edge["source"], edge["target"], edge["key"]) for edge in data["edges"]]
    assert places == sorted(set(places))
    for edge in data["edges"]:
        ends = (nodes[edge["source"]]["type"], nodes[edge["target"]]["type"])
        assert ends == EDGE_ENDS[edge["type"]], edge
    graph = networkx.node_link_graph(data, edges="edges")
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (len(data["nodes"]), len(data["edges"]))
    return graph


def _edges(data: dict[str, Any], *types: str) -> set[tuple[str, str, str]]:
    return {(edge["source"], edge["type"], edge["target"]) for edge in data["edges"] if edge["type"] in types}


@pytest.mark.parametrize("depth", range(6))
def test_every_node_of_a_claims_graph_is_connected_to_its_root(world: World, api: Api, depth: int) -> None:
    sizes = []
    for claim in api.rows("claims")[::3]:
        data = api.read(claim["url"] + "graph/", depth=depth, limit=10_000)
        assert data["graph"]["root"] == f"claim:{claim['id']}"
        assert (data["graph"]["depth"], data["graph"]["truncated"]) == (depth, False)
        graph = check_graph(data)
        assert networkx.is_weakly_connected(graph)
        assert networkx.bfs_tree(graph, data["graph"]["root"]) is not None
        sizes.append(sum(node["type"] == "claim" for node in data["nodes"]))
    assert (max(sizes) == 1) == (depth == 0)


def test_a_graph_holds_every_party_word_and_document_of_what_it_tells(world: World, api: Api) -> None:
    story = world.story
    data = api.read(f"claims/{story.is_open.uid}/graph/", depth=0)
    check_graph(data)

    def node(kind: str, row: Any) -> str:
        return f"{kind}:{row.uid}"

    claim = node("claim", story.is_open)
    asserted, denied, declined = (node("statement", row) for row in (story.asserted, story.denied, story.declined))
    mira, tom, post = (node("party", row) for row in (story.mira, story.tom, story.post))
    assert _edges(data, *STANCES) == {
        (asserted, "asserts", claim),
        (denied, "denies", claim),
        (declined, "declines", claim),
    }
    assert _edges(data, "made_by", "relayed_by") == {
        (asserted, "made_by", mira),
        (denied, "made_by", tom),
        (denied, "relayed_by", post),
    }
    assert _edges(data, "answers") == {(claim, "answers", node("question", story.question))}
    assert _edges(data, "published_by") == {(node("document", story.document), "published_by", post)}
    by_id = {found["id"]: found for found in data["nodes"]}
    words = {
        (edge["source"], edge["role"], by_id[edge["target"]]["exact"])
        for edge in data["edges"]
        if edge["type"] == "evidenced_by"
    }
    assert words == {
        (asserted, "content", "the old bridge at Aldersby was open"),
        (asserted, "source", "Mira Holt"),
        (asserted, "cue", "Mira Holt said"),
        (denied, "content", "he denied that it was open"),
        (denied, "antecedent", "Tom Reed"),
        (denied, "content", "“Nobody crossed it,”"),
        (declined, "content", "The mayor would not say"),
    }
    excerpts = [found["id"] for found in data["nodes"] if found["type"] == "excerpt"]
    assert _edges(data, "quoted_from") == {(one, "quoted_from", node("document", story.document)) for one in excerpts}
    relayed = next(edge for edge in data["edges"] if edge["type"] == "relayed_by")
    assert (relayed["hop"], relayed["attitude"]) == (1, "disputes")
    assert by_id[claim]["contested"] is True
    assert by_id[claim]["opposing"] == [str(story.denied.uid), str(story.shut.uid)]  # the latter lies further off


def test_a_graph_tells_relations_with_their_judgement_and_gaps_in_their_chain(world: World, api: Api) -> None:
    story = world.story
    near, far, lorries, shut = (
        f"claim:{row.uid}" for row in (story.is_open, story.gates_shut, story.lorries, story.is_shut)
    )
    data = api.read(f"claims/{story.is_open.uid}/graph/", depth=1)
    assert _edges(data, "contradicts", "entails", "supports") == {
        (near, "contradicts", shut),
        (lorries, "supports", near),
    }
    told = {edge["type"]: edge for edge in data["edges"]}
    assert (told["contradicts"]["strength"], told["contradicts"]["aspects"]) == ("contradictory", ["what"])
    assert (told["contradicts"]["judgement"], told["supports"]["judgement"]) == ("positive", "unjudged")
    heard = next(node for node in data["nodes"] if node["id"] == f"statement:{story.heard.uid}")
    assert [(hop["hop"], hop["party"], hop["is_gap"]) for hop in heard["relays"]] == [
        (1, None, True),
        (2, f"party:{story.council.uid}", False),
        (3, f"party:{story.post.uid}", False),
    ]
    link = next(edge for edge in data["edges"] if edge["type"] == "speaks_for")
    assert (link["source"], link["target"]) == (f"party:{story.mira.uid}", f"party:{story.council.uid}")
    assert (link["since"], link["until"], link["judgement"]) == ("2020-01-01", "2030-12-31", "positive")
    assert (far, "entails", shut) in _edges(api.read(f"claims/{story.is_open.uid}/graph/", depth=2), "entails")
    assert near in {node["id"] for node in api.read(f"claims/{story.gates_shut.uid}/graph/", depth=2)["nodes"]}


def test_a_graph_of_a_case_has_no_root_and_leaves_nothing_out(world: World, api: Api) -> None:
    for case in (world.seed, world.story.case):
        data = api.read(f"cases/{case.uid}/graph/", limit=10_000)
        check_graph(data)
        assert (data["graph"]["root"], data["graph"]["depth"], data["graph"]["truncated"]) == (None, None, False)
        held = {node["id"] for node in data["nodes"]}
        for collection, kind in (
            ("claims", "claim"),
            ("statements", "statement"),
            ("questions", "question"),
            ("parties", "party"),
            ("documents", "document"),
        ):
            wanted = {f"{kind}:{uid}" for uid in ids(api.rows(collection, case=case.uid))}
            assert wanted == {node for node in held if node.startswith(f"{kind}:")}


def test_a_graph_says_when_it_was_cut_and_keeps_to_its_limit(world: World, api: Api) -> None:
    addresses = [f"claims/{world.story.is_open.uid}/graph/", f"cases/{world.seed.uid}/graph/"]
    for address in addresses:
        whole = api.read(address, limit=10_000)
        n = len(whole["nodes"])
        for limit in (1, 2, 3, 5, 8, 13, n - 1, n, n + 1):
            data = api.read(address, limit=limit)
            graph = check_graph(data)
            assert len(data["nodes"]) <= limit
            assert data["graph"]["truncated"] == (limit < n), limit
            if data["graph"]["root"] and data["nodes"]:
                assert networkx.is_weakly_connected(graph)
            for node in data["nodes"]:
                if node["type"] == "claim":  # complete where the limit bites, too
                    uncut = next(other for other in whole["nodes"] if other["id"] == node["id"])
                    assert (node["opposing"], node["contested"]) == (uncut["opposing"], uncut["contested"])


def test_a_graph_holds_what_stands_unless_asked_for_the_rest(world: World, api: Api) -> None:
    story = world.story

    def found(address: str, **parameters: Any) -> set[str]:
        nodes = api.read(address, **parameters)["nodes"]
        return {node["id"].partition(":")[2] for node in nodes if node["type"] == "statement"}

    live = {str(row.uid) for row in (story.asserted, story.denied, story.declined)}
    gone = {str(row.uid) for row in (story.withdrawn, story.rejected)}
    address = f"claims/{story.is_open.uid}/graph/"
    assert found(address, depth=0) == found(address, depth=0, live="true") == live
    assert found(address, depth=0, live="false") == gone
    assert found(address, depth=0, live="all") == live | gone
    whole = f"cases/{story.case.uid}/graph/"
    for value in ("true", "false", "all"):
        assert found(whole, live=value) == set(ids(api.rows("statements", case=story.case.uid, live=value)))


@pytest.mark.parametrize("value", ["-1", "6", "1000000000", "a", "", "1.0", "٣", "+1", " 1", "1e0"])
def test_a_depth_is_a_number_from_zero_to_five(world: World, api: Api, value: str) -> None:
    check_problem(api.get(f"claims/{world.story.is_open.uid}/graph/", depth=value), "invalid", "depth")


@pytest.mark.parametrize("value", ["-1", "0", "10001", "1000000000000", "a", "", "1.0", "٣"])
def test_a_graph_has_between_one_and_ten_thousand_nodes(world: World, api: Api, value: str) -> None:
    for address in (f"claims/{world.story.is_open.uid}/graph/", f"cases/{world.story.case.uid}/graph/"):
        check_problem(api.get(address, limit=value), "invalid", "limit")
    check_problem(api.get(f"cases/{world.story.case.uid}/graph/", depth="1"), "invalid", "depth")


# --- filters -------------------------------------------------------------------------------------------------------

Lists = dict[str, list[Any]]
Values = Callable[[Any, Lists], set[str]]


def _id_of(name: str) -> Values:
    return lambda row, lists: {row[name]["id"]} if row[name] else set()


def _value_of(name: str) -> Values:
    return lambda row, lists: {row[name]} if row[name] else set()


def _items_of(row: Any) -> Any:
    return ChangeItem.objects.filter(change__sequence=row["sequence"])  # an act tells but of the first


def _case_of(row: Any, lists: Lists) -> set[str]:
    return {row["case"]} if row["case"] else set()


def _told(claim: Any, lists: Lists) -> list[Any]:
    return [row for row in lists["statements"] if row["claim"]["id"] == claim["id"]]


def _answered(row: Any, lists: Lists) -> set[str]:
    claim = next(claim for claim in lists["claims"] if claim["id"] == row["claim"]["id"])
    return {claim["question"]["id"]} if claim["question"] else set()


# What each filter reads off a row, as the API itself shows it: a row is found by each of these values.
FILTERS: dict[tuple[str, str], Values] = {
    **{(collection, "case"): _case_of for collection in COLLECTIONS if collection != "cases"},
    ("cases", "access"): _value_of("access"),
    ("parties", "kind"): _value_of("kind"),
    ("parties", "naming"): _value_of("naming"),
    ("parties", "name"): lambda row, _: {
        name.casefold() for name in (row["label"], *row["aliases"], *(alias["name"] for alias in row["case_aliases"]))
    },
    ("party-links", "kind"): _value_of("kind"),
    ("party-links", "judgement"): _value_of("judgement"),
    ("party-links", "party"): lambda row, _: {row["from"]["id"], row["to"]["id"]},
    ("documents", "publisher"): _id_of("publisher"),
    ("documents", "language"): _value_of("language"),
    ("excerpts", "document"): _value_of("document"),
    ("claims", "question"): _id_of("question"),
    ("claims", "mode"): _value_of("mode"),
    ("claims", "contested"): lambda row, _: {str(row["contested"]).lower()},
    ("claims", "speaker"): lambda row, lists: {told["speaker"]["id"] for told in _told(row, lists) if told["speaker"]},
    ("claims", "document"): lambda row, lists: {
        told["evidence"][0]["excerpt"]["document"] for told in _told(row, lists)
    },
    **{
        ("statements", name): _value_of(name)
        for name in ("voice", "stance", "manner", "framing", "attribution_type", "certainty", "basis", "review")
    },
    ("statements", "claim"): _id_of("claim"),
    ("statements", "question"): _answered,
    ("statements", "speaker"): _id_of("speaker"),
    ("statements", "relay"): lambda row, _: {hop["party"]["id"] for hop in row["relays"] if hop["party"]},
    ("statements", "document"): lambda row, _: {row["evidence"][0]["excerpt"]["document"]},
    ("statements", "utterance"): _value_of("utterance"),
    ("statements", "contested"): lambda row, _: {str(row["claim"]["contested"]).lower()},
    ("relations", "kind"): _value_of("kind"),
    ("relations", "strength"): _value_of("strength"),
    ("relations", "judgement"): _value_of("judgement"),
    **{(name, "grade"): _value_of("grade") for name in ("party-ratings", "statement-ratings")},
    **{(name, "analyst"): _value_of("analyst") for name in ("party-ratings", "statement-ratings")},
    ("party-ratings", "party"): _id_of("party"),
    ("conclusions", "claim"): _value_of("claim"),
    ("conclusions", "signed_by"): _value_of("signed_by"),
    ("independence-judgements", "verdict"): _value_of("verdict"),
    ("independence-judgements", "statement"): lambda row, _: {row["statement_a"], row["statement_b"]},
    ("statement-ratings", "statement"): _value_of("statement"),
    ("statement-ratings", "claim"): lambda row, lists: {
        told["claim"]["id"] for told in lists["statements"] if told["id"] == row["statement"]
    },
    **{("changes", name): _value_of(name) for name in ("act", "actor")},
    ("changes", "kind"): lambda row, _: {item.kind for item in _items_of(row)},
    ("changes", "row"): lambda row, _: {str(item.uid) for item in _items_of(row)},
    ("relations", "claim"): lambda row, _: {row["claim_a"]["id"], row["claim_b"]["id"]},
}


# The lists from which some of these are read.
READ_ALONG = {
    ("claims", "speaker"): ["statements"],
    ("claims", "document"): ["statements"],
    ("statements", "question"): ["claims"],
    ("statement-ratings", "claim"): ["statements"],
}


def test_every_filter_of_every_list_is_tested_here() -> None:
    known = {
        (collection, name)
        for collection in COLLECTIONS
        for name in RESOURCES[collection].filters.base_filters
        if name not in ("q", "live", "after", "version", "since", "until")  # tested by themselves
    }
    assert known == set(FILTERS)


@pytest.mark.parametrize(("collection", "parameter"), FILTERS)
def test_a_filter_keeps_exactly_the_rows_that_show_its_value(
    world: World, api: Api, collection: str, parameter: str
) -> None:
    lists = {name: api.rows(name) for name in {collection, *READ_ALONG.get((collection, parameter), ())}}
    rows, values_of = lists[collection], FILTERS[collection, parameter]
    values = sorted({value for row in rows for value in values_of(row, lists)})
    assert values
    for value in foremost(4, values[:12]):
        expected = [row for row in rows if value in values_of(row, lists)]
        assert api.rows(collection, **{parameter: value}) == expected, value
    if not values[0].startswith(("true", "false")):
        assert any(len(api.rows(collection, **{parameter: value})) < len(rows) for value in values)


@pytest.mark.parametrize(("collection", "parameter"), FILTERS)
def test_a_filter_without_a_match_keeps_nothing_and_one_that_makes_no_sense_is_refused(
    world: World, api: Api, collection: str, parameter: str
) -> None:
    kind = type(RESOURCES[collection].filters.base_filters[parameter]).__name__
    if kind == "UUIDFilter":
        assert api.rows(collection, **{parameter: ABSENT}) == []
    if parameter in ("name", "language", "analyst", "act", "actor", "signed_by"):
        assert api.rows(collection, **{parameter: "no such thing"}) == []
    else:
        check_problem(api.get(collection, **{parameter: "no such thing"}), "invalid", parameter)


def test_filters_narrow_one_another(world: World, api: Api) -> None:
    story = world.story
    found = api.rows("statements", speaker=story.tom.uid, stance="denies", case=story.case.uid, q="denied OPEN")
    assert ids(found) == [str(story.denied.uid)]
    assert api.rows("statements", speaker=story.tom.uid, stance="asserts") == []
    assert ids(api.rows("claims", contested="true", case=story.case.uid)) == ids(
        [row for row in api.rows("claims", contested="true") if row["case"] == str(story.case.uid)]
    )


# --- search --------------------------------------------------------------------------------------------------------


def _make_searchable(words: str) -> dict[str, str]:
    """Return, for each collection, the keys of rows that bear these words, or point to what does."""
    case = make.make_case(title=words)
    party = make.make_party(case, words)
    bearer = make.make_party(case, "Bearer")
    make.make_alias(case, bearer, words)
    document = make.make_document(case, f"Before. {words} After.", title=words)
    question, claim, other = make.make_question(case, words), make.make_claim(case, words), make.make_claim(case, "–")
    statement = make.make_statement(other, document=document, quote=words)
    relation = make.make_relation(claim, other, "supports")
    by = By(actor=make.make_admin(), at=make.NOW)
    plain = make.make_statement(other, document=document, quote="After")

    def link(start: Party, kind: str, rationale: str) -> str:
        return str(make.make_link(case, start, make.make_party(case, "–"), kind, rationale=rationale).uid)

    def rate(of: Party | Statement, rationale: str) -> str:
        if isinstance(of, Party):
            rating = ReliabilityRating(party=of, grade="B", rationale=rationale)
            return str(rate_parties(by=by, case=case, ratings=[rating])[0].uid)
        graded = CredibilityRating(statement=of, grade="2", rationale=rationale)
        return str(rate_statements(by=by, case=case, ratings=[graded])[0].uid)

    def conclude(on: Claim, text: str) -> str:
        return str(sign_conclusions(by=by, case=case, conclusions=[Conclusion(claim=on, text=text)])[0].uid)

    def judge(of: Statement, reason: str) -> str:
        judgement = IndependenceJudgement(statement_a=of, statement_b=also_plain, verdict="shared", reason=reason)
        return str(judge_independence(by=by, case=case, judgements=[judgement])[0].uid)

    def note(**fields: str) -> str:
        return str(note_utterances(by=by, case=case, utterances=[Utterance(**fields)])[0].uid)

    also_plain = make.make_statement(other, document=document, quote="Before")
    return {
        "cases": str(case.uid),
        "parties": str(party.uid),
        "parties by alias": str(bearer.uid),
        "documents": str(document.uid),
        "excerpts": str(statement.excerpt.uid),
        "questions": str(question.uid),
        "claims": str(claim.uid),
        "statements": str(statement.uid),
        "relations": str(relation.uid),
        "relations by rationale": str(make.make_relation(other, claim, "entails", rationale=words).uid),
        "party-links": link(party, "part_of", "–"),
        "party-links by rationale": link(bearer, "part_of", words),
        "utterances": note(note=words),
        "utterances by time": note(said_note=words),
        "party-ratings": rate(party, "–"),
        "party-ratings by rationale": rate(bearer, words),
        "statement-ratings": rate(statement, "–"),
        "statement-ratings by rationale": rate(plain, words),
        "conclusions": conclude(claim, "–"),
        "conclusions by text": conclude(other, words),
        "independence-judgements": judge(statement, "–"),
        "independence-judgements by reason": judge(plain, words),
        "changes": str(Change.objects.get(items__uid=claim.uid, act="word_claim").sequence),
    }


def _key_of(row: Any) -> str:
    return str(row["sequence"] if "sequence" in row else row["id"])


def test_every_list_is_searched(world: World) -> None:
    assert {name.partition(" ")[0] for name in _make_searchable("anything")} == set(COLLECTIONS)
    assert [name for name in COLLECTIONS if "q" not in RESOURCES[name].filters.base_filters] == []


def _search(api: Api, words: str) -> dict[str, set[str]]:
    return {name: set(map(_key_of, api.rows(name, q=words))) for name in COLLECTIONS}


def _among(found: dict[str, set[str]], made: dict[str, str]) -> set[str]:
    """Return in which lists the made rows were found."""
    return {name for name, uid in made.items() if uid in found[name.partition(" ")[0]]}


@pytest.mark.parametrize(
    ("words", "queries"),
    [
        ("Élan Vital", ["élan", "ELAN", "elan vital", "VITAL élan", "E\u0301lan", "  vital  "]),
        ("Ёлка зелёная", ["елка", "ЁЛКА", "Зеленая"]),
        ("Ἀθῆναι", ["αθηναι", "ΑΘΗΝΑΙ", "ἀθῆναι"]),
        ("İstanbul ışık", ["istanbul", "ISTANBUL", "İSTANBUL", "isik", "IŞIK", "ışık"]),
        ("جِسْر الشُّغُور", ["جسر", "الشغور", "جـــسر", "جِسْر"]),
        ("Straße", ["strasse", "STRASSE", "straße"]),
        ("“Nobody’s” half–way", ['"nobody\'s"', "half-way", "NOBODY’S"]),
        ("100 % of_it \\ (a+)+$", ["%", "_", "\\", "of_it", "(a+)+$", "100 %"]),
        ("東京 タワー", ["東京", "タワー", "ﾀﾜｰ"]),
        ("one\ttwo\nthree", ["one two three", "two\nthree"]),
        ("flag 🏴‍☠️ here", ["🏴‍☠️", "🏴"]),
    ],
    ids=lambda value: ascii(value)[:24] if isinstance(value, str) else "",
)
def test_words_are_found_case_and_accents_aside_in_every_list(api: Api, words: str, queries: list[str]) -> None:
    made, others = _make_searchable(words), _make_searchable("Entirely else")
    for query in foremost(1, queries):
        found = _search(api, query)
        assert _among(found, made) == set(made), query
        assert _among(found, others) == set(), query


@pytest.mark.parametrize(
    "query", foremost(4, ["%", "_", "\\", "a%b", "a_b", "(a+)+$", "a' OR '1'='1", "%%", "\\%", ".*", "[a-z]"])
)
def test_a14_signs_of_patterns_are_only_themselves(api: Api, query: str) -> None:
    made = _make_searchable("axb plain aab")
    assert _among(_search(api, query), made) == set()
    literal = _make_searchable(f"so {query} it")
    assert _among(_search(api, query), literal) == set(literal)


def test_every_word_must_occur_and_in_one_row(api: Api) -> None:
    made = _make_searchable("bridge of sighs")
    assert _among(_search(api, "sighs bridge"), made) == set(made)
    assert _among(_search(api, "bridge river"), made) == set()


def test_nothing_to_search_for_finds_everything(world: World, api: Api) -> None:
    for query in ("", " ", "\n"):
        for collection in ("claims", "changes"):
            assert api.rows(collection, q=query) == api.rows(collection)


@pytest.mark.parametrize("collection", ["claims", "parties", "changes"])
@pytest.mark.parametrize(
    "query",
    ["x" * 10_000, "é" * 5_000, "%" * 10_000, " ".join(f"w{n}" for n in range(1_200)), "a " * 1_200],
    ids=["one word", "accents", "percent", "many words", "one word often"],
)
def test_a14_a_long_search_is_answered_or_refused_in_no_time(
    world: World, api: Api, collection: str, query: str
) -> None:
    began = time.perf_counter()
    answer = api.get(collection, q=query)
    assert time.perf_counter() - began < 2  # seconds; a quadratic search takes minutes
    if answer.status_code != 200:
        check_problem(answer, "invalid", "q")
    assert api.get(collection).status_code == 200


# --- merged rows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("collection", ["parties", "claims"])
def test_a_merged_row_answers_with_where_it_went_and_stands_in_no_list(api: Api, by: By, collection: str) -> None:
    case = make.make_case()
    build = {"parties": make.make_party, "claims": make.make_claim}[collection]
    kept, merged = build(case, "Aldersby kept"), build(case, "Aldersby merged")
    document = make.make_document(case)
    with by.act("merge", case) as act:
        act.update(merged, merged_into=kept)
    answer = api.get(f"{collection}/{merged.uid}")
    address = f"http://testserver{ROOT}{collection}/{kept.uid}/"
    assert (answer.status_code, answer["Location"], answer.json()) == (301, address, {"url": address})
    for parameters in ({}, {"case": case.uid}, {"q": "Aldersby"}, {"limit": MAX_LIMIT}):
        found = ids(api.read(collection, **parameters)["results"])
        assert str(kept.uid) in found
        assert str(merged.uid) not in found
    graph = api.read(f"cases/{case.uid}/graph/")
    assert f":{merged.uid}" not in str(graph)
    words = {"document": str(document.uid), "quote": "Anna"}
    claim = merged if collection == "claims" else make.make_claim(case)
    speaker = merged if collection == "parties" else make.make_party(case)
    body = {"claim": str(claim.uid), "speaker": str(speaker.uid), **words}
    check_problem(api.post("statements", body), "invalid", f"#/{'claim' if collection == 'claims' else 'speaker'}")


def test_a_merged_answer_is_not_among_those_of_its_question(api: Api, by: By) -> None:
    case = make.make_case()
    question = make.make_question(case)
    kept, merged = (make.make_claim(case, question=question) for _ in range(2))
    with by.act("merge", case) as act:
        act.update(merged, merged_into=kept)
    assert ids(api.read(f"questions/{question.uid}/")["claims"]) == [str(kept.uid)]


def test_an_address_is_for_one_id_and_one_number(world: World, api: Api) -> None:
    for path in GET_ROUTES:
        if is_of_a_row(path):
            check_problem(api.get(fill(path, absent(path))), "not-found")
    document = world.story.document.uid
    for number in (0, 2, 2**31, 10**30):
        check_problem(api.get(f"documents/{document}/versions/{number}/"), "not-found")
    check_problem(api.get(f"claims/{world.story.mira.uid}"), "not-found")


# --- the ledger ----------------------------------------------------------------------------------------------------


def test_what_came_after_an_act_is_read_on_from_it(world: World, api: Api) -> None:
    """Who keeps the last sequence that it read misses nothing and reads nothing twice."""
    everything = [row["sequence"] for row in api.rows("changes")]
    middle, last = everything[len(everything) // 2], everything[-1]
    assert [row["sequence"] for row in api.rows("changes", after=middle)] == [n for n in everything if n > middle]
    assert api.rows("changes", after=last) == []
    assert [row["sequence"] for row in api.rows("changes", after=0)] == everything
    claim = make.make_claim(world.story.case)
    (newer,) = api.rows("changes", after=last)
    assert [(item["kind"], item["id"], item["before"]) for item in newer["items"]] == [("claim", str(claim.uid), None)]
    assert newer["items"][0]["after"]["text"] == claim.text


@pytest.mark.parametrize("n", [1, SHOWN, SHOWN + 1])
def test_an_act_on_many_rows_is_told_by_the_first_and_leads_to_all(world: World, api: Api, n: int) -> None:
    claims = word_claims(by=make.CONSOLE, case=world.story.case, claims=[Claim(text=f"So {i}.") for i in range(n)])
    make.make_claim(world.story.case)  # the rows of another act are none of this one's
    *_, found, _ = api.rows("changes")
    assert (found["act"], found["n_items"]) == ("word_claim", n)
    assert ids(found["items"]) == [str(claim.uid) for claim in claims[:SHOWN]]
    assert found["more"] == (f"{found['url']}items/" if n > SHOWN else None)
    everything = api.rows(f"{found['url']}items/")
    assert ids(everything) == [str(claim.uid) for claim in claims]
    assert everything[:SHOWN] == found["items"]


def test_of_an_import_no_more_rows_are_read_than_are_told(
    world: World, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[ChangeItem] = []
    from_db = ChangeItem.from_db

    def remember(*given: Any) -> ChangeItem:
        read.append(from_db(*given))
        return read[-1]

    monkeypatch.setattr(ChangeItem, "from_db", remember)
    (brought,) = api.rows("changes", act="import_bundle")
    assert brought["n_items"] > 10 * SHOWN
    assert ids(brought["items"]) == [str(item.uid) for item in read]
    assert len(read) == SHOWN


@pytest.mark.parametrize("value", ["-1", "x", "1.5", "1e400", "NaN", "9" * 30, "²", "0x1"])
def test_after_is_followed_by_a_whole_number(api: Api, value: str) -> None:
    check_problem(api.get("changes", after=value), "invalid", "after")


def test_the_history_of_a_row_is_what_was_done_to_it(world: World, api: Api) -> None:
    story = world.story
    acts = [row["act"] for row in api.rows("changes", row=story.withdrawn.uid)]
    assert acts == ["record_statement", "withdraw_statement"]
    assert api.rows("changes", row=ABSENT) == []
