// Shows only the stories that fit what is chosen. Without it every story is shown.
"use strict";
// Beside the stories there is room for contents and filter; above them they stay folded.
const folded = [...document.querySelectorAll(".side > details")];
const unfold = (wide) => folded.forEach((part) => { part.open = wide.matches; });
const wide = matchMedia("(min-width: 64rem)");
unfold(wide);
wide.addEventListener("change", unfold);
const form = document.getElementById("filter");
if (form) {
  const stories = [...document.querySelectorAll("article.story")];
  const groups = [...document.querySelectorAll(".group, .five")];
  const apply = () => {
    const wanted = [...new FormData(form)].filter(([, value]) => value);
    for (const story of stories) story.hidden = wanted.some(([field, value]) => story.dataset[field] !== value);
    for (const group of groups) group.hidden = !group.querySelector("article.story:not([hidden])");
    const shown = stories.filter((story) => !story.hidden).length;
    form.querySelector("output").value = wanted.length
      ? form.dataset.said.replace("{shown}", shown).replace("{all}", stories.length) : "";
  };
  form.closest("details").hidden = false;
  form.addEventListener("change", apply);
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  // A link to a hidden story shows it.
  addEventListener("hashchange", () => {
    if (document.getElementById(location.hash.slice(1))?.closest("[hidden]")) form.reset();
  });
}
