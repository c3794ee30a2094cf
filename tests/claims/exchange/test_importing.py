"""A bundle comes in whole or not at all, once, and never over what somebody has changed since."""

import copy
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims.exchange.bundle import BundleRefused, Fault, read_bundle
from claims.exchange.importing import Report, import_bundle
from claims.models import Claim, ClaimRelation, Question, Relay, Statement, Utterance
from claims.recording import delete_statement, revise_statement, withdraw_statement
from sources.choices import Role
from sources.images import images_of, record_models
from sources.ledger import By
from sources.models import BundleKey, Case, Change, Document, DocumentVersion, Excerpt, Party, PartyAlias, PartyLink
from sources.revising import delete_row, revise_row
from sources.verifying import verify_ledger, verify_links, verify_texts
from tests import factories as make

from .samples import FIRST, SECOND, SEED, Content, bring_in, sample, thing, undone, write

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(days=1)
SECTIONS = [
    "parties", "party_links", "documents", "questions", "claims", "utterances", "statements", "relations",
]  # fmt: skip


def everything() -> dict[str, list[dict[str, Any]]]:
    """Return an image of every row, to see that nothing was changed."""
    return {
        kind: [image for _, image in images_of(model._base_manager.order_by("pk"))]
        for kind, model in record_models().items()
    }


def uid_of(kind: str, key: str) -> Any:
    return BundleKey.objects.values_list("uid", flat=True).get(kind=kind, key=key)


def row_of(model: Any, key: str) -> Any:
    return model.objects.get(uid=uid_of(model.record_kind(), key))


def refusal_of(folder: Path, content: Content, **options: Any) -> list[Fault]:
    """Return how importing is refused, and see that nothing at all is written."""
    before = everything(), Change.objects.count(), BundleKey.objects.count()
    with pytest.raises(BundleRefused) as refused:
        bring_in(folder, content, **options)
    assert before == (everything(), Change.objects.count(), BundleKey.objects.count())
    return refused.value.faults


# --- what comes in --------------------------------------------------------------------------------------------------


@pytest.fixture
def imported(tmp_path: Path) -> Report:
    return bring_in(tmp_path, sample())


