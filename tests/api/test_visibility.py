"""Who sees what, and who may do what: what is hidden cannot be told from what is not there, in any way (D2-D14)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from sources.choices import Role
from sources.models import ApiToken, Case, CaseMembership, Change, Party
from sources.tokens import revoke_token
from tests import factories as make

from .bodies import Body, Field, fields_of, full_bodies, minimal_bodies, with_value
from .calling import (
    ABSENT,
    COLLECTIONS,
    GET_ROUTES,
    MADE,
    RESOURCES,
    ROOT,
    Api,
    absent,
    check_problem,
    collection_of,
    fill,
    ids,
    is_of_a_row,
    routes,
    state,
    undone,
)
from .conftest import filled
from .stories import Story, tell

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

MARK = "zylophant"  # stands in every text of the hidden case, and nowhere else
BACKEND = "django.contrib.auth.backends.ModelBackend"


class World(NamedTuple):
    """An open case, a hidden one, parties that both may use, and everyone who might ask."""

    open: Story
    hidden: Story
    shared: Party
    other_shared: Party
    users: dict[str, User]
    callers: dict[str, Api]
    before: dict[str, tuple[int, bytes, str]]  # all that the outsider was answered before there was a hidden case
    hidden_rows: dict[str, list[Any]]  # every row of the hidden case, by collection; of acts, those in its history


def _session(user: User, **options: Any) -> Api:
    client = Client(**options)
    client.force_login(user, backend=BACKEND)
    return Api(client=client)


def _everything(api: Api) -> dict[str, tuple[int, bytes, str]]:
    """Return every answer that this caller gets: all lists, and all that is below each row of them."""
    answers = {}
    for collection in COLLECTIONS:
        address = f"{ROOT}{collection}/?limit=1000"
        answer = answers[address] = api.get(address)
        assert answer.status_code == 200
        rows = answer.json()["results"]
        for row in rows[:: 1 + len(rows) // 8]:
            for path in GET_ROUTES:
                if collection_of(path) == collection and is_of_a_row(path):
                    below = fill(path, row.get("id", row.get("sequence")))
                    answers[below] = api.get(below)
    return {address: (answer.status_code, answer.content, answer["ETag"]) for address, answer in answers.items()}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Two cases and everyone, for all tests of this module."""
    with filled(django_db_blocker):
        shared, other_shared = make.make_party(None, "Shared Agency"), make.make_party(None, "Shared Ministry")
        make.make_alias(None, shared, "The Agency")
        story = tell(make.make_case(title="The open case", access="open"))
        claim = make.make_claim(story.case, "The road was closed.")
        make.make_statement(claim, speaker=shared, document=story.document, quote="Nobody was hurt")
        make.make_statement(claim, speaker=other_shared, stance="denies", document=story.document, quote="on Monday")
        users = {"analyst": make.make_user(), "outsider": make.make_member(make.make_case(access="members"), Role.LEAD)}
        callers = {name: Api.of(user) for name, user in users.items()}
        before = _everything(callers["outsider"])

        hidden = tell(make.make_case(title=f"The {MARK}", slug=MARK, description=MARK, access="members"), MARK)
        make.make_alias(hidden.case, shared, f"Agency {MARK}")
        make.make_link(hidden.case, shared, other_shared, "part_of", rationale=MARK)
        make.make_link(hidden.case, shared, hidden.tom, "controlled_by", rationale=MARK)
        make.make_statement(hidden.lorries, speaker=shared, document=hidden.document, quote=MARK)
        make.make_statement(
            hidden.lorries, speaker=other_shared, stance="denies", document=hidden.document, quote="on Monday"
        )
        for role in Role:
            users[role.value] = make.make_member(hidden.case, role)
            callers[role.value] = Api.of(users[role.value])
            callers[f"{role.value} by session"] = _session(users[role.value])
        users["administrator"] = make.make_admin()
        callers["administrator"] = Api.of(users["administrator"])
        callers["outsider by session"] = _session(users["outsider"])
        callers |= _nobodies(hidden.case)
        callers["lead who only reads"] = Api.of(users["lead"], is_read_only=True)
        yield World(story, hidden, shared, other_shared, users, callers, before, _rows_of(hidden.case))


