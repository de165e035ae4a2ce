/*
 * The keyboard alone is enough, and a scanner is a keyboard that types fast.
 *
 *   <a data-key="q">, <button data-key="s">, <input data-key="/">   pressed or focused by that key
 *   data-key-label="Start the next"                                  what the help says; otherwise the element's own words
 *   <input data-scan>                                                gets what a scanner types while nothing has the focus
 *
 * "?" shows the list. Single keys can be switched off there (WCAG 2.1.4); the choice stays on the device.
 */
(() => {
  "use strict";
  const KEY = "laseros.keys";
  const SCANNER_MS = 60; // people leave more than this between two keys
  const help = document.getElementById("keys-help");
  const list = document.getElementById("keys-list");
  const onOff = document.getElementById("keys-on");
  let waiting = null; // {keys, timer}

  const enabled = () => {
    try {
      return localStorage.getItem(KEY) !== "off";
    } catch {
      return true;
    }
  };
  const visible = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
  const keyed = () => [...document.querySelectorAll("[data-key]")].filter(visible);
  const labelOf = (element) =>
    element.dataset.keyLabel || element.getAttribute("aria-label") || element.labels?.[0]?.textContent || element.textContent;

  function showHelp() {
    if (!help?.showModal || help.open) return;
    list.replaceChildren();
    for (const element of keyed()) {
      const key = document.createElement("dt");
      const kbd = document.createElement("kbd");
      kbd.textContent = element.dataset.key;
      key.append(kbd);
      const what = document.createElement("dd");
      what.textContent = labelOf(element).trim().replace(/\s+/g, " ");
      list.append(key, what);
    }
    onOff.checked = enabled();
    help.showModal();
  }

  function press(key) {
    if (!enabled()) return;
    if (key === "?") return showHelp();
    const element = keyed().find((candidate) => candidate.dataset.key === key);
    if (!element) return;
    if (element.matches("input, select, textarea")) {
      element.focus();
      element.select?.();
    } else {
      element.focus();
      element.click();
    }
  }

  function flush() {
    const keys = waiting.keys;
    waiting = null;
    if (keys.length === 1) press(keys);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.key.length !== 1) return;
    if (event.target.closest?.("input, select, textarea, [contenteditable], dialog")) return;
    const field = document.querySelector("[data-scan]");
    if (!field || !visible(field)) return void press(event.key);
    if (waiting) {
      // The second key came too fast for fingers: all of it belongs to the scan field, which takes the rest itself.
      clearTimeout(waiting.timer);
      event.preventDefault();
      field.focus();
      field.value = waiting.keys + event.key;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      waiting = null;
      return;
    }
    if (event.key !== " ") waiting = { keys: event.key, timer: setTimeout(flush, SCANNER_MS) };
  });
  document.addEventListener("click", (event) => event.target.closest("[data-keys-help]") && showHelp());
  onOff?.addEventListener("change", () => {
    try {
      localStorage.setItem(KEY, onOff.checked ? "on" : "off");
    } catch {
      /* a device that keeps nothing: on until the next page */
    }
  });
  if (window.matchMedia("(any-hover: hover)").matches) {
    for (const button of document.querySelectorAll("[data-keys-help]")) button.hidden = false;
  }
})();
