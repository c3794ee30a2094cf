"""What the database itself refuses, each rule by itself, and that the rules are there.

Every rule of `claims.triggers` has violations in `VIOLATIONS`, by name and event. Each is tried in every way there is
to write: by SQL and by each of the ORM's writers that know nothing of the domain. It must be refused with all rules in
place, refused in the rule's own words where it is the only one, and go through where there is none: so that no other
rule and no CHECK hides a rule that does not bite.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, connection, models, transaction

from claims.models import Claim, ClaimRelation, Evidence, IndependenceJudgement, Relay, Statement
from claims.triggers import Rule, create, differences, drop, lifted, rules
from sources.capturing import capture_version
from sources.models import (
    Case,
    Change,
    ChangeItem,
    Document,
    DocumentVersion,
    Excerpt,
    Original,
    OriginalBytes,
    Party,
    PartyAlias,
    PartyLink,
    Record,
    ReliabilityRating,
    new_uid,
)
from sources.text import sha256_of
from tests import factories as make
from tests.raw_sql import delete_row, empty_table, execute, insert_row, insert_values, twin_of, update_row
from tests.samples import Samples

VENDOR = connection.vendor
RULES = {rule.name: rule for rule in rules() if VENDOR in rule.engines}


@dataclass(frozen=True)
class Violation:
    """A row, and the values that it must not get; for an INSERT a twin of the row with these values."""

    row: models.Model
    values: dict[str, Any]


Make = Callable[[Samples], Iterator[Violation]]
VIOLATIONS: dict[tuple[str, str], Make] = {}


def violates(rule: str, *events: str) -> Callable[[Make], Make]:
    """Register violations of a rule."""

    def register(make_violations: Make) -> Make:
        for event in events:
            VIOLATIONS[rule, event] = make_violations
        return make_violations

    return register


# --- the violations: cases ---

CASE_MODELS = [
    model
    for model in apps.get_models()
    if issubclass(model, Record) and any(field.name == "case" for field in model._meta.concrete_fields)
]
LINKS = [
    (model, field.name, field.related_model)
    for model in CASE_MODELS
    for field in model._meta.concrete_fields
    if field.name != "case" and isinstance(field.related_model, type) and issubclass(field.related_model, Record)
]
SHARABLE = (PartyAlias, PartyLink, ReliabilityRating)  # they say something of a party, for one case or for all
# What else a row needs so that nothing but the rule stands in the way: a number, or place, that is free over there.
BESIDES = {DocumentVersion: {"number": 7}, Relay: {"hop": 7}, Excerpt: {"start": 1, "end": 31}}


def _moves(model: type[Record]) -> Make:
    def violations(samples: Samples) -> Iterator[Violation]:
        row = samples.here[model]
        yield Violation(row, {"case": samples.there[model].case})
        if model is Party:
            yield Violation(samples.shared, {"case": row.case})  # into the shared register, and never back
        elif model in SHARABLE:
            yield Violation(row, {"case": None})

    return violations


def _links_elsewhere(model: type[Record], link: str, target: type[Record]) -> Make:
    def violations(samples: Samples) -> Iterator[Violation]:
        elsewhere = samples.there[target]
        if model is Original:  # which a text has but once
            elsewhere = make.version_of(make.make_document(samples.there[Case]))
        besides: dict[str, Any] = BESIDES.get(model, {})
        if link == "statement_a":  # the older of its pair
            besides = {"statement_b": samples.there[IndependenceJudgement].statement_b}
        yield Violation(samples.here[model], {link: elsewhere, **besides})
        if model in SHARABLE:  # what all may see names nobody of one case
            yield Violation(samples.here[model], {link: samples.there[target], "case": None})

    return violations


for _model in CASE_MODELS:
    violates(f"{_model._meta.db_table}_case_stays", "UPDATE")(_moves(_model))
for _model, _link, _target in LINKS:
    violates(f"{_model._meta.db_table}_{_link}_same_case", "INSERT", "UPDATE")(_links_elsewhere(_model, _link, _target))


# --- the violations: texts and words ---


@violates("sources_excerpt_verbatim", "INSERT")
def _other_words(samples: Samples) -> Iterator[Violation]:
    case = samples.here[Excerpt].case
    text = "💩 Anna said: “the bridge was open, un cafe\u0301 closed”. Boris denied that the bridge was open, later."
    version = make.version_of(make.make_document(case, text))
    start, end = 18, 28
    assert text[start:end] == "bridge was"
    honest = {
        "version": version,
        "start": start,
        "end": end,
        "exact": text[start:end],
        "prefix": text[:start],
        "suffix": text[end : end + 32],
    }

    def with_(**values: Any) -> Violation:
        return Violation(samples.here[Excerpt], {**honest, **values})

    yield with_(exact="bridge Was")
    yield with_(exact="bridge\u00a0was")
    yield with_(exact="          ")
    yield with_(start=start + 1, end=end + 1)  # as UTF-16 would count it
    yield with_(start=start - 1, end=end - 1)
    yield with_(start=start + 40, end=end + 40)
    yield with_(prefix="")
    yield with_(prefix=honest["prefix"][1:])
    yield with_(prefix=honest["prefix"][:-1] + "x")
    yield with_(suffix="")
    yield with_(suffix=honest["suffix"][:-1])
    yield with_(suffix=honest["suffix"][:-1] + "x")
    # The same characters in a row, but cut at other places.
    exact, suffix = text[start:end], text[end : end + 32]
    yield with_(prefix=text[: start + 1], exact=exact[1:] + suffix[0], suffix=suffix[1:])
    last = text.index("open, later")
    yield with_(
        start=last, end=last + 4, prefix=text[last - 32 : last - 1], exact=" ope", suffix="n" + text[last + 4 :]
    )
    # Behind the first 32 characters, where the prefix is cut.
    far = text.index("denied")
    late = {"start": far, "end": far + 6, "exact": "denied", "suffix": text[far + 6 : far + 38]}
    yield with_(**late, prefix=text[far - 31 : far])
    yield with_(**late, prefix="x" + text[far - 31 : far])
    # In another normal form, and past the end of the text.
    place = text.index("cafe\u0301")
    yield with_(start=place, end=place + 4, exact="caf\u00e9", prefix=text[:place][-32:], suffix=text[place + 5 :][:32])
    n = len(text)
    yield with_(start=n - 6, end=n + 1, exact="later. ", prefix=text[n - 38 : n - 6], suffix="")
    yield with_(start=n, end=n + 1, exact=" ", prefix=text[-32:], suffix="")
    yield with_(start=n + 100, end=n + 101, exact=" ", prefix="", suffix="")


def _in_each_column(row: models.Model, *but: str) -> Iterator[Violation]:
    """Yield a change of each column of a row, one at a time; from null and to null where there is null."""
    for column in row._meta.concrete_fields:
        if column.name in but or column.primary_key:
            continue
        value = getattr(row, column.attname)
        if column.is_relation:
            continue  # those are changed by name
        if value is None:
            yield Violation(row, {column.attname: new_uid() if isinstance(column, models.UUIDField) else 1})
            continue
        yield Violation(row, {column.attname: _another(value)})
        if column.null:
            yield Violation(row, {column.attname: None})


def _another(value: Any) -> Any:
    """Return a value of the same sort that is not this one, and that no CHECK refuses for its length."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value[:-1] + ("b" if value[-1:] == "a" else "a")
    if hasattr(value, "hex"):
        return new_uid()
    return value + timedelta(microseconds=1)


