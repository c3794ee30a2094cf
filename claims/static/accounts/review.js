// Reviewing by keys: next and previous go from one statement to another, the others press the button that is marked so.
const list = document.querySelector(".waiting");
const items = list ? [...list.children] : [];

function go(step) {
  const here = items.indexOf(document.activeElement?.closest(".waiting > li"));
  items[Math.min(Math.max(here + step, 0), items.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !items.length) return;
  const key = event.key.toLowerCase();
  if (key === "n") go(1);
  else if (key === "p") go(-1);
  else if (["a", "r", "x"].includes(key)) document.activeElement?.closest(".waiting > li")?.querySelector(`[data-key="${key}"]`)?.click();
  else return;
  event.preventDefault();
});
document.querySelector("[data-choose-all]")?.addEventListener("click", () => {
  for (const box of list.querySelectorAll("[name=statement]")) box.checked = true;
});
if (location.hash === "" && performance.getEntriesByType("navigation")[0]?.type !== "reload") items[0]?.focus({ preventScroll: true });
