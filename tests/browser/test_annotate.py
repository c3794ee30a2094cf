"""The annotation workspace as a reader meets it: the text as it was captured, its highlights and its cards."""

import pytest
from django.contrib.auth.models import User

from sources.models import Case, Document

from .conftest import Visit
from .visiting import LAPTOP, PHONE


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "size"), [("laptop", LAPTOP), ("phone", PHONE)])
def test_the_page_has_no_barriers(
    visit: Visit, seed: Case, admin: User, scheme: str, device: str, size: dict[str, int]
) -> None:
    document = Document.objects.get(case=seed)
    visitor = visit(admin, color_scheme=scheme, viewport=size)
    visitor.open(f"/admin/annotate/{document.pk}/")
    page = visitor.page
    page.locator(".card").first.wait_for(state="attached")
    visitor.take_picture(f"annotate-{device}-{scheme}", whole=False)
    assert visitor.find_barriers() == []