def _nobodies(case: Case) -> dict[str, Api]:
    """Return callers who are no longer, or not yet, anyone: all of them would be leads."""
    closed, lead = make.make_member(case, Role.LEAD), make.make_member(case, Role.LEAD)
    by_session = _session(closed)
    found = {"nobody": Api(), "closed": Api.of(closed), "closed by session": by_session}
    User.objects.filter(pk=closed.pk).update(is_active=False)
    now = timezone.now()
    found["expired"] = Api.of(lead, expires_at=now - timedelta(seconds=1))
    found["revoked"] = Api.of(lead)
    revoke_token(token=ApiToken.objects.order_by("-pk")[0], at=now)
    found["mistaken"] = Api("ct_000000000000_" + "x" * 43)
    found["mistaken, with a session"] = _session(lead)
    found["mistaken, with a session"].headers = {"Authorization": "Token ct_000000000000_x"}
    return found


NOBODIES = ["nobody", "closed", "closed by session", "expired", "revoked", "mistaken", "mistaken, with a session"]
OUTSIDERS = ["analyst", "outsider", "outsider by session"]
READERS = [
    *("reader", "annotator", "lead", "administrator", "lead who only reads"),
    *("reader by session", "annotator by session", "lead by session"),
]


def _rows_of(case: Case) -> dict[str, list[Any]]:
    """Return every row of a case, by collection; of acts, those in its history."""
    rows: dict[str, list[Any]] = {}
    for name in COLLECTIONS:
        model = RESOURCES[name].model
        path = {Case: "uid", Change: "case_uid"}.get(model, "case__uid")
        rows[name] = list(model.objects.filter(**{path: case.uid}).order_by("pk"))
    return rows


def _key(row: Any) -> str:
    """Return what stands in the address of a row, of a model or as it was answered."""
    if isinstance(row, dict):
        return str(row.get("id", row.get("sequence")))
    return str(row.sequence if isinstance(row, Change) else row.uid)


def _uids(world: World) -> set[str]:
    """Return the id of every row of the hidden case, those included that have no address of their own."""
    items = Change.objects.filter(case_uid=world.hidden.case.uid).values_list("items__uid", flat=True)
    return {str(uid) for uid in items}


# --- who reads -----------------------------------------------------------------------------------------------------


def test_everyone_is_in_one_group(world: World) -> None:
    assert sorted([*NOBODIES, *OUTSIDERS, *READERS]) == sorted(world.callers)


@pytest.mark.parametrize("caller", [*NOBODIES, *OUTSIDERS, *READERS])
def test_d2_a_row_is_there_for_those_who_may_see_its_case(world: World, caller: str) -> None:
    api = world.callers[caller]
    for path in GET_ROUTES:
        name = collection_of(path)
        stories = (world.open, world.hidden) if is_of_a_row(path) else (world.open,)  # a list is of no one case
        answers = [api.get(fill(path, story.key_of(name))) for story in stories]
        if caller in NOBODIES:
            for answer in answers:
                check_problem(answer, "unauthenticated")
                assert answer["WWW-Authenticate"] == "Token"
            continue
        assert answers[0].status_code == 200
        if not is_of_a_row(path):
            rows = {_key(row) for row in world.hidden_rows[name] if name != "statements" or row.is_live}
            assert rows
            seen = rows & {_key(row) for row in api.rows(path)}
            assert seen == (set() if caller in OUTSIDERS else rows)
        elif caller in OUTSIDERS:
            check_problem(answers[1], "not-found")
        else:
            assert answers[1].status_code == 200


@pytest.mark.parametrize("path", sorted({path for path, *_ in routes() if is_of_a_row(path)}))
def test_d2_hidden_and_absent_are_answered_alike_to_the_last_byte(world: World, path: str) -> None:
    api = world.callers["outsider"]

    def told(method: str, key: object) -> tuple[int, bytes, dict[str, str]]:
        data = b"" if method in ("GET", "HEAD", "OPTIONS") else b'{"text": "x"}'
        answer = api.send(method, f"{ROOT}{fill(path, key)}", data, headers={"If-Match": f'"1-{"0" * 32}"'})
        headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
        return answer.status_code, answer.content, headers

    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"):
        nowhere = told(method, absent(path))
        for row in world.hidden_rows[collection_of(path)][:3]:
            assert told(method, _key(row)) == nowhere


@pytest.mark.parametrize("caller", OUTSIDERS)
def test_d4_the_hidden_case_occurs_in_no_answer(world: World, caller: str) -> None:
    uids = _uids(world)
    assert len(uids) > 40
    for address, (status, content, _) in _everything(world.callers[caller]).items():
        assert status == 200
        text = content.decode()
        assert MARK not in text.casefold(), address
        assert not any(uid in text for uid in uids), address


