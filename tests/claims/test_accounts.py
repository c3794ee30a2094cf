"""A made-up town, and what its accounts come to, worked out by hand.

Mira, who speaks for the council, says that the bridge was open; the Echo prints her words again from the Post. Tom
denies it, through someone undisclosed. A witness saw the gates locked, from which it follows that the bridge was shut.
The union says that it was shut, and days later that it was not. The council took back what it had said of lorries.
"""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from claims.accounts import find_sides, gather_accounts, gather_documents
from claims.choices import Agreement, Bears, Position, Stance
from claims.commitments import Classes
from claims.comparison import Comparison, Row, compare
from claims.concluding import judge_independence, sign_conclusions
from claims.dossier import compile_dossier
from claims.models import Claim, Conclusion, CredibilityRating, IndependenceJudgement, Relay, Statement, Utterance
from claims.rating import rate_parties, rate_statements
from claims.recording import review_statements
from claims.standpoint import Standpoint
from claims.support import Support, read_support
from claims.tallying import Tally
from claims.timeline import PUBLISHED, find_moments, find_quantities
from claims.wording import note_utterances
from sources.models import Party, ReliabilityRating
from tests import factories as make

pytestmark = pytest.mark.django_db


def day(number: int) -> datetime:
    return datetime(2020, 5, number, 9, tzinfo=UTC)


class Town:
    """The case, by what things are in the story."""

    def __init__(self) -> None:
        self.case = case = make.make_case()
        names = ("Council", "Mira", "Tom", "Witness", "Union", "Post", "Echo", "Anna")
        self.party = {name: make.make_party(case, name) for name in names}
        make.make_link(case, self.party["Mira"], self.party["Council"], "speaks_for")
        self.post = make.make_document(
            case, title="Post", publisher=self.party["Post"], published_at=day(1),
            text="At noon the bridge was open, Mira said. Tom denied it! Lorries crossed, the council said.",
        )  # fmt: skip
        self.echo = make.make_document(case, title="Echo", publisher=self.party["Echo"], published_at=day(2))
        self.minutes = make.make_document(case, title="Minutes")
        question = make.make_question(case, "Was the bridge open?")
        self.open = make.make_claim(case, "The bridge was open.", question=question)
        self.passable = make.make_claim(case, "The bridge could be crossed.")
        self.shut = make.make_claim(case, "The bridge was shut.", question=question)
        self.gates = make.make_claim(case, "The gates were locked.")
        self.lorries = make.make_claim(case, "40 lorries crossed.", quantity_low=40, quantity_high=40, unit="lorries")
        self.quiet = make.make_claim(case, "The town was quiet.")
        make.make_relation(self.open, self.passable, "equivalent")
        make.make_relation(self.open, self.shut, "contradicts", "contradictory", aspects=["what"])
        make.make_relation(self.gates, self.shut, "entails")
        make.make_relation(self.lorries, self.open, "entails")
        make.make_relation(self.quiet, self.open, "contradicts", "tension")
        (interview,) = note_utterances(by=make.CONSOLE, case=case, utterances=[Utterance(note="on the market square")])
        said = self.said
        self.first = said("Mira", "asserts", self.open, self.post, quote="the bridge was open", utterance=interview)
        self.again = said("Mira", "asserts", self.passable, self.echo, through=["Post"], utterance=interview)
        self.denied = said("Tom", "denies", self.open, self.post, quote="Tom denied it", through=[None])
        self.locked = said("Witness", "asserts", self.gates, self.echo, basis="witnessed")
        self.was_shut = said("Union", "asserts", self.shut, self.post, said_at=day(1))
        self.was_not = said("Union", "denies", self.shut, self.echo, said_at=day(4))
        self.crossed = said("Council", "asserts", self.lorries, self.post)
        self.took_back = said("Council", "retracts", self.lorries, self.echo, supersedes=self.crossed)
        self.unsure = said("Anna", "leaves_open", self.open, self.minutes)
        self.calm = said("Anna", "asserts", self.quiet, self.minutes, framing="distances")

    def said(self, who: str, stance: str, claim: Claim, document: Any, through: Any = (), **more: Any) -> Statement:
        relays = [Relay(is_gap=True) if name is None else Relay(party=self.party[name]) for name in through]
        more.setdefault("quote", None)
        return make.make_statement(
            claim, speaker=self.party[who], stance=stance, document=document, relays=relays, **more
        )

    def compare(self, *accounts: str, at: Standpoint | None = None, **options: Any) -> Comparison:
        at = at or Standpoint(self.case)
        columns = gather_accounts(at, [[self.party[name] for name in names.split("+")] for names in accounts])
        return compare(at, columns=columns, limit=100, **options)


