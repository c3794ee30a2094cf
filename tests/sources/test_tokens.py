"""A token is shown once, kept as a keyed hash, and good for as long as it and its account are (D11)."""

import re
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from sources.models import ApiToken
from sources.tokens import find_token, issue_token, revoke_token
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db: None) -> User:
    """An account."""
    return make.make_user()


def test_a_token_is_found_by_its_text(user: User, now: datetime) -> None:
    token, text = issue_token(user=user, name="notebook", at=now)
    found = find_token(text, now)
    assert found == token
    assert found is not None
    assert (found.user, found.name, found.created_at, found.is_read_only) == (user, "notebook", now, False)


def test_its_text_tells_a_scanner_what_it_is_and_holds_256_bits(user: User, now: datetime) -> None:
    texts = [issue_token(user=user, name="notebook", at=now)[1] for _ in range(5)]
    for text in texts:
        assert re.fullmatch(r"ct_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", text)
    assert len({text.split("_", 2)[2] for text in texts}) == 5
    assert len({text.split("_", 2)[1] for text in texts}) == 5


def test_the_secret_is_kept_nowhere(user: User, now: datetime) -> None:
    token, text = issue_token(user=user, name="notebook", at=now)
    prefix, secret = text.split("_", 2)[1:]
    row = ApiToken.objects.filter(pk=token.pk).values().get()
    assert secret not in str(row)
    assert secret not in repr(token) + str(token)
    assert (row["prefix"], len(row["digest"])) == (prefix, 64)
    assert prefix in str(token)


def test_the_hash_is_keyed(user: User, now: datetime, settings: object) -> None:
    """Who reads the table and guesses a secret cannot check the guess without the server's key."""
    token, text = issue_token(user=user, name="notebook", at=now)
    settings.SECRET_KEY = "another key " * 5
    assert find_token(text, now) is None
    settings.SECRET_KEY_FALLBACKS = []
    other, _ = issue_token(user=user, name="notebook", at=now)
    assert other.digest != token.digest


def test_a_token_outlives_a_change_of_the_key_while_the_old_one_is_a_fallback(
    user: User, now: datetime, settings: object
) -> None:
    token, text = issue_token(user=user, name="notebook", at=now)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key " * 5
    assert find_token(text, now) == token
    settings.SECRET_KEY_FALLBACKS = []
    assert find_token(text, now) is None


def test_nothing_else_is_a_token(user: User, now: datetime) -> None:
    _, text = issue_token(user=user, name="notebook", at=now)
    _, other = issue_token(user=user, name="notebook", at=now)
    mark, prefix, secret = text.split("_", 2)
    for wrong in (
        *("", "_", "__", "ct_", "ct__", mark, f"{mark}_{prefix}", f"{mark}_{prefix}_", f"{mark}__{secret}", secret),
        f"xx_{prefix}_{secret}",
        f"CT_{prefix}_{secret}",
        f"{prefix}_{secret}",
        f"{mark}_{prefix}_{secret[:-1]}",
        f"{mark}_{prefix}_{secret}A",
        f"{mark}_{prefix}_{secret.swapcase()}",
        f"{mark}_{prefix.upper()}x_{secret}",
        f"{mark}_{other.split('_', 2)[1]}_{secret}",
        f" {text}",
        f"{text} ",
        f"{text}\n",
        "x" * 100_000,
        f"{mark}_{prefix}\x00_{secret}",
        f"{mark}_\x00_{secret}",
        f"{text}\x00",
        f"{mark}_é_{secret}",
        f"{mark}_%_{secret}",
    ):
        assert find_token(wrong, now) is None, ascii(wrong)
    assert find_token(text, now) is not None


def test_a_token_ends_at_the_moment_it_was_given(user: User, now: datetime) -> None:
    end = now + timedelta(days=1)
    token, text = issue_token(user=user, name="notebook", at=now, expires_at=end)
    assert find_token(text, end - timedelta(microseconds=1)) == token
    assert find_token(text, end) is None
    assert find_token(text, end + timedelta(days=1)) is None


def test_a_revoked_token_is_none_and_stays_revoked_when_it_was(user: User, now: datetime) -> None:
    token, text = issue_token(user=user, name="notebook", at=now)
    other, other_text = issue_token(user=user, name="notebook", at=now)
    revoke_token(token=token, at=now + timedelta(hours=1))
    revoke_token(token=token, at=now + timedelta(hours=2))
    assert ApiToken.objects.get(pk=token.pk).revoked_at == now + timedelta(hours=1)
    assert find_token(text, now + timedelta(hours=3)) is None
    assert find_token(other_text, now + timedelta(hours=3)) == other


def test_a_token_of_a_closed_account_is_none(user: User, now: datetime) -> None:
    _, text = issue_token(user=user, name="notebook", at=now)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert find_token(text, now) is None
    User.objects.filter(pk=user.pk).update(is_active=True)
    assert find_token(text, now) is not None


def test_a_token_of_an_account_with_a_new_password_is_none(user: User, now: datetime) -> None:
    """Who changes a password because someone else knows it means to be rid of them everywhere."""
    _, text = issue_token(user=user, name="notebook", at=now)
    user.set_password("another-word")
    user.save()
    assert find_token(text, now) is None
    _, later = issue_token(user=user, name="notebook", at=now)
    assert find_token(later, now) is not None


def test_a_token_says_what_it_is_for(user: User, now: datetime) -> None:
    for name in ("", "x" * 101, "not\x00ebook"):
        with pytest.raises(ValidationError) as refused:
            issue_token(user=user, name=name, at=now)
        assert set(refused.value.error_dict) == {"name"}
    assert not ApiToken.objects.exists()


def test_no_token_is_kept_without_its_hash(user: User, now: datetime) -> None:
    token, _ = issue_token(user=user, name="notebook", at=now)
    for digest in ("", "x" * 63, "x" * 65):
        with pytest.raises(Exception, match=r"(?i)check|constraint|too long") as refused, transaction.atomic():
            ApiToken.objects.filter(pk=token.pk).update(digest=digest)
        assert isinstance(refused.value, IntegrityError) or "too long" in str(refused.value)


# --- the command ---------------------------------------------------------------------------------------------------


def _create_token(*arguments: str) -> str:
    out = StringIO()
    call_command("create_token", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_prints_the_token_and_nothing_else(user: User) -> None:
    printed = _create_token(user.username)
    token = ApiToken.objects.get()
    assert find_token(printed.strip(), token.created_at) == token
    assert printed == printed.strip() + "\n"
    assert (token.user, token.is_read_only, token.expires_at) == (user, False, None)


def test_the_command_makes_tokens_that_only_read_and_that_end(user: User) -> None:
    _create_token(user.username, "--read-only", "--days", "7", "--name", "on loan")
    token = ApiToken.objects.get()
    assert (token.name, token.is_read_only) == ("on loan", True)
    assert token.expires_at == token.created_at + timedelta(days=7)


def test_the_command_makes_no_token_for_nobody_nor_for_no_time(user: User) -> None:
    closed = make.make_user(is_active=False)
    for arguments in (
        ["nobody at all"],
        [closed.username],
        [user.username, "--days", "0"],
        [user.username, "--days", "-1"],
        [user.username, "--days", "3651"],
    ):
        with pytest.raises(CommandError):
            _create_token(*arguments)
    assert not ApiToken.objects.exists()
