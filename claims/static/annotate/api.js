// The project's own API: with the token against forged requests, conditional, and each act done once.

import { page } from "./page.js";

const token = /** @type {HTMLInputElement} */ (document.querySelector("input[name=csrfmiddlewaretoken]")).value;

/** An answer that is no success: what the server says is wrong, with the place of each fault. */
export class Refused extends Error {
  /** @param {number} status @param {any} problem */
  constructor(status, problem) {
    super(problem?.detail || problem?.title || `the server answered ${status}`);
    this.status = status;
    this.problem = problem ?? {};
  }

  /** What is wrong, in one line a fault. */
  get lines() {
    const faults = this.problem.errors ?? [];
    return faults.length ? faults.map((fault) => [fault.pointer?.replace(/^[#/]+/, "").replaceAll("/", " "), fault.detail].filter(Boolean).join(": ")) : [this.message];
  }
}

/** The network is away, or nobody answers. */
export class Away extends Error {}

/**
 * @param {string} method
 * @param {string} path below the root of the API
 * @param {{body?: unknown, query?: Record<string, unknown>, headers?: Record<string, string>, signal?: AbortSignal}} [options]
 */
async function call(method, path, { body, query = {}, headers = {}, signal } = {}) {
  const address = new URL(page.api + path, location.href);
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null) address.searchParams.set(name, String(value));
  let answer;
  try {
    answer = await fetch(address, {
      method,
      signal: signal ?? AbortSignal.timeout(30_000), // milliseconds
      credentials: "same-origin",
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(method === "GET" ? {} : { "X-CSRFToken": token }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (broken) {
    throw new Away(String(broken));
  }
  if (answer.status === 304) return { status: 304, data: null, etag: answer.headers.get("ETag") };
  const data = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.status >= 500) throw new Away(`the server answered ${answer.status}`);
  if (!answer.ok) throw new Refused(answer.status, data);
  return { status: answer.status, data, etag: answer.headers.get("ETag") };
}

export const get = async (path, query, signal) => (await call("GET", path, { query, signal })).data;

/** Ask again for something; null where it is as it was. @param {string} path @param {string | null} etag */
export async function getIfChanged(path, query, etag) {
  const answer = await call("GET", path, { query, headers: etag ? { "If-None-Match": etag } : {} });
  return answer.status === 304 ? null : answer;
}

/** A key under which one act is done once, however often it is sent. */
export const newKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

export const post = async (path, body, key = newKey()) => (await call("POST", path, { body, headers: { "Idempotency-Key": key } })).data;

/** Change a row as it was read: the server compares the revision, which the tag begins with. */
const ifMatch = (revision) => ({ "If-Match": `"${revision}-${"0".repeat(32)}"` });

export const patch = async (path, body, revision) => (await call("PATCH", path, { body, headers: ifMatch(revision) })).data;
export const put = async (path, body, revision) => (await call("PUT", path, { body, headers: ifMatch(revision) })).data;
export const remove = async (path, revision) => (await call("DELETE", path, { headers: ifMatch(revision) })).data;

/**
 * Take back the act of one's own that brought a row to a revision; nobody else's, and none that came after it.
 * @param {string} id @param {number} revision
 */
export async function undoAct(id, revision) {
  const { results } = await get("changes/", { row: id, actor: page.user, limit: 1000 });
  const own = results.findLast((change) => change.undoes === null && change.items.some((item) => item.id === id && item.after?.revision === revision));
  if (!own) throw new Refused(404, { detail: "what you did there is not to be found: look at the ledger" });
  await post(`changes/${own.sequence}/undo/`, {});
}