def test_everything_comes_in_as_one_entry_of_the_ledger(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    n = Change.objects.count()
    report = bring_in(tmp_path, sample(), progress=lambda section, n: told.append((section, n)))
    content = sample()
    assert told == [(section, len(content[section])) for section in SECTIONS]
    assert report.created == {section: len(content[section]) for section in SECTIONS}
    assert (report.known.total(), report.differing) == (0, [])
    (change,) = Change.objects.order_by("sequence")[n:]
    assert (change.act, change.case_uid, change.actor) == ("import_bundle", report.case.uid, None)
    assert change.items.count() == sum(len(rows) for rows in everything().values())
    assert list(verify_texts()) == list(verify_links()) == list(verify_ledger()) == []


def test_columns_and_links_come_in_as_they_are_given(imported: Report) -> None:
    case = imported.case
    assert (case.title, case.slug, case.description, case.access) == ("The bridge", "bridge", "Fiction.", "open")
    anna, boris, paper = (row_of(Party, key) for key in ("anna", "boris", "paper"))
    assert (boris.disambiguation, boris.kind, boris.naming, boris.case) == ("ferryman", "person", "pseudonym", case)
    assert set(anna.aliases.values_list("name", "case")) == {("Annie", case.pk), ("A.", case.pk)}
    assert (paper.case, paper.aliases.get().case) == (None, None)
    link = row_of(PartyLink, "anna-of-office")
    assert (link.from_party, link.to_party.label, link.kind) == (anna, "The mayor's office", "part_of")
    assert (link.since, link.until, link.judgement) == (date(2024, 2, 29), date(2025, 12, 31), "positive")
    lorries = row_of(Claim, "lorries")
    assert (lorries.quantity_low, lorries.quantity_high, lorries.quantity_approximate) == (30, Decimal("30.5"), True)
    assert (lorries.occurred_from, lorries.unit, lorries.mode) == (date(2025, 4, 28), "lorries", "fact")
    assert row_of(Claim, "open").question == row_of(Question, "is-it-open")
    utterance = row_of(Utterance, "on-tuesday")
    assert utterance.said_at == datetime(2025, 4, 29, 10, 0, 0, 250_000, tzinfo=UTC)
    relation = row_of(ClaimRelation, "open-or-shut")
    assert (relation.kind, relation.strength, relation.aspects) == ("contradicts", "contradictory", ["what", "time"])
    assert (relation.judged_at, row_of(ClaimRelation, "shut-or-stays").judged_at) == (make.NOW, None)


def test_a_statement_comes_in_with_its_words_evidence_and_chain(imported: Report) -> None:
    statement = row_of(Statement, "anna-open")
    assert (statement.voice, statement.speaker, statement.stance) == ("party", row_of(Party, "anna"), "asserts")
    assert (statement.manner, statement.framing, statement.attribution_type) == ("indirect", "distances", "belief")
    assert (statement.certainty, statement.basis, statement.cue) == ("probable", "witnessed", "said")
    assert (statement.said_at, statement.review) == (datetime(2025, 4, 28, 10, 0, tzinfo=UTC), "accepted")
    words = statement.excerpt
    assert (words.start, words.end, words.exact) == (10, 29, "the bridge was open")
    pieces = statement.evidence.order_by("pk").values_list("role", "excerpt__exact", "excerpt__version__number")
    assert list(pieces) == [("source", "Anna", 1), ("cue", "wrong", 2)]
    hops = Relay.objects.filter(statement=statement).order_by("hop")
    assert [(hop.party and hop.party.label, hop.is_gap, hop.cue, hop.attitude) for hop in hops] == [
        ("Boris", False, "heard", "disputes"),
        (None, True, "", "neutral"),
        ("The Daily Fiction", False, "", "neutral"),
    ]


def test_texts_come_in_unchanged_and_offsets_count_code_points(imported: Report) -> None:
    versions = row_of(Document, "article").versions.order_by("number")
    assert [(v.number, v.text, v.is_complete, v.extractor) for v in versions] == [
        (1, FIRST, True, ""),
        (2, SECOND, False, "by hand"),
    ]
    assert all(version.captured_at == make.NOW for version in versions)
    for excerpt in Excerpt.objects.select_related("version"):
        assert excerpt.exact == excerpt.version.text[excerpt.start : excerpt.end]
    statement = row_of(Statement, "cleo-lorries")
    assert statement.excerpt.version.number == 2
    assert statement.excerpt.exact.startswith("Cle\u0301o 🌉")
    assert [piece.excerpt.version.number for piece in statement.evidence.order_by("pk")] == [2, 1]


def test_what_supersedes_may_stand_before_what_it_supersedes(imported: Report) -> None:
    later, earlier = row_of(Statement, "anna-takes-it-back"), row_of(Statement, "anna-open")
    assert later.supersedes == earlier
    assert (later.is_live, earlier.is_live) == (True, False)


def test_rejected_and_withdrawn_statements_come_in_and_are_not_live(imported: Report) -> None:
    rejected, withdrawn = row_of(Statement, "rejected"), row_of(Statement, "withdrawn")
    assert (rejected.review, rejected.is_live) == ("rejected", False)
    assert (withdrawn.withdrawn_at, withdrawn.is_live) == (make.NOW, False)


def test_a_date_with_another_offset_is_the_same_moment(tmp_path: Path) -> None:
    content = sample()
    thing(content, "statements", "anna-open")["said_at"] = "2025-04-28T12:00:00+02:00"
    bring_in(tmp_path, content)
    assert row_of(Statement, "anna-open").said_at == datetime(2025, 4, 28, 10, 0, tzinfo=UTC)


def test_a_pair_without_a_direction_may_be_given_either_way(tmp_path: Path) -> None:
    content = sample()
    relation = thing(content, "relations", "open-or-shut")
    relation["a"], relation["b"] = relation["b"], relation["a"]
    link = thing(content, "party_links", "perhaps-one")
    link["from"], link["to"] = link["to"], link["from"]
    bring_in(tmp_path, content)
    assert row_of(ClaimRelation, "open-or-shut").claim_a == row_of(Claim, "open")
    assert row_of(PartyLink, "perhaps-one").from_party == row_of(Party, "boris")


def test_a_shared_party_that_is_there_is_found_and_not_doubled(tmp_path: Path) -> None:
    paper = make.make_party(None, "the  DAILY fiction", kind="media")
    make.make_party(None, "The Daily Fiction", kind="person")  # somebody else
    make.make_party(make.make_case(), "The Daily Fiction", kind="media")  # of another case
    report = bring_in(tmp_path, sample())
    assert uid_of("party", "paper") == paper.uid
    assert Document.objects.get(uid=uid_of("document", "article")).publisher == paper
    assert Party.objects.filter(case=None, kind="media").count() == 1
    assert report.created["parties"] == 5
    assert not paper.aliases.exists()  # the register is not changed by a bundle


def test_where_two_shared_parties_could_be_meant_neither_is_taken(tmp_path: Path) -> None:
    twins = [make.make_party(None, "The Daily Fiction", kind="media") for _ in range(2)]
    bring_in(tmp_path, sample())
    assert uid_of("party", "paper") not in {party.uid for party in twins}


# --- nothing, or nothing twice --------------------------------------------------------------------------------------


def run(command: str, *arguments: object, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=out, **options)
    return out.getvalue()


def test_a_dry_run_writes_nothing_and_says_what_would_come_in(tmp_path: Path) -> None:
    path = write(tmp_path, sample())
    before = everything()
    said = run("import_bundle", path, "--dry-run")
    assert "6 parties" not in said
    assert "The bridge: 5 parties, 3 party links, 2 documents, 1 questions, 4 claims" in said
    assert "8 statements, 4 relations would come in; 0 were there before." in said
    assert everything() == before
    assert not Change.objects.exists()
    assert not BundleKey.objects.exists()
    assert "4 relations came in; 0 were there before." in run("import_bundle", path)
    assert Change.objects.count() == 1
    assert "The bridge: nothing would come in; 28 were there before." in run("import_bundle", path, "--dry-run")


def test_the_command_ends_in_an_error_that_says_that_nothing_was_written(tmp_path: Path) -> None:
    content = sample()
    thing(content, "statements", "anna-open")["quote"] = "no such words"
    with pytest.raises(CommandError) as refused:
        run("import_bundle", write(tmp_path, content))
    assert str(refused.value).startswith("case.json: statements[1] (anna-open).quote: ")
    assert str(refused.value).endswith("\nNothing was written.")
    assert not Case.objects.exists()


def test_a_second_import_changes_nothing_and_leaves_no_entry(tmp_path: Path, imported: Report) -> None:
    before = everything(), Change.objects.count(), list(BundleKey.objects.order_by("pk").values())
    report = bring_in(tmp_path, sample(), by=By(actor=None, at=LATER))
    assert before == (everything(), Change.objects.count(), list(BundleKey.objects.order_by("pk").values()))
    assert report.case == imported.case
    assert report.created.total() == 0
    assert report.known == {section: len(sample()[section]) for section in SECTIONS}
    assert report.differing == []


def test_another_spelling_of_the_same_is_no_difference(tmp_path: Path, imported: Report) -> None:
    content = sample()
    thing(content, "parties", "anna")["naming"] = "named"
    thing(content, "claims", "open")["mode"] = "fact"
    thing(content, "statements", "boris-denies")["certainty"] = "unstated"
    content["case"] = dict(reversed(content["case"].items()))
    report = bring_in(tmp_path, content)
    assert (report.created.total(), report.differing) == (0, [])


def test_what_somebody_changed_since_stays_changed(tmp_path: Path, imported: Report) -> None:
    case = imported.case
    revise_row(by=make.CONSOLE, row=row_of(Claim, "open"), values={"text": "The old bridge is open."})
    revise_row(by=make.CONSOLE, row=Case.objects.get(pk=case.pk), values={"title": "The old bridge"})
    revise_statement(by=make.CONSOLE, statement=row_of(Statement, "anna-open"), values={"certainty": "certain"})
    withdraw_statement(by=make.CONSOLE, statement=row_of(Statement, "boris-denies"))
    before, n = everything(), Change.objects.count()
    report = bring_in(tmp_path, sample())
    assert (everything(), Change.objects.count()) == (before, n)
    assert (report.created.total(), report.differing) == (0, [])


def test_what_somebody_deleted_since_stays_away(tmp_path: Path, imported: Report) -> None:
    delete_statement(by=make.CONSOLE, statement=row_of(Statement, "boris-shut"))
    delete_row(by=make.CONSOLE, row=row_of(ClaimRelation, "open-or-shut"))
    delete_row(by=make.CONSOLE, row=row_of(ClaimRelation, "shut-or-stays"))
    delete_row(by=make.CONSOLE, row=row_of(Claim, "shut"))
    before, n = everything(), Change.objects.count()
    report = bring_in(tmp_path, sample())
    assert (everything(), Change.objects.count()) == (before, n)
    assert report.created.total() == 0


def test_what_names_something_deleted_is_told_so(tmp_path: Path, imported: Report) -> None:
    delete_row(by=make.CONSOLE, row=row_of(ClaimRelation, "open-hence-stays"))
    delete_row(by=make.CONSOLE, row=row_of(ClaimRelation, "shut-or-stays"))
    delete_statement(by=make.CONSOLE, statement=row_of(Statement, "withdrawn"))
    delete_row(by=make.CONSOLE, row=row_of(Claim, "stays-open"))
    content = sample()
    content["relations"].append({"key": "new", "a": "open", "b": "stays-open", "kind": "supports"})
    assert [(fault.place, fault.message) for fault in refusal_of(tmp_path, content)] == [
        ("relations[4] (new).b", "the claims key 'stays-open' was deleted since: 'stays-open'")
    ]


def test_new_things_may_name_what_came_in_before(tmp_path: Path, imported: Report) -> None:
    n = Change.objects.count()
    content = {
        "schema": sample()["schema"],
        "case": sample()["case"],
        "claims": [{"key": "guarded", "text": "The bridge is guarded.", "question": "is-it-open"}],
        "statements": [
            {
                "key": "anna-guarded",
                "claim": "guarded",
                "speaker": "anna",
                "stance": "asserts",
                "document": "article",
                "version": 2,
                "quote": "Correction",
                "supersedes": "anna-takes-it-back",
                "utterance": "on-tuesday",
                "relays": [{"party": "paper"}],
            }
        ],
        "relations": [
            {"key": "guarded-or-open", "a": "guarded", "b": "open", "kind": "contradicts", "strength": "tension"}
        ],
    }
    report = bring_in(tmp_path, content)
    assert (report.case, dict(+report.created), report.known.total()) == (
        imported.case,
        {"claims": 1, "statements": 1, "relations": 1},
        0,
    )
    statement = row_of(Statement, "anna-guarded")
    assert (statement.speaker, statement.supersedes) == (row_of(Party, "anna"), row_of(Statement, "anna-takes-it-back"))
    assert statement.excerpt.version.number == 2
    assert Change.objects.count() == n + 1
    # What had been taken back stays so: its retraction is followed up, not taken back.
    assert not row_of(Statement, "anna-open").is_live


def test_a_bundle_that_says_something_else_than_before_is_told_so_and_overrules_nothing(
    tmp_path: Path, imported: Report
) -> None:
    content = sample()
    content["case"]["title"] = "Another bridge"
    thing(content, "claims", "open")["text"] = "The bridge is wide open."
    thing(content, "documents", "leaflet")["versions"][0]["is_complete"] = False
    thing(content, "statements", "anna-open")["relays"].pop()
    before, n = everything(), Change.objects.count()
    report = bring_in(tmp_path, content)
    assert report.differing == ["case", "documents[1] (leaflet)", "claims[0] (open)", "statements[1] (anna-open)"]
    assert (everything(), Change.objects.count()) == (before, n)
    said = run("import_bundle", write(tmp_path, content))
    assert "differs from what was imported before, and is left as it is: claims[0] (open)" in said


def test_another_text_under_a_known_key_is_told_so(tmp_path: Path, imported: Report) -> None:
    content = sample()
    thing(content, "documents", "leaflet")["versions"][0]["text"] = "Boris: the bridge is open."
    report = bring_in(tmp_path, content)
    assert report.differing == ["documents[1] (leaflet)"]
    assert DocumentVersion.objects.get(document=row_of(Document, "leaflet")).text == "Boris: the bridge is shut."


def test_another_key_is_another_case(tmp_path: Path, imported: Report) -> None:
    content = sample()
    content["case"]["key"] = "another-bridge"
    report = bring_in(tmp_path, content)
    assert report.case != imported.case
    assert report.created.total() == 28
    assert Case.objects.count() == 2
    assert Party.objects.filter(case=None).count() == 1


# --- what is refused, and where -------------------------------------------------------------------------------------


def test_nothing_is_written_where_the_last_section_is_wrong(tmp_path: Path) -> None:
    content = sample()
    thing(content, "relations", "shut-or-stays")["b"] = "nowhere"
    (fault,) = refusal_of(tmp_path, content)
    assert (fault.file, fault.place) == ("case.json", "relations[3] (shut-or-stays).b")
    assert fault.message == "the claims key 'nowhere' is not in this bundle: 'nowhere'"
    assert not Case.objects.exists()


def test_nothing_new_is_written_to_a_case_that_is_there(tmp_path: Path, imported: Report) -> None:
    content = sample()
    content["parties"].append({"key": "dora", "label": "Dora"})
    content["relations"].append({"key": "new", "a": "open", "b": "open", "kind": "supports"})
    (fault,) = refusal_of(tmp_path, content)
    assert fault.place.startswith("relations[4] (new)")
    assert not Party.objects.filter(label="Dora").exists()


def _set(section: str, which: str, /, **values: Any) -> Callable[[Content], None]:
    """Return what gives one thing of a bundle other values; None takes one away."""

    def bend(content: Content) -> None:
        entry = thing(content, section, which)
        for name, value in values.items():
            entry.pop(name, None) if value is None else entry.__setitem__(name, value)

    return bend


def _add(section: str, **entry: Any) -> Callable[[Content], None]:
    return lambda content: content[section].append(entry)


ANNA = "statements[1] (anna-open)"
NOWHERE = "key 'nowhere' is not in this bundle"
REFUSED: dict[str, tuple[Callable[[Content], None], list[tuple[str, str]]]] = {
    "words that are not in the text": (
        _set("statements", "anna-open", quote="the tunnel was open"),
        [(f"{ANNA}.quote", "these words do not stand in the text: 'the tunnel was open'")],
    ),
    "words that are nearly in the text": (
        _set("statements", "anna-open", quote="The Bridge was open"),
        [(f"{ANNA}.quote", "it has at 10 words that differ in case, accents, quote marks or spacing")],
    ),
    "words in another normal form": (
        _set("statements", "cleo-lorries", quote="Cléo"),
        [("statements[4] (cleo-lorries).quote", "differ in case, accents")],
    ),
    "words that stand there twice": (
        _set("statements", "anna-open", prefix=None),
        [(f"{ANNA}.quote", "2 times (at 10, ")],
    ),
    "words of the other version": (
        _set("statements", "cleo-lorries", version=None),
        [("statements[4] (cleo-lorries).evidence.0.quote", "do not stand in the text: 'it was 40 lorries'")],
    ),
    "evidence that is not in the text": (
        _set("statements", "anna-open", evidence=[{"role": "cue", "quote": word} for word in ("denied", "swore")]),
        [(f"{ANNA}.evidence.1.quote", "these words do not stand in the text: 'swore'")],
    ),
    "evidence twice": (
        _set("statements", "anna-open", evidence=[{"role": "cue", "quote": "denied"}] * 2),
        [(f"{ANNA}.evidence.1.quote", "twice in the same role: 'denied'")],
    ),
    "a version that the document has not": (
        _set("statements", "anna-open", version=3),
        [
            (f"{ANNA}.version", "the document 'Bridge open, says Anna' has no version 3"),
            (f"{ANNA}.evidence.0.version", "has no version 3"),  # which stands in the same, for it names no other
        ],
    ),
    "evidence in a version that the document has not": (
        _set("statements", "anna-open", evidence=[{"role": "cue", "quote": "denied", "version": 9}]),
        [(f"{ANNA}.evidence.0.version", "has no version 9")],
    ),
    "a claim that is nowhere": (
        _set("statements", "anna-open", claim="nowhere"),
        [(f"{ANNA}.claim", f"the claims {NOWHERE}")],
    ),
    "a speaker who is nowhere": (
        _set("statements", "office-declines", speaker="nowhere"),
        [("statements[7] (office-declines).speaker", f"the parties {NOWHERE}")],
    ),
    "a document that is nowhere": (
        _set("statements", "anna-open", document="nowhere"),
        [(f"{ANNA}.document", f"the documents {NOWHERE}")],
    ),
    "an utterance that is nowhere": (
        _set("statements", "anna-open", utterance="nowhere"),
        [(f"{ANNA}.utterance", f"the utterances {NOWHERE}")],
    ),
    "a predecessor that is nowhere": (
        _set("statements", "anna-open", supersedes="nowhere"),
        [(f"{ANNA}.supersedes", f"the statements {NOWHERE}")],
    ),
    "a relay that is nowhere": (
        _set("statements", "anna-open", relays=[{"is_gap": True}, {"party": "nowhere"}]),
        [(f"{ANNA}.relays.1.party", f"the parties {NOWHERE}")],
    ),
    "a publisher who is nowhere": (
        _set("documents", "article", publisher="nowhere"),
        [("documents[0] (article).publisher", f"the parties {NOWHERE}")],
    ),
    "a question that is nowhere": (
        _set("claims", "open", question="nowhere"),
        [("claims[0] (open).question", f"the questions {NOWHERE}")],
    ),
    "a link from nowhere to nowhere": (
        _set("party_links", "perhaps-one", **{"from": "nowhere", "to": "nowhere"}),
        [
            ("party_links[1] (perhaps-one).from", f"the parties {NOWHERE}"),
            ("party_links[1] (perhaps-one).to", f"the parties {NOWHERE}"),
        ],
    ),
    "a party of another sort": (
        _set("statements", "office-declines", speaker="open"),
        [("statements[7] (office-declines).speaker", "the parties key 'open' is not in this bundle")],
    ),
    "a party twice in a chain": (
        _set("statements", "anna-open", relays=[{"party": "boris"}, {"is_gap": True}, {"party": "boris"}]),
        [(f"{ANNA}.relays.2.party", "a party stands at most once in a chain: 'boris'")],
    ),
    "the speaker in the chain": (
        _set("statements", "anna-open", relays=[{"party": "anna"}]),
        [(f"{ANNA}.relays.0.party", "a party stands at most once in a chain: 'anna'")],
    ),
    "a party without a speaker": (
        _set("statements", "office-declines", speaker=None),
        [("statements[7] (office-declines).speaker", "a party's statement names its speaker")],
    ),
    "an author with a speaker": (
        _set("statements", "rejected", speaker="anna"),
        [("statements[5] (rejected).speaker", "has no speaker: 'anna'")],
    ),
    "a retraction of nothing": (
        _set("statements", "anna-takes-it-back", supersedes=None),
        [("statements[0] (anna-takes-it-back).supersedes", "a retraction names the statement that it takes back")],
    ),
    "another speaker's predecessor": (
        _set("statements", "anna-takes-it-back", supersedes="boris-denies"),
        [("statements[0] (anna-takes-it-back).supersedes", "the same speaker and voice: 'boris-denies'")],
    ),
    "statements that supersede each other": (
        _set("statements", "anna-open", supersedes="anna-takes-it-back"),
        [
            ("statements[0] (anna-takes-it-back).supersedes", "supersede itself, through others: 'anna-open'"),
            (f"{ANNA}.supersedes", "supersede itself, through others: 'anna-takes-it-back'"),
        ],
    ),
    "a day that is none": (
        _set("claims", "lorries", occurred_from="2025-02-30"),
        [("claims[2] (lorries).occurred_from", "'2025-02-30'")],
    ),
    "a moment that is none": (
        _set("statements", "anna-open", said_at="2025-04-31T10:00:00Z"),
        [(f"{ANNA}.said_at", "2025-04-31T10:00:00Z")],
    ),
    "what ends before it begins": (
        _set("claims", "lorries", occurred_to="2025-04-27"),
        [("claims[2] (lorries).occurred_to", "it ends before it begins: '2025-04-27'")],
    ),
    "a high end below the low one": (
        _set("claims", "lorries", quantity_high=29),
        [("claims[2] (lorries).quantity_high", "the high end is below the low one")],
    ),
    "a number of too many places": (
        _set("claims", "lorries", quantity_high=30.12345),
        [("claims[2] (lorries).quantity_high", "decimal places")],
    ),
    "a unit of nothing": (
        _set("claims", "open", unit="bridges"),
        [("claims[0] (open).unit", "a unit needs a quantity: 'bridges'")],
    ),
    "an address that is none": (
        _set("documents", "article", web_url="javascript:alert(1)"),
        [("documents[0] (article).web_url", "Enter a valid URL.: 'javascript:alert(1)'")],
    ),
    "a slug that is none": (lambda content: content["case"].update(slug="no slug!"), [("case.slug", "'no slug!'")]),
    "an unnamed party in the shared register": (
        _add("parties", key="x", label="Somebody", naming="unnamed", shared=True),
        [("parties[5] (x).naming", "an unnamed party belongs to a case: 'unnamed'")],
    ),
    "a link of a party to itself": (
        _set("party_links", "perhaps-one", to="boris"),
        [("party_links[1] (perhaps-one).to", "'boris'")],
    ),
    "a link that is there twice": (
        _add("party_links", key="again", **{"from": "cleo", "to": "boris", "kind": "same_as"}),
        [("party_links[3] (again).to", "linked in this way already: 'boris'")],
    ),
    "a circle of links": (
        _add("party_links", key="round", **{"from": "office", "to": "anna", "kind": "part_of"}),
        [("party_links[3] (round).to", "part of itself, through others: 'anna'")],
    ),
    "a link that ends before it begins": (
        _set("party_links", "anna-of-office", until="2024-02-28"),
        [("party_links[0] (anna-of-office).until", "the link ends before it begins: '2024-02-28'")],
    ),
    "a relation that makes its class contradict itself": (
        _add("relations", key="same", a="open", b="shut", kind="equivalent", judgement="positive"),
        [("relations[4] (same).judgement", "would contradict each other: 'positive'")],
    ),
    "a contradiction without a strength": (
        _set("relations", "open-or-shut", strength=None),
        [("relations[0] (open-or-shut).strength", "could both be false? could both be true?")],
    ),
    "a strength of what is no contradiction": (
        _set("relations", "crossed-hence-open", strength="contrary"),
        [("relations[1] (crossed-hence-open).strength", "only a contradiction has a strength: 'contrary'")],
    ),
    "a claim against itself": (
        _set("relations", "open-or-shut", b="open"),
        [("relations[0] (open-or-shut).b", "a claim has no relation to itself: 'open'")],
    ),
    "a pair that is related twice": (
        _add("relations", key="again", a="shut", b="open", kind="contradicts", strength="tension"),
        [("relations[4] (again).b", "related in this way already: 'open'")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED, ids=str)
def test_a_bundle_is_refused_at_its_place_with(tmp_path: Path, what: str) -> None:
    bend, expected = REFUSED[what]
    content = sample()
    bend(content)
    faults = refusal_of(tmp_path, content)
    assert [(fault.file, fault.place) for fault in faults] == [("case.json", place) for place, _ in expected]
    for fault, (_, words) in zip(faults, expected, strict=True):
        assert words in fault.message


def test_an_empty_text_file_is_refused_at_its_document(tmp_path: Path) -> None:
    content = sample()
    thing(content, "documents", "leaflet")["versions"] = [{"text_file": "leaflet.txt"}]
    (tmp_path / "leaflet.txt").write_bytes(b"")
    faults = refusal_of(tmp_path, content)
    assert {fault.place for fault in faults} == {"documents[1] (leaflet).text"}
    assert "the text is empty" in faults[0].message


def test_a_nul_in_a_text_file_is_refused_at_its_document(tmp_path: Path) -> None:
    content = sample()
    thing(content, "documents", "leaflet")["versions"] = [{"text_file": "leaflet.txt"}]
    (tmp_path / "leaflet.txt").write_bytes(b"Boris: the bridge\x00 is shut.")
    (fault,) = refusal_of(tmp_path, content)
    assert fault.place == "documents[1] (leaflet).text"
    assert "NUL" in fault.message


def test_all_that_is_wrong_in_a_section_is_said_at_once(tmp_path: Path) -> None:
    content = sample()
    thing(content, "statements", "anna-open")["quote"] = "no such words"
    thing(content, "statements", "boris-shut")["quote"] = "nor these"
    thing(content, "statements", "boris-shut")["relays"] = [{"party": "boris"}]
    assert [fault.place for fault in refusal_of(tmp_path, content)] == [
        "statements[1] (anna-open).quote",
        "statements[3] (boris-shut).quote",
        "statements[3] (boris-shut).relays.0.party",
    ]


def test_a_fault_in_what_is_new_is_told_by_its_place_in_the_whole_bundle(tmp_path: Path, imported: Report) -> None:
    content = sample()
    content["statements"].insert(
        3, {**thing(content, "statements", "boris-shut"), "key": "new", "quote": "no such words"}
    )
    (fault,) = refusal_of(tmp_path, content)
    assert fault.place == "statements[3] (new).quote"


def test_a_shared_party_among_others_is_told_by_its_own_place(tmp_path: Path) -> None:
    content = sample()
    content["parties"].insert(0, {"key": "x", "label": "Somebody", "naming": "unnamed", "shared": True})
    (fault,) = refusal_of(tmp_path, content)
    assert fault.place == "parties[0] (x).naming"


# --- in whose name --------------------------------------------------------------------------------------------------


def without_shared() -> Content:
    content = sample()
    del thing(content, "parties", "paper")["shared"]
    return content


def test_an_analyst_who_imports_a_new_case_leads_it(tmp_path: Path) -> None:
    analyst = make.make_user()
    report = bring_in(tmp_path, without_shared(), by=By(actor=analyst, at=LATER))
    assert list(report.case.memberships.values_list("user", "role")) == [(analyst.pk, "lead")]
    assert Change.objects.get().actor == analyst
    assert row_of(ClaimRelation, "open-or-shut").judged_by == analyst


def test_only_a_lead_imports_into_a_case_that_is_there(tmp_path: Path) -> None:
    report = bring_in(tmp_path, without_shared())
    annotator, lead = (make.make_member(report.case, role) for role in (Role.ANNOTATOR, Role.LEAD))
    content = without_shared()
    content["questions"].append({"key": "why", "text": "Why?"})
    with pytest.raises(PermissionDenied):
        bring_in(tmp_path, content, by=By(actor=annotator, at=LATER))
    assert not Question.objects.filter(text="Why?").exists()
    bring_in(tmp_path, content, by=By(actor=lead, at=LATER))
    assert Question.objects.filter(text="Why?").exists()


def test_a_case_that_the_importer_cannot_see_is_not_found_by_its_key(tmp_path: Path) -> None:
    content = without_shared()
    content["case"]["access"] = "members"
    hidden = bring_in(tmp_path, content).case
    report = bring_in(tmp_path, content, by=By(actor=make.make_user(), at=LATER))
    assert report.case != hidden
    assert report.created.total() == 28
    assert hidden.memberships.count() == 0


def test_only_an_administrator_brings_a_party_into_the_shared_register(tmp_path: Path) -> None:
    analyst, before = make.make_user(), everything()
    with pytest.raises(PermissionDenied):
        bring_in(tmp_path, sample(), by=By(actor=analyst, at=LATER))
    assert everything() == before
    make.make_party(None, "The Daily Fiction", kind="media")
    bring_in(tmp_path, sample(), by=By(actor=analyst, at=LATER))  # one that is there may be named by all
    assert PartyAlias.objects.filter(case=None).count() == 0


def test_an_import_may_be_named_as_what_it_is(tmp_path: Path) -> None:
    bring_in(tmp_path, sample(), act_name="load_seed")
    assert Change.objects.get().act == "load_seed"


# --- the seed, and how much is asked of the database ----------------------------------------------------------------


def test_the_seed_case_comes_in_and_twice_changes_nothing() -> None:
    report = import_bundle(by=make.CONSOLE, bundle=read_bundle(SEED))
    content = json.loads((SEED / "case.json").read_text("utf-8"))
    assert report.created == {name: len(rows) for name, rows in content.items() if isinstance(rows, list)}
    before, n = everything(), Change.objects.count()
    again = import_bundle(by=By(actor=None, at=LATER), bundle=read_bundle(SEED))
    assert (everything(), Change.objects.count()) == (before, n)
    assert (again.created.total(), again.differing) == (0, [])
    assert list(verify_texts()) == list(verify_links()) == list(verify_ledger()) == []


def test_the_number_of_queries_does_not_grow_with_the_statements(tmp_path: Path) -> None:
    def n_queries(n: int) -> int:
        content = copy.deepcopy(sample())
        model = thing(content, "statements", "boris-denies")
        content["statements"] += [{**model, "key": f"more-{i}"} for i in range(n)]
        content["claims"] += [{"key": f"more-{i}", "text": f"Claim {i}."} for i in range(n)]
        path = write(tmp_path, content)
        with undone(), CaptureQueriesContext(connection) as sent:
            import_bundle(by=make.CONSOLE, bundle=read_bundle(path))
        # SQLite takes so many values in one INSERT, and no more.
        return sum(not query["sql"].startswith("INSERT") for query in sent.captured_queries)

    assert n_queries(10) == n_queries(100)
