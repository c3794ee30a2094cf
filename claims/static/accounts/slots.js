// The fields in which accounts are typed are made by a script of the admin, without names: they get those of their labels.
for (const slot of document.querySelectorAll(".slot")) {
  const name = slot.querySelector("label").textContent.trim();
  const label = () => slot.querySelectorAll(".select2-search__field:not([aria-label])").forEach((field) => field.setAttribute("aria-label", name));
  new MutationObserver(label).observe(slot, { childList: true, subtree: true });
  label();
}
