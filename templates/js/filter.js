// Shows only the stories, or lines of the register, that fit what is chosen. Without it all are shown.
"use strict";
// Beside the stories there is room for contents and filter; above them they stay folded.
const folded = [...document.querySelectorAll(".side > details")];
const unfold = (wide) => folded.forEach((part) => { part.open = wide.matches; });
const wide = matchMedia("(min-width: 64rem)");
unfold(wide);
wide.addEventListener("change", unfold);
const filter = (id, selector, grouping) => {
  const form = document.getElementById(id);
  if (!form) return;
  const entries = [...document.querySelectorAll(selector)];
  const groups = [...document.querySelectorAll(grouping)].filter((group) => group.querySelector(selector));
  const fits = (entry, field, value) => field === "text"
    ? value.toLowerCase().split(/\s+/).every((word) => entry.textContent.toLowerCase().includes(word))
    : entry.dataset[field] === value;
  const apply = () => {
    const wanted = [...new FormData(form)].filter(([, value]) => value.trim());
    for (const entry of entries) entry.hidden = !wanted.every(([field, value]) => fits(entry, field, value.trim()));
    for (const group of groups) group.hidden = !group.querySelector(`${selector}:not([hidden])`);
    const shown = entries.filter((entry) => !entry.hidden).length;
    form.querySelector("output").value = wanted.length
      ? form.dataset.said.replace("{shown}", shown).replace("{all}", entries.length) : "";
  };
  (form.closest("details") ?? form).hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  // A link to a hidden story shows it.
  addEventListener("hashchange", () => {
    const target = document.getElementById(location.hash.slice(1));
    if (target?.matches(selector) && target.closest("[hidden]")) form.reset();
  });
};
filter("filter", "article.story", ".group, .five");
filter("register-filter", "table.register tr.row", "table.register tbody");
