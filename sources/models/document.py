"""Works, their captured texts, and the words cut out of them."""

from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from ..anchoring import CONTEXT_LENGTH
from ..querysets import DocumentVersionQuerySet, InCaseQuerySet
from ..text import fold
from .case import Case
from .party import Party
from .record import Record

if TYPE_CHECKING:
    from .arrival import Arrival

MAX_TEXT_LENGTH = 5_000_000  # code points: some 800,000 words, more than any single report


class Document(Record):
    """A work in which something is said: an article, a report, a post, a transcript."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    title = models.CharField(max_length=500, help_text="As printed; where it has none, words of your own.")
    publisher = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="published_documents",
        help_text="Empty where the document does not say.",
    )
    byline = models.CharField(max_length=300, blank=True, help_text="The author as printed.")
    web_url = models.URLField("web address", max_length=2000, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, help_text="Empty where the document does not say.")
    language = models.CharField(max_length=35, blank=True, help_text="BCP 47 tag: en, ar, fr-CA.")
    media_type = models.CharField(max_length=100, blank=True, default="text/plain")
    search_key = models.TextField(editable=False, blank=True, default="")

    objects = InCaseQuerySet["Document"].as_manager()
    DERIVED: ClassVar = frozenset({"search_key"})
    SEARCHED = ("search_key",)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_title_given", condition=~Q(title="")),
        ]

    def __str__(self) -> str:
        return self.title

    def derived(self) -> dict[str, str]:
        """Return the search key from title, byline and web address."""
        return {"search_key": fold(f"{self.title} {self.byline} {self.web_url}")}


class DocumentVersion(Record):
    """One captured text of a document; it never changes."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="document_versions")
    document = models.ForeignKey(Document, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    n_characters = models.PositiveIntegerField("length", help_text="In code points.")
    sha256 = models.CharField(max_length=64)
    is_complete = models.BooleanField(default=True, help_text="No, where the text is cut off.")
    captured_at = models.DateTimeField()
    extractor = models.CharField(max_length=60, blank=True, help_text="What made text of the original bytes.")
    extractor_version = models.CharField(max_length=60, blank=True)
    original_sha256 = models.CharField(max_length=64, blank=True, help_text="SHA-256 of the bytes as they came.")

    arrival: "Arrival | None" = None  # what it is made of, until it is captured

    objects = DocumentVersionQuerySet["DocumentVersion"].as_manager()
    SEARCHED = ("document__search_key",)

    class Meta:
        verbose_name = "captured text"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="%(app_label)s_%(class)s_number_once"),
            models.CheckConstraint(name="%(app_label)s_%(class)s_text_given", condition=~Q(text="")),
            models.CheckConstraint(name="%(app_label)s_%(class)s_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(name="%(app_label)s_%(class)s_measured", condition=Q(n_characters=Length("text"))),
            models.CheckConstraint(name="%(app_label)s_%(class)s_hash_whole", condition=Q(Exact(Length("sha256"), 64))),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    def clean(self) -> None:
        """Refuse an empty text, and one too long to be one work."""
        if not self.text:
            raise ValidationError({"text": ValidationError("the text is empty", code="empty")})
        if len(self.text) > MAX_TEXT_LENGTH:
            message = f"the text has {len(self.text):,} characters; at most {MAX_TEXT_LENGTH:,} are taken"
            raise ValidationError({"text": ValidationError(message, code="too_long")})


class Excerpt(Record):
    """The exact words at one place of one captured text."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="excerpts")
    version = models.ForeignKey(DocumentVersion, models.CASCADE, related_name="excerpts")
    start = models.PositiveIntegerField(help_text="Offset of the first code point.")
    end = models.PositiveIntegerField(help_text="Offset after the last code point.")
    exact = models.TextField()
    prefix = models.CharField(max_length=CONTEXT_LENGTH, blank=True)
    suffix = models.CharField(max_length=CONTEXT_LENGTH, blank=True)
    search_key = models.TextField(editable=False, blank=True, default="")

    objects = InCaseQuerySet["Excerpt"].as_manager()
    DERIVED: ClassVar = frozenset({"search_key"})
    SEARCHED = ("search_key",)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_not_empty", condition=Q(end__gt=F("start"))),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_end_measured", condition=Q(end=F("start") + Length("exact"))
            ),
            models.UniqueConstraint(fields=["version", "start", "end"], name="%(app_label)s_%(class)s_place_once"),
        ]

    def __str__(self) -> str:
        return f"“{self.exact}”" if len(self.exact) <= 80 else f"“{self.exact[:79]}…”"

    def derived(self) -> dict[str, str]:
        """Return the search key from the words."""
        return {"search_key": fold(self.exact)}
