"""Which rules beyond CHECK does the database itself hold, on both engines?

Public: `rules`, `connect`, `create`, `drop`, `differences`, `lifted`. Each rule is one SQL condition that must never
be true of a row, in words that SQLite and PostgreSQL share; this module makes the triggers of it. They are dropped
before migrations and made again after them, since SQLite loses a table's triggers whenever a migration rebuilds it
and cannot rebuild a table that a trigger elsewhere names; a system check compares them with the catalogue.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate

from sources.anchoring import CONTEXT_LENGTH
from sources.models import Change, ChangeItem, DocumentVersion, Excerpt, Original, OriginalBytes, Party, Record

from .models import Evidence, Statement

_PREFIX = "ct_"
# Bits of pg_trigger.tgtype: FOR EACH ROW, BEFORE, and the events.
_PG_ROW, _PG_BEFORE, _PG_EVENTS = 1, 2, {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


@dataclass(frozen=True)
class Rule:
    """A condition on NEW and OLD that the database refuses, with the words in which it refuses."""

    name: str
    table: str
    events: tuple[str, ...]
    condition: str
    message: str
    columns: tuple[str, ...] = ()  # of UPDATE OF; empty: any
    engines: tuple[str, ...] = ("sqlite", "postgresql")

    @property
    def trigger(self) -> str:
        """Name of the trigger, of the function too on PostgreSQL; one a rule and event on SQLite."""
        return f"{_PREFIX}{self.name}"


def _differ(column: str) -> str:
    """Return the condition that an update gives the column another value, NULL counting as a value."""
    new, old = f'NEW."{column}"', f'OLD."{column}"'
    return f"(({new} IS NULL) <> ({old} IS NULL) OR ({new} IS NOT NULL AND {old} IS NOT NULL AND {new} <> {old}))"


def _frozen(model: type[models.Model], *but: str) -> Rule:
    """Return the rule that rows of this model never change, except in the columns named."""
    columns = [str(column.column) for column in model._meta.concrete_fields if column.name not in but]
    table = model._meta.db_table
    return Rule(
        name=f"{table}_frozen",
        table=table,
        events=("UPDATE",),
        condition=" OR ".join(_differ(column) for column in columns),
        message=f"a {model._meta.verbose_name} never changes",
    )


def _kept(model: type[models.Model]) -> Rule:
    """Return the rule that no row takes the place of one of these.

    SQLite's INSERT OR REPLACE deletes what is in its way, and no trigger on DELETE or UPDATE ever hears of it.
    """
    column_of = {field.name: field.column for field in model._meta.concrete_fields}
    unique: list[tuple[str, ...]] = [(field.name,) for field in model._meta.concrete_fields if field.unique]
    unique += [tuple(constraint.fields) for constraint in model._meta.total_unique_constraints]
    same = [" AND ".join(f't."{column_of[name]}" = NEW."{column_of[name]}"' for name in names) for names in unique]
    table = model._meta.db_table
    return Rule(
        name=f"{table}_kept",
        table=table,
        events=("INSERT",),
        condition=f'EXISTS (SELECT 1 FROM "{table}" t WHERE ' + " OR ".join(f"({one})" for one in same) + ")",
        message=f"this {model._meta.verbose_name} is there already",
        engines=("sqlite",),
    )


def _case_links() -> Iterator[Rule]:
    """Yield the rules that both ends of every link are of one case, and that no row changes its case."""
    for model in apps.get_models():
        if not (issubclass(model, Record) and any(f.name == "case" for f in model._meta.concrete_fields)):
            continue
        table = model._meta.db_table
        to_null = 'NEW."case_id" IS NOT NULL AND ' if model is Party else ""  # into the shared register, never back
        yield Rule(
            name=f"{table}_case_stays",
            table=table,
            events=("UPDATE",),
            condition=to_null + _differ("case_id"),
            message=f"a {model._meta.verbose_name} stays in its case",
            columns=("case_id",),
        )
        for link in model._meta.concrete_fields:
            target = link.related_model
            if link.name == "case" or not (isinstance(target, type) and issubclass(target, Record)):
                continue
            shared = ' OR t."case_id" IS NULL' if target is Party else ""
            yield Rule(
                name=f"{table}_{link.name}_same_case",
                table=table,
                events=("INSERT", "UPDATE"),
                condition=(
                    f'NEW."{link.column}" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{target._meta.db_table}" t '
                    f'WHERE t."id" = NEW."{link.column}" AND (t."case_id" = NEW."case_id"{shared}))'
                ),
                message=f"{link.name} is of another case",
                columns=(str(link.column), "case_id"),
            )


def _is_no_text(column: str) -> str:
    """Return the condition that SQLite, whose columns take any type, was given bytes, or a NUL to stop at."""
    return f'(typeof(NEW."{column}") <> \'text\' OR instr(NEW."{column}", char(0)) > 0)'


def _slice_rule() -> Rule:
    """Return the rule that an excerpt's words and context are those of its version at its place."""
    before = f'CASE WHEN NEW."start" < {CONTEXT_LENGTH} THEN NEW."start" ELSE {CONTEXT_LENGTH} END'
    table = Excerpt._meta.db_table
    return Rule(
        name=f"{table}_verbatim",
        table=table,
        events=("INSERT",),  # updates are refused altogether
        condition=(
            # One substr for prefix, words and suffix: each reads the whole text again.
            f'NOT EXISTS (SELECT 1 FROM "{DocumentVersion._meta.db_table}" v WHERE v."id" = NEW."version_id" '
            f'AND length(NEW."prefix") = {before} '
            f'AND NEW."prefix" || NEW."exact" || NEW."suffix" = '
            f'substr(v."text", NEW."start" + 1 - ({before}), ({before}) + NEW."end" - NEW."start" + {CONTEXT_LENGTH}))'
        ),
        message="the words are not those of the text at this place",
    )


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule, in a fixed order."""
    version, item = DocumentVersion._meta.db_table, ChangeItem._meta.db_table
    statement, evidence, excerpt = (m._meta.db_table for m in (Statement, Evidence, Excerpt))
    document_of_new = (
        f'(SELECT v."document_id" FROM "{excerpt}" e JOIN "{version}" v ON v."id" = e."version_id" '
        'WHERE e."id" = NEW."excerpt_id")'
    )
    return (
        *_case_links(),
        _slice_rule(),
        _frozen(Excerpt, "search_key"),
        _frozen(DocumentVersion),
        _frozen(Original),
        _frozen(OriginalBytes),
        *(_kept(model) for model in (Excerpt, DocumentVersion, Original, OriginalBytes, Change, ChangeItem)),
        Rule(
            name=f"{version}_is_text",
            table=version,
            events=("INSERT",),
            condition=_is_no_text("text"),
            message="the text is not text",
            engines=("sqlite",),
        ),
        Rule(
            name=f"{excerpt}_is_text",
            table=excerpt,
            events=("INSERT",),
            condition=" OR ".join(
                [_is_no_text(column) for column in ("exact", "prefix", "suffix")]
                + [f"typeof(NEW.\"{column}\") <> 'integer'" for column in ("start", "end")]
            ),
            message="the words are not text, or their place is no number",
            engines=("sqlite",),
        ),
        _frozen(Change),
        Rule(
            name=f"{item}_only_erased",
            table=item,
            events=("UPDATE",),
            condition=" OR ".join(
                [_differ(c) for c in ("id", "change_id", "kind", "uid", "before_digest", "after_digest")]
                + [f"NEW.\"salt\" <> '' AND {_differ('salt')}"]
                + [f'NEW."{c}" IS NOT NULL AND {_differ(c)}' for c in ("before", "after")]
            ),
            message="of the ledger nothing changes: images can be erased, and that is all",
        ),
        *(
            Rule(
                name=f"{model._meta.db_table}_stays",
                table=model._meta.db_table,
                events=("DELETE", "TRUNCATE"),
                condition="1 = 1",
                message=message,
            )
            for model, message in (
                (Change, "the ledger keeps what was written"),
                (ChangeItem, "the ledger keeps what was written"),
                (OriginalBytes, "the bytes of an original are kept"),
            )
        ),
        Rule(
            name=f"{evidence}_one_document",
            table=evidence,
            events=("INSERT", "UPDATE"),
            condition=(
                f'{document_of_new} <> (SELECT v."document_id" FROM "{statement}" s '
                f'JOIN "{excerpt}" e ON e."id" = s."excerpt_id" JOIN "{version}" v ON v."id" = e."version_id" '
                f'WHERE s."id" = NEW."statement_id")'
            ),
            message="a statement's evidence is from one document",
        ),
        Rule(
            name=f"{statement}_one_document",
            table=statement,
            events=("UPDATE",),
            condition=(
                f'EXISTS (SELECT 1 FROM "{evidence}" x JOIN "{excerpt}" e ON e."id" = x."excerpt_id" '
                f'JOIN "{version}" v ON v."id" = e."version_id" WHERE x."statement_id" = NEW."id" '
                f'AND v."document_id" <> {document_of_new})'
            ),
            message="a statement's evidence is from one document",
            columns=("excerpt_id",),
        ),
        Rule(
            name=f"{statement}_supersedes_own",
            table=statement,
            events=("INSERT", "UPDATE"),
            condition=(
                f'NEW."supersedes_id" IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "{statement}" t '
                f'WHERE t."id" = NEW."supersedes_id" AND t."voice" = NEW."voice" '
                f'AND (t."speaker_id" = NEW."speaker_id" OR (t."speaker_id" IS NULL AND NEW."speaker_id" IS NULL)))'
            ),
            message="a statement supersedes one of the same speaker and voice",
            columns=("supersedes_id",),
        ),
    )


# --- one rule as SQL -----------------------------------------------------------------------------------------------


def _event_sql(rule: Rule, event: str) -> str:
    if event == "UPDATE" and rule.columns:
        return "UPDATE OF " + ", ".join(f'"{column}"' for column in rule.columns)
    return event


def _sqlite_triggers(rule: Rule) -> dict[str, str]:
    """Return the CREATE statements of a rule by trigger name; SQLite has one event a trigger, and no TRUNCATE."""
    return {
        f"{rule.trigger}_{event.lower()}": (
            f'CREATE TRIGGER "{rule.trigger}_{event.lower()}" BEFORE {_event_sql(rule, event)} ON "{rule.table}" '
            f"FOR EACH ROW WHEN {rule.condition} BEGIN SELECT RAISE(ABORT, '{_quoted(rule.message)}'); END"
        )
        for event in rule.events
        if event != "TRUNCATE"
    }


def _postgres_body(rule: Rule, events: Sequence[str]) -> str:
    """Return the source of the function; its first line repeats what the trigger is for, to be compared later."""
    back = "OLD" if tuple(events) == ("DELETE",) else "NEW"
    if tuple(events) == ("TRUNCATE",):
        back = "NULL"
    heading = f"-- {rule.table}: {' or '.join(_event_sql(rule, event) for event in events)}"
    return (
        f"\n{heading}\nBEGIN\n  IF {rule.condition} THEN\n    RAISE EXCEPTION '{_quoted(rule.message)}' "
        f"USING ERRCODE = 'check_violation';\n  END IF;\n  RETURN {back};\nEND\n"
    )


def _postgres_triggers(rule: Rule) -> dict[str, tuple[tuple[str, ...], str]]:
    """Return (events, body) of a rule by trigger name; TRUNCATE and DELETE need functions of their own."""
    grouped: dict[str, tuple[str, ...]] = {}
    rows = tuple(event for event in rule.events if event in ("INSERT", "UPDATE"))
    if rows:
        grouped[rule.trigger] = rows
    for event in ("DELETE", "TRUNCATE"):
        if event in rule.events:
            grouped[f"{rule.trigger}_{event.lower()}"] = (event,)
    return {name: (events, _postgres_body(rule, events)) for name, events in grouped.items()}


def _quoted(message: str) -> str:
    return message.replace("'", "''")


# --- the catalogue -------------------------------------------------------------------------------------------------


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Return what the catalogue should hold, by trigger name, for the tables that are there."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    wanted: dict[str, Any] = {}
    for rule in rules():
        if connection.vendor not in rule.engines or rule.table not in tables:
            continue
        if connection.vendor == "sqlite":
            wanted |= _sqlite_triggers(rule)
        else:
            for name, (events, body) in _postgres_triggers(rule).items():
                each_row = 0 if "TRUNCATE" in events else _PG_ROW
                kind = each_row | _PG_BEFORE | sum(_PG_EVENTS[event] for event in events)
                columns = sorted(rule.columns) if "UPDATE" in events else []
                wanted[name] = (rule.table, kind, "O", body, False, columns)
    return wanted


def _present(connection: BaseDatabaseWrapper) -> dict[str, Any]:
    """Return what the catalogue holds of ours, in the form of `_wanted`."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 3) = 'ct_'")
            return dict(cursor.fetchall())
        cursor.execute(
            "SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, p.prosrc, t.tgqual IS NOT NULL, "
            "ARRAY(SELECT a.attname::text FROM pg_attribute a "
            "WHERE a.attrelid = c.oid AND a.attnum = ANY (t.tgattr::int2[]) ORDER BY 1) FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE NOT t.tgisinternal AND left(t.tgname, 3) = 'ct_' AND pg_table_is_visible(c.oid)"
        )
        return {name: tuple(what) for name, *what in cursor.fetchall()}


