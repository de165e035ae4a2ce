/* The page of labels: a sheet to point at, and the offsets that go with each size. Without scripts the numbers are typed. */
(() => {
  "use strict";
  const form = document.querySelector("[data-labels]");
  const { shapes, offsets } = JSON.parse(document.getElementById("label-shapes").textContent);
  const sheet = form.querySelector("[data-sheet]");
  const start = form.elements.start;
  const rowOfStart = form.querySelector(".lo-label-start");

  function draw() {
    const [columns, rows] = shapes[form.elements.size.value] ?? [];
    sheet.hidden = rowOfStart.hidden = !columns;
    if (!columns) return;
    const most = columns * rows;
    start.max = most;
    if (Number(start.value) > most) start.value = 1;
    sheet.style.gridTemplateColumns = `repeat(${columns}, 1fr)`;
    sheet.replaceChildren();
    for (let place = 1; place <= most; place += 1) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.free = place >= Number(start.value || 1) ? "yes" : "no";
      button.setAttribute("aria-label", sheet.dataset.place.replace("{n}", place));
      button.setAttribute("aria-pressed", String(place === Number(start.value)));
      button.addEventListener("click", () => {
        start.value = place;
        draw();
        sheet.children[place - 1].focus();
      });
      sheet.append(button);
    }
  }

  form.elements.size.addEventListener("change", () => {
    const [right, down] = offsets[form.elements.size.value] ?? ["0.0", "0.0"];
    form.elements.right.value = right;
    form.elements.down.value = down;
    draw();
  });
  start.addEventListener("input", draw);
  // It opens a tab of its own: this page stays ready for the next print.
  form.addEventListener("submit", () => setTimeout(() => delete form.dataset.sent, 500));
  draw();
})();
