// A field that is chosen by typing says its name and what is chosen, which select2 leaves out. It is
// made after the page, and written anew with each choice.
const sayName = (select) => {
  const label = select.labels[0]?.textContent.trim().replace(/:$/, "");
  const box = select.parentElement.querySelector(".select2-selection");
  const shown = box?.querySelector(".select2-selection__rendered");
  if (!label || !shown) return;
  for (const part of [box, shown]) {
    part.removeAttribute("aria-labelledby");
    part.setAttribute("aria-label", `${label}: ${shown.textContent.trim() || "nothing"}`);
  }
};

new MutationObserver(() => {
  document.querySelectorAll("select.admin-autocomplete").forEach(sayName);
}).observe(document.documentElement, { childList: true, subtree: true });
