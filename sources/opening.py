"""How does a case begin, and who works in it?

Public: `open_case`, `admit_member`, `dismiss_member`.
"""

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied

from .choices import Role
from .ledger import Author
from .models import Case, CaseMembership


def open_case(*, by: Author, case: Case) -> Case:
    """Open a new case, led by whoever opens it.

    Any analyst may; the console leads every case anyway and becomes a member of none.
    """
    if by.actor is not None and not by.actor.is_active:
        raise PermissionDenied("this account is closed")
    with by.act("open_case", None, needs=Role.READER) as act:
        act.insert(case)
        act.move_to(case)
        if by.actor is not None:
            act.insert(CaseMembership(case=case, user=by.actor, role=Role.LEAD))
    return case


def admit_member(*, by: Author, case: Case, user: User, role: Role) -> CaseMembership:
    """Let a user into the case in this role, or give a member another role."""
    with by.act("admit_member", case, needs=Role.LEAD) as act:
        member = CaseMembership.objects.filter(case=case, user=user).first()
        if member is None:
            return act.insert(CaseMembership(case=case, user=user, role=role))
        return act.update(member, role=role)


def dismiss_member(*, by: Author, member: CaseMembership) -> None:
    """End a membership; what the member did stays."""
    with by.act("dismiss_member", member.case, needs=Role.LEAD) as act:
        act.delete(member)
