"""What the admin refuses: by its addresses and by its forms, without a failure, a hidden word or a row written.

The letters and numbers are those of the project's list of bad inputs.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteMixin
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from claims.models import Claim, Statement
from sources.choices import Role
from sources.models import ApiToken, Case, Change, Document, Party, Record
from tests import factories as make
from tests.effort import foremost
from tests.forms import client_of, form_of, new_account
from tests.keeping import filled
from tests.samples import Rows, Samples, make_samples

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

TOO_LARGE = "9" * 20  # for a key of either database
NO_KEYS = foremost(
    4, ("%00", "%ed%a0%80", "%C2%B2", TOO_LARGE, "%ff", "%c0%80", "x", "-1", "1.5", "9" * 4_000, "..%2f..%2fx")
)
NO_VALUES = foremost(3, ("%00", TOO_LARGE, "0001-01-01T00:00:00%2B14:00", "%ff", "x"))


class World(NamedTuple):
    """A case to work in, one that is seen and is another, one that is hidden, and who works there."""

    here: Rows
    other: Rows
    hidden: Rows
    client: Client
    user: User
    admin: Client


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Three cases with a row of every model, for all tests of this module."""
    with filled(django_db_blocker):
        seen: Samples = make_samples()
        hidden = make_samples(access="members").here
        case: Any = seen.here[Case]
        user = new_account(case, Role.LEAD)
        boss = new_account(is_superuser=True)
        make.make_token(user)
        client, root = client_of(user), client_of(boss)
        for one in (client, root):
            one.post(reverse("admin:switch-case"), {"case": str(case.uid)})
        yield World(seen.here, seen.there, hidden, client, user, root)


def _written() -> Any:
    return Change.objects.count(), ApiToken.objects.count(), list(User.objects.order_by("pk").values())


@pytest.fixture(autouse=True)
def nothing_is_written(world: World, db: None) -> Iterator[None]:
    """Whatever is asked or sent in a test of this module writes nothing, and leaves the lists answering."""
    before = _written()
    yield
    for one in before[2]:
        one["last_login"] = None
    after = _written()
    for one in after[2]:
        one["last_login"] = None
    assert after == before
    assert world.client.get(_list(Statement)).status_code == 200


def _name(model: type[Any], page: str) -> str:
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"


def _list(model: type[Any]) -> str:
    return reverse(_name(model, "changelist"))


MODELS = list(admin.site._registry)
_IDS = [model._meta.model_name for model in MODELS]


# --- A5, A7, A14: addresses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=_IDS)
def test_a5_what_is_no_key_leads_to_no_row(world: World, model: type[Any]) -> None:
    base = _list(model)
    for key in NO_KEYS:
        for page in ("change", "delete", "history"):
            answer = world.admin.get(f"{base}{key}/{page}/")
            assert answer.status_code in (302, 403, 404), (key, page)
        assert world.admin.post(f"{base}{key}/change/", {}).status_code in (302, 403, 404)


def test_a5_pages_of_their_own_are_about_nothing_by_what_is_no_key(world: World) -> None:
    uid = world.here[Claim].uid
    for template in (
        *("annotate/{}/", "dossier/{}/", "judge/{}/", "merge/claim/{}/", "at/claim/{}/", "undo/{}/", "r/{}/1/"),
        *("claims/statement/{}/accept/now/", "claims/statement/1/{}/now/", "sources/apitoken/{}/revoke/", "r/1/{}/"),
        *("auth/user/{}/password/", "sources/document/add/{}/", f"merge/{{}}/{uid}/", f"at/{{}}/{uid}/", "{}/"),
    ):
        for key in NO_KEYS:
            for method in (world.admin.get, world.admin.post):
                assert method(f"/admin/{template.format(key)}").status_code in (302, 404, 405), (template, key)


PARAMETERS = {
    "index": "page case",
    "compare": "case question account document slot1 as_of after",
    "timeline": "account slot1 as_of after by",
    "review": "after",
    "graph": "claim",
    "judge-pair": "left a",
    "dossier": "as_of after",
    "merge": "target into",
    "annotate": "version",
}


