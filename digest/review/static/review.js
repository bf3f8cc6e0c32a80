// The row at hand, marks, what the pane shows, the address. The rest is htmx and the server.
"use strict";

const tab = (sessionStorage.tab ||= Math.random().toString(36).slice(2));
const main = document.querySelector("main");
const pane = () => document.getElementById("story");
const paneStory = () => pane().querySelector("[data-story]")?.dataset.story || "";
const FIELDS = "input:not([type=checkbox], [type=radio]), select, textarea";
const marked = new Set();
let at = ""; // id of the story at hand
let hand = "edition"; // the list that j and k move in
const stood = { edition: { id: "", place: 0 }, tray: { id: "", place: 0 } }; // where one was in each
let scrolledTo = "";
let busy = 1; // answers that keys wait for; the first is the page itself
let asked = 0; // counts what the pane is asked to show

// ---------------------------------------------------------------- rows

const rowsOf = (list) => [...document.querySelectorAll(`#${list} [data-row]`)];
const rowOf = (id) => document.getElementById(`row-${id}`);

function mark() {
  at = paneStory() || at;
  const here = at && rowOf(at);
  document.querySelectorAll("[data-open][aria-current]").forEach((link) => link.removeAttribute("aria-current"));
  document.querySelectorAll("[data-row] > [data-open]").forEach((link) => (link.tabIndex = -1));
  if (here) {
    hand = here.closest("#tray") ? "tray" : "edition";
    stood[hand] = { id: at, place: rowsOf(hand).indexOf(here) };
    const link = here.querySelector("[data-open]");
    link.tabIndex = 0;
    link.setAttribute("aria-current", "true");
    if (scrolledTo !== at) here.scrollIntoView({ block: "nearest" }); // else a refresh would pull the list back
    scrolledTo = at;
  }
  document.querySelectorAll("[data-row]").forEach((row) => row.classList.toggle("marked", marked.has(row.dataset.row)));
  const bulk = document.getElementById("bulk");
  if (bulk) {
    bulk.hidden = !marked.size;
    document.getElementById("marked").textContent = marked.size;
  }
}

function neighbour(step) {
  const all = rowsOf(hand);
  const place = all.findIndex((row) => row.dataset.row === at);
  if (place >= 0) return all[place + step];
  // the story at hand has left the list: the next one stands in its place now
  return all[Math.max(0, Math.min(stood[hand].place + Math.min(step, 0), all.length - 1))];
}

function go(step) {
  const next = neighbour(step);
  if (next) open(next.dataset.row);
  else if (step > 0) openMore();
}

// At the end of what is unfolded the next story is among those that come.
function openMore() {
  document.querySelector(`#${hand} .more button`)?.click();
  if (busy) Keys.putFirst("j");
}

function open(id) {
  show("story");
  htmx.ajax("GET", `/story/${encodeURIComponent(id)}`, { target: "#story", source: "#story" });
}

function show(part) {
  main.dataset.shown = part;
  document.querySelectorAll("#tabs [data-show]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.show === part));
}

function toList(list) {
  hand = list;
  show(list);
  const rows = rowsOf(list);
  const find = (id) => rows.find((row) => row.dataset.row === id);
  const row = find(at) || find(stood[list].id) || rows[Math.min(stood[list].place, rows.length - 1)];
  if (row) open(row.dataset.row);
}

function toggle(ids) {
  const all = ids.every((id) => marked.has(id));
  ids.forEach((id) => (all ? marked.delete(id) : marked.add(id)));
  mark();
}

// Words of the sources are edited from where they stand; what is left as it was stays theirs.
function edit(field) {
  field.form.querySelectorAll("[data-printed]").forEach((input) => (input.value ||= input.dataset.printed));
  field.focus();
  if (field.matches("[data-printed], textarea")) field.setSelectionRange(field.value.length, field.value.length);
}

// ---------------------------------------------------------------- requests

document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = event;
  detail.headers["X-Tab"] = tab;
  if (detail.elt.matches("[data-next]")) {
    hand = rowOf(at)?.closest("#tray") ? "tray" : hand;
    const next = neighbour(1);
    if (next) detail.parameters.then = next.dataset.row;
  }
  detail.elt.querySelectorAll?.("[data-printed]").forEach((input) => {
    if (detail.parameters[input.name] === input.dataset.printed) detail.parameters[input.name] = "";
  });
  if (detail.elt.matches("[data-arrivals]")) detail.parameters.at = paneStory();
  if (detail.elt.id === "bulk") {
    detail.parameters.story = [...marked];
    detail.parameters.revision = [...marked].map((id) => rowOf(id)?.dataset.revision || "");
    detail.parameters.at = at;
    detail.parameters.seen = document.getElementById("printed").dataset.seen;
  }
});

