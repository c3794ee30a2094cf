"""An editor who knows the article and not the tool reads the pages of the seed case: all sides, words and chains."""

import json
import re
from pathlib import Path

import networkx
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from claims.models import Claim, ClaimRelation, Question, Statement
from claims.recording import revise_statement
from claims.relating import revise_relation
from sources.models import Case
from tests import factories as make

from .conftest import Visit
from .visiting import PHONE, Visitor

# What is asked of every page, and what must be read there: who, and their very words.
KILLED = {
    "question": "Who killed the 120 security officers?",
    "Syrian government": "“armed members” whom they blame for the killings of the security personnel",
    "Human rights activists": "the security forces were themselves killed by government troops",
    "chain": "through Syrian state TV",
}
BURNED = {
    "question": "Who burned the fields around Jisr al-Shughur?",
    "Syrian state TV": "armed gangs are burning the fields around Jisr al-Shughur",
    "Syrian refugee who spoke to al-Jazeera": "They have burned down all the crops in surrounding fields",
    "Al-Jazeera correspondent": "Whoever is doing it",
    "chain": "through Al-Jazeera correspondent (which keeps a distance)",
}
CALLED = {
    "question": "Did the residents of Jisr al-Shughur call the army?",
    "Syrian state TV": "residents of Jisr al-Shughur requested that government troops arrive into their town",
    "Syrian refugee who spoke to al-Jazeera": "we never asked the army for help or to enter our city",
    "chain": "through al-Jazeera",
}
SHELTERED = {
    "question": "Did Jisr al-Shughur shelter armed gangs?",
    "Syrian government": "Jisr al-Shughur was a haven for armed gangs",
    "Syrian refugee who spoke to al-Jazeera": "the Syrian government’s claim that Jisr al-Shughur was a haven",
    "chain": "through Syrian refugee who spoke to al-Jazeera (which disputes it), then al-Jazeera",
}
PURPOSE = {
    "question": "What did the troops come to do?",
    "Syrian government": "the troops were sent to restore order",
    "Al-Jazeera correspondent": "the crackdown that the Syrian government is planning",
    "chain": "through Syrian state TV",
}
ASKED = [KILLED, BURNED, CALLED, SHELTERED, PURPOSE]


def words_of(place: Page | Locator) -> str:
    """Return what is read there, spaces made one."""
    text = place.text_content() if isinstance(place, Locator) else place.locator("#content").text_content()
    return " ".join((text or "").split())


def reads(text: str, asked: dict[str, str]) -> None:
    """Require every speaker with the words that are theirs, and the chain."""
    for who, words in asked.items():
        assert words in text, words
        assert who in ("question", "chain") or who in text, who


def look(visitor: Visitor, name: str) -> None:
    """Take a picture, and require that nothing bars the way."""
    visitor.take_picture(name)
    assert visitor.find_barriers() == []


def test_the_case_page_answers_all_five(visit: Visit, seed: Case, admin: User) -> None:
    visitor = visit(admin)
    visitor.open("/admin/")
    for asked in ASKED:
        surveyed = visitor.page.locator(".surveyed").filter(
            has=visitor.page.get_by_role("link", name=asked["question"])
        )
        reads(words_of(surveyed), asked)
    look(visitor, "case-laptop-light")
    visitor.page.get_by_role("link", name=BURNED["question"]).click()
    visitor.page.get_by_role("table").wait_for()
    reads(words_of(visitor.page.get_by_role("table")), BURNED)


def test_the_comparison_answers_all_five(visit: Visit, seed: Case, admin: User) -> None:
    visitor = visit(admin)
    visitor.open("/admin/compare/")
    for asked in ASKED:
        group = visitor.page.locator("tbody").filter(has_text=asked["question"])
        reads(words_of(group), asked)
    assert "nothing recorded in this one document" in words_of(visitor.page)
    look(visitor, "compare-laptop-light")
    # The words open in their place.
    visitor.page.locator("td.position-asserts a.in-place").first.click()
    assert "/admin/annotate/" in visitor.page.url
    assert re.search(r"#at-\d+-\d+$", visitor.page.url)


def test_accounts_are_typed_and_put_together(visit: Visit, seed: Case, admin: User) -> None:
    visitor = visit(admin)
    visitor.open(f"/admin/compare/?case={seed.uid}&by=document")
    visitor.page.get_by_role("link", name="accounts", exact=True).click()
    page = visitor.page
    first = page.locator(".slot").first
    first.get_by_role("searchbox").fill("BBC")
    page.locator(".select2-results__option", has_text="Another refugee").click()
    page.get_by_role("button", name="Compare").click()
    heading = page.locator("thead th").nth(1)
    assert "Another refugee who spoke to the BBC" in words_of(heading)
    assert "account=" in page.url
    assert "Troops are gathering to prepare for an attack" in words_of(page)


