// What others do, as it happens; and rows that are dragged.
"use strict";

(() => {
  let stream = null;
  let others = "";
  let state = ""; // of the page, when the pane was drawn or looked at last
  let timer = 0;
  let pressed = false; // a mouse button, until it is let go or the drag that it began ends
  let dragged = "";

  function listen() {
    stream?.close();
    stream = new EventSource(`/events?${new URLSearchParams({ tab, story: paneStory() })}`);
    stream.addEventListener("changed", (event) => {
      const told = JSON.parse(event.data);
      refreshIn(120, told); // an answer to this tab may bring the same
    });
  }

  function refreshIn(delay, told) {
    clearTimeout(timer);
    timer = setTimeout(() => refresh(told), delay);
  }

  function refresh(told) {
    const here = JSON.stringify(told.others);
    const isNew = told.state !== document.getElementById("state").dataset.state;
    if (!isNew && here === others) return;
    if (busy || pressed) {
      refreshIn(200, told);
      return;
    }
    others = here;
    Rows.ask();
  }

  // Lists that came by themselves tell of what others did: maybe to what is in the pane.
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    const now = document.getElementById("state").dataset.state;
    if (now !== state && detail.pathInfo.requestPath.startsWith("/lists")) refreshPane();
    state = now;
  });

  function refreshPane() {
    if (busy || waiting.length || document.activeElement.closest(FIELDS)) return;
    const story = paneStory();
    const article = pane().querySelector("[data-stamp]");
    if (story && !Drafts.holds(story)) {
      htmx.ajax("GET", `/story/${encodeURIComponent(story)}?known=${article.dataset.stamp}`, { target: "#story", source: "#story" });
    } else if (pane().querySelector("h2[data-pane=approve]")) {
      htmx.ajax("GET", "/pane/approve", { target: "#story", source: "#story" });
    }
  }

  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!pressed || !event.detail.pathInfo.requestPath.startsWith("/lists")) return;
    // rows that are replaced under the mouse would end the drag
    event.detail.shouldSwap = false;
    refreshIn(200, { state: "", others: [] });
  });

  // A browser opens six connections to one host: tabs in the background give theirs back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stream?.close();
    else listen();
  });
  addEventListener("pagehide", () => stream?.close());
  document.addEventListener("DOMContentLoaded", () => {
    state = document.getElementById("state").dataset.state;
    listen();
  });

  // ---------------------------------------------------------------- dragging

  document.addEventListener("mousedown", () => (pressed = true));
  document.addEventListener("mouseup", () => (pressed = false));

  function send(what, values) {
    const seen = document.getElementById("printed").dataset.seen;
    htmx.ajax("POST", `/do/${what}`, { target: "#story", source: rowOf(dragged), values: { story: dragged, seen, ...values } });
  }

  document.addEventListener("dragstart", (event) => {
    const row = event.target.closest?.("[data-row]");
    if (!row) return;
    dragged = row.dataset.row;
    event.dataTransfer.setData("text/plain", dragged);
    event.dataTransfer.effectAllowed = "move";
  });

  document.addEventListener("dragover", (event) => {
    document.querySelector(".over")?.classList.remove("over");
    const place = dragged && event.target.closest?.("#printed [data-row], #printed [data-section], #tray");
    if (!place) return;
    event.preventDefault();
    place.classList.add("over");
  });

  document.addEventListener("dragend", () => {
    dragged = "";
    pressed = false;
    document.querySelector(".over")?.classList.remove("over");
  });

  document.addEventListener("drop", (event) => {
    if (!dragged) return;
    const row = event.target.closest("#printed [data-row]");
    const from = rowOf(dragged);
    const isPrinted = Boolean(from?.closest("#printed"));
    event.preventDefault();
    if (event.target.closest("#tray")) {
      if (isPrinted) send("drop", { reason: "taken out by hand" });
    } else if (row?.dataset.number && row.dataset.row !== dragged) send("place", { at: row.dataset.number });
    else if (!isPrinted) send("keep", { to: "yes" });
    else if (from.classList.contains("pinned") && !row?.dataset.number) send("pin", {});
  });
})();
