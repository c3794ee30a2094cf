"""Who speaks, carries and publishes, under which names, and how parties stand to one another."""

from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from ..choices import Judgement, LinkKind, Naming, PartyKind
from ..querysets import PartyQuerySet, SharableQuerySet
from ..text import fold, name_key
from .case import Case
from .record import Judged, Record


class Party(Record):
    """A person, group, organisation, government body or medium that speaks, relays or publishes."""

    case = models.ForeignKey(
        Case,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parties",
        help_text="Empty: the party stands in the shared register, to be used from every case.",
    )
    label = models.CharField(max_length=300, help_text="The public name: all that anyone is shown of this party.")
    disambiguation = models.CharField(
        max_length=300, blank=True, help_text="Tells apart those who share a label: “spokesman of the ministry”."
    )
    kind = models.CharField(max_length=12, choices=PartyKind, default=PartyKind.UNKNOWN)
    naming = models.CharField(
        max_length=10,
        choices=Naming,
        default=Naming.NAMED,
        help_text="Two unnamed speakers are two parties, until the text says that they are one.",
    )
    description = models.CharField(max_length=4000, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged_parties"
    )
    name_key = models.CharField(max_length=1200, editable=False, db_index=True, default="")
    search_key = models.TextField(editable=False, blank=True, default="")

    objects = PartyQuerySet["Party"].as_manager()
    DERIVED: ClassVar = frozenset({"name_key", "search_key"})
    SEARCHED = ("search_key",)

    class Meta:
        verbose_name_plural = "parties"
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_label_given", condition=~Q(label="")),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_unnamed_in_case",
                condition=~Q(naming=Naming.UNNAMED) | Q(case__isnull=False),
                violation_error_message="An unnamed party belongs to a case.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_not_into_self", condition=~Q(merged_into=F("id")) | Q(merged_into=None)
            ),
            models.CheckConstraint(name="%(app_label)s_%(class)s_kind_known", condition=Q(kind__in=PartyKind.values)),
            models.CheckConstraint(name="%(app_label)s_%(class)s_naming_known", condition=Q(naming__in=Naming.values)),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.disambiguation})" if self.disambiguation else self.label

    def derived(self) -> dict[str, str]:
        """Return the keys from label and disambiguation."""
        return {"name_key": name_key(self.label), "search_key": fold(f"{self.label} {self.disambiguation}")}

    def clean(self) -> None:
        """Refuse an unnamed party without a case."""
        if self.naming == Naming.UNNAMED and self.case_id is None:
            raise ValidationError({"naming": ValidationError("an unnamed party belongs to a case", code="no_case")})


class PartyAlias(Record):
    """Another name under which a party is met."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="party_aliases")
    party = models.ForeignKey(Party, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=300)
    name_key = models.CharField(max_length=1200, editable=False, db_index=True, default="")
    search_key = models.TextField(editable=False, blank=True, default="")

    objects = SharableQuerySet["PartyAlias"].as_manager()
    DERIVED: ClassVar = frozenset({"name_key", "search_key"})
    SEARCHED = ("search_key",)

    class Meta:
        verbose_name_plural = "party aliases"
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_name_given", condition=~Q(name="")),
            models.UniqueConstraint(
                fields=["party", "name", "case"],
                condition=Q(case__isnull=False),
                name="%(app_label)s_%(class)s_once",
                violation_error_message="The party has this alias already.",
            ),
            # UNIQUE holds two NULLs for different, so shared aliases need a rule of their own.
            models.UniqueConstraint(
                fields=["party", "name"],
                condition=Q(case__isnull=True),
                name="%(app_label)s_%(class)s_once_shared",
                violation_error_message="The party has this alias already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def derived(self) -> dict[str, str]:
        """Return the keys from the name."""
        return {"name_key": name_key(self.name), "search_key": fold(self.name)}


class PartyLink(Judged, Record):
    """One party is part of, controlled by, speaks for or is the same as another, for a time, as judged."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="party_links")
    from_party = models.ForeignKey(Party, models.PROTECT, related_name="links_from")
    to_party = models.ForeignKey(Party, models.PROTECT, related_name="links_to")
    kind = models.CharField(max_length=15, choices=LinkKind)
    since = models.DateField(null=True, blank=True, help_text="First day on which it holds; empty: not known.")
    until = models.DateField(null=True, blank=True, help_text="Last day on which it holds; empty: holds still.")

    objects = SharableQuerySet["PartyLink"].as_manager()
    SEARCHED = ("search_key", "from_party__search_key", "to_party__search_key")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_two_parties",
                condition=~Q(from_party=F("to_party")),
                violation_error_message="A party has no link to itself.",
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_same_as_ordered",
                condition=~Q(kind=LinkKind.SAME_AS) | Q(from_party__lt=F("to_party")),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_since_first",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lte=F("until")),
                violation_error_message="The link ends before it begins.",
            ),
            models.CheckConstraint(name="%(app_label)s_%(class)s_kind_known", condition=Q(kind__in=LinkKind.values)),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_judgement_known", condition=Q(judgement__in=Judgement.values)
            ),
            models.UniqueConstraint(
                fields=["from_party", "to_party", "kind", "case"],
                condition=Q(case__isnull=False),
                name="%(app_label)s_%(class)s_once",
                violation_error_message="These two parties are linked in this way already.",
            ),
            models.UniqueConstraint(
                fields=["from_party", "to_party", "kind"],
                condition=Q(case__isnull=True),
                name="%(app_label)s_%(class)s_once_shared",
                violation_error_message="These two parties are linked in this way already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.loaded('from_party')} {self.get_kind_display()} {self.loaded('to_party')}"

    def clean(self) -> None:
        """Refuse a link to oneself and one that ends before it begins."""
        if self.from_party_id is not None and self.from_party_id == self.to_party_id:
            raise ValidationError({"to_party": ValidationError("a party has no link to itself", code="self_link")})
        if self.since and self.until and self.until < self.since:
            raise ValidationError({"until": ValidationError("the link ends before it begins", code="ends_early")})