@pytest.fixture
def town() -> Town:
    return Town()


def shown(row: Row) -> list[Any]:
    """The cells of a row: position, and of each statement its words' key and how it bears on the claim."""
    return [(cell.position, [(t.exhibit.statement.uid, t.bearing.how) for t in cell.tellings]) for cell in row.cells]


def of(comparison: Comparison, claim: Claim) -> Row:
    return next(row for row in comparison.rows if claim.uid in (row.claim.uid, *(w.uid for w in row.wordings)))


def test_every_cell_is_what_was_worked_out_by_hand(town: Town) -> None:
    comparison = town.compare("Council", "Tom", "Witness", "Union")
    assert [c.label for c in comparison.columns] == ["Council", "Tom", "Witness", "Union"]
    assert [party.label for party in comparison.columns[0].parties] == ["Council", "Mira"]
    assert [row.claim.uid for row in comparison.rows] == [
        town.open.uid,  # one row with `passable`, under the question, beside `shut`
        town.shut.uid,
        town.gates.uid,
        town.lorries.uid,
    ]
    direct, implied, rival, related = Bears.DIRECT, Bears.IMPLIED, Bears.RIVAL, Bears.RELATED

    row = of(comparison, town.open)
    assert [wording.uid for wording in row.wordings] == [town.passable.uid]
    assert (row.agreement, row.conflict) == (Agreement.CONFLICT, ("denial", "contradictory"))
    assert row.contested
    assert shown(row) == [
        (Position.ASSERTS, [(town.first.uid, direct), (town.again.uid, direct)]),
        (Position.DENIES, [(town.denied.uid, direct)]),
        (Position.RIVAL, [(town.locked.uid, rival)]),
        # What it denies is contradictory to the claim: that would conflict with denying it, and is no position on it.
        (Position.RIVAL, [(town.was_shut.uid, rival), (town.was_not.uid, related)]),
    ]
    assert [(found.statement, found.strength) for found in row.opposing] == [
        (town.denied.uid, "contradictory"),
        (town.locked.uid, "contradictory"),
        (town.was_shut.uid, "contradictory"),
        (town.calm.uid, "tension"),  # of nobody who is compared, and there all the same
    ]
    row = of(comparison, town.shut)
    assert shown(row) == [
        (Position.RIVAL, [(town.first.uid, rival), (town.again.uid, rival)]),
        (Position.SILENT, [(town.denied.uid, related)]),
        (Position.IMPLIED, [(town.locked.uid, implied)]),
        (Position.BOTH, [(town.was_shut.uid, direct), (town.was_not.uid, direct)]),
    ]
    assert [cell.sign for cell in row.cells] == ["", "", "+", ""]
    row = of(comparison, town.gates)
    assert row.agreement == Agreement.CONFLICT  # the council and the witness, and the union's second thoughts
    assert shown(row)[0] == (Position.SILENT, [(town.first.uid, related), (town.again.uid, related)])
    row = of(comparison, town.lorries)
    assert row.agreement == Agreement.ONE_SIDED
    # Tom, who denies that it was open, is bound to deny what that would follow from.
    assert [cell.position for cell in row.cells] == [
        Position.SILENT,
        Position.IMPLIED,
        Position.SILENT,
        Position.SILENT,
    ]
    assert row.cells[1].sign == "-"
    assert [t.exhibit.statement.stance for t in row.cells[0].tellings] == ["retracts"]
    assert {cell.n_documents for cell in row.cells} == {3}


