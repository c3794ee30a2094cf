"""Whose request is it, and may that account use the API at all?"""

from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from ..models import ApiToken
from ..tokens import find_token


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Token ct_…`."""

    keyword = "Token"

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        """Return (user, token); None where the header is not ours; raises AuthenticationFailed otherwise."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.keyword.lower().encode():
            return None
        try:
            text = parts[1].decode("ascii") if len(parts) == 2 else ""
        except UnicodeDecodeError:
            text = ""
        token = find_token(text, timezone.now())
        if token is None:
            raise AuthenticationFailed("this token is unknown, expired or revoked")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        return self.keyword


class IsAnalyst(BasePermission):
    """Any active account reads and writes, each case allowing; a read-only token reads."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Tell whether the account may use the API in this way."""
        if not (request.user and request.user.is_authenticated and request.user.is_active):
            return False
        if request.method in SAFE_METHODS:
            return True
        if isinstance(request.auth, ApiToken) and request.auth.is_read_only:
            self.message = "this token may read and not write"
            return False
        return True
