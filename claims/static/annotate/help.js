// The keys, shown by `?`, and whether those of one letter work.

import { page } from "./page.js";

const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("help"));
const switched = /** @type {HTMLInputElement} */ (document.getElementById("single-keys"));
const name = `annotate ${page.user} single keys`;

try {
  switched.checked = localStorage.getItem(name) !== "off";
} catch {
  // A forbidden store: they work.
}
switched.addEventListener("change", () => {
  try {
    localStorage.setItem(name, switched.checked ? "on" : "off");
  } catch {
    // As long as this page is open, then.
  }
});

export const singleKeysOn = () => switched.checked;
export const openHelp = () => dialog.showModal();
document.getElementById("help-open").addEventListener("click", openHelp);
