"""What the browser has selected, what the API has stored and the slice of the text are the same words, on any text."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from claims.models import Statement
from sources.models import Document
from tests import factories as make
from tests.corpus import TEXTS, WITHOUT_A_SPACE

from .annotating import Desk
from .conftest import Visit

HOSTILE = "<script>document.title='hacked'</script><img src=x onerror=alert(1)> &amp; </p></article> {{ 7 }} <!--"
TEXT = "\n" + "\n\n".join([*TEXTS.values(), HOSTILE, "old\rline ends\r\rhere", WITHOUT_A_SPACE, "the end 👍🏽"]) + "\n"

# Of every span: the words of the range that is made for it, and the span that is read back from that range.
_ROUND_TRIP = """async (spans) => {
  const { rangeOf, spanOf, wordsAt } = await import("/static/annotate/offsets.js");
  return spans.map(([start, end]) => {
    const range = rangeOf(start, end);
    const back = spanOf(range);
    return [range.toString(), wordsAt(start, end), back && back.start, back && back.end];
  });
}"""

# Record each span as the composer does, and say which words the page took it for.
_RECORD = """async ([spans, claim]) => {
  const { blank, toBody } = await import("/static/annotate/composing.js");
  const { post } = await import("/static/annotate/api.js");
  const answers = [];
  for (const [start, end] of spans) {
    const body = toBody({ ...blank("test", { start, end }), voice: "author", claim: { id: claim } });
    const saved = await post("statements/", body);
    const { excerpt } = saved.evidence[0];
    answers.push([body.quote, excerpt.exact, excerpt.start, excerpt.end]);
  }
  return answers;
}"""


@pytest.fixture
def document(transactional_db: None) -> Document:
    """Every awkward text in one."""
    return make.make_document(make.make_case(), TEXT, title="Awkward", language="ar")


def spans() -> list[tuple[int, int]]:
    """Return spans all over the text, the first and the last character and ones across line ends among them."""
    ends = len(TEXT)
    found = [(0, 1), (0, ends), (ends - 1, ends), (ends - 6, ends)]
    step = 11  # code points between two spans
    found += [(start, start + 1 + start % 41) for start in range(0, ends - 50_000, step)]
    found += [(start, start + 700) for start in range(ends - 50_000, ends - 1000, 5003)]
    return [(start, end) for start, end in found if end <= ends]


def test_the_browser_and_the_slice_have_the_same_words(visit: Visit, admin: User, document: Document) -> None:
    desk = Desk(visit(admin), document)
    assert desk.page.evaluate("document.getElementById('text').textContent") == TEXT
    places = spans()
    assert len(places) > 100
    for (start, end), (by_range, by_offsets, first, last) in zip(
        places, desk.page.evaluate(_ROUND_TRIP, places), strict=True
    ):
        assert by_range == by_offsets == TEXT[start:end]
        assert (first, last) == (start, end)
    assert desk.page.title().startswith("Awkward")
    assert desk.page.locator("#text :not(p, mark)").count() == 0


def test_the_browser_and_the_database_have_the_same_words(visit: Visit, admin: User, document: Document) -> None:
    claim = make.make_claim(document.case)
    desk = Desk(visit(admin), document)
    places = spans()[::7][:40]
    answers: list[Any] = desk.page.evaluate(_RECORD, [places, str(claim.uid)])
    for (start, end), (quote, exact, first, last) in zip(places, answers, strict=True):
        assert quote == exact == TEXT[start:end]
        assert (first, last) == (start, end)
    for statement in Statement.objects.select_related("excerpt"):
        assert statement.excerpt.exact == TEXT[statement.excerpt.start : statement.excerpt.end]
    # Drawn anew by the page as the server draws it.
    desk.page.reload()
    expect(desk.page.locator("#text mark").first).to_be_attached()
    same = desk.page.evaluate(
        """async () => {
          const { drawParagraph } = await import("/static/annotate/highlights.js");
          const text = document.getElementById("text");
          const heard = (mark) => mark.getAttribute("aria-description");
          const told = (mark) => [mark.className, mark.dataset.keys, heard(mark), mark.textContent];
          const of = (paragraph) =>
            [...paragraph.childNodes].map((node) => (node.nodeType === 3 ? node.data : told(node)));
          const shape = () => [...text.children].map(of);
          const before = JSON.stringify(shape());
          for (let index = 0; index < text.children.length; index += 1) drawParagraph(index);
          return JSON.stringify(shape()) === before;
        }"""
    )
    assert same
    assert desk.page.evaluate("document.getElementById('text').textContent") == TEXT


def test_a_selection_never_cuts_a_character(visit: Visit, admin: User, document: Document) -> None:
    desk = Desk(visit(admin), document)
    family = "👩‍👩‍👧‍👦"
    start = TEXT.index(family)
    desk.page.evaluate(
        """async (start) => {
          const { rangeOf } = await import("/static/annotate/offsets.js");
          const range = rangeOf(start + 2, start + 12);
          range.startContainer.parentElement.scrollIntoView({ block: "center" });
          getSelection().removeAllRanges();
          getSelection().addRange(range);
          document.getElementById("text").dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
        }""",
        start,
    )
    expect(desk.composer.locator(".composer-snap")).to_be_visible()
    selected = desk.selected()
    assert selected["words"] == TEXT[start : start + 12]
    assert (selected["start"], selected["end"]) == (start, start + 12)
    assert selected["words"].startswith(family)


def test_arabic_is_selected_by_mouse_in_the_order_of_reading(visit: Visit, admin: User) -> None:
    words = "قال المتحدث (spokesman) إن 120 شخصا عبروا الجسر"
    document = make.make_document(make.make_case(), f"مقدمة. {words} أمس.", title="خبر", language="ar")
    desk = Desk(visit(admin), document)
    desk.page.evaluate(
        """async ([start, end]) => {
          const { select } = await import("/static/annotate/selection.js");
          select({ start, end }, { how: "pointer" });
        }""",
        list(desk.place_of(words)),
    )
    expect(desk.composer.locator(".composer-words")).to_have_text(words)
    desk.click_option("who", "", "The author")
    desk.click_option("claim", "", "New claim")
    desk.save_by_mouse()
    expect(desk.page.locator("#text mark")).to_have_text(words)
    desk.visitor.take_picture("arabic-laptop-light", whole=False)
    assert Statement.objects.get().excerpt.exact == words
    assert desk.visitor.find_barriers() == []
