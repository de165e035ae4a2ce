/* The back office beside its theme: dialogs that ask first, menus that close, keys, number formats tried as they are typed. */
(() => {
  "use strict";

  // --- dialogs and menus ---------------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const asks = event.target.closest("[data-confirm]");
    const dialog = asks && document.getElementById(asks.dataset.confirm);
    if (dialog?.showModal && !event.metaKey && !event.ctrlKey) {
      event.preventDefault();
      dialog.showModal();
    }
    if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog")?.close();
    if (event.target.closest("[data-keys-help]")) showKeys();
    for (const menu of document.querySelectorAll("details.lo-menu[open]")) {
      // A dialog that a menu opened gives the focus back to it.
      if (!menu.contains(event.target) && !event.target.closest("dialog")) menu.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.lo-menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // The theme writes the name of a chosen file into the first text field it finds three steps above, whatever that one
  // asks, and stumbles where there is none: only our own box has one for it.
  const spare = () => {
    for (const input of document.querySelectorAll("input[type=file]")) {
      if (!input.closest(".lo-file")) input.hasChangeListener = true;
    }
  };
  new MutationObserver(spare).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", spare);

  // A form that was sent is not sent again by an impatient finger; going back wakes it up.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.getAttribute("method")?.toLowerCase() !== "post" || event.defaultPrevented) return; // a field may be called "method"
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // The theme's parts of a form are opened by the mouse alone.
  document.addEventListener("DOMContentLoaded", () => {
    for (const part of document.querySelectorAll('nav > a[x-on\\:click*="activeFieldsetTab"]')) {
      part.tabIndex = 0;
      part.setAttribute("role", "button");
      part.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        part.click();
      });
    }
  });

  // Narrow tables name each cell beside it; the language decides what else is written with a capital.
  document.addEventListener("DOMContentLoaded", () => {
    for (const cell of document.querySelectorAll("[data-label]")) {
      const label = cell.dataset.label;
      cell.dataset.label = label.charAt(0).toLocaleUpperCase() + label.slice(1);
    }
  });

  // Where a long form says why it was not stored, below what else is on the page.
  document.addEventListener("DOMContentLoaded", () => {
    const notes = document.querySelectorAll(".errornote");
    if (notes.length) notes[notes.length - 1].scrollIntoView({ block: "center" });
  });

  // Which questions a new record asks may hang on one answer: its part of the form is fetched anew, the rest stays as typed.
  document.addEventListener("change", async (event) => {
    const choice = event.target.closest("select[data-asks-anew]");
    if (!choice) return;
    const answer = await fetch(`?${new URLSearchParams({ [choice.name]: choice.value })}`).catch(() => null);
    if (!answer?.ok) return; // saving asks for what is missing
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.getElementById(choice.id)?.closest("fieldset");
    if (!part || !choice.isConnected) return;
    choice.closest("fieldset").replaceWith(part);
    document.getElementById(choice.id).focus();
  });

  // --- keys ------------------------------------------------------------------------------------------------------------

  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

  function showKeys() {
    document.getElementById("lo-keys")?.showModal?.();
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest?.("form[method=post]");
      const button = form && document.querySelector(`#submit-row button[form="${form.id}"][name=_save]`);
      if (button) button.click();
      else if (form && !form.id) form.requestSubmit();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "?") showKeys();
    if (event.key === "n") document.querySelector("a.addlink")?.click();
  });

  // --- rows in an order of their own ------------------------------------------------------------------------------------
  //
  // The theme drags them; these buttons do the same for keyboard and touch, and a new row is the last one.

  const orderOf = (row, table) => row.querySelector(`input[name$="-${table.dataset.orderingField}"]`);
  const rowsOf = (table) => [...table.querySelectorAll("tbody.form-group:not(.empty-form)")].filter((row) => orderOf(row, table));
  const renumber = (table) => rowsOf(table).forEach((row, place) => { orderOf(row, table).value = place + 1; });

  function moveRow(table, row, by) {
    const rows = rowsOf(table);
    const other = rows[rows.indexOf(row) + by];
    if (!other) return;
    if (by < 0) other.before(row);
    else other.after(row);
    renumber(table);
    row.querySelector(by < 0 ? ".lo-row-up" : ".lo-row-down").focus();
  }

  function addMoves(table, row) {
    const input = orderOf(row, table);
    if (!input || input.type === "hidden" || input.nextElementSibling?.matches(".lo-row-moves")) return;
    const moves = document.createElement("span");
    moves.className = "lo-row-moves";
    const names = document.getElementById("main").dataset;
    for (const [by, name, css, arrow] of [[-1, names.moveUp, "lo-row-up", "↑"], [1, names.moveDown, "lo-row-down", "↓"]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = css;
      button.textContent = arrow;
      button.setAttribute("aria-label", name);
      button.addEventListener("click", () => moveRow(table, row, by));
      moves.append(button);
    }
    input.after(moves);
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const table of document.querySelectorAll("table[data-ordering-field]")) rowsOf(table).forEach((row) => addMoves(table, row));
  });
  document.addEventListener("formset:added", (event) => {
    const row = event.target.closest?.("tbody.form-group");
    const table = row?.closest("table[data-ordering-field]");
    if (!table) return;
    addMoves(table, row);
    orderOf(row, table).value = rowsOf(table).length;
  });

  // --- number formats ----------------------------------------------------------------------------------------------------

  let waiting;
  document.addEventListener("input", (event) => {
    const input = event.target.closest("[data-number-format]");
    if (!input) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => tryFormat(input), 200);
  });

  async function tryFormat(input) {
    const url = new URL(input.dataset.numberUrl, location);
    url.searchParams.set("kind", input.dataset.numberFormat);
    url.searchParams.set("form", input.value);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { example, reason } = await answer.json();
    const place = document.getElementById(`example-${input.dataset.numberFormat}`);
    if (!place) return;
    place.textContent = reason || example;
    place.toggleAttribute("data-bad", Boolean(reason));
    input.setAttribute("aria-invalid", String(Boolean(reason)));
  }
})();
