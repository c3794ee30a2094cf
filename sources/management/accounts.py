"""Which account does a command act for?"""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management.base import CommandError


def find_user(name: str | None) -> User | None:
    """Return the active account of this name, None for no name; raises CommandError where there is none."""
    if name is None:
        return None
    model = get_user_model()
    user = model._default_manager.filter(**{model.USERNAME_FIELD: name}).first()
    if user is None or not user.is_active:
        raise CommandError(f"there is no active account {name!r}")
    return user
