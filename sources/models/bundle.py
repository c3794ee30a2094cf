"""Which row a bundle's key became, so that importing twice changes nothing."""

from typing import ClassVar

from django.db import models

from .case import Case


class BundleKey(models.Model):
    """The short name that a bundle gave to one thing of a case, what it said of it, and what was made of that.

    `entry` is the bundle's own spelling, texts left out; `digest` is that of the row as it was exported the moment it
    had come in. As long as the row exports to this digest nobody has changed it, and the entry may stand for it.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="bundle_keys")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    uid = models.UUIDField()
    entry = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind", "key"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(name="%(app_label)s_%(class)s_key_given", condition=~models.Q(key="")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["kind", "key"], name="bundlekey_kind_key"),  # which case a bundle became
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
