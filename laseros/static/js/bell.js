/*
 * The bell: the server says that something changed, the page fetches it through an ordinary, permission-checked view.
 *
 *   <body data-bell-url="/ws/bell/">                                     where to listen
 *   <article id="machine-7" data-bell="machine:7" data-version="12"
 *            hx-get="/floor/machines/7/card/" hx-trigger="bell" hx-swap="outerHTML">
 *
 *   {"machine": 7, "version": 13}   rings every [data-bell~="machine:7"]; a version already seen rings nothing
 *   {"queue": 7, "version": 4}      the same for [data-bell~="queue:7"]: what waits for the machine changed
 *   {"html": "<article id=…>…"}     replaces elements of the same id (a board of many machines); scripts never run,
 *                                   an element whose data-version is newer stays
 *   {"tick": …}                     optional sign of life; once one came, 30 s without any message is a lost connection
 *
 * Without a connection it tries again with growing pauses, says so in a corner, and after 15 s says since when the
 * page is old. After a new connection everything rings once, for what was missed. Where WebSockets never get
 * through, everything rings every 5 s instead. body[data-connection] is live, reconnecting, polling or stale.
 */
(() => {
  "use strict";
  const { text, fill, ring: ringOne } = window.laseros;
  const address = document.body.dataset.bellUrl;
  if (!address) return;

  const STALE_MS = 15000;
  const POLL_MS = 5000;
  const SILENCE_MS = 30000;
  const OPENING_MS = 8000; // a network that went away meanwhile answers nothing, not even no
  const badge = document.getElementById("connection");
  const versions = new Map(); // topic → newest version seen
  let socket = null;
  let failures = 0;
  let everOpen = false;
  let lastKnown = Date.now();
  let lastMessage = 0;
  let startedAt = 0;
  let ticks = false;
  let retry;

  // --- what came in -------------------------------------------------------------------------------------------------

  const rung = ({ requestConfig }) => requestConfig?.triggeringEvent?.type === "bell";

  function ring(selector) {
    for (const element of document.querySelectorAll(selector)) ringOne(element);
  }

  function receive(message) {
    if ("tick" in message) ticks = true;
    if (message.html) replace(message.html);
    const { version } = message;
    for (const [name, value] of Object.entries(message)) {
      if (["html", "version", "tick"].includes(name) || typeof value === "object") continue;
      const topic = `${name}:${value}`;
      if (version !== undefined && versions.get(topic) >= version) continue;
      if (version !== undefined) versions.set(topic, version);
      ring(`[data-bell~="${CSS.escape(topic)}"]`);
    }
  }

  function replace(html) {
    const template = document.createElement("template");
    template.innerHTML = html; // inert: nothing in a template runs or loads
    for (const script of template.content.querySelectorAll("script")) script.remove();
    for (const fresh of [...template.content.children]) {
      const old = fresh.id && document.getElementById(fresh.id);
      if (!old || Number(old.dataset.version) > Number(fresh.dataset.version)) continue;
      const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
      old.replaceWith(fresh);
      htmx.process(fresh);
      htmx.trigger(fresh, "htmx:load", { elt: fresh });
      if (focused) document.getElementById(focused)?.focus();
    }
  }

  // --- the connection -----------------------------------------------------------------------------------------------

  function connect() {
    clearTimeout(retry);
    startedAt = Date.now();
    const url = new URL(address, location);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    try {
      socket = new WebSocket(url);
    } catch {
      return lost();
    }
    const mine = socket;
    mine.addEventListener("open", () => {
      const missed = everOpen || failures > 0;
      failures = 0;
      everOpen = true;
      lastMessage = lastKnown = Date.now();
      show();
      if (missed) ring("[data-bell]");
    });
    mine.addEventListener("message", (event) => {
      lastMessage = lastKnown = Date.now();
      try {
        receive(JSON.parse(event.data));
      } catch (error) {
        console.error("bell", error);
      }
    });
    mine.addEventListener("close", () => mine === socket && lost());
  }

  function lost() {
    socket = null;
    failures += 1;
    const pause = Math.min(30000, 500 * 2 ** Math.min(failures, 6));
    clearTimeout(retry);
    retry = setTimeout(connect, pause * (0.5 + Math.random())); // not all screens of a shop at the same moment
    show();
  }

  const open = () => socket?.readyState === WebSocket.OPEN;

  function drop() {
    const old = socket;
    socket = null;
    old?.close();
    lost();
  }

  // --- what the page says about it ----------------------------------------------------------------------------------

  function show() {
    const quietFor = Date.now() - lastKnown;
    let state = "live";
    if (!open() && failures > 0) state = quietFor > STALE_MS ? "stale" : polling() && !everOpen ? "polling" : "reconnecting";
    const before = document.body.dataset.connection;
    document.body.dataset.connection = state;
    if (!badge) return;
    badge.hidden = state === "live";
    badge.dataset.state = state;
    let words = state === "live" ? "" : text(state);
    if (state === "stale") {
      const { lang, dataset } = document.documentElement;
      const time = new Intl.DateTimeFormat(lang || undefined, { timeStyle: "medium", timeZone: dataset.timeZone || undefined });
      words = fill(text("stale"), { time: time.format(lastKnown) });
    }
    if (badge.textContent !== words) badge.textContent = words;
    if (before !== state) document.body.dispatchEvent(new CustomEvent("connection", { detail: { state } }));
  }

  const polling = () => failures >= 3;

  setInterval(() => {
    if (open() && ticks && Date.now() - lastMessage > SILENCE_MS) drop();
    if (socket && !open() && Date.now() - startedAt > OPENING_MS) drop();
    if (open()) lastKnown = Date.now();
    show();
  }, 1000);
  setInterval(() => {
    if (!open() && polling() && !document.hidden) ring("[data-bell]");
  }, POLL_MS);
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && rung(event.detail)) {
      lastKnown = Date.now();
      show();
    }
  });
  window.addEventListener("offline", () => socket && drop());
  window.addEventListener("online", () => !open() && connect());
  document.addEventListener("visibilitychange", () => !document.hidden && !open() && connect());
  window.addEventListener("pagehide", () => {
    const old = socket;
    socket = null;
    old?.close();
  });
  window.addEventListener("pageshow", (event) => event.persisted && connect());
  connect();
})();
