"""What came in: bytes that a captured text was made of, and those that wait for an analyst's word."""

import hashlib
from datetime import datetime, timedelta
from typing import ClassVar

from django.conf import settings
from django.core.validators import MinLengthValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from ..querysets import ArrivalQuerySet, InCaseQuerySet
from .case import Case
from .document import DocumentVersion
from .record import Record, new_uid

KEPT_FOR = timedelta(hours=24)  # an arrival waits so long


class Original(Record):
    """The file that a captured text was made of: what is known of it, and the hash of its bytes."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="originals")
    version = models.OneToOneField(DocumentVersion, models.CASCADE, related_name="original")
    sha256 = models.CharField(max_length=64, validators=[MinLengthValidator(64)], help_text="SHA-256 of the bytes.")
    n_bytes = models.PositiveIntegerField()
    media_type = models.CharField(max_length=100, help_text="By its content, not by its name.")
    encoding = models.CharField(max_length=60, blank=True, help_text="In which its characters were read.")
    file_name = models.CharField(max_length=255, blank=True, help_text="As its sender called it; nothing relies on it.")
    fetched_from = models.CharField(max_length=2000, blank=True, help_text="The address that answered, at the end.")
    fetched_at = models.DateTimeField(null=True, blank=True)

    objects = InCaseQuerySet["Original"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_hash_whole", condition=Q(Exact(Length("sha256"), 64))),
        ]

    def __str__(self) -> str:
        return self.file_name or self.fetched_from or f"original {self.sha256[:12]}"


class OriginalBytes(models.Model):
    """The bytes of originals, once for each hash. Apart from what is told of them, so that the ledger stays small."""

    sha256 = models.CharField(max_length=64, unique=True)
    data = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = "bytes of originals"
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_hash_whole", condition=Q(Exact(Length("sha256"), 64))),
        ]

    def __str__(self) -> str:
        return self.sha256


class Arrival(models.Model):
    """What came in and was shown to its user, who has not captured it yet; gone after a day."""

    uid = models.UUIDField(unique=True, default=new_uid)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="arrivals")
    case = models.ForeignKey(Case, models.CASCADE, related_name="arrivals")
    made_at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=10, help_text="pasted, text, html, pdf or docx.")
    data = models.BinaryField(null=True, help_text="The bytes as they came; none of what was pasted.")
    media_type = models.CharField(max_length=100)
    file_name = models.CharField(max_length=255, blank=True)
    fetched_from = models.CharField(max_length=2000, blank=True)
    fetched_at = models.DateTimeField(null=True)
    header = models.CharField(max_length=60, blank=True, help_text="The encoding that the server named.")
    text = models.TextField(blank=True)
    problem = models.CharField(max_length=300, blank=True, help_text="Why there is no text yet: its encoding, mostly.")
    encoding = models.CharField(max_length=60, blank=True)
    ground = models.CharField(max_length=10, blank=True)
    extractor = models.CharField(max_length=60, blank=True)
    extractor_version = models.CharField(max_length=60, blank=True)
    suggestions = models.JSONField(default=dict)
    notes = models.JSONField(default=list)

    objects = ArrivalQuerySet["Arrival"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_says_something", condition=Q(text="", problem__gt="") | ~Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return self.file_name or self.fetched_from or "pasted words"

    @property
    def expires_at(self) -> datetime:
        """When it is forgotten."""
        return self.made_at + KEPT_FOR

    def as_version(self, *, is_complete: bool = True) -> DocumentVersion:
        """Return the text as a version of a document that is still to be named; capturing it uses the arrival up."""
        version = DocumentVersion(
            text=self.text,
            is_complete=is_complete,
            extractor=self.extractor,
            extractor_version=self.extractor_version,
            original_sha256="" if self.data is None else hashlib.sha256(self.data).hexdigest(),
        )
        version.arrival = self
        return version