def test_d4_what_an_outsider_is_answered_does_not_depend_on_the_hidden_case(world: World) -> None:
    """Not a byte and not a tag: counts, conflicts, contested claims and orders would all show here."""
    assert len(world.before) > 60
    assert _everything(world.callers["outsider"]) == world.before


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_d2_a_hidden_id_filters_like_an_absent_one(world: World, collection: str) -> None:
    api, member = world.callers["outsider"], world.callers["reader"]
    hidden = {str(rows[0].uid) for name, rows in world.hidden_rows.items() if name != "changes"}
    is_found = False
    for name, kind in RESOURCES[collection].filters.base_filters.items():
        if type(kind).__name__ != "UUIDFilter":
            continue
        absent = api.get(collection, **{name: ABSENT})
        assert absent.json()["results"] == []
        for uid in hidden:
            answer = api.get(collection, **{name: uid})
            assert (answer.status_code, answer.content) == (200, absent.content)
            is_found = is_found or bool(member.rows(collection, **{name: uid}))
    assert is_found or collection == "cases"


def test_d4_a_shared_party_filters_only_what_is_seen(world: World) -> None:
    for collection, name in (("statements", "speaker"), ("claims", "speaker"), ("party-links", "party")):
        parameters = {name: world.shared.uid}
        seen = set(ids(world.callers["outsider"].rows(collection, **parameters)))
        all_of_them = set(ids(world.callers["reader"].rows(collection, **parameters)))
        assert seen.isdisjoint(_uids(world))
        assert seen < all_of_them
        assert all_of_them - seen <= _uids(world)


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_d4_a_search_finds_hidden_words_for_members_alone(world: World, collection: str) -> None:
    for words in (MARK, MARK.upper(), MARK[2:6]):
        for caller in OUTSIDERS:
            assert world.callers[caller].rows(collection, q=words) == []
    assert world.callers["reader"].rows(collection, q=MARK)


# --- shared parties ------------------------------------------------------------------------------------------------


def test_d4_an_alias_or_a_link_made_in_a_case_is_seen_only_by_those_who_see_the_case(world: World) -> None:
    in_case = [{"case": str(world.hidden.case.uid), "name": f"Agency {MARK}"}]
    for caller, case_aliases, n_links in (
        *((caller, [], 0) for caller in OUTSIDERS),
        *((caller, in_case, 2) for caller in READERS),
    ):
        party = world.callers[caller].read(f"parties/{world.shared.uid}/")
        assert (party["label"], party["aliases"], len(party["links"])) == ("Shared Agency", ["The Agency"], n_links)
        assert party["case_aliases"] == case_aliases
        in_list = next(row for row in world.callers[caller].rows("parties") if row["id"] == party["id"])
        assert in_list == party


def test_d4_a_hidden_alias_leads_to_nobody(world: World) -> None:
    name = f"Agency {MARK}"
    for caller in OUTSIDERS:
        assert world.callers[caller].rows("parties", name=name) == []
        assert world.callers[caller].rows("parties", q=name) == []
    assert ids(world.callers["reader"].rows("parties", name=name.upper())) == [str(world.shared.uid)]
    for caller in (*OUTSIDERS, "reader"):
        assert ids(world.callers[caller].rows("parties", name="the agency")) == [str(world.shared.uid)]


def test_d4_a_link_made_in_a_case_makes_one_account_there_and_nowhere_else(world: World) -> None:
    """Not even for members: what one case holds of a party is no ground for what another comes to."""
    speakers = {str(world.shared.uid), str(world.other_shared.uid)}
    for caller in ("outsider", "reader", "administrator"):
        api = world.callers[caller]
        stories = [(world.open, False)] if caller == "outsider" else [(world.open, False), (world.hidden, True)]
        for story, is_one in stories:
            (conflict,) = [
                one
                for one in api.rows(f"cases/{story.case.uid}/conflicts")
                if {side["speaker"]["id"] for side in (one["left"], one["right"]) if side["speaker"]} == speakers
            ]
            assert conflict["same_account"] is is_one
            edges = api.read(f"cases/{story.case.uid}/graph/")["edges"]
            own = f"party:{world.shared.uid}"
            linked = {edge["type"] for edge in edges if edge["source"] == own and edge["target"].startswith("party:")}
            assert linked == ({"part_of", "controlled_by"} if is_one else set())


