"""`verify_evidence` finds each damage that can be done behind the domain's back, and names what is damaged."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from claims.choices import RelationKind, Strength
from claims.models import Claim, ClaimRelation, Evidence, IndependenceJudgement, Relay, Statement
from claims.recording import withdraw_statement
from claims.triggers import lifted
from sources.capturing import capture_version
from sources.choices import LinkKind
from sources.images import digest_change, digest_image, image_of, record_models
from sources.ledger import By
from sources.models import (
    Case,
    CaseMembership,
    Change,
    ChangeItem,
    Document,
    DocumentVersion,
    Excerpt,
    Original,
    Party,
    PartyAlias,
    PartyLink,
    Record,
    new_uid,
)
from sources.text import sha256_of
from sources.verifying import _verify_chain, _verify_rows, verify_links
from tests import factories as make
from tests.raw_sql import delete_row, execute, insert_row, suspend_rules, twin_of, update_row
from tests.recorded import chain_anew
from tests.samples import Rows, Samples

SEED = Path(__file__).parents[2] / "seeds" / "jisr_al_shughur"


def verify(*arguments: str) -> tuple[int, list[str]]:
    """Return the exit status of the command, and the damages that it names."""
    told = StringIO()
    try:
        call_command("verify_evidence", *arguments, stdout=told, stderr=StringIO())
    except SystemExit as end:
        status = int(str(end.code))
    else:
        status = 0
    lines = [line.removeprefix("DAMAGED ") for line in told.getvalue().splitlines() if line.startswith("DAMAGED ")]
    assert status == (1 if lines else 0)
    summary = told.getvalue().splitlines()[-1]
    assert summary == f"Damages found: {len(lines)}." if lines else summary.startswith("Everything is as it was")
    return status, lines


def damage(row: Any, what: str) -> str:
    """Return how the command names a damage."""
    kind = row.record_kind() if isinstance(row, Record) else row._meta.model_name
    return f"{kind} {row.sequence if isinstance(row, Change) else row.uid}: {what}"


@pytest.fixture
def unguarded(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database in which anything can be done; that its rules are missing is not what these tests look at."""
    suspend_rules()
    monkeypatch.setattr("claims.verifying.differences", lambda database: [])


@pytest.fixture
def samples(kept_samples: Samples, unguarded: None) -> Samples:
    """Rows of every model, all in order, in a database in which anything can be done."""
    return deepcopy(kept_samples)


