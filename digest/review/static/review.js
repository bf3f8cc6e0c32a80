// Keys, the row at hand, marks, the address. The rest is htmx and the server.
"use strict";

const tab = (sessionStorage.tab ||= Math.random().toString(36).slice(2));
const main = document.querySelector("main");
const pane = () => document.getElementById("story");
const paneStory = () => pane().querySelector("[data-story]")?.dataset.story || "";
const FIELDS = "input:not([type=checkbox], [type=radio]), select, textarea";
const marked = new Set();
let at = ""; // id of the story at hand
let hand = "edition"; // the list that j and k move in
let scrolledTo = "";
let lastPlace = 0; // where the story at hand was in its list, in case it leaves it
let busy = 0; // requests for the pane that are under way
const SUBMIT = "Control+Enter";
const waiting = []; // keys that were pressed meanwhile: they are meant for what comes

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
    lastPlace = rowsOf(hand).indexOf(here);
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
  if (place < 0) return all[Math.min(lastPlace, all.length - 1)];
  return all[place + step];
}

function go(step) {
  const next = neighbour(step);
  if (next) open(next.dataset.row);
  else if (step > 0) document.querySelector(`#${hand} .more button`)?.click();
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
  const row = rowsOf(list).find((one) => one.dataset.row === at) || rowsOf(list)[0];
  if (!row) return;
  at = row.dataset.row;
  open(at);
}

// ---------------------------------------------------------------- keys

function press(key) {
  const name = `[data-key="${CSS.escape(key)}"]`;
  const target = pane().querySelector(name) || document.querySelector(name);
  if (!target) return false;
  if (target.hasAttribute("data-help")) document.getElementById("keys").showModal();
  else if (target.matches("details")) {
    target.open = true;
    show("story");
    target.scrollIntoView({ block: "nearest" });
    if (target.dataset.fill) fill(target).then(() => enter(target), () => {}); // words that were typed meanwhile have their own answer
    else enter(target);
  } else if (target.matches("input:not([type=checkbox])")) {
    if (target.closest("#tray")) show("tray");
    target.focus();
    target.select();
  } else if (target.matches("input")) target.focus();
  else target.click();
  return true;
}

function enter(details) {
  const field = details.querySelector("form :is(input:not([type=hidden]), select, textarea)");
  if (field) edit(field);
  else details.querySelector("summary").focus();
}

// What takes long to find is looked up when its part is opened; keys wait for it. It is the search
// without words: of two that are under way the later one answers.
function fill(details) {
  const path = details.dataset.fill;
  delete details.dataset.fill;
  return htmx.ajax("GET", path, { target: "#alike", source: details.querySelector("[name=words]") });
}

document.addEventListener("toggle", ({ target }) => target.open && target.dataset.fill && fill(target), true);

// Words of the sources are edited from where they stand; what is left as it was stays theirs.
function edit(field) {
  field.form.querySelectorAll("[data-printed]").forEach((input) => (input.value ||= input.dataset.printed));
  field.focus();
  if (field.matches("[data-printed], textarea")) field.setSelectionRange(field.value.length, field.value.length);
}

function act(key) {
  const moves = { n: 1, j: 1, ArrowDown: 1, k: -1, b: -1, ArrowUp: -1 };
  const bulk = document.getElementById("bulk");
  if (key in moves) go(moves[key]);
  else if (key === "[") toList("edition");
  else if (key === "]") toList("tray");
  else if (key === "x" && at) toggle([at]);
  else if (key === "*") toggle(rowsOf(hand).map((row) => row.dataset.row));
  else if (key === "y" && marked.size) bulk.querySelector("[value=keep]").click();
  else if (key === "d" && marked.size) bulk.elements.reason.focus();
  else return press(key);
  return true;
}

function toggle(ids) {
  const all = ids.every((id) => marked.has(id));
  ids.forEach((id) => (all ? marked.delete(id) : marked.add(id)));
  mark();
}

let draining = false;

function drain() {
  draining = true;
  while (waiting.length && !busy) {
    const key = waiting.shift();
    const focused = document.activeElement;
    const field = focused.closest(FIELDS);
    if (key === SUBMIT) focused.form?.requestSubmit();
    else if (key === " " && !field) {
      if (focused.matches("input, button, summary")) focused.click();
    }
    else if (!field) act(key);
    else if (key === "Enter" && !field.matches("textarea")) field.form.requestSubmit();
    else if (key.length === 1 && field.setRangeText) {
      field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  draining = false;
}

// Whoever goes into a field by hand did not mean the keys that still wait as its text.
document.addEventListener("focusin", (event) => {
  if (!draining && event.target.closest(FIELDS)) waiting.length = 0;
});

document.addEventListener("keydown", (event) => {
  const field = event.target.closest(FIELDS);
  const form = event.target.closest("form");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    if (event.repeat) return;
    if (waiting.length || (busy && !form)) waiting.push(SUBMIT);
    else form?.requestSubmit();
    return;
  }
  if (event.key === "Escape" && form && !document.querySelector("dialog[open]")) {
    event.target.blur();
    pane().focus();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || field || document.querySelector("dialog[open]")) return;
  if (event.key.length !== 1 && !event.key.startsWith("Arrow") && !(event.key === "Enter" && (busy || waiting.length))) return;
  if (event.target.matches("[type=radio]") && event.key.startsWith("Arrow")) return;
  if (event.key === " " && !busy && !waiting.length) return;
  if (event.repeat) {
    event.preventDefault(); // a key that is held down acts once
    return;
  }
  if (busy || waiting.length) {
    waiting.push(event.key);
    event.preventDefault();
  } else if (act(event.key)) event.preventDefault();
});

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

const isWaitedFor = (target) => target?.id === "story" || target?.id === "alike";

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isWaitedFor(event.detail.target)) busy += 1;
  if (/do\/(approve|ask|arrivals|teach|unteach|proof|source)|pane\/teach/.test(event.detail.requestConfig.path)) document.getElementById("said").textContent = "Working …";
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (isWaitedFor(event.detail.target) || isWaitedFor(event.detail.requestConfig.target)) busy = Math.max(0, busy - 1);
  const said = document.getElementById("said");
  if (said.textContent === "Working …") said.textContent = ""; // an answer that says nothing else
  if (event.detail.requestConfig.elt.id === "bulk" && event.detail.successful) {
    marked.clear();
    mark();
  }
  if (event.detail.failed && !event.detail.xhr.status) said.textContent = "The desk does not answer. What you typed is kept here.";
  setTimeout(drain, 0);
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "story") {
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
});
