"""A case read as of a day is the case as it was: held against what was read on that day, before anything further."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from claims.accounts import gather_accounts
from claims.comparison import compare
from claims.concluding import judge_independence, sign_conclusions
from claims.conflicts import contested_in, count_conflicts, find_conflicts, opposing_to
from claims.dossier import compile_dossier
from claims.merging import merge_claim, merge_party
from claims.models import (
    Claim,
    ClaimRelation,
    Conclusion,
    CredibilityRating,
    IndependenceJudgement,
    Relay,
    Statement,
    Utterance,
)
from claims.rating import rate_parties, rate_statements
from claims.recording import (
    delete_statement,
    reinstate_statement,
    review_statements,
    revise_statement,
    withdraw_statement,
)
from claims.relating import revise_relation
from claims.standpoint import Standpoint
from claims.timeline import find_moments, find_quantities
from claims.undoing import undo_change
from claims.wording import note_utterances
from sources.excerpting import Quotation
from sources.ledger import By
from sources.models import Change, ChangeItem, Document, Party, PartyLink, ReliabilityRating
from sources.refusals import InUse, RowsRefused
from sources.registering import revise_link, revise_party
from sources.revising import delete_row, revise_row
from tests import factories as make
from tests.effort import examples
from tests.keeping import filled

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 1)
EARLY = make.CONSOLE  # noon of that day
LATE = By(actor=None, at=datetime(2026, 3, 2, tzinfo=UTC))  # the first moment after it

KEYS = {
    "pk",
    "case_id",
    "claim_id",
    "speaker_id",
    "document_id",
    "party_id",
    "question_id",
    "place",
    "of",
    "standpoint",
}


def plain(value: Any) -> Any:
    """What a reading tells, without the keys by which it found it."""
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {name: plain(part) for name, part in value._asdict().items() if name not in KEYS}
    if hasattr(value, "__dataclass_fields__"):
        return {name: plain(getattr(value, name)) for name in value.__dataclass_fields__ if name not in KEYS}
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


class Desk:
    """A small case, and what an analyst may do to it; the same numbers always do the same."""

    def __init__(self) -> None:
        self.case = make.make_case()
        question = make.make_question(self.case)
        self.parties = [make.make_party(self.case, name) for name in ("Anna", "Boris", "The Ministry", "The Radio")]
        self.claims = [
            make.make_claim(self.case, question=question),
            make.make_claim(self.case, question=question, quantity_low=3, unit="bridges"),
            make.make_claim(self.case),
            make.make_claim(self.case),
        ]
        self.documents = [make.make_document(self.case, published_at=make.NOW), make.make_document(self.case)]
        (self.utterance,) = note_utterances(by=EARLY, case=self.case, utterances=[Utterance(note="the interview")])
        self.n_later = 0
        for n, stance in enumerate(("asserts", "denies", "asserts", "questions", "asserts")):
            make.make_statement(
                self.claims[n % 3],
                speaker=self.parties[n % 3],
                stance=stance,
                document=self.documents[n % 2],
                relays=[self.parties[3]] if n % 2 else [],
                evidence=[("cue", "Boris denied")] if n == 2 else [],
                utterance=self.utterance if n in (0, 3) else None,
            )
        make.make_relation(self.claims[0], self.claims[1], "contradicts", "contrary")
        make.make_statement(self.claims[0], speaker=self.parties[1], document=self.documents[1])
        make.make_link(self.case, self.parties[3], self.parties[2], "controlled_by")

    # --- acts: (who and when, a number) ---

    def statement(self, n: int) -> Statement:
        rows = Statement.objects.filter(case=self.case).select_related("case", "excerpt__version__case").order_by("uid")
        return rows[n % rows.count()]

    def reword(self, by: By, n: int) -> None:
        revise_row(by=by, row=Claim.objects.get(pk=self.claims[n % 4].pk), values={"text": f"Other words {n}."})

    def move_to_question(self, by: By, n: int) -> None:
        claim = Claim.objects.get(pk=self.claims[n % 4].pk)
        question = None if n % 2 else Claim.objects.get(pk=self.claims[0].pk).question
        revise_row(by=by, row=claim, values={"question": question})

    def count(self, by: By, n: int) -> None:
        revise_row(by=by, row=Claim.objects.get(pk=self.claims[n % 4].pk), values={"quantity_low": n})

    def rename(self, by: By, n: int) -> None:
        revise_party(by=by, party=Party.objects.get(pk=self.parties[n % 4].pk), values={"label": f"Renamed {n}"})

    def redate(self, by: By, n: int) -> None:
        document = Document.objects.get(pk=self.documents[n % 2].pk)
        revise_row(by=by, row=document, values={"published_at": datetime(2026, 2, 1 + n % 28, tzinfo=UTC)})

    def hear(self, by: By, n: int) -> None:
        row = Utterance.objects.get(pk=self.utterance.pk)
        revise_row(by=by, row=row, values={"said_at": datetime(2026, 1, 1 + n % 28, tzinfo=UTC)})

    def restate(self, by: By, n: int) -> None:
        stance = ("asserts", "denies", "declines")[n % 3]
        revise_statement(by=by, statement=self.statement(n), values={"stance": stance, "framing": "distances"})

    def move(self, by: By, n: int) -> None:
        revise_statement(by=by, statement=self.statement(n), values={"claim": self.claims[n % 4]})

    def requote(self, by: By, n: int) -> None:
        row = self.statement(n)
        words = Quotation(version=row.excerpt.version, start=n % 5, end=n % 5 + 8)
        evidence = [] if n % 2 else [("source", Quotation(version=row.excerpt.version, start=0, end=3))]
        revise_statement(by=by, statement=row, values={}, words=words, evidence=evidence)

    def rechain(self, by: By, n: int) -> None:
        row = self.statement(n)
        relays = [Relay(party=self.parties[3], attitude="disputes"), Relay(is_gap=True)][: 1 + n % 2]
        revise_statement(by=by, statement=row, values={}, relays=relays)

    def review(self, by: By, n: int) -> None:
        review = ("accepted", "rejected", "draft")[n % 3]
        review_statements(by=by, case=self.case, statements=[self.statement(n // 3)], review=review)

    def withdraw(self, by: By, n: int) -> None:
        withdraw_statement(by=by, statement=self.statement(n))

    def reinstate(self, by: By, n: int) -> None:
        reinstate_statement(by=by, statement=self.statement(n))

    def delete(self, by: By, n: int) -> None:
        if Statement.objects.filter(case=self.case).count() > 2:
            delete_statement(by=by, statement=self.statement(n))

    def relate(self, by: By, n: int) -> None:
        kind = ("contradicts", "equivalent", "entails")[n % 3]
        strength = ("contradictory", "contrary", "tension")[n % 4 % 3] if kind == "contradicts" else ""
        make.make_relation(self.claims[n % 4], self.claims[(n + 1) % 4], kind, strength, by=by)

    def judge(self, by: By, n: int) -> None:
        relations = ClaimRelation.objects.filter(case=self.case).order_by("uid")
        if relations:
            judgement = ("positive", "negative", "unsure")[n % 3]
            revise_relation(by=by, relation=relations[n % len(relations)], values={"judgement": judgement})

    def unrelate(self, by: By, n: int) -> None:
        relations = ClaimRelation.objects.filter(case=self.case).order_by("uid")
        if relations:
            delete_row(by=by, row=relations[n % len(relations)])

    def link(self, by: By, n: int) -> None:
        make.make_link(self.case, self.parties[n % 4], self.parties[(n + 1) % 4], "part_of", by=by)

    def judge_link(self, by: By, n: int) -> None:
        link = PartyLink.objects.filter(case=self.case).order_by("uid").first()
        if link is not None:
            revise_link(by=by, link=link, values={"judgement": ("positive", "negative")[n % 2]})

    def rate(self, by: By, n: int) -> None:
        reliable = ReliabilityRating(party=self.parties[n % 3], grade="ABC"[n % 3], rationale=f"reason {n}")
        rate_parties(by=by, case=self.case, ratings=[reliable])
        credible = CredibilityRating(statement=self.statement(n), grade="123"[n % 3], rationale=f"reason {n}")
        rate_statements(by=by, case=self.case, ratings=[credible])

    def conclude(self, by: By, n: int) -> None:
        conclusion = Conclusion(claim=self.claims[n % 4], text=f"I hold that {n}.")
        sign_conclusions(by=by, case=self.case, conclusions=[conclusion])

    def hold_independent(self, by: By, n: int) -> None:
        one, other = self.statement(n), self.statement(n + 1)
        verdict = ("independent", "shared")[n % 2]
        pair = IndependenceJudgement(statement_a=one, statement_b=other, verdict=verdict, reason=f"reason {n}")
        judge_independence(by=by, case=self.case, judgements=[pair])

    def tell_of_later(self, by: By, n: int) -> None:
        """A document that was published later tells more, and takes something back."""
        if by is EARLY:
            return
        document = make.make_document(self.case, by=by, published_at=None if n % 2 else by.at)
        row = self.statement(n)
        stance = ("denies", "retracts")[n % 2]
        earlier = row if row.voice == "party" and n % 3 else None
        if stance == "retracts" and earlier is None:
            stance = "asserts"
        make.make_statement(
            self.claims[n % 4],
            speaker=row.speaker if earlier else self.parties[n % 4],
            stance=stance,
            document=document,
            supersedes=earlier,
            by=by,
        )

    def merge_parties(self, by: By, n: int) -> None:
        rows = Party.objects.filter(case=self.case).standing().order_by("uid")
        merge_party(by=by, party=rows[n % len(rows)], into=rows[(n + 1) % len(rows)])

    def merge_claims(self, by: By, n: int) -> None:
        rows = Claim.objects.filter(case=self.case).standing().order_by("uid")
        if len(rows) > 2:
            merge_claim(by=by, claim=rows[n % len(rows)], into=rows[(n + 1) % len(rows)])

    def take_back(self, by: By, n: int) -> None:
        """Undo one of the last acts in the case, of whatever day.

        Not the early deletion of a statement: what comes back is recorded later, and counts by its document.
        """
        change = Change.objects.filter(case_uid=self.case.uid).order_by("-sequence")[n % 4]
        if change.at == by.at or not change.items.filter(kind="statement", after_digest="").exists():
            undo_change(by=by, change=change)

    # --- readings ---

    def read(self, *, accepted_only: bool = False, as_of: date | None = None) -> Any:
        """Everything that is read off the case; of the accepted statements, the comparison alone."""
        at = Standpoint(self.case, as_of=as_of, accepted_only=accepted_only)
        columns = gather_accounts(at, [[self.parties[0]], [self.parties[1]], [self.parties[2]]])
        comparison = compare(at, columns=columns, limit=100)
        if accepted_only:
            return plain([comparison, find_moments(at, limit=100)])
        return plain(
            {
                "columns": columns,
                "questions": at.questions_of_claims(),
                "comparison": comparison,
                "dossiers": [compile_dossier(at, claim, limit=100) for claim in self.claims[:2]],
                "moments": find_moments(at, columns=columns[:1], limit=100),
                "all moments": find_moments(at, limit=100),
                "quantities": find_quantities(at, limit=100),
                "conflicts": find_conflicts(self.case, limit=100, at=at),
                "counts": count_conflicts(self.case, at),
                "contested": sorted(contested_in([self.case.pk], at)),
                "opposing": opposing_to({claim.pk: self.case.pk for claim in self.claims}, at),
            }
        )


ACTS: list[Callable[[Desk, By, int], None]] = [
    value for name, value in vars(Desk).items() if callable(value) and name not in ("__init__", "statement", "read")
]
ACTED = st.lists(st.tuples(st.integers(0, len(ACTS) - 1), st.integers(0, 40)), max_size=5)


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def act(desk: Desk, by: By, index: int, n: int) -> None:
    """Do it, where the case allows it."""
    try:
        with transaction.atomic():
            ACTS[index](desk, by, n)
    except (ValidationError, RowsRefused, InUse):
        pass


@given(before=ACTED, after=ACTED)
@example([(25, 17), (3, 3), (13, 11), (4, 12)], [(25, 17), (13, 12), (13, 11), (4, 12)])  # one undoes the other
@settings(examples(6), phases=[Phase.explicit, Phase.reuse, Phase.generate])  # an example takes seconds
def test_what_was_read_on_a_day_is_read_as_of_that_day_ever_after(before: Any, after: Any) -> None:
    with rolled_back():
        desk = Desk()
        for index, n in before:
            act(desk, EARLY, index, n)
        then, accepted = desk.read(), desk.read(accepted_only=True)
        for index, n in after:
            act(desk, LATE, index, n)
        assert desk.read(as_of=DAY) == then
        assert desk.read(as_of=DAY, accepted_only=True) == accepted


@pytest.fixture(scope="module")
def kept_desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[tuple[Desk, Any]]:
    """A desk, and what is read off it before anyone has done anything."""
    with filled(django_db_blocker):
        desk = Desk()
        yield desk, desk.read()


@pytest.mark.parametrize("index", range(len(ACTS)), ids=[value.__name__ for value in ACTS])
def test_no_single_act_leaks(kept_desk: tuple[Desk, Any], index: int) -> None:
    desk, then = deepcopy(kept_desk)
    for n in (0, 3, 5, 7):
        act(desk, LATE, index, n)
    assert desk.read(as_of=DAY) == then
    if ACTS[index] is not Desk.reinstate:
        assert desk.read() != then  # it did something


# --- what was recorded later, and what was erased -------------------------------------------------------------------


def told_on(desk: Desk, **at: Any) -> dict[UUID, str]:
    """The review of each statement that is read from there."""
    read = find_moments(Standpoint(desk.case, **at), limit=100)
    return {moment.exhibit.statement.uid: moment.exhibit.statement.review for moment in read}


def test_a_statement_recorded_later_counts_by_the_time_of_its_document_as_an_unreviewed_draft() -> None:
    desk = Desk()
    older, younger = desk.documents[0], make.make_document(desk.case, by=LATE, published_at=LATE.at)
    known = make.make_statement(desk.claims[0], document=older, by=LATE, review="accepted")
    unknown = make.make_statement(desk.claims[0], document=younger, by=LATE)
    found_later = make.make_document(desk.case, by=LATE, published_at=make.NOW)  # captured later, published before
    also_known = make.make_statement(desk.claims[0], document=found_later, by=LATE, relays=[desk.parties[3]])
    then = told_on(desk, as_of=DAY)
    assert then[known.uid] == "draft"
    assert also_known.uid in then
    assert unknown.uid not in then
    assert known.uid not in told_on(desk, as_of=DAY, accepted_only=True)
    withdraw_statement(by=LATE, statement=also_known)
    assert told_on(desk, as_of=DAY) == then
    row = Standpoint(desk.case, as_of=DAY).read([also_known.pk])[also_known.pk]
    assert [relay.label for relay in row.relays] == ["The Radio"]
    assert told_on(desk, as_of=date(2026, 3, 2))[known.uid] == "accepted"


def test_the_last_moment_of_a_day_belongs_to_it_and_the_next_does_not() -> None:
    desk = Desk()
    last = By(actor=None, at=datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC))
    for by, n in ((last, 0), (LATE, 1)):
        review_statements(by=by, case=desk.case, statements=[desk.statement(n)], review="accepted")
    assert list(told_on(desk, as_of=DAY, accepted_only=True)) == [desk.statement(0).uid]
    assert told_on(desk, as_of=date(2026, 2, 28)) == {}
    assert told_on(desk, as_of=date.max) == told_on(desk)


def test_where_an_image_was_erased_the_dates_within_the_row_tell() -> None:
    desk = Desk()
    accepted, withdrawn = desk.statement(0), desk.statement(1)
    relation = ClaimRelation.objects.get(case=desk.case)
    withdraw_statement(by=EARLY, statement=withdrawn)
    make.make_relation(desk.claims[2], desk.claims[3], "equivalent", by=EARLY, judgement="unjudged")
    waiting = ClaimRelation.objects.get(case=desk.case, kind="equivalent")
    review_statements(by=LATE, case=desk.case, statements=[accepted], review="accepted")
    revise_statement(by=LATE, statement=Statement.objects.get(pk=withdrawn.pk), values={"cue": "it is said"})
    revise_relation(by=LATE, relation=relation, values={"rationale": "as the papers tell"})
    revise_relation(by=LATE, relation=waiting, values={"judgement": "positive"})
    ChangeItem.objects.filter(change__at__gte=LATE.at).update(before=None, after=None, salt="")
    at = Standpoint(desk.case, as_of=DAY)
    then = told_on(desk, as_of=DAY)
    assert then[accepted.uid] == "draft"
    assert withdrawn.uid not in then
    assert at.classes.rivals  # judged on the day
    assert at.classes.class_of(desk.claims[2].pk) != at.classes.class_of(desk.claims[3].pk)  # judged later


def test_a_merged_claim_answers_no_question_from_the_day_of_its_merger_on() -> None:
    desk = Desk()
    kept, merged = desk.claims[:2]
    merger = merge_claim(by=LATE, claim=merged, into=desk.claims[2])
    assert set(Standpoint(desk.case).questions_of_claims()) == {kept.pk, merger.pk}  # it took the question over
    assert set(Standpoint(desk.case, as_of=DAY).questions_of_claims()) == {kept.pk, merged.pk}


def test_a_claim_whose_merger_was_taken_back_later_answers_none_as_of_the_day() -> None:
    desk = Desk()
    kept, merged = desk.claims[:2]
    merge_claim(by=EARLY, claim=merged, into=desk.claims[2])
    undo_change(by=LATE, change=Change.objects.filter(case_uid=desk.case.uid).order_by("-sequence")[0])
    assert set(Standpoint(desk.case).questions_of_claims()) == {kept.pk, merged.pk}
    assert set(Standpoint(desk.case, as_of=DAY).questions_of_claims()) == {kept.pk, desk.claims[2].pk}


def test_a_claim_that_was_deleted_since_is_read_as_it_was() -> None:
    desk = Desk()
    claim = make.make_claim(desk.case, "Soon gone.")
    told = make.make_statement(claim, speaker=desk.parties[0], document=desk.documents[0])
    then = plain(find_moments(Standpoint(desk.case), limit=100))
    delete_statement(by=LATE, statement=told)
    delete_row(by=LATE, row=Claim.objects.get(pk=claim.pk))
    at = Standpoint(desk.case, as_of=DAY)
    assert plain(find_moments(at, limit=100)) == then
    columns = gather_accounts(at, [[desk.parties[0]], [desk.parties[1]]])
    assert "Soon gone." in [row.claim.text for row in compare(at, columns=columns, limit=100).rows]
