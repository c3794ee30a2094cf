"""What every list can be narrowed by."""

from typing import Any

import django_filters
from django.db.models import QuerySet


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