def test_collisions_name_the_two_accounts_and_count_the_pairs(town: Town) -> None:
    found = {
        (c.columns, frozenset((c.conflict.left.uid, c.conflict.right.uid)), c.conflict.meeting, c.n_pairs)
        for c in town.compare("Council", "Tom", "Witness").collisions
    }
    assert found == {
        ((0, 1), frozenset((town.first.uid, town.denied.uid)), ("denial", "contradictory"), 2),
        ((0, 2), frozenset((town.first.uid, town.locked.uid)), ("relation", "contradictory"), 2),
    }


def test_who_is_named_elsewhere_is_not_brought_along(town: Town) -> None:
    comparison = town.compare("Council", "Mira")
    assert [[p.label for p in c.parties] for c in comparison.columns] == [["Council"], ["Mira"]]
    together = town.compare("Council+Tom", "Witness")
    assert together.columns[0].label == "Council + Tom"
    assert [p.label for p in together.columns[0].parties] == ["Council", "Tom", "Mira"]
    assert of(together, town.open).cells[0].position == Position.BOTH


def test_documents_are_compared_with_all_that_they_tell(town: Town) -> None:
    make.make_statement(town.open, voice="author", document=town.minutes, stance="denies")
    make.make_statement(town.quiet, voice="undisclosed", document=town.post)
    at = Standpoint(town.case)
    comparison = compare(at, columns=gather_documents(at, [town.post, town.minutes]), limit=100)
    cells = of(comparison, town.open).cells
    # Mira and Tom; the anonymous voice of calm is only in tension with it.
    assert [cell.position for cell in cells] == [Position.BOTH, Position.DENIES]
    assert [t.exhibit.statement.voice for t in cells[1].tellings if t.bearing.how == Bears.DIRECT] == [
        "party",
        "author",
    ]
    assert [cell.position for cell in of(comparison, town.quiet).cells] == [Position.ASSERTS, Position.ASSERTS]
    assert comparison.columns[0].n_documents == 1


def test_a_tension_is_no_conflict_and_no_position(town: Town) -> None:
    comparison = town.compare("Council", "Anna")
    row = of(comparison, town.quiet)
    assert (row.agreement, row.conflict) == (Agreement.TENSION, ("relation", "tension"))
    assert [cell.position for cell in row.cells] == [Position.SILENT, Position.ASSERTS]
    assert {t.bearing.how for t in row.cells[0].tellings} == {Bears.RELATED}
    assert of(comparison, town.open).cells[1].position == Position.LEAVES_OPEN
    assert comparison.n_rows[Agreement.CONFLICT] == 0
    assert town.compare("Council", "Anna", only_conflicts=True).rows == []


def test_filters_keep_the_question_and_the_conflicts(town: Town) -> None:
    question = town.open.question
    rows = town.compare("Council", "Union", question=question).rows
    assert [row.claim.uid for row in rows] == [town.open.uid, town.shut.uid]
    conflicts = town.compare("Tom", "Anna", only_conflicts=True).rows
    assert conflicts == []
    accepted = Standpoint(town.case, accepted_only=True)
    assert town.compare("Council", "Tom", at=accepted).rows == []
    review_statements(by=make.CONSOLE, case=town.case, statements=[town.denied], review="accepted")
    row = of(town.compare("Council", "Tom", at=Standpoint(town.case, accepted_only=True)), town.open)
    assert [cell.position for cell in row.cells] == [Position.SILENT, Position.DENIES]


def test_pages_of_any_size_in_either_direction_are_all_the_rows(town: Town) -> None:
    at = Standpoint(town.case)
    columns = gather_accounts(at, [[town.party["Council"]], [town.party["Union"]], [town.party["Witness"]]])
    whole = [row.place for row in compare(at, columns=columns, limit=100).rows]
    assert len(whole) > 3
    for limit in (1, 2, 3):
        walked: list[Any] = []
        more = True
        while more:
            page = compare(at, columns=columns, after=walked[-1] if walked else None, limit=limit)
            walked += [row.place for row in page.rows]
            more = page.more
        assert walked == whole
        before = compare(at, columns=columns, after=whole[-1], backwards=True, limit=limit)
        assert [row.place for row in before.rows] == whole[-1 - limit : -1]
        assert before.more == (limit < len(whole) - 1)


