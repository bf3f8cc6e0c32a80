// The keys, where the focus goes, and which row is the one at hand. Everything else is htmx and the server.
"use strict";

const pane = () => document.getElementById("story");
const rows = () => [...document.querySelectorAll("#queue [data-row]")];
let at = null; // id of the row at hand, so that it is known again after a swap

function current() {
  return at && document.querySelector(`#${CSS.escape(at)} [data-row]`);
}

function mark(link) {
  rows().forEach((row) => row.removeAttribute("aria-current"));
  if (!link) return;
  at = link.closest("li").id;
  link.setAttribute("aria-current", "true");
  link.scrollIntoView({ block: "nearest" });
}

function go(step) {
  const all = rows();
  const place = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, place + step))];
  if (next && next !== current()) next.click();
  else if (step > 0) document.querySelector("#queue .more button")?.click();
}

function press(key) {
  const target = pane().querySelector(`[data-key="${CSS.escape(key)}"]`) || document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  if (target.hasAttribute("data-help")) document.getElementById("keys").showModal();
  else if (target.matches("details")) {
    target.open = true;
    (target.querySelector("form input:not([type=hidden]), form select, form textarea") || target.querySelector("summary")).focus();
  } else if (target.matches("input")) target.focus();
  else target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest("input, select, textarea");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.form) {
    event.preventDefault();
    field.form.requestSubmit();
    return;
  }
  if (event.key === "Escape" && field) {
    field.blur();
    pane().focus();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || field || document.querySelector("dialog[open]")) return;
  const moves = { n: 1, j: 1, ArrowDown: 1, b: -1, ArrowUp: -1 };
  if (event.key in moves) go(moves[event.key]);
  else if (event.key.length !== 1 || !press(event.key)) return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) document.getElementById("keys").showModal();
  const link = event.target.closest("[data-row]");
  if (link) mark(link);
});

document.addEventListener("htmx:afterSettle", (event) => {
  const typing = document.activeElement.closest("input, select, textarea");
  if (event.target.id === "story" && !typing) pane().querySelector("h2")?.focus({ preventScroll: innerWidth > 800 });
  mark(current());
});

// htmx sends the forms; none is ever sent without it.
document.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  if (event.target.id !== "filter") document.activeElement.blur(); // what is saved is left
});

// A build takes its time; it is said that it runs.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (/preview|approve|proposals/.test(event.detail.requestConfig.path)) document.getElementById("said").textContent = "Working …";
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.detail.requestConfig.elt.matches("[data-next]")) setTimeout(() => go(1), 0);
});

document.addEventListener("DOMContentLoaded", () => {
  const shown = pane().querySelector("[data-story]")?.dataset.story;
  mark(document.querySelector(`#row-${CSS.escape(shown || "")} [data-row]`) || rows()[0]);
});