def test_a5_a7_no_parameter_of_a_page_is_too_strange(world: World) -> None:
    claim = world.here[Claim].uid
    keys = {"dossier": [claim], "merge": ["claim", claim], "annotate": [world.here[Document].pk]}
    for page, names in PARAMETERS.items():
        for name in names.split():
            for value in NO_VALUES:
                answer = world.client.get(f"{reverse(f'admin:{page}', args=keys.get(page))}?{name}={value}")
                assert answer.status_code in (200, 302, 404), (page, name, value)
    moment = f"0001-01-01T00:00:00%2B14:00~{claim}"
    assert world.client.get(f"{reverse('admin:timeline')}?after={moment}").status_code == 404
    page = reverse("admin:annotate", args=keys["annotate"])
    for version in ("0000000001999", "0000000001" + "9" * 4_500, "²", "2"):
        assert world.client.get(f"{page}?version={version}").status_code == 404


@pytest.mark.parametrize("model", MODELS, ids=_IDS)
def test_a5_a7_no_parameter_of_a_list_is_too_strange(world: World, model: type[Any]) -> None:
    """Asked of all that a list offers, and of what every list takes."""
    page = world.admin.get(_list(model))
    own = [name for spec in page.context["cl"].filter_specs for name in spec.expected_parameters()]
    every = ("q", "p", "o", "all", "_facets", "_popup", "case") if model in (Statement, Change) else ("q",)
    for name in (*own, *every):
        for value in NO_VALUES:
            answer = world.admin.get(f"{_list(model)}?{name}={value}")
            assert answer.status_code in (200, 302), (name, value)
    assert world.admin.get(f"{_list(model)}?_to_field=password").status_code == 400


@pytest.mark.parametrize("model", MODELS, ids=_IDS)
def test_a14_a_list_is_asked_by_the_filters_that_it_offers_and_by_no_pattern(world: World, model: type[Any]) -> None:
    """A pattern is read by the database for minutes, and a column of a hidden row tells it letter by letter."""
    columns = [column for column in model._meta.concrete_fields if column.name != "case"]
    for column in columns:
        for lookup in ("regex", "in"):
            answer = world.client.get(f"{_list(model)}?{column.name}__{lookup}=(a%2B)%2B%24")
            assert answer.status_code in ((400,) if model is not User else (403,)), (column.name, lookup)
    for lookup in ("case__title__startswith", "case__memberships__user__password__startswith", "user__password__gt"):
        assert world.client.get(f"{_list(model)}?{lookup}=a").status_code in (302, 400, 403)


@pytest.mark.parametrize("model", [Statement, Change, User, ApiToken, Party], ids=lambda model: model.__name__)
def test_what_a_list_offers_it_takes(world: World, model: type[Any]) -> None:
    page = world.admin.get(_list(model)).context["cl"]
    for spec in page.filter_specs:
        for choice in spec.choices(page):
            assert world.admin.get(f"{_list(model)}{choice['query_string']}").status_code == 200


@pytest.mark.parametrize(
    "words",
    [" ".join(f"w{n}" for n in range(1_200)), "x" * 25_000, "%", "\\", "a\x00"],
    ids=["many words", "one word", "percent", "backslash", "nul"],
)
def test_a14_a_search_too_long_is_none(world: World, words: str) -> None:
    """Each word is a condition more, and a database takes so many and no more."""
    suggesting = {"app_label": "claims", "model_name": "statement", "field_name": "claim", "term": words}
    assert world.client.get(reverse("admin:autocomplete"), suggesting).json()["results"] == []
    for model in (Statement, Party, User):
        assert world.admin.get(_list(model), {"q": words}).status_code in (200, 302)


def test_a5_nothing_strange_is_suggested(world: World) -> None:
    known = {"app_label": "claims", "model_name": "statement", "field_name": "claim"}
    for name in ("term", "page", "case", *known):
        for value in NO_VALUES:
            query = "&".join([f"{name}={value}", *(f"{k}={v}" for k, v in known.items() if k != name)])
            assert world.client.get(f"{reverse('admin:autocomplete')}?{query}").status_code in (200, 403, 404)