def test_ratings_stand_beside_each_analysts_newest_and_order_nothing(town: Town) -> None:
    before = [row.place for row in town.compare("Council", "Tom").rows]
    for grade in "AB":
        rating = ReliabilityRating(party=town.party["Tom"], grade=grade, rationale="so far")
        rate_parties(by=make.CONSOLE, case=town.case, ratings=[rating])
    credible = CredibilityRating(statement=town.denied, grade="6", rationale="nobody else was there")
    rate_statements(by=make.CONSOLE, case=town.case, ratings=[credible])
    comparison = town.compare("Council", "Tom")
    assert [row.place for row in comparison.rows] == before
    (told,) = of(comparison, town.open).cells[1].tellings
    assert [opinion.grade for opinion in told.exhibit.reliability] == ["B"]
    assert [opinion.grade for opinion in told.exhibit.credibility] == ["6"]


def test_a_comparison_of_nothing_is_empty(town: Town) -> None:
    assert compare(Standpoint(town.case), columns=[], limit=10).rows == []
    empty = make.make_case()
    at = Standpoint(empty)
    columns = gather_accounts(at, [[make.make_party(empty)], [make.make_party(empty)]])
    assert compare(at, columns=columns, limit=10).rows == []
    assert [column.n_documents for column in columns] == [0, 0]


def test_sides_are_named_by_ids_with_commas_between_each_row_once(town: Town) -> None:
    rows = Party.objects.filter(case=town.case)
    one, two, three = rows.order_by("pk")[:3]
    elsewhere = make.make_party(make.make_case())
    assert find_sides(rows, [f"{two.uid},{one.uid},{two.uid}", str(three.uid)]) == [[two, one], [three]]
    assert find_sides(rows, []) == []
    for wrong in ("", "x", f"{one.uid},", f"{one.uid};{two.uid}"):
        with pytest.raises(ValidationError, match="commas between"):
            find_sides(rows, [str(one.uid), wrong])
    with pytest.raises(ValidationError, match="1 at most"):
        find_sides(rows, [f"{one.uid},{two.uid}"], most=1)
    with pytest.raises(Party.DoesNotExist):
        find_sides(rows, [str(one.uid), f"{two.uid},{elsewhere.uid}"])


# --- dossier -------------------------------------------------------------------------------------------------------


def test_a_dossier_tells_denials_rivals_and_tensions_apart(town: Town) -> None:
    dossier = compile_dossier(Standpoint(town.case), town.open, limit=100)
    told = {
        name: [entry.exhibit.statement.uid for entry in getattr(dossier, name)]
        for name in ("holding", "denials", "rivals", "tensions", "open", "retractions")
    }
    assert told == {
        "holding": [town.first.uid, town.again.uid],
        "denials": [town.denied.uid],
        "rivals": [town.locked.uid, town.was_shut.uid],
        "tensions": [town.calm.uid],
        "open": [town.unsure.uid],
        "retractions": [],
    }
    assert [row.uid for row in dossier.hedged] == [town.calm.uid]
    assert [wording.uid for wording in dossier.wordings] == [town.passable.uid]
    entry = dossier.holding[0]
    assert (entry.sentence.before, entry.sentence.after) == ("At noon ", ", Mira said.")
    assert [relay.is_gap for relay in dossier.denials[0].exhibit.statement.relays] == [True]
    other = compile_dossier(Standpoint(town.case), town.lorries, limit=100)
    assert [entry.exhibit.statement.uid for entry in other.retractions] == [town.took_back.uid]
    assert other.holding == []


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [("en", "At dawn Gen. ", " was shut, Mr. Holt said."), ("", "", " was shut, Mr.")],
)
def test_the_sentence_around_the_words_is_cut_by_the_language_of_the_document(
    town: Town, language: str, before: str, after: str
) -> None:
    text = "It rained. At dawn Gen. Orr saw that the ford was shut, Mr. Holt said. Nobody crossed."
    document = make.make_document(town.case, text, language=language)
    claim = make.make_claim(town.case)
    make.make_statement(claim, document=document, quote="Orr saw that the ford")
    (entry,) = compile_dossier(Standpoint(town.case), claim, limit=1).holding
    assert (entry.sentence.before, entry.sentence.after) == (before, after)


