/*
 * Counting with gloves: − and + beside a number, and good + scrap that stay within the run. The reason is asked for
 * when there is scrap. What is short is what is not good: scrap is made again.
 *
 *   <form data-outcome="20" data-fill-up>       20 pieces; data-fill-up: one more scrap is one good less
 *     <div data-stepper> <button data-step="-1" hidden> <input type="number"> <button data-step="1" hidden>
 *     <p data-short="{count} are short …" hidden>
 *
 * Without scripts the numbers are typed; the server counts again.
 */
(() => {
  "use strict";
  const { fill } = window.laseros;
  const whole = (input) => Math.max(0, Math.trunc(Number(input.value)) || 0);

  function attach(form) {
    const most = Number(form.dataset.outcome);
    const good = form.querySelector("[name=good]");
    const scrap = form.querySelector("[name=scrap]");
    const short = form.querySelector("[data-short]");
    const reason = form.querySelector("[name=reason]");
    const note = form.querySelector("[name=note]");
    reason.closest(".field").querySelector(".field-optional")?.remove();
    let goodIsOurs = "fillUp" in form.dataset; // until somebody counts the good ones themselves

    function show() {
      const missing = most - whole(good);
      short.hidden = missing <= 0;
      short.textContent = fill(short.dataset.short, { count: missing });
      const scrapped = whole(scrap) > 0;
      reason.closest(".field").hidden = !scrapped;
      reason.required = scrapped && !note.value.trim();
    }
    note.addEventListener("input", show);
    scrap.addEventListener("input", () => {
      if (goodIsOurs) good.value = Math.max(0, most - whole(scrap));
      show();
    });
    good.addEventListener("input", () => {
      goodIsOurs = false;
      show();
    });
    for (const button of form.querySelectorAll("[data-step]")) {
      const input = button.closest("[data-stepper]").querySelector("input");
      button.hidden = false;
      button.addEventListener("click", () => {
        input.value = Math.min(most, Math.max(0, whole(input) + Number(button.dataset.step)));
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
    show();
  }

  document.querySelectorAll("[data-outcome]").forEach(attach);

  // A sheet with parts of several jobs: the same in each row, and one reason for all of them.
  function attachSheet(form) {
    const reason = form.querySelector("[name=reason]");
    const note = form.querySelector("[name=note]");
    const scraps = [...form.querySelectorAll("[data-count=scrap]")];
    reason.closest(".field").querySelector(".field-optional")?.remove();

    function show() {
      const scrapped = scraps.some((input) => whole(input) > 0);
      reason.closest(".field").hidden = !scrapped;
      reason.required = scrapped && !note.value.trim();
    }
    note.addEventListener("input", show);
    for (const row of form.querySelectorAll("[data-counts]")) {
      const most = Number(row.dataset.counts);
      const good = row.querySelector("[data-count=good]");
      const scrap = row.querySelector("[data-count=scrap]");
      let goodIsOurs = "fillUp" in form.dataset;
      good.addEventListener("input", () => (goodIsOurs = false));
      scrap.addEventListener("input", () => {
        if (goodIsOurs) good.value = Math.max(0, most - whole(scrap));
        show();
      });
      for (const button of row.querySelectorAll("[data-step]")) {
        const input = button.closest("[data-stepper]").querySelector("input");
        button.hidden = false;
        button.addEventListener("click", () => {
          input.value = Math.min(most, Math.max(0, whole(input) + Number(button.dataset.step)));
          input.dispatchEvent(new Event("input", { bubbles: true }));
        });
      }
    }
    show();
  }

  document.querySelectorAll("[data-sheet-outcome]").forEach(attachSheet);

  // The queue renews itself, but not under a hand that drags or types in it; an open filter stays open.
  let filterWasOpen = false;
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = event.detail;
    if (target.id !== "queue-box" || requestConfig.verb !== "get") return;
    const typing = target.contains(document.activeElement) && document.activeElement.matches("input, select");
    if (typing || target.querySelector(".is-ghost")) event.detail.shouldSwap = false;
    filterWasOpen = target.querySelector(".queue-filter")?.open ?? false;
  });
  document.body.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "queue-box" || !filterWasOpen) return;
    const filter = document.querySelector("#queue-box .queue-filter");
    if (filter) filter.open = true;
  });
})();
