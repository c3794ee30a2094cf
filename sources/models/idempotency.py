"""What a request that may come twice was answered the first time."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact


class IdempotencyKey(models.Model):
    """A client's own name for one request, with the answer that it got; kept for a day."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="idempotency_keys")
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64, help_text="SHA-256 of method, address and body.")
    made_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField()
    location = models.TextField(blank=True)
    body = models.TextField()
    row_kind = models.CharField(max_length=40, blank=True, help_text="What was made, for a look at who may see it.")
    row_uid = models.UUIDField(null=True, blank=True)

    class Meta:
        verbose_name = "idempotency key"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(name="%(app_label)s_%(class)s_key_given", condition=~Q(key="")),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_hashed", condition=Q(Exact(Length("request_digest"), 64))
            ),
        ]

    def __str__(self) -> str:
        return self.key
