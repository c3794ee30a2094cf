"""Address by method by identity, in the admin: every address, asked by everyone who can have a session (D1)."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple
from unittest import mock

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models, transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone

from claims.merging import plan_claim_merger
from claims.models import Claim, ClaimRelation, Statement
from claims.site import ClaimsAdminSite
from sources.arriving import token_of
from sources.choices import Role
from sources.models import ApiToken, Case, Change, Document
from tests import factories as make
from tests.forms import client_of, new_account
from tests.keeping import filled
from tests.samples import Rows, make_samples

from .admin_matrix import ACTS, IDENTITIES, MAY, OPEN, PAGES, SORTS, STRANGERS, WITHOUT_PAGE

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]

SECRET = "a word that none knows"
KINDS = ("changelist", "add", "history", "delete", "change")
MODELS = {model._meta.label_lower: model for model in admin.site._registry}


class World(NamedTuple):
    """A case that only members see, with a row of everything; who asks; and what is asked of the pages."""

    case: Case
    rows: dict[str, models.Model]
    callers: dict[str, Client]
    addresses: dict[str, str]
    bodies: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One case and eight callers, for all tests of this module."""
    with filled(django_db_blocker):
        rows = make_samples(access="members").here
        case: Any = rows[Case]
        lead, nobody = new_account(case, Role.LEAD), make.make_user()
        others = new_account(make.make_case(access="members"), Role.LEAD)
        closed = new_account(case, Role.LEAD)
        users = {
            "other case": others,
            "reader": new_account(case, Role.READER),
            "annotator": new_account(case, Role.ANNOTATOR),
            "lead": lead,
            "administrator": new_account(is_superuser=True),
        }
        callers = {"anonymous": Client(), "no permission": client_of(nobody), "disabled": client_of(closed)}
        closed.is_active = False
        closed.save()
        callers |= {who: client_of(user) for who, user in users.items()}
        for who in ("reader", "annotator", "lead", "administrator"):
            callers[who].post(reverse("admin:switch-case"), {"case": str(case.uid)})
        make.make_token(lead)
        own = {"sources.apitoken": ApiToken.objects.latest("pk"), "auth.user": lead}
        own |= {"sources.change": Change.objects.filter(case_uid=case.uid).latest("sequence")}
        named = {model._meta.label_lower: row for model, row in rows.items()} | own
        arrival = make.make_arrival(case, lead, made_at=timezone.now())  # it waits for a day
        yield World(case, named, callers, *_pages(rows, named, token_of(arrival)))


def _pages(rows: Rows, named: dict[str, Any], arrival: str) -> tuple[dict[str, str], dict[str, dict[str, Any]]]:
    """Return the addresses of the pages of their own, and whole bodies for those that write."""
    case, claim, statement, relation = (rows[model] for model in (Case, Claim, Statement, ClaimRelation))
    later = Statement.objects.filter(claim=claim).exclude(pk=statement.pk)[0]
    told = make.make_statement(rows[Claim], voice="undisclosed", document=rows[Document])  # type: ignore[arg-type]
    whole: Any = claim
    loose = make.make_claim(rows[Case])  # type: ignore[arg-type]  # related to nothing
    verdict = {"both_true": "no", "both_false": "yes", "judgement": "unsure"}
    new_password = {"usable_password": "true", "set-password": "", "password1": SECRET, "password2": SECRET}
    pages: dict[str, tuple[list[Any], str, dict[str, Any]]] = {
        "annotate": ([rows[Document].pk], "", {}),
        "compare": ([], f"case={case.uid}", {}),
        "timeline": ([], f"case={case.uid}", {}),
        "graph": ([], f"claim={claim.uid}", {}),
        "dossier": ([claim.uid], "", {}),
        "dossier-conclusion": ([claim.uid], "", {"text": "It was."}),
        "dossier-independence": (
            [claim.uid],
            "",
            {"one": statement.uid, "other": told.uid, "verdict": "shared", "reason": "One letter."},
        ),
        "review": ([], f"case={case.uid}", {"act": "accept", "statement": f"{later.uid}:{later.revision}"}),
        "judge-pair": ([], f"a={claim.uid}&b={loose.uid}", {"kind": "contradicts", **verdict}),
        "judge": ([relation.uid], "", {"judgement": "unsure", "revision_seen": relation.revision}),
        "merge": (["claim", claim.uid], f"into={loose.uid}", {"plan": plan_claim_merger(whole, loose).digest()}),
        "place": (["statement", statement.uid], "", {}),
        "undo": ([named["sources.change"].sequence], "", {}),
        "act-on-statement": ([later.pk, "accept"], "", {f"seen-{later.pk}": later.revision}),
        "sources_document_arrived": ([arrival], "", {"act": "capture", "title": "A letter"}),
        "revoke-token": ([named["sources.apitoken"].pk], "", {}),
        "auth_user_password_change": ([named["auth.user"].pk], "", new_password),
        "autocomplete": ([], "app_label=claims&model_name=statement&field_name=claim", {}),
        "app_list": (["claims"], "", {}),
        "view_on_site": ([1, claim.pk], "", {}),
    }
    plain: tuple[list[Any], str, dict[str, Any]] = ([], "", {})
    addresses, bodies = {"catch all": "/admin/nothing/"}, {}
    for name in PAGES:
        arguments, query, bodies[name] = pages.get(name, plain)
        if name not in addresses:
            addresses[name] = f"{reverse(f'admin:{name}', args=arguments)}?{query}"
    return addresses, bodies


