"""Commitments, and all that is read off them, are what the design says: held against a plain reading of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from claims.choices import Aspect, Attitude, Stance, Strength
from claims.commitments import Classes, Meeting, RelationRow, Side
from claims.conflicts import (
    ONLY,
    WITH,
    WITHOUT,
    Conflict,
    contested_among,
    contested_in,
    count_conflicts,
    find_conflicts,
    opposing_to,
)
from claims.drafting import Draft
from claims.models import Claim, Relay, Statement, Utterance
from claims.recording import record_statements, reinstate_statement, review_statements, withdraw_statement
from claims.relating import revise_relation
from claims.wording import note_utterances, word_claims
from sources.capturing import capture_document
from sources.choices import Judgement, LinkKind
from sources.excerpting import Quotation
from sources.ledger import By
from sources.models import Case, Document, DocumentVersion, Party
from sources.refusals import RowsRefused
from sources.registering import register_parties
from tests import factories as make
from tests.claims import oracle
from tests.effort import examples

BINDING = ["equivalent", "entails", "contradicts"]
STRENGTHS = [strength.value for strength in Strength]
PURE = examples(60)
SIGNS = ["+", "-"]


# --- pure: classes against the plain reading ------------------------------------------------------------------------


@st.composite
def relation_rows(draw: st.DrawFn) -> tuple[list[int], list[RelationRow]]:
    """Return claims by their keys, and relations among them, parallel ones and circles included."""
    # Few claims and many relations: most of what can go wrong needs several that touch.
    claims = draw(st.lists(st.integers(1, 99), min_size=2, max_size=5, unique=True))
    n = draw(st.integers(3, 8))
    uids = draw(st.permutations(range(1, n + 1)))
    rows = []
    for uid in uids:
        a, b = draw(st.sampled_from([pair for pair in product(claims, claims) if pair[0] != pair[1]]))
        kind = draw(st.sampled_from([*BINDING, "supports"]))
        strength = draw(st.sampled_from(STRENGTHS)) if kind == "contradicts" else ""
        rows.append(RelationRow(UUID(int=uid), a, b, kind, strength, ()))
    return claims, rows


def as_told(rows: list[RelationRow]) -> list[dict[str, Any]]:
    """Return relations as the plain reading has them."""
    return [{**row._asdict(), "judgement": "positive"} for row in rows]


def by_members(classes: Classes, side: Side) -> tuple[frozenset[int], str]:
    """Return a side as the plain reading names it: by the claims of its class."""
    return frozenset(classes.members(side.of_class)), side.sign


@PURE
@given(relation_rows())
def test_classes_and_commitments_are_those_of_the_plain_reading(case: tuple[list[int], list[RelationRow]]) -> None:
    claims, rows = case
    classes, told = Classes(rows), as_told(rows)
    for claim in claims:
        members = oracle.class_of(claim, told)
        assert classes.class_of(claim) == min(members)
        assert set(classes.members(classes.class_of(claim))) == members
        for sign in SIGNS:
            found = [by_members(classes, side) for side in classes.commitments(Side(classes.class_of(claim), sign))]
            assert set(found) == oracle.commitments(claim, sign, told)
            assert len(found) == len(set(found))


@PURE
@given(relation_rows())
def test_holders_are_commitments_turned_round(case: tuple[list[int], list[RelationRow]]) -> None:
    claims, rows = case
    classes, told = Classes(rows), as_told(rows)
    sides = [(claim, sign) for claim in claims for sign in SIGNS]
    for claim, sign in sides:
        held = {by_members(classes, side) for side in classes.holders(Side(classes.class_of(claim), sign))}
        own = (oracle.class_of(claim, told), sign)
        assert held == {
            (oracle.class_of(other, told), theirs)
            for other, theirs in sides
            if own in oracle.commitments(other, theirs, told)
        }


@PURE
@given(relation_rows())
def test_opponents_are_those_of_the_plain_reading_each_by_the_gravest_way(
    case: tuple[list[int], list[RelationRow]],
) -> None:
    claims, rows = case
    classes, told = Classes(rows), as_told(rows)
    sides = {(oracle.class_of(claim, told), sign): (claim, sign) for claim in claims for sign in SIGNS}
    for one in sides.values():
        found = classes.opponents(Side(classes.class_of(one[0]), one[1]))
        expected = {side: oracle.meeting_of(one, other, told) for side, other in sides.items()}
        assert {by_members(classes, side): tuple(meeting) for side, meeting in found.items()} == {
            side: meeting for side, meeting in expected.items() if meeting is not None
        }


@PURE
@given(relation_rows())
def test_every_path_is_the_shortest_and_of_those_the_lowest(case: tuple[list[int], list[RelationRow]]) -> None:
    claims, rows = case
    classes, told = Classes(rows), as_told(rows)
    sides = [(claim, sign) for claim in claims for sign in SIGNS]
    for left, right in product(sides, sides):
        meeting = oracle.meeting_of(left, right, told)
        if meeting is not None:
            path = classes.find_paths([(left, right, Meeting(*meeting))])[0]
            assert [(step.relation.uid, step.start, step.end) for step in path] == oracle.path_of(
                left, right, meeting, told
            )


@PURE
@given(relation_rows())
def test_self_contradictions_are_those_of_the_plain_reading(case: tuple[list[int], list[RelationRow]]) -> None:
    claims, rows = case
    classes, told = Classes(rows), as_told(rows)
    found = {frozenset(classes.members(of_class)) for of_class, _ in classes.self_contradictions()}
    assert found == oracle.self_contradicting_classes(claims, told)


@PURE
@given(relation_rows(), st.randoms(use_true_random=False))
def test_the_order_in_which_relations_are_read_means_nothing(
    case: tuple[list[int], list[RelationRow]], shuffler: Any
) -> None:
    claims, rows = case
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    one, other = Classes(rows), Classes(shuffled)
    for claim, sign in product(claims, SIGNS):
        side = Side(one.class_of(claim), sign)
        assert other.class_of(claim) == side.of_class
        assert one.opponents(side) == other.opponents(side)
        for opponent, meeting in one.opponents(side).items():
            ends = (claim, sign), (opponent.of_class, opponent.sign)
            assert one.find_paths([(*ends, meeting)]) == other.find_paths([(*ends, meeting)])


# --- with the database: random cases against the plain reading ------------------------------------------------------

TIMES = [None, datetime(2025, 5, 1, 9, 0, tzinfo=UTC), datetime(2025, 6, 1, 9, 0, tzinfo=UTC)]
LONG_AGO, FAR_OFF = date(1990, 1, 1), date(2990, 1, 1)  # so that today, whenever that is, lies between
ASKED_ON = date(2026, 3, 1)


@st.composite
def case_plans(draw: st.DrawFn) -> dict[str, Any]:
    """Return what a case holds, things naming each other by their index."""
    n_claims, n_parties, n_documents = draw(st.integers(2, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 2))
    claims, parties, documents = range(n_claims), range(n_parties), range(n_documents)
    statements: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(5, 10))):
        speaker = draw(st.sampled_from([*parties, *parties, *parties, "author", "undisclosed"]))
        earlier = [i for i, other in enumerate(statements) if other["speaker"] == speaker]
        # Mostly the two stances that bind, or there would be little to meet.
        stance = draw(st.sampled_from([*["asserts"] * 8, *["denies"] * 4, *Stance.values]))
        supersedes = draw(st.sampled_from([None, None, None, *earlier[-1:]])) if stance != "retracts" else None
        if stance == "retracts":
            if earlier:
                supersedes = draw(st.sampled_from(earlier))
            else:
                stance = "leaves_open"
        others = draw(
            st.lists(st.sampled_from([*parties, None]), max_size=2, unique_by=lambda p: object() if p is None else p)
        )
        statements.append(
            {
                "claim": draw(st.sampled_from(claims)),
                "speaker": speaker,
                "stance": stance,
                "supersedes": supersedes,
                "document": draw(st.sampled_from(documents)),
                "said_at": draw(st.sampled_from(TIMES)),
                "utterance": draw(st.sampled_from([None, None, 0, 1])),
                "review": draw(st.sampled_from(["draft", *["accepted"] * 6, "rejected"])),
                "framing": draw(st.sampled_from(Attitude.values)),
                "certainty": draw(st.sampled_from(["certain", "possible", "unstated"])),
                "relays": [(party, draw(st.sampled_from(Attitude.values))) for party in others if party != speaker],
            }
        )
    pairs = [(a, b) for a in claims for b in claims if a != b]
    relations = []
    for _ in range(draw(st.integers(2, 7))):
        kind = draw(st.sampled_from([*BINDING, *BINDING, "supports"]))
        contradicts = kind == "contradicts"
        relations.append(
            {
                "pair": draw(st.sampled_from(pairs)),
                "kind": kind,
                "strength": draw(st.sampled_from(STRENGTHS)) if contradicts else "",
                "aspects": draw(st.lists(st.sampled_from(Aspect.values), max_size=2, unique=True))
                if contradicts
                else [],
                "judgement": draw(st.sampled_from([*["positive"] * 9, *Judgement.values])),
            }
        )
    party_pairs = [(a, b) for a in parties for b in parties if a != b]
    links = []
    for _ in range(draw(st.integers(0, 4)) if party_pairs else 0):
        links.append(
            {
                "pair": draw(st.sampled_from(party_pairs)),
                "kind": draw(st.sampled_from(LinkKind.values)),
                "judgement": draw(st.sampled_from([*["positive"] * 4, *Judgement.values])),
                "since": draw(st.sampled_from([None, None, LONG_AGO, FAR_OFF])),
                "until": draw(st.sampled_from([None, None, FAR_OFF, FAR_OFF])),
                "is_past": draw(st.sampled_from([False, False, False, True])),
                "where": draw(st.sampled_from(["case", "case", "shared", "other"])),
            }
        )
    return {
        "n_claims": n_claims,
        "shared": draw(st.lists(st.booleans(), min_size=n_parties, max_size=n_parties)),
        "published": [draw(st.sampled_from(TIMES)) for _ in documents],
        "utterances": [draw(st.sampled_from(TIMES)) for _ in range(2)],
        "statements": statements,
        "statement_uids": draw(st.permutations(range(1, len(statements) + 1))),
        "relations": relations,
        "relation_uids": draw(st.permutations(range(1, len(relations) + 1))),
        "links": links,
        # What happens afterwards: (statement, what becomes of it).
        "acts": draw(
            st.lists(
                st.tuples(
                    st.sampled_from(range(len(statements))),
                    st.sampled_from(["withdraw", "withdraw", "reinstate", "rejected", "accepted"]),
                ),
                max_size=4,
            )
        ),
    }


@dataclass
class Built:
    """A case in the database, and the same case as plain rows; claims go by their keys, all else by uid."""

    case: Case
    other: Case
    claims: list[Claim]
    statements: list[dict[str, Any]] = field(default_factory=list)
    relations: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)

    def conflicts(self) -> list[dict[str, Any]]:
        return oracle.conflicts(self.statements, self.relations, self.links, ASKED_ON)


def build(plan: dict[str, Any]) -> Built:
    """Write a planned case through the domain, and as plain rows beside it."""
    case, other = make.make_case(), make.make_case()
    claims = [Claim(text=f"Claim {number}.") for number in range(plan["n_claims"])]
    built = Built(case, other, word_claims(by=make.CONSOLE, case=case, claims=claims))
    parties = [Party(label=f"Party {number}") for number in range(len(plan["shared"]))]
    for where in (case, None):
        mine = [party for party, shared in zip(parties, plan["shared"], strict=True) if shared is (where is None)]
        register_parties(by=make.CONSOLE, case=where, parties=mine)
    documents = []
    for number, published_at in enumerate(plan["published"]):
        captured_at = make.NOW - timedelta(days=number)
        document = make.make_document(case, by=By(actor=None, at=captured_at), published_at=published_at)
        documents.append((document, published_at, captured_at))
    utterances = note_utterances(
        by=make.CONSOLE, case=case, utterances=[Utterance(said_at=at) for at in plan["utterances"]]
    )
    # A statement of a shared party in another case, against its own: no business of this one.
    elsewhere = make.make_claim(other)
    for party, shared in zip(parties, plan["shared"], strict=True):
        if shared:
            make.make_statement(elsewhere, speaker=party)
            make.make_statement(elsewhere, speaker=party, stance="denies")
            break
    _build_links(built, plan, parties)
    rows = [Statement(uid=UUID(int=number)) for number in plan["statement_uids"]]
    drafts = []
    for row, told in zip(rows, plan["statements"], strict=True):
        is_party = isinstance(told["speaker"], int)
        document, published_at, captured_at = documents[told["document"]]
        row.claim = built.claims[told["claim"]]
        row.voice, row.speaker = ("party", parties[told["speaker"]]) if is_party else (told["speaker"], None)
        row.utterance = None if told["utterance"] is None else utterances[told["utterance"]]
        row.supersedes = None if told["supersedes"] is None else rows[told["supersedes"]]
        for name in ("stance", "said_at", "review", "framing", "certainty"):
            setattr(row, name, told[name])
        relays = [
            Relay(party=None if party is None else parties[party], is_gap=party is None, attitude=attitude)
            for party, attitude in told["relays"]
        ]
        words = Quotation(version=make.version_of(document), start=0, end=4)
        drafts.append(Draft(statement=row, words=words, relays=relays))
        built.statements.append(
            {
                "uid": row.uid,
                "claim": row.claim_id,
                "speaker": row.speaker_id,
                "stance": told["stance"],
                "said_at": told["said_at"],
                "uttered_at": None if told["utterance"] is None else plan["utterances"][told["utterance"]],
                "published_at": published_at,
                "captured_at": captured_at,
                "review": told["review"],
                "withdrawn": False,
                "supersedes": None if row.supersedes is None else row.supersedes.uid,
                "relays": [
                    {"party": None if party is None else parties[party].pk, "attitude": attitude}
                    for party, attitude in told["relays"]
                ],
            }
        )
    record_statements(by=make.CONSOLE, case=case, drafts=drafts)
    for index, act in plan["acts"]:
        statement = Statement.objects.get(pk=rows[index].pk)
        if act == "withdraw":
            withdraw_statement(by=make.CONSOLE, statement=statement)
            built.statements[index]["withdrawn"] = True
        elif act == "reinstate":
            reinstate_statement(by=make.CONSOLE, statement=statement)
            built.statements[index]["withdrawn"] = False
        else:
            review_statements(by=make.CONSOLE, case=case, statements=[statement], review=act)
            built.statements[index]["review"] = act
    _build_relations(built, plan)
    return built


def _build_links(built: Built, plan: dict[str, Any], parties: list[Party]) -> None:
    for told in plan["links"]:
        a, b = told["pair"]
        both_shared = plan["shared"][a] and plan["shared"][b]
        where = {"case": built.case, "shared": None, "other": built.other}[told["where"]] if both_shared else built.case
        since, until = told["since"], LONG_AGO if told["is_past"] else told["until"]
        if since and until and until < since:
            since = None
        try:
            row = make.make_link(
                where, parties[a], parties[b], told["kind"], judgement=told["judgement"], since=since, until=until
            )
        except RowsRefused:
            continue  # a circle or a second one: held by the tests of registering
        if where != built.other:
            built.links.append(
                {
                    "start": row.from_party_id,
                    "end": row.to_party_id,
                    "kind": told["kind"],
                    "judgement": told["judgement"],
                    "since": since,
                    "until": until,
                }
            )


def _build_relations(built: Built, plan: dict[str, Any]) -> None:
    """Relate the claims; what the domain refuses is exactly what the plain reading finds impossible."""
    taken = set()
    keys = [claim.pk for claim in built.claims]
    for told, number in zip(plan["relations"], plan["relation_uids"], strict=True):
        a, b = (built.claims[index] for index in told["pair"])
        place = (told["kind"], a.pk, b.pk)
        if told["kind"] in ("contradicts", "equivalent"):
            place = (told["kind"], *sorted((a.pk, b.pk)))
        new = {
            "uid": UUID(int=number),
            "a": place[1],
            "b": place[2],
            **{name: told[name] for name in ("kind", "strength", "aspects", "judgement")},
        }
        if place in taken:
            continue
        refusals = []
        try:
            make.make_relation(
                a,
                b,
                told["kind"],
                told["strength"],
                uid=new["uid"],
                aspects=told["aspects"],
                judgement=told["judgement"],
            )
        except RowsRefused as refused:
            refusals = [error.error_dict["judgement"][0].code for error in refused.errors.values()]
        if oracle.self_contradicting_classes(keys, [*built.relations, new]):
            assert refusals == ["class_contradicts"]
            continue
        assert refusals == []
        taken.add(place)
        built.relations.append(new)


def as_plain(conflict: Conflict, claims: dict[UUID, int]) -> dict[str, Any]:
    """Return a conflict as the plain reading has it."""
    return {
        "left": conflict.left.uid,
        "right": conflict.right.uid,
        "basis": conflict.meeting.basis,
        "strength": conflict.meeting.strength,
        "aspects": list(conflict.aspects),
        "path": [(step.relation, claims[step.start], claims[step.end]) for step in conflict.path],
        "same_account": conflict.same_account,
        "changed": conflict.changed,
        "opponent_reported": conflict.opponent_reported,
    }


def walk(case: Case, limit: int, *, backwards: bool = False, **options: Any) -> list[Conflict]:
    """Return all conflicts, page by page."""
    found: list[Conflict] = []
    while page := find_conflicts(
        case, limit=limit, backwards=backwards, after=found[-1].place if found else None, **options
    ):
        assert len(page) <= limit
        found += page
        assert len(found) <= 2000  # a walk that goes in a circle fails, and does not hang
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Run a block and undo what it wrote: one database serves all examples."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def by_pair(conflicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(conflicts, key=lambda conflict: (conflict["left"], conflict["right"]))


@pytest.mark.django_db
@examples(10)
@given(plan=case_plans())
def test_all_readings_of_a_case_are_those_of_the_plain_reading(plan: dict[str, Any]) -> None:
    with undone():
        built = build(plan)
        case, statements, relations = built.case, built.statements, built.relations
        live = Statement.objects.filter(case=case).live().values_list("uid", flat=True)
        assert set(live) == {statement["uid"] for statement in oracle.live(statements)}

        expected = built.conflicts()
        _compare_walks(built, expected)
        assert count_conflicts(case) == oracle.counts(expected)

        keys = {claim.pk: case.pk for claim in built.claims}
        contested = {key for key in keys if oracle.is_contested(key, expected, statements, relations)}
        assert contested_in([case.pk]) == contested
        assert contested_in([case.pk, built.other.pk]) == contested | contested_in([built.other.pk])
        assert contested_among(keys) == contested
        assert {key for key in keys if contested_among({key: case.pk})} == contested

        opposing = {key: oracle.opposing(key, statements, relations) for key in keys}
        assert {key: [tuple(found) for found in rows] for key, rows in opposing_to(keys).items()} == opposing


def _compare_walks(built: Built, expected: list[dict[str, Any]]) -> None:
    """Walk all pages, of the case and of each claim, and hold them against what is expected."""
    uids = {claim.uid: claim.pk for claim in built.claims}
    for tensions in (WITH, WITHOUT, ONLY):
        wanted = [c for c in expected if tensions == WITH or (tensions == ONLY) == (c["strength"] == "tension")]
        whole = find_conflicts(built.case, tensions=tensions, limit=1000)
        assert by_pair([as_plain(conflict, uids) for conflict in whole]) == by_pair(wanted)
        assert walk(built.case, 4, tensions=tensions) == whole
        assert walk(built.case, 5, tensions=tensions, backwards=True) == whole[::-1]
    for claim in built.claims:
        own = oracle.of_class(expected, claim.pk, built.statements, built.relations)
        about = find_conflicts(built.case, claim=claim, limit=1000)
        assert by_pair([as_plain(conflict, uids) for conflict in about]) == by_pair(own)
    last = built.claims[-1]
    about = find_conflicts(built.case, claim=last, tensions=WITHOUT, limit=1000)
    firm = [
        c for c in oracle.of_class(expected, last.pk, built.statements, built.relations) if c["strength"] != "tension"
    ]
    assert by_pair([as_plain(conflict, uids) for conflict in about]) == by_pair(firm)
    assert walk(built.case, 3, claim=last, tensions=WITHOUT) == about
    assert walk(built.case, 2, claim=last, tensions=WITHOUT, backwards=True) == about[::-1]


# --- one example a rule ---------------------------------------------------------------------------------------------


@pytest.fixture
def case(db: None) -> Case:
    return make.make_case()


@pytest.fixture
def bridge(case: Case) -> Claim:
    return make.make_claim(case, "The bridge is open.")


def asserted(claim: Claim, **fields: Any) -> Statement:
    return make.make_statement(claim, **fields)


def denied(claim: Claim, **fields: Any) -> Statement:
    return make.make_statement(claim, stance="denies", **fields)


def met(case: Case) -> dict[frozenset[UUID], tuple[str, str]]:
    """Return basis and strength of every conflict of the case, by its two statements."""
    found = find_conflicts(case, limit=1000)
    assert len({conflict.id for conflict in found}) == len(found)
    return {frozenset({c.left.uid, c.right.uid}): (c.meeting.basis, c.meeting.strength) for c in found}


def pair(one: Statement, other: Statement) -> frozenset[UUID]:
    return frozenset({one.uid, other.uid})


def only_conflict(case: Case) -> Conflict:
    (conflict,) = find_conflicts(case, limit=10)
    return conflict


DENIAL = ("denial", "contradictory")


def test_who_asserts_a_claim_and_who_denies_it_cannot_both_stand(case: Case, bridge: Claim) -> None:
    yes, no = asserted(bridge), denied(bridge)
    assert met(case) == {pair(yes, no): DENIAL}
    assert only_conflict(case).path == []
    assert only_conflict(case).aspects == ()


@pytest.mark.parametrize("stance", ["questions", "leaves_open", "declines"])
def test_a_stance_that_is_neither_yes_nor_no_commits_to_nothing(case: Case, bridge: Claim, stance: str) -> None:
    yes, no, neither = asserted(bridge), denied(bridge), make.make_statement(bridge, stance=stance)
    assert met(case) == {pair(yes, no): DENIAL}
    assert neither.uid not in {found.statement for found in opposing_to({bridge.pk: case.pk})[bridge.pk]}


def test_a_claim_that_is_only_doubted_is_not_contested(case: Case, bridge: Claim) -> None:
    asserted(bridge)
    make.make_statement(bridge, stance="questions")
    make.make_statement(bridge, stance="declines")
    assert contested_in([case.pk]) == set()


def test_claims_that_say_the_same_are_one_class_through_others(case: Case, bridge: Claim) -> None:
    middle, last, apart = (make.make_claim(case) for _ in range(3))
    first_step = make.make_relation(bridge, middle, "equivalent")
    second_step = make.make_relation(middle, last, "equivalent")
    yes, no, beside = asserted(bridge), denied(last), denied(apart)
    assert met(case) == {pair(yes, no): DENIAL}
    assert not any(beside.uid in both for both in met(case))
    steps = [(step.relation, step.kind, step.start, step.end) for step in only_conflict(case).path]
    assert steps == [
        (first_step.uid, "equivalent", bridge.uid, middle.uid),
        (second_step.uid, "equivalent", middle.uid, last.uid),
    ]
    assert contested_in([case.pk]) == {bridge.pk, middle.pk, last.pk}


def test_a_denial_flows_back_along_entails_and_an_assertion_along_it(case: Case, bridge: Claim) -> None:
    passable = make.make_claim(case, "The river can be crossed.")
    make.make_relation(bridge, passable, "entails")
    strong_yes, weak_no = asserted(bridge), denied(passable)
    strong_no, weak_yes = denied(bridge), asserted(passable)
    assert met(case) == {
        pair(strong_yes, weak_no): DENIAL,
        pair(strong_yes, strong_no): DENIAL,
        pair(weak_yes, weak_no): DENIAL,
        # and not the weak yes with the strong no: who crosses may swim
    }


def test_two_commitments_may_go_one_step_each_and_meet_in_the_middle(case: Case) -> None:
    a, b, c, d = (make.make_claim(case) for _ in range(4))
    steps = [make.make_relation(a, b, "entails"), make.make_relation(b, c, "entails")]
    make.make_relation(c, d, "entails")
    yes, near, far = asserted(a), denied(c), denied(d)
    assert met(case) == {pair(yes, near): DENIAL}
    assert [step.relation for step in only_conflict(case).path] == [step.uid for step in steps]
    assert far.uid not in {found.statement for found in opposing_to({a.pk: case.pk})[a.pk]}


def test_entailing_one_another_does_not_make_two_claims_one_class(case: Case) -> None:
    a, b = make.make_claim(case), make.make_claim(case)
    make.make_relation(a, b, "entails")
    make.make_relation(b, a, "entails")
    yes, no = asserted(a), denied(a)
    assert met(case) == {pair(yes, no): DENIAL}
    assert contested_in([case.pk]) == {a.pk}  # nothing was said of b


def test_contraries_collide_when_both_are_asserted_and_not_when_both_are_denied(case: Case) -> None:
    red, green = make.make_claim(case, "The door is red."), make.make_claim(case, "The door is green.")
    make.make_relation(red, green, "contradicts", "contrary", aspects=["what"])
    one, other = asserted(red), asserted(green)
    denied(red, review="rejected")
    assert met(case) == {pair(one, other): ("relation", "contrary")}
    assert only_conflict(case).aspects == ("what",)
    # Asked of one claim alone, the other is looked at all the same.
    assert contested_among({red.pk: case.pk}) == {red.pk}
    assert contested_among({green.pk: case.pk}) == {green.pk}
    neither, nor = denied(red), denied(green)
    assert pair(neither, nor) not in met(case)


def test_both_denied_meet_only_where_exactly_one_must_hold(case: Case) -> None:
    found = {}
    for strength in STRENGTHS:
        a, b = make.make_claim(case), make.make_claim(case)
        make.make_relation(a, b, "contradicts", strength)
        found[strength] = pair(denied(a), denied(b))
    assert met(case) == {found["contradictory"]: ("relation", "contradictory")}


def test_claims_that_contradict_each_other_collide_over_what_entails_them(case: Case) -> None:
    a, b, c, d = (make.make_claim(case) for _ in range(4))
    path = [
        make.make_relation(a, c, "entails"),
        make.make_relation(c, d, "contradicts", "contrary", aspects=["who", "time"]),
        make.make_relation(b, d, "entails"),
    ]
    one, other = asserted(a), asserted(b)
    assert met(case) == {pair(one, other): ("relation", "contrary")}
    conflict = only_conflict(case)
    assert [(step.relation, step.start, step.end) for step in conflict.path] == [
        (path[0].uid, a.uid, c.uid),
        (path[1].uid, c.uid, d.uid),
        (path[2].uid, d.uid, b.uid),
    ]
    assert conflict.aspects == ("who", "time")


def test_a_tension_is_listed_apart_and_never_counted_as_a_contradiction(case: Case) -> None:
    order, attack = make.make_claim(case), make.make_claim(case)
    make.make_relation(order, attack, "contradicts", "tension")
    one, other = asserted(order), asserted(attack)
    assert met(case) == {pair(one, other): ("relation", "tension")}
    assert find_conflicts(case, tensions=WITHOUT, limit=10) == []
    assert [conflict.left.uid for conflict in find_conflicts(case, tensions=ONLY, limit=10)] == [one.uid]
    assert contested_in([case.pk]) == set()
    assert contested_among({order.pk: case.pk, attack.pk: case.pk}) == set()
    assert count_conflicts(case) == {"contradictory": 0, "contrary": 0, "tension": 1}
    assert opposing_to({order.pk: case.pk}) == {order.pk: [(other.uid, "relation", "tension")]}


def test_of_two_relations_between_two_classes_the_stronger_speaks(case: Case) -> None:
    a, b, c = (make.make_claim(case) for _ in range(3))
    make.make_relation(a, b, "contradicts", "tension")
    make.make_relation(b, c, "equivalent")
    stronger = make.make_relation(a, c, "contradicts", "contrary")
    one, other = asserted(a), asserted(b)
    assert met(case) == {pair(one, other): ("relation", "contrary")}
    # So the path is that of the contrary, though the tension would be shorter.
    assert [step.kind for step in only_conflict(case).path] == ["contradicts", "equivalent"]
    assert only_conflict(case).path[0].relation == stronger.uid


def test_of_two_equally_short_paths_the_one_with_the_lower_uids_is_told(case: Case) -> None:
    a, b, c, d = (make.make_claim(case) for _ in range(4))
    uids = {(a, b): 9, (b, d): 1, (a, c): 5, (c, d): 7}
    for (start, end), uid in uids.items():
        make.make_relation(start, end, "equivalent", uid=UUID(int=uid))
    asserted(a), denied(d)
    assert [step.relation.int for step in only_conflict(case).path] == [5, 7]  # 5 comes before 9, whatever follows


@pytest.mark.parametrize(
    "weak",
    [
        {"certainty": "possible"},
        {"framing": "disputes"},
        {"attribution_type": "belief"},
        {"basis": "told"},
        {"manner": "unclear"},
        {"review": "draft"},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_how_sure_and_how_presented_a_statement_is_does_not_weaken_its_commitment(
    case: Case, bridge: Claim, weak: dict[str, str]
) -> None:
    yes, no = asserted(bridge, **weak), denied(bridge, certainty="certain", review="accepted")
    assert met(case) == {pair(yes, no): DENIAL}


@pytest.mark.parametrize("mode", ["plan", "prediction", "conditional", "evaluation"])
def test_a_claim_that_is_no_fact_commits_all_the_same(case: Case, mode: str) -> None:
    claim = make.make_claim(case, mode=mode)
    yes, no = asserted(claim), denied(claim)
    assert met(case) == {pair(yes, no): DENIAL}


@pytest.mark.parametrize("judgement", ["unjudged", "unsure", "negative"])
@pytest.mark.parametrize("kind", BINDING)
def test_a_relation_that_is_not_judged_to_hold_does_not_count(case: Case, kind: str, judgement: str) -> None:
    a, b = make.make_claim(case), make.make_claim(case)
    strength = "contradictory" if kind == "contradicts" else ""
    relation = make.make_relation(a, b, kind, strength, judgement=judgement)
    asserted(a)
    other = asserted(b) if kind == "contradicts" else denied(b)
    assert met(case) == {}
    assert opposing_to({a.pk: case.pk}) == {a.pk: []}
    revise_relation(by=make.CONSOLE, relation=relation, values={"judgement": "positive"})
    assert {found.statement for found in opposing_to({a.pk: case.pk})[a.pk]} == {other.uid}
    assert len(met(case)) == 1
    revise_relation(by=make.CONSOLE, relation=relation, values={"judgement": judgement})
    assert met(case) == {}


def test_support_takes_no_part(case: Case) -> None:
    a, b = make.make_claim(case), make.make_claim(case)
    make.make_relation(a, b, "supports")
    asserted(a), denied(b)
    assert met(case) == {}


def test_a_statement_is_told_once_whatever_ways_it_meets_another(case: Case) -> None:
    a, b, c, d = (make.make_claim(case) for _ in range(4))
    for end in (c, d):
        make.make_relation(a, end, "entails")
        make.make_relation(b, end, "contradicts", "contrary")
    one, other = asserted(a), asserted(b)
    assert met(case) == {pair(one, other): ("relation", "contrary")}
    assert count_conflicts(case) == {"contradictory": 0, "contrary": 1, "tension": 0}


def test_the_left_statement_has_the_lower_uid_and_the_path_runs_from_it(case: Case) -> None:
    a, b = make.make_claim(case), make.make_claim(case)
    make.make_relation(a, b, "entails")
    high = asserted(a, uid=UUID(int=2))
    low = denied(b, uid=UUID(int=1))
    conflict = only_conflict(case)
    assert (conflict.left.uid, conflict.right.uid) == (low.uid, high.uid)
    assert conflict.id == f"{low.uid}~{high.uid}"
    assert [(step.start, step.end) for step in conflict.path] == [(b.uid, a.uid)]


def test_statements_of_two_cases_never_meet(case: Case) -> None:
    other = make.make_case()
    party = make.make_party(None)
    here, there = make.make_claim(case, "It rains."), make.make_claim(other, "It rains.")
    asserted(here, speaker=party), denied(there, speaker=party)
    assert met(case) == met(other) == {}
    assert contested_in([case.pk, other.pk]) == set()
    assert opposing_to({here.pk: case.pk, there.pk: other.pk})[here.pk] == []
    assert [found[1:] for found in opposing_to({there.pk: other.pk})[there.pk]] == [DENIAL]


# --- what is live ---------------------------------------------------------------------------------------------------


def test_a_rejected_and_a_withdrawn_statement_commit_to_nothing(case: Case, bridge: Claim) -> None:
    asserted(bridge)
    rejected, withdrawn = denied(bridge), denied(bridge)
    assert len(met(case)) == 2
    review_statements(by=make.CONSOLE, case=case, statements=[rejected], review="rejected")
    withdraw_statement(by=make.CONSOLE, statement=withdrawn)
    assert met(case) == {}
    assert contested_in([case.pk]) == set()
    reinstate_statement(by=make.CONSOLE, statement=withdrawn)
    review_statements(by=make.CONSOLE, case=case, statements=[rejected], review="accepted")
    assert len(met(case)) == 2


def test_a_retraction_has_no_commitment_and_takes_the_earlier_statement_out(case: Case, bridge: Claim) -> None:
    anna = make.make_party(case, "Anna")
    earlier, no = asserted(bridge, speaker=anna), denied(bridge)
    retraction = make.make_statement(bridge, speaker=anna, stance="retracts", supersedes=earlier)
    assert met(case) == {}
    assert set(Statement.objects.live()) == {no, retraction}
    assert opposing_to({bridge.pk: case.pk})[bridge.pk] == [(no.uid, *DENIAL)]


@pytest.mark.parametrize("way", ["rejecting", "withdrawing"])
def test_taking_the_retraction_out_brings_the_earlier_statement_back(case: Case, bridge: Claim, way: str) -> None:
    anna = make.make_party(case, "Anna")
    earlier, no = asserted(bridge, speaker=anna), denied(bridge)
    retraction = make.make_statement(bridge, speaker=anna, stance="retracts", supersedes=earlier)
    if way == "rejecting":
        review_statements(by=make.CONSOLE, case=case, statements=[retraction], review="rejected")
    else:
        withdraw_statement(by=make.CONSOLE, statement=retraction)
    assert met(case) == {pair(earlier, no): DENIAL}


def test_a_later_statement_stands_for_the_earlier_one_that_it_supersedes(case: Case, bridge: Claim) -> None:
    anna, boris = make.make_party(case, "Anna"), make.make_party(case, "Boris")
    earlier, boris_yes = asserted(bridge, speaker=anna), asserted(bridge, speaker=boris)
    later = denied(bridge, speaker=anna, supersedes=earlier)
    assert met(case) == {pair(boris_yes, later): DENIAL}  # and not Anna against herself


def test_superseding_takes_back_what_superseded_in_its_turn(case: Case, bridge: Claim) -> None:
    anna = make.make_party(case, "Anna")
    first = asserted(bridge, speaker=anna)
    second = make.make_statement(bridge, speaker=anna, stance="retracts", supersedes=first)
    third = make.make_statement(bridge, speaker=anna, stance="retracts", supersedes=second)
    # The retraction was retracted: what it had taken out stands again.
    assert set(Statement.objects.live()) == {first, third}


# --- what a conflict says of its two sides --------------------------------------------------------------------------


@pytest.mark.parametrize("voice", ["author", "undisclosed"])
def test_author_and_undisclosed_are_nobodys_account(case: Case, bridge: Claim, voice: str) -> None:
    asserted(bridge, voice=voice, said_at=TIMES[1])
    denied(bridge, voice=voice, said_at=TIMES[2])
    conflict = only_conflict(case)
    assert (conflict.same_account, conflict.changed) == (False, False)


def test_a_speaker_against_himself_is_one_account(case: Case, bridge: Claim) -> None:
    anna = make.make_party(case, "Anna")
    asserted(bridge, speaker=anna), denied(bridge, speaker=anna)
    conflict = only_conflict(case)
    assert (conflict.same_account, conflict.changed) == (True, False)  # told at one time, by one document


@pytest.mark.parametrize("kind", ["part_of", "controlled_by", "speaks_for"])
def test_who_stands_above_a_speaker_is_of_the_same_account_through_others(case: Case, bridge: Claim, kind: str) -> None:
    clerk, office, ministry, sister = (make.make_party(case) for _ in range(4))
    make.make_link(case, clerk, office, "part_of")
    make.make_link(case, office, ministry, kind)
    make.make_link(case, sister, ministry, kind)
    yes = asserted(bridge, speaker=ministry)
    below, beside = denied(bridge, speaker=clerk), denied(bridge, speaker=sister)
    again = asserted(bridge, speaker=clerk)
    accounts = {pair(yes, below): True, pair(yes, beside): True, pair(again, below): True, pair(again, beside): False}
    found = find_conflicts(case, limit=10)
    assert {frozenset({c.left.uid, c.right.uid}): c.same_account for c in found} == accounts


@pytest.mark.parametrize(
    "link",
    [
        {"kind": "same_as"},
        {"judgement": "unjudged"},
        {"judgement": "unsure"},
        {"judgement": "negative"},
        {"until": LONG_AGO},
        {"since": FAR_OFF},
    ],
    ids=lambda fields: "-".join(f"{name}-{value}" for name, value in fields.items()),
)
def test_a_link_that_does_not_hold_makes_no_account(case: Case, bridge: Claim, link: dict[str, Any]) -> None:
    clerk, office = make.make_party(case), make.make_party(case)
    make.make_link(case, clerk, office, link.pop("kind", "part_of"), **link)
    asserted(bridge, speaker=clerk), denied(bridge, speaker=office)
    assert only_conflict(case).same_account is False


def test_a_link_of_another_case_makes_no_account_here(case: Case, bridge: Claim) -> None:
    clerk, office = make.make_party(None), make.make_party(None)
    make.make_link(make.make_case(), clerk, office, "part_of")
    asserted(bridge, speaker=clerk), denied(bridge, speaker=office)
    assert only_conflict(case).same_account is False
    make.make_link(None, clerk, office, "part_of")
    assert only_conflict(case).same_account is True


def test_who_says_another_thing_at_another_time_has_changed(case: Case, bridge: Claim) -> None:
    anna = make.make_party(case, "Anna")
    asserted(bridge, speaker=anna, said_at=TIMES[1])
    denied(bridge, speaker=anna, said_at=TIMES[2])
    assert only_conflict(case).changed is True


def test_two_speakers_of_one_account_have_not_changed(case: Case, bridge: Claim) -> None:
    clerk, office = make.make_party(case), make.make_party(case)
    make.make_link(case, clerk, office, "speaks_for")
    asserted(bridge, speaker=clerk, said_at=TIMES[1]), denied(bridge, speaker=office, said_at=TIMES[2])
    conflict = only_conflict(case)
    assert (conflict.same_account, conflict.changed) == (True, False)


def test_where_the_time_of_saying_is_unknown_that_of_knowing_counts(case: Case, bridge: Claim) -> None:
    anna = make.make_party(case, "Anna")
    early = make.make_document(case, published_at=TIMES[1])
    late = make.make_document(case, published_at=TIMES[2])
    undated = capture_document(
        by=By(actor=None, at=TIMES[2]),
        case=case,
        document=Document(title="Undated leaflet"),
        versions=[DocumentVersion(text=make.TEXT)],
    )

    def has_changed(**fields: Any) -> bool:
        with undone():
            denied(bridge, speaker=anna, **fields)
            return only_conflict(case).changed

    (spoken,) = note_utterances(by=make.CONSOLE, case=case, utterances=[Utterance(said_at=TIMES[1])])
    asserted(bridge, speaker=anna, document=early)
    assert has_changed(document=late) is True
    assert has_changed(document=undated) is True  # captured later than the other was published
    assert has_changed(document=early) is False
    assert has_changed(document=late, said_at=TIMES[1]) is False
    assert has_changed(document=late, utterance=spoken) is False
    assert has_changed(document=early, said_at=TIMES[2]) is True


def test_a_side_is_reported_by_an_opponent_where_a_hop_disputes_it(case: Case, bridge: Claim) -> None:
    paper = make.make_party(case, "The Daily Fiction")
    denied(bridge)
    for attitude, expected in (("neutral", []), ("distances", []), ("endorses", []), ("disputes", ["right"])):
        with undone():
            asserted(bridge, relays=[Relay(party=paper, attitude=attitude)])
            assert only_conflict(case).opponent_reported == expected
    asserted(bridge, relays=[Relay(is_gap=True, attitude="disputes")])
    assert only_conflict(case).opponent_reported == ["right"]


def test_a_side_is_reported_by_an_opponent_where_a_hop_itself_denies_it(case: Case, bridge: Claim) -> None:
    anna, boris, carla = (make.make_party(case, name) for name in ("Anna", "Boris", "Carla"))
    asserted(bridge, speaker=anna, relays=[carla, boris])
    denied(bridge, speaker=boris)
    assert only_conflict(case).opponent_reported == ["left"]


def test_a_denial_that_an_asserter_carries_is_reported_by_an_opponent(case: Case, bridge: Claim) -> None:
    anna, boris = make.make_party(case, "Anna"), make.make_party(case, "Boris")
    asserted(bridge, speaker=anna)
    denied(bridge, speaker=boris, relays=[anna])
    assert only_conflict(case).opponent_reported == ["right"]


def test_both_sides_may_be_known_only_through_an_opponent(case: Case, bridge: Claim) -> None:
    anna, boris = make.make_party(case, "Anna"), make.make_party(case, "Boris")
    asserted(bridge, speaker=anna, relays=[boris])
    denied(bridge, speaker=boris, relays=[anna])
    assert only_conflict(case).opponent_reported == ["left", "right"]


def test_a_hop_that_denies_what_follows_is_an_opponent_as_well(case: Case, bridge: Claim) -> None:
    passable = make.make_claim(case, "The river can be crossed.")
    make.make_relation(bridge, passable, "entails")
    boris = make.make_party(case, "Boris")
    asserted(bridge, relays=[boris])
    denied(passable, speaker=boris)
    assert only_conflict(case).opponent_reported == ["left"]


def test_a_hop_whose_denial_is_not_live_is_no_opponent(case: Case, bridge: Claim) -> None:
    boris = make.make_party(case, "Boris")
    asserted(bridge, relays=[boris])
    denied(bridge, speaker=boris, review="rejected")
    denied(bridge)
    assert only_conflict(case).opponent_reported == []


# --- readings of a whole case ---------------------------------------------------------------------------------------


def test_a_claim_that_nobody_speaks_of_is_contested_with_its_class(case: Case, bridge: Claim) -> None:
    silent, entailed = make.make_claim(case), make.make_claim(case)
    make.make_relation(bridge, silent, "equivalent")
    make.make_relation(bridge, entailed, "entails")
    yes, no = asserted(bridge), denied(bridge)
    with_case = {claim.pk: case.pk for claim in (bridge, silent, entailed)}
    assert contested_among(with_case) == contested_in([case.pk]) == {bridge.pk, silent.pk}
    against = opposing_to(with_case)
    assert against == {bridge.pk: [(no.uid, *DENIAL)], silent.pk: [(no.uid, *DENIAL)], entailed.pk: []}
    assert yes.uid not in {found.statement for rows in against.values() for found in rows}


def test_what_opposes_a_claim_stands_the_gravest_first(case: Case, bridge: Claim) -> None:
    rivals = {strength: make.make_claim(case) for strength in STRENGTHS}
    for strength, rival in rivals.items():
        make.make_relation(bridge, rival, "contradicts", strength)
    by_rival = {strength: asserted(rivals[strength]) for strength in reversed(STRENGTHS)}
    late, early = denied(bridge, uid=UUID(int=2)), denied(bridge, uid=UUID(int=1))
    assert opposing_to({bridge.pk: case.pk}) == {
        bridge.pk: [
            (early.uid, *DENIAL),
            (late.uid, *DENIAL),
            *((by_rival[strength].uid, "relation", strength) for strength in STRENGTHS),
        ]
    }


def test_two_who_say_the_same_may_be_in_tension_with_each_other(case: Case, bridge: Claim) -> None:
    # What the bridge entails is in tension: so is everyone who asserts it, with everyone else who does.
    guarded, free = make.make_claim(case), make.make_claim(case)
    for end in (guarded, free):
        make.make_relation(bridge, end, "entails")
    make.make_relation(guarded, free, "contradicts", "tension")
    three = [asserted(bridge) for _ in range(3)]
    pairs = {pair(three[0], three[1]), pair(three[0], three[2]), pair(three[1], three[2])}
    assert met(case) == dict.fromkeys(pairs, ("relation", "tension"))
    assert count_conflicts(case)["tension"] == 3
    assert walk(case, 1) == walk(case, 2) == find_conflicts(case, limit=9)
    assert [step.kind for step in find_conflicts(case, limit=1)[0].path] == ["entails", "contradicts", "entails"]
    for statement in three[1:]:
        withdraw_statement(by=make.CONSOLE, statement=statement)
    assert met(case) == {}  # nobody is in tension with himself


def test_pages_of_any_size_in_either_direction_are_the_whole_walk(case: Case) -> None:
    # One class that meets several others, each with several statements on both sides.
    hub, *rivals = (make.make_claim(case) for _ in range(4))
    for rival, strength in zip(rivals, STRENGTHS, strict=True):
        make.make_relation(hub, rival, "contradicts", strength)
    numbers = iter([7, 2, 11, 5, 14, 1, 9, 3, 12, 8, 4, 13, 6, 10])  # uids in another order than keys
    for claim, n_yes, n_no in ((hub, 3, 2), (rivals[0], 2, 2), (rivals[1], 2, 1), (rivals[2], 2, 0)):
        for sign in [asserted] * n_yes + [denied] * n_no:
            sign(claim, uid=UUID(int=next(numbers)))
    for about in (None, rivals[1]):
        whole = find_conflicts(case, claim=about, limit=1000)
        assert len({conflict.id for conflict in whole}) == len(whole) > 5
        for limit in (1, 2, 3, 5, len(whole) - 1, len(whole), len(whole) + 1):
            assert walk(case, limit, claim=about) == whole
            assert walk(case, limit, claim=about, backwards=True) == whole[::-1]
        for place in range(0, len(whole), 3):
            conflict = whole[place]
            after = find_conflicts(case, claim=about, after=conflict.place, limit=1000)
            before = find_conflicts(case, claim=about, after=conflict.place, backwards=True, limit=1000)
            assert (after, before) == (whole[place + 1 :], whole[:place][::-1])
    assert sum(count_conflicts(case).values()) == len(find_conflicts(case, limit=1000))


def test_a_page_goes_on_from_a_statement_that_is_gone_since(case: Case, bridge: Claim) -> None:
    yes = [asserted(bridge) for _ in range(3)]
    no = [denied(bridge) for _ in range(3)]
    whole = find_conflicts(case, limit=100)
    fourth = whole[3]
    withdraw_statement(by=make.CONSOLE, statement=next(row for row in yes if row.uid == fourth.left.uid))
    rest = find_conflicts(case, after=fourth.place, limit=100)
    assert rest == [conflict for conflict in whole[4:] if conflict.left.uid != fourth.left.uid]
    withdraw_statement(by=make.CONSOLE, statement=no[0])
    assert len(find_conflicts(case, limit=100)) == 4


def test_nothing_asked_is_nothing_found(case: Case) -> None:
    assert contested_among({}) == contested_in([]) == set()
    assert opposing_to({}) == {}
    assert find_conflicts(case, limit=10) == []
    assert count_conflicts(case) == {"contradictory": 0, "contrary": 0, "tension": 0}


def test_pages_and_counts_ask_as_little_of_a_full_case_as_of_a_small_one(
    case: Case, bridge: Claim, django_assert_num_queries: Any
) -> None:
    parties = [make.make_party(case) for _ in range(4)]

    def add(n: int) -> None:
        for number in range(n):
            asserted(bridge, speaker=parties[number % 4])
            denied(bridge, speaker=parties[(number + 1) % 4])

    def ask() -> list[Any]:
        return [
            find_conflicts(case, limit=2),
            find_conflicts(case, limit=2, claim=bridge, backwards=True),
            count_conflicts(case),
            contested_in([case.pk]),
            contested_among({bridge.pk: case.pk}),
        ]

    add(2)
    with CaptureQueriesContext(connection) as few:
        ask()
    add(28)
    with django_assert_num_queries(len(few)):
        *_, counted, _, _ = ask()
    assert counted == {"contradictory": 900, "contrary": 0, "tension": 0}
    assert len(walk(case, 100)) == 900
