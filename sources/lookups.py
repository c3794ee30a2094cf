"""How does a query ask for many keys at once? `field__among=[1, 2, …]`: as `__in`, bound as one parameter.

An `IN` of thousands takes Django longer to write than the database to answer, and SQLite takes only so many parameters.
"""

import json
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import ForeignKey, IntegerField, Lookup


@IntegerField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """The keys are among those given, whole numbers in any collection."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Write it for PostgreSQL, which has arrays, or SQLite, which reads them as JSON; for no key ask nothing."""
        keys = list(self.rhs)
        if not keys:
            raise EmptyResultSet
        column, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s::bigint[])", (*parameters, keys)
        among = "IN (SELECT value FROM json_each(%s))"
        return f"{column} {among}", (*parameters, json.dumps(keys))