# --- every address, and every model, has a row -----------------------------------------------------------------------


def _routes() -> Iterator[str]:
    """Yield the name of every address of the admin; the address of a row alone leads to its page, and has none."""
    for entry in admin.site.get_urls():
        for pattern in getattr(entry, "url_patterns", [entry]):
            assert isinstance(pattern, URLPattern)
            if pattern.name is None:
                assert str(pattern.pattern) in ("<path:object_id>/", "(?P<url>.*)$"), pattern
            yield pattern.name or ("catch all" if "url" in str(pattern.pattern) else "")


def _written(name: str) -> str:
    """Return the model whose list or form it is, or else the page."""
    model, _, kind = name.rpartition("_")
    label = model.replace("_", ".", 1)
    return label if kind in KINDS and label in MODELS else name


def test_every_address_of_the_admin_has_a_row() -> None:
    """A new page, or a new act on a row, is nobody's until the matrix says whose."""
    assert {_written(name) for name in _routes()} - {""} == {*SORTS, *PAGES, *OPEN}


def test_every_model_has_a_row() -> None:
    ours = {model._meta.label_lower for model in apps.get_models() if model._meta.app_label in ("sources", "claims")}
    assert set(SORTS) == set(MODELS)
    assert ours - set(SORTS) == set(WITHOUT_PAGE)


def test_d17_what_is_asked_without_an_account_is_named_on_one_hand() -> None:
    """Nobody signs up: accounts are made by administrators."""
    outside = {str(pattern.pattern) for pattern in get_resolver().url_patterns} - {"admin/", "api/v1/"}
    assert outside == {"", "favicon.ico", "api/schema/", "api/docs/", "api/problems/"}


def test_everyone_is_asked_for(world: World) -> None:
    assert tuple(world.callers) == IDENTITIES


# --- what is answered ------------------------------------------------------------------------------------------------


@pytest.fixture
def unseen() -> Iterator[None]:
    """Pages that are not drawn: who is let in is decided before, and drawing them takes longer than all the rest."""
    with (
        mock.patch.object(SimpleTemplateResponse, "rendered_content", ""),
        mock.patch.object(ClaimsAdminSite, "get_app_list", return_value=[]),  # the navigation
    ):
        yield


class Asked(NamedTuple):
    """What came of a request: its status, where it leads, and whether anything was written."""

    status: int
    leads_to: str
    wrote: bool

    @property
    def is_log_in(self) -> bool:
        return self.status == 302 and self.leads_to.startswith(reverse("admin:login"))


def _state() -> Any:
    tokens = ApiToken.objects.aggregate(models.Count("pk"), models.Count("revoked_at"))
    return Change.objects.count(), tokens, set(User.objects.values_list("username", "password", "is_active"))


