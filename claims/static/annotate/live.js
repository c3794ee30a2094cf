// What others save shows within seconds: what is in sight is asked for again, and answered only where it changed.

import { getIfChanged } from "./api.js";
import { knownStatement, learn, schedule, spanInSight, unlearn } from "./cards.js";
import { inOrder, unmark } from "./highlights.js";
import { hear, page } from "./page.js";

const EVERY = 4_000; // milliseconds
const MOST = 1000; // statements of one answer

/** @type {{since: number, until: number, etag: string | null} | null} */
let asked = null;
let waiting = 0;
let isAsking = false;

/** Ask for the statements in sight. @param {boolean} anew even where nothing in sight is new */
export async function refresh(anew = false) {
  const span = spanInSight();
  if (!span || isAsking) return;
  const isWithin = asked && asked.since <= span.start && asked.until >= span.end;
  if (!isWithin || anew) {
    const wide = span.end - span.start; // as much again on either side, so that scrolling seldom asks
    asked = { since: Math.max(0, span.start - wide), until: Math.min(page.length, span.end + wide), etag: null };
  }
  isAsking = true;
  const { since, until } = asked;
  try {
    const query = { document: page.document, version: page.version, since, until, limit: MOST };
    const answer = await getIfChanged("statements/", query, asked.etag);
    if (answer) {
      asked.etag = answer.etag;
      const there = new Set(answer.data.results.map((one) => one.id));
      if (answer.data.next === null) {
        for (const marked of inOrder()) {
          const [start, end] = marked.spans[0];
          if (end > since && start < until && !there.has(marked.id)) forget(marked.id);
        }
      }
      learn(answer.data.results);
    }
  } catch {
    asked.etag = null; // asked again in a while
  } finally {
    isAsking = false;
    schedule();
  }
}

function forget(id) {
  unmark(id);
  if (knownStatement(id)) unlearn(id);
}

function soon(pause) {
  clearTimeout(waiting);
  waiting = window.setTimeout(async () => {
    if (!document.hidden) await refresh();
    soon(EVERY);
  }, pause);
}

hear("sight", () => {
  const span = spanInSight();
  if (span && !(asked && asked.since <= span.start && asked.until >= span.end)) soon(60);
});
hear("changed", (detail) => { if (detail?.whole) refresh(true); });
addEventListener("focus", () => soon(0));
document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(0); });
soon(0);
