// What is typed is kept on the server while it is typed, and put back wherever its field is drawn again.
"use strict";

const Drafts = (() => {
  const WAIT = 300; // ms after the last key
  const RETRY = 3000; // ms after a try that failed
  // "STORY:FIELD" → { story, field, text, base, over, dirty, typed, sent, kept }: what stood there and which drafts it goes
  // on with, whether the server has it not yet, and by moments of this page which text it is, which one is under way and
  // when the server had it
  const held = new Map();
  const page = Math.random().toString(36).slice(2);
  let moment = 0; // numbers what is typed and asked for here: by it the server knows the order, whatever comes first
  let timer = 0;
  let isLeaving = false;
  let underWay = 0; // drafts on their way to the server

  const count = () => (moment += 1);

  function keyOf(input) {
    const owner = input.closest("[data-drafts]");
    return owner && input.dataset.draft ? `${owner.dataset.drafts}:${input.dataset.draft}` : "";
  }

  async function post({ story, field, text, base, over, typed }) {
    const body = new URLSearchParams({ story, field, text, base, over });
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "X-Moment": `${page}-${typed}` };
    underWay += 1;
    try {
      // what is to outlive the page may not be long, so all else is sent as any request is
      return (await fetch("/draft", { method: "POST", body, headers, keepalive: document.hidden || isLeaving })).ok;
    } catch {
      return false;
    } finally {
      underWay -= 1;
    }
  }

  async function send(key) {
    const draft = held.get(key);
    if (!draft?.dirty || (draft.sent === draft.typed && !isLeaving)) return; // what is sent before the page goes may be cut off
    const typed = (draft.sent = draft.typed);
    const isKept = await post(draft);
    if (held.get(key) !== draft) return; // it was saved meanwhile, or typed on
    if (!isKept) draft.sent = 0;
    if (isKept && draft.typed === typed) Object.assign(draft, { dirty: false, kept: count() });
    document.body.toggleAttribute("data-unkept", !isKept);
    if (!isKept) {
      document.getElementById("said").textContent = "The desk cannot be reached: what you type is kept in this tab alone, and sent as soon as it answers.";
      schedule(RETRY);
    }
  }

  function flush() {
    clearTimeout(timer);
    timer = 0;
    [...held.keys()].forEach(send);
  }

  function schedule(wait) {
    clearTimeout(timer);
    timer = setTimeout(flush, wait);
  }

  document.addEventListener("input", (event) => {
    const key = keyOf(event.target);
    if (!key) return;
    const [story, field] = [event.target.closest("[data-drafts]").dataset.drafts, event.target.dataset.draft];
    const form = event.target.form?.elements;
    const base = held.get(key)?.base ?? form?.[`base-${field}`]?.value ?? "";
    const over = form?.[`drafted-${field}`]?.value ?? "";
    held.set(key, { story, field, text: event.target.value, base, over, dirty: true, typed: count(), sent: 0, kept: 0 });
    schedule(WAIT);
  });

  document.addEventListener("htmx:configRequest", ({ detail }) => {
    detail.moment = count();
    detail.headers["X-Moment"] = `${page}-${detail.moment}`;
  });

  // What a form saves is no draft any more, nor is what is given up; what was typed since is one of
  // what stands there now.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { elt, path, parameters, moment: sent } = detail.requestConfig;
    if (detail.xhr.status >= 400 || !path.startsWith("/do/")) return;
    const givenUp = elt.dataset.discard;
    const closed = givenUp ? [givenUp] : [...(elt.closest("form")?.querySelectorAll("[data-draft]") ?? [])].map(keyOf);
    for (const draft of closed.map((key) => held.get(key))) {
      if (!draft) continue;
      if (draft.typed < sent) held.delete(`${draft.story}:${draft.field}`);
      else if (!givenUp && parameters[`base-${draft.field}`] !== undefined) {
        Object.assign(draft, { base: parameters[draft.field], dirty: true, typed: count() });
        schedule(WAIT);
      }
    }
  });

  // The pane is drawn with the drafts that the server had when it was asked for.
  document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
    if (target.id !== "story" || detail.requestConfig.number !== asked) return;
    for (const [key, draft] of held) if (!draft.dirty && draft.kept < detail.requestConfig.moment) held.delete(key);
    putBack();
  });

  function putBack() {
    document.querySelectorAll("#story [data-draft]").forEach((input) => {
      const draft = held.get(keyOf(input));
      if (!draft || draft.text === input.value || document.activeElement === input) return;
      input.value = draft.text;
      const panel = input.closest("details");
      if (panel) panel.open = true;
    });
  }

  document.addEventListener("htmx:beforeRequest", flush);
  // What is still under way when the page is loaded anew was maybe not there when the new one was
  // drawn: the page hands it over to itself.
  addEventListener("pagehide", () => {
    isLeaving = true;
    flush();
    const left = [...held.values()].filter((draft) => draft.dirty).map((draft) => ({ ...draft, over: `${draft.over} ${page}-${draft.typed}` }));
    if (left.length) sessionStorage.unsent = JSON.stringify(left);
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (!document.getElementById("story")) return;
    for (const draft of JSON.parse(sessionStorage.unsent ?? "[]")) held.set(`${draft.story}:${draft.field}`, { ...draft, typed: count(), sent: 0 });
    delete sessionStorage.unsent;
    putBack();
    flush();
  });
  addEventListener("pageshow", () => (isLeaving = false));
  document.addEventListener("visibilitychange", () => document.hidden && flush());
  addEventListener("beforeunload", (event) => {
    flush(); // before the page that comes is asked for
    if ([...held.values()].some((draft) => draft.dirty) && document.body.hasAttribute("data-unkept")) event.preventDefault();
  });

  return {
    waits: () => underWay > 0 || [...held.values()].some((draft) => draft.dirty),
    holds: (story) => [...held.values()].some((draft) => draft.story === story && draft.dirty),
  };
})();
