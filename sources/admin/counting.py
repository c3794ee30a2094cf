"""How many rows stand on each row of a list? Public: `counted`."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce


def counted(rows: QuerySet[Any], **sides: str) -> QuerySet[Any]:
    """Count for each row what points to it, each number by the name of the reverse side: `n_claims="claims"`.

    By a subquery each: the database counts for the rows that it hands out, where joins would count for all rows, and
    two joins multiply one another. `QuerySet.count` leaves them out.
    """
    numbers: dict[str, Any] = {}
    for name, side in sides.items():
        link: Any = rows.model._meta.get_field(side)
        column = link.field.name
        pointing = link.related_model._base_manager.filter(**{column: OuterRef("pk")}).order_by()
        n = pointing.values(column).annotate(n=Count("pk")).values("n")
        numbers[name] = Coalesce(Subquery(n, output_field=IntegerField()), 0)
    return rows.annotate(**numbers)