@violates("sources_excerpt_frozen", "UPDATE")
def _changed_excerpt(samples: Samples) -> Iterator[Violation]:
    row = samples.here[Excerpt]
    yield from _in_each_column(row, "search_key", "start", "end", "exact")
    yield Violation(row, {"exact": _another(row.exact)})
    yield Violation(row, {"start": row.start + 1, "end": row.end + 1})  # what CHECK lets through
    yield Violation(row, {"end": row.end + 1, "exact": row.exact + "x"})
    later = capture_version(
        by=make.CONSOLE, document=samples.here[Document], version=DocumentVersion(text=make.TEXT + " Later.")
    )
    yield Violation(row, {"version": later})
    yield Violation(row, {"case": samples.there[Excerpt].case})


@violates("sources_documentversion_frozen", "UPDATE")
def _changed_text(samples: Samples) -> Iterator[Violation]:
    row = samples.here[DocumentVersion]
    yield from _in_each_column(row, "text", "n_characters")
    text = _another(row.text)
    yield Violation(row, {"text": text})
    yield Violation(row, {"text": text, "sha256": sha256_of(text)})
    yield Violation(row, {"text": row.text + "x", "n_characters": row.n_characters + 1})
    yield Violation(row, {"text": row.text.upper()})
    yield Violation(row, {"document": make.make_document(row.case), "number": 7})
    yield Violation(row, {"case": samples.there[DocumentVersion].case})