def test_the_table_prints_wide_with_its_sources(visit: Visit, seed: Case, admin: User, tmp_path: Path) -> None:
    visitor = visit(admin)
    visitor.open("/admin/compare/?only_conflicts=on")
    paper = tmp_path / "compare.pdf"
    visitor.page.pdf(path=paper, prefer_css_page_size=True)
    pages = PdfReader(paper).pages
    assert all(float(page.mediabox.width) > float(page.mediabox.height) for page in pages)
    texts = [" ".join(page.extract_text().split()) for page in pages]
    assert all("Human rights activists" in text for text in texts[:-1])  # the headings stand on every page
    assert f"1 / {len(pages)}" in texts[0]
    assert "Sources" in texts[-1]
    assert "Compare accounts" not in texts[0]


def test_a_dossier_shows_for_against_and_open(visit: Visit, seed: Case, admin: User) -> None:
    claim = Claim.objects.get(text__startswith="Armed gangs are burning")
    visitor = visit(admin)
    visitor.open(f"/admin/dossier/{claim.uid}/")
    page = visitor.page
    assert "Syrian state TV asserts" in words_of(page.locator(".side-for"))
    chain = page.locator(".side-for .drawn-chain li").all_text_contents()
    assert [" ".join(part.split()) for part in chain] == [
        "Syrian state TV asserts",
        "Al-Jazeera correspondent keeps a distance",
        "Article on Jisr al-Shughur (without a headline)",
    ]
    assert "They have burned down all the crops" in words_of(page.locator(".side-against"))
    assert "Al-Jazeera correspondent leaves open" in words_of(page)
    look(visitor, "dossier-laptop-light")
    page.get_by_label("What you conclude").fill("Nobody who speaks saw who lit the fields but the refugee.")
    page.get_by_role("button", name="Sign").click()
    assert f"signed by {admin.username}" in words_of(page.locator(".concluded"))


OTHER_SIDES = (
    ("“Armed members” killed the security personnel.", "Government troops killed the security forces."),
    ("Residents of Jisr al-Shughur asked government troops", "we never asked the army for help"),
    ("Jisr al-Shughur was a haven for armed gangs.", "is false"),
    ("The troops were sent to restore order.", "Troops are gathering to prepare for an attack"),
)


def test_dossiers_hold_the_other_side(visit: Visit, seed: Case, admin: User) -> None:
    visitor = visit(admin)
    for claim, other_side in OTHER_SIDES:
        visitor.open(f"/admin/at/claim/{Claim.objects.get(text__startswith=claim).uid}/")
        assert other_side in words_of(visitor.page.locator(".side-against"))


def test_the_timeline_tells_who_said_what_and_how_many(visit: Visit, seed: Case, admin: User) -> None:
    visitor = visit(admin)
    visitor.open("/admin/timeline/")
    text = words_of(visitor.page)
    for asked in ASKED:
        reads(text, {who: words for who, words in asked.items() if who != "question"})
    chart = visitor.page.locator("svg[role=img]").first
    assert chart.is_visible()
    assert "at least 2,400 Syrians" in text
    assert "cannot stand with" in text
    look(visitor, "timeline-laptop-light")


def test_the_graph_is_drawn_and_read(visit: Visit, seed: Case, admin: User) -> None:
    visitor = visit(admin, accept_downloads=True)
    visitor.open("/admin/graph/")
    page = visitor.page
    page.locator("#graph[data-drawn]").wait_for()
    page.get_by_label("Find").fill("Armed gangs are burning the fields around Jisr al-Shughur.")
    page.get_by_role("button", name="Find").click()
    panel = page.locator("[data-part=panel]")
    panel.get_by_role("heading", name="Armed gangs are burning").wait_for()
    assert "Syrian state TV asserts" in words_of(panel)
    assert "armed gangs are burning the fields around Jisr al-Shughur" in words_of(panel)
    assert "through Al-Jazeera correspondent (distances)" in words_of(panel)
    look(visitor, "graph-laptop-light")
    # All that it is connected to.
    drawn = page.locator("#graph").get_attribute("data-drawn") or ""
    panel.get_by_role("button", name="Show all around it").click()
    expect(page.locator("#graph")).not_to_have_attribute("data-drawn", drawn)
    # By keys alone from one to the next, and to what it tells.
    page.locator("[data-part=canvas]").focus()
    page.keyboard.press("ArrowLeft")
    assert "Armed gangs" not in (panel.locator("h2").text_content() or "")
    # The same as tables.
    page.get_by_text("The same as tables").click()
    tables = words_of(page.locator(".as-tables"))
    for asked in (KILLED, BURNED, CALLED, SHELTERED):
        assert asked["question"] in tables
        assert asked["chain"].split(" (")[0] in tables
    assert "not both, perhaps neither" in tables
    for name in ("PNG", "SVG", "JSON"):
        with page.expect_download() as saved:
            page.get_by_role("button", name=name, exact=True).click()
        content = Path(saved.value.path()).read_bytes()
        if name == "PNG":
            assert content.startswith(b"\x89PNG")
        elif name == "SVG":
            assert b"Who burned the fields" in content
        else:
            graph = networkx.node_link_graph(json.loads(content), edges="edges")
            assert graph.number_of_nodes() > 200


