"""The body of material under inquiry, and who may see it."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from ..choices import Access, Role
from ..querysets import CaseQuerySet, InCaseQuerySet
from ..text import fold
from .record import Record


class Case(Record):
    """A body of material under inquiry, and the boundary of who may see it."""

    title = models.CharField(max_length=300)
    slug = models.SlugField(max_length=80, blank=True, allow_unicode=True, help_text="Short name for addresses.")
    description = models.CharField(max_length=4000, blank=True)
    access = models.CharField(
        max_length=10,
        choices=Access,
        default=Access.MEMBERS,
        help_text="A members-only case is nowhere to be seen for anyone else, not even its name.",
    )
    search_key = models.TextField(editable=False, blank=True, default="")

    objects = CaseQuerySet["Case"].as_manager()
    DERIVED: ClassVar = frozenset({"search_key"})
    SEARCHED = ("search_key",)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="%(app_label)s_%(class)s_title_given", condition=~models.Q(title="")),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_access_known", condition=models.Q(access__in=Access.values)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def derived(self) -> dict[str, str]:
        """Return the search key from title and slug."""
        return {"search_key": fold(f"{self.title} {self.slug}")}


class CaseMembership(Record):
    """A user may read, annotate in, or lead a case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="case_memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.ANNOTATOR)

    objects = InCaseQuerySet["CaseMembership"].as_manager()

    class Meta:
        verbose_name = "member"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "user"],
                name="%(app_label)s_%(class)s_once",
                violation_error_message="This user is a member of the case already.",
            ),
            models.CheckConstraint(name="%(app_label)s_%(class)s_role_known", condition=models.Q(role__in=Role.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} in {self.loaded('case')}"
