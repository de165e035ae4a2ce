/*
 * A client's page keeps itself up to date by asking, every five seconds, while somebody looks at it.
 *
 *   <div id="progress" data-poll data-version="12" hx-get="…" hx-trigger="bell" hx-swap="outerHTML">
 *
 * Where the page says where to listen (data-follow="/ws/job/7/"), a change is fetched at once: {"version": 13} rings what
 * is older. Without a socket it is as before.
 *
 * The answer replaces the element; without data-poll in it, the asking ends. A lost connection is said in the corner,
 * once, with the time of what is shown; a page whose link was taken away meanwhile is loaded again and says so itself.
 */
(() => {
  "use strict";
  const { text, fill } = window.laseros;
  const EVERY_MS = 5000;
  const badge = document.getElementById("connection");
  let lastKnown = new Date();

  setInterval(() => {
    if (document.hidden) return;
    for (const element of document.querySelectorAll("[data-poll]")) htmx.trigger(element, "bell");
  }, EVERY_MS);

  // --- told at once -------------------------------------------------------------------------------------------------

  const place = document.querySelector("[data-follow]")?.dataset.follow;
  let version = -1;
  let failures = 0;

  /* An answer may be older than what was told while it was on its way: then it is asked for again. */
  function catchUp() {
    for (const element of document.querySelectorAll("[data-poll][data-version]")) {
      if (Number(element.dataset.version) < version) htmx.trigger(element, "bell");
    }
  }

  function listen() {
    const url = new URL(place, location);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    let over = false;
    const leave = () => {
      over = true;
      socket.close();
    };
    socket.addEventListener("open", () => (failures = 0));
    socket.addEventListener("message", (event) => {
      version = JSON.parse(event.data).version;
      catchUp();
    });
    socket.addEventListener("close", (event) => {
      window.removeEventListener("pagehide", leave);
      if (over || event.code === 4403) return; // asking, which goes on, says why
      failures += 1;
      setTimeout(listen, Math.min(60000, 1000 * 2 ** failures) * (0.5 + Math.random()));
    });
    window.addEventListener("pagehide", leave);
  }
  if (place) {
    document.body.addEventListener("htmx:afterSettle", catchUp);
    window.addEventListener("pageshow", (event) => event.persisted && listen());
    listen();
  }

  const polled = (event) => event.detail.requestConfig?.elt?.matches("[data-poll]");

  function reached() {
    lastKnown = new Date();
    delete document.body.dataset.connection;
    badge.hidden = true;
  }

  function lost(event) {
    if (!polled(event)) return;
    const time = lastKnown.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    document.body.dataset.connection = "stale";
    badge.dataset.state = "stale";
    badge.textContent = fill(text("stale"), { time });
    badge.hidden = false;
  }

  document.body.addEventListener("htmx:afterOnLoad", (event) => polled(event) && event.detail.xhr.status < 400 && reached());
  document.body.addEventListener("htmx:sendError", lost);
  document.body.addEventListener("htmx:timeout", lost);
  document.body.addEventListener("htmx:responseError", (event) => {
    if (!polled(event)) return;
    if ([403, 404].includes(event.detail.xhr.status)) location.reload();
    else lost(event);
  });
})();
