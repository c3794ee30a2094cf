"""Statements come in whole or not at all, and every refusal says what is wrong and where."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.drafting import Draft
from claims.models import Claim, Evidence, Relay, Statement, Utterance
from claims.recording import (
    delete_statement,
    record_statements,
    reinstate_statement,
    review_statements,
    revise_statement,
    withdraw_statement,
)
from claims.wording import note_utterances
from sources.capturing import capture_version
from sources.choices import Role
from sources.excerpting import Quotation
from sources.ledger import By
from sources.models import Case, Change, DocumentVersion, Excerpt, Party
from sources.refusals import InUse, RowsRefused, Stale
from tests import factories as make

pytestmark = pytest.mark.django_db

TEXT = (
    "Anna said the bridge was open. Boris denied that the bridge was open. "
    "Carla, so the mayor's office told the paper, would not say. “Ask Boris”, said Anna."
)


@pytest.fixture
def case() -> Case:
    return make.make_case()


@pytest.fixture
def claim(case: Case) -> Claim:
    return make.make_claim(case, "The bridge is open.")


@pytest.fixture
def version(case: Case) -> DocumentVersion:
    return make.version_of(make.make_document(case, TEXT))


@pytest.fixture
def anna(case: Case) -> Party:
    return make.make_party(case, "Anna")


@pytest.fixture
def boris(case: Case) -> Party:
    return make.make_party(case, "Boris")


def draft_of(
    claim: Claim | None,
    version: DocumentVersion,
    speaker: Party | None = None,
    *,
    words: dict[str, Any] | None = None,
    relays: Any = (),
    evidence: Any = (),
    **fields: Any,
) -> Draft:
    """Return a draft of an assertion, its words those of Anna unless others are given."""
    return Draft(
        statement=Statement(claim=claim, speaker=speaker, **fields),
        words=Quotation(version=version, **(words or {"exact": "Anna said the bridge was open."})),
        relays=relays,
        evidence=[(role, Quotation(version=version, exact=exact)) for role, exact in evidence],
    )


def record(case: Case, *drafts: Draft, by: By = make.CONSOLE) -> list[Statement]:
    return record_statements(by=by, case=case, drafts=drafts)


def codes_of(errors: dict[int, ValidationError]) -> dict[int, dict[str, list[str | None]]]:
    """Return the code of every error, by index and place."""
    return {
        index: {place: [one.code for one in found] for place, found in error.error_dict.items()}
        for index, error in errors.items()
    }


def refusal_of(case: Case, *drafts: Draft) -> dict[int, dict[str, list[str | None]]]:
    """Return how recording these is refused, and see that nothing of them is written."""
    n_changes, n_statements, n_excerpts = (model.objects.count() for model in (Change, Statement, Excerpt))
    with pytest.raises(RowsRefused) as refused:
        record(case, *drafts)
    assert (n_changes, n_statements, n_excerpts) == tuple(m.objects.count() for m in (Change, Statement, Excerpt))
    assert all(message for error in refused.value.errors.values() for message in error.messages)
    return codes_of(refused.value.errors)


def newest_change() -> Change:
    return Change.objects.order_by("-sequence")[0]


# --- what is written ------------------------------------------------------------------------------------------------


def test_a_statement_is_written_with_its_words_its_evidence_and_its_chain(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party, boris: Party
) -> None:
    draft = draft_of(
        claim,
        version,
        anna,
        words={"exact": "the bridge was open", "prefix": "Anna said "},
        evidence=[("cue", "denied")],
        relays=[Relay(party=boris, cue="told", attitude="distances"), Relay(is_gap=True)],
        manner="direct",
        cue="said",
    )
    (statement,) = record(case, draft)
    row = Statement.objects.select_related("excerpt").get(uid=statement.uid)
    assert (row.case_id, row.claim_id, row.speaker_id, row.voice, row.stance) == (
        case.pk,
        claim.pk,
        anna.pk,
        "party",
        "asserts",
    )
    assert (row.review, row.is_live, row.withdrawn_at, row.manner, row.cue) == ("draft", True, None, "direct", "said")
    words = row.excerpt
    assert (words.exact, words.start, words.end) == ("the bridge was open", 10, 29)
    assert words.exact == version.text[words.start : words.end]
    assert (words.prefix, words.suffix) == ("Anna said ", ". Boris denied that the bridge w")
    assert [(e.role, e.excerpt.exact, e.case_id) for e in row.evidence.all()] == [("cue", "denied", case.pk)]
    hops = row.relays.order_by("hop").values_list("hop", "party", "is_gap", "cue", "attitude", "case")
    assert list(hops) == [
        (1, boris.pk, False, "told", "distances", case.pk),
        (2, None, True, "", "neutral", case.pk),
    ]


def test_recording_many_is_one_entry_of_the_ledger(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party, boris: Party
) -> None:
    annotator = make.make_member(case, Role.ANNOTATOR)
    n = Change.objects.count()
    by = By(actor=annotator, at=make.NOW, request="r-1")
    record(
        case,
        draft_of(claim, version, anna, evidence=[("cue", "denied")]),
        draft_of(claim, version, boris, relays=[Relay(party=anna)]),
        by=by,
    )
    assert Change.objects.count() == n + 1
    change = newest_change()
    assert (change.act, change.actor, change.request, change.at, change.case_uid) == (
        "record_statement",
        annotator,
        "r-1",
        make.NOW,
        case.uid,
    )
    kinds = sorted(change.items.values_list("kind", flat=True))
    assert kinds == ["evidence", "excerpt", "excerpt", "relay", "statement", "statement"]
    assert all(item.before is None and item.after for item in change.items.all())


def test_recording_nothing_leaves_no_entry(case: Case) -> None:
    n = Change.objects.count()
    assert record(case) == []
    assert Change.objects.count() == n


@pytest.mark.parametrize(
    "words",
    [
        {"start": 31, "end": 43},
        {"exact": "Boris denied"},
        {"exact": "Boris denied", "start": 31, "end": 43},
        {"exact": "Boris denied", "prefix": "open. ", "suffix": " that"},
    ],
    ids=["offsets", "quote", "both", "context"],
)
def test_words_may_be_given_by_offsets_by_themselves_or_by_both(
    case: Case, claim: Claim, version: DocumentVersion, boris: Party, words: dict[str, Any]
) -> None:
    (statement,) = record(case, draft_of(claim, version, boris, words=words))
    assert (statement.excerpt.start, statement.excerpt.end, statement.excerpt.exact) == (31, 43, "Boris denied")


def test_one_place_is_one_excerpt_however_many_statements_quote_it(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party, boris: Party
) -> None:
    first, second = record(case, draft_of(claim, version, anna), draft_of(claim, version, boris))
    (third,) = record(case, draft_of(claim, version, anna, evidence=[("cue", "Anna said the bridge was open.")]))
    assert first.excerpt_id == second.excerpt_id == third.excerpt_id == third.evidence.get().excerpt_id
    assert Excerpt.objects.count() == 1


@pytest.mark.parametrize("voice", ["author", "undisclosed"])
def test_the_author_and_an_undisclosed_voice_need_no_speaker(
    case: Case, claim: Claim, version: DocumentVersion, voice: str
) -> None:
    (statement,) = record(case, draft_of(claim, version, voice=voice))
    assert Statement.objects.get(pk=statement.pk).speaker is None


def test_one_utterance_may_be_told_by_two_statements(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party, boris: Party
) -> None:
    (spoken,) = note_utterances(by=make.CONSOLE, case=case, utterances=[Utterance(note="Joint session.")])
    record(case, *(draft_of(claim, version, party, utterance=spoken) for party in (anna, boris)))
    assert spoken.statements.count() == 2


def test_two_gaps_in_a_chain_are_two_hops(case: Case, claim: Claim, version: DocumentVersion, anna: Party) -> None:
    (statement,) = record(case, draft_of(claim, version, anna, relays=[Relay(is_gap=True), Relay(is_gap=True)]))
    assert list(statement.relays.order_by("hop").values_list("hop", "is_gap")) == [(1, True), (2, True)]


def test_a_shared_party_may_speak_and_carry_in_any_case(case: Case, claim: Claim, version: DocumentVersion) -> None:
    speaker, paper = make.make_party(None), make.make_party(None)
    (statement,) = record(case, draft_of(claim, version, speaker, relays=[Relay(party=paper)]))
    assert (statement.speaker, statement.relays.get().party) == (speaker, paper)


def test_evidence_may_stand_in_another_version_of_the_document(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    later = capture_version(
        by=make.CONSOLE, document=version.document, version=DocumentVersion(text=TEXT + " Corrected.")
    )
    draft = Draft(
        statement=Statement(claim=claim, speaker=anna),
        words=Quotation(version=version, exact="Anna said"),
        evidence=[
            ("content", Quotation(version=later, exact="Anna said")),
            ("cue", Quotation(version=later, start=5, end=9)),
        ],
    )
    (statement,) = record(case, draft)
    assert {piece.excerpt.version.number for piece in statement.evidence.all()} == {2}
    assert statement.excerpt.version.number == 1


def test_the_same_words_may_serve_in_two_roles(case: Case, claim: Claim, version: DocumentVersion, anna: Party) -> None:
    words = "Anna said the bridge was open."
    (statement,) = record(case, draft_of(claim, version, anna, evidence=[("source", words), ("cue", words)]))
    assert statement.evidence.count() == 2


# --- what is refused, and where -------------------------------------------------------------------------------------

WORDS = {
    "that are not in the text": ({"exact": "the tunnel was open"}, {"quote": ["quote_not_found"]}),
    "in another case of letters": ({"exact": "anna SAID"}, {"quote": ["quote_not_found"]}),
    "that are empty": ({"exact": ""}, {"quote": ["quote_not_found"]}),
    "that stand there twice": ({"exact": "the bridge was open"}, {"quote": ["quote_ambiguous"]}),
    "not after this prefix": ({"exact": "Anna said", "prefix": "Boris "}, {"quote": ["quote_not_found"]}),
    "that differ from their place": ({"exact": "Boris", "start": 0, "end": 5}, {"quote": ["quote_differs"]}),
    "that nobody gave": ({"prefix": "Anna"}, {"quote": ["no_words"]}),
    "with a start alone": ({"start": 0}, {"end": ["half_a_place"]}),
    "with an end alone": ({"end": 4}, {"start": ["half_a_place"]}),
    "of no length": ({"start": 4, "end": 4}, {"end": ["empty_place"]}),
    "that end before they begin": ({"start": 9, "end": 4}, {"end": ["empty_place"]}),
    "before the text": ({"start": -4, "end": 4}, {"end": ["empty_place"]}),
    "past the end of the text": ({"start": 0, "end": len(TEXT) + 1}, {"end": ["past_the_end"]}),
}


@pytest.mark.parametrize("words", WORDS, ids=str)
def test_words_are_refused(case: Case, claim: Claim, version: DocumentVersion, anna: Party, words: str) -> None:
    given, expected = WORDS[words]
    assert refusal_of(case, draft_of(claim, version, anna, words=given)) == {0: expected}


def test_words_up_to_the_very_end_are_taken(case: Case, claim: Claim, version: DocumentVersion, anna: Party) -> None:
    (statement,) = record(case, draft_of(claim, version, anna, words={"start": len(TEXT) - 5, "end": len(TEXT)}))
    assert statement.excerpt.exact == TEXT[-5:]
    assert statement.excerpt.suffix == ""


def test_the_refusal_of_words_that_stand_twice_says_where(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    with pytest.raises(RowsRefused) as refused:
        record(case, draft_of(claim, version, anna, words={"exact": "the bridge was open"}))
    (message,) = refused.value.errors[0].messages
    assert "2 times" in message
    assert f"{TEXT.index('the bridge')}, {TEXT.rindex('the bridge')}" in message


def _statement_refusals() -> dict[str, tuple[Callable[..., dict[str, Any]], dict[str, list[str]]]]:
    """Return what is wrong with a draft: the fields that make it so, from what there is, and how it is refused."""
    return {
        "a party without a speaker": (lambda at: {"speaker": None}, {"speaker": ["speaker_missing"]}),
        "an author with a speaker": (lambda at: {"voice": "author"}, {"speaker": ["speaker_not_wanted"]}),
        "an undisclosed speaker": (lambda at: {"voice": "undisclosed"}, {"speaker": ["speaker_not_wanted"]}),
        "no claim": (lambda at: {"claim": None}, {"claim": ["null"]}),
        "a stance that is none": (lambda at: {"stance": "shouts"}, {"stance": ["invalid_choice"]}),
        "a framing that is none": (lambda at: {"framing": "alleges"}, {"framing": ["invalid_choice"]}),
        "an empty manner": (lambda at: {"manner": ""}, {"manner": ["blank"]}),
        "a cue that is too long": (lambda at: {"cue": "x" * 301}, {"cue": ["max_length"]}),
        "a NUL": (lambda at: {"cue": "said\x00"}, {"cue": ["unstorable"]}),
        "half a character": (lambda at: {"said_note": "\ud800"}, {"said_note": ["unstorable"]}),
        "a time that is none": (lambda at: {"said_at": "yesterday"}, {"said_at": ["invalid"]}),
        "a retraction of nothing": (lambda at: {"stance": "retracts"}, {"supersedes": ["retracts_nothing"]}),
        "what another speaker said": (lambda at: {"supersedes": at.of_boris}, {"supersedes": ["other_speaker"]}),
        "what the author said": (lambda at: {"supersedes": at.of_author}, {"supersedes": ["other_speaker"]}),
        "the speaker as a relay": (
            lambda at: {"relays": [Relay(party=at.boris), Relay(party=at.anna)]},
            {"relays.1.party": ["twice"]},
        ),
        "a relay that stands twice": (
            lambda at: {"relays": [Relay(party=at.boris), Relay(is_gap=True), Relay(party=at.boris)]},
            {"relays.2.party": ["twice"]},
        ),
        "a relay that is nobody": (lambda at: {"relays": [Relay()]}, {"relays.0.party": ["party_or_gap"]}),
        "a relay and a gap in one": (
            lambda at: {"relays": [Relay(party=at.boris, is_gap=True)]},
            {"relays.0.party": ["party_or_gap"]},
        ),
        "an attitude that is none": (
            lambda at: {"relays": [Relay(party=at.boris, attitude="doubts")]},
            {"relays.0.attitude": ["invalid_choice"]},
        ),
        "a claim of another case": (lambda at: {"claim": at.far.claim}, {"claim": ["other_case"]}),
        "a speaker of another case": (lambda at: {"speaker": at.far.party}, {"speaker": ["other_case"]}),
        "an utterance of another case": (lambda at: {"utterance": at.far.utterance}, {"utterance": ["other_case"]}),
        "a predecessor of another case": (
            lambda at: {"speaker": at.shared, "supersedes": at.far.statement},
            {"supersedes": ["other_case"]},
        ),
        "words of another case": (lambda at: {"version": at.far.version}, {"quote": ["other_case"]}),
        "a relay of another case": (
            lambda at: {"relays": [Relay(is_gap=True), Relay(party=at.far.party)]},
            {"relays.1.party": ["other_case"]},
        ),
        "evidence of another case": (
            lambda at: {"evidence": [("cue", Quotation(version=at.far.version, exact="Anna said"))]},
            {"evidence.0.quote": ["other_case"]},
        ),
        "evidence of another document": (
            lambda at: {"evidence": [("cue", Quotation(version=at.elsewhere, exact="Anna said"))]},
            {"evidence.0.quote": ["other_document"]},
        ),
        "evidence that is not in the text": (
            lambda at: {"evidence": [("cue", at.quote("denied")), ("cue", at.quote("affirmed"))]},
            {"evidence.1.quote": ["quote_not_found"]},
        ),
        "evidence of which there are two": (
            lambda at: {"evidence": [("source", at.quote("Boris"))]},
            {"evidence.0.quote": ["quote_ambiguous"]},
        ),
        "evidence past the end": (
            lambda at: {"evidence": [("source", Quotation(version=at.version, start=1, end=9999))]},
            {"evidence.0.end": ["past_the_end"]},
        ),
        "evidence that stands twice": (
            lambda at: {"evidence": [("cue", at.quote("denied")), ("cue", at.quote("denied"))]},
            {"evidence.1.quote": ["twice"]},
        ),
        "the main words again": (
            lambda at: {"evidence": [("content", at.quote("Anna said the bridge was open."))]},
            {"evidence.0.quote": ["twice"]},
        ),
        "a role that is none": (
            lambda at: {"evidence": [("proof", at.quote("denied"))]},
            {"evidence.0.role": ["invalid_choice"]},
        ),
    }


class _Place:
    """What there is in a case, and in another."""

    def __init__(self, case: Case, version: DocumentVersion | None = None) -> None:
        self.case = case
        self.version = version or make.version_of(make.make_document(case, TEXT))
        self.claim = make.make_claim(case)
        self.party = make.make_party(case)
        self.utterance = note_utterances(by=make.CONSOLE, case=case, utterances=[Utterance(note="A speech.")])[0]

    def quote(self, exact: str) -> Quotation:
        return Quotation(version=self.version, exact=exact)


@pytest.fixture
def there(case: Case, version: DocumentVersion, anna: Party, boris: Party) -> Any:
    """Rows to link to, of this case and, under `far`, of another."""
    here: Any = _Place(case, version)
    here.anna, here.boris, here.shared = anna, boris, make.make_party(None)
    here.elsewhere = make.version_of(make.make_document(case, TEXT))
    here.of_boris = make.make_statement(here.claim, speaker=boris)
    here.of_author = make.make_statement(here.claim, voice="author")
    here.far = far = _Place(make.make_case())
    far.statement = make.make_statement(far.claim, speaker=here.shared)
    return here


@pytest.mark.parametrize("what", _statement_refusals(), ids=str)
def test_a_statement_is_refused_with(case: Case, claim: Claim, there: Any, anna: Party, what: str) -> None:
    wrong, expected = _statement_refusals()[what]
    fields = {"claim": claim, "version": there.version, "speaker": anna, **wrong(there)}
    evidence = fields.pop("evidence", ())
    draft = draft_of(fields.pop("claim"), fields.pop("version"), fields.pop("speaker"), **fields)
    draft = Draft(statement=draft.statement, words=draft.words, relays=draft.relays, evidence=evidence)
    found = refusal_of(case, draft)
    assert found == {0: expected}


def test_a_claim_that_was_merged_takes_no_statement(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    with make.CONSOLE.act("merge", case) as act:
        act.update(claim, merged_into=make.make_claim(case))
    assert refusal_of(case, draft_of(claim, version, anna)) == {0: {"claim": ["merged"]}}


def test_all_that_is_wrong_is_said_at_once_and_of_every_draft(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    assert refusal_of(
        case,
        draft_of(
            claim, version, anna, words={"exact": "no such words"}, stance="retracts", evidence=[("cue", "nor these")]
        ),
        draft_of(claim, version, anna),
        draft_of(claim, version, None, relays=[Relay(party=anna), Relay(party=anna), Relay()]),
    ) == {
        0: {"supersedes": ["retracts_nothing"], "quote": ["quote_not_found"], "evidence.0.quote": ["quote_not_found"]},
        2: {"speaker": ["speaker_missing"], "relays.1.party": ["twice"], "relays.2.party": ["party_or_gap"]},
    }


def test_a_batch_comes_in_whole_or_not_at_all(case: Case, claim: Claim, version: DocumentVersion, anna: Party) -> None:
    good = [draft_of(claim, version, anna) for _ in range(3)]
    bad = draft_of(claim, version, anna, words={"exact": "no such words"})
    assert set(refusal_of(case, *good, bad)) == {3}
    assert not Statement.objects.filter(case=case).exists()


# --- superseding ----------------------------------------------------------------------------------------------------


def test_a_batch_may_name_what_supersedes_before_what_is_superseded(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    first = draft_of(claim, version, anna)
    second = draft_of(claim, version, anna, stance="denies", supersedes=first.statement)
    third = draft_of(claim, version, anna, stance="retracts", supersedes=second.statement)
    for order in ([first, second, third], [third, second, first], [second, third, first]):
        statements = {
            name: Statement(claim=claim, speaker=anna, stance=draft.statement.stance)
            for name, draft in (("first", first), ("second", second), ("third", third))
        }
        statements["second"].supersedes = statements["first"]
        statements["third"].supersedes = statements["second"]
        by_draft = dict(zip(map(id, (first, second, third)), statements.values(), strict=True))
        written = record(case, *(Draft(statement=by_draft[id(draft)], words=draft.words) for draft in order))
        assert [row.uid for row in written] == [by_draft[id(draft)].uid for draft in order]
        live = {row.uid: row.is_live for row in Statement.objects.filter(pk__in=[row.pk for row in written])}
        # The retraction takes the denial back, and so what the denial had superseded stands again.
        assert live == {
            statements["first"].uid: True,
            statements["second"].uid: False,
            statements["third"].uid: True,
        }


def test_two_statements_of_a_batch_cannot_supersede_each_other(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    one, other = draft_of(claim, version, anna), draft_of(claim, version, anna)
    beside = draft_of(claim, version, anna, supersedes=None)
    one.statement.supersedes, other.statement.supersedes = other.statement, one.statement
    found = refusal_of(case, beside, one, other)
    assert found == {1: {"supersedes": ["circle"]}, 2: {"supersedes": ["circle"]}}


def test_a_statement_cannot_supersede_itself(case: Case, claim: Claim, version: DocumentVersion, anna: Party) -> None:
    draft = draft_of(claim, version, anna)
    draft.statement.supersedes = draft.statement
    assert refusal_of(case, draft) == {0: {"supersedes": ["circle"]}}


def test_what_leads_into_a_circle_is_refused_and_does_not_hang(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    one, other, into = (draft_of(claim, version, anna) for _ in range(3))
    one.statement.supersedes, other.statement.supersedes = other.statement, one.statement
    into.statement.supersedes = one.statement
    assert {1, 2} <= set(refusal_of(case, into, one, other))


def test_a_statement_recorded_as_rejected_or_withdrawn_is_not_live_and_supersedes_nothing(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    (earlier,) = record(case, draft_of(claim, version, anna))
    rejected, withdrawn = record(
        case,
        draft_of(claim, version, anna, review="rejected", supersedes=earlier),
        draft_of(claim, version, anna, withdrawn_at=make.NOW, supersedes=earlier),
    )
    assert set(Statement.objects.live()) == {earlier}
    assert not rejected.is_live
    assert not withdrawn.is_live


def test_what_was_replaced_stays_replaced_when_the_replacement_is_replaced(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    chain: list[Statement] = []  # a figure that is raised, and raised again
    for _ in range(4):
        chain += record(case, draft_of(claim, version, anna, supersedes=chain[-1] if chain else None))

    def live() -> list[bool]:
        return [Statement.objects.get(pk=row.pk).is_live for row in chain]

    assert live() == [False, False, False, True]
    withdraw_statement(by=make.CONSOLE, statement=Statement.objects.get(pk=chain[-1].pk))
    assert live() == [False, False, True, False]
    withdraw_statement(by=make.CONSOLE, statement=Statement.objects.get(pk=chain[1].pk))
    assert live() == [True, False, True, False]  # nothing that counts replaces the first any more
    for row in (chain[1], chain[-1]):
        reinstate_statement(by=make.CONSOLE, statement=Statement.objects.get(pk=row.pk))
    assert live() == [False, False, False, True]


# Each stance supersedes the one before it; then the places of those that are live.
SUCCESSIONS = {
    "a retraction takes back": ("asserts retracts", [1]),
    "a retraction of a retraction gives back": ("asserts retracts retracts", [0, 2]),
    "and taken back once more it does not": ("asserts retracts retracts retracts", [1, 3]),
    "a position taken anew does not give back what was taken back": ("asserts retracts asserts", [2]),
    "a revision that is taken back leaves what it revised": ("asserts asserts retracts", [0, 2]),
    "unless that is taken back": ("asserts asserts retracts retracts", [1, 3]),
    "of three figures the last": ("asserts asserts asserts", [2]),
    "a denial of one's own claim": ("asserts denies", [1]),
}


@pytest.mark.parametrize("what", SUCCESSIONS)
def test_of_a_succession_what_is_live_is(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party, what: str
) -> None:
    stances, expected = SUCCESSIONS[what]
    chain: list[Statement] = []
    for stance in stances.split():
        earlier = Statement.objects.get(pk=chain[-1].pk) if chain else None
        chain += record(case, draft_of(claim, version, anna, stance=stance, supersedes=earlier))
    live = set(Statement.objects.live().values_list("pk", flat=True))
    assert [place for place, row in enumerate(chain) if row.pk in live] == expected


def test_a_statement_superseded_twice_comes_back_only_when_both_are_gone(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    (earlier,) = record(case, draft_of(claim, version, anna))
    later = record(case, *(draft_of(claim, version, anna, supersedes=earlier) for _ in range(2)))
    withdraw_statement(by=make.CONSOLE, statement=later[0])
    assert not Statement.objects.get(pk=earlier.pk).is_live
    withdraw_statement(by=make.CONSOLE, statement=later[1])
    assert Statement.objects.get(pk=earlier.pk).is_live


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("review", ["accepted", "rejected"])
def test_recording_as_reviewed_is_the_leads(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party, review: str
) -> None:
    annotator, lead = (make.make_member(case, role) for role in (Role.ANNOTATOR, Role.LEAD))
    with pytest.raises(PermissionDenied):
        record(case, draft_of(claim, version, anna), draft_of(claim, version, anna, review=review), by=_by(annotator))
    assert not Statement.objects.exists()
    record(case, draft_of(claim, version, anna, review=review), by=_by(lead))
    assert Statement.objects.get().review == review


def test_a_reader_and_an_outsider_record_nothing(version: DocumentVersion) -> None:
    closed = make.make_case(access="members")
    claim = make.make_claim(closed)
    version = make.version_of(make.make_document(closed, TEXT))
    for user in (make.make_member(closed, Role.READER), make.make_user()):
        with pytest.raises(PermissionDenied):
            record(closed, draft_of(claim, version, voice="author"), by=_by(user))
    assert not Statement.objects.exists()


def _by(user: Any) -> By:
    return By(actor=user, at=make.NOW + timedelta(days=1))


# --- what becomes of a statement ------------------------------------------------------------------------------------


def test_withdrawing_takes_a_statement_out_once_and_reinstating_puts_it_back(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    (statement,) = record(case, draft_of(claim, version, anna))
    n = Change.objects.count()
    by = _by(make.make_member(case, Role.ANNOTATOR))
    n = Change.objects.count()
    withdraw_statement(by=by, statement=statement)
    row = Statement.objects.get(pk=statement.pk)
    assert (row.withdrawn_at, row.is_live, row.excerpt.exact) == (by.at, False, "Anna said the bridge was open.")
    withdraw_statement(by=by, statement=row)
    assert (Change.objects.count(), newest_change().act) == (n + 1, "withdraw_statement")
    reinstate_statement(by=by, statement=row)
    assert Statement.objects.get(pk=statement.pk).is_live
    assert (Change.objects.count(), newest_change().act) == (n + 2, "reinstate_statement")


def test_reviewing_is_the_leads_and_one_entry_for_all(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    statements = record(case, *(draft_of(claim, version, anna) for _ in range(3)))
    annotator, lead = (make.make_member(case, role) for role in (Role.ANNOTATOR, Role.LEAD))
    with pytest.raises(PermissionDenied):
        review_statements(by=_by(annotator), case=case, statements=statements, review="accepted")
    n = Change.objects.count()
    review_statements(by=_by(lead), case=case, statements=statements, review="rejected")
    assert (Change.objects.count(), newest_change().act) == (n + 1, "review_statement")
    assert newest_change().items.count() == 3
    assert not Statement.objects.live().exists()


def test_reviewing_one_that_someone_else_changed_reviews_none(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    mine = record(case, *(draft_of(claim, version, anna) for _ in range(2)))
    withdraw_statement(by=make.CONSOLE, statement=Statement.objects.get(pk=mine[1].pk))
    with pytest.raises(Stale):
        review_statements(by=make.CONSOLE, case=case, statements=mine, review="accepted")
    assert set(Statement.objects.values_list("review", flat=True)) == {"draft"}


def test_revising_gives_other_values_words_evidence_and_chain_in_one_entry(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party, boris: Party
) -> None:
    (statement,) = record(
        case, draft_of(claim, version, anna, evidence=[("cue", "denied")], relays=[Relay(party=boris)])
    )
    n = Change.objects.count()
    revise_statement(
        by=make.CONSOLE,
        statement=Statement.objects.get(pk=statement.pk),
        values={"stance": "denies", "speaker": boris},
        words=Quotation(version=version, exact="Boris denied that the bridge was open."),
        evidence=[("source", Quotation(version=version, exact="Boris denied"))],
        relays=[Relay(is_gap=True), Relay(party=anna)],
    )
    row = Statement.objects.get(pk=statement.pk)
    assert (row.stance, row.speaker, row.excerpt.exact) == (
        "denies",
        boris,
        "Boris denied that the bridge was open.",
    )
    assert list(row.evidence.values_list("role", "excerpt__exact")) == [("source", "Boris denied")]
    assert list(row.relays.order_by("hop").values_list("hop", "party")) == [(1, None), (2, anna.pk)]
    assert (Change.objects.count(), newest_change().act) == (n + 1, "revise_statement")
    assert row.revision > statement.revision


def test_a_revision_that_changes_nothing_leaves_no_entry(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party, boris: Party
) -> None:
    (statement,) = record(
        case, draft_of(claim, version, anna, evidence=[("cue", "denied")], relays=[Relay(party=boris)])
    )
    n = Change.objects.count()
    revise_statement(by=make.CONSOLE, statement=Statement.objects.get(pk=statement.pk), values={"stance": "asserts"})
    assert Change.objects.count() == n
    assert Statement.objects.get(pk=statement.pk).revision == 1


def test_a_revision_is_refused_like_a_recording_and_changes_nothing(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    (statement,) = record(case, draft_of(claim, version, anna))
    n = Change.objects.count()
    with pytest.raises(ValidationError) as refused:
        revise_statement(
            by=make.CONSOLE,
            statement=Statement.objects.get(pk=statement.pk),
            values={"stance": "retracts"},
            words=Quotation(version=version, exact="no such words"),
            relays=[Relay(party=anna)],
        )
    assert codes_of({0: refused.value})[0] == {
        "supersedes": ["retracts_nothing"],
        "quote": ["quote_not_found"],
        "relays.0.party": ["twice"],
    }
    assert Change.objects.count() == n
    assert Statement.objects.get(pk=statement.pk).stance == "asserts"


def test_a_revision_cannot_close_a_circle_of_statements_that_are_written(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    (first,) = record(case, draft_of(claim, version, anna))
    (second,) = record(case, draft_of(claim, version, anna, supersedes=first))
    (third,) = record(case, draft_of(claim, version, anna, supersedes=second))
    with pytest.raises(ValidationError) as refused:
        revise_statement(by=make.CONSOLE, statement=first, values={"supersedes": third})
    assert codes_of({0: refused.value})[0] == {"supersedes": ["circle"]}


def test_a_speaker_cannot_change_under_a_later_statement_of_the_same_speaker(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party, boris: Party
) -> None:
    (first,) = record(case, draft_of(claim, version, anna))
    record(case, draft_of(claim, version, anna, supersedes=first))
    with pytest.raises(ValidationError) as refused:
        revise_statement(by=make.CONSOLE, statement=first, values={"speaker": boris})
    assert codes_of({0: refused.value})[0] == {"speaker": ["superseded"]}


def test_revising_what_it_supersedes_moves_what_is_live(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    one, other = record(case, draft_of(claim, version, anna), draft_of(claim, version, anna))
    (later,) = record(case, draft_of(claim, version, anna, supersedes=one))
    revise_statement(by=make.CONSOLE, statement=later, values={"supersedes": Statement.objects.get(pk=other.pk)})
    assert set(Statement.objects.live()) == {one, later}


def test_an_accepted_statement_is_a_draft_again_when_an_annotator_changes_it(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    annotator, lead = (make.make_member(case, role) for role in (Role.ANNOTATOR, Role.LEAD))
    (statement,) = record(case, draft_of(claim, version, anna, review="accepted"))
    revise_statement(by=_by(lead), statement=Statement.objects.get(pk=statement.pk), values={"cue": "told"})
    assert Statement.objects.get(pk=statement.pk).review == "accepted"
    revise_statement(by=_by(annotator), statement=Statement.objects.get(pk=statement.pk), values={"cue": "told"})
    assert Statement.objects.get(pk=statement.pk).review == "accepted"  # nothing was changed
    revise_statement(by=_by(annotator), statement=Statement.objects.get(pk=statement.pk), values={"cue": "said"})
    assert Statement.objects.get(pk=statement.pk).review == "draft"


def test_deleting_takes_evidence_and_chain_along_and_brings_back_what_was_superseded(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party, boris: Party
) -> None:
    (earlier,) = record(case, draft_of(claim, version, anna))
    (later,) = record(
        case,
        draft_of(claim, version, anna, supersedes=earlier, evidence=[("cue", "denied")], relays=[Relay(party=boris)]),
    )
    with pytest.raises(InUse) as refused:
        delete_statement(by=make.CONSOLE, statement=Statement.objects.get(pk=earlier.pk))
    assert list(refused.value.standing) == [later]
    delete_statement(by=make.CONSOLE, statement=Statement.objects.get(pk=later.pk))
    assert sorted(newest_change().items.values_list("kind", flat=True)) == ["evidence", "relay", "statement"]
    assert set(Statement.objects.live()) == {earlier}
    assert not Evidence.objects.exists()
    assert not Relay.objects.exists()


def test_an_accepted_statement_is_the_leads_to_delete(
    case: Case, claim: Claim, version: DocumentVersion, anna: Party
) -> None:
    annotator, lead = (make.make_member(case, role) for role in (Role.ANNOTATOR, Role.LEAD))
    (statement,) = record(case, draft_of(claim, version, anna, review="accepted"))
    with pytest.raises(PermissionDenied):
        delete_statement(by=_by(annotator), statement=statement)
    delete_statement(by=_by(lead), statement=statement)
    assert not Statement.objects.exists()


# --- how much is asked of the database ------------------------------------------------------------------------------


def _full_drafts(case: Case, claim: Claim, parties: list[Party], n: int, offset: int) -> list[Draft]:
    """Return drafts with words, evidence and chains of their own."""
    text = " ".join(f"Speaker {i} said, as {i} relayed, that it was so{i}." for i in range(offset, offset + n))
    version = make.version_of(make.make_document(case, text))
    return [
        Draft(
            statement=Statement(claim=claim, speaker=parties[0]),
            words=Quotation(version=version, exact=f"it was so{i}."),
            evidence=[("source", Quotation(version=version, exact=f"Speaker {i} said"))],
            relays=[Relay(party=parties[1]), Relay(is_gap=True), Relay(party=parties[2])],
        )
        for i in range(offset, offset + n)
    ]


def n_queries(act: Callable[[], object]) -> int:
    """Return how many statements are sent, INSERTs left out: SQLite takes so many values in one, and no more."""
    with CaptureQueriesContext(connection) as sent:
        act()
    return sum(not query["sql"].startswith("INSERT") for query in sent.captured_queries)


def test_the_number_of_queries_does_not_grow_with_the_batch(case: Case, claim: Claim) -> None:
    parties = [make.make_party(case) for _ in range(3)]
    drafts = {n: _full_drafts(case, claim, parties, n, 1000) for n in (10, 100)}
    counts = {n: n_queries(lambda some=some: record(case, *some)) for n, some in drafts.items()}
    assert counts[100] == counts[10]


@pytest.mark.parametrize("generations", [1, 2])
def test_nor_does_it_grow_where_every_statement_supersedes_another(case: Case, claim: Claim, generations: int) -> None:
    parties = [make.make_party(case) for _ in range(3)]

    def succeed(n: int, earlier: list[Statement]) -> list[Draft]:
        drafts = _full_drafts(case, claim, parties, n, 1000)
        for draft, statement in zip(drafts, earlier, strict=bool(earlier)):
            draft.statement.supersedes = statement
        return drafts

    counts = {}
    for n in (10, 100):
        earlier: list[Statement] = []
        for _ in range(generations):
            written = [row.pk for row in record(case, *succeed(n, earlier))]
            earlier = list(Statement.objects.filter(pk__in=written).order_by("pk"))  # as an interface would have them
        drafts = succeed(n, earlier)
        counts[n] = n_queries(lambda drafts=drafts: record(case, *drafts))
        assert not Statement.objects.filter(pk__in=written).live().exists()
    assert counts[100] == counts[10]


def test_refusing_asks_the_database_nothing_of_each_draft(case: Case, claim: Claim, version: DocumentVersion) -> None:
    def refuse(n: int) -> None:
        with pytest.raises(RowsRefused) as refused:
            record(case, *(draft_of(claim, version, None, words={"exact": "no such words"}) for _ in range(n)))
        assert len(refused.value.errors) == n

    assert n_queries(lambda: refuse(100)) == n_queries(lambda: refuse(10))
