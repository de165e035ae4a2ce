/*
 * A client's page keeps itself up to date by asking, every five seconds, while somebody looks at it.
 *
 *   <div id="progress" data-poll hx-get="…" hx-trigger="bell" hx-swap="outerHTML">
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
