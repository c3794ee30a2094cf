"""A case begins with a lead, and its lead says who works in it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from sources.choices import Access, Role
from sources.ledger import By
from sources.models import Case, CaseMembership, Change
from sources.opening import admit_member, dismiss_member, open_case
from sources.refusals import Stale
from tests import factories as make

pytestmark = pytest.mark.django_db

LATER = make.NOW + timedelta(days=1)


def newest_change() -> Change:
    return Change.objects.order_by("-sequence")[0]


def test_whoever_opens_a_case_leads_it_in_one_entry_of_its_own_history() -> None:
    analyst = make.make_user()
    case = open_case(by=By(actor=analyst, at=LATER), case=Case(title="The bridge", access=Access.MEMBERS))
    assert list(case.memberships.values_list("user", "role")) == [(analyst.pk, "lead")]
    change = newest_change()
    assert (Change.objects.count(), change.act, change.actor, change.case_uid) == (1, "open_case", analyst, case.uid)
    assert sorted(change.items.values_list("kind", flat=True)) == ["case", "casemembership"]


def test_the_console_opens_a_case_that_nobody_is_a_member_of() -> None:
    case = make.make_case()
    assert not CaseMembership.objects.exists()
    assert newest_change().case_uid == case.uid


def test_a_case_is_for_members_only_unless_it_is_said_to_be_open() -> None:
    case = open_case(by=make.CONSOLE, case=Case(title="The bridge"))
    assert Case.objects.get(pk=case.pk).access == "members"


def test_a_closed_account_opens_no_case() -> None:
    former = make.make_user(is_active=False)
    with pytest.raises(PermissionDenied):
        open_case(by=By(actor=former, at=LATER), case=Case(title="The bridge"))
    assert not Case.objects.exists()
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (Case(title=""), {"title": "blank"}),
        (Case(title="x" * 301), {"title": "max_length"}),
        (Case(title="The bridge", access="secret"), {"access": "invalid_choice"}),
        (Case(title="The bridge", slug="no slug!"), {"slug": "invalid"}),
        (Case(title="The\x00bridge"), {"title": "unstorable"}),
        (Case(title="The bridge", description="\ud800"), {"description": "unstorable"}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_malformed_case_is_refused_and_leaves_nothing(case: Case, expected: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        open_case(by=By(actor=make.make_user(), at=LATER), case=case)
    assert {place: found[0].code for place, found in refused.value.error_dict.items()} == expected
    assert not Case.objects.exists()
    assert not Change.objects.exists()
    assert not CaseMembership.objects.exists()


def test_two_cases_may_bear_one_slug() -> None:
    first, second = make.make_case(slug="bridge"), make.make_case(slug="bridge")
    assert first.uid != second.uid


def test_admitting_a_member_again_gives_another_role() -> None:
    case = make.make_case(access=Access.MEMBERS)
    lead, analyst = make.make_member(case, Role.LEAD), make.make_user()
    by = By(actor=lead, at=LATER)
    admit_member(by=by, case=case, user=analyst, role=Role.READER)
    assert (newest_change().act, newest_change().actor) == ("admit_member", lead)
    admit_member(by=by, case=case, user=analyst, role=Role.ANNOTATOR)
    assert list(case.memberships.filter(user=analyst).values_list("role", flat=True)) == ["annotator"]
    n = Change.objects.count()
    admit_member(by=by, case=case, user=analyst, role=Role.ANNOTATOR)
    assert Change.objects.count() == n


@pytest.mark.parametrize("role", [Role.READER, Role.ANNOTATOR])
def test_only_the_lead_admits_and_dismisses(role: Role) -> None:
    case = make.make_case(access=Access.MEMBERS)
    member, other = make.make_member(case, role), make.make_user()
    by = By(actor=member, at=LATER)
    n = Change.objects.count()
    with pytest.raises(PermissionDenied):
        admit_member(by=by, case=case, user=other, role=Role.READER)
    with pytest.raises(PermissionDenied):
        admit_member(by=by, case=case, user=member, role=Role.LEAD)
    with pytest.raises(PermissionDenied):
        dismiss_member(by=by, member=CaseMembership.objects.get(user=member))
    assert list(CaseMembership.objects.values_list("user", "role")) == [(member.pk, role)]
    assert Change.objects.count() == n


def test_nobody_admits_himself_to_a_case_he_cannot_see() -> None:
    case, stranger = make.make_case(access=Access.MEMBERS), make.make_user()
    with pytest.raises(PermissionDenied):
        admit_member(by=By(actor=stranger, at=LATER), case=case, user=stranger, role=Role.LEAD)
    assert not CaseMembership.objects.exists()


def test_an_administrator_admits_anywhere() -> None:
    case, analyst = make.make_case(access=Access.MEMBERS), make.make_user()
    admit_member(by=By(actor=make.make_admin(), at=LATER), case=case, user=analyst, role=Role.LEAD)
    assert CaseMembership.objects.get().user == analyst


def test_a_role_that_is_none_is_refused() -> None:
    case = make.make_case()
    with pytest.raises(ValidationError) as refused:
        admit_member(by=make.CONSOLE, case=case, user=make.make_user(), role="owner")  # type: ignore[arg-type]
    assert {place: found[0].code for place, found in refused.value.error_dict.items()} == {"role": "invalid_choice"}


def test_a_dismissed_member_may_no_longer_work_in_the_case() -> None:
    case = make.make_case(access=Access.MEMBERS)
    member = make.make_member(case, Role.ANNOTATOR)
    dismiss_member(by=make.CONSOLE, member=CaseMembership.objects.get())
    assert newest_change().act == "dismiss_member"
    assert newest_change().items.get().after is None
    with pytest.raises(PermissionDenied), By(actor=member, at=LATER).act("register", case):
        pytest.fail("the block must not run")
    assert not Case.objects.visible_to(member).exists()


def test_a_membership_that_changed_meanwhile_is_not_ended() -> None:
    case = make.make_case()
    user = make.make_member(case, Role.READER)
    mine = CaseMembership.objects.get()
    admit_member(by=make.CONSOLE, case=case, user=user, role=Role.LEAD)
    with pytest.raises(Stale):
        dismiss_member(by=make.CONSOLE, member=mine)
    assert CaseMembership.objects.get().role == "lead"
