"""How one claim stands to another, and what an analyst holds of it."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from sources.choices import Judgement
from sources.models import Case, Judged, Record

from ..choices import Aspect, RelationKind, Strength
from ..querysets import RelationQuerySet
from .claim import Claim


class ClaimRelation(Judged, Record):
    """One claim contradicts, says the same as, entails or supports another, as judged."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="relations")
    claim_a = models.ForeignKey(Claim, models.PROTECT, related_name="relations_from")
    claim_b = models.ForeignKey(Claim, models.PROTECT, related_name="relations_to")
    kind = models.CharField(max_length=12, choices=RelationKind)
    strength = models.CharField(
        max_length=15, choices=Strength, blank=True, help_text="Of a contradiction: could both be false? both be true?"
    )
    aspects = models.JSONField(default=list, blank=True, help_text="In what respect they contradict each other.")

    objects = RelationQuerySet["ClaimRelation"].as_manager()
    SEARCHED = ("search_key", "claim_a__search_key", "claim_b__search_key")

    class Meta:
        verbose_name = "relation"
        indexes: ClassVar = [
            models.Index(fields=["case", "judgement", "kind"], name="relation_case_judged"),  # what folds into classes
            models.Index(fields=["case", "revision"], name="relation_case_stamp"),  # whether what was folded stands
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["claim_a", "claim_b", "kind"],
                name="%(app_label)s_%(class)s_once",
                violation_error_message="These two claims are related in this way already.",
            ),
            models.CheckConstraint(name="%(app_label)s_%(class)s_two_claims", condition=~Q(claim_a=F("claim_b"))),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_pair_ordered",
                condition=Q(kind__in=[RelationKind.ENTAILS, RelationKind.SUPPORTS]) | Q(claim_a__lt=F("claim_b")),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_strength_given",
                condition=Q(kind=RelationKind.CONTRADICTS, strength__in=Strength.values)
                | (~Q(kind=RelationKind.CONTRADICTS) & Q(strength="")),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_kind_known", condition=Q(kind__in=RelationKind.values)
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_judgement_known", condition=Q(judgement__in=Judgement.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loaded('claim_a')} {self.get_kind_display()} {self.loaded('claim_b')}"

    def clean(self) -> None:
        """Refuse a claim against itself, a strength where none belongs, and aspects that are not in the vocabulary."""
        errors = {}
        if self.claim_a_id is not None and self.claim_a_id == self.claim_b_id:
            errors["claim_b"] = ValidationError("a claim has no relation to itself", code="self_relation")
        if self.kind == RelationKind.CONTRADICTS:
            if not self.strength:
                message = "could both be false? could both be true? the answers give the strength"
                errors["strength"] = ValidationError(message, code="strength_missing")
        else:
            if self.strength:
                errors["strength"] = ValidationError("only a contradiction has a strength", code="strength_not_wanted")
            if self.aspects:
                errors["aspects"] = ValidationError("only a contradiction has aspects", code="aspects_not_wanted")
        if not isinstance(self.aspects, list) or any(aspect not in Aspect.values for aspect in self.aspects):
            errors["aspects"] = ValidationError(f"aspects are among {', '.join(Aspect.values)}", code="aspect_unknown")
        elif len(set(self.aspects)) < len(self.aspects):
            errors["aspects"] = ValidationError("an aspect is named twice", code="aspect_twice")
        if errors:
            raise ValidationError(errors)
