"""What may this user do in that case?

Public: `roles_in`, `role_in`, `require_role`, `visible_among`. Seeing is a matter of querysets (`visible_to`); this is
about doing.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied

from .choices import Access, Role
from .models import Case, CaseMembership, Record
from .querysets import Viewer


def roles_in(user: Viewer | None, cases: Collection[Case]) -> dict[int, Role | None]:
    """Return the user's role in each case by the case's key, in one query; None for none.

    In an open case every analyst annotates, unless a membership says otherwise; None as user is the server's own
    console, which may do all.
    """
    if user is None or (user.is_active and getattr(user, "is_superuser", False)):
        return {case.pk: Role.LEAD for case in cases}
    if not user.is_active or user.pk is None:
        return {case.pk: None for case in cases}
    memberships = CaseMembership.objects.filter(case__in=cases, user_id=user.pk)
    given = {case: Role(role) for case, role in memberships.values_list("case_id", "role")}
    return {case.pk: given.get(case.pk, Role.ANNOTATOR if case.access == Access.OPEN else None) for case in cases}


def role_in(user: Viewer | None, case: Case | None) -> Role | None:
    """Return the user's role in one case; no case is the shared register, which analysts only read."""
    if case is not None:
        return roles_in(user, [case])[case.pk]
    if user is None or (user.is_active and getattr(user, "is_superuser", False)):
        return Role.LEAD
    return Role.READER if user.is_active and user.pk is not None else None


def visible_among(user: Viewer, rows: Iterable[Record]) -> list[Record]:
    """Return those of the rows that the user may see, in their order, in one query a model."""
    by_model: dict[type[Record], list[int]] = {}
    given = list(rows)
    for row in given:
        by_model.setdefault(type(row), []).append(row.pk)
    seen: set[tuple[type[Record], int]] = set()
    for model, keys in by_model.items():
        table: Any = model
        seen |= {
            (model, pk) for pk in table.objects.visible_to(user).filter(pk__among=keys).values_list("pk", flat=True)
        }
    return [row for row in given if (type(row), row.pk) in seen]


def require_role(user: Viewer | None, case: Case | None, needed: Role) -> None:
    """Raise PermissionDenied where the user's role in the case does not include the needed one."""
    role = role_in(user, case)
    if role is None or not role.includes(needed):
        where = "the shared register" if case is None else f"the case “{case}”"
        raise PermissionDenied(f"this needs the role of {needed.label} in {where}")
