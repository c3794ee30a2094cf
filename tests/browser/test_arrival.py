"""Adding a document in a browser: by paste, by a file, with a second look at its encoding, by mouse and without."""

import pytest
from django.contrib.auth.models import User

from sources.models import Case, Document
from tests import factories as make
from tests.effort import IS_PROOF

from .conftest import Visit
from .visiting import LOOKS

PAGE = """<!doctype html><html lang="en"><head><title>The bridge is open</title>
<meta name="author" content="Ada Lund"><meta property="og:site_name" content="The Weekly Bridge">
<meta property="article:published_time" content="2020-05-01T10:00:00Z">
<script>document.title = "run"</script></head><body><nav>Home</nav><article><h1>The bridge is open</h1>
<p>Anna said that the bridge was open. Boris denied that the bridge was open, and the mayor would not say.</p>
<p>&lt;img src=x onerror="document.title='run'"&gt; stood on the notice, and nobody knew what it meant.</p>
</article></body></html>"""
ARABIC = "قال المتحدث إن الجسر كان مفتوحا يوم الجمعة، ونفى العمدة ذلك."


@pytest.fixture
def case(transactional_db: None) -> Case:
    """The only case there is."""
    return make.make_case(title="The bridge")


@pytest.mark.parametrize(("scheme", "device", "size"), LOOKS if IS_PROOF else LOOKS[:1])
def test_a_page_is_shown_before_it_is_captured(
    visit: Visit, case: Case, admin: User, scheme: str, device: str, size: dict[str, int]
) -> None:
    party = make.make_party(None, "The Weekly Bridge")
    make.make_document(case, title="An earlier article", web_url="https://example.org/bridge")
    visitor = visit(admin, color_scheme=scheme, viewport=size)
    page = visitor.page
    visitor.open("/admin/sources/document/add/")
    visitor.take_picture(f"add-{device}-{scheme}")
    assert visitor.find_barriers() == []

    page.get_by_label("The file").set_input_files(
        {"name": "bridge.html", "mimeType": "text/html", "buffer": PAGE.encode()}
    )
    page.locator(".way-file").get_by_role("button", name="Preview").click()
    page.get_by_role("heading", name="Look before you capture it").wait_for()
    visitor.take_picture(f"arrived-{device}-{scheme}")
    assert visitor.find_barriers() == []
    assert page.title() != "run"
    assert page.get_by_label("Title").input_value() == "The bridge is open"
    assert page.get_by_label("Byline").input_value() == "Ada Lund"

    page.get_by_role("button", name="Capture", exact=True).click()
    page.get_by_text("captured.").wait_for()
    document = Document.objects.get(title="The bridge is open")
    assert document.publisher == party
    assert document.versions.get().original.file_name == "bridge.html"


def test_a_file_of_an_old_encoding_is_read_anew_and_words_are_pasted_by_keyboard(
    visit: Visit, case: Case, admin: User
) -> None:
    visitor = visit(admin, java_script_enabled=False)
    page = visitor.page
    visitor.open("/admin/sources/document/add/")
    file = {"name": "radio.txt", "mimeType": "text/plain", "buffer": ARABIC.encode("cp1256")}
    page.get_by_label("The file").set_input_files(file)
    page.locator(".way-file").get_by_role("button", name="Preview").click()
    assert page.get_by_text("windows-1256: a guess").is_visible()
    assert page.locator(".captured-text").inner_text() == ARABIC
    page.get_by_label("Read it as").select_option("windows-1252")
    page.get_by_role("button", name="Read again").click()
    assert page.get_by_text("windows-1252: chosen by you").is_visible()

    visitor.open("/admin/sources/document/add/")
    page.get_by_label("The words").fill("Anna said the bridge was open.\nBoris denied it.")
    page.locator(".way-words").get_by_role("button", name="Preview").press("Enter")
    page.get_by_role("button", name="Capture", exact=True).press("Enter")
    document = Document.objects.get(title="Anna said the bridge was open.")
    assert document.versions.get().text == "Anna said the bridge was open.\nBoris denied it."
