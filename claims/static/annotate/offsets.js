// DOM positions and code points: the one place where either becomes the other.
//
// The server counts code points, the DOM counts UTF-16 units. Every paragraph carries the offset at which it begins,
// and holds nothing but the text, so that a place is counted from there.

import { column, page } from "./page.js";

const paragraphs = /** @type {HTMLElement[]} */ ([...column.children]);
const starts = paragraphs.map((paragraph) => Number(paragraph.dataset.start));

/** The number of code points of a string. @param {string} words */
export function countPoints(words) {
  let n = words.length;
  for (let i = 0; i < words.length - 1; i += 1) {
    const unit = words.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      n -= 1;
      i += 1;
    }
  }
  return n;
}

/** The UTF-16 index of the nth code point. @param {string} words @param {number} n */
export function unitsOf(words, n) {
  let units = 0;
  for (let left = n; left > 0 && units < words.length; left -= 1) {
    const unit = words.charCodeAt(units);
    units += unit >= 0xd800 && unit <= 0xdbff && units + 1 < words.length ? 2 : 1;
  }
  return units;
}

/** The place in the list of the paragraph in which a code point lies. @param {number} offset */
export function paragraphIndex(offset) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle] <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** @param {number} index */
export function paragraphAt(index) {
  return { element: paragraphs[index], start: starts[index], end: starts[index + 1] ?? page.length };
}

export const countParagraphs = () => paragraphs.length;

/**
 * The code point at a DOM position; null outside the text.
 * @param {Node} node @param {number} place
 */
export function offsetOf(node, place) {
  if (node === column) return place < paragraphs.length ? starts[place] : page.length;
  const element = node instanceof Element ? node : node.parentElement;
  const paragraph = /** @type {HTMLElement | null} */ (element && element.closest("[data-start]"));
  if (!paragraph || !column.contains(paragraph)) return null;
  const before = document.createRange();
  before.setStart(paragraph, 0);
  before.setEnd(node, place);
  return Number(paragraph.dataset.start) + countPoints(before.toString());
}

/**
 * The span of that part of a range which lies in the text; null where none does.
 * @param {Range} range @returns {import("./page.js").Span | null}
 */
export function spanOf(range) {
  if (!range.intersectsNode(column)) return null;
  const whole = document.createRange();
  whole.selectNodeContents(column);
  const inside = range.cloneRange();
  if (range.compareBoundaryPoints(Range.START_TO_START, whole) < 0) inside.setStart(column, 0);
  if (range.compareBoundaryPoints(Range.END_TO_END, whole) > 0) inside.setEnd(column, column.childNodes.length);
  const start = offsetOf(inside.startContainer, inside.startOffset);
  const end = offsetOf(inside.endContainer, inside.endOffset);
  return start === null || end === null || start >= end ? null : { start, end };
}

/**
 * The DOM position of a code point: where text begins there, or, for an end, where text ends there.
 * @param {number} offset @param {boolean} isEnd
 */
function pointOf(offset, isEnd) {
  const { element, start } = paragraphAt(paragraphIndex(isEnd ? Math.max(0, offset - 1) : offset));
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let left = offset - start;
  let last = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const words = /** @type {Text} */ (node).data;
    const n = countPoints(words);
    if (left < n || (isEnd && left === n)) return { node, place: unitsOf(words, left) };
    left -= n;
    last = node;
  }
  return last ? { node: last, place: /** @type {Text} */ (last).data.length } : { node: element, place: 0 };
}

/** @param {number} start @param {number} end */
export function rangeOf(start, end) {
  const range = document.createRange();
  const from = pointOf(start, false);
  const to = pointOf(end, true);
  range.setStart(from.node, from.place);
  range.setEnd(to.node, to.place);
  return range;
}

/** The words of a span, as they stand in the page. @param {number} start @param {number} end */
export function wordsAt(start, end) {
  let words = "";
  for (let index = paragraphIndex(start); index < paragraphs.length && starts[index] < end; index += 1) {
    const whole = paragraphs[index].textContent;
    const from = unitsOf(whole, Math.max(0, start - starts[index]));
    words += whole.slice(from, from + unitsOf(whole.slice(from), end - Math.max(start, starts[index])));
  }
  return words;
}

/** Every place at which words stand in the text, at most `most` of them. @param {string} words @param {number} most */
export function findWords(words, most = 200) {
  const whole = column.textContent;
  const found = [];
  let units = 0;
  let points = 0;
  const length = countPoints(words);
  for (let at = whole.indexOf(words); at !== -1 && found.length < most; at = whole.indexOf(words, at + 1)) {
    points += countPoints(whole.slice(units, at));
    units = at;
    found.push({ start: points, end: points + length });
  }
  return found;
}
