"""Make an API token and print it, once."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from ...tokens import issue_token
from ..accounts import find_user


class Command(BaseCommand):
    help = "Make a token with which a program acts as a user. It is printed now and never again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the account")
        parser.add_argument("--name", default="command line", help="what the token is for")
        parser.add_argument("--read-only", action="store_true", help="it may read and not write")
        parser.add_argument("--days", type=int, help="days until it expires; default: until it is revoked")

    def handle(self, *, user: str, name: str, read_only: bool, days: int | None, **options: Any) -> None:
        account = find_user(user)
        if account is None or (days is not None and not 1 <= days <= 3650):
            raise CommandError("give an account, and 1 to 3650 days if any")
        now = timezone.now()
        expires_at = now + timedelta(days=days) if days else None
        _, text = issue_token(user=account, name=name, at=now, is_read_only=read_only, expires_at=expires_at)
        self.stdout.write(text)
