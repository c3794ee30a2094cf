"""What is sent twice under one Idempotency-Key is done once (F8)."""

import json
from datetime import timedelta
from typing import Any

import pytest

from sources.choices import Role
from sources.models import Case, CaseMembership, IdempotencyKey
from tests import factories as make

from .calling import ROOT, Api, check_problem, ids, state

pytestmark = pytest.mark.django_db

KEY = "0d5d9a5e-once"


@pytest.fixture
def case(db: None) -> Case:
    return make.make_case(access="members")


@pytest.fixture
def annotator(case: Case) -> Api:
    return Api.of(make.make_member(case, Role.ANNOTATOR))


def _send(api: Api, body: Any, key: str = KEY, address: str = "claims") -> Any:
    return api.post(address, body, headers={"Idempotency-Key": key})


def test_f8_what_is_sent_again_is_answered_again_and_not_done_again(annotator: Api, case: Case) -> None:
    body = {"case": str(case.uid), "text": "The ferry was full."}
    first = _send(annotator, body)
    assert first.status_code == 201
    before = state()
    again = _send(annotator, dict(reversed(body.items())))  # the same, written in another order
    assert (again.status_code, again.json(), again["Location"]) == (201, first.json(), first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first
    assert state() == before


def test_f8_many_under_one_key_are_made_once(annotator: Api, case: Case) -> None:
    bodies = [{"case": str(case.uid), "text": f"Claim {n}."} for n in range(3)]
    first, again = _send(annotator, bodies), _send(annotator, bodies)
    assert ids(first.json()["results"]) == ids(again.json()["results"]) == ids(annotator.rows("claims"))


def test_f8_a_key_stands_for_one_request_of_one_account(annotator: Api, case: Case) -> None:
    body = {"case": str(case.uid), "text": "The ferry was full."}
    made = _send(annotator, body).json()
    check_problem(_send(annotator, {**body, "text": "It was empty."}), "key-used-otherwise")
    check_problem(_send(annotator, body, address="questions"), "key-used-otherwise")
    other = Api.of(make.make_member(case, Role.ANNOTATOR))
    assert _send(other, body).json()["id"] != made["id"]
    assert _send(annotator, body, key=f"{KEY}2").json()["id"] != made["id"]


def test_f8_a_request_that_was_refused_may_be_mended_and_sent_under_the_same_key(annotator: Api, case: Case) -> None:
    before = state()
    check_problem(_send(annotator, {"case": str(case.uid), "text": ""}), "invalid", "#/text")
    assert state() == before
    assert _send(annotator, {"case": str(case.uid), "text": "The ferry was full."}).status_code == 201


def test_f8_who_may_not_see_or_do_it_any_more_is_not_answered_again(case: Case) -> None:
    user = make.make_member(case, Role.ANNOTATOR)
    api, body = Api.of(user), {"case": str(case.uid), "text": "The ferry was full."}
    assert _send(api, body).status_code == 201
    membership = CaseMembership.objects.filter(case=case, user=user)
    membership.update(role=Role.READER)
    check_problem(_send(api, body), "forbidden")
    membership.delete()
    check_problem(_send(api, body), "not-found")


def test_f8_after_a_day_a_key_is_a_new_one(annotator: Api, case: Case) -> None:
    body = {"case": str(case.uid), "text": "The ferry was full."}
    made = _send(annotator, body).json()
    key = IdempotencyKey.objects.get(key=KEY)
    IdempotencyKey.objects.filter(pk=key.pk).update(made_at=key.made_at - timedelta(hours=23, minutes=59))
    assert _send(annotator, body).json()["id"] == made["id"]
    IdempotencyKey.objects.filter(pk=key.pk).update(made_at=key.made_at - timedelta(hours=24, minutes=1))
    assert _send(annotator, body).json()["id"] != made["id"]


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "a\tb"], ids=ascii)
def test_f8_a_key_is_printable_ascii(annotator: Api, case: Case, key: str) -> None:
    before = state()
    body = json.dumps({"case": str(case.uid), "text": "The ferry was full."}).encode()
    check_problem(annotator.send("POST", f"{ROOT}claims/", body, headers={"Idempotency-Key": key}), "invalid")
    assert state() == before
