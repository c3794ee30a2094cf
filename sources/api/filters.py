"""What every list can be narrowed by."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

from ..text import MAX_SEARCH_BYTES, MAX_WORDS, can_be_searched, fold


def yes_or_no(*, method: str, label: str) -> django_filters.TypedChoiceFilter:
    """Return a filter that takes `true` and `false` alone; the stock one takes any other word for no filter at all."""
    choices = [("true", "true"), ("false", "false")]
    return django_filters.TypedChoiceFilter(method=method, label=label, choices=choices, coerce=lambda v: v == "true")


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
        if not fold(words):
            return queryset
        if not can_be_searched(words):
            message = f"at most {MAX_WORDS} words and {MAX_SEARCH_BYTES} bytes"
            raise ValidationError({name: [message]}, code="too_much")
        return self.narrow(queryset, words)

    def narrow(self, queryset: QuerySet[Any], words: str) -> QuerySet[Any]:
        """Keep the rows that these words, which are not too many, are found in."""
        found: QuerySet[Any] = queryset.matching(words, self.request.user)  # type: ignore[attr-defined]
        return found
