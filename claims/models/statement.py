"""Who takes which stance on a claim, in which words, and through whom it reached the document."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from sources.models import Case, Excerpt, Party, Record
from sources.querysets import InCaseQuerySet
from sources.text import fold

from ..choices import (
    Attitude,
    AttributionType,
    Basis,
    Certainty,
    EvidenceRole,
    Manner,
    Review,
    Stance,
    Voice,
)
from ..querysets import StatementQuerySet
from .claim import Claim


class Utterance(Record):
    """One act of speech that several statements report."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="utterances")
    said_at = models.DateTimeField(null=True, blank=True)
    said_note = models.CharField(max_length=300, blank=True, help_text="As the text has it: “earlier in the week”.")
    note = models.CharField(max_length=2000, blank=True, help_text="What makes it one act: the interview, the session.")
    search_key = models.TextField(editable=False, blank=True, default="")

    objects = InCaseQuerySet["Utterance"].as_manager()
    DERIVED: ClassVar = frozenset({"search_key"})
    SEARCHED = ("search_key",)

    class Meta:
        constraints: ClassVar = []

    def __str__(self) -> str:
        return self.note or self.said_note or f"utterance {self.uid}"

    def derived(self) -> dict[str, str]:
        """Return the search key from what is noted of the act and of its time."""
        return {"search_key": fold(f"{self.note} {self.said_note}")}


class Statement(Record):
    """A speaker takes a stance on a claim at a time, as told in one document."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="statements")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="statements")
    voice = models.CharField(max_length=12, choices=Voice, default=Voice.PARTY)
    speaker = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="statements")
    stance = models.CharField(max_length=12, choices=Stance, default=Stance.ASSERTS)
    excerpt = models.ForeignKey(Excerpt, models.PROTECT, related_name="statements", help_text="The words.")
    manner = models.CharField(max_length=10, choices=Manner, default=Manner.UNCLEAR)
    framing = models.CharField(
        max_length=10,
        choices=Attitude,
        default=Attitude.NEUTRAL,
        help_text="How the document's author presents it: “alleged” and scare quotes keep a distance.",
    )
    attribution_type = models.CharField(max_length=10, choices=AttributionType, default=AttributionType.ASSERTION)
    certainty = models.CharField(max_length=10, choices=Certainty, default=Certainty.UNSTATED)
    basis = models.CharField(max_length=12, choices=Basis, default=Basis.UNSTATED)
    cue = models.CharField(max_length=300, blank=True, help_text="The words that attribute: “claims”, “according to”.")
    said_at = models.DateTimeField(null=True, blank=True)
    said_note = models.CharField(max_length=300, blank=True, help_text="As the text has it: “earlier in the week”.")
    utterance = models.ForeignKey(Utterance, models.PROTECT, null=True, blank=True, related_name="statements")
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        help_text="The same speaker's earlier statement that this one replaces or takes back.",
    )
    review = models.CharField(max_length=10, choices=Review, default=Review.DRAFT)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    is_live = models.BooleanField(
        default=True,
        editable=False,
        help_text="Neither rejected nor withdrawn, nor superseded by a statement that holds.",
    )

    objects = StatementQuerySet["Statement"].as_manager()
    DERIVED: ClassVar = frozenset({"is_live"})
    SEARCHED = ("excerpt__search_key", "claim__search_key", "speaker__search_key")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["claim", "speaker"], name="statement_claim_speaker"),  # a party's position on a claim
            models.Index(fields=["case", "is_live", "claim", "stance"], name="statement_case_sides"),  # sides of a case
        ]
        constraints: ClassVar = [
            *(
                models.CheckConstraint(
                    name=f"%(app_label)s_%(class)s_{field}_known", condition=Q(**{f"{field}__in": vocabulary.values})
                )
                for field, vocabulary in (
                    ("voice", Voice),
                    ("stance", Stance),
                    ("manner", Manner),
                    ("framing", Attitude),
                    ("attribution_type", AttributionType),
                    ("certainty", Certainty),
                    ("basis", Basis),
                    ("review", Review),
                )
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_speaker_of_party",
                condition=Q(voice=Voice.PARTY, speaker__isnull=False)
                | (~Q(voice=Voice.PARTY) & Q(speaker__isnull=True)),
                violation_error_message="A speaker is given exactly when the voice is a party's.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_retracts_one",
                condition=~Q(stance=Stance.RETRACTS) | Q(supersedes__isnull=False),
                violation_error_message="A retraction names the statement that it takes back.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_not_itself",
                condition=~Q(supersedes=F("id")) | Q(supersedes=None),
            ),
        ]

    def __str__(self) -> str:
        who = self.get_voice_display() if self.speaker_id is None else self.loaded("speaker")
        return f"{who} {self.get_stance_display()}: {self.loaded('claim')}"

    def clean(self) -> None:
        """Refuse a voice without its speaker, a speaker without its voice, and a retraction of nothing."""
        errors = {}
        if self.voice == Voice.PARTY and self.speaker_id is None:
            errors["speaker"] = ValidationError("a party's statement names its speaker", code="speaker_missing")
        if self.voice != Voice.PARTY and self.speaker_id is not None:
            message = f"a statement in this voice ({self.voice}) has no speaker"
            errors["speaker"] = ValidationError(message, code="speaker_not_wanted")
        # The earlier statement may be new as well, and have no key yet.
        earlier = self.supersedes_id or self._state.fields_cache.get("supersedes")
        if self.stance == Stance.RETRACTS and earlier is None:
            message = "a retraction names the statement that it takes back"
            errors["supersedes"] = ValidationError(message, code="retracts_nothing")
        if errors:
            raise ValidationError(errors)


class Evidence(Record):
    """A further excerpt of a statement, and what its words do."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence")
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="evidence")
    excerpt = models.ForeignKey(Excerpt, models.PROTECT, related_name="evidence")
    role = models.CharField(max_length=12, choices=EvidenceRole)

    objects = InCaseQuerySet["Evidence"].as_manager()

    class Meta:
        verbose_name_plural = "evidence"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "excerpt", "role"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_role_known", condition=Q(role__in=EvidenceRole.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.loaded('excerpt')}"