@violates("sources_documentversion_is_text", "INSERT")
def _no_text(samples: Samples) -> Iterator[Violation]:
    row = samples.here[DocumentVersion]
    # `length` counts the characters as far as the NUL: the CHECK is content.
    yield Violation(row, {"number": 7, "text": "one\x00two", "n_characters": 3})


@violates("sources_excerpt_is_text", "INSERT")
def _no_words(samples: Samples) -> Iterator[Violation]:
    row = samples.here[Excerpt]
    yield Violation(row, {"exact": "one\x00two", "start": 1, "end": 4})  # what CHECK lets through, as above
    yield Violation(row, {"prefix": "\x00", "start": row.start + 1, "end": row.end + 1})
    yield Violation(row, {"suffix": "\x00", "start": row.start + 1, "end": row.end + 1})


@violates("sources_excerpt_kept", "INSERT")
def _replaced_excerpt(samples: Samples) -> Iterator[Violation]:
    row = samples.here[Excerpt]
    yield from _in_its_place(row, {"start": row.start + 1, "end": row.end + 1})
    yield Violation(row, {})  # at the same place


@violates("sources_documentversion_kept", "INSERT")
def _replaced_text(samples: Samples) -> Iterator[Violation]:
    row = samples.here[DocumentVersion]
    yield from _in_its_place(row, {"number": 7})
    yield Violation(row, {})  # of the same number


def _in_its_place(row: models.Model, besides: dict[str, Any]) -> Iterator[Violation]:
    """Yield a twin that takes the place of its row by an id, all else that is unique being free."""
    yield Violation(row, {**besides, "id": row.pk})
    if isinstance(row, Record):
        yield Violation(row, {**besides, "uid": row.uid})


@violates("sources_original_kept", "INSERT")
def _replaced_original(samples: Samples) -> Iterator[Violation]:
    row = samples.here[Original]
    yield from _in_its_place(row, {"version": make.version_of(make.make_document(row.case))})
    yield Violation(row, {})  # of the same text


@violates("sources_originalbytes_kept", "INSERT")
def _replaced_bytes(samples: Samples) -> Iterator[Violation]:
    row = OriginalBytes.objects.get()
    yield from _in_its_place(row, {"sha256": "0" * 64})
    yield Violation(row, {"data": b"others"})  # of the same hash


@violates("sources_original_frozen", "UPDATE")
def _changed_original(samples: Samples) -> Iterator[Violation]:
    row = samples.here[Original]
    yield from _in_each_column(row)
    yield Violation(row, {"version": make.version_of(make.make_document(row.case))})
    yield Violation(row, {"case": samples.there[Original].case})


@violates("sources_originalbytes_frozen", "UPDATE")
def _changed_bytes(samples: Samples) -> Iterator[Violation]:
    row = OriginalBytes.objects.get()  # of both cases
    yield Violation(row, {"data": bytes(row.data)[:-1]})
    yield Violation(row, {"data": b""})
    yield Violation(row, {"sha256": "0" * 64})


@violates("sources_originalbytes_stays", "DELETE", "TRUNCATE")
def _lost_bytes(samples: Samples) -> Iterator[Violation]:
    yield Violation(OriginalBytes.objects.get(), {})


# --- the violations: the ledger ---


@violates("sources_change_kept", "INSERT")
def _replaced_entry(samples: Samples) -> Iterator[Violation]:
    row = Change.objects.order_by("-sequence")[0]
    yield from _in_its_place(row, {"sequence": row.sequence + 1000})
    yield Violation(row, {})  # of the same sequence


@violates("sources_changeitem_kept", "INSERT")
def _replaced_item(samples: Samples) -> Iterator[Violation]:
    row = ChangeItem.objects.order_by("-pk")[0]
    yield from _in_its_place(row, {"uid": new_uid()})
    yield Violation(row, {})  # of the same entry and row


