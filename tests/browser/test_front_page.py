"""The first page, as an analyst meets it after logging in."""

import pytest
from django.contrib.auth.models import User

from sources.models import Case
from tests.effort import IS_PROOF

from .conftest import Visit
from .visiting import LOOKS


def test_logging_in_leads_to_the_one_case_there_is(visit: Visit, seed: Case, admin: User) -> None:
    visitor = visit()
    visitor.open("/")
    visitor.page.get_by_label("Username").fill(admin.username)
    visitor.page.get_by_label("Password").fill("secret-word")
    visitor.page.get_by_role("button", name="Log in").click()
    assert visitor.page.get_by_role("heading", name=seed.title, level=1).is_visible()


@pytest.mark.parametrize(("scheme", "device", "size"), LOOKS if IS_PROOF else LOOKS[1:])
def test_the_first_page_has_no_barriers(
    visit: Visit, seed: Case, admin: User, scheme: str, device: str, size: dict[str, int]
) -> None:
    visitor = visit(admin, color_scheme=scheme, viewport=size)
    visitor.open("/admin/")
    visitor.take_picture(f"front-{device}-{scheme}")
    assert visitor.find_barriers() == []