class Relay(Record):
    """One hop by which a statement reached the document; an undisclosed hop is a gap."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="relays")
    statement = models.ForeignKey(Statement, models.CASCADE, related_name="relays")
    hop = models.PositiveSmallIntegerField(help_text="1 is nearest the speaker.")
    party = models.ForeignKey(Party, models.PROTECT, null=True, blank=True, related_name="relays")
    is_gap = models.BooleanField(default=False, help_text="Someone passed it on, and the text does not say who.")
    cue = models.CharField(max_length=300, blank=True)
    attitude = models.CharField(max_length=10, choices=Attitude, default=Attitude.NEUTRAL)

    objects = InCaseQuerySet["Relay"].as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "hop"], name="%(app_label)s_%(class)s_hop_once"),
            models.UniqueConstraint(fields=["statement", "party"], name="%(app_label)s_%(class)s_party_once"),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_party_or_gap",
                condition=Q(party__isnull=True, is_gap=True) | Q(party__isnull=False, is_gap=False),
                violation_error_message="A relay is a party or a gap.",
            ),
            models.CheckConstraint(name="%(app_label)s_%(class)s_hop_from_one", condition=Q(hop__gte=1)),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_attitude_known", condition=Q(attitude__in=Attitude.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{'a gap' if self.is_gap else self.loaded('party')} (hop {self.hop})"

    def clean(self) -> None:
        """Refuse a relay that is both a party and a gap, or neither."""
        if self.is_gap == (self.party_id is not None):
            message = "a relay is a party, or a gap where none is disclosed"
            raise ValidationError({"party": ValidationError(message, code="party_or_gap")})
