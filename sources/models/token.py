"""How a program proves whose it is."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from ..querysets import ApiTokenQuerySet
from .record import Storable


class ApiToken(Storable):
    """A key with which a program acts as a user; only a keyed hash of its secret is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100, help_text="What it is for: “notebook on the office machine”.")
    prefix = models.CharField(max_length=16, unique=True, editable=False, help_text="The part that may be shown.")
    digest = models.CharField(max_length=64, editable=False)
    is_read_only = models.BooleanField(default=False, help_text="May read, never write.")
    created_at = models.DateTimeField(editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Empty: until it is revoked.")
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet["ApiToken"].as_manager()

    class Meta:
        verbose_name = "API token"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_hashed", condition=models.Q(Exact(Length("digest"), 64))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