@pytest.mark.parametrize("model", MODELS, ids=_IDS)
def test_a7_no_act_is_done_on_what_is_no_row(world: World, model: type[Any]) -> None:
    acts = admin.site._registry[model].actions or ("delete_selected",)
    for act in (*acts, "delete_selected", "nonsense", "\x00"):
        for key in foremost(2, ("\x00", TOO_LARGE, "x", "-1", "²")):
            body = {"action": act, "_selected_action": [key], "index": "0", "select_across": "0"}
            assert world.admin.post(_list(model), body).status_code in (200, 302, 403)


def test_a7_a_delete_is_about_the_revision_that_was_seen_or_none(world: World) -> None:
    claim = make_loose(world)
    with transaction.atomic():
        for seen in ("²", "9" * 5_000, TOO_LARGE, "\x00", "0"):
            with transaction.atomic():
                answer = world.client.post(
                    reverse(_name(Claim, "delete"), args=[claim.pk]), {"post": "yes", "revision_seen": seen}
                )
                assert answer.status_code in (200, 302)
                transaction.set_rollback(True)


def make_loose(world: World) -> Any:
    return Claim.objects.filter(case=world.here[Case]).order_by("pk")[1]


# --- D3, D7: another case's ids in every choice of every form --------------------------------------------------------


def _choices(client: Client, model: type[Any]) -> dict[str, type[Record]]:
    """Return the choices of the form of a new row, and the model of what is chosen."""
    page = client.get(reverse(_name(model, "add")))
    if page.status_code != 200 or "adminform" not in page.context:
        return {}
    found = {}
    for name, field in page.context["adminform"].form.fields.items():
        if isinstance(field, forms.ModelChoiceField) and issubclass(field.queryset.model, Record):
            assert isinstance(
                field.widget.widget if hasattr(field.widget, "widget") else field.widget, AutocompleteMixin
            )
            found[name] = field.queryset.model
    return found


ADDED = [model for model in MODELS if getattr(admin.site._registry[model], "is_made_here", False)]


@pytest.mark.parametrize("model", ADDED, ids=lambda model: model.__name__)
def test_d3_d7_no_choice_takes_what_is_hidden_absent_or_of_another_case(world: World, model: type[Any]) -> None:
    add = reverse(_name(model, "add"))
    choices = _choices(world.client, model)
    for name, target in choices.items():
        told = {}
        row: Any = world.hidden[target]
        for kind, key in {"hidden": row.pk, "absent": 999_999, "large": TOO_LARGE, "word": "x", "nul": "\x00"}.items():
            answer = world.client.post(add, form_of(world.client, add, **{name: key}))
            assert answer.status_code == 200
            told[kind] = answer.context["adminform"].form.errors.get(name)
            assert row._state.fields_cache == {} or str(row) not in answer.content.decode()
        assert told["hidden"] == told["absent"], (name, told)
        assert all(told.values()), (name, told)


def test_d3_d7_no_hop_of_a_chain_is_hidden_absent_or_of_another_case(world: World) -> None:
    add, here = reverse(_name(Statement, "add")), world.here
    typed = {"voice": "undisclosed", "stance": "asserts", "claim": here[Claim].pk, "document": here[Document].pk}
    typed |= {"quote": "The mayor", "relays-TOTAL_FORMS": "1", "relays-0-attitude": "neutral"}
    told = []
    for rows, key in ((world.hidden, 0), (None, 999_999), (world.other, 0), (None, TOO_LARGE), (None, "\x00")):
        party = rows[Party].pk if rows is not None else key
        answer = world.client.post(add, form_of(world.client, add, **typed, **{"relays-0-party": party}))
        assert answer.status_code == 200
        told.append(answer.context["inline_admin_formsets"][0].formset.errors)
    assert told[0] == told[1]
    assert all(any(errors) for errors in told)


