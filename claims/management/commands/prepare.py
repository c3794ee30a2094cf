"""Make everything ready to serve: tables, account, first case, static files. Running it again changes nothing."""

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from sources.ledger import By
from sources.models import Change

from ...exchange.bundle import read_bundle
from ...exchange.importing import import_bundle

_SEED = "jisr_al_shughur"
_ACT = "load_seed"  # its entry in the ledger is the mark that the seed was loaded once


class Command(BaseCommand):
    help = "Migrate the database, make the first account, load the seed case once, and collect static files."
    requires_system_checks: list[str] = []  # there may be no database yet

    def handle(self, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        user = self._make_account()
        self._load_seed(user)
        call_command("collectstatic", verbosity=0, interactive=False)

    def _make_account(self) -> User | None:
        """Return the account of the administrator, made where there is none; tell its password this once."""
        users: Any = get_user_model()._default_manager
        name, password = settings.ADMIN_USER, settings.ADMIN_PASSWORD
        found: User | None = users.filter(username=name).first()
        if found is not None or users.filter(is_superuser=True, is_active=True).exists():
            return found
        made = "" if password else secrets.token_urlsafe(12)
        user: User = users.create_superuser(name, password=password or made)
        if made:
            self.stdout.write(
                f"A password was made for {name}: {made}\n"
                f"It is shown this once. To set another: .venv/bin/python manage.py changepassword {name}"
            )
        return user

    def _load_seed(self, user: User | None) -> None:
        """Import the seed case, unless that was done before: what someone deleted since stays deleted."""
        if Change.objects.filter(act=_ACT).exists():
            return
        with transaction.atomic():
            bundle = read_bundle(settings.BASE_DIR / "seeds" / _SEED)
            import_bundle(by=By(actor=user, at=timezone.now()), bundle=bundle, act_name=_ACT)
