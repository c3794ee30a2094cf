// What is half written survives: Esc, a reload, a lost network. Kept in this browser, for this text alone.

import { page, tell } from "./page.js";

const drawer = `annotate ${page.user} ${page.document} ${page.version}`;
const habits = `annotate ${page.user} ${page.case} last`;

function read(name, empty) {
  try {
    return JSON.parse(localStorage.getItem(name)) ?? empty;
  } catch {
    return empty;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A full or forbidden store: the page goes on without.
  }
}

/** @returns {Record<string, any>} drafts by their key */
export const allDrafts = () => read(drawer, {});

/** @param {any} state with a key of its own */
export function keepDraft(state) {
  write(drawer, { ...allDrafts(), [state.key]: state });
  tell("drafts");
}

/** @param {string} key */
export function dropDraft(key) {
  const { [key]: _, ...others } = allDrafts();
  write(drawer, others);
  tell("drafts");
}

/** What the last statement was like: the next one may be like it. */
export const lastHabits = () => read(habits, {});
export const keepHabits = (values) => write(habits, { ...lastHabits(), ...values });