def test_d10_the_shared_register_is_read_by_all_and_written_by_the_administrator(world: World) -> None:
    party = {"case": None, "label": "Shared Office"}
    link = {"case": None, "from": str(world.shared.uid), "to": str(world.other_shared.uid), "kind": "part_of"}
    for address, body in (("parties", party), ("party-links", link)):
        for caller in (*OUTSIDERS[:2], "reader", "annotator", "lead"):
            check_problem(world.callers[caller].post(address, body), "forbidden")
        with undone():
            made = world.callers["administrator"].write(address, body)
            assert made["case"] is None
            assert made["id"] in ids(world.callers["outsider"].rows(address))


def test_a_shared_party_may_speak_carry_and_publish_in_any_case(world: World) -> None:
    shared = str(world.shared.uid)
    for name, path in (
        ("statements", ("speaker",)),
        ("statements", ("relays", 0, "party")),
        ("documents", ("publisher",)),
        ("party-links", ("to",)),
    ):
        address, body = full_bodies(world.open)[name]
        if name == "statements":
            body["supersedes"] = None
        with undone():
            world.callers["administrator"].write(address, with_value(body, path, shared))


# --- who writes ----------------------------------------------------------------------------------------------------


# What an annotator makes; conclusions and the like are the lead's, and stand in the matrix.
WRITTEN = [name for name in MADE if name not in ("cases", "conclusions", "independence-judgements")]


def _bodies(story: Story) -> dict[str, tuple[str, Body]]:
    """Return what an annotator may send: nothing that is judged, and one thing that is new."""
    bodies = minimal_bodies(story)
    document = str(story.document.uid)
    return {name: pair for name, pair in bodies.items() if name in WRITTEN} | {
        "excerpts": ("excerpts", {"document": document, "quote": "Tom"}),
    }


@pytest.mark.parametrize("caller", [*NOBODIES, *READERS])
@pytest.mark.parametrize("name", WRITTEN)
def test_d10_a_member_writes_what_the_role_allows(world: World, name: str, caller: str) -> None:
    before = state()
    with undone():
        answer = world.callers[caller].post(*_bodies(world.hidden)[name])
        if caller in NOBODIES:
            check_problem(answer, "unauthenticated")
        elif caller in ("reader", "reader by session", "lead who only reads"):
            check_problem(answer, "forbidden")
        else:
            assert answer.status_code == 201, answer.content
            actor = Change.objects.order_by("-sequence")[0].actor
            assert actor == world.users[caller.partition(" ")[0]]
            return
        assert state() == before


@pytest.mark.parametrize("caller", OUTSIDERS)
@pytest.mark.parametrize("name", WRITTEN)
def test_d3_an_outsider_writes_into_a_hidden_case_as_into_none(world: World, name: str, caller: str) -> None:
    address, body = _bodies(world.hidden)[name]
    hidden = _uids(world)
    absent = {key: ABSENT if value in hidden else value for key, value in body.items()}
    before = state()
    if name == "versions":
        check_problem(world.callers[caller].post(address, body), "not-found")
    else:
        assert absent != body
        answer, expected = (world.callers[caller].post(address, sent) for sent in (body, absent))
        check_problem(answer, "invalid")
        assert answer.content == expected.content
    assert state() == before


LINKS = [(name, field) for name in MADE for field in fields_of(name) if field.is_link and 1 not in field.path]


@pytest.mark.parametrize(("name", "field"), LINKS, ids=lambda value: getattr(value, "pointer", value))
def test_d3_a_hidden_id_in_a_body_is_refused_like_an_absent_one(world: World, name: str, field: Field) -> None:
    address, body = full_bodies(world.open)[name]
    body |= {key: "unjudged" for key in ("judgement",) if key in body}
    api = world.callers["outsider"]
    before = state()
    expected = api.post(address, with_value(body, field.path, ABSENT))
    check_problem(expected, "invalid", field.pointer)
    for row in {type(row): row for row in vars(world.hidden).values()}.values():
        answer = api.post(address, with_value(body, field.path, str(row.uid)))
        assert (answer.status_code, answer.content) == (400, expected.content)
    assert state() == before


