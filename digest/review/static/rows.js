// The lists show what the server said last, and their rows stay where they are for as long as
// nothing of them changes.
"use strict";

const Rows = (() => {
  const PRINTED = "#printed [data-print], #rows [data-print]";
  const SHARED = ["state", "conflicts", "printed", "rows"]; // what every answer with lists brings
  let answer = { turn: "", filters: "" }; // the one at hand; turns are RUN-NUMBER, counted by the server
  let shown = ""; // turn of the one whose lists are on the page

  // What the server need not send again: it answers with `data-kept` in its place.
  function list() {
    return [...document.querySelectorAll(PRINTED)].map((row) => row.dataset.print).join(" ");
  }

  /** Asks for both lists and the state as they are now. */
  function ask() {
    return htmx.ajax("GET", `/lists?${filters()}`, { source: "#printed", target: "#printed", swap: "none" });
  }

  /** Makes a list what an answer says, and touches nothing of it that stays; nothing at all where a
   * row that the answer left out is not here. Returns whether it did. */
  function put(list, wanted) {
    const rows = new Map([...document.querySelectorAll(PRINTED)].map((row) => [row.dataset.print, row]));
    const fresh = [];
    if ([...wanted.querySelectorAll("[data-kept]")].some((gap) => !rows.has(gap.dataset.kept))) return false;

    function settle(place, form) {
      let here = place.firstElementChild;
      for (const next of [...form.children]) {
        const row = rows.get(next.dataset.kept);
        if (row === here && row) here = here.nextElementSibling;
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
      for (const gap of one.querySelectorAll("[data-kept]")) gap.replaceWith(rows.get(gap.dataset.kept));
      htmx.process(one);
    }
    return true;
  }

  const isSamePlace = (here, next) => here.tagName === next.tagName && (here.tagName === "OL" || (Boolean(next.dataset.section) && here.dataset.section === next.dataset.section));

  function isOlder(one, other) {
    const [run, number] = one.split("-");
    const [otherRun, otherNumber] = other.split("-");
    return run === otherRun && Number(number) < Number(otherNumber);
  }

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.filters = String(filters());
    if (!/^\/(do\/|lists)/.test(detail.path)) return;
    detail.headers["X-Rows"] = list();
    detail.headers["X-Shown"] = document.querySelectorAll("#rows [data-row]").length;
    const row = detail.elt.closest("[data-row]");
    if (!row) return;
    detail.parameters.revision = row.dataset.revision;
    detail.parameters.seen = document.getElementById("printed").dataset.seen;
  });

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { target, xhr, requestConfig } = detail;
    answer = { turn: xhr.getResponseHeader("X-Turn") || "", filters: requestConfig.filters };
    if (!isOlder(answer.turn, shown)) return;
    if (target.id === "rows") ask(); // the tray of before what was done meanwhile
    else if (target.matches(".more")) {
      detail.shouldSwap = false;
      target.querySelector("button").click();
    }
  });

  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const { target, fragment } = detail;
    if (!SHARED.includes(target.id)) return;
    detail.shouldSwap = !isOlder(answer.turn, shown);
    if (!detail.shouldSwap) return;
    shown = answer.turn;
    if (target.id !== "printed" && target.id !== "rows") return;
    detail.shouldSwap = false;
    // a row that it left out was taken away meanwhile, or the tray is filtered otherwise by now
    const isLate = (target.id === "rows" && answer.filters !== String(filters())) || !put(target, fragment.firstElementChild);
    mark();
    if (isLate) ask();
  });

  return { ask };
})();
