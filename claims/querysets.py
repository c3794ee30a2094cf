"""Which claims, statements and relations stand. Knows no model classes: field names only."""

from typing import Self, TypeVar

from django.db import models

from sources.choices import Judgement
from sources.querysets import InCaseQuerySet

from .choices import RelationKind, Review

_Row = TypeVar("_Row", bound=models.Model, covariant=True)


class ClaimQuerySet(InCaseQuerySet[_Row]):
    """Claims."""

    def standing(self) -> Self:
        """Leave out the claims that were merged into others."""
        return self.filter(merged_into__isnull=True)


class StatementQuerySet(InCaseQuerySet[_Row]):
    """Statements."""

    def live(self) -> Self:
        """Keep what is neither rejected nor withdrawn, nor superseded by a statement that holds."""
        return self.filter(is_live=True)

    def counted(self) -> Self:
        """Keep what is neither rejected nor withdrawn, superseded or not."""
        return self.exclude(review=Review.REJECTED).filter(withdrawn_at__isnull=True)

    def in_document(self, document: object) -> Self:
        """Keep the statements told in this document."""
        return self.filter(excerpt__version__document=document)


class RelationQuerySet(InCaseQuerySet[_Row]):
    """Relations between claims."""

    def judged_positive(self) -> Self:
        """Keep the relations that count."""
        return self.filter(judgement=Judgement.POSITIVE)

    def proposals(self) -> Self:
        """Keep the relations that nobody has judged yet."""
        return self.filter(judgement=Judgement.UNJUDGED)

    def not_refuted(self) -> Self:
        """Leave out the relations judged not to hold."""
        return self.exclude(judgement=Judgement.NEGATIVE)

    def binding(self) -> Self:
        """Keep the kinds along which commitments flow or meet; support takes no part."""
        return self.exclude(kind=RelationKind.SUPPORTS)