def test_d10_judging_is_for_leads(world: World) -> None:
    bodies = full_bodies(world.hidden)
    for name in ("relations", "party-links"):
        address, body = bodies[name]
        for judgement in ("positive", "negative", "unsure"):
            judged = {**body, "judgement": judgement}
            for caller in ("annotator", "annotator by session", "reader"):
                check_problem(world.callers[caller].post(address, judged), "forbidden")
            for caller in ("lead", "administrator"):
                with undone():
                    made = world.callers[caller].write(address, judged)
                    assert made["judged_by"] == world.users[caller].username
        with undone():
            made = world.callers["annotator"].write(address, {**body, "judgement": "unjudged"})
            assert (made["judged_by"], made["judged_at"]) == (None, None)


def test_d10_nobody_reviews_by_writing(world: World) -> None:
    address, body = minimal_bodies(world.hidden)["statements"]
    for caller in ("annotator", "lead", "administrator"):
        for field in ("review", "withdrawn_at", "live", "is_live"):
            check_problem(world.callers[caller].post(address, {**body, field: "accepted"}), "invalid", f"#/{field}")


def test_d10_an_open_case_is_annotated_by_every_analyst_and_judged_by_none(world: World) -> None:
    for name, (address, body) in _bodies(world.open).items():
        with undone():
            assert world.callers["analyst"].post(address, body).status_code == 201, name
    for name in ("relations", "party-links"):
        check_problem(world.callers["analyst"].post(*full_bodies(world.open)[name]), "forbidden")


def test_d10_a_reader_of_an_open_case_only_reads(world: World) -> None:
    api = Api.of(make.make_member(world.open.case, Role.READER))
    before = state()
    for address, body in _bodies(world.open).values():
        check_problem(api.post(address, body), "forbidden")
    assert state() == before
    assert api.read(f"cases/{world.open.case.uid}/")["role"] == "reader"


def test_a_case_tells_everyone_their_own_role(world: World) -> None:
    for caller, role in (("reader", "reader"), ("annotator", "annotator"), ("lead", "lead"), ("administrator", "lead")):
        assert world.callers[caller].read(f"cases/{world.hidden.case.uid}/")["role"] == role
    assert world.callers["analyst"].read(f"cases/{world.open.case.uid}/")["role"] == "annotator"


def test_whoever_opens_a_case_leads_it_and_is_alone_in_it(world: World) -> None:
    with undone():
        made = world.callers["analyst"].write("cases", {"title": "Mine", "access": "members"})
        assert made["role"] == "lead"
        for caller in ("outsider", "lead"):
            check_problem(world.callers[caller].get(made["url"]), "not-found")
        assert world.callers["administrator"].get(made["url"]).status_code == 200
    for caller in ("lead who only reads", *NOBODIES):
        slug = "unauthenticated" if caller in NOBODIES else "forbidden"
        check_problem(world.callers[caller].post("cases", {"title": "Mine"}), slug)


# --- at once -------------------------------------------------------------------------------------------------------


@pytest.fixture
def member(world: World) -> tuple[User, list[Api]]:
    """An annotator of the hidden case, by token and by session."""
    user = make.make_member(world.hidden.case, Role.ANNOTATOR)
    callers = [Api.of(user), _session(user)]
    for api in callers:
        assert api.get(f"cases/{world.hidden.case.uid}").status_code == 200
    return user, callers


def test_d12_who_was_taken_from_a_case_is_an_outsider_from_the_next_request_on(
    world: World, member: tuple[User, list[Api]]
) -> None:
    user, callers = member
    CaseMembership.objects.filter(user=user).delete()
    for api in callers:
        check_problem(api.get(f"cases/{world.hidden.case.uid}"), "not-found")
        assert api.rows("claims", case=world.hidden.case.uid) == []


def test_d12_who_may_only_read_from_now_on_writes_nothing_more(world: World, member: tuple[User, list[Api]]) -> None:
    user, callers = member
    CaseMembership.objects.filter(user=user).update(role=Role.READER)
    for api in callers:
        check_problem(api.post(*_bodies(world.hidden)["questions"]), "forbidden")


def test_d12_a_closed_account_is_nobody_from_the_next_request_on(world: World, member: tuple[User, list[Api]]) -> None:
    user, callers = member
    User.objects.filter(pk=user.pk).update(is_active=False)
    for api in callers:
        check_problem(api.get("cases"), "unauthenticated")
        check_problem(api.post(*_bodies(world.hidden)["questions"]), "unauthenticated")


