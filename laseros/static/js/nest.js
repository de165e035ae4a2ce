/*
 * Arranging a sheet by hand: pieces are dragged, turned and locked here, and stored by the server, which alone decides
 * whether they may lie there. What it refuses is outlined in red.
 *
 *   <section data-nest data-url data-version data-steps="0,90,180,270"> with the sheet's SVG, <g class="nest-part"
 *   data-index tabindex="0"> for each piece, and <script type="application/json" id="nest-places"> with x_mm, y_mm,
 *   angle_deg, locked of each. In the SVG x goes right and y up, in millimetres.
 */
(() => {
  "use strict";
  const root = document.querySelector("[data-nest]");
  const svg = root?.querySelector("svg");
  if (!svg) return;
  const world = svg.querySelector(":scope > g"); // the one that turns y upwards
  const pieces = [...svg.querySelectorAll(".nest-part")];
  const stored = JSON.parse(document.getElementById("nest-places").textContent);
  let places = structuredClone(stored);
  const steps = root.dataset.steps.split(",").map(Number);
  const tools = root.querySelector("[data-nest-tools]");
  const said = root.querySelector("[data-nest-said]");
  let chosen = null;
  let drag = null;

  tools.hidden = false;
  for (const piece of pieces) {
    // The outline again, on top, to be coloured: what is used from <defs> cannot be styled from here.
    const source = svg.querySelector(piece.querySelector("use").getAttribute("href"));
    const mark = source.querySelector(".nest-outline").cloneNode();
    mark.setAttribute("class", "nest-mark");
    for (const name of ["stroke", "stroke-width", "fill"]) mark.removeAttribute(name);
    piece.append(mark);
  }

  const index = (piece) => Number(piece.dataset.index);
  const round = (value) => Math.round(value * 1000) / 1000;

  function say(text, bad = false) {
    said.textContent = text;
    said.toggleAttribute("data-bad", bad);
  }

  function draw(piece) {
    const place = places[index(piece)];
    piece.setAttribute("transform", `translate(${place.x_mm} ${place.y_mm}) rotate(${place.angle_deg})`);
    piece.toggleAttribute("data-locked", Boolean(place.locked));
  }

  function choose(piece) {
    chosen?.classList.remove("is-chosen");
    chosen = piece;
    piece.classList.add("is-chosen");
  }

  function changed(piece) {
    piece.classList.remove("is-bad");
    draw(piece);
    say(root.dataset.moved);
  }

  function move(piece, dx, dy) {
    const place = places[index(piece)];
    if (place.locked) return;
    place.x_mm = round(place.x_mm + dx);
    place.y_mm = round(place.y_mm + dy);
    changed(piece);
  }

  // Turned about its own middle, so that it stays where it is.
  function turn(piece) {
    const place = places[index(piece)];
    if (place.locked) return;
    const box = svg.querySelector(piece.querySelector("use").getAttribute("href")).getBBox();
    const middle = [box.x + box.width / 2, box.y + box.height / 2];
    const at = (angle) => {
      const a = (angle * Math.PI) / 180;
      return [middle[0] * Math.cos(a) - middle[1] * Math.sin(a), middle[0] * Math.sin(a) + middle[1] * Math.cos(a)];
    };
    const next = steps[(steps.findIndex((step) => Math.abs(step - place.angle_deg) < 0.01) + 1) % steps.length];
    const [x0, y0] = at(place.angle_deg);
    const [x1, y1] = at(next);
    place.angle_deg = next;
    move(piece, x0 - x1, y0 - y1);
  }

  function lock(piece) {
    const place = places[index(piece)];
    place.locked = !place.locked;
    changed(piece);
  }

  function undo() {
    places = structuredClone(stored);
    for (const piece of pieces) {
      piece.classList.remove("is-bad");
      draw(piece);
    }
    say("");
  }

  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

  async function save() {
    let answer;
    try {
      answer = await fetch(root.dataset.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ version: Number(root.dataset.version), places }),
      });
    } catch {
      return say(root.dataset.lost, true);
    }
    if (!answer.ok && answer.status !== 409) return say(root.dataset.lost, true);
    const told = await answer.json();
    const bad = new Set(told.places ?? []);
    for (const piece of pieces) piece.classList.toggle("is-bad", bad.has(index(piece)));
    if (answer.status === 409) return say((told.texts ?? [told.reason]).join(" "), true);
    root.dataset.version = told.version;
    for (const field of document.querySelectorAll("[name=version]")) field.value = told.version;
    stored.splice(0, stored.length, ...structuredClone(places));
    say(root.dataset.saved);
  }

  // --- pointer ---------------------------------------------------------------------------------------------------------

  function point(event) {
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(world.getScreenCTM().inverse());
  }

  svg.addEventListener("pointerdown", (event) => {
    const piece = event.target.closest(".nest-part");
    if (!piece) return;
    choose(piece);
    piece.focus({ preventScroll: true });
    if (places[index(piece)].locked) return;
    drag = { piece, at: point(event) };
    svg.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => {
    if (!drag) return;
    const at = point(event);
    move(drag.piece, at.x - drag.at.x, at.y - drag.at.y);
    drag.at = at;
  });
  for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, () => (drag = null));

  // --- keys and buttons --------------------------------------------------------------------------------------------------

  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  svg.addEventListener("focusin", (event) => {
    const piece = event.target.closest(".nest-part");
    if (piece) choose(piece);
  });
  svg.addEventListener("keydown", (event) => {
    const piece = event.target.closest(".nest-part");
    if (!piece || event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 10 : 1;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (arrows[key]) move(piece, arrows[key][0] * far, arrows[key][1] * far);
    else if (key === "r") turn(piece);
    else if (key === "l") lock(piece);
    else if (key === "Enter") save();
    else if (key === "Escape") undo();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  root.querySelector("[data-nest-turn]").addEventListener("click", () => chosen && turn(chosen));
  root.querySelector("[data-nest-lock]").addEventListener("click", () => chosen && lock(chosen));
  root.querySelector("[data-nest-undo]").addEventListener("click", undo);
  root.querySelector("[data-nest-save]").addEventListener("click", save);
})();