@contextmanager
def undone() -> Iterator[None]:
    """Run a block whose writes do not last."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- nothing to find ---


@pytest.mark.django_db
def test_an_empty_database_is_in_order() -> None:
    assert verify() == (0, [])


@pytest.mark.django_db
def test_rows_of_every_model_are_in_order_and_the_last_digest_is_told(kept_samples: Samples) -> None:
    told = StringIO()
    call_command("verify_evidence", stdout=told, stderr=StringIO())
    newest = Change.objects.order_by("-sequence")[0]
    assert f"The newest entry of the ledger is number {newest.sequence}: {newest.digest}" in told.getvalue()
    assert verify("--contains", newest.digest) == (0, [])
    assert verify("--contains", Change.objects.order_by("sequence")[0].digest) == (0, [])


@pytest.mark.django_db
def test_the_seed_is_in_order_when_it_is_in_and_when_it_is_brought_in_again() -> None:
    call_command("import_bundle", str(SEED), stdout=StringIO())
    assert Statement.objects.exists()
    assert verify() == (0, [])
    call_command("import_bundle", str(SEED), stdout=StringIO())
    assert verify() == (0, [])


@pytest.mark.django_db
def test_whatever_was_done_by_the_domain_is_in_order(kept_samples: Samples) -> None:
    samples = deepcopy(kept_samples)
    case, statement = samples.here[Case], samples.here[Statement]
    assert isinstance(case, Case)
    assert isinstance(statement, Statement)
    later = make.make_statement(statement.claim, speaker=samples.shared, supersedes=statement, stance="retracts")
    withdraw_statement(by=make.CONSOLE, statement=later)
    make.make_statement(statement.claim, voice="author", review="rejected")
    capture_version(by=make.CONSOLE, document=samples.here[Document], version=DocumentVersion(text="Another text."))
    with make.CONSOLE.act("several", case) as act:
        act.update(samples.here[Claim], quantity_low=Decimal("120.500"), unit="men", occurred_from=date(2011, 6, 4))
        act.update(samples.here[Party], label="Älter und größer")
        act.update(samples.here[Document], published_at=datetime.fromisoformat("2011-06-08T03:00:00.000001+03:00"))
        act.delete(samples.here[Evidence])
        act.delete(make.make_party(case))
    assert verify() == (0, [])


@pytest.mark.django_db
def test_erased_images_leave_everything_in_order(kept_samples: Samples) -> None:
    samples = deepcopy(kept_samples)
    party = samples.here[Party]
    with make.CONSOLE.act("revise_party", samples.here[Case]) as act:
        act.update(party, label="Hanna")
        act.update(party, label="Johanna")
    gone = make.make_party(samples.here[Case])
    with make.CONSOLE.act("delete_party", samples.here[Case]) as act:
        act.delete(gone)
    history = ChangeItem.objects.filter(uid__in=[party.uid, gone.uid])
    assert history.count() == 4
    for item in history:  # one by one, in either order
        with undone():
            ChangeItem.objects.filter(pk=item.pk).update(salt="", before=None, after=None)
            assert verify() == (0, [])
    history.update(salt="", before=None, after=None)
    assert verify() == (0, [])
    with make.CONSOLE.act("revise_party", samples.here[Case]) as act:
        act.update(Party.objects.get(pk=party.pk), label="Anna again")
    assert verify() == (0, [])


@pytest.mark.django_db
def test_verifying_writes_nothing_and_asks_in_bounded_number(kept_samples: Samples) -> None:
    def n_queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert verify() == (0, [])
        assert {query["sql"].split()[0] for query in captured.captured_queries} <= {"SELECT", "DECLARE"}
        return len(captured)

    few = n_queries()
    for _ in range(5):
        make.make_statement(make.make_claim(Case.objects.order_by("pk")[0]))
    assert n_queries() == few


# --- texts and words ---

VersionDamage = Callable[[DocumentVersion], dict[str, Any]]
VERSION_DAMAGES: dict[str, tuple[VersionDamage, str]] = {
    "one letter": (
        lambda version: {"text": version.text.replace("open", "oven", 1)},
        "its text does not have the SHA-256 that was recorded",
    ),
    "an accent composed": (
        lambda version: {"text": version.text.replace("mayor", "m\u00e1yor")},
        "its text does not have the SHA-256 that was recorded",
    ),
    "a space at its end": (
        lambda version: {"text": version.text + " ", "n_characters": version.n_characters + 1},
        "its text does not have the SHA-256 that was recorded",
    ),
    "one digit of its hash": (
        lambda version: {"sha256": version.sha256[:-1] + ("0" if version.sha256[-1] != "0" else "1")},
        "its text does not have the SHA-256 that was recorded",
    ),
    "its hash in capitals": (
        lambda version: {"sha256": version.sha256.upper()},
        "its text does not have the SHA-256 that was recorded",
    ),
    "text and hash together": (
        lambda version: {
            "text": version.text.replace("mayor", "Mayor"),
            "sha256": sha256_of(version.text.replace("mayor", "Mayor")),
        },
        "it is not as the ledger last recorded it",
    ),
}


def test_a_damaged_text_is_named(samples: Samples) -> None:
    version = samples.here[DocumentVersion]
    assert isinstance(version, DocumentVersion)
    for name, (values, what) in VERSION_DAMAGES.items():
        with undone():
            update_row(version, values(version))
            _, found = verify()
        assert damage(version, what) in found, name
        assert damage(version, "it is not as the ledger last recorded it") in found, name
        assert all(line.startswith(("documentversion", "excerpt")) for line in found), name
        assert not any(str(row.uid) in line for row in samples.there.values() for line in found), name


def test_a_damaged_text_names_the_excerpts_whose_words_it_hits(samples: Samples) -> None:
    version, excerpt = samples.here[DocumentVersion], samples.here[Excerpt]
    assert isinstance(version, DocumentVersion)
    assert isinstance(excerpt, Excerpt)
    place = f"{excerpt.start} to {excerpt.end} of version {version.uid}"
    update_row(version, {"text": version.text.replace("Anna", "Hans")})
    assert damage(excerpt, f"its words are not those at {place}") in verify()[1]
    update_row(version, {"text": version.text.replace("Boris", "Doris")})
    found = verify()[1]
    assert damage(excerpt, "its prefix or suffix is not what stands around it") in found
    assert damage(excerpt, f"its words are not those at {place}") not in found


def test_swapped_texts_are_named_both(samples: Samples) -> None:
    case = samples.here[Case]
    assert isinstance(case, Case)
    one, other = (make.version_of(make.make_document(case, text)) for text in ("Anna: yes. No!", "Anna: no. Yes!"))
    statements = [
        make.make_statement(make.make_claim(case), document=v.document, quote=v.text[:9]) for v in (one, other)
    ]
    texts = {one: other.text, other: one.text}
    with undone():
        for version, text in texts.items():
            update_row(version, {"text": text})
        found = verify()[1]
        for version in texts:
            assert damage(version, "its text does not have the SHA-256 that was recorded") in found
    for version, text in texts.items():  # and so well that each has its hash
        update_row(version, {"text": text, "sha256": sha256_of(text)})
    found = verify()[1]
    for statement, version in zip(statements, texts, strict=True):
        assert damage(version, "it is not as the ledger last recorded it") in found
        assert any(line.startswith(damage(statement.excerpt, "its words are not those at")) for line in found)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL stores no bytes that are not text")
@pytest.mark.parametrize("model", [DocumentVersion, Excerpt])
@pytest.mark.parametrize(
    "stored",
    ["CAST(CAST(? AS BLOB) || x'ff' AS TEXT)", "CAST(x'416e6ee1' AS TEXT)", "CAST(x'416e6e61' AS BLOB)"],
    ids=["a byte more", "a bit of the last letter", "bytes for text"],
)
def test_bytes_that_are_not_text_any_more_are_named_and_the_rest_is_read(
    samples: Samples, model: type[Record], stored: str
) -> None:
    row: Any = samples.here[model]
    column = "text" if model is DocumentVersion else "exact"
    value = stored.replace("?", "'Anna'")
    execute("PRAGMA ignore_check_constraints = ON")
    try:
        execute(f"UPDATE {model._meta.db_table} SET {column} = {value} WHERE id = {row.pk}")  # noqa: S608 - our own
    finally:
        execute("PRAGMA ignore_check_constraints = OFF")
    delete_row(samples.there[Evidence])
    status, found = verify()
    assert status == 1
    assert any(line.startswith(f"{model.record_kind()} {row.uid}: ") for line in found)
    assert damage(samples.there[Evidence], "it is gone, and the ledger knows of no deletion") in found


EXCERPT_DAMAGES: dict[str, tuple[Callable[[Excerpt], dict[str, Any]], str]] = {
    "one letter": (lambda row: {"exact": row.exact.replace("e", "a", 1)}, "its words are not those at"),
    "one letter more of it": (
        lambda row: {"exact": row.exact + "x", "end": row.end + 1},
        "its words are not those at",
    ),
    "moved by one": (lambda row: {"start": row.start + 1, "end": row.end + 1}, "its words are not those at"),
    "moved far": (lambda row: {"start": row.start + 5000, "end": row.end + 5000}, "its words are not those at"),
    "its prefix": (lambda row: {"prefix": "x" + row.prefix[1:]}, "its prefix or suffix is not what stands around it"),
    "its suffix": (lambda row: {"suffix": row.suffix[:-1]}, "its prefix or suffix is not what stands around it"),
    "no context": (lambda row: {"prefix": "", "suffix": ""}, "its prefix or suffix is not what stands around it"),
    "its search key": (lambda row: {"search_key": "other"}, "its search_key does not follow from the rest of it"),
}


def test_damaged_words_are_named(samples: Samples) -> None:
    row = Evidence.objects.select_related("excerpt").get(pk=samples.here[Evidence].pk).excerpt
    assert row.prefix
    assert row.suffix
    for name, (values, what) in EXCERPT_DAMAGES.items():
        with undone():
            update_row(row, values(row))
            _, found = verify()
        assert any(line.startswith(damage(row, what)) for line in found), name
        assert all(line.startswith(f"excerpt {row.uid}") for line in found), name


def test_words_moved_to_another_text_are_named(samples: Samples) -> None:
    row = samples.here[Excerpt]
    update_row(row, elsewhere(row, "version", samples))
    found = verify()[1]
    assert damage(row, "its version is of another case") in found
    assert damage(row, "it is not as the ledger last recorded it") in found


# --- every column of every model ---

# A number, or place, that is free on the other side.
FREE: dict[type[Record], dict[str, Any]] = {
    DocumentVersion: {"number": 7},
    Relay: {"hop": 7},
    Excerpt: {"start": 1, "end": 31},
}


def elsewhere(row: Record, link: str, samples: Samples) -> dict[str, Any]:
    """Return values by which the row points to one of another case."""
    target: Any = row._meta.get_field(link).related_model
    if isinstance(row, Original) and link == "version":
        return {link: _another_version(samples.there, row)}
    if link == "statement_a":  # the older of its pair
        return {link: samples.there[Statement], "statement_b": samples.there[IndependenceJudgement].statement_b}
    return {link: samples.there[target], **FREE.get(type(row), {})}


def _another_version(rows: Rows, original: Original) -> DocumentVersion:
    """Return a new version of a document, of which there is no original yet."""
    version = DocumentVersion(text="Another text.", original_sha256=original.sha256)
    return capture_version(by=make.CONSOLE, document=rows[Document], version=version)


def links_of(row: Record) -> list[Any]:
    """Return the columns by which a row points to others, its case left out."""
    return [
        field
        for field in row._meta.concrete_fields
        if field.name != "case" and isinstance(field.related_model, type) and issubclass(field.related_model, Record)
    ]


Changed = Callable[[Any, Samples], dict[str, Any]]
# Where a column cannot change alone, because a CHECK ties it to others.
TOGETHER: dict[tuple[type[Record], str], Changed] = {
    (DocumentVersion, "n_characters"): lambda row, _: {"text": row.text + "x", "n_characters": row.n_characters + 1},
    (Excerpt, "start"): lambda row, _: {"start": row.start + 1, "end": row.end + 1},
    (Excerpt, "end"): lambda row, _: {"end": row.end + 1, "exact": row.exact + "x"},
    (Claim, "unit"): lambda *_: {"unit": "men", "quantity_low": 1},
    (Claim, "quantity_approximate"): lambda *_: {"quantity_approximate": True, "quantity_low": 1},
    (ClaimRelation, "kind"): lambda *_: {"kind": RelationKind.SUPPORTS},
    (ClaimRelation, "strength"): lambda *_: {"kind": RelationKind.CONTRADICTS, "strength": Strength.TENSION},
    (ClaimRelation, "claim_a"): lambda row, samples: {"claim_a": samples.there[Claim]},
    (Statement, "voice"): lambda *_: {"voice": "author", "speaker": None},
    (Relay, "hop"): lambda *_: {"hop": 7},
    (Relay, "party"): lambda row, samples: {"party": samples.shared},
    (Relay, "is_gap"): lambda *_: {"is_gap": True, "party": None},
}


def changed(row: Any, field: Any, samples: Samples) -> dict[str, Any]:
    """Return values that differ from the row's in this column, and where they must in others."""
    model = type(row)
    if (model, field.name) in TOGETHER:
        return TOGETHER[model, field.name](row, samples)
    value = getattr(row, field.attname)
    if field.is_relation:
        if not issubclass(field.related_model, Record):
            return {field.name: User.objects.create_user("someone else")}
        may_be_null = value is not None and field.null and field.name not in ("speaker", "party")
        return {field.name: None} if may_be_null else elsewhere(row, field.name, samples)
    if field.choices:
        return {field.name: next(choice for choice, _ in field.choices if choice not in (value, "", "retracts"))}
    by_type: dict[type[models.Field[Any, Any]], Any] = {
        models.UUIDField: new_uid(),
        models.BooleanField: not value,
        models.IntegerField: (value or 0) + 1 if isinstance(value, int | None) else None,
        models.DecimalField: Decimal("0.001"),
        models.DateTimeField: (value or make.NOW) + timedelta(microseconds=1) if field.name.endswith("_at") else None,
        models.DateField: date(2011, 6, 5),
        models.JSONField: ["who"],
        models.CharField: f"{value or ''}"[:-1] + ("b" if f"{value or ''}".endswith("a") else "a"),
        models.TextField: f"{value or ''}"[:-1] + ("b" if f"{value or ''}".endswith("a") else "a"),
    }
    return {field.name: next(new for kind, new in by_type.items() if isinstance(field, kind))}


