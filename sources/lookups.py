"""How does a query ask for many keys at once? `field__among=[1, 2, …]`: as `__in`, bound as one parameter.

An `IN` of thousands takes Django longer to write than the database to answer, and SQLite takes only so many parameters.
Public ids are asked for in the same way, `uid__among=[…]`; as for `__in`, those that are none raise ValidationError.
"""

import json
from typing import Any, ClassVar

from django.core.exceptions import EmptyResultSet
from django.db.models import ForeignKey, IntegerField, Lookup, UUIDField


@IntegerField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """The keys are among those given, whole numbers in any collection."""

    lookup_name = "among"
    sort: ClassVar[str] = "bigint"  # what PostgreSQL calls them

    def get_prep_lookup(self) -> list[Any]:
        """Return the keys; no row has None."""
        return [key for key in self.rhs if key is not None]

    def spelled(self) -> list[Any]:
        """Return the keys as SQLite stores them."""
        return list(self.rhs)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Write it for PostgreSQL, which has arrays, or SQLite, which reads them as JSON; for no key ask nothing."""
        if not self.rhs:
            raise EmptyResultSet
        column, parameters = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s::{self.sort}[])", (*parameters, self.rhs)
        among = "IN (SELECT value FROM json_each(%s))"
        return f"{column} {among}", (*parameters, json.dumps(self.spelled()))


@UUIDField.register_lookup
class AmongUids(Among):
    """The public ids are among those given."""

    sort = "uuid"

    def get_prep_lookup(self) -> list[Any]:
        """Return the ids, those that came as text read."""
        return [self.lhs.output_field.to_python(uid) for uid in super().get_prep_lookup()]

    def spelled(self) -> list[Any]:
        """Return them as 32 digits each."""
        return [uid.hex for uid in self.rhs]