def test_d7_rows_below_are_those_of_the_form_whatever_a_browser_sends(world: World) -> None:
    """The keys, counts and rows of a formset are the client's to say: none of them reaches another statement."""
    page = reverse(_name(Statement, "change"), args=[world.here[Statement].pk])
    whole = form_of(world.client, page)
    foreign: Any = world.hidden[Statement]
    hop, words = foreign.relays.get(hop=1).pk, foreign.evidence.get().pk
    for sent in (
        {"relays-0-id": hop, "relays-0-DELETE": "on"},
        {"evidence-0-id": words, "evidence-0-DELETE": "on", "evidence-0-statement": foreign.pk},
        {"relays-TOTAL_FORMS": "1000000000"},
        {"relays-TOTAL_FORMS": "x"},
        {"relays-INITIAL_FORMS": TOO_LARGE},
        {"evidence-TOTAL_FORMS": "-1", "evidence-INITIAL_FORMS": "\x00"},
        {"relays-0-id": TOO_LARGE, "evidence-0-id": "\x00"},
        {"revision_seen": "9" * 5_000},
        {"uid_seen": "\x00", "revision_seen": "²"},
    ):
        with transaction.atomic():
            answer = world.client.post(page, whole | sent)
            assert answer.status_code in (200, 302), sent
            assert foreign.relays.count() == 3
            assert foreign.evidence.count() == 1
            transaction.set_rollback(True)


# --- D10: what is not in the form ------------------------------------------------------------------------------------


def test_d10_a_form_takes_no_more_than_it_asks(world: World) -> None:
    """Marks of an account, the server's own columns and another's case are not given by adding them to a form."""
    more = {"is_superuser": "on", "is_staff": "on", "groups": "1", "case": world.hidden[Case].pk, "user": "1"}
    more |= {"revision": "99", "uid": "01890000-0000-7000-8000-000000000000", "review": "accepted", "role": "lead"}
    more |= {"merged_into": world.here[Claim].pk, "search_key": "x", "withdrawn_at": "2020-01-01"}
    add = reverse(_name(Claim, "add"))
    with transaction.atomic():
        answer = world.client.post(add, form_of(world.client, add, text="It rained.", **more))
        assert answer.status_code == 302
        made = Claim.objects.latest("pk")
        assert (made.case, made.revision, made.merged_into) == (world.here[Case], 1, None)
        assert str(made.uid) != more["uid"]
        transaction.set_rollback(True)
    for page in ("password_change", "switch-case", "index"):
        world.client.post(reverse(f"admin:{page}"), {**more, "case": str(world.here[Case].uid)})
    add = reverse(_name(ApiToken, "add"))
    with transaction.atomic():
        other = User.objects.exclude(pk=world.user.pk)[0]
        world.client.post(add, {"name": "mine", **more, "user": other.pk})
        assert ApiToken.objects.latest("pk").user == world.user
        transaction.set_rollback(True)


# --- D14: what a page of another site sends --------------------------------------------------------------------------


def test_d14_no_form_is_taken_without_its_token_or_from_another_site(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    here, statement = world.here, world.here[Statement]
    addresses = [reverse(f"admin:{name}") for name in ("login", "logout", "switch-case", "password_change")]
    addresses += [reverse(_name(Claim, "add")), reverse(_name(Claim, "delete"), args=[here[Claim].pk])]
    addresses += [reverse("admin:undo", args=[Change.objects.latest("sequence").sequence])]
    addresses += [reverse("admin:act-on-statement", args=[statement.pk, "accept"]), _list(Statement)]
    browser.force_login(world.user)
    browser.get(reverse("admin:index"))
    token = browser.cookies["csrftoken"].value
    for address in addresses:
        assert browser.post(address, {"post": "yes"}).status_code == 403
        for wrong in ("", "b" * 32, token[:-1], "\x00"):
            assert browser.post(address, {"csrfmiddlewaretoken": wrong}).status_code == 403
        for origin in ("https://evil.example", "null", "http://testserver.evil.example", "x"):
            body = {"csrfmiddlewaretoken": token, "username": "x", "password": "x"}
            assert browser.post(address, body, headers={"Origin": origin}).status_code == 403
        assert browser.get(reverse("admin:logout")).status_code == 405  # nobody is logged out by a picture
    assert browser.get(_list(Claim)).status_code == 200  # and still in


# --- A3, A4: what no database holds ----------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ADDED, ids=lambda model: model.__name__)
def test_a3_a4_no_field_of_a_form_takes_a_nul(world: World, model: type[Any]) -> None:
    add = reverse(_name(model, "add"))
    page = world.client.get(add)
    if "adminform" not in page.context:
        return
    for name, field in page.context["adminform"].form.fields.items():
        if isinstance(field, forms.CharField):
            answer = world.client.post(add, form_of(world.client, add, **{name: "a\x00b"}))
            assert answer.status_code == 200
            assert name in answer.context["adminform"].form.errors
