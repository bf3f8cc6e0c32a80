// The rows of both lists stay where they are for as long as nothing of them changes.
"use strict";

const Rows = (() => {
  const PRINTED = "#printed [data-print], #rows [data-print]";

  // What the server need not send again: it answers with `data-kept` in its place.
  function list() {
    return [...document.querySelectorAll(PRINTED)].map((row) => row.dataset.print).join(" ");
  }

  /** Makes a list what an answer says, and touches nothing of it that stays. Returns whether every row was here. */
  function put(list, wanted) {
    const rows = new Map([...document.querySelectorAll(PRINTED)].map((row) => [row.dataset.print, row]));
    const fresh = [];
    let isWhole = true;

    function settle(place, form) {
      let here = place.firstElementChild;
      for (const next of [...form.children]) {
        const print = next.dataset.kept;
        const row = print && rows.get(print);
        if (print && !row) isWhole = false;
        else if (row === here && row) here = here.nextElementSibling;
        else if (row) place.insertBefore(row, here);
        else if (here && isSamePlace(here, next)) {
          settle(here, next);
          here = here.nextElementSibling;
        } else if (here?.isEqualNode(next)) here = here.nextElementSibling;
        else {
          place.insertBefore(next, here);
          fresh.push(next);
        }
      }
      while (here) {
        const after = here.nextElementSibling;
        here.remove();
        here = after;
      }
    }

    settle(list, wanted);
    if (wanted.dataset.seen) list.dataset.seen = wanted.dataset.seen;
    for (const one of fresh) {
      // a new section holds the places of rows that were elsewhere
      for (const gap of one.querySelectorAll("[data-kept]")) {
        const row = rows.get(gap.dataset.kept);
        if (row) gap.replaceWith(row);
        else isWhole = false;
      }
      htmx.process(one);
    }
    return isWhole;
  }

  const isSamePlace = (here, next) => here.tagName === next.tagName && (here.tagName === "OL" || (Boolean(next.dataset.section) && here.dataset.section === next.dataset.section));

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    if (!/^\/(do\/|lists)/.test(detail.path)) return;
    detail.headers["X-Rows"] ??= list();
    detail.headers["X-Shown"] = document.querySelectorAll("#rows [data-row]").length;
    const row = detail.elt.closest("[data-row]");
    if (!row) return;
    detail.parameters.revision = row.dataset.revision;
    detail.parameters.seen = document.getElementById("printed").dataset.seen;
  });

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const { target, fragment } = event.detail;
    if (target.id !== "printed" && target.id !== "rows") return;
    event.detail.shouldSwap = false;
    const isWhole = put(target, fragment.firstElementChild);
    mark();
    // another answer came between: what it took away is asked for once more
    if (!isWhole) htmx.ajax("GET", `/lists?${filters()}`, { source: "#printed", target: "#printed", swap: "none", headers: { "X-Rows": "" } });
  });
})();
