// Keys act one after the other: each waits until what the one before it asked for is there, and acts
// on that. Where that is refused or does not come, those that wait are given up, and the page says so.
"use strict";

const waiting = []; // names of keys

const Keys = (() => {
  const SUBMIT = "Control+Enter";
  const MOVES = { n: 1, j: 1, ArrowDown: 1, k: -1, b: -1, ArrowUp: -1 };
  const STOPS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  let acting = false; // a key moves the focus, not a hand
  let sought = ""; // what was typed on a list of choices

  // ---------------------------------------------------------------- what each does

  function act(key) {
    const bulk = document.getElementById("bulk");
    if (key in MOVES) go(MOVES[key]);
    else if (key === "[") toList("edition");
    else if (key === "]") toList("tray");
    else if (key === "x" && at) toggle([at]);
    else if (key === "*") toggle(rowsOf(hand).map((row) => row.dataset.row));
    else if (key === "y" && marked.size) bulk.querySelector("[value=keep]").click();
    else if (key === "d" && marked.size) bulk.elements.reason.focus();
    else return press(key);
    return true;
  }

  function press(key) {
    const name = `[data-key="${CSS.escape(key)}"]`;
    const target = pane().querySelector(name) || document.querySelector(name);
    if (!target) return false;
    if (target.hasAttribute("data-help")) document.getElementById("keys").showModal();
    else if (target.matches("details")) {
      target.open = true;
      show("story");
      if (target.dataset.fill) fill(target).then(() => byKey(enter, target), () => {}); // words that were typed meanwhile have their own answer
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
    const isLong = details.offsetHeight > pane().clientHeight;
    details.scrollIntoView({ block: isLong ? "start" : "nearest" });
  }

  function leave() {
    if (!document.activeElement.closest("form")) return;
    document.activeElement.blur();
    pane().focus();
  }

  function byKey(does, ...given) {
    const before = acting;
    acting = true;
    try {
      return does(...given);
    } finally {
      acting = before;
    }
  }

  // ---------------------------------------------------------------- those that wait

  // What the browser would have done with a key that had to wait.
  function replay(key) {
    const focused = document.activeElement;
    const field = focused.closest(FIELDS);
    const shown = document.querySelector("dialog[open]");
    if (!field?.matches("select") || key.length > 1) sought = "";
    if (shown) key === "Escape" && shown.close();
    else if (key === SUBMIT) submit(focused.closest("form"));
    else if (key === "Escape") leave();
    else if (key.endsWith("Tab")) step(focused, key === "Tab" ? 1 : -1);
    else if (key === "Enter" && focused.matches("input")) submit(focused.form);
    else if (field) type(field, key);
    else if (focused.matches("[type=radio]") && key.startsWith("Arrow")) choose(focused, key);
    else if (key !== " " && key !== "Enter") act(key);
    else if (focused.matches("a, input, button, summary")) focused.click();
  }

  // As Enter does: by the first button, which says what is to be done.
  function submit(form) {
    form?.querySelector("button:not([type=button])")?.click();
  }

  function type(field, key) {
    if (field.matches("select")) {
      pick(field, key);
      return;
    }
    const isErased = key === "Backspace";
    const text = isErased ? "" : key === "Enter" ? "\n" : key;
    if (text.length > 1) return;
    const { selectionStart: start, selectionEnd: end } = field;
    if (start === null) field.value = isErased ? field.value.slice(0, -1) : field.value + text; // a field that tells no place
    else field.setRangeText(text, isErased && start === end ? Math.max(0, start - 1) : start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function pick(list, key) {
    const last = list.options.length - 1;
    if (key === "ArrowDown") list.selectedIndex = Math.min(list.selectedIndex + 1, last);
    else if (key === "ArrowUp") list.selectedIndex = Math.max(list.selectedIndex - 1, 0);
    else if (key.length === 1) {
      sought += key.toLowerCase();
      const found = [...list.options].findIndex((one) => one.text.toLowerCase().startsWith(sought));
      if (found >= 0) list.selectedIndex = found;
    }
    list.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function choose(one, key) {
    const all = [...one.form.elements].filter((other) => other.name === one.name);
    const next = all.at((all.indexOf(one) + (/Down|Right/.test(key) ? 1 : -1)) % all.length);
    next.focus();
    next.click();
  }

  function step(from, by) {
    const stops = [...document.querySelectorAll(STOPS)].filter((one) => one === from || (one.tabIndex >= 0 && !one.disabled && one.checkVisibility()));
    stops[stops.indexOf(from) + by]?.focus();
  }

  function drain() {
    while (waiting.length && !busy) byKey(replay, waiting.shift());
  }

  function giveUp() {
    if (!waiting.length) return;
    const keys = waiting.splice(0).join(" ");
    const said = document.getElementById("said");
    said.textContent += ` Not done, as it was pressed after that: ${keys}`;
  }

  document.addEventListener("desk:answered", ({ detail }) => {
    if (!detail.isDone) giveUp();
    drain();
  });

  // Whoever goes into a field by hand did not mean the keys that still wait as its text, and is to
  // find the pane as it is.
  document.addEventListener("focusin", ({ target }) => {
    if (acting || !target.closest(FIELDS)) return;
    waiting.length = 0;
    if (target.closest("#story")) asked += 1;
  });

  // ---------------------------------------------------------------- those that are pressed

  function nameOf(event) {
    const { key } = event;
    if (event.altKey || event.isComposing) return "";
    if (event.ctrlKey || event.metaKey) return key === "Enter" ? SUBMIT : "";
    if (key === "Tab") return event.shiftKey ? "Shift+Tab" : key;
    return key.length === 1 || key.startsWith("Arrow") || ["Enter", "Escape", "Backspace"].includes(key) ? key : "";
  }

  document.addEventListener("keydown", (event) => {
    const key = nameOf(event);
    const { target } = event;
    const field = target.closest(FIELDS);
    if (!key || document.querySelector("dialog[open]")) return;
    if (event.repeat && (key === SUBMIT || !field) && !/Tab| /.test(key)) {
      event.preventDefault(); // a key that is held down acts once
      return;
    }
    if (waiting.length || (busy && (!field || key === SUBMIT))) {
      waiting.push(key);
      event.preventDefault();
      return;
    }
    // the rest is the browser's
    const isOurs = key === SUBMIT || (key === "Escape" ? target.closest("form") : !field && !/Tab|Enter|Backspace| /.test(key));
    if (!isOurs || (target.matches("[type=radio]") && key.startsWith("Arrow"))) return;
    if (key === SUBMIT || key === "Escape") byKey(replay, key);
    else if (!byKey(act, key)) return;
    event.preventDefault();
  });

  return {
    /** Has a key act before those that wait. */
    putFirst: (key) => waiting.unshift(key),
  };
})();

// What takes long to find is looked up when its part is opened; keys wait for it. It is the search
// without words: of two that are under way the later one answers.
function fill(details) {
  const path = details.dataset.fill;
  delete details.dataset.fill;
  return htmx.ajax("GET", path, { target: "#alike", source: details.querySelector("[name=words]") });
}

// Until the answer to other words is there, none of the stories found by those before is chosen.
document.addEventListener("input", ({ target }) => {
  if (target.matches("#story [name=words]")) target.form.querySelectorAll("[name=other]").forEach((one) => (one.checked = false));
});

document.addEventListener("toggle", ({ target }) => target.open && target.dataset.fill && fill(target), true);
