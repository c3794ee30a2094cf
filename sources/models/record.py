"""What every row of the product carries."""

import uuid
from typing import Any, ClassVar

import uuid6
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from ..choices import Judgement
from ..text import find_unstorable, fold


def new_uid() -> uuid.UUID:
    """Return a UUIDv7: unique everywhere, and in the order in which this process made them."""
    return uuid.UUID(int=uuid6.uuid7().int)


class Storable(models.Model):
    """A row that refuses what the databases cannot hold."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Any = None) -> None:
        """Refuse what the fields refuse, strings that a database here cannot hold, and nothing where a value must be.

        Here and not in serializers or forms, because importers and the admin go round those.
        """
        errors: dict[str, list[ValidationError]] = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as refused:
            errors = refused.error_dict
        for field in self._meta.concrete_fields:
            value = getattr(self, field.attname)
            for _, reason in find_unstorable(value):
                errors.setdefault(field.name, []).append(ValidationError(reason, code="unstorable"))
            # What may be left blank Django does not look at, not even whether it is null.
            must_stand = field.blank and not (field.null or field.primary_key or field.name in (exclude or ()))
            if value is None and must_stand:
                errors.setdefault(field.name, []).append(ValidationError("this field cannot be null", code="null"))
        if errors:
            raise ValidationError(errors)


class Record(Storable):
    """A row with a public id and a counter for safe editing; only the ledger's acts write it."""

    uid = models.UUIDField("id", unique=True, default=new_uid, editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)

    # Columns that follow from others, and so stand in no ledger image.
    DERIVED: ClassVar[frozenset[str]] = frozenset()
    # Where words are looked for: folded columns, its own and those of what it points to.
    SEARCHED: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    @classmethod
    def record_kind(cls) -> str:
        """Return the one word by which ledger, API and bundles name this sort of row."""
        return str(cls._meta.model_name)

    def loaded(self, link: str) -> str:
        """Return how the row at the end of a link names itself, where it was read along; never asks the database."""
        target = self._state.fields_cache.get(link)
        return str(target) if target is not None else "…"

    def derived(self) -> dict[str, str]:
        """Return the derived columns that follow from this row alone, by name."""
        return {}


class Judged(models.Model):
    """What an analyst holds of a proposed pair, why, and when it was judged."""

    judgement = models.CharField(
        max_length=10,
        choices=Judgement,
        default=Judgement.UNJUDGED,
        help_text="“Cannot be told” is an answer; “not judged yet” is none.",
    )
    rationale = models.CharField(max_length=2000, blank=True, help_text="One or two lines that a colleague can check.")
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="%(class)s_judgements",
    )
    judged_at = models.DateTimeField(null=True, blank=True, editable=False)
    search_key = models.TextField(editable=False, blank=True, default="")

    DERIVED: ClassVar = frozenset({"search_key"})

    class Meta:
        abstract = True

    def derived(self) -> dict[str, str]:
        """Return the search key from the rationale."""
        return {"search_key": fold(self.rationale)}
