// What is typed is kept on the server while it is typed, and put back wherever its field is drawn again.
"use strict";

const Drafts = (() => {
  const WAIT = 300; // ms after the last key
  const RETRY = 3000; // ms after a try that failed
  const held = new Map(); // "STORY:FIELD" → { story, field, text, base, dirty }
  let timer = 0;
  let underWay = 0; // drafts on their way to the server

  function keyOf(input) {
    const owner = input.closest("[data-drafts]");
    return owner && input.dataset.draft ? `${owner.dataset.drafts}:${input.dataset.draft}` : "";
  }

  async function post({ story, field, base }, text) {
    const body = new URLSearchParams({ story, field, text, base });
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    underWay += 1;
    try {
      return (await fetch("/draft", { method: "POST", body, headers, keepalive: true })).ok;
    } catch {
      return false;
    } finally {
      underWay -= 1;
    }
  }

  async function send(key) {
    const draft = held.get(key);
    if (!draft?.dirty) return;
    const { text } = draft;
    const kept = await post(draft, text);
    if (kept && draft.text === text) draft.dirty = false;
    if (kept && !held.has(key)) post(draft, draft.base); // a form has saved it meanwhile: it is none any more
    document.body.toggleAttribute("data-unkept", !kept);
    if (!kept) {
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
    const base = held.get(key)?.base ?? event.target.form?.elements[`base-${field}`]?.value ?? "";
    held.set(key, { story, field, text: event.target.value, base, dirty: true });
    schedule(WAIT);
  });

  // Not what was typed on while the form was under way.
  const isSaved = ({ name, value, dataset }, sent) => value === sent[name] || (value === dataset.printed && !sent[name]);

  // What a form saves is no draft any more; nor is what is given up.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { elt, path, parameters } = event.detail.requestConfig;
    if (event.detail.xhr.status >= 400 || !path.startsWith("/do/")) return;
    if (elt.dataset?.discard) held.delete(elt.dataset.discard);
    else elt.closest("form")?.querySelectorAll("[data-draft]").forEach((input) => isSaved(input, parameters) && held.delete(keyOf(input)));
  });

  document.addEventListener("htmx:afterSettle", () => {
    document.querySelectorAll("#story [data-draft]").forEach((input) => {
      const draft = held.get(keyOf(input));
      if (!draft || draft.text === input.value || document.activeElement === input) return;
      input.value = draft.text;
      const panel = input.closest("details");
      if (panel) panel.open = true;
    });
  });

  document.addEventListener("htmx:beforeRequest", flush);
  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => document.hidden && flush());
  addEventListener("beforeunload", (event) => {
    if ([...held.values()].some((draft) => draft.dirty) && document.body.hasAttribute("data-unkept")) event.preventDefault();
  });

  return {
    waits: () => underWay > 0 || [...held.values()].some((draft) => draft.dirty),
    holds: (story) => [...held.values()].some((draft) => draft.story === story && draft.dirty),
  };
})();
