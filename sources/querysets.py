"""Who may see which rows, and how rows are found by words. Knows no model classes: field names only."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.db.models import Q

from .choices import Access
from .text import fold

Viewer = User | AnonymousUser
_Row = TypeVar("_Row", bound=models.Model, covariant=True)


def cases_of(user: Viewer, to_case: str) -> Q | None:
    """Return the condition that the case reached by the lookup `to_case` is visible to the user; None: all are.

    Every active account is an analyst: it sees the open cases and those that it is a member of. An administrator
    sees all. To anyone else, and without an account, there is nothing.
    """
    if not (user.is_authenticated and user.is_active):
        return Q(pk__in=[])
    if user.is_superuser:
        return None
    prefix = f"{to_case}__" if to_case else ""
    # Two conditions on the case itself, not one joined OR, so that no row can come out twice.
    return Q(**{f"{prefix}access": Access.OPEN}) | Q(**{f"{prefix}pk__in": _member_case_ids(user)})


def _member_case_ids(user: Viewer) -> models.QuerySet[Any, int]:
    memberships: Any = user.case_memberships  # type: ignore[union-attr]  # the reverse side of CaseMembership.user
    ids: models.QuerySet[Any, int] = memberships.values("case_id")
    return ids


class RecordQuerySet(models.QuerySet[_Row]):
    """What every table of records can be asked."""

    def with_uids(self, uids: Iterable[object]) -> Self:
        """Keep the rows with these public ids."""
        return self.filter(uid__among=uids)

    def matching(self, words: str, viewer: Viewer) -> Self:
        """Keep the rows in which every one of the words occurs, as plain letters, where this viewer may look."""
        found = self
        for word in dict.fromkeys(fold(words).split(" ")):
            found = found.filter(self.word_condition(word, viewer))
        return found

    def word_condition(self, word: str, viewer: Viewer) -> Q:
        """Return the condition that one folded word occurs in the row, or in a row that it points to."""
        columns: Iterable[str] = self.model.SEARCHED  # type: ignore[attr-defined]  # every record has it
        return Q(*((f"{column}__contains", word) for column in columns), _connector=Q.OR)


class CaseQuerySet(RecordQuerySet[_Row]):
    """Cases."""

    def visible_to(self, user: Viewer) -> Self:
        """Keep the cases that this user may see."""
        condition = cases_of(user, "")
        return self if condition is None else self.filter(condition)


class InCaseQuerySet(RecordQuerySet[_Row]):
    """Rows that belong to one case."""

    def visible_to(self, user: Viewer) -> Self:
        """Keep the rows of cases that this user may see."""
        condition = cases_of(user, "case")
        return self if condition is None else self.filter(condition)


class SharableQuerySet(RecordQuerySet[_Row]):
    """Rows of one case, or of the shared register where the case is null."""

    def visible_to(self, user: Viewer) -> Self:
        """Keep the rows of visible cases and, for those who may see anything, the shared ones."""
        condition = cases_of(user, "case")
        if condition is None:
            return self
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self.filter(Q(case__isnull=True) | condition)

    def usable_in(self, case: object) -> Self:
        """Keep the rows that a row of this case may point to: its own and the shared ones."""
        return self.filter(Q(case__isnull=True) | Q(case=case))


class PartyQuerySet(SharableQuerySet[_Row]):
    """Parties."""

    def standing(self) -> Self:
        """Leave out the parties that were merged into others."""
        return self.filter(merged_into__isnull=True)

    def word_condition(self, word: str, viewer: Viewer) -> Q:
        """Return the condition that one folded word occurs in the label or in an alias that the viewer may see."""
        # A subquery, not a join: a party with two matching aliases is still one row.
        aliases: Any = self.model._meta.get_field("aliases").related_model
        seen = aliases.objects.visible_to(viewer).filter(search_key__contains=word)
        return super().word_condition(word, viewer) | Q(pk__in=seen.values("party_id"))


class ChangeQuerySet(models.QuerySet[_Row]):
    """Entries of the ledger."""

    def visible_to(self, user: Viewer, case_uids: Iterable[object]) -> Self:
        """Keep the acts in cases with these uids, which the caller has found visible, and those on shared rows."""
        if not (user.is_authenticated and user.is_active):
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(Q(case_uid__isnull=True) | Q(case_uid__in=case_uids))


class DocumentVersionQuerySet(InCaseQuerySet[_Row]):
    """Captured texts."""

    def newest_first(self) -> Self:
        """Order by number, the newest capture first."""
        return self.order_by("-number")

    def without_text(self) -> Self:
        """Leave the text in the database: lists speak of versions, and texts are long."""
        return self.defer("text")


class ApiTokenQuerySet(models.QuerySet[_Row]):
    """API tokens."""

    def usable(self, at: datetime) -> Self:
        """Keep the tokens that are neither revoked nor expired, of accounts that are active."""
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=at), revoked_at__isnull=True, user__is_active=True
        )


class ArrivalQuerySet(models.QuerySet[_Row]):
    """What came in and waits to be captured."""

    def waiting_for(self, user: Viewer, since: datetime) -> Self:
        """Keep what came in through this user, and no earlier; it is nobody else's to see."""
        return self.filter(user_id=user.pk or 0, made_at__gte=since)
