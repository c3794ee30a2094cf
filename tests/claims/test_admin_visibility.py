"""D7: a hidden case is nowhere in the admin, not in a list, select, filter, suggestion, window, log or confirmation."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse

from claims.choices import RelationKind
from claims.models import Claim, Question, Statement
from sources.choices import Access, Role
from sources.ledger import By
from sources.models import Case, Change, Party
from tests import factories as make
from tests.forms import client_of, form_of, new_account, read_form

CANARY = "zwitscher"  # stands in every text of the hidden case

pytestmark = [pytest.mark.django_db, pytest.mark.sweep]


def _fill(case: Case, word: str, shared: Party, by: By) -> dict[str, Any]:
    party = make.make_party(case, f"Anna {word}", description=f"of {word}")
    make.make_alias(case, party, f"Annie {word}")
    make.make_alias(case, shared, f"Weekly {word}")
    make.make_link(case, party, shared, "part_of", rationale=f"because {word}")
    document = make.make_document(
        case, f"{word} said the bridge was open. Boris denied it.", title=f"News {word}", publisher=shared
    )
    question = make.make_question(case, f"Who {word}?")
    claim, other = make.make_claim(case, f"It was {word}.", question=question), make.make_claim(case, f"Not {word}.")
    statement = make.make_statement(
        claim,
        speaker=shared,
        document=document,
        quote=f"{word} said",
        relays=[party],
        evidence=[("cue", "denied")],
        by=by,
        cue=word,
    )
    relation = make.make_relation(claim, other, RelationKind.CONTRADICTS, "contrary", rationale=word)
    return {
        "party": party,
        "document": document,
        "question": question,
        "claim": claim,
        "statement": statement,
        "relation": relation,
    }


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """An open case, a hidden one full of the canary, and an analyst who may not see it."""
    with django_db_blocker.unblock(), transaction.atomic():
        insider = User.objects.create_user(f"insider-{CANARY}", is_staff=True)
        shared = make.make_party(None, "The Weekly Bridge")
        here = make.make_case(title="Open case")
        hidden = make.make_case(title=f"Case {CANARY}", description=CANARY, access=Access.MEMBERS)
        by = By(actor=insider, at=make.NOW)
        from sources.opening import admit_member

        admit_member(by=make.CONSOLE, case=hidden, user=insider, role=Role.LEAD)
        yield {
            "here": _fill(here, "open", shared, make.CONSOLE),
            "hidden": _fill(hidden, CANARY, shared, by),
            "case": here,
            "hidden_case": hidden,
            "shared": shared,
            "user": new_account(),
            "admin": new_account(is_superuser=True),
        }
        transaction.set_rollback(True)


def models() -> list[type[Any]]:
    """Return the models of the admin but for accounts, which are the administrators'."""
    return [model for model in admin.site._registry if model is not User]


def lists() -> list[str]:
    """Return the address of every list."""
    return [reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist") for model in models()]


def addresses(world: dict[str, Any]) -> Iterator[str]:
    """Yield every sort of address of every model: lists and forms, and the pages of the hidden rows and of others."""
    yield from ("/admin/", "/admin/jsi18n/")
    for address in lists():
        yield from (address, f"{address}?q={CANARY[:4]}", f"{address}?_popup=1", f"{address}add/")
    for model in models():
        rows = list(model._base_manager.order_by("pk"))
        seen = getattr(model.objects, "visible_to", None)
        shown = list(seen(world["user"]).order_by("pk")[:2]) if seen and model is not Change else rows[:2]
        for row in {*shown, *(row for row in rows if getattr(row, "case", None) == world["hidden_case"])}:
            for page in ("change", "history", "delete"):
                yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[row.pk])


def test_no_page_tells_of_a_hidden_case(world: dict[str, Any]) -> None:
    client, seen = client_of(world["user"]), 0
    for address in addresses(world):
        answer = client.get(address)
        assert answer.status_code in (200, 302, 403, 404), (address, answer.status_code)
        assert CANARY not in answer.content.decode().lower().replace(f"q={CANARY[:4]}", ""), address
        seen += answer.status_code == 200
    assert seen > 60  # it did read pages
    assert CANARY not in str([str(m) for m in client.get("/admin/").context["messages"]])


def test_the_canary_is_in_the_lists_of_those_who_may_see_it(world: dict[str, Any]) -> None:
    client = client_of(world["admin"])
    without = {address for address in lists() if CANARY not in client.get(address).content.decode()}
    empty = {"conclusion", "independencejudgement", "reliabilityrating", "credibilityrating", "utterance", "apitoken"}
    assert {address.split("/")[-2] for address in without} <= empty


def test_d2_hidden_and_absent_pages_are_the_same(world: dict[str, Any]) -> None:
    client = client_of(world["user"])
    for row in world["hidden"].values():
        name = f"admin:{row._meta.app_label}_{row._meta.model_name}"
        for page in ("change", "history", "delete"):
            hidden, absent = (client.get(reverse(f"{name}_{page}", args=[pk])) for pk in (row.pk, 999_999))
            assert (hidden.status_code, hidden.headers.get("Location")) == (
                absent.status_code,
                absent.headers.get("Location"),
            )
    act = Change.objects.filter(case_uid=world["hidden_case"].uid).first()
    assert client.post(reverse("admin:undo", args=[act.sequence])).status_code == 404
    hidden, absent = (
        client.post(reverse("admin:act-on-statement", args=[pk, "withdraw"]), {f"seen-{pk}": 1}, follow=True)
        for pk in (world["hidden"]["statement"].pk, 999_999)
    )
    assert hidden.redirect_chain == absent.redirect_chain == [(reverse("admin:claims_statement_changelist"), 302)]
    one, other = (list(answer.context["messages"])[-1].message for answer in (hidden, absent))
    assert one == other


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("statement", "claim"),
        ("statement", "speaker"),
        ("statement", "supersedes"),
        ("claim", "question"),
        ("claimrelation", "claim_a"),
    ],
)
def test_suggestions_offer_no_hidden_row(world: dict[str, Any], model: str, field: str) -> None:
    client = client_of(world["user"])
    for case in ("", str(world["case"].uid), str(world["hidden_case"].uid), "nonsense"):
        for term in ("", CANARY[:5]):
            query = {"app_label": "claims", "model_name": model, "field_name": field, "case": case, "term": term}
            answer = client.get("/admin/autocomplete/", query)
            assert answer.status_code == 200
            assert CANARY not in answer.content.decode()


