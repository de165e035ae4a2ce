/*
 * A shop tablet: the keypad of its lock screen, handing back when nobody touches it, badges scanned anywhere.
 *
 *   <form data-keypad>           [data-digit] buttons type into its [name=pin]
 *   <form data-tablet-over data-minutes="10" data-here="/…" data-badge="/…">   the hand-over button of a floor page
 */
(() => {
  "use strict";
  const BADGE = /q.{1,80}[/-]b[/-]\d+/i; // also as a scanner with another keyboard types it
  const PING_MS = 30000;

  for (const form of document.querySelectorAll("[data-keypad]")) {
    const pin = form.elements.pin;
    const keys = form.querySelector(".keypad-keys");
    keys.hidden = false;
    keys.addEventListener("click", (event) => {
      const key = event.target.closest("[data-digit]")?.dataset.digit;
      if (!key) return;
      if (key === "back") pin.value = pin.value.slice(0, -1);
      else if (pin.value.length < pin.maxLength) pin.value += key;
      pin.focus();
    });
    pin.focus();
    // A badge scanned while the keypad is open is a badge.
    pin.addEventListener("beforeinput", (event) => {
      if (!event.data || /^\d+$/.test(event.data)) return;
      event.preventDefault();
      const badge = document.getElementById("badge");
      badge.value = pin.value + event.data;
      pin.value = "";
      badge.focus();
    });
  }

  // Back to the names when nobody goes on.
  if (document.body.classList.contains("lock") && document.querySelector("[data-keypad]")) {
    setTimeout(() => location.assign(location.pathname), 60000);
  }

  const over = document.querySelector("[data-tablet-over]");
  if (!over) return;
  const idle = () => Number(over.dataset.minutes) * 60000; // the scanner's page learns it later, or never
  const token = () => over.elements.csrfmiddlewaretoken.value;
  let touched = Date.now();
  let told = Date.now();

  const touch = () => {
    touched = Date.now();
    if (!idle() || !navigator.onLine) return;
    if (touched - told < PING_MS) return;
    told = touched;
    fetch(over.dataset.here, { method: "POST", headers: { "X-CSRFToken": token() } }).catch(() => undefined);
  };
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, touch, { passive: true });
  setInterval(() => {
    if (idle() && Date.now() - touched > idle() && navigator.onLine) over.requestSubmit();
  }, 5000);

  document.addEventListener(
    "submit",
    (event) => {
      const code = event.target.querySelector?.("[data-scan]")?.value ?? "";
      if (event.target === over || !idle() || !BADGE.test(code)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const form = document.createElement("form");
      form.method = "post";
      form.action = over.dataset.badge;
      for (const [name, value] of [["csrfmiddlewaretoken", token()], ["code", code], ["next", location.pathname]]) {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        field.value = value;
        form.append(field);
      }
      document.body.append(form);
      form.submit();
    },
    true,
  );
})();