def differences(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of our triggers that are missing, altered, disabled or not ours to be there."""
    wanted, present = _wanted(connection), _present(connection)
    return sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))


def drop(connection: BaseDatabaseWrapper) -> None:
    """Drop all our triggers."""
    present = _present(connection)
    with connection.cursor() as cursor:
        for name, what in present.items():
            on = "" if connection.vendor == "sqlite" else f' ON "{what[0]}"'
            cursor.execute(f'DROP TRIGGER "{name}"{on}')
        if connection.vendor == "postgresql":  # last: another trigger of that name may run the same function
            for name in present:
                cursor.execute(f'DROP FUNCTION IF EXISTS "{name}"()')


def create(connection: BaseDatabaseWrapper) -> None:
    """Make the catalogue hold our triggers as they are declared, and nothing else of ours."""
    if not differences(connection):
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        drop(connection)
        for name, what in _wanted(connection).items():
            if connection.vendor == "sqlite":
                cursor.execute(what)
                continue
            table, kind, _, body, *_ = what
            events = tuple(event for event, bit in _PG_EVENTS.items() if kind & bit)
            on = next(rule for rule in rules() if name in _postgres_triggers(rule))
            each = "FOR EACH ROW" if kind & _PG_ROW else "FOR EACH STATEMENT"
            cursor.execute(
                f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS $body${body}$body$'
            )
            cursor.execute(
                f'CREATE TRIGGER "{name}" BEFORE {" OR ".join(_event_sql(on, event) for event in events)} '
                f'ON "{table}" {each} EXECUTE FUNCTION "{name}"()'
            )


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Run a block without our triggers: for tests that damage rows, and for emptying a test database."""
    drop(connection)
    try:
        yield
    finally:
        create(connection)


# --- keeping step with migrations ----------------------------------------------------------------------------------


def _before_migrating(*, using: str, plan: Sequence[Any] = (), **_: Any) -> None:
    if plan:
        drop(connections[using])


def _after_migrating(*, using: str, **_: Any) -> None:
    create(connections[using])


def connect(app: AppConfig) -> None:
    """Drop the triggers before migrations and make them after, and compare them in `check --database`."""
    pre_migrate.connect(_before_migrating, sender=app, dispatch_uid="claims.triggers")
    post_migrate.connect(_after_migrating, sender=app, dispatch_uid="claims.triggers")
    register(check_triggers, Tags.database)


def check_triggers(*, databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Warn of every rule that the database does not hold; a warning, so that `migrate` can mend it."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        names = differences(connections[alias])
        if names:
            found.append(
                Warning(
                    f"these database rules are missing or altered: {', '.join(names)}",
                    hint="Run `manage.py migrate`, which makes them anew, and `manage.py verify_evidence`.",
                    id="claims.W001",
                )
            )
    return found
