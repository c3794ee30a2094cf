"""Many keys are asked for at once: `among` finds what `in` finds, and asks nothing where there is nothing to ask."""

from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from sources.models import Party
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("given", [list, set, tuple, dict.fromkeys])
def test_keys_in_any_collection_are_found(given: type) -> None:
    parties = [make.make_party(make.make_case()) for _ in range(4)]
    some = [party.pk for party in parties[1:3]]
    assert set(Party.objects.filter(pk__among=given(some)).values_list("pk", flat=True)) == set(some)
    rest = {parties[0].pk, parties[3].pk}
    assert set(Party.objects.exclude(pk__among=given(some)).values_list("pk", flat=True)) == rest


def test_keys_that_a_row_points_to_are_found() -> None:
    first, second = make.make_party(make.make_case()), make.make_party(make.make_case())
    assert first.case_id != second.case_id
    assert list(Party.objects.filter(case__among=[first.case_id])) == [first]
    assert list(Party.objects.filter(case_id__among=[second.case_id])) == [second]


def test_no_key_finds_nothing_and_asks_nothing() -> None:
    party = make.make_party(make.make_case())
    with CaptureQueriesContext(connection) as captured:
        assert list(Party.objects.filter(pk__among=[])) == []
    assert not captured.captured_queries
    assert list(Party.objects.filter(Q(pk__among=[]) | Q(pk=party.pk))) == [party]
    assert list(Party.objects.exclude(pk__among=set())) == [party]


def test_more_keys_are_taken_than_the_database_takes_parameters() -> None:
    party = make.make_party(make.make_case())
    assert list(Party.objects.filter(pk__among=range(party.pk, party.pk + 300_000))) == [party]
    uids = [UUID(int=number) for number in range(300_000)]
    assert list(Party.objects.with_uids([*uids, party.uid])) == [party]


@pytest.mark.parametrize("given", [list, set, tuple, dict.fromkeys])
def test_public_ids_in_any_collection_are_found(given: type) -> None:
    parties = [make.make_party(make.make_case()) for _ in range(4)]
    some = given([parties[1].uid, str(parties[2].uid), uuid4(), None])  # as text too; of None there is no row
    assert set(Party.objects.filter(uid__among=some)) == set(parties[1:3])
    assert set(Party.objects.exclude(uid__among=some)) == {parties[0], parties[3]}
    assert set(Party.objects.filter(case__uid__among=given([parties[0].case.uid]))) == {parties[0]}
    with CaptureQueriesContext(connection) as captured:
        assert list(Party.objects.filter(uid__among=given([None]))) == []
    assert not captured.captured_queries


def test_what_is_no_public_id_is_refused() -> None:
    with pytest.raises(ValidationError, match="valid UUID"):
        Party.objects.filter(uid__among=["x"])