def test_everything_of_a_graph_is_drawn_on_demand(visit: Visit, seed: Case, admin: User) -> None:
    visitor = visit(admin, color_scheme="dark")
    visitor.open("/admin/graph/")
    page = visitor.page
    page.locator("#graph[data-drawn]").wait_for()
    contested = int(page.locator("#graph").get_attribute("data-drawn") or 0)
    page.get_by_label("Show").select_option("all")
    everything = int(page.locator("#graph").get_attribute("data-drawn") or 0)
    page.get_by_label("Party").select_option(label="Human rights activists")
    own = int(page.locator("#graph").get_attribute("data-drawn") or 0)
    assert 0 < own < contested < everything
    page.get_by_label("Party").select_option("")
    page.get_by_label("statements as nodes").check()
    whole = int(page.locator("#graph").get_attribute("data-drawn") or 0)
    assert whole > everything
    visitor.take_picture("graph-laptop-dark")


def test_a_lead_reviews_by_keys_and_judges(visit: Visit, seed: Case, admin: User) -> None:
    visitor = visit(admin)
    visitor.open("/admin/review/")
    page = visitor.page
    look(visitor, "review-laptop-light")
    n = Statement.objects.filter(review="draft").count()
    page.keyboard.press("n")
    page.keyboard.press("p")
    page.keyboard.press("a")
    page.get_by_text("1 statement: accepted").wait_for()
    assert Statement.objects.filter(review="draft").count() == n - 1
    page.get_by_role("button", name="Take back: reviewed statements").first.click()
    page.get_by_text("was taken back").wait_for()
    assert Statement.objects.filter(review="draft").count() == n
    visitor.open("/admin/review/")
    first = Statement.objects.filter(review="draft").order_by("uid")[0]
    revise_statement(by=make.CONSOLE, statement=first, values={"said_note": "last week"})  # in the meantime
    page.keyboard.press("a")
    page.get_by_text("someone else has changed it since you looked").wait_for()
    look(visitor, "review-stale-laptop-light")
    assert Statement.objects.filter(review="draft").count() == n
    relation = ClaimRelation.objects.get(judgement="unsure")
    visitor.open(f"/admin/judge/{relation.uid}/")
    look(visitor, "judge-laptop-light")
    page.get_by_label("does not hold").check()
    page.get_by_label("Reason").fill("The text breaks off.")
    revise_relation(by=make.CONSOLE, relation=relation, values={"rationale": "Read again."})  # in the meantime
    page.get_by_role("button", name="Judge").click()
    page.get_by_text("Someone else has changed this").wait_for()
    look(visitor, "judge-stale-laptop-light")
    page.get_by_role("button", name="Judge").click()
    page.get_by_text("Judged: does not hold").wait_for()
    relation.refresh_from_db()
    assert (relation.judgement, relation.judged_by) == ("negative", admin)


def test_every_page_is_whole_on_a_phone_and_in_the_dark(visit: Visit, seed: Case, admin: User) -> None:
    claim = Claim.objects.get(text__startswith="Jisr al-Shughur was a haven")
    question = Question.objects.get(text=KILLED["question"])
    pages = {
        "case": "/admin/",
        "compare": f"/admin/compare/?question={question.uid}",
        "dossier": f"/admin/dossier/{claim.uid}/",
        "timeline": "/admin/timeline/",
        "review": "/admin/review/",
    }
    dark, phone = visit(admin, color_scheme="dark"), visit(admin, viewport=PHONE)
    for name, address in pages.items():
        dark.open(address)
        if name in ("timeline", "review"):  # made of the same parts
            dark.take_picture(f"{name}-laptop-dark")
        else:
            look(dark, f"{name}-laptop-dark")
        phone.open(address)
        phone.take_picture(f"{name}-phone-light")
        assert phone.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