@pytest.mark.parametrize("model", record_models().values())
def test_a_change_of_any_column_behind_the_ledger_is_named(samples: Samples, model: type[Record]) -> None:
    row, kind = model._base_manager.get(pk=samples.here[model].pk), model.record_kind()
    last: dict[tuple[str, UUID], bytes | None] = {}
    assert list(_verify_chain(last)) == []  # the ledger itself stays as it is, and is read once for all columns
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name == "is_live":  # that one is no part of images
            continue
        with undone():
            values = changed(row, field, samples)
            update_row(row, values)
            named = {found.uid for found in _verify_rows(kind, model, last.copy())}
            assert values.get("uid", row.uid) in named, field.name
    update_row(row, {"revision": 99})
    assert damage(row, "it is not as the ledger last recorded it") in verify()[1]


def test_a_row_deleted_behind_the_ledger_is_named(samples: Samples) -> None:
    for row in samples.here.values():
        with undone():
            delete_row(row)
            assert damage(row, "it is gone, and the ledger knows of no deletion") in verify()[1]


BESIDES: dict[type[Record], Callable[[Samples], dict[str, Any]]] = {
    CaseMembership: lambda _: {"user": User.objects.create_user("someone else")},
    DocumentVersion: lambda _: {"number": 7},
    Excerpt: lambda _: {"start": 1, "end": 5, "exact": "nna ", "prefix": "A", "suffix": make.TEXT[5:37]},
    PartyAlias: lambda _: {"name": "annie"},
    PartyLink: lambda _: {"kind": LinkKind.SPEAKS_FOR},
    ClaimRelation: lambda _: {"kind": RelationKind.SUPPORTS},
    Evidence: lambda _: {"role": "source"},
    Relay: lambda samples: {"hop": 4, "party": samples.shared},
    Original: lambda samples: {"version": _another_version(samples.here, samples.here[Original])},
}


