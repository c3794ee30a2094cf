"""Rows written by SQL, past the ORM and the domain: what someone with a database shell can do."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Field, Model

from claims import triggers


def execute(sql: str, parameters: list[Any] | None = None) -> int:
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.rowcount


def suspend_rules() -> None:
    """Let the database take anything but what a CHECK refuses, for the rest of the transaction."""
    if connection.vendor == "sqlite":
        triggers.drop(connection)
        return
    connection.check_constraints()  # it alters no table with checks outstanding
    for table in sorted({rule.table for rule in triggers.rules()}):  # quicker than dropping one by one
        execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')


def insert_row(row: Model, *, verb: str = "INSERT", with_key: bool = False) -> None:
    """Insert a row as it is."""
    fields = [field for field in row._meta.concrete_fields if with_key or not field.primary_key]
    insert_values(
        row._meta.db_table, {field.column: _stored(field, getattr(row, field.attname)) for field in fields}, verb
    )


def insert_values(table: str, values: Mapping[str, Any], verb: str = "INSERT") -> None:
    """Insert these values, by column."""
    columns = ", ".join(f'"{column}"' for column in values)
    places = ", ".join(["%s"] * len(values))
    execute(f'{verb} INTO "{table}" ({columns}) VALUES ({places})', list(values.values()))


def update_row(row: Model, values: Mapping[str, Any]) -> None:
    """Give the row these values, by field; links as rows or keys."""
    stored = {}
    for name, value in values.items():
        field: Any = row._meta.get_field(name)
        stored[field.column] = _stored(field, value.pk if isinstance(value, Model) else value)
    assignments = ", ".join(f'"{column}" = %s' for column in stored)
    sql = f'UPDATE "{row._meta.db_table}" SET {assignments} WHERE "id" = %s'  # noqa: S608 - our own names
    assert execute(sql, [*stored.values(), row.pk]) == 1


def delete_row(row: Model) -> None:
    """Delete the row, whatever stands on it."""
    execute(f'DELETE FROM "{row._meta.db_table}" WHERE "id" = %s', [row.pk])  # noqa: S608 - our own names


def empty_table(model: type[Model]) -> None:
    """Empty the table of a model, and those that stand on it, in one stroke."""
    execute(f'TRUNCATE "{model._meta.db_table}" CASCADE')


def twin_of(row: Model, **values: Any) -> Model:
    """Return a new row with the columns of another, but for its ids and for the values given, links as rows or keys."""
    twin = type(row)(
        **{
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if not field.primary_key and not (field.name == "uid" and field.unique)
        }
    )
    for name, value in values.items():
        field: Any = row._meta.get_field(name)
        setattr(twin, field.attname, value.pk if isinstance(value, Model) else value)
    return twin


def _stored(field: "Field[Any, Any]", value: Any) -> Any:
    return field.get_db_prep_save(value, connection)