def _ask(client: Client, method: str, address: str, body: dict[str, Any] | None = None) -> Asked:
    if method == "GET":
        answer: Any = client.get(address)
        return Asked(answer.status_code, answer.headers.get("Location", ""), wrote=False)
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        before = _state()
        answer = client.post(address, body or {})
        asked = Asked(answer.status_code, answer.headers.get("Location", ""), wrote=_state() != before)
        transaction.set_rollback(True)
    client.cookies = cookies  # a session that was renewed inside is gone with the rest
    return asked


def _is_right(asked: Asked, allowed: bool, home: str = "") -> bool:
    """Tell whether who is let in is answered, and who is not is refused, or led away from what is absent."""
    if allowed:
        return asked.status in (200, 302) and not asked.is_log_in
    away = asked.status == 302 and asked.leads_to in (home, reverse("admin:index"))
    return not asked.wrote and (asked.status in (403, 404, 405) or away)


@pytest.mark.usefixtures("unseen")
@pytest.mark.parametrize("who", IDENTITIES)
def test_d1_lists_and_forms_answer_everyone_as_the_matrix_says(world: World, who: str) -> None:
    client, may, wrong = world.callers[who], MAY.get(who, ()), []
    adds = MAY["lead"] if who == "other case" else may  # there
    for label, sort in SORTS.items():
        name = f"admin:{label.replace('.', '_')}"
        home, key = reverse(f"{name}_changelist"), [world.rows[label].pk]
        sees = sort.view in may
        for kind, method, allowed in (
            ("changelist", "GET", sort.view_list in may),
            ("changelist", "POST", sort.view_list in may),  # no act is chosen, and so it is read
            ("add", "GET", sort.add in adds),
            ("add", "POST", sort.add in adds),
            ("history", "GET", sees),
            ("change", "GET", sees),
            ("change", "POST", sees and sort.change in may),
            ("delete", "GET", sees and sort.delete in may),
            ("delete", "POST", sees and sort.delete in may),
        ):
            address = reverse(f"{name}_{kind}", args=[] if kind in ("changelist", "add") else key)
            asked = _ask(client, method, address, {"post": "yes"} if kind == "delete" else {})
            right = asked.is_log_in if who in STRANGERS else _is_right(asked, allowed, home)
            if not right:
                wrong.append((label, kind, method, allowed, asked))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.usefixtures("unseen")
@pytest.mark.parametrize("who", IDENTITIES)
def test_d1_pages_of_their_own_answer_everyone_as_the_matrix_says(world: World, who: str) -> None:
    client, may, wrong = world.callers[who], MAY.get(who, ()), []
    away = reverse("admin:sources_document_add")  # where a preview that is over leads
    for name, page in PAGES.items():
        address, body = world.addresses[name], world.bodies[name]
        read, posted = _ask(client, "GET", address), _ask(client, "POST", address, body)
        if who in STRANGERS:
            right = read.is_log_in and posted.is_log_in and not posted.wrote
        else:
            right = _is_right(read, page.read in may, away) if page.read else read.status == 405
            right = right and posted.wrote == (page.write in may)
            right = right and posted.status < 500 and not posted.is_log_in
        if not right:
            wrong.append((name, page, read, posted))
    assert not wrong, "\n".join(map(str, wrong))


# --- acts on what is ticked in a list --------------------------------------------------------------------------------


@pytest.mark.usefixtures("unseen")
@pytest.mark.parametrize("who", IDENTITIES)
def test_d1_acts_on_ticked_rows_are_done_by_those_alone_who_may_do_them(world: World, who: str) -> None:
    client, wrong = world.callers[who], []
    for label, acts in ACTS.items():
        address = reverse(f"admin:{label.replace('.', '_')}_changelist")
        for act, needed in acts.items():
            body = {"action": act, "_selected_action": [world.rows[label].pk], "post": "yes"}
            asked = _ask(client, "POST", address, body)
            if asked.wrote != (needed in MAY.get(who, ())) or asked.status >= 500:
                wrong.append((label, act, needed, asked))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_act_on_ticked_rows_has_a_row() -> None:
    every = {
        label: {getattr(act, "__name__", act) for act in admin.site._registry[model].actions or ()}
        for label, model in MODELS.items()
    }
    assert {label: acts for label, acts in every.items() if acts} == {
        label: set(acts) - {"delete_selected"} for label, acts in ACTS.items() if set(acts) - {"delete_selected"}
    }