def test_a_row_inserted_behind_the_ledger_is_named(samples: Samples) -> None:
    for model, row in samples.here.items():
        twin: Any = twin_of(row, **BESIDES.get(model, lambda _: {})(samples))
        for name, value in twin.derived().items():
            setattr(twin, name, value)
        with undone():
            insert_row(twin)
            assert verify()[1] == [damage(twin, "the ledger does not know of it")]


def test_a_row_moved_to_another_case_is_named_with_each_link_that_crosses(samples: Samples) -> None:
    for row in samples.here.values():
        if isinstance(row, Case):
            continue
        with undone():
            update_row(row, {"case": samples.there[Case]})
            found = verify()[1]
        assert damage(row, "it is not as the ledger last recorded it") in found
        for link in links_of(row):
            pointed = getattr(row, link.name)
            crosses = pointed is not None and pointed.case_id is not None
            assert (damage(row, f"its {link.name} is of another case") in found) == crosses, link.name


def test_links_to_what_is_elsewhere_are_named(samples: Samples) -> None:
    for row in samples.here.values():
        for link in links_of(row):
            with undone():
                update_row(row, elsewhere(row, link.name, samples))
                found = verify()[1]
            assert damage(row, f"its {link.name} is of another case") in found


def test_links_to_what_is_not_there_are_named(samples: Samples) -> None:
    for row in samples.here.values():
        if not isinstance(row, Case):
            for name in ("case", *(link.name for link in links_of(row))):
                with undone():
                    update_row(row, {name: 0 if name == "statement_a" else 10**9})  # the older of its pair
                    assert damage(row, f"its {name} is not there") in map(str, verify_links())
    with undone():
        update_row(samples.here[Statement], {"claim": 10**9})
        assert damage(samples.here[Statement], "its claim is not there") in verify()[1]


