"""The annotation workspace as a reader meets it: the text as it was captured, its highlights and its cards."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from claims.models import Statement
from sources.choices import Role
from sources.models import Case, Document
from tests import factories as make

from .annotating import Desk
from .conftest import Visit
from .visiting import LOOKS


@pytest.mark.parametrize(("scheme", "device", "size"), LOOKS)
def test_the_page_has_no_barriers(
    visit: Visit, seed: Case, admin: User, scheme: str, device: str, size: dict[str, int]
) -> None:
    visitor = visit(admin, color_scheme=scheme, viewport=size)
    desk = Desk(visitor, Document.objects.get(case=seed))
    page = desk.page
    page.locator(".card").first.wait_for(state="attached")
    visitor.take_picture(f"annotate-{device}-{scheme}", whole=False)

    # A card that is open, in the middle of many.
    page.locator("#text mark.is-denies").first.click()
    expect(page.locator(".card.is-open .card-conflicts li").first).to_be_visible()
    visitor.take_picture(f"annotate-card-{device}-{scheme}", whole=False)
    assert visitor.find_barriers() == []

    # The form, with what it offers.
    page.keyboard.press("Escape")
    desk.type_to_select("State TV also alleged")
    if desk.composer.count() == 0:
        page.keyboard.press("Enter")
    desk.options().first.wait_for()
    visitor.take_picture(f"annotate-composer-{device}-{scheme}", whole=False)
    assert visitor.find_barriers() == []


def test_an_address_leads_to_a_statement_and_to_words(visit: Visit, seed: Case, admin: User) -> None:
    document = Document.objects.get(case=seed)
    statement = Statement.objects.select_related("excerpt").order_by("-excerpt__start")[0]
    desk = Desk(visit(admin), document, f"#statement-{statement.uid}")
    expect(desk.page.locator(".card.is-open")).to_contain_text(str(statement.claim))
    expect(desk.page.locator("#text mark.is-focused").first).to_be_in_viewport()

    start = desk.text.index("Wounded people")
    desk = Desk(visit(admin), document, f"#at-{start}-{start + 14}")
    assert desk.selected()["words"] == "Wounded people"
    expect(desk.page.locator("#text p", has_text="Wounded people")).to_be_in_viewport()


def test_a_reader_reads_and_the_keys_are_told(visit: Visit) -> None:
    case = make.make_case(access="members")
    document = make.make_document(case)
    make.make_statement(make.make_claim(case), document=document, quote="Anna said")
    desk = Desk(visit(make.make_member(case, Role.READER)), document)
    desk.page.keyboard.press("j")
    expect(desk.page.locator(".card.is-open")).to_be_visible()
    expect(desk.page.locator(".card.is-open .card-acts button")).to_have_count(0)
    desk.drag_over("Boris denied")
    expect(desk.composer).to_have_count(0)
    desk.page.keyboard.press("?")
    expect(desk.page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert desk.visitor.find_barriers() == []


def test_what_is_still_to_be_read_is_selected_one_after_the_other(visit: Visit, admin: User) -> None:
    document = make.make_document(make.make_case(), "It rained. Anna said so. Nothing else. Boris denied it.")
    desk = Desk(visit(admin), document)
    desk.page.keyboard.press("n")
    assert desk.selected()["words"] == "Anna said so."
    desk.page.keyboard.press("n")
    assert desk.selected()["words"] == "Boris denied it."
    desk.page.locator("#coverage summary").click()
    expect(desk.page.locator("#unread li")).to_have_count(2)
    assert desk.visitor.find_barriers() == []


def test_screen_readers_hear_what_is_highlighted(visit: Visit, admin: User) -> None:
    case = make.make_case()
    document = make.make_document(case, "Anna said the bridge was open.")
    claim = make.make_claim(case, "The bridge was open.")
    make.make_statement(claim, speaker=make.make_party(case, "Anna"), document=document, quote="the bridge was open")
    desk = Desk(visit(admin), document)
    session = desk.visitor.context.new_cdp_session(desk.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    told = [node["description"]["value"] for node in nodes if node.get("description", {}).get("value")]
    assert "Anna asserts: The bridge was open." in told


def test_the_lists_and_the_case_lead_to_it(visit: Visit, seed: Case, admin: User) -> None:
    document = Document.objects.get(case=seed)
    visitor = visit(admin)
    for path in ("/admin/sources/document/", f"/admin/sources/document/{document.pk}/change/"):
        visitor.open(path)
        expect(visitor.page.locator(f'a[href="/admin/annotate/{document.pk}/"]').first).to_be_visible()
    visitor.open("/admin/")
    visitor.page.get_by_role("link", name=document.title).first.click()
    expect(visitor.page.locator("#text")).to_be_visible()
