// Gives the boxes that choose by typing, which a library draws, the names of their fields.
const name = (box) => {
  const select = box.previousElementSibling;
  const label = select?.id ? document.querySelector(`label[for="${select.id}"]`) : null;
  const selection = box.querySelector('[role="combobox"]');
  if (!label || !selection || selection.dataset.isNamed) return;
  label.id ||= `${select.id}_label`;
  selection.setAttribute("aria-labelledby", `${label.id} ${selection.getAttribute("aria-labelledby") ?? ""}`.trim());
  selection.dataset.isNamed = "yes";
};
const nameAll = () => document.querySelectorAll(".select2-container").forEach(name);
new MutationObserver(nameAll).observe(document.querySelector("#content-main"), { childList: true, subtree: true });
nameAll();
