"""What an analyst holds of a party, of a statement: two scales, never one number."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from ..choices import Reliability
from ..querysets import SharableQuerySet
from ..text import fold
from .case import Case
from .party import Party
from .record import Record


class Rating(Record):
    """One analyst's grade at one time, with the reason; every rating is kept, and the newest of an analyst counts."""

    analyst = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="%(class)ss"
    )
    rationale = models.CharField(max_length=2000, help_text="One or two lines that a colleague can check.")
    rated_at = models.DateTimeField(editable=False)
    search_key = models.TextField(editable=False, blank=True, default="")

    DERIVED: ClassVar = frozenset({"search_key"})

    class Meta:
        abstract = True

    def derived(self) -> dict[str, str]:
        """Return the search key from the rationale."""
        return {"search_key": fold(self.rationale)}


class ReliabilityRating(Rating):
    """How far a party can be relied upon, from A to E; F: cannot be judged (Admiralty scale)."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="reliability_ratings")
    party = models.ForeignKey(Party, models.PROTECT, related_name="ratings")
    grade = models.CharField(max_length=1, choices=Reliability)

    objects = SharableQuerySet["ReliabilityRating"].as_manager()
    SEARCHED = ("search_key", "party__search_key")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_grade_known", condition=Q(grade__in=Reliability.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loaded('party')}: {self.get_grade_display()}"
