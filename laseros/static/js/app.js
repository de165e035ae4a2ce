/*
 * What every page shares: notices, htmx manners, one click is one deed, questions before what cannot be undone, menus.
 *
 *   data-confirm="Cancel this quote?"   asks first; data-confirm-ok="Cancel it" and data-confirm-tone="bad" are optional
 *   data-no-guard                       on a form that may be sent twice (a download)
 *   data-autosubmit                     a GET form sends itself when a choice changes
 *   data-dismissable                    a notice gets a close button
 *   data-fullscreen, data-print         buttons
 *   HX-Trigger: {"toast": {"text": "…", "tone": "good|bad|info", "undo": "/url/to/post"}}   from any view
 */
(() => {
  "use strict";
  const words = document.getElementById("texts");
  const text = (name, fallback = "") => words?.dataset[name] ?? fallback;
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  const announce = (sentence) => {
    const place = document.getElementById("announcer");
    if (place) place.textContent = sentence;
  };
  window.laseros = { text, fill, csrf, announce, toast, ring };

  // --- notices ------------------------------------------------------------------------------------------------------

  function toast({ text: sentence, tone = "info", undo = "" }) {
    const place = document.getElementById("toasts");
    if (!place || !sentence) return;
    for (const same of place.children) if (same.dataset.text === sentence) same.remove();
    const box = document.createElement("div");
    box.className = `toast-note toast-${tone}`;
    box.dataset.text = sentence;
    box.setAttribute("role", tone === "bad" ? "alert" : "status");
    const line = document.createElement("p");
    line.textContent = sentence;
    box.append(line);
    if (undo) {
      const button = makeButton(text("undo", "Undo"), "btn");
      button.addEventListener("click", () => {
        box.remove();
        htmx.ajax("POST", undo, { source: document.body, swap: "none" });
      });
      box.append(button);
    }
    const close = makeButton("×", "toast-close");
    close.setAttribute("aria-label", text("close", "Close"));
    close.addEventListener("click", () => box.remove());
    box.append(close);
    place.append(box);
    if (tone !== "bad") leaveInPeace(box, undo ? 15000 : 6000);
  }

  /* Good news goes by itself, but not while somebody reads it or is about to press its button. */
  function leaveInPeace(box, patience) {
    let timer;
    const start = () => (timer = setTimeout(() => box.remove(), patience));
    for (const name of ["mouseenter", "focusin"]) box.addEventListener(name, () => clearTimeout(timer));
    for (const name of ["mouseleave", "focusout"]) box.addEventListener(name, start);
    start();
  }

  function makeButton(label, css) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = css;
    button.textContent = label;
    return button;
  }

  function prepare(root) {
    const found = root.matches?.("[data-dismissable]") ? [root] : [...root.querySelectorAll("[data-dismissable]")];
    for (const notice of found) {
      if (notice.querySelector(":scope > .notice-close")) continue;
      const close = makeButton("×", "notice-close");
      close.setAttribute("aria-label", text("close", "Close"));
      close.addEventListener("click", () => notice.remove());
      notice.append(close);
    }
  }
  prepare(document);
  document.body.addEventListener("toast", (event) => toast(event.detail));
  if (document.fullscreenEnabled) for (const button of document.querySelectorAll("[data-fullscreen]")) button.hidden = false;

  // --- htmx ---------------------------------------------------------------------------------------------------------

  // What lives on the page asks by itself; nobody pressed anything.
  const inBackground = ({ requestConfig }) => requestConfig?.verb === "get" && requestConfig.elt?.matches?.("[data-bell]");
  const failures = { 0: "noConnection", 400: "notUnderstood", 403: "notAllowed", 404: "notThere", 429: "tooMany" };

  document.body.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
  document.body.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = csrf();
  });
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, requestConfig } = event.detail;
    const login = text("loginUrl");
    if (login && xhr.responseURL && new URL(xhr.responseURL, location).pathname === login && location.pathname !== login) {
      event.detail.shouldSwap = false; // logged out meanwhile: the log-in page is not a piece of this one
      location.assign(`${login}?next=${encodeURIComponent(location.pathname + location.search)}`);
      return;
    }
    if (xhr.status === 409) {
      const origin = requestConfig.elt;
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      event.detail.target = origin.closest("[data-refusals]") ?? document.getElementById("messages");
      event.detail.swapOverride = "innerHTML show:none";
      event.detail.selectOverride = undefined;
      // What was pressed was out of date: bring its surroundings up to date.
      const stale = origin.closest("[data-bell]");
      if (stale) setTimeout(() => ring(stale), 0);
    }
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    if (inBackground(event.detail)) return;
    toast({ text: text(failures[event.detail.xhr.status] ?? "serverError"), tone: "bad" });
  });
  document.body.addEventListener("htmx:sendError", (event) => {
    if (!inBackground(event.detail)) toast({ text: text("noConnection"), tone: "bad" });
  });
  document.body.addEventListener("htmx:timeout", (event) => {
    if (!inBackground(event.detail)) toast({ text: text("tooSlow"), tone: "bad" });
  });

  // --- what is rung fetches itself ----------------------------------------------------------------------------------

  // What is rung while it asks asks once more when the answer is there: htmx would keep the second request for the
  // element that asked first, and when that answer replaces it, the second would never be sent.
  const fetching = new WeakMap(); // element → rung again meanwhile

  function ring(element) {
    if (!element.isConnected) {
      ringHeirs(element);
    } else if (fetching.has(element)) {
      fetching.set(element, true);
    } else {
      htmx.process(element); // what has just come in hears nothing before htmx has looked at it
      htmx.trigger(element, "bell");
    }
  }

  /* What hears the same bell now: the element itself, or what came in its place. */
  function ringHeirs(element) {
    for (const heir of document.querySelectorAll(`[data-bell="${CSS.escape(element.dataset.bell)}"]`)) ring(heir);
  }

  document.body.addEventListener("htmx:beforeSend", ({ detail }) => {
    if (detail.requestConfig.triggeringEvent?.type === "bell") fetching.set(detail.elt, false);
  });
  document.body.addEventListener("htmx:afterRequest", ({ detail }) => {
    const asked = detail.requestConfig?.elt;
    const again = fetching.get(asked);
    fetching.delete(asked);
    if (again) setTimeout(() => ringHeirs(asked), 0);
  });

  /*
   * Nobody is left at the top of the page because what they pressed is gone: where htmx cannot give the focus back (the
   * button went away, or cannot be pressed any more), it goes to the next thing in reach: another button of the same
   * row, or what data-focus says in the piece that came.
   */
  let pressed = null; // what had the focus when an answer came, until something has it again
  const AWAY_MS = 2000; // then whoever pressed it has gone on
  const nowhere = () => !document.activeElement || document.activeElement === document.body;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const active = document.activeElement;
    // Two answers may come at once, the deed's own and the bell's: the second meets a page where nothing has the focus.
    if (!nowhere()) pressed = event.detail.target.contains?.(active) ? { id: active.id, home: event.detail.target.id, at: Date.now() } : null;
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    if (pressed && nowhere() && Date.now() - pressed.at < AWAY_MS) {
      const same = pressed.id ? document.getElementById(pressed.id) : null;
      const row = same?.disabled ? same.closest("form")?.querySelector("button:not([disabled])") : same;
      (row ?? document.getElementById(pressed.home)?.querySelector("[data-focus]"))?.focus();
      if (nowhere()) return;
    }
    pressed = null;
  });

  // --- one click is one deed ----------------------------------------------------------------------------------------

  const buttonsOf = (element) => {
    const form = element.closest("form");
    const own = form ? [...form.elements].filter((control) => control.matches('button:not([type="button"]), [type="submit"]')) : [];
    return element.matches("button, a") ? [...new Set([element, ...own])] : own;
  };
  // aria-disabled and not disabled: the button keeps the focus, and its name and value are still sent.
  const busy = (element, on) => {
    for (const button of buttonsOf(element)) {
      button.classList.toggle("is-busy", on);
      if (on) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  };

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get") busy(event.detail.elt, true);
  });
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig.verb !== "get") busy(event.detail.elt, false);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.target === "_blank" || "noGuard" in form.dataset) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = "yes";
    setTimeout(() => busy(form, true), 0);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sending]")) {
      delete form.dataset.sending;
      busy(form, false);
    }
  });
  document.addEventListener(
    "click",
    (event) => {
      if (!event.target.closest?.('[aria-disabled="true"]')) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  // --- questions ----------------------------------------------------------------------------------------------------

  const dialog = document.getElementById("confirm");
  const agreed = new WeakSet();
  let asking = false; // until the answer has arrived: a press between answer and arrival must not ask anew and lose it

  function ask(question, { ok = text("yes", "Yes"), tone = "", title = text("sure") } = {}) {
    if (asking) return Promise.resolve(false);
    asking = true;
    const yes = document.getElementById("confirm-yes");
    document.getElementById("confirm-title").textContent = title;
    document.getElementById("confirm-text").textContent = question;
    yes.textContent = ok;
    yes.classList.toggle("btn-danger", tone === "bad");
    yes.classList.toggle("btn-primary", tone !== "bad");
    dialog.returnValue = "no";
    dialog.showModal();
    (tone === "bad" ? dialog.querySelector('[value="no"]') : yes).focus();
    return new Promise((resolve) => {
      const settled = new AbortController();
      const settle = (answer) => {
        settled.abort();
        asking = false;
        resolve(answer);
      };
      // Escape gives the focus back before "close" arrives; Enter pressed in between must ask again. That late "close"
      // is no answer to the next question, which is open by then.
      dialog.addEventListener("cancel", () => settle(false), { signal: settled.signal });
      const closed = () => dialog.open || settle(dialog.returnValue === "yes");
      dialog.addEventListener("close", closed, { signal: settled.signal });
    });
  }

  function questioned(kind, selector) {
    document.addEventListener(
      kind,
      async (event) => {
        const element = event.target.closest?.(selector);
        if (!element || !dialog?.showModal || element.getAttribute("aria-disabled") === "true") return;
        if (agreed.delete(element)) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        const { confirm, confirmOk, confirmTone, confirmTitle } = element.dataset;
        if (!(await ask(confirm, { ok: confirmOk, tone: confirmTone, title: confirmTitle }))) return;
        agreed.add(element);
        if (kind === "submit") element.requestSubmit(event.submitter ?? undefined);
        else element.click();
      },
      true,
    );
  }
  questioned("click", "a[data-confirm], button[data-confirm]");
  questioned("submit", "form[data-confirm]");
  document.body.addEventListener("htmx:confirm", async (event) => {
    if (!event.detail.question || !dialog?.showModal) return;
    event.preventDefault();
    if (await ask(event.detail.question, { tone: event.detail.elt.dataset.confirmTone })) event.detail.issueRequest(true);
  });

  // --- menus and small buttons --------------------------------------------------------------------------------------

  const closeMenus = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  };
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest("details.menu"));
    if (event.target.closest("[data-print]")) window.print();
    if (event.target.closest("[data-fullscreen]")) {
      if (document.fullscreenElement) document.exitFullscreen();
      else document.documentElement.requestFullscreen();
    }
  });
  document.addEventListener("focusin", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form; // also of a control that stands elsewhere on the page
    if (form?.matches("[data-autosubmit]") && event.target.matches("select, [type=checkbox], [type=radio], [type=date]")) form.requestSubmit();
  });
})();
