"""Recording who says what, by mouse and by keyboard, from an empty case; and what happens when things go wrong."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from playwright.sync_api import Route, expect

from claims.conflicts import count_conflicts
from claims.drafting import Draft
from claims.models import Claim, ClaimRelation, Statement
from claims.recording import record_statements, review_statements
from sources.capturing import capture_version
from sources.choices import Role
from sources.excerpting import Quotation
from sources.ledger import By
from sources.models import Change, Document, DocumentVersion, Party
from tests import factories as make

from .annotating import Desk
from .conftest import Visit

ARTICLE = (settings.BASE_DIR / "seeds" / "jisr_al_shughur" / "article.txt").read_text("utf-8")
HAVEN = "Jisr al-Shughur was a haven for armed gangs"


@pytest.fixture
def article(transactional_db: None) -> Document:
    """The seed article in an empty case."""
    case = make.make_case(title="An empty case")
    return make.make_document(case, ARTICLE, title="An article", language="en")


def recorded() -> list[tuple[str, str, str, str]]:
    """Return (who, stance, claim, words) of every live statement; the words are those of the text."""
    rows = Statement.objects.live().select_related("speaker", "claim", "excerpt__version").order_by("pk")
    for row in rows:
        assert row.excerpt.exact == row.excerpt.version.text[row.excerpt.start : row.excerpt.end]
    return [
        (row.speaker.label if row.speaker else row.voice, row.stance, row.claim.text, row.excerpt.exact) for row in rows
    ]


def test_five_statements_by_mouse_from_an_empty_case(visit: Visit, admin: User, article: Document) -> None:
    desk = Desk(visit(admin), article)
    page = desk.page

    deployed = "The Syrian army has reportedly deployed its forces and tanks into the northern town of Jisr al-Shughur"
    desk.drag_over(deployed)
    expect(desk.composer.locator(".composer-words")).to_have_text(deployed)
    desk.click_option("who", "", "Undisclosed")
    desk.click_option("claim", "", "New claim")
    desk.save_by_mouse()

    desk.close_card()
    desk.drag_over(HAVEN)
    desk.click_option("who", "Syrian government", "New party “Syrian government”")
    page.locator(".new-party [name=kind]").select_option("government")
    desk.click_option("claim", "", f"New claim “{HAVEN}.”")
    desk.save_by_mouse()

    desk.close_card()
    desk.drag_over("the Syrian government’s claim that Jisr al-Shughur was a haven for armed gangs is false")
    desk.click_option("who", "One Syrian who fled to Turkey", "New party")
    page.locator(".new-party [name=naming]").select_option("unnamed")
    page.locator(".new-party [name=disambiguation]").fill("told al-Jazeera")
    page.locator("#claim").click()
    desk.wait_for_option(f"{HAVEN}.").locator(".option-act").click()  # “denies”
    desk.click_option("relay", "al-Jazeera", "New party “al-Jazeera”")
    desk.visitor.take_picture("composer-laptop-light", whole=False)
    desk.save_by_mouse()

    desk.close_card()
    desk.drag_over("they refused to shoot at civilians")
    desk.click_option("who", "Human rights activists", "New party")
    page.locator(".new-party [name=naming]").select_option("unnamed")
    desk.click_option("claim", "", "New claim")
    page.locator(".new-claim [name=text]").fill("The security forces refused to shoot at civilians.")
    desk.drag_over("Human rights activists")
    page.locator("#further-bar [data-role=source]").click()
    desk.save_by_mouse()

    desk.close_card()
    desk.drag_over("Yayladagi can hold up to 5,000 people")
    desk.click_option("who", "", "The author")
    desk.click_option("claim", "", "New claim")
    expect(page.locator("[name=quantity_high]")).to_have_value("5,000")
    desk.click_option("question", "How many people can the camp hold?", "New question")
    desk.save_by_mouse()
    expect(page.locator("#n-unread")).not_to_have_text("19")
    desk.visitor.take_picture("recorded-laptop-light", whole=False)

    refugee = "One Syrian who fled to Turkey"
    assert recorded() == [
        ("undisclosed", "asserts", f"{deployed}.", deployed),
        ("Syrian government", "asserts", f"{HAVEN}.", HAVEN),
        (refugee, "denies", f"{HAVEN}.", f"the Syrian government’s claim that {HAVEN} is false"),
        (
            "Human rights activists",
            "asserts",
            "The security forces refused to shoot at civilians.",
            "they refused to shoot at civilians",
        ),
        ("author", "asserts", "Yayladagi can hold up to 5,000 people.", "Yayladagi can hold up to 5,000 people"),
    ]
    assert [
        relay.party.label for relay in Statement.objects.get(speaker__label=refugee).relays.all() if relay.party
    ] == ["al-Jazeera"]
    assert Party.objects.get(label=refugee).naming == "unnamed"
    camp = Claim.objects.get(text__startswith="Yayladagi")
    assert (camp.quantity_low, camp.quantity_high, camp.unit) == (None, 5000, "people")
    assert camp.question is not None
    activists = Statement.objects.get(speaker__label="Human rights activists")
    assert [(piece.role, piece.excerpt.exact) for piece in activists.evidence.all()] == [
        ("source", "Human rights activists")
    ]
    assert count_conflicts(article.case)["contradictory"] == 1


def test_five_statements_by_keyboard_alone_and_a_contradiction(visit: Visit, admin: User, article: Document) -> None:
    desk = Desk(visit(admin), article)
    page, press = desk.page, desk.page.keyboard.press

    crossed = "At least 2400 Syrians have already crossed the border into Turkey"
    desk.type_to_select("At least 2400 … into Turkey")
    desk.key_option("UN officials", "New party")
    desk.tab_to("#claim")
    desk.key_option("", "New claim")
    expect(page.locator("[name=quantity_low]")).to_have_value("2400")
    desk.tab_to("#question")
    desk.key_option("How many crossed the border?", "New question")
    desk.save_by_keys()

    # One sentence, two speakers: one act of speech.
    press("a")
    expect(desk.composer.locator("#who")).to_be_focused()
    desk.key_option("Turkish officials", "New party")
    desk.save_by_keys()

    desk.close_card()
    desk.type_to_select("armed gangs are burning … Jisr al-Shughur")
    desk.key_option("Syrian state TV", "New party")
    desk.tab_to("#claim")
    desk.key_option("", "New claim")
    desk.save_by_keys()
    gangs = Claim.objects.get(text__startswith="Armed gangs")

    desk.close_card()
    press("Control+Home")
    burned = "They have burned down all the crops in surrounding fields"
    desk.type_to_select(burned)
    desk.key_option("A refugee", "New party")
    desk.tab_to("#claim")
    desk.key_option("", "New claim")
    press("Control+a")
    desk.page.keyboard.insert_text("Soldiers burned down the crops in surrounding fields.")
    desk.save_by_keys()

    # What contradicts it.
    press("r")
    desk.key_option("burning the fields", gangs.text)
    press("Space")  # could both be true? no
    press("Tab")
    press("ArrowDown")  # could both be false? yes
    expect(page.locator(".relation-strength")).to_contain_text("Not both hold")
    press("Tab")
    press("Space")  # who
    desk.visitor.take_picture("relation-laptop-light", whole=False)
    press("Control+Enter")
    expect(page.locator("#relation")).to_be_hidden()
    expect(page.locator(".card.is-open .card-conflicts")).to_contain_text("Syrian state TV")

    # By sentence and by word.
    desk.close_card()
    desk.type_to_select("Wounded")
    desk.leave_composer()
    press("s")
    assert desk.selected()["words"].startswith("Wounded people have been carried")
    press("W")  # the full stop
    press("W")
    press("b")
    assert desk.selected()["words"] == "people have been carried by ambulance to hospitals in the town of"
    press("B")
    press("w")
    press("Enter")
    desk.key_option("", "The author")
    desk.key_option("", "New claim")
    desk.save_by_keys()

    wounded = "Wounded people have been carried by ambulance to hospitals in the town of Antakya"
    assert recorded() == [
        ("UN officials", "asserts", f"{crossed}.", crossed),
        ("Turkish officials", "asserts", f"{crossed}.", crossed),
        ("Syrian state TV", "asserts", gangs.text, "armed gangs are burning the fields around Jisr al-Shughur"),
        ("A refugee", "asserts", "Soldiers burned down the crops in surrounding fields.", burned),
        ("author", "asserts", f"{wounded}.", wounded),
    ]
    expect(page.locator(".draft-card")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((key) => localStorage[key].includes('touched')).length") == 0
    one, other = Statement.objects.filter(claim__text__startswith="At least")
    assert one.utterance_id is not None
    assert one.utterance_id == other.utterance_id
    relation = ClaimRelation.objects.get()
    assert (relation.strength, relation.judgement, relation.aspects) == ("contrary", "positive", ["who"])


def test_what_is_half_written_outlives_esc_and_a_reload(visit: Visit, admin: User, article: Document) -> None:
    make.make_party(article.case, "The Ministry")
    desk = Desk(visit(admin), article)
    desk.drag_over(HAVEN)
    desk.click_option("who", "Min", "The Ministry")
    desk.page.locator(".composer [name=cue]").fill("claim")
    desk.page.reload()
    expect(desk.composer.locator(".chosen-label").first).to_have_text("The Ministry")
    expect(desk.composer.locator(".composer-words")).to_have_text(HAVEN)
    desk.leave_composer()
    expect(desk.composer).to_have_count(0)
    desk.page.get_by_role("button", name="Go on").click()
    expect(desk.composer.locator("[name=cue]")).to_have_value("claim")
    desk.click_option("claim", "", "New claim")
    desk.save_by_mouse()
    assert recorded() == [("The Ministry", "asserts", f"{HAVEN}.", HAVEN)]
    expect(desk.page.locator(".draft-card")).to_have_count(0)


def test_a_save_that_loses_the_network_is_made_once(visit: Visit, admin: User, article: Document) -> None:
    desk = Desk(visit(admin), article)
    desk.drag_over(HAVEN)
    desk.click_option("who", "", "The author")
    desk.click_option("claim", "", "New claim")

    tried: list[Route] = []

    def lose_the_answer(route: Route) -> None:
        """The server does it, and nobody hears of it; what is sent again is lost on the way."""
        if not tried:
            route.fetch()
        tried.append(route)
        route.abort()

    desk.page.route("**/api/v1/statements/", lose_the_answer)
    desk.page.keyboard.press("Control+Enter")
    expect(desk.composer.locator(".composer-fault")).to_contain_text("the network is away")
    assert Statement.objects.count() == 1
    desk.page.unroute("**/api/v1/statements/")
    desk.page.reload()  # it is sent again by itself, under the same key
    expect(desk.card(HAVEN)).to_be_visible()
    expect(desk.composer).to_have_count(0)
    assert len(recorded()) == 1

    desk.close_card()
    desk.drag_over("they refused to shoot at civilians")
    desk.click_option("who", "", "The author")
    desk.click_option("claim", "", "New claim")
    desk.visitor.context.set_offline(True)
    desk.page.keyboard.press("Control+Enter")
    expect(desk.composer.locator(".composer-fault")).to_contain_text("the network is away")
    desk.visitor.context.set_offline(False)
    expect(desk.composer).to_have_count(0)
    assert len(recorded()) == 2


def test_a_change_that_loses_its_answer_is_nobody_elses(visit: Visit, admin: User, article: Document) -> None:
    statement = make.make_statement(make.make_claim(article.case), document=article, quote=HAVEN)
    desk = Desk(visit(admin), article, f"#statement-{statement.uid}")
    desk.page.get_by_role("button", name="Edit", exact=True).click()
    desk.click_option("relay", "Ann", "New party “Ann”")
    desk.composer.locator(".stance-choice.is-denies").click()

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    desk.page.route(f"**/api/v1/statements/{statement.uid}/", lose_the_answer, times=1)
    desk.page.keyboard.press("Control+Enter")
    expect(desk.composer.locator(".composer-fault")).to_contain_text("the network is away")
    desk.page.evaluate("() => { dispatchEvent(new Event('online')); }")
    expect(desk.composer).to_have_count(0)
    expect(desk.page.locator("#notice")).to_contain_text("Changed.")
    statement.refresh_from_db()
    assert (statement.stance, statement.relays.get().party.label) == ("denies", "Ann")
    assert Change.objects.filter(act="revise_statement").count() == 1
    desk.page.keyboard.press("u")
    expect(desk.page.locator("#notice")).to_contain_text("Taken back.")
    assert recorded()[0][1] == "asserts"


def test_only_what_was_done_on_this_page_is_taken_back(visit: Visit, admin: User, article: Document) -> None:
    statement = make.make_statement(make.make_claim(article.case), document=article, quote=HAVEN)
    desk = Desk(visit(admin), article, f"#statement-{statement.uid}")
    desk.page.get_by_role("button", name="Edit", exact=True).click()
    desk.composer.locator(".stance-choice.is-denies").click()
    desk.save_by_mouse()
    statement.refresh_from_db()
    other = make.make_member(article.case, Role.LEAD)
    for actor, review in ((other, "rejected"), (admin, "accepted")):  # and what one did oneself elsewhere
        by = By(actor=actor, at=make.NOW)
        review_statements(by=by, case=article.case, statements=[statement], review=review)
    desk.page.keyboard.press("u")
    expect(desk.page.locator("#notice")).to_contain_text("it was changed since")
    statement.refresh_from_db()
    assert (statement.stance, statement.review) == ("denies", "accepted")
    assert not Change.objects.filter(act="undo").exists()


def test_words_of_another_text_stay_what_they_are(visit: Visit, admin: User, article: Document) -> None:
    capture_version(by=make.CONSOLE, document=article, version=DocumentVersion(text=f"Corrected.\n{ARTICLE}"))
    older, newer = article.versions.order_by("number")
    statement = Statement(claim=make.make_claim(article.case), voice="author", stance="asserts")
    further = [
        (role, Quotation(version=older, exact=words))
        for role, words in (("cue", "refused to shoot"), ("source", "The Damascus government"))
    ]
    draft = Draft(statement=statement, words=Quotation(version=newer, exact=HAVEN), evidence=further)
    record_statements(by=make.CONSOLE, case=article.case, drafts=[draft])

    def pieces() -> list[tuple[int, str, str]]:
        found = statement.evidence.select_related("excerpt__version").order_by("pk")
        return [(piece.excerpt.version.number, piece.role, piece.excerpt.exact) for piece in found]

    before = pieces()
    desk = Desk(visit(admin), article, f"#statement-{statement.uid}")
    desk.page.get_by_role("button", name="Edit", exact=True).click()
    expect(desk.composer.locator(".pieces bdi")).to_have_text(["refused to shoot", "The Damascus government"])
    desk.composer.locator(".stance-choice.is-denies").click()
    desk.save_by_mouse()
    assert pieces() == before
    desk.page.get_by_role("button", name="Edit", exact=True).click()
    desk.composer.get_by_role("button", name="Leave out cue").click()
    desk.save_by_mouse()
    assert pieces() == before[1:]
    desk.drag_over("they refused to shoot at civilians")
    desk.page.locator("#further-bar [data-role=antecedent]").click()
    expect(desk.page.locator("#text mark.role-antecedent")).to_have_count(1)
    assert pieces() == [*before[1:], (2, "antecedent", "they refused to shoot at civilians")]


def test_two_analysts_see_each_other_and_neither_overwrites_the_other(visit: Visit, article: Document) -> None:
    claim = make.make_claim(article.case, "The town was a haven for armed gangs.")
    party = make.make_party(article.case, "The Ministry")
    first, second = (Desk(visit(make.make_member(article.case, role)), article) for role in (Role.ANNOTATOR, Role.LEAD))
    first.drag_over(HAVEN)
    first.click_option("who", "Min", "The Ministry")
    first.click_option("claim", "", claim.text)
    first.save_by_mouse()
    # The other one sees it without asking for it.
    expect(second.card("The Ministry")).to_be_visible()
    expect(second.page.locator("#text mark.is-asserts").first).to_have_text(HAVEN)

    first.page.get_by_role("button", name="Edit", exact=True).click()
    first.page.locator(".composer [name=said_note]").evaluate("field => { field.closest('details').open = true; }")
    first.page.locator(".composer [name=said_note]").fill("last week")
    second.card("The Ministry").get_by_role("button").first.click()
    second.page.get_by_role("button", name="Edit", exact=True).click()
    second.composer.locator(".stance-choice.is-denies").click()
    second.save_by_mouse()
    first.composer.get_by_role("button", name="Save").click()
    stale = first.composer.locator(".composer-stale")
    expect(stale).to_contain_text("Somebody changed this statement meanwhile")
    expect(stale).to_contain_text("denies")
    expect(first.composer.locator("[name=said_note]")).to_have_value("last week")
    first.visitor.take_picture("stale-laptop-light", whole=False)
    first.page.get_by_role("button", name="Take theirs").click()
    expect(first.composer.locator("[name=stance][value=denies]")).to_be_checked()
    first.page.locator(".composer [name=said_note]").evaluate("field => { field.closest('details').open = true; }")
    first.page.locator(".composer [name=said_note]").fill("last week")
    first.save_by_mouse()
    statement = Statement.objects.get()
    assert (statement.stance, statement.said_note, statement.speaker) == ("denies", "last week", party)


def test_an_act_on_a_card_can_be_taken_back(visit: Visit, admin: User, article: Document) -> None:
    claim = make.make_claim(article.case, "The town was a haven.")
    statement = make.make_statement(claim, document=article, quote=HAVEN)
    desk = Desk(visit(admin), article)
    keyboard: Any = desk.page.keyboard
    keyboard.press("j")
    expect(desk.page.locator(".card.is-open")).to_be_visible()
    desk.drag_over("The Damascus government")
    desk.page.locator("#further-bar [data-role=source]").click()
    expect(desk.page.locator("#text mark.role-source")).to_have_text("The Damascus government")
    keyboard.press("u")
    expect(desk.page.locator("#text mark.role-source")).to_have_count(0)
    keyboard.press("x")
    expect(desk.page.locator("#text mark")).to_have_count(0)
    assert Statement.objects.live().count() == 0
    keyboard.press("u")
    expect(desk.page.locator("#text mark")).to_have_text(HAVEN)
    assert Statement.objects.live().get() == statement
    assert statement.evidence.count() == 0
