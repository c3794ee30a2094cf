"""What an analyst holds of one statement."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from sources.models import Case, Rating
from sources.querysets import InCaseQuerySet

from ..choices import Credibility
from .statement import Statement


class CredibilityRating(Rating):
    """How credible a statement is, from 1 to 5; 6: cannot be judged (Admiralty scale)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="credibility_ratings")
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="ratings")
    grade = models.CharField(max_length=1, choices=Credibility)

    objects = InCaseQuerySet["CredibilityRating"].as_manager()
    SEARCHED = ("search_key", *(f"statement__{column}" for column in Statement.SEARCHED))

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_grade_known", condition=Q(grade__in=Credibility.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loaded('statement')}: {self.get_grade_display()}"