# --- statements and relations ---


def test_a_statement_that_is_wrongly_live_or_not_is_named(samples: Samples) -> None:
    row = samples.here[Statement]
    assert isinstance(row, Statement)
    wrong = "its is_live does not follow from the rest"
    with undone():
        update_row(row, {"is_live": False})
        assert verify()[1] == [damage(row, wrong)]
    later = make.make_statement(row.claim, speaker=samples.shared, supersedes=row)
    rejected = make.make_statement(row.claim, voice="author", review="rejected")
    withdrawn = make.make_statement(row.claim, voice="undisclosed")
    withdraw_statement(by=make.CONSOLE, statement=withdrawn)
    assert verify() == (0, [])
    for dead in (row, rejected, withdrawn):
        with undone():
            update_row(dead, {"is_live": True})
            assert verify()[1] == [damage(dead, wrong)]
    with undone():  # what it superseded stays so: that follows from what it is, not from what is stored of it
        update_row(later, {"is_live": False})
        assert verify()[1] == [damage(later, wrong)]


def test_a_chain_with_a_hop_missing_is_named(samples: Samples) -> None:
    row = samples.here[Statement]
    relays = {relay.hop: relay for relay in Relay.objects.filter(statement=row)}
    for hop in (1, 2):
        with undone():
            delete_row(relays[hop])
            assert set(verify()[1]) == {
                damage(row, "a hop is missing from its chain"),
                damage(relays[hop], "it is gone, and the ledger knows of no deletion"),
            }
    with undone():  # the last hop leaves no gap, and is missed all the same
        delete_row(relays[3])
        assert verify()[1] == [damage(relays[3], "it is gone, and the ledger knows of no deletion")]
    with undone():
        update_row(relays[3], {"hop": 5})
        assert damage(row, "a hop is missing from its chain") in verify()[1]


