"""An analyst at the annotation workspace, by mouse or by keyboard, who counts what it takes.

Public: `Desk`. Words are selected as a person selects them: by dragging, or by typing their beginning and end.
"""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from sources.models import Document

from .visiting import Visitor

# Where the edges of words are on the screen, after they were brought into view.
_EDGES = """async ([start, end]) => {
  const { rangeOf } = await import("/static/annotate/offsets.js");
  const range = rangeOf(start, end);
  range.startContainer.parentElement.scrollIntoView({ block: "center" });
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
  const [first, last] = [boxes[0], boxes.at(-1)];
  return [first.left, first.top + first.height / 2, last.right, last.top + last.height / 2];
}"""

expect.set_options(timeout=15_000)  # milliseconds: machines are slow while many tests run at once


class Desk:
    """One document open in the workspace. `acts` counts chords, selections, choices and short typed searches."""

    def __init__(self, visitor: Visitor, document: Document, further: str = "") -> None:
        self.visitor, self.document = visitor, document
        self.text = document.versions.newest_first()[0].text
        self.acts = 0
        visitor.open(f"/admin/annotate/{document.pk}/{further}")
        # Modules run once the page is there; what they bring shows that they have.
        expect(self.page.locator("#text p[data-index]").first).to_be_attached()

    @property
    def page(self) -> Page:
        """The window."""
        return self.visitor.page

    @property
    def composer(self) -> Locator:
        """The form in which a statement is written."""
        return self.page.locator(".composer")

    # --- selecting ---

    def place_of(self, words: str) -> tuple[int, int]:
        """Return where words stand, given whole or as `first words … last words`."""
        first, _, last = words.partition(" … ")
        start = self.text.index(first)
        end = self.text.index(last, start + len(first)) + len(last) if last else start + len(first)
        return start, end

    def drag_over(self, words: str) -> None:
        """Select words with the mouse."""
        left, top, right, bottom = self.page.evaluate(_EDGES, list(self.place_of(words)))
        self.page.mouse.move(left + 0.5, top)
        self.page.mouse.down()
        self.page.mouse.move(right - 0.5, bottom, steps=3)
        self.page.mouse.up()
        self.acts += 1

    def type_to_select(self, words: str) -> None:
        """Select words with the keyboard."""
        self.page.keyboard.press("/")
        self.page.keyboard.insert_text(words)
        self.page.keyboard.press("Enter")
        self.acts += 1

    # --- choosing ---

    def options(self) -> Locator:
        """Return what is offered just now."""
        return self.page.locator("[role=option]:visible")

    def wait_for_option(self, name: str) -> Locator:
        """Return the option with this label, once it is offered."""
        option = self.options().filter(has=self.page.locator(".option-label", has_text=name)).first
        expect(option).to_be_visible()
        return option

    def click_option(self, field: str, typed: str, name: str) -> None:
        """Choose by mouse, after typing where something is typed."""
        self.page.locator(f"#{field}").click()
        if typed:
            self.page.locator(f"#{field}").fill(typed)
            self.acts += 1
        self.wait_for_option(name).click()
        self.acts += 1

    def key_option(self, typed: str, name: str, chord: str = "Enter") -> None:
        """Choose by keyboard in the field that has the focus, after typing where something is typed."""
        if typed:
            self.page.keyboard.insert_text(typed)
            self.acts += 1
        option = self.wait_for_option(name)
        for _ in range(self.options().count()):
            if option.get_attribute("aria-selected") == "true":
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press(chord)
        self.acts += 1

    def tab_to(self, field: str) -> None:
        """Go to a field by Tab alone."""
        target = self.page.locator(field)
        for _ in range(60):
            if target.evaluate("field => field === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {field}")

    # --- saving ---

    def save_by_keys(self) -> None:
        """Save, and wait until it is done."""
        self.page.keyboard.press("Control+Enter")
        self.acts += 1
        expect(self.composer).to_have_count(0)

    def save_by_mouse(self) -> None:
        """Save, and wait until it is done."""
        self.composer.get_by_role("button", name="Save").click()
        self.acts += 1
        expect(self.composer).to_have_count(0)

    def leave_composer(self) -> None:
        """Leave the form: the first Esc closes what is offered, the next one the form."""
        for _ in range(2):
            if self.composer.count():
                self.page.keyboard.press("Escape")
        expect(self.composer).to_have_count(0)

    def close_card(self) -> None:
        """Go back to the text with nothing selected and no card open."""
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Escape")

    def card(self, words: str) -> Locator:
        """Return the card on which these words stand."""
        return self.page.locator(".card", has_text=words)

    def selected(self) -> dict[str, Any]:
        """Return the words that are selected, as the page has them."""
        found: dict[str, Any] = self.page.evaluate(
            """async () => {
              const { selectedWords } = await import("/static/annotate/selection.js");
              const { wordsAt } = await import("/static/annotate/offsets.js");
              const span = selectedWords();
              return { ...span, words: wordsAt(span.start, span.end), shown: getSelection().toString() };
            }"""
        )
        return found