def test_what_is_against_a_claim_is_whole_however_little_is_asked_for(town: Town) -> None:
    at = Standpoint(town.case)
    first = compile_dossier(at, town.open, limit=1)
    assert [entry.exhibit.statement.uid for entry in first.holding] == [town.first.uid]
    assert (first.n_holding, first.n_open, first.open) == (2, 1, [])
    assert [len(part) for part in (first.denials, first.rivals, first.tensions)] == [1, 2, 1]
    second = compile_dossier(at, town.open, limit=1, after=first.next_after)
    assert [entry.exhibit.statement.uid for entry in second.holding] == [town.again.uid]
    third = compile_dossier(at, town.open, limit=1, after=second.next_after)
    assert [entry.exhibit.statement.uid for entry in third.open] == [town.unsure.uid]
    assert third.next_after is None


def test_the_newest_conclusion_stands_first_and_every_one_is_kept(town: Town) -> None:
    for text in ("It was open.", "It cannot be told."):
        sign_conclusions(by=make.CONSOLE, case=town.case, conclusions=[Conclusion(claim=town.passable, text=text)])
    dossier = compile_dossier(Standpoint(town.case), town.open, limit=10)
    assert [signed.text for signed in dossier.conclusions] == ["It cannot be told.", "It was open."]


# --- support -------------------------------------------------------------------------------------------------------


def support_of(town: Town) -> Support:
    return read_support(Standpoint(town.case), town.open)


def judged(town: Town, one: Statement, other: Statement, verdict: str) -> None:
    pair = IndependenceJudgement(statement_a=one, statement_b=other, verdict=verdict, reason="as the papers tell")
    judge_independence(by=make.CONSOLE, case=town.case, judgements=[pair])


def test_two_prints_of_one_remark_are_one_utterance_and_one_origin(town: Town) -> None:
    support = support_of(town)
    assert (support.n_statements, support.n_speakers, support.n_documents, support.n_utterances) == (2, 1, 2, 1)
    (origin,) = support.origins
    assert [[row.uid for row in told] for told in origin.utterances] == [[town.first.uid, town.again.uid]]
    assert (support.independent, support.n_not_established) == ((), 0)


def test_independence_is_what_an_analyst_says_and_nothing_else(town: Town) -> None:
    seen = town.said("Anna", "asserts", town.open, town.minutes)
    support = support_of(town)
    assert (len(support.origins), support.n_not_established, support.independent) == (2, 1, ())
    judged(town, seen, town.again, "independent")
    support = support_of(town)
    assert support.n_not_established == 0
    (found,) = support.independent
    assert found.origins == (0, 1)
    assert set(found.statements) == {seen.uid, town.again.uid}
    assert found.reason == "as the papers tell"
    judged(town, seen, town.again, "shared")  # second thoughts: the newest counts
    support = support_of(town)
    assert (len(support.origins), support.independent) == (1, ())
    assert support.origins[0].shared_by[-1].reason or support.origins[0].shared_by[0].reason


def test_an_origin_is_shared_where_chains_meet_and_the_path_is_told(town: Town) -> None:
    heard = town.said("Anna", "asserts", town.open, town.minutes, through=["Mira"])
    (origin,) = support_of(town).origins
    (shared,) = [s for s in origin.shared_by if heard.uid in s.statements]
    assert [party.label for party in shared.parties] == ["Mira"]
    assert set(shared.places) == {(town.first.uid, 0), (town.again.uid, 0), (heard.uid, 1)}
    judged(town, heard, town.first, "independent")  # an analyst's word goes before what the chains show
    support = support_of(town)
    assert len(support.origins) == 2
    assert support.n_not_established == 0