def test_evidence_of_another_document_is_named(samples: Samples) -> None:
    row = samples.here[Statement]
    assert isinstance(row, Statement)
    other = make.make_statement(row.claim, document=make.make_document(row.case, "Anna, elsewhere."))
    piece = samples.here[Evidence]
    for victim, values in ((piece, {"excerpt": other.excerpt}), (row, {"excerpt": other.excerpt})):
        with undone():
            update_row(victim, values)
            assert damage(piece, "it is of another document than its statement") in verify()[1]


def test_a_statement_that_supersedes_another_speakers_is_named(samples: Samples) -> None:
    row = samples.here[Statement]
    assert isinstance(row, Statement)
    others = [
        make.make_statement(row.claim),
        make.make_statement(row.claim, voice="author"),
        make.make_statement(row.claim, voice="undisclosed"),
    ]
    for later, earlier in (
        (row, others[0]),
        (others[0], row),
        (row, others[1]),
        (others[1], others[2]),
        (others[2], row),
    ):
        with undone():
            update_row(later, {"supersedes": earlier})
            assert damage(later, "it supersedes another speaker's statement") in verify()[1]


def test_a_succession_that_leads_back_is_named(samples: Samples) -> None:
    row = samples.here[Statement]
    assert isinstance(row, Statement)
    second = make.make_statement(row.claim, speaker=samples.shared, supersedes=row)
    third = make.make_statement(row.claim, speaker=samples.shared, supersedes=second)
    assert verify() == (0, [])
    update_row(row, {"supersedes": third})
    found = [line for line in verify()[1] if line.endswith("it supersedes itself, through others")]
    assert len(found) == 1
    assert any(str(statement.uid) in found[0] for statement in (row, second, third))


def test_claims_that_come_to_contradict_themselves_are_named(samples: Samples) -> None:
    case = samples.here[Case]
    assert isinstance(case, Case)
    one, other = make.make_claim(case), make.make_claim(case)
    make.make_relation(one, other, RelationKind.CONTRADICTS, Strength.CONTRARY)
    same = make.make_relation(one, other, RelationKind.EQUIVALENT, judgement="negative")
    assert verify() == (0, [])
    update_row(same, {"judgement": "positive"})
    what = "claims held to say the same, or to follow from one another, contradict each other"
    assert damage(case, what) in verify()[1]


# --- the ledger ---


def entry_of(row: Record) -> Change:
    """Return the entry by which a row came in."""
    return Change.objects.get(pk=ChangeItem.objects.filter(uid=row.uid).order_by("pk")[0].change_id)


ENTRY_DAMAGES: dict[str, Any] = {
    "case_uid": None,
    "act": "something_else",
    "actor": None,
    "request": "another",
    "at": make.NOW + timedelta(microseconds=1),
    "undoes": 1,
    "previous": "0" * 64,
    "digest": "0" * 64,
}


