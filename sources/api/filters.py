"""What every list can be narrowed by."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

_LARGEST = 2**31 - 1  # what an offset or a version's number can be


class WholeNumberFilter(django_filters.Filter):
    """A whole number that is not negative: an offset, a number of a version."""

    field_class = forms.IntegerField

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"min_value": 0, "max_value": _LARGEST, **options})


class ResourceFilter(django_filters.FilterSet):
    """`case` and `q`; each resource adds its own. A value of the wrong type is a 400."""

    case = django_filters.UUIDFilter(field_name="case__uid", label="Rows of this case.")
    q = django_filters.CharFilter(
        method="keep_matching", strip=False, label="Rows in which each of these words occurs; case and accents aside."
    )

    def keep_matching(self, queryset: QuerySet[Any], name: str, words: str) -> QuerySet[Any]:
        """Keep the rows that hold every word."""
        found: QuerySet[Any] = queryset.matching(words, self.request.user)  # type: ignore[attr-defined]
        return found
