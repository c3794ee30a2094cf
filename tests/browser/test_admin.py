"""The admin as analysts meet it: an article annotated from nothing, and no barrier on any sort of page."""

import re

from django.contrib.auth.models import User
from django.urls import reverse
from playwright.sync_api import Page, expect

from claims.conflicts import count_conflicts
from claims.models import Statement
from sources.models import ApiToken, Case, Change, Document
from tests import factories as make
from tests.effort import IS_PROOF
from tests.forms import new_account

from .conftest import Visit
from .visiting import LOOKS

ARTICLE = (
    "The Bridge News, Monday.\n\n“The bridge is open,” said Anna.\nBoris, the mayor told us, denied that it is open.\n"
)


def choose(page: Page, field: str, words: str) -> None:
    """Choose a row by typing a part of its name."""
    page.locator(f".field-{field} .select2-selection").first.click()
    page.locator(".select2-search__field").fill(words)
    page.locator(".select2-results__option", has_text=words).first.click()


def save(page: Page, button: str = "Save") -> None:
    """Save the form, which must be taken."""
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def add(page: Page, what: str) -> None:
    """Open the form of a new row from the navigation."""
    page.get_by_role("link", name=f"Add: {what}", exact=True).click()


def test_an_article_is_annotated_from_nothing(visit: Visit) -> None:
    visitor = visit(new_account())
    page = visitor.page
    visitor.open("/admin/")
    page.get_by_role("link", name="Open a new case").click()
    page.get_by_label("Title").fill("The bridge of Nowhere")
    save(page)

    add(page, "Documents")
    page.get_by_label("The words").fill(ARTICLE)
    page.get_by_role("button", name="Preview", exact=True).nth(1).click()
    page.get_by_label("Title").fill("Bridge open, says Anna")
    page.get_by_role("button", name="Capture", exact=True).click()
    page.wait_for_url(lambda url: "/add/" not in url)
    visitor.open("/admin/")
    add(page, "Claims")
    page.locator("#id_text").fill("The bridge is open.")
    save(page, "Save and add another")
    page.locator("#id_text").fill("The bridge is closed to everyone.")
    save(page)

    add(page, "Statements")
    with page.expect_popup() as opened:  # a party is made without leaving the form
        page.locator("#add_id_speaker").click()
    window = opened.value
    window.get_by_label("Label").fill("Anna")
    window.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field-speaker .select2-selection__rendered")).to_contain_text("Anna")
    choose(page, "claim", "is open")
    choose(page, "document", "Bridge open")
    page.locator("#id_quote").fill("The bridge is open")
    save(page, "Save and add another")

    with page.expect_popup() as opened:
        page.locator("#add_id_speaker").click()
    opened.value.get_by_label("Label").fill("Boris")
    opened.value.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".field-speaker .select2-selection__rendered")).to_contain_text("Boris")
    page.get_by_label("denies").check()
    choose(page, "claim", "is open")
    choose(page, "document", "Bridge open")
    page.locator("#id_quote").fill("denied that it is open")
    page.locator("#relays-group .add-row a").click()
    page.locator("#id_relays-0-is_gap").check()
    page.locator("#evidence-group .add-row a").click()
    page.locator("#id_evidence-0-role").select_option("cue")
    page.locator("#id_evidence-0-quote").fill("denied")
    visitor.take_picture("admin-statement-typed")
    save(page)

    add(page, "Relations")
    page.get_by_label("contradicts").check()
    choose(page, "claim_a", "is open")
    choose(page, "claim_b", "is closed")
    page.get_by_label("Could both be true?").select_option("no")
    page.get_by_label("Could both be false?").select_option("no")
    page.locator("#id_judgement").select_option("positive")
    save(page)

    case = Case.objects.get()
    assert sorted(Statement.objects.values_list("speaker__label", "stance")) == [
        ("Anna", "asserts"),
        ("Boris", "denies"),
    ]
    assert Document.objects.get().versions.get().text == ARTICLE
    boris = Statement.objects.get(stance="denies")
    assert [(relay.hop, relay.is_gap) for relay in boris.relays.all()] == [(1, True)]
    assert [piece.excerpt.exact for piece in boris.evidence.all()] == ["denied"]
    assert sum(count_conflicts(case).values()) == 1

    page.get_by_role("link", name="Ledger").click()  # the relation is taken back
    page.get_by_role("link", name=re.compile("related claims")).first.click()
    page.get_by_role("button", name="Take this back").click()
    expect(page.locator(".messagelist .success")).to_contain_text("was taken back")
    assert Change.objects.order_by("-sequence")[0].undoes


def test_what_has_the_focus_is_seen(visit: Visit, seed: Case, admin: User) -> None:
    visitor = visit(admin)
    visitor.open("/admin/claims/statement/")
    unseen = []
    for _ in range(14):
        visitor.page.keyboard.press("Tab")
        shown = visitor.page.evaluate(
            "() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [e.outerHTML.slice(0, 120), s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0,"
            " e.getBoundingClientRect().height > 0] }"
        )
        if not (shown[1] and shown[2]):
            unseen.append(shown)
    assert unseen == []


def test_no_sort_of_page_has_a_barrier(visit: Visit, seed: Case, admin: User) -> None:
    statement = Statement.objects.filter(relays__isnull=False, evidence__isnull=False)[0]
    document = Document.objects.get()
    make.make_question(seed)  # a small act, since the import of the case is shown at great length
    pages = {
        "list": "/admin/claims/statement/",
        "empty": "/admin/claims/credibilityrating/",
        "statement": reverse("admin:claims_statement_change", args=[statement.pk]),
        "claim": reverse("admin:claims_claim_change", args=[statement.claim_id]),
        "document": reverse("admin:sources_document_change", args=[document.pk]),
        "text": reverse("admin:sources_documentversion_change", args=[make.version_of(document).pk]),
        "new": "/admin/claims/claimrelation/add/",
        "history": reverse("admin:claims_statement_history", args=[statement.pk]),
        "delete": reverse("admin:claims_claim_delete", args=[statement.claim_id]),
        "ledger": "/admin/sources/change/",
        "entry": reverse("admin:sources_change_change", args=[Change.objects.latest("pk").pk]),
        "user": reverse("admin:auth_user_change", args=[admin.pk]),
        "window": "/admin/sources/party/add/?_popup=1",
        "password": "/admin/password_change/",
    }
    visitor = visit(admin)
    found = []
    for number, (name, path) in enumerate(pages.items()):
        visitor.open(path)
        # Each page in one of the looks, another than the page before it; all of them in the proofs.
        for scheme, device, size in LOOKS if IS_PROOF else (LOOKS[number % len(LOOKS)],):
            visitor.page.set_viewport_size({"width": size["width"], "height": size["height"]})
            visitor.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            visitor.take_picture(f"admin-{name}-{device}-{scheme}")
            found += [f"{name} {device} {scheme}: {barrier}" for barrier in visitor.find_barriers()]
            wide = visitor.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found += [f"{name} {device}: {wide} pixels too wide"] if wide > 0 else []
    assert found == [], "\n".join(found)


def test_a_second_click_does_not_hide_a_new_token(visit: Visit) -> None:
    visitor = visit(new_account())
    visitor.open(reverse("admin:sources_apitoken_add"))
    visitor.page.get_by_label("Name").fill("notebook")
    visitor.page.get_by_role("button", name="Save", exact=True).dblclick()
    shown = visitor.page.locator("code.token")
    expect(shown).to_be_visible()
    expect(shown).to_contain_text(ApiToken.objects.get().prefix)
