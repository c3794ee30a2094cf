"""What analysts conclude on a claim, and what they hold of whether two statements go back to one origin."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from sources.models import Case, Record
from sources.querysets import InCaseQuerySet
from sources.text import fold

from ..choices import Independent
from .claim import Claim
from .statement import Statement


class Conclusion(Record):
    """What an analyst concludes on a claim, in words, and signs; every one is kept, and the newest counts."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="conclusions")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="conclusions")
    text = models.CharField(max_length=8000, help_text="In your own words; it is shown with your name.")
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="conclusions"
    )
    signed_at = models.DateTimeField(editable=False)
    search_key = models.TextField(editable=False, blank=True, default="")

    objects = InCaseQuerySet["Conclusion"].as_manager()
    DERIVED: ClassVar = frozenset({"search_key"})
    SEARCHED = ("search_key", "claim__search_key")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_text_given", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"

    def derived(self) -> dict[str, str]:
        """Return the search key from the text."""
        return {"search_key": fold(self.text)}


class IndependenceJudgement(Record):
    """An analyst holds two statements to have independent origins, or one; every judgement is kept."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="independence_judgements")
    statement_a = models.ForeignKey(Statement, models.CASCADE, related_name="independence_from")
    statement_b = models.ForeignKey(Statement, models.CASCADE, related_name="independence_to")
    verdict = models.CharField(max_length=12, choices=Independent)
    reason = models.CharField(max_length=2000, help_text="One or two lines that a colleague can check.")
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="independence_judgements",
    )
    judged_at = models.DateTimeField(editable=False)
    search_key = models.TextField(editable=False, blank=True, default="")

    objects = InCaseQuerySet["IndependenceJudgement"].as_manager()
    DERIVED: ClassVar = frozenset({"search_key"})
    SEARCHED = (
        "search_key",
        *(f"{link}__{column}" for link in ("statement_a", "statement_b") for column in Statement.SEARCHED),
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_pair_ordered",
                condition=Q(statement_a__lt=F("statement_b")),
                violation_error_message="A pair is stored from the older statement to the younger.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_verdict_known", condition=Q(verdict__in=Independent.values)
            ),
            models.CheckConstraint(name="%(app_label)s_%(class)s_reason_given", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.reason}"

    def derived(self) -> dict[str, str]:
        """Return the search key from the reason."""
        return {"search_key": fold(self.reason)}

    def clean(self) -> None:
        """Refuse a statement against itself, and a pair in the wrong order."""
        a, b = self.statement_a_id, self.statement_b_id
        if a is not None and a == b:
            raise ValidationError({"statement_b": ValidationError("these are one statement", code="self_pair")})
        if a is not None and b is not None and a > b:
            message = "a pair is stored from the older statement to the younger"
            raise ValidationError({"statement_b": ValidationError(message, code="order")})
