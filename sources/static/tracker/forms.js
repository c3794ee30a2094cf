// Gives the boxes that choose by typing, which a library draws, the names of their fields.
const name = (box) => {
  const select = box.previousElementSibling;
  const label = select?.id ? document.querySelector(`label[for="${select.id}"]`) : null;
  const selection = box.querySelector('[role="combobox"]');
  const chosen = box.querySelector(".select2-selection__rendered");
  if (!label || !selection || !chosen || selection.dataset.isNamed) return;
  label.id ||= `${select.id}_label`;
  for (const part of [selection, chosen]) part.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
  selection.dataset.isNamed = "yes";
};
const nameAll = () => document.querySelectorAll(".select2-container").forEach(name);
new MutationObserver(nameAll).observe(document.querySelector("#content-main"), { childList: true, subtree: true });
nameAll();

// A form on its way is not sent again by a second click: the answer to the second would take the place of the first.
const WAY_SECONDS = 3;
document.addEventListener("submit", (event) => {
  const { dataset, method } = event.target;
  if (method !== "post" || event.defaultPrevented) return;
  if (dataset.isSent) event.preventDefault();
  dataset.isSent = "yes";
  setTimeout(() => delete dataset.isSent, WAY_SECONDS * 1000);
});
