/*
 * The parts table of an enquiry: cells that save themselves, rows that follow while drawings are measured, sort, filter,
 * ranges and columns. Without it the table is a form with buttons. Contract: templates/admin/production/_drawings.html.
 *
 * Keys in the table: up and down go to the same cell of the row above and below, Enter goes down, Space ticks a row,
 * Shift with a tick takes the rows between, Escape clears the filter. A column pasted into a quantity runs downwards.
 */
(() => {
  "use strict";
  const section = () => document.querySelector("[data-parts]");
  const rows = () => [...(section()?.querySelectorAll("tbody tr") ?? [])];
  const shown = () => rows().filter((row) => !row.hidden);
  const box = (row) => row.querySelector("[name=part]");
  let sorted = null; // {key, down}
  let filter = "";
  let last = null; // the row ticked last, for ranges
  let timer = 0;

  // --- the state of the table -------------------------------------------------------------------------------------------

  const value = (row, key) => {
    const cell = { quantity: "quantity", name: "description" }[key];
    const input = cell && row.querySelector(`[name^="${cell}-"]`);
    if (input) return input.value;
    const select = key === "material" && row.querySelector("[name^='item-']");
    return select ? select.selectedOptions[0]?.textContent ?? "" : row.dataset[key] ?? "";
  };

  function order() {
    if (!sorted) return;
    const numeric = ["size", "quantity", "thickness"].includes(sorted.key);
    const compare = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true }).compare;
    const found = rows().map((row) => [value(row, sorted.key), row]);
    found.sort(([a], [b]) => (numeric ? Number(a) - Number(b) : compare(a, b)));
    if (sorted.down) found.reverse();
    section().querySelector("tbody").append(...found.map(([, row]) => row));
    for (const head of section().querySelectorAll("[data-sort]")) {
      if (head.dataset.sort === sorted.key) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
  }

  // What a row says. Every row could be of every material: those not chosen it does not say.
  function said(node) {
    if (node.nodeName === "SELECT") return "";
    return node.firstChild ? [...node.childNodes].map(said).join(" ") : node.textContent;
  }

  function sift() {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    for (const row of rows()) {
      const text = [value(row, "name"), said(row), value(row, "material")].join(" ").toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    const none = section()?.querySelector("[data-parts-none]");
    if (none) none.hidden = !filter || shown().length > 0;
    count();
  }

  function count() {
    const meant = section()?.querySelector("[data-parts-meant]");
    if (!meant) return;
    const ticked = rows().filter((row) => box(row)?.checked).length;
    meant.textContent = (ticked ? meant.dataset.some : meant.dataset.all).replace("{count}", ticked || shown().length);
    const all = section().querySelector("[data-parts-all]");
    const visible = shown();
    all.checked = visible.length > 0 && visible.every((row) => box(row).checked);
    all.indeterminate = !all.checked && ticked > 0;
  }

  function dress() {
    const table = section();
    if (!table) return;
    for (const control of table.querySelectorAll("[data-parts-filter], [data-parts-all]")) control.hidden = false;
    const save = table.querySelector("[data-parts-save]");
    if (save) save.hidden = true; // every cell saves itself
    for (const head of table.querySelectorAll("[data-sort]:not(:has(button))")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
    }
    const search = table.querySelector("[data-parts-filter]");
    if (search && search.value !== filter) search.value = filter;
    order();
    sift();
    clearTimeout(timer);
    if (table.hasAttribute("data-waiting")) timer = setTimeout(follow, 1000);
  }

  // --- following the measurements ---------------------------------------------------------------------------------------

  const parsed = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content.querySelector("[data-parts]");
  };

  /** The rows that waited, again; all of them when parts have come or gone. A row somebody is typing in stays. */
  async function follow() {
    const table = section();
    if (!table) return;
    const waiting = table.dataset.waiting ?? "";
    let answer;
    try {
      answer = await fetch(`${table.dataset.again}?waiting=${waiting}`, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    } catch {
      timer = setTimeout(follow, 3000);
      return;
    }
    const fresh = answer.ok && !answer.redirected ? parsed(await answer.text()) : null;
    if (!fresh || section() !== table) return;
    const known = new Set(rows().map((row) => row.dataset.part));
    const come = (fresh.dataset.waiting ?? "").split(",").filter((pk) => pk && !known.has(pk));
    if (come.length || (fresh.querySelector("tbody") && !table.querySelector("tbody"))) return reload();
    for (const row of fresh.querySelectorAll("tbody tr")) {
      const old = document.getElementById(row.id);
      if (!old || old.contains(document.activeElement)) continue;
      if (box(old)?.checked) box(row).checked = true;
      old.replaceWith(row);
      window.htmx?.process(row);
    }
    document.getElementById("parts-news").replaceWith(fresh.querySelector("#parts-news"));
    if (fresh.hasAttribute("data-waiting")) table.dataset.waiting = fresh.dataset.waiting;
    else if (waiting || known.size === 0) return reload(); // what the names propose is known now
    else table.removeAttribute("data-waiting");
    dress();
  }

  /** The whole table, once nobody types in it. */
  async function reload() {
    const table = section();
    if (!table) return;
    if (table.contains(document.activeElement) && document.activeElement.matches("tbody input, tbody select")) {
      timer = setTimeout(reload, 1000);
      return;
    }
    const ticked = new Set(rows().filter((row) => box(row)?.checked).map((row) => row.dataset.part));
    const answer = await fetch(table.dataset.again, { headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
    const fresh = answer?.ok && !answer.redirected ? parsed(await answer.text()) : null;
    if (!fresh) return;
    table.replaceWith(fresh);
    for (const row of rows()) if (ticked.has(row.dataset.part)) box(row).checked = true;
    window.htmx?.process(fresh);
    dress();
    document.dispatchEvent(new CustomEvent("dropzone:listed"));
  }

  document.addEventListener("dropzone:file", () => {
    clearTimeout(timer);
    timer = setTimeout(reload, 300);
  });
  document.addEventListener("dropzone:file", (event) => {
    if (event.detail.answer?.reload) document.addEventListener("dropzone:done", () => location.reload(), { once: true });
  });
  document.addEventListener("dropzone:done", () => {
    clearTimeout(timer);
    reload();
  });

  // --- saving cells -----------------------------------------------------------------------------------------------------

  async function save(inputs) {
    const form = section()?.querySelector("[data-parts-form]");
    if (!form || !inputs.length) return;
    const body = new FormData();
    body.append("deed", "save");
    body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    for (const input of inputs) body.append(input.name, input.value);
    let answer, said;
    try {
      answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      said = await answer.json();
    } catch {
      said = { reason: document.getElementById("texts")?.dataset.noConnection ?? "" };
    }
    const good = Boolean(answer?.ok && said.states);
    // What an earlier button did or refused is no answer to this.
    for (const old of document.querySelectorAll("#parts-news > :is(.lo-parts-done, [role=alert])")) old.remove();
    for (const input of inputs) {
      input.classList.toggle("is-saved", good);
      input.classList.toggle("is-wrong", !good);
      input.setAttribute("aria-invalid", String(!good));
      input.title = good ? "" : said.reason ?? "";
    }
    let news = section().querySelector("[data-parts-said]");
    if (!news) {
      news = Object.assign(document.createElement("p"), { className: "lo-drawing-bad" });
      news.dataset.partsSaid = "";
      document.getElementById("parts-news").append(news);
    }
    news.textContent = good ? "" : said.reason ?? "";
    for (const [pk, text] of Object.entries(said.states ?? {})) {
      const badge = document.querySelector(`#part-${pk} [data-part-state]`);
      if (badge && badge.textContent !== text) {
        badge.textContent = text;
        badge.className = "lo-state";
      }
    }
  }

  // --- what a hand does -------------------------------------------------------------------------------------------------

  /** The choices are in the page once; a row gets them when somebody reaches for them. */
  function fill(select) {
    if (select.dataset.filled) return;
    select.dataset.filled = "yes";
    const chosen = select.value;
    const all = section().querySelector("[data-parts-materials]");
    const known = [...all.options].some((option) => option.value === chosen);
    const old = known ? [] : [...select.options].filter((option) => option.value === chosen);
    select.replaceChildren(...[...all.options].map((option) => new Option(option.textContent, option.value)), ...old);
    select.value = chosen;
  }

  function beside(target, step) {
    const name = target.name.split("-")[0];
    const visible = shown();
    const next = visible[visible.indexOf(target.closest("tr")) + step];
    const cell = next?.querySelector(name === "part" ? "[name=part]" : `[name^="${name}-"]`);
    cell?.focus();
    if (cell?.matches("input:not([type=checkbox])")) cell.select();
    return Boolean(cell);
  }

  document.addEventListener("focusin", (event) => event.target.matches?.("[data-parts-material]") && fill(event.target));
  document.addEventListener("pointerdown", (event) => event.target.matches?.("[data-parts-material]") && fill(event.target));

  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("[data-parts-filter]")) return;
    filter = event.target.value;
    sift();
  });

  document.addEventListener("change", (event) => {
    const target = event.target;
    if (!section()?.contains(target)) return;
    if (target.matches("[data-parts-all]")) {
      for (const row of shown()) box(row).checked = target.checked;
      count();
    } else if (target.name === "part") {
      count();
    } else if (target.closest("tbody")) {
      save([target]);
    }
  });

  document.addEventListener("click", (event) => {
    const head = event.target.closest?.("[data-parts] [data-sort] button")?.parentNode;
    if (head) {
      sorted = { key: head.dataset.sort, down: sorted?.key === head.dataset.sort && !sorted.down };
      order();
    }
    if (event.target.name === "part" && section()?.contains(event.target)) {
      const row = event.target.closest("tr");
      const visible = shown();
      if (event.shiftKey && last && visible.includes(last)) {
        const [from, to] = [visible.indexOf(last), visible.indexOf(row)].sort((a, b) => a - b);
        for (const between of visible.slice(from, to + 1)) box(between).checked = event.target.checked;
        count();
      }
      last = row;
    }
  });

  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (!section()?.contains(target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (target.matches("[data-parts-filter]")) {
      if (event.key === "Escape") {
        target.value = filter = "";
        sift();
      }
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    if (!target.closest("tbody") || !target.name) return;
    const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
    if (!step || target.matches("button") || (target.matches("select") && event.key !== "Enter")) return;
    event.preventDefault(); // Enter in a cell goes down; it is no button of the form
    if (!beside(target, step)) target.blur();
  });

  document.addEventListener("paste", (event) => {
    const target = event.target;
    if (!target.matches?.("tbody [data-column=quantity]") || !section()?.contains(target)) return;
    const lines = event.clipboardData.getData("text").replace(/\r\n?/g, "\n").replace(/\n+$/, "").split("\n");
    if (lines.length < 2) return;
    event.preventDefault();
    const visible = shown();
    const from = visible.indexOf(target.closest("tr"));
    const cells = visible.slice(from, from + lines.length).map((row) => row.querySelector("[name^='quantity-']"));
    cells.forEach((cell, index) => {
      cell.value = lines[index].split("\t")[0].trim().replace(/(\d)[\s\u00a0\u202f'](?=\d{3})/g, "$1");
    });
    save(cells);
  });

  // Without a tick the rows that are shown are meant, in the order they are shown.
  function name(parameters) {
    if (rows().some((row) => box(row)?.checked)) return;
    parameters.append("shown", shown().map((row) => row.dataset.part).join(","));
  }
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target.matches?.("[data-parts-form]")) name(event.detail.formData);
  });
  document.addEventListener("formdata", (event) => event.target.matches?.("[data-parts-form]") && name(event.formData));
  document.addEventListener("htmx:afterSettle", () => dress());
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", dress);
  else dress();
})();