def test_d12_a_closed_administrator_is_nobody(world: World) -> None:
    admin = make.make_admin()
    callers = [Api.of(admin), _session(admin)]
    User.objects.filter(pk=admin.pk).update(is_active=False)
    for api in callers:
        check_problem(api.get("cases"), "unauthenticated")


def test_d12_a_changed_password_ends_every_session_and_every_token(
    world: World, member: tuple[User, list[Api]]
) -> None:
    user, (by_token, by_session) = member
    user.set_password("another-word")
    user.save()
    check_problem(by_session.get("cases"), "unauthenticated")
    check_problem(by_token.get("cases"), "unauthenticated")


def test_d11_a_token_ends_when_it_is_revoked_or_expires(world: World) -> None:
    user = make.make_user()
    api = Api.of(user, expires_at=timezone.now() + timedelta(hours=1))
    token = ApiToken.objects.get(user=user)
    assert api.get("cases").status_code == 200
    ApiToken.objects.filter(pk=token.pk).update(expires_at=timezone.now())
    check_problem(api.get("cases"), "unauthenticated")
    ApiToken.objects.filter(pk=token.pk).update(expires_at=None)
    assert api.get("cases").status_code == 200
    revoke_token(token=token, at=timezone.now())
    check_problem(api.get("cases"), "unauthenticated")


# --- sessions ------------------------------------------------------------------------------------------------------


def test_d14_a_session_writes_only_with_its_own_csrf_token(world: World) -> None:
    api = _session(world.users["lead"], enforce_csrf_checks=True)
    address, body = _bodies(world.hidden)["questions"]
    before = state()
    assert api.get("cases").status_code == 200
    check_problem(api.post(address, body), "forbidden")
    token = api.client.cookies["csrftoken"] = "k1" * 16
    for wrong in ("", "b" * 32, "b" * 64, token[:-1]):
        check_problem(api.post(address, body, headers={"X-CSRFToken": wrong}), "forbidden")
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        check_problem(api.post(address, body, headers={"X-CSRFToken": token, "Origin": origin}), "forbidden")
    assert state() == before


def test_d14_a_session_with_its_csrf_token_writes(world: World) -> None:
    api = _session(world.users["lead"], enforce_csrf_checks=True)
    token = api.client.cookies["csrftoken"] = "k1" * 16
    address, body = _bodies(world.hidden)["questions"]
    for headers in ({}, {"Origin": "http://testserver"}):
        with undone():
            answer = api.post(address, body, headers={"X-CSRFToken": token, **headers})
            assert answer.status_code == 201, answer.content


def test_d14_a_token_needs_no_csrf_token(world: World) -> None:
    api = Api.of(world.users["lead"])
    api.client = Client(enforce_csrf_checks=True)
    with undone():
        assert api.post(*_bodies(world.hidden)["questions"]).status_code == 201


def test_d11_a_token_that_only_reads_reads_all_that_its_user_sees(world: World) -> None:
    assert _everything(world.callers["lead who only reads"]) == _everything(world.callers["lead"])


def test_d8_what_the_api_says_of_itself_names_nobody_and_nothing(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    """Making the schema looks at the fields of every resource: it must not look into the tables behind them."""
    for caller in ("nobody", "outsider", "administrator"):
        for address in ("/api/schema/", "/api/docs/", "/api/problems/", ROOT):
            assert MARK not in world.callers[caller].send("GET", address).content.decode().casefold()
        for path in GET_ROUTES:
            answer = world.callers[caller].send("OPTIONS", f"{ROOT}{fill(path, absent(path))}")
            assert MARK not in answer.content.decode().casefold()
    told = capfd.readouterr()
    assert MARK not in (told.out + told.err).casefold()
    assert world.open.mira.label not in told.out + told.err


def test_logs_hold_no_word_of_a_case(world: World, capfd: pytest.CaptureFixture[str], caplog: Any) -> None:
    address, body = full_bodies(world.hidden)["statements"]
    for caller in ("nobody", "outsider", "reader", "lead"):
        for sent in (body, {**body, "quote": f"{MARK} nowhere"}, {**body, "cue": f"{MARK}\x00"}, {MARK: 1}):
            with undone():
                world.callers[caller].post(address, sent)
        world.callers[caller].get("claims", q=MARK, colour=MARK)
    told = capfd.readouterr()
    assert MARK not in (told.out + told.err + caplog.text).casefold()
