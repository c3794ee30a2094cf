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


def test_explore(visit: Visit, admin: User, by: object) -> None:
    from tests import factories as make
    from django.conf import settings

    case = make.make_case(title="Empty")
    text = (settings.BASE_DIR / "seeds" / "jisr_al_shughur" / "article.txt").read_text("utf-8")
    document = make.make_document(case, text, title="An article", language="en")
    visitor = visit(admin)
    visitor.open(f"/admin/annotate/{document.pk}/")
    page = visitor.page
    page.keyboard.press("/")
    page.keyboard.type("the troops were sent … order")
    visitor.take_picture("x-find", whole=False)
    page.keyboard.press("Enter")
    page.locator(".composer").wait_for()
    page.locator(".chooser li").first.wait_for()
    visitor.take_picture("x-composer", whole=False)
    page.keyboard.type("Syrian government")
    page.get_by_role("option", name="New party").wait_for()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    visitor.take_picture("x-composer2", whole=False)
    page.locator("#claim").focus()
    page.get_by_role("option", name="New claim").wait_for()
    page.keyboard.press("Enter")
    visitor.take_picture("x-composer3", whole=False)
    page.locator("#relay").focus()
    page.keyboard.type("Syrian state TV")
    page.get_by_role("option", name="New party").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    visitor.take_picture("x-composer4", whole=False)
    page.keyboard.press("Control+Enter")
    page.locator(".card.is-open").wait_for()
    visitor.take_picture("x-saved", whole=False)
