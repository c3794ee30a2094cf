"""What is in dispute, and the propositions that answer it."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from sources.models import Case, Record
from sources.querysets import InCaseQuerySet
from sources.text import fold

from ..choices import Mode
from ..querysets import ClaimQuerySet


class Question(Record):
    """A point at issue with candidate answers; they are rivals only where a relation says so."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="questions")
    text = models.CharField(max_length=1000)
    search_key = models.TextField(editable=False, blank=True, default="")

    objects = InCaseQuerySet["Question"].as_manager()
    DERIVED: ClassVar = frozenset({"search_key"})
    SEARCHED = ("search_key",)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_text_given", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text

    def derived(self) -> dict[str, str]:
        """Return the search key from the text."""
        return {"search_key": fold(self.text)}


class Claim(Record):
    """A proposition, worded positively: no speaker and no date of saying, for denial is a stance."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="claims")
    text = models.CharField(max_length=2000, help_text="Worded positively; who denies it says so in a statement.")
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.FACT)
    question = models.ForeignKey(
        Question,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        help_text="The point at issue that it answers.",
    )
    occurred_from = models.DateField(null=True, blank=True, help_text="First day of what is claimed.")
    occurred_to = models.DateField(null=True, blank=True, help_text="Last day of what is claimed.")
    occurred_note = models.CharField(max_length=300, blank=True, help_text="As the text has it: “a few days ago”.")
    place = models.CharField(max_length=300, blank=True)
    quantity_low = models.DecimalField(
        max_digits=15, decimal_places=3, null=True, blank=True, help_text="“At least 2400”: low 2400, high empty."
    )
    quantity_high = models.DecimalField(
        max_digits=15, decimal_places=3, null=True, blank=True, help_text="“Up to 5,000”: high 5000, low empty."
    )
    quantity_approximate = models.BooleanField(default=False, help_text="“About 30,000”.")
    unit = models.CharField(max_length=60, blank=True, help_text="What is counted: “soldiers”, “km”.")
    note = models.CharField(max_length=4000, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_claims"
    )
    search_key = models.TextField(editable=False, blank=True, default="")

    objects = ClaimQuerySet["Claim"].as_manager()
    DERIVED: ClassVar = frozenset({"search_key"})
    SEARCHED = ("search_key",)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_text_given", condition=~Q(text="")),
            models.CheckConstraint(name="%(app_label)s_%(class)s_mode_known", condition=Q(mode__in=Mode.values)),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_from_before_to",
                condition=Q(occurred_from=None) | Q(occurred_to=None) | Q(occurred_from__lte=F("occurred_to")),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_low_before_high",
                condition=Q(quantity_low=None) | Q(quantity_high=None) | Q(quantity_low__lte=F("quantity_high")),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_unit_of_quantity",
                condition=~Q(quantity_low=None, quantity_high=None) | Q(unit="", quantity_approximate=False),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_not_into_self", condition=~Q(merged_into=F("id")) | Q(merged_into=None)
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def derived(self) -> dict[str, str]:
        """Return the search key from the text."""
        return {"search_key": fold(self.text)}

    def clean(self) -> None:
        """Refuse an end before its beginning, in days and in numbers, and a unit of nothing."""
        errors = {}
        if self.occurred_from and self.occurred_to and self.occurred_to < self.occurred_from:
            errors["occurred_to"] = ValidationError("it ends before it begins", code="ends_early")
        low, high = self.quantity_low, self.quantity_high
        if low is not None and high is not None and high < low:
            errors["quantity_high"] = ValidationError("the high end is below the low one", code="high_below_low")
        if low is None and high is None:
            if self.unit:
                errors["unit"] = ValidationError("a unit needs a quantity", code="no_quantity")
            if self.quantity_approximate:
                errors["quantity_approximate"] = ValidationError("approximate needs a quantity", code="no_quantity")
        if errors:
            raise ValidationError(errors)
