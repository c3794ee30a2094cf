"""How does a program prove whose it is, and what do we keep of it?

Public: `issue_token`, `find_token`, `revoke_token`. A token is `ct_<prefix>_<secret>`: the prefix finds the row and
may be shown, the secret has 256 bits and is kept as a keyed hash only. The hash takes in how the account proves itself:
with another password the tokens made before are as dead as the sessions.
"""

import hmac
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User

from .models import ApiToken

_MARK = "ct"  # lets scanners of leaked secrets know one of ours


def issue_token(
    *,
    user: User,
    name: str,
    at: datetime,
    is_read_only: bool = False,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Return a new token and the text that is shown this once."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    token = ApiToken(
        user_id=user.pk,
        name=name,
        prefix=prefix,
        digest=_digest(settings.SECRET_KEY, user, secret),
        is_read_only=is_read_only,
        created_at=at,
        expires_at=expires_at,
    )
    token.full_clean()
    token.save(force_insert=True)
    return token, f"{_MARK}_{prefix}_{secret}"


def find_token(text: str, at: datetime) -> ApiToken | None:
    """Return the usable token that this text is, or None; a wrong secret and an unknown prefix take the same time."""
    mark, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    sought = prefix if prefix.isalnum() else ""  # PostgreSQL cannot even be asked for some signs
    named = ApiToken.objects.usable(at).select_related("user").filter(prefix=sought)
    token = next(iter(named), None)  # one at most has the prefix: nothing is to be ordered, as first() does
    kept, user = (token.digest, token.user) if token else ("", None)
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    matches = [hmac.compare_digest(kept, _digest(key, user, secret)) for key in keys]
    return token if mark == _MARK and any(matches) else None


def revoke_token(*, token: ApiToken, at: datetime) -> None:
    """End a token from the next request on."""
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])


def _digest(key: str, user: User | None, secret: str) -> str:
    proof = f"{user.password if user else ''}\0{secret}"
    return hmac.new(b"claims-tracker api token" + key.encode(), proof.encode(), "sha256").hexdigest()