def test_an_altered_entry_is_named(samples: Samples) -> None:
    case = samples.here[Case]
    assert isinstance(case, Case)
    make.make_document(case, by=By(actor=User.objects.create_superuser("someone"), at=make.NOW, request="request"))
    entry = Change.objects.order_by("-sequence")[0]
    make.make_party(case)  # so that it is not the last
    assert {field.name for field in Change._meta.concrete_fields} - {"id", "sequence"} == set(ENTRY_DAMAGES)
    for name, value in ENTRY_DAMAGES.items():
        with undone():
            update_row(entry, {name: value})
            assert damage(entry, "the entry was altered") in verify()[1], name


def test_an_entry_whose_digest_was_made_to_fit_is_given_away_by_the_next(samples: Samples) -> None:
    entry = entry_of(samples.here[Claim])
    entry.act = "something_else"
    digest = digest_change(entry, entry.items.order_by("pk"))
    update_row(entry, {"act": entry.act, "digest": digest})
    following = Change.objects.get(sequence=entry.sequence + 1)
    assert verify()[1] == [damage(following, "it does not follow on the entry before it")]


def test_a_ledger_written_anew_from_an_entry_on_is_given_away_by_a_digest_kept_elsewhere(samples: Samples) -> None:
    kept = Change.objects.order_by("-sequence")[0].digest
    first = entry_of(samples.here[Claim])
    update_row(first, {"act": "something_else"})
    chain_anew(first.sequence)
    assert verify() == (0, [])
    assert verify("--contains", kept) == (1, [f"ledger: the entry {kept} is not in it any more"])


def test_an_unknown_digest_is_no_entry(samples: Samples) -> None:
    for unknown in ("0" * 64, "nonsense"):
        assert verify("--contains", unknown) == (1, [f"ledger: the entry {unknown} is not in it any more"])


@pytest.mark.parametrize("with_items", [True, False])
def test_an_entry_deleted_in_the_middle_is_missed(samples: Samples, with_items: bool) -> None:
    entry = entry_of(samples.here[Claim])
    with undone():
        if with_items:
            ChangeItem.objects.filter(change=entry)._raw_delete(connection.alias)
        delete_row(entry)
        following = Change.objects.get(sequence=entry.sequence + 1)
        found = verify()[1]
    assert damage(following, f"entry {entry.sequence} should stand here: an entry is missing") in found


def test_a_gap_that_was_closed_is_given_away_by_the_chain(samples: Samples) -> None:
    entry = entry_of(samples.here[Claim])
    later = list(Change.objects.filter(sequence__gt=entry.sequence).order_by("sequence"))
    ChangeItem.objects.filter(change=entry)._raw_delete(connection.alias)
    delete_row(entry)
    for moved in later:
        update_row(moved, {"sequence": moved.sequence - 1})
        moved.sequence -= 1
    found = verify()[1]
    assert damage(later[0], "it does not follow on the entry before it") in found
    assert damage(samples.here[Claim], "the ledger does not know of it") in found


def test_the_last_entry_is_missed_by_its_rows_and_where_they_went_too_by_its_digest(samples: Samples) -> None:
    case = samples.here[Case]
    assert isinstance(case, Case)
    claim = make.make_claim(case)
    entry = Change.objects.order_by("-sequence")[0]
    ChangeItem.objects.filter(change=entry)._raw_delete(connection.alias)
    delete_row(entry)
    assert verify()[1] == [damage(claim, "the ledger does not know of it")]
    delete_row(claim)
    assert verify() == (0, [])
    assert verify("--contains", entry.digest)[0] == 1


def test_the_last_entry_is_missed_where_it_changed_or_deleted_a_row(samples: Samples) -> None:
    case, claim = samples.here[Case], samples.here[Claim]
    assert isinstance(case, Case)
    gone = make.make_claim(case)
    for act_on, what in (
        (lambda act: act.update(claim, note="other"), damage(claim, "it is not as the ledger last recorded it")),
        (lambda act: act.delete(gone), None),
    ):
        with make.CONSOLE.act("something", case) as act:
            act_on(act)
        entry = Change.objects.order_by("-sequence")[0]
        with undone():
            ChangeItem.objects.filter(change=entry)._raw_delete(connection.alias)
            delete_row(entry)
            expected = what or damage(gone, "it is gone, and the ledger knows of no deletion")
            assert verify()[1] == [expected]


