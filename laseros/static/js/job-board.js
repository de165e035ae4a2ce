/*
 * Cards drawn from column to column. A drop presses the button that is on the card anyway, in its menu "Move"; a column
 * for which there is none does not take the card.
 */
(() => {
  "use strict";
  const columns = [...document.querySelectorAll("[data-column]")];
  let card = null;

  const button = (column) => {
    const buttons = [...card.querySelectorAll("button[data-to]")];
    const there = buttons.find((button) => button.dataset.to === column.dataset.column);
    return there ?? (column === columns.at(-1) ? card.querySelector("button[data-to-end]") : null);
  };

  document.addEventListener("dragstart", (event) => {
    card = event.target.closest?.(".jobs-card[draggable]");
    if (!card) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.job);
    for (const column of columns) column.classList.toggle("takes", Boolean(button(column)));
  });
  document.addEventListener("dragend", () => {
    for (const column of columns) column.classList.remove("takes", "is-over");
    card = null;
  });
  for (const column of columns) {
    column.addEventListener("dragover", (event) => {
      if (!card || !button(column)) return;
      event.preventDefault();
      column.classList.add("is-over");
    });
    column.addEventListener("dragleave", () => column.classList.remove("is-over"));
    column.addEventListener("drop", (event) => {
      const pressed = card && button(column);
      if (!pressed) return;
      event.preventDefault();
      pressed.form.requestSubmit(pressed);
    });
  }
})();
