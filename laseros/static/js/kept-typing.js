/*
 * What somebody typed outlives a session that ended under it. A form of the back office that is sent is kept in this tab
 * until the next page comes; if that page is the log-in (or the one that says the form was open too long), it is put back
 * where it was typed, once the same person is there in the same business. Anybody else's page forgets it. Passwords and
 * files are never kept.
 *
 *   #main[data-person="7-1"]            a page of somebody: person and business; data-kept, data-kept-files its sentences
 *   [data-interrupts]                   the page that came instead; data-interrupts-next names the field for where to go on
 */
(() => {
  "use strict";
  const NAME = "laseros-typed";
  const LONGEST_MS = 12 * 60 * 60 * 1000; // over night, and not much longer
  const LATE_MS = 5000; // parts of a form that come only after an answer in it
  const CARRIED = /^(as_opened|once)$/; // hidden, and part of what was sent
  const SECRET = /password|one-time-code/;

  function read() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(NAME));
      return kept && Date.now() - kept.at < LONGEST_MS ? kept : null;
    } catch {
      return null;
    }
  }
  function write(kept) {
    try {
      if (kept) sessionStorage.setItem(NAME, JSON.stringify(kept));
      else sessionStorage.removeItem(NAME);
    } catch {
      /* too much for the tab, or not allowed: then it is as it was without */
    }
  }

  // --- keeping -------------------------------------------------------------------------------------------------------

  const isTyped = (control) =>
    control.name && !control.name.includes("__prefix__") && !control.matches("fieldset, output, object, button, [type=hidden], [type=password], [type=file], [type=submit], [type=image], [type=reset]") &&
    !SECRET.test(control.autocomplete ?? "");

  function said(control) {
    if (control.matches("select")) return [...control.selectedOptions].map((option) => [option.value, option.text]);
    return control.matches("[type=checkbox], [type=radio]") ? control.checked : control.value;
  }

  function keep(form, submitter) {
    const controls = [...form.elements], typed = controls.filter(isTyped);
    if (!typed.length) return;
    const hidden = controls.filter((control) => control.type === "hidden");
    const values = (wanted) => Object.fromEntries(hidden.filter(({ name }) => wanted(name)).map(({ name, value }) => [name, value]));
    write({
      at: Date.now(),
      person: document.getElementById("main").dataset.person,
      page: location.pathname + location.search,
      action: new URL(submitter?.formAction || form.action || location, location).pathname,
      form: form.id,
      files: controls.some((control) => control.type === "file" && control.files.length),
      carried: values((name) => CARRIED.test(name)),
      rows: values((name) => name.endsWith("-TOTAL_FORMS")),
      ids: values((name) => /-\d+-id$/.test(name)),
      typed: typed.map((control) => [control.name, control.matches("[type=checkbox], [type=radio]") ? control.value : "", said(control)]),
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post") return;
    if (form.closest("#main[data-person]")) keep(form, event.submitter);
  });

  // --- putting back --------------------------------------------------------------------------------------------------

  const selector = ([name, value]) => `[name="${CSS.escape(name)}"]${value ? `[value="${CSS.escape(value)}"]` : ""}`;
  const find = (form, each) => [...form.elements].find((control) => isTyped(control) && control.matches(selector(each)));

  function put(control, value) {
    if (JSON.stringify(said(control)) === JSON.stringify(value)) return;
    if (control.matches("select")) {
      for (const [key, text] of value) {
        if (![...control.options].some((option) => option.value === key)) control.add(new Option(text, key));
      }
      for (const option of control.options) option.selected = value.some(([key]) => key === option.value);
    } else if (typeof value === "boolean") control.checked = value;
    else control.value = value;
    for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  /* Rows that were added; the theme's own link makes them. */
  function addRows(form, rows) {
    for (const [name, total] of Object.entries(rows)) {
      const add = document.querySelector(`#${CSS.escape(name.replace(/-TOTAL_FORMS$/, ""))}-group :is(.add-row a, a.add-row)`);
      const count = form.elements[name];
      for (let left = add && count ? total - count.value : 0; left > 0; left--) add.click();
    }
  }

  /* A row that is another by now keeps what it says. */
  const isSameRow = (form, ids, name) => {
    const id = `${name.match(/^.*?-\d+(?=-)/)?.[0]}-id`;
    return !(id in ids) || (form.elements[id]?.value ?? "") === ids[id];
  };

  function putBack(kept) {
    const forms = [...document.querySelectorAll("#main form")].filter((form) => form.getAttribute("method")?.toLowerCase() === "post");
    const form = forms.find((each) => each.id === kept.form && kept.typed.some((one) => find(each, one)));
    if (!form) return false;
    addRows(form, kept.rows);
    for (const [name, value] of Object.entries(kept.carried)) if (form.elements[name]) form.elements[name].value = value;
    let left = kept.typed.filter(([name]) => isSameRow(form, kept.ids, name));
    const fill = () => {
      left = left.filter((each) => {
        const control = find(form, each);
        if (control) put(control, each[2]);
        return !control;
      });
    };
    fill();
    if (left.length) {
      const late = new MutationObserver(fill);
      late.observe(form, { childList: true, subtree: true });
      setTimeout(() => late.disconnect(), LATE_MS);
    }
    tell(form, kept);
    return true;
  }

  function tell(form, kept) {
    const words = document.getElementById("main").dataset;
    const note = document.createElement("p");
    note.className = "lo-warned";
    note.id = "typed-again";
    note.setAttribute("role", "status");
    note.textContent = kept.files ? `${words.kept} ${words.keptFiles}` : words.kept;
    form.before(note);
    note.scrollIntoView({ block: "center" });
  }

  // --- which page came -------------------------------------------------------------------------------------------------

  function interrupted(kept, place) {
    const next = place.querySelector("input[name=next]");
    if (next) {
      const meant = new URL(next.value || "/", location);
      if (![kept.action, kept.page.split("?")[0]].includes(meant.pathname)) return;
      next.value = kept.page;
    } else place.href = kept.page;
    place.hidden = false;
    for (const note of document.querySelectorAll("[data-typed-kept]")) note.hidden = false;
    write({ ...kept, interrupted: true });
  }

  // After the theme has woken the links that add rows, which it does at the end of "load".
  window.addEventListener("load", () => setTimeout(look));
  function look() {
    const kept = read();
    const place = document.querySelector("[data-interrupts]");
    const person = document.getElementById("main")?.dataset.person;
    if (!kept) write(null);
    else if (place) interrupted(kept, place);
    else if (!person) return; // on the way back in
    else if (!kept.interrupted || kept.person !== person) write(null);
    else if (kept.page === location.pathname + location.search && putBack(kept)) write(null);
  }
})();