def test_who_speaks_for_another_is_of_its_origin(town: Town) -> None:
    own = town.said("Council", "asserts", town.open, town.minutes)
    (origin,) = support_of(town).origins
    (shared,) = [s for s in origin.shared_by if own.uid in s.statements]
    assert [party.label for party in shared.parties] == ["Mira", "Council"]


def test_authors_and_undisclosed_voices_are_counted_apart(town: Town) -> None:
    for _ in range(2):
        make.make_statement(town.open, voice="author", document=town.minutes)
        make.make_statement(town.open, voice="undisclosed", document=town.minutes)
    support = support_of(town)
    assert (support.n_speakers, support.n_authors, support.n_undisclosed) == (1, 1, 2)
    assert len(support.origins) == 4  # Mira's, the author's, and two of which nothing is known


# --- timeline ------------------------------------------------------------------------------------------------------


def test_a_timeline_goes_by_the_time_of_saying_or_that_of_publication(town: Town) -> None:
    at = Standpoint(town.case)
    moments = find_moments(at, limit=100)
    assert [m.exhibit.statement.uid for m in moments][-3:] == [town.was_not.uid, town.unsure.uid, town.calm.uid]
    assert next(m for m in moments if m.exhibit.statement.uid == town.was_not.uid).said_known
    by_print = [m.exhibit.statement.uid for m in find_moments(at, ordered_by=PUBLISHED, limit=100)]
    assert by_print.index(town.was_not.uid) < by_print.index(town.took_back.uid)
    assert town.crossed.uid not in by_print  # taken back
    assert not moments[-1].exhibit.publication_known
    of_first = next(m for m in moments if m.exhibit.statement.uid == town.first.uid)
    assert (of_first.n_conflicts, of_first.n_tensions) == (3, 1)


def test_quantities_are_told_by_who_claims_them(town: Town) -> None:
    at = Standpoint(town.case)
    assert find_quantities(at, limit=10) == []  # taken back
    again = town.said("Tom", "asserts", town.lorries, town.minutes)
    (quantity,) = find_quantities(at, limit=10)
    assert (quantity.exhibit.statement.uid, quantity.claim.quantity_low, quantity.claim.unit) == (
        again.uid,
        40,
        "lorries",
    )


@given(st.lists(st.lists(st.sampled_from(sorted(Stance.values)), max_size=3).map(set), min_size=2, max_size=4))
def test_the_quick_way_for_a_claim_without_relations_is_the_long_one(said: list[set[str]]) -> None:
    tally = Tally(Classes([]), [{7: stances} if stances else {} for stances in said])
    quick = tally.agreement(7)
    tally.is_alone = lambda of_class: False  # type: ignore[method-assign]
    assert tally.agreement(7) == quick


# --- cost ----------------------------------------------------------------------------------------------------------


def test_readings_ask_as_little_of_a_full_case_as_of_a_small_one(town: Town, django_assert_num_queries: Any) -> None:
    def ask() -> None:
        at = Standpoint(town.case)
        columns = gather_accounts(at, [[town.party[name]] for name in ("Council", "Tom", "Union", "Anna")])
        compare(at, columns=columns, limit=50)
        compile_dossier(at, town.open, limit=50)
        find_moments(at, columns=columns, limit=50)
        find_quantities(at, limit=50)

    def add() -> None:
        claim = make.make_claim(town.case, question=town.open.question)
        make.make_relation(claim, town.shut, "contradicts", "contrary")
        town.said("Council", "asserts", claim, town.post)
        town.said("Tom", "denies", claim, town.echo, through=["Post"])

    add()
    with CaptureQueriesContext(connection) as few:
        ask()
    for _ in range(12):
        add()
    with django_assert_num_queries(len(few)):
        ask()
    assert Party.objects.count() == 8