@violates("sources_change_frozen", "UPDATE")
def _changed_entry(samples: Samples) -> Iterator[Violation]:
    row = Change.objects.exclude(case_uid=None).order_by("-sequence")[0]
    yield from _in_each_column(row, "sequence")
    yield Violation(row, {"sequence": row.sequence + 1000})
    yield Violation(row, {"actor": make.make_user()})
    yield Violation(Change.objects.filter(case_uid=None).order_by("sequence")[0], {"case_uid": new_uid()})


@violates("sources_changeitem_only_erased", "UPDATE")
def _changed_item(samples: Samples) -> Iterator[Violation]:
    party = samples.here[Party]
    with make.CONSOLE.act("revise_party", party.case) as act:
        act.update(party, description="who said it")
    row = ChangeItem.objects.order_by("-pk")[0]
    assert row.before is not None
    assert row.after is not None
    yield Violation(row, {"kind": "claim"})
    yield Violation(row, {"uid": new_uid()})
    yield Violation(row, {"change": Change.objects.order_by("sequence")[0]})
    yield Violation(row, {"before_digest": "0" * 64})
    yield Violation(row, {"after_digest": ""})
    yield Violation(row, {"salt": "other"})
    yield Violation(row, {"before": {**row.before, "label": "x"}})
    yield Violation(row, {"after": {**row.after, "label": "x"}})
    yield Violation(row, {"after": row.before})
    yield Violation(row, {"before": {}})
    yield Violation(row, {"salt": "", "before": None, "after": {**row.after, "label": "x"}})
    yield Violation(row, {"salt": "", "before": None, "after": None, "after_digest": "0" * 64})
    erased = ChangeItem.objects.order_by("pk")[0]
    image, salt = erased.after, erased.salt
    assert erased.before is None
    ChangeItem.objects.filter(pk=erased.pk).update(salt="", after=None)
    erased.refresh_from_db()
    yield Violation(erased, {"after": image})  # what was erased stays erased
    yield Violation(erased, {"salt": salt})
    yield Violation(erased, {"before": image})


@violates("sources_change_stays", "DELETE", "TRUNCATE")
def _lost_entry(samples: Samples) -> Iterator[Violation]:
    yield Violation(Change.objects.order_by("sequence")[0], {})
    yield Violation(Change.objects.order_by("-sequence")[0], {})


@violates("sources_changeitem_stays", "DELETE", "TRUNCATE")
def _lost_item(samples: Samples) -> Iterator[Violation]:
    yield Violation(ChangeItem.objects.order_by("pk")[0], {})
    yield Violation(ChangeItem.objects.order_by("-pk")[0], {})


# --- the violations: statements ---


def _excerpt_of_another_document(samples: Samples) -> Excerpt:
    case = samples.here[Statement].case
    document = make.make_document(case, "Anna said nothing at all.")
    return make.make_statement(make.make_claim(case), document=document).excerpt


@violates("claims_evidence_one_document", "INSERT", "UPDATE")
def _evidence_of_two_documents(samples: Samples) -> Iterator[Violation]:
    row = samples.here[Evidence]
    excerpt = _excerpt_of_another_document(samples)
    yield Violation(row, {"excerpt": excerpt})
    yield Violation(row, {"statement": Statement.objects.get(excerpt=excerpt)})


@violates("claims_statement_one_document", "UPDATE")
def _main_words_of_another_document(samples: Samples) -> Iterator[Violation]:
    yield Violation(samples.here[Statement], {"excerpt": _excerpt_of_another_document(samples)})


@violates("claims_statement_supersedes_own", "INSERT", "UPDATE")
def _supersedes_anothers(samples: Samples) -> Iterator[Violation]:
    row = samples.here[Statement]
    yield Violation(row, {"supersedes": make.make_statement(row.claim)})
    author, undisclosed = (make.make_statement(row.claim, voice=voice) for voice in ("author", "undisclosed"))
    yield Violation(row, {"supersedes": author})
    yield Violation(author, {"supersedes": undisclosed})
    yield Violation(author, {"supersedes": row})


# --- ways to write ---


def _save_with(violation: Violation) -> None:
    row = type(violation.row)._base_manager.get(pk=violation.row.pk)
    for name, value in _columns(violation).items():
        setattr(row, name, value)
    row.save()


