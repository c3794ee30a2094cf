"""Accounts and tokens in the admin: who may manage them, and what ends at once."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from sources.models import ApiToken
from tests import factories as make
from tests.forms import client_of, form_of, new_account, read_form

pytestmark = pytest.mark.django_db

TOKENS, NEW_TOKEN = "/admin/sources/apitoken/", "/admin/sources/apitoken/add/"
USERS = "/admin/auth/user/"


@pytest.fixture
def admin() -> Client:
    return client_of(new_account(is_superuser=True))


def ask(text: str) -> int:
    """Return how the API answers a program that sends this token."""
    return Client().get("/api/v1/cases/", headers={"Authorization": f"Token {text}"}).status_code


def make_token_in_admin(client: Client) -> str:
    """Return the text of a token made by the form."""
    page = client.post(NEW_TOKEN, form_of(client, NEW_TOKEN, name="notebook"))
    assert "no-store" in page.headers["Cache-Control"]
    text: str = page.context["text"]
    assert text in page.content.decode()
    return text


def test_the_list_of_accounts_says_what_each_may_do(admin: Client) -> None:
    new_account()
    page = admin.get(f"{USERS}?is_superuser__exact=0")
    assert [user.is_superuser for user in page.context["cl"].result_list] == [False]
    for told in ("Account is open", "Works in these pages", "Administrator", "Choose …"):
        assert told in page.content.decode()
    assert "superuser" not in page.content.decode().replace("is_superuser", "")


def test_the_log_in_page_has_a_heading() -> None:
    assert '<h1 class="unseen">Log in</h1>' in Client().get("/admin/login/").content.decode()


def test_a_token_form_that_is_sent_twice_makes_one_token() -> None:
    client = client_of(new_account())
    form = form_of(client, NEW_TOKEN, name="notebook")
    shown = client.post(NEW_TOKEN, form).context["text"]
    again = client.post(NEW_TOKEN, form, follow=True)
    token = ApiToken.objects.get()
    assert again.redirect_chain[0][0] == f"{TOKENS}{token.pk}/change/"
    assert "made this one token" in again.content.decode()
    assert shown not in again.content.decode()
    assert ask(shown) == 200  # the first stays good
    client.post(NEW_TOKEN, {**form, "name": "another"})  # gone back to and mended, it is another form
    client.post(NEW_TOKEN, form_of(client, NEW_TOKEN, name="notebook"))
    assert sorted(ApiToken.objects.values_list("name", flat=True)) == ["another", "notebook", "notebook"]


def test_d11_a_token_is_shown_once_and_revoked_at_once() -> None:
    user = new_account()
    client = client_of(user)
    text = make_token_in_admin(client)
    assert ask(text) == 200
    token = ApiToken.objects.get()
    assert token.user == user
    for address in (TOKENS, f"{TOKENS}{token.pk}/change/"):
        page = client.get(address).content.decode()
        assert token.prefix in page
        assert text.rpartition("_")[2] not in page
    client.post(reverse("admin:revoke-token", args=[token.pk]))
    assert ask(text) == 401
    assert "revoked" in client.get(TOKENS).content.decode()


def test_tokens_of_others_are_not_there() -> None:
    other = client_of(new_account())
    text = make_token_in_admin(other)
    token, client = ApiToken.objects.get(), client_of(new_account())
    assert token.prefix not in client.get(TOKENS).content.decode()
    assert client.get(f"{TOKENS}{token.pk}/change/").status_code == 302
    assert client.post(reverse("admin:revoke-token", args=[token.pk])).status_code == 404
    client.post(TOKENS, {"action": "revoke", "_selected_action": [token.pk]})
    form = form_of(client, NEW_TOKEN, name="mine", user=str(token.user_id))  # no such field for an analyst
    client.post(NEW_TOKEN, form)
    assert ApiToken.objects.filter(user=token.user).count() == 1
    assert ask(text) == 200


def test_d10_only_administrators_manage_accounts() -> None:
    user = new_account()
    client = client_of(user)
    for address in (USERS, f"{USERS}add/", f"{USERS}{user.pk}/change/", f"{USERS}{user.pk}/password/"):
        assert client.get(address).status_code == 403
        assert client.post(address, {"is_superuser": "on", "is_staff": "on"}).status_code == 403
    user.refresh_from_db()
    assert not user.is_superuser


def test_an_account_is_made_and_works_in_the_admin(admin: Client) -> None:
    page = admin.get(f"{USERS}add/")
    word = "a-long-word-of-their-own"
    form = read_form(page, username="anna", usable_password="true", password1=word, password2=word)
    assert admin.post(f"{USERS}add/", form).status_code == 302
    user = User.objects.get(username="anna")
    assert (user.is_staff, user.is_superuser) == (True, False)


def test_d12_a_disabled_account_ends_at_its_next_request(admin: Client) -> None:
    user = new_account()
    client, text = client_of(user), make.make_token(user)
    assert (client.get("/admin/").status_code, ask(text)) == (200, 200)
    form = form_of(admin, f"{USERS}{user.pk}/change/")
    del form["is_active"]
    assert admin.post(f"{USERS}{user.pk}/change/", form).status_code == 302
    assert (client.get("/admin/").status_code, ask(text)) == (302, 401)
    admin.post(USERS, {"action": "open_again", "_selected_action": [user.pk]})
    assert ask(text) == 200


def test_d12_a_changed_password_ends_log_ins_and_tokens(admin: Client) -> None:
    user = make.make_user(is_staff=True)
    client, text = client_of(user), make.make_token(user)
    word = {"password1": "another-long-word", "password2": "another-long-word", "usable_password": "true"}
    assert admin.post(f"{USERS}{user.pk}/password/", word).status_code == 302
    assert (client.get("/admin/").status_code, ask(text)) == (302, 401)


def test_accounts_are_not_deleted_and_nobody_shuts_themselves_out(admin: Client) -> None:
    user = new_account()
    assert admin.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    own = User.objects.get(is_superuser=True)
    assert {"is_active", "is_superuser"}.isdisjoint(form_of(admin, f"{USERS}{own.pk}/change/"))
    admin.post(USERS, {"action": "close", "_selected_action": [own.pk]})
    own.refresh_from_db()
    assert own.is_active


@pytest.mark.parametrize(("address", "status"), [("/nothing/", 404), ("/admin/auth/user/", 403)])
def test_refusals_have_a_page_in_the_one_look(address: str, status: int) -> None:
    answer = client_of(new_account()).get(address)
    assert answer.status_code == status
    assert "tracker/theme.css" in answer.content.decode()


def test_a_form_from_elsewhere_is_refused_on_a_page_of_ours() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(new_account())
    answer = client.post("/admin/logout/")
    assert answer.status_code == 403
    assert "Load it again" in answer.content.decode()
