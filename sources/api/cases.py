"""Cases: what is under inquiry."""

from typing import Any

from ..access import roles_in
from ..models import Case
from ..opening import open_case
from .bodies import Body
from .filters import ResourceFilter
from .resources import Resource
from .shapes import CaseShape


class CaseBody(Body):
    """A new case."""

    class Meta:
        model = Case
        fields = ("title", "slug", "description", "access")


class CaseFilter(ResourceFilter):
    """Cases have no case."""

    case = None

    class Meta:
        model = Case
        fields = ("access",)


class Cases(Resource):
    """Bodies of material under inquiry that you may see."""

    collection, model, shape, body, filters = "cases", Case, CaseShape, CaseBody, CaseFilter
    fixed = frozenset()
    takes_many = False

    def present(self, rows: list[Case]) -> list[CaseShape]:
        """Return cases in their public shape, with what the user may do in each."""
        roles = roles_in(self.request.user, rows)
        return [
            {
                "id": str(case.uid),
                "url": self.links("cases", case.uid),
                "title": case.title,
                "slug": case.slug,
                "description": case.description,
                "access": case.access,
                "role": roles[case.pk],
                "revision": case.revision,
            }
            for case in rows
        ]

    def write(self, values: list[Any]) -> list[Any]:
        """Open a case, led by whoever opens it."""
        return [open_case(by=self.by, case=Case(**row)) for row in values]