# A14: a list is asked for nothing but its own columns, whatever the address says; test_admin_bad_input.py has the rest
@pytest.mark.parametrize(
    "lookup",
    [
        "case__title__startswith=C",
        "claim__text__contains=z",
        "speaker__label__contains=z",
        "speaker__aliases__name__contains=z",
        "speaker__statements__cue__contains=z",
        "excerpt__version__text__contains=z",
        "case__memberships__user__password__startswith=a",
    ],
)
def test_no_list_is_asked_past_its_own_columns(world: dict[str, Any], lookup: str) -> None:
    assert client_of(world["user"]).get(f"/admin/claims/statement/?{lookup}").status_code == 400


def test_d3_hidden_rows_are_refused_as_absent_ones_are(world: dict[str, Any]) -> None:
    """The same words at the same fields, for each link of a form; and nothing is written."""
    client = client_of(world["user"])
    client.post(reverse("admin:switch-case"), {"case": str(world["case"].uid)})
    here, hidden = world["here"], world["hidden"]
    typed = {
        "voice": "party",
        "stance": "asserts",
        "claim": here["claim"].pk,
        "speaker": world["shared"].pk,
        "document": here["document"].pk,
        "quote": "open said",
    }
    add, n = "/admin/claims/statement/add/", Statement.objects.count()
    for field, row in (
        ("claim", hidden["claim"]),
        ("speaker", hidden["party"]),
        ("document", hidden["document"]),
        ("supersedes", hidden["statement"]),
    ):
        told = []
        for pk in (row.pk, 999_999):
            answer = client.post(add, form_of(client, add, **{**typed, field: pk}))
            told.append(answer.context["adminform"].form.errors.as_json())
            assert CANARY not in answer.content.decode()
        assert told[0] == told[1] != "{}"
    assert Statement.objects.count() == n
    form = form_of(client, "/admin/claims/claim/add/", text="New.", question=hidden["question"].pk)
    assert client.post("/admin/claims/claim/add/", form).status_code == 200
    assert not Claim.objects.filter(text="New.").exists()


def test_prefilled_forms_and_windows_name_no_hidden_row(world: dict[str, Any]) -> None:
    client = client_of(world["user"])
    hidden = world["hidden"]
    for address in (
        f"/admin/claims/statement/add/?_popup=1&case={world['case'].uid}&claim={hidden['claim'].pk}&speaker={hidden['party'].pk}",
        f"/admin/claims/claim/add/?_popup=1&case={world['hidden_case'].uid}&question={hidden['question'].pk}",
        f"/admin/sources/party/add/?_popup=1&case={world['hidden_case'].uid}",
    ):
        answer = client.get(address, follow=True)
        assert CANARY not in answer.content.decode().lower()


def test_d12_who_is_let_in_sees_and_who_is_shown_out_sees_nothing_from_then_on(world: dict[str, Any]) -> None:
    from sources.opening import admit_member, dismiss_member

    user = new_account()
    client = client_of(user)
    page = reverse("admin:claims_claim_change", args=[world["hidden"]["claim"].pk])
    assert client.get(page).status_code == 302
    member = admit_member(by=make.CONSOLE, case=world["hidden_case"], user=user, role=Role.READER)
    client.post(reverse("admin:switch-case"), {"case": str(world["hidden_case"].uid)})
    answer = client.get(page)
    assert answer.status_code == 200
    assert 'name="_save"' not in answer.content.decode()  # a reader reads
    assert client.post(page, read_form(answer, text="Other")).status_code == 403
    dismiss_member(by=make.CONSOLE, member=member)
    assert client.get(page).status_code == 302
    assert CANARY not in client.get("/admin/").content.decode()


def test_d10_a_reader_is_offered_nothing_to_write(world: dict[str, Any]) -> None:
    reader = client_of(new_account(world["case"], Role.READER))
    reader.post(reverse("admin:switch-case"), {"case": str(world["case"].uid)})
    for model in (Statement, Claim, Question, Party):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert reader.get(reverse(f"{name}_add")).status_code == 403
        row: Any = model._default_manager.filter(case=world["case"]).first()
        page = reader.get(reverse(f"{name}_change", args=[row.pk])).content.decode()
        assert 'name="_save"' not in page
        assert "deletelink" not in page
        assert "/now/" not in page
        assert reader.post(reverse(f"{name}_change", args=[row.pk]), {}).status_code == 403
        assert reader.post(reverse(f"{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_an_account_without_the_staff_mark_is_not_let_in(world: dict[str, Any]) -> None:
    client = Client()
    client.force_login(User.objects.create_user("no staff"))
    assert client.get("/admin/claims/claim/", follow=True).context["user"].is_staff is False
    assert "login" in client.get("/admin/claims/claim/").headers["Location"]