def _bulk_update(violation: Violation) -> None:
    row = type(violation.row)._base_manager.get(pk=violation.row.pk)
    for name, value in _columns(violation).items():
        setattr(row, name, value)
    type(row)._base_manager.bulk_update([row], [row._meta.get_field(name).name for name in violation.values])


def _queryset(violation: Violation) -> models.QuerySet[Any]:
    return type(violation.row)._base_manager.filter(pk=violation.row.pk)


def _truncate(violation: Violation) -> None:
    connection.check_constraints()  # PostgreSQL empties no table with checks outstanding
    empty_table(type(violation.row))


WAYS: dict[str, dict[str, Callable[[Violation], object]]] = {
    "INSERT": {
        "SQL": lambda violation: insert_row(_twin(violation)),
        "save": lambda violation: _twin(violation).save(force_insert=True),
        "bulk_create": lambda violation: type(violation.row)._base_manager.bulk_create([_twin(violation)]),
    },
    "UPDATE": {
        "SQL": lambda violation: update_row(violation.row, violation.values),
        "save": _save_with,
        "update": lambda violation: _queryset(violation).update(**violation.values),
        "bulk_update": _bulk_update,
    },
    "DELETE": {
        "SQL": lambda violation: delete_row(violation.row),
        "raw delete": lambda violation: _queryset(violation)._raw_delete(connection.alias),
    },
    "TRUNCATE": {"SQL": _truncate},
    # SQLite's own: it deletes what is in its way, and no trigger hears of that.
    "REPLACE": {
        "SQL": lambda violation: insert_row(
            _twin(violation), verb="INSERT OR REPLACE", with_key="id" in violation.values
        )
    },
}


def _ways(rule: Rule, event: str) -> dict[str, Callable[[Violation], object]]:
    """Return the ways to break the rule; a plain INSERT over a row is no matter for rules, but for what is UNIQUE."""
    return WAYS["REPLACE" if rule.name.endswith("_kept") else event]


def _columns(violation: Violation) -> dict[str, Any]:
    """Return the values by attribute, links as keys."""
    return {
        violation.row._meta.get_field(name).attname: value.pk if isinstance(value, models.Model) else value
        for name, value in violation.values.items()
    }


def _twin(violation: Violation) -> models.Model:
    return twin_of(violation.row, **violation.values)


# --- one rule, and none ---


