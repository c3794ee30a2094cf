"""Migrations drop the database rules and make them again. By themselves: these tests own their database."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection

from claims import triggers
from claims.triggers import create, differences, drop
from sources.models import Excerpt
from tests.claims.test_triggers import names, tamper
from tests.samples import make_samples


@pytest.mark.django_db(transaction=True)
def test_migrations_drop_the_rules_and_make_them_again() -> None:
    before = names()
    during: list[set[str]] = []
    real_create = triggers.create

    def spying_create(database: Any) -> None:
        during.append(names())
        real_create(database)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(triggers, "create", spying_create)
        try:
            call_command("migrate", "claims", "zero", verbosity=0)
            without_claims = names()
        finally:
            call_command("migrate", verbosity=0)
    assert during == [set(), set()]
    assert {name for name in before if "claims_" not in name} == without_claims
    assert names() == before
    assert differences(connection) == []


@pytest.mark.django_db(transaction=True)
def test_migrating_mends_rules_even_where_there_is_nothing_to_migrate() -> None:
    tamper("dropped")
    call_command("migrate", verbosity=0)
    assert differences(connection) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL alters a table in its place")
def test_a_table_can_be_rebuilt_while_the_rules_are_dropped_and_has_them_afterwards() -> None:
    drop(connection)
    with connection.schema_editor() as editor:
        editor._remake_table(Excerpt)
    create(connection)
    assert differences(connection) == []
    samples = make_samples()
    with pytest.raises(DatabaseError, match="never changes"):
        Excerpt.objects.filter(pk=samples.here[Excerpt].pk).update(start=1, end=samples.here[Excerpt].end + 1)
