// What the server says of this page, and the few elements that every module knows.

/**
 * @typedef {{start: number, end: number}} Span  offsets in code points, end exclusive
 */

export const page = JSON.parse(document.getElementById("page-data").textContent);
export const column = document.getElementById("text");
export const margin = document.getElementById("margin");

/** News between the modules: `words` selected, `saved`, `removed`, `seen` and `focus` of statements. */
export const news = new EventTarget();

/** @param {string} name @param {unknown} [detail] */
export const tell = (name, detail) => news.dispatchEvent(new CustomEvent(name, { detail }));

/** @param {string} name @param {(detail: any) => void} listener */
export const hear = (name, listener) => news.addEventListener(name, (event) => listener(event.detail));

/**
 * Make an element. What is said in it is text, never markup.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes]
 * @param {...(Node | string)} children
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  element.append(...children);
  return element;
}

/** Whether there is no room for a margin beside the text. */
export const isNarrow = () => matchMedia("(max-width: 60rem)").matches;

let hiding = 0;
/**
 * Say something in passing, to eyes and ears, with at most one thing to do about it.
 * @param {string} words
 * @param {{label: string, act: () => void}} [offer]
 */
export function notify(words, offer) {
  const notice = document.getElementById("notice");
  clearTimeout(hiding);
  notice.replaceChildren(words);
  if (offer) {
    notice.append(" ", make("button", { type: "button", class: "plain", onclick: () => { dismiss(); offer.act(); } }, offer.label));
  }
  notice.classList.add("is-shown");
  hiding = window.setTimeout(dismiss, offer ? 12_000 : 6_000); // milliseconds
}

export function dismiss() {
  document.getElementById("notice").classList.remove("is-shown");
}
