// Brings the page to life: what is selected opens the composer, an address leads to its words.

import "./live.js";
import "./keys.js";
import { composeNew, composing, resume } from "./composer.js";
import { allDrafts } from "./drafts.js";
import { whenFound } from "./find.js";
import { offerFurther } from "./further.js";
import { focusStatement, focusedStatement } from "./highlights.js";
import { hear, page } from "./page.js";
import { select } from "./selection.js";

hear("words", ({ span, how, widened }) => {
  if (!span || !page.canAnnotate || how === "left" || how === "address") return;
  if (composing() || focusedStatement()) offerFurther(span);
  else if (how === "pointer") composeNew(span, { widened });
});
whenFound((span) => {
  if (page.canAnnotate && !composing() && !focusedStatement()) composeNew(span);
});

/** `#statement-UID` leads to a statement, `#at-START-END` to words. */
function followAddress() {
  const found = /^#(?:statement-(?<id>[0-9a-f-]{36})|at-(?<start>\d{1,9})(?:-(?<end>\d{1,9}))?)$/.exec(location.hash);
  if (!found) return;
  const { id, start, end } = found.groups;
  if (id) return focusStatement(id, { scroll: true });
  const from = Math.min(Number(start), page.length - 1);
  const span = { start: from, end: Math.min(Math.max(Number(end ?? from + 1), from + 1), page.length) };
  select(span, { how: "address" });
  getSelection().getRangeAt(0).startContainer.parentElement.scrollIntoView({ block: "center" });
}

addEventListener("hashchange", followAddress);
followAddress();

// A composition that a reload cut short goes on where it was.
const [draft] = Object.values(allDrafts()).filter((state) => state.open).slice(-1);
if (draft && page.canAnnotate) resume(draft.key);