@contextmanager
def undone() -> Iterator[None]:
    """Run a block whose writes do not last."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def leave_only(rule: Rule | None, event: str, tables: tuple[str, ...]) -> None:
    """Take away every rule of these tables but this one, for the rest of the transaction."""
    connection.check_constraints()  # PostgreSQL alters no table with checks outstanding
    with connection.cursor() as cursor:
        if VENDOR == "postgresql":
            for table in tables:
                cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
            if rule is not None:
                names = [rule.trigger, _name(rule, event)]
                cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname = ANY(%s)", [names])
                for (name,) in cursor.fetchall():
                    cursor.execute(f'ALTER TABLE "{rule.table}" ENABLE TRIGGER "{name}"')
            return
        cursor.execute("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'")
        for name, table in cursor.fetchall():
            if table in tables and not (rule is not None and name == _name(rule, event)):
                cursor.execute(f'DROP TRIGGER "{name}"')


def _name(rule: Rule, event: str) -> str:
    return f"{rule.trigger}_{event.lower()}"


EVENTS = [
    (rule.name, event) for rule in RULES.values() for event in rule.events if event != "TRUNCATE" or VENDOR != "sqlite"
]


def test_every_rule_has_violations_and_every_violation_a_rule() -> None:
    declared = {(rule.name, event) for rule in rules() for event in rule.events}
    assert declared == set(VIOLATIONS)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "event"), EVENTS)
def test_each_rule_refuses_in_every_way_to_write(samples: Samples, name: str, event: str) -> None:
    rule = RULES[name]
    violations = list(VIOLATIONS[name, event](samples))
    assert violations
    for violation in violations:
        for write in _ways(rule, event).values():
            with pytest.raises(IntegrityError), undone():
                write(violation)
    tables = (rule.table, ChangeItem._meta.db_table) if event == "TRUNCATE" else (rule.table,)
    leave_only(rule, event, tables)
    for violation in violations:
        for way, write in _ways(rule, event).items():
            with pytest.raises(IntegrityError) as refused, undone():
                write(violation)
            assert str(refused.value).splitlines()[0] == rule.message, way
    leave_only(None, event, tables)
    for violation in violations:
        for write in _ways(rule, event).values():
            with undone():
                write(violation)


@pytest.mark.django_db
def test_the_rules_let_through_what_they_should(samples: Samples) -> None:
    statement, excerpt = samples.here[Statement], samples.here[Excerpt]
    # Search keys are made anew when the way of folding changes.
    assert Excerpt.objects.filter(pk=excerpt.pk).update(search_key="anew")
    # What protects a source: images and their salt can go, together or one by one.
    item = ChangeItem.objects.order_by("-pk")[0]
    assert ChangeItem.objects.filter(pk=item.pk).update(after=None)
    assert ChangeItem.objects.filter(pk=item.pk).update(salt="", before=None)
    # A party may become everyone's, where nothing of its case holds it.
    assert Party.objects.filter(pk=make.make_party(statement.case).pk).update(case=None)
    # Main words elsewhere in the same document, in another version of it too.
    version = capture_version(
        by=make.CONSOLE, document=samples.here[Document], version=DocumentVersion(text="Anna, later: it was shut.")
    )
    later = make.make_statement(make.make_claim(statement.case), document=samples.here[Document], quote="Anna, later")
    assert later.excerpt.version_id == version.pk
    assert Statement.objects.filter(pk=statement.pk).update(excerpt=later.excerpt)
    # A shared party speaks, carries and publishes everywhere, and is linked from everywhere.
    assert Relay.objects.filter(pk=samples.here[Relay].pk).update(party=samples.shared)
    assert PartyLink.objects.filter(pk=samples.there[PartyLink].pk).update(to_party=samples.shared)
    # One's own earlier statement, and with no speaker, the same voice's.
    first, second = (make.make_statement(statement.claim, voice="author") for _ in range(2))
    assert Statement.objects.filter(pk=second.pk).update(supersedes=first)
    again = make.make_statement(statement.claim, speaker=samples.shared)
    assert Statement.objects.filter(pk=again.pk).update(supersedes=statement)
    # What nothing stands on may be deleted, texts and words included.
    spare = make.make_document(statement.case)
    assert spare.delete()[1] == {"sources.Document": 1, "sources.DocumentVersion": 1}


# --- ways round ---


@pytest.mark.django_db
@pytest.mark.parametrize("model", [DocumentVersion, Excerpt, Change, ChangeItem])
def test_an_upsert_is_no_way_round_their_rules(samples: Samples, model: type[models.Model]) -> None:
    row = samples.here[model] if issubclass(model, Record) else model._base_manager.order_by("-pk")[0]
    column = {DocumentVersion: "text", Excerpt: "exact", Change: "act", ChangeItem: "kind"}[model]
    setattr(row, column, _another(getattr(row, column)))
    with pytest.raises(IntegrityError), transaction.atomic():
        model._base_manager.bulk_create(
            [row], update_conflicts=True, unique_fields=[model._meta.pk.name], update_fields=[column]
        )


@pytest.mark.django_db
@pytest.mark.skipif(VENDOR != "sqlite", reason="PostgreSQL's columns hold their own type and no other")
@pytest.mark.parametrize(
    "wrong",
    [
        {"exact": memoryview(b"Anna")},
        {"prefix": memoryview(b"")},
        {"suffix": memoryview(make.TEXT[4:36].encode())},
        {"start": 0.5, "end": 4.5},
    ],
)
def test_words_that_are_not_text_and_places_that_are_no_numbers_are_refused(wrong: dict[str, Any]) -> None:
    case = make.make_case()
    version = make.version_of(make.make_document(case))
    values = {
        "uid": new_uid().hex,
        "revision": 1,
        "case_id": case.pk,
        "version_id": version.pk,
        "start": 0,
        "end": 4,
        "exact": "Anna",
        "prefix": "",
        "suffix": make.TEXT[4:36],
        "search_key": "anna",
    }
    with undone():
        insert_values("sources_excerpt", values)  # all in order as it is
    with pytest.raises(IntegrityError), undone():
        insert_values("sources_excerpt", {**values, **wrong})


@pytest.mark.django_db
@pytest.mark.skipif(VENDOR != "sqlite", reason="PostgreSQL's columns hold their own type and no other")
def test_a_text_of_bytes_is_refused(samples: Samples) -> None:
    row = samples.here[DocumentVersion]
    values = {
        "uid": new_uid().hex,
        "revision": 1,
        "case_id": row.case_id,
        "document_id": row.document_id,
        "number": 7,
        "text": "bytes",
        "n_characters": 5,
        "sha256": "0" * 64,
        "is_complete": True,
        "captured_at": "2026-03-01 12:00:00",
        "extractor": "",
        "extractor_version": "",
        "original_sha256": "",
    }
    with undone():
        insert_values("sources_documentversion", values)  # all in order as it is
    with pytest.raises(IntegrityError, match="the text is not text"), undone():
        insert_values("sources_documentversion", {**values, "text": memoryview(b"bytes")})


@pytest.mark.django_db
@pytest.mark.skipif(VENDOR != "sqlite", reason="PostgreSQL's columns hold their own type and no other")
def test_a_place_between_two_characters_is_refused() -> None:
    case = make.make_case()
    text = "x" * 40 + "Anna said"
    version = make.version_of(make.make_document(case, text))
    values = {
        "uid": new_uid().hex,
        "revision": 1,
        "case_id": case.pk,
        "version_id": version.pk,
        "start": 40.5,
        "end": 44.5,
        "exact": "Anna",
        "prefix": "x" * 32,
        "suffix": " said",
        "search_key": "anna",
    }
    with pytest.raises(IntegrityError), undone():
        insert_values("sources_excerpt", values)


# --- that the rules are there ---


def names() -> set[str]:
    with connection.cursor() as cursor:
        if VENDOR == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_the_catalogue_holds_every_rule_and_nothing_else_of_ours() -> None:
    assert differences(connection) == []
    for rule in RULES.values():
        assert any(name == rule.trigger or name.startswith(f"{rule.trigger}_") for name in names()), rule.name


@pytest.mark.django_db
def test_what_is_dropped_is_missed_and_made_again() -> None:
    before = names()
    drop(connection)
    assert names() == set()
    assert set(differences(connection)) == before
    drop(connection)  # nothing to drop is no fault
    create(connection)
    assert names() == before
    assert differences(connection) == []
    create(connection)  # nothing to make is no fault
    assert names() == before


@pytest.mark.django_db
def test_what_is_dropped_bites_no_more_and_what_is_made_again_bites_again(samples: Samples) -> None:
    version = samples.here[DocumentVersion]
    changed = DocumentVersion.objects.filter(pk=version.pk)
    connection.check_constraints()
    with pytest.raises(IntegrityError), undone():
        changed.update(sha256="0" * 64)
    drop(connection)
    with undone():
        assert changed.update(sha256="0" * 64) == 1
    create(connection)
    with pytest.raises(IntegrityError), undone():
        changed.update(sha256="0" * 64)


@pytest.mark.django_db
def test_after_a_lifted_block_the_rules_are_back() -> None:
    with lifted(connection):
        assert names() == set()
    assert differences(connection) == []


@pytest.mark.django_db
def test_after_a_lifted_block_that_failed_the_rules_are_back() -> None:
    with pytest.raises(ZeroDivisionError), lifted(connection):
        raise ZeroDivisionError
    assert differences(connection) == []


@pytest.mark.django_db
def test_triggers_of_others_are_left_alone() -> None:
    case = make.make_case()
    if VENDOR == "postgresql":
        execute(
            "CREATE FUNCTION theirs() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        )
        connection.check_constraints()
        execute(
            "CREATE TRIGGER theirs BEFORE UPDATE ON sources_case FOR EACH ROW EXECUTE FUNCTION theirs()",
        )
    else:
        execute("CREATE TRIGGER theirs BEFORE UPDATE ON sources_case BEGIN SELECT 1; END")
    assert differences(connection) == []
    with lifted(connection):
        assert names() == {"theirs"}
    assert "theirs" in names()
    assert case.pk


# --- rules that were tampered with ---

_SQLITE_NEVER = "FOR EACH ROW WHEN 1 = 0 BEGIN SELECT RAISE(ABORT, 'a change never changes'); END"
_SQLITE_DROP = 'DROP TRIGGER "ct_sources_change_frozen_update"'
_SQLITE_CREATE = 'CREATE TRIGGER "ct_sources_change_frozen_update"'
SQLITE_TAMPERING = {
    "dropped": [_SQLITE_DROP],
    "another condition": [_SQLITE_DROP, f'{_SQLITE_CREATE} BEFORE UPDATE ON "sources_change" {_SQLITE_NEVER}'],
    "another table": [_SQLITE_DROP, f'{_SQLITE_CREATE} BEFORE UPDATE ON "sources_case" {_SQLITE_NEVER}'],
    "too many": ['CREATE TRIGGER "ct_sources_change_frozen_2" BEFORE UPDATE ON "sources_change" BEGIN SELECT 1; END'],
}
_PG_DROP = 'DROP TRIGGER "ct_sources_change_frozen" ON "sources_change"'
_PG_CREATE = 'CREATE TRIGGER "ct_sources_change_frozen"'
_PG_RUN = 'EXECUTE FUNCTION "ct_sources_change_frozen"()'
_PG_ON = 'ON "sources_change" FOR EACH ROW'
POSTGRESQL_TAMPERING = {
    "dropped": [_PG_DROP],
    "disabled": ['ALTER TABLE "sources_change" DISABLE TRIGGER "ct_sources_change_frozen"'],
    "on replicas only": ['ALTER TABLE "sources_change" ENABLE REPLICA TRIGGER "ct_sources_change_frozen"'],
    "another function body": [
        'CREATE OR REPLACE FUNCTION "ct_sources_change_frozen"() RETURNS trigger '
        "LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    ],
    "another event": [_PG_DROP, f"{_PG_CREATE} BEFORE INSERT {_PG_ON} {_PG_RUN}"],
    "afterwards": [_PG_DROP, f"{_PG_CREATE} AFTER UPDATE {_PG_ON} {_PG_RUN}"],
    "another table": [_PG_DROP, f'{_PG_CREATE} BEFORE UPDATE ON "sources_case" FOR EACH ROW {_PG_RUN}'],
    "never": [_PG_DROP, f"{_PG_CREATE} BEFORE UPDATE {_PG_ON} WHEN (false) {_PG_RUN}"],
    "of one column": [_PG_DROP, f'{_PG_CREATE} BEFORE UPDATE OF "act" {_PG_ON} {_PG_RUN}'],
    "too many": [f'CREATE TRIGGER "ct_sources_change_frozen_2" BEFORE UPDATE {_PG_ON} {_PG_RUN}'],
}
TAMPERING = SQLITE_TAMPERING if VENDOR == "sqlite" else POSTGRESQL_TAMPERING


def tamper(how: str) -> None:
    """Do to a rule what must be noticed."""
    if VENDOR == "postgresql":
        execute("SET CONSTRAINTS ALL IMMEDIATE")  # what still waits to be checked holds the table
    for statement in TAMPERING[how]:
        execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize("how", TAMPERING)
def test_a_rule_that_was_tampered_with_is_named_and_mended(how: str) -> None:
    tamper(how)
    (name,) = differences(connection)
    assert name.startswith("ct_sources_change_frozen")
    create(connection)
    assert differences(connection) == []


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["dropped", next(name for name in TAMPERING if name.startswith("another"))])
def test_the_check_of_the_database_warns_of_a_rule_that_is_missing_or_altered(how: str) -> None:
    call_command("check", databases=["default"], fail_level="WARNING")
    tamper(how)
    (warning,) = [message for message in run_checks(databases=["default"]) if message.id == "claims.W001"]
    assert "ct_sources_change_frozen" in warning.msg
    assert "migrate" in str(warning.hint)
    with pytest.raises(SystemCheckError, match="ct_sources_change_frozen"):
        call_command("check", databases=["default"], fail_level="WARNING")
    call_command("check", databases=["default"], fail_level="ERROR")  # no error: migrating mends it
    assert not [message for message in run_checks() if message.id == "claims.W001"]  # no database was named


# --- what no single row can show ---


@pytest.mark.django_db
def test_the_cases_of_claims_and_relations_are_tied_at_both_ends(samples: Samples) -> None:
    for link in ("claim_a", "claim_b"):
        with pytest.raises(IntegrityError, match=f"{link} is of another case"), transaction.atomic():
            ClaimRelation.objects.filter(pk=samples.here[ClaimRelation].pk).update(**{link: samples.there[Claim]})