ITEM_DAMAGES: dict[str, Callable[[ChangeItem], dict[str, Any]]] = {
    "a word after": lambda item: {"after": {**item.after, "label": "x"}},
    "a word before": lambda item: {"before": {**item.before, "label": "x"}},
    "a column more": lambda item: {"after": {**item.after, "more": 1}},
    "a column less": lambda item: {"after": {k: v for k, v in item.after.items() if k != "label"}},
    "no image after": lambda item: {"after": None},
    "no image before": lambda item: {"before": None},
    "another salt": lambda item: {"salt": "x" + item.salt[1:]},
    "no salt": lambda item: {"salt": ""},
    "no object after": lambda item: {"after": [item.after]},
    "another sort of number": lambda item: {"after": {**item.after, "revision": str(item.after["revision"])}},
}


def test_an_altered_image_is_named_with_its_entry(samples: Samples) -> None:
    party, case = samples.here[Party], samples.here[Case]
    assert isinstance(case, Case)
    with make.CONSOLE.act("revise_party", case) as act:
        act.update(party, label="Hanna")
    item = ChangeItem.objects.get(uid=party.uid, change=Change.objects.order_by("-sequence")[0])
    for name, values in ITEM_DAMAGES.items():
        which = "before" if "before" in name else "after"
        with undone():
            update_row(item, values(item))
            _, found = verify()
        assert f"party {party.uid}: its image {which} entry {item.change.sequence} was altered" in found, name


def test_an_item_that_its_entry_does_not_bind_any_more_is_named(samples: Samples) -> None:
    entry = entry_of(samples.here[Claim])
    item = entry.items.order_by("pk")[0]
    digest = "0" * 64
    for values in ({"kind": "party"}, {"uid": new_uid()}, {"before_digest": digest}, {"after_digest": digest}):
        with undone():
            update_row(item, values)
            assert damage(entry, "the entry was altered") in verify()[1], values


def test_an_item_taken_from_or_put_into_an_entry_is_named(samples: Samples) -> None:
    entry = entry_of(samples.here[Party])
    item = entry.items.order_by("pk")[0]
    with undone():
        delete_row(item)
        assert damage(entry, "the entry was altered") in verify()[1]
    with undone():
        insert_row(twin_of(item, uid=new_uid()))
        assert damage(entry, "the entry was altered") in verify()[1]
    with undone():
        update_row(item, {"change": entry_of(samples.there[Party])})
        found = verify()[1]
        assert damage(entry, "the entry was altered") in found
        assert damage(entry_of(samples.there[Party]), "the entry was altered") in found


def test_a_history_that_does_not_join_is_named(samples: Samples) -> None:
    # A row is changed behind the ledger, and then by the domain, which records what it finds.
    party, case = samples.here[Party], samples.here[Case]
    assert isinstance(case, Case)
    update_row(party, {"description": "put in by hand"})
    party.refresh_from_db()
    with make.CONSOLE.act("revise_party", case) as act:
        act.update(party, label="Hanna")
    newest = Change.objects.order_by("-sequence")[0]
    what = f"entry {newest.sequence} does not begin where the entry before it ended"
    assert verify()[1] == [damage(party, what)]


def test_an_image_rewritten_with_its_hash_is_given_away_by_the_entry(samples: Samples) -> None:
    party = samples.here[Party]
    entry = entry_of(party)
    item = entry.items.get(uid=party.uid)
    update_row(party, {"description": "put in by hand"})
    image = image_of(party)
    update_row(item, {"after": image, "after_digest": digest_image(item.salt, image)})
    assert verify()[1] == [damage(entry, "the entry was altered")]


# --- the rules themselves ---


@pytest.mark.django_db
def test_missing_rules_are_named_each() -> None:
    with lifted(connection):
        _, found = verify()
    assert all(line.startswith("trigger ct_") and line.endswith(": it is missing or altered") for line in found)
    assert len(found) > 40
    assert verify() == (0, [])


@pytest.mark.django_db
def test_one_missing_rule_is_named() -> None:
    name = "ct_sources_excerpt_verbatim"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            name += "_insert"
            cursor.execute(f'DROP TRIGGER "{name}"')
        else:
            cursor.execute(f'DROP TRIGGER "{name}" ON "sources_excerpt"')
    assert verify() == (1, [f"trigger {name}: it is missing or altered"])