// The pane shows what it was asked for last: an answer that something else has overtaken says what
// it did and brings its lists, and leaves the pane alone.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.target.id === "story") detail.number = asked += 1;
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status >= 500) {
    detail.shouldSwap = false; // no answer of the desk's: the pane stays, with what was typed
    say("The desk failed at that; its log says why. What is shown here stays as it was.");
  } else if (detail.target.id === "story" && detail.requestConfig.number !== asked) detail.swapOverride = "none";
});

const SLOW = /do\/(approve|ask|arrivals|teach|unteach|proof|source)|pane\/teach/;
const WORKING = "Working …";

function say(words) {
  document.getElementById("said").textContent = words;
}

document.addEventListener("htmx:beforeSend", ({ detail }) => {
  const { xhr, target, requestConfig } = detail;
  const isWaitedFor = target.matches("#story, #alike, .more");
  if (isWaitedFor) busy += 1;
  if (SLOW.test(requestConfig.path)) say(WORKING);
  let isLost = false;
  xhr.addEventListener("error", () => {
    isLost = true;
    say("The desk does not answer. What you typed is kept here.");
  });
  // told for every request once, also where what asked has left the page
  xhr.addEventListener("loadend", () => {
    if (document.getElementById("said").textContent === WORKING) say(""); // an answer that says nothing else
    if (requestConfig.elt.id === "bulk" && xhr.status === 200) {
      marked.clear();
      mark();
    }
    if (!isWaitedFor) return;
    busy -= 1;
    document.dispatchEvent(new CustomEvent("desk:answered", { detail: { isDone: !isLost && xhr.status < 400 } }));
  });
});

document.addEventListener("htmx:afterSettle", (event) => {
  // an answer that something else has overtaken settles too, and shows nothing
  if (event.target.id === "story" && event.detail.requestConfig.number === asked) {
    const typing = document.activeElement.closest(FIELDS);
    if (!typing) pane().querySelector("h2")?.focus({ preventScroll: true });
    pane().scrollTop = 0;
    // where the page itself scrolls, another pane is to begin in sight
    if (!typing && pane().getBoundingClientRect().top < 0) pane().scrollIntoView({ block: "start" });
    remember(true);
  }
  if (document.getElementById("edition")) mark();
});

// htmx sends the forms; none is ever sent without it.
document.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  if (event.target.id !== "filter") document.activeElement.blur(); // what is saved is left
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-help], [data-show], [data-clear], [data-open], [data-pane], [data-edit]");
  if (!target) return;
  if (target.matches("[data-edit]")) {
    if (!getSelection().isCollapsed) return; // words that are marked are to be copied
    const field = pane().querySelector(`[name=${target.dataset.edit}]`);
    field.closest("details").open = true;
    edit(field);
    field.scrollIntoView({ block: "nearest" });
    return;
  }
  if (target.matches("[data-help]")) document.getElementById("keys").showModal();
  else if (target.matches("[data-show]")) show(target.dataset.show);
  else if (target.matches("[data-clear]")) {
    marked.clear();
    mark();
  } else if (!event.ctrlKey && !event.metaKey) show("story");
});

// ---------------------------------------------------------------- the address

function filters() {
  const form = document.getElementById("filter");
  const wanted = [...new FormData(form)].filter(([name, value]) => value && !(name === "f-view" && value === "out") && !(name === "f-order" && value === "rank"));
  return new URLSearchParams(wanted);
}

function remember(step) {
  if (!document.getElementById("filter")) return;
  const wanted = filters();
  const name = pane().querySelector("h2[data-pane]")?.dataset.pane;
  if (paneStory()) wanted.set("story", paneStory());
  else if (name) wanted.set("pane", name);
  const address = `/?${wanted}`;
  if (address === location.pathname + location.search) return;
  if (step && history.state?.desk) history.pushState({ desk: true }, "", address);
  else history.replaceState({ desk: true }, "", address);
}

addEventListener("popstate", () => {
  const wanted = new URLSearchParams(location.search);
  const path = wanted.get("pane") ? `/pane/${wanted.get("pane")}` : `/story/${wanted.get("story")}`;
  htmx.ajax("GET", path, { target: "#story", source: "#story" });
});

document.getElementById("filter")?.addEventListener("input", () => setTimeout(() => remember(false), 0));

document.addEventListener("DOMContentLoaded", () => {
  if (!document.getElementById("edition")) return;
  mark();
  remember(false);
  busy -= 1;
  document.dispatchEvent(new CustomEvent("desk:answered", { detail: { isDone: true } }));
});
