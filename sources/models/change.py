"""The one ledger: who did what, when, and what every row was before and after."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from ..choices import tell_act
from ..querysets import ChangeQuerySet


class Change(models.Model):
    """One act of one author, chained to the act before it."""

    sequence = models.PositiveBigIntegerField(unique=True, help_text="1, 2, 3 … without a gap.")
    # By public id and not by foreign key: the ledger outlives the rows that it tells of.
    case_uid = models.UUIDField(null=True, blank=True, help_text="Empty: the act was on shared rows.")
    act = models.CharField(max_length=40)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="changes",
        help_text="Empty: a command at the server's own console.",
    )
    request = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    undoes = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="The sequence of the entry that this one takes back."
    )
    previous = models.CharField(max_length=64, blank=True, help_text="Digest of the entry before; empty in the first.")
    digest = models.CharField(max_length=64)

    objects = ChangeQuerySet["Change"].as_manager()

    class Meta:
        verbose_name = "ledger entry"
        verbose_name_plural = "ledger"
        indexes: ClassVar = [
            models.Index(fields=["case_uid", "sequence"], name="change_case_sequence"),  # what was done in a case
        ]
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_from_one", condition=Q(sequence__gte=1)),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_chained",
                condition=Q(sequence=1, previous="") | Q(Exact(Length("previous"), 64)),
            ),
        ]

    def __str__(self) -> str:
        return f"entry {self.sequence}: {self.in_words()}"

    def in_words(self) -> str:
        """Return what was done, to follow the name of whoever did it: “worded a claim”."""
        return f"took back entry {self.undoes}" if self.undoes else tell_act(self.act)


class ChangeItem(models.Model):
    """What one act did to one row: its image before and after, each under a salted hash.

    The images and the salt can be erased where a source must be protected later; the hashes stay, so the chain
    still closes, and without the salt they tell nothing.
    """

    change = models.ForeignKey(Change, models.PROTECT, related_name="items")
    kind = models.CharField(max_length=40)
    uid = models.UUIDField()
    salt = models.CharField(max_length=32, blank=True)
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)
    before_digest = models.CharField(max_length=64, blank=True, help_text="Empty: the row was not there before.")
    after_digest = models.CharField(max_length=64, blank=True, help_text="Empty: the row was deleted.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "uid", "id"], name="changeitem_row_history"),  # history of one row
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_says_something",
                condition=~Q(before_digest="") | ~Q(after_digest=""),
            ),
            models.UniqueConstraint(fields=["change", "kind", "uid"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"
