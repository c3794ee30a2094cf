// Type to find, choose by key or click: the ARIA combobox with a list of suggestions.

import { make, tell } from "./page.js";

let count = 0;

/**
 * @typedef {{label: string, note?: string, badge?: string, isNew?: boolean, acts?: {label: string, value: unknown}[], value: unknown}} Option
 */

export class Chooser {
  /**
   * @param {HTMLElement} root
   * @param {{id: string, placeholder?: string, search: (words: string) => Promise<Option[]>, choose: (value: any, how: {isShifted: boolean}) => void, typed?: () => void}} options
   */
  constructor(root, { id, placeholder = "", search, choose, typed = () => {} }) {
    this.search = search;
    this.choose = choose;
    this.typed = typed;
    this.asked = 0;
    this.waiting = 0;
    this.options = [];
    this.active = -1;
    const list = `list-${(count += 1)}`;
    this.input = make("input", {
      id, type: "text", role: "combobox", dir: "auto", placeholder, autocomplete: "off", spellcheck: "false",
      "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list,
    });
    this.list = make("ul", { id: list, role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.chosen = make("p", { class: "chosen", hidden: true });
    root.append(this.chosen, this.input, this.list);
    this.input.addEventListener("focus", () => this.look(0));
    this.input.addEventListener("input", () => { this.typed(); this.look(120); });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("click", () => { if (this.list.hidden) this.look(0); });
    this.input.addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== this.input) this.close(); }, 150));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps the focus
  }

  /** Look for what is typed, once typing pauses. @param {number} pause milliseconds */
  look(pause) {
    clearTimeout(this.waiting);
    this.waiting = window.setTimeout(async () => {
      const asked = (this.asked += 1);
      let options;
      try {
        options = await this.search(this.input.value);
      } catch {
        options = [{ label: "The network is away; nothing can be looked up.", value: null, isNew: true }];
      }
      if (asked === this.asked && document.activeElement === this.input) this.show(options);
    }, pause);
  }

  /** @param {Option[]} options */
  show(options) {
    this.options = options;
    this.active = options.length ? 0 : -1;
    this.list.replaceChildren(...options.map((option, index) => {
      const item = make("li", { role: "option", id: `${this.list.id}-${index}`, class: option.isNew ? "is-new" : "", "aria-selected": "false" },
        make("bdi", { class: "option-label" }, option.label));
      if (option.note) item.append(" ", make("span", { class: "option-note" }, option.note));
      if (option.badge) item.append(" ", make("span", { class: "option-badge" }, option.badge));
      for (const act of option.acts ?? []) {
        item.append(" ", make("span", { class: "option-act", onclick: (event) => { event.stopPropagation(); this.take(act.value, false); } }, act.label));
      }
      item.addEventListener("click", (event) => this.take(option.value, event.shiftKey));
      return item;
    }));
    this.list.hidden = !options.length;
    this.input.setAttribute("aria-expanded", String(options.length > 0));
    tell("layout");
    this.point();
  }

  point() {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.active)));
    const item = this.list.children[this.active];
    if (item && !this.list.hidden) {
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.waiting);
    this.asked += 1;
    if (!this.list.hidden) tell("layout");
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {unknown} value @param {boolean} isShifted */
  take(value, isShifted) {
    if (value === null) return;
    this.input.value = "";
    this.close();
    this.choose(value, { isShifted });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const isOpen = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) return this.look(0);
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.active = (this.active + step + this.options.length) % this.options.length;
      this.point();
    } else if (event.key === "Enter") {
      event.preventDefault(); // Enter chooses; Ctrl+Enter saves
      if (isOpen && this.options[this.active]) this.take(this.options[this.active].value, event.shiftKey);
      else this.look(0);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  /**
   * Show what is chosen in the place of the input.
   * @param {(Node | string)[] | null} words null: nothing is chosen, and the input is there again
   * @param {() => void} [undo]
   */
  settle(words, undo) {
    this.chosen.hidden = words === null;
    this.input.hidden = words !== null;
    if (words) {
      this.chosen.replaceChildren(...words, " ", make("button", { type: "button", class: "plain", "aria-label": `Choose another for ${this.input.closest(".field")?.querySelector("label")?.firstChild.textContent.trim() ?? "this"}`, onclick: undo }, "Change"));
    }
  }
}
