/*
 * Looks at a drawing closely. The server made the picture: here it is only moved, and measured on.
 *
 *   [data-drawing-viewer]              one viewer: templates/components/drawing_viewer.html
 *     [data-stage] > svg | img[data-viewer-src]   an img is replaced by the drawing it shows
 *     [data-zoom=in|out|fit] [data-measure] [data-pins] [data-said]
 *   [data-viewer-layer="2"]            a checkbox anywhere on the page: shows the paths of that layer
 *   a[href="#defect-3"]                goes to that mark; a mark goes to the element with data-defect="3"
 *   a[data-drawing-window]             opens the picture it leads to in a window with a viewer (<template data-viewer>)
 *
 * Wheel or pinch zooms, dragging pans; + − 0, arrows and M do it from the keyboard. Measuring snaps to ends, middles
 * and centres. Lengths are those of the SVG, which are millimetres.
 */
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const SNAP_PX = 14;
  const CLOSEST = 2000;
  const PIN_PX = 1.5; // pixels for one unit of a mark

  const make = (name, attributes) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };

  /** Only shapes and words: whatever else a picture might hold stays behind. */
  function clean(root) {
    const allowed = new Set(["svg", "g", "path", "circle", "text", "title", "desc"]);
    for (const node of [...root.querySelectorAll("*")]) {
      if (!allowed.has(node.localName)) node.remove();
      else for (const { name } of [...node.attributes]) if (/^(on|style$|href$|xlink:)/i.test(name)) node.removeAttribute(name);
    }
    return root;
  }

  async function fetched(image) {
    const answer = await fetch(image.dataset.viewerSrc, { credentials: "same-origin" });
    if (!answer.ok) throw new Error(answer.status);
    // The picture's own style is for whoever opens it alone; the page's policy would refuse it, and say so.
    const text = (await answer.text()).replace(/<style[\s\S]*?<\/style>/g, "");
    const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
    if (parsed.documentElement.localName !== "svg") throw new Error("no drawing");
    const svg = document.importNode(clean(parsed.documentElement), true);
    svg.removeAttribute("width");
    svg.removeAttribute("height");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", image.alt);
    return svg;
  }

  /** Ends, middles and centres of everything drawn: [x, y, …]. */
  function snapPoints(svg) {
    const points = [];
    for (const path of svg.querySelectorAll('path[class^="dxf-"]:not(.dxf-part, .dxf-size, [display="none"])')) {
      let x = 0, y = 0;
      for (const [, letter, rest] of path.getAttribute("d").matchAll(/([MLAHVZ])([^MLAHVZ]*)/g)) {
        const n = rest.trim().split(/[\s,]+/).map(Number);
        if (letter === "M") points.push((x = n[0]), (y = n[1]));
        else if (letter === "L") {
          points.push((x + n[0]) / 2, (y + n[1]) / 2, n[0], n[1]);
          [x, y] = n;
        } else if (letter === "A") {
          points.push(...centre(x, y, n), n[5], n[6]);
          [x, y] = [n[5], n[6]];
        }
      }
    }
    return points;
  }

  function centre(x0, y0, [r, , , large, sweep, x1, y1]) {
    const dx = x1 - x0, dy = y1 - y0, chord = Math.hypot(dx, dy);
    if (!chord) return [x0, y0];
    const height = Math.sqrt(Math.max(0, r * r - (chord * chord) / 4)) * (large === sweep ? -1 : 1);
    return [(x0 + x1) / 2 - (height * dy) / chord, (y0 + y1) / 2 + (height * dx) / chord];
  }

  class Viewer {
    constructor(element, svg) {
      this.element = element;
      this.svg = svg;
      this.home = svg.getAttribute("viewBox").split(/\s+/).map(Number);
      this.view = [...this.home];
      this.pins = [...svg.querySelectorAll(".dxf-pin")];
      this.said = element.querySelector("[data-said]");
      this.pointers = new Map();
      this.ends = [];
      svg.setAttribute("tabindex", "0");
      element.dataset.live = "";
      element.querySelector("[data-tools]").hidden = false;
      this.listen();
      this.show();
    }

    listen() {
      const { element, svg } = this;
      svg.addEventListener("wheel", (event) => {
        event.preventDefault();
        this.zoom(Math.exp(-Math.max(-100, Math.min(100, event.deltaY)) * 0.004), this.at(event));
      }, { passive: false });
      svg.addEventListener("pointerdown", (event) => this.down(event));
      svg.addEventListener("pointermove", (event) => this.move(event));
      for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, (event) => this.up(event));
      svg.addEventListener("keydown", (event) => this.key(event));
      svg.addEventListener("dblclick", (event) => this.measuring || this.zoom(2, this.at(event)));
      element.addEventListener("click", (event) => this.press(event.target.closest("button")));
      window.addEventListener("resize", () => this.show());
    }

    press(button) {
      if (!button) return;
      if (button.dataset.zoom === "fit") this.fit();
      else if (button.dataset.zoom) this.zoom(button.dataset.zoom === "in" ? 1.6 : 1 / 1.6);
      else if ("measure" in button.dataset) this.measure(!this.measuring);
      else if ("pins" in button.dataset) {
        const shown = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", shown);
        this.svg.querySelector(".dxf-pins")?.setAttribute("display", shown ? "inline" : "none");
      }
    }

    /* --- where we look --------------------------------------------------------------------------------------- */

    get scale() { // pixels per millimetre
      const box = this.svg.getBoundingClientRect();
      return Math.min(box.width / this.view[2], box.height / this.view[3]) || 1;
    }

    at(event) {
      const place = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
      return [place.x, place.y];
    }

    zoom(factor, about) {
      const [x, y, w, h] = this.view;
      const [ax, ay] = about || [x + w / 2, y + h / 2];
      const width = Math.min(this.home[2] * 1.5, Math.max(this.home[2] / CLOSEST, w / factor));
      const real = width / w;
      this.view = [ax - (ax - x) * real, ay - (ay - y) * real, width, h * real];
      this.show();
    }

    pan(dx, dy) {
      this.view[0] -= dx;
      this.view[1] -= dy;
      this.show();
    }

    fit() {
      this.view = [...this.home];
      this.show();
    }

    show() {
      const [hx, hy, hw, hh] = this.home;
      this.view[0] = Math.min(hx + hw, Math.max(hx - this.view[2], this.view[0]));
      this.view[1] = Math.min(hy + hh, Math.max(hy - this.view[3], this.view[1]));
      this.svg.setAttribute("viewBox", this.view.join(" "));
      this.element.toggleAttribute("data-close", this.view[2] < this.home[2] * 0.99);
      const size = PIN_PX / this.scale;
      for (const pin of this.pins) {
        const large = pin.classList.contains("is-chosen") ? 1.4 * size : size;
        pin.setAttribute("transform", `translate(${pin.dataset.x} ${pin.dataset.y}) scale(${large})`);
      }
      this.drawRuler();
    }

    /** Bring a mark to the middle, close enough to see what it is about. */
    choose(number, { look = true } = {}) {
      for (const pin of this.pins) pin.classList.toggle("is-chosen", pin.id === `defect-${number}`);
      for (const item of document.querySelectorAll("[data-defect]")) item.classList.toggle("is-chosen", item.dataset.defect === String(number));
      const pin = this.pins.find((one) => one.id === `defect-${number}`);
      if (pin && look) {
        const width = Math.min(this.view[2], this.home[2] / 4), height = (width * this.home[3]) / this.home[2];
        this.view = [pin.dataset.x - width / 2, pin.dataset.y - height / 2, width, height];
      }
      if (pin) pin.parentNode.append(pin); // above the others
      this.show();
      return pin;
    }

    /* --- fingers and keys ------------------------------------------------------------------------------------ */

    down(event) {
      this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
      this.moved = this.pointers.size > 1;
      this.pressed = event.target.closest(".dxf-pin");
      if (event.pointerType !== "touch" || this.element.hasAttribute("data-close") || this.pointers.size > 1) this.svg.setPointerCapture(event.pointerId);
    }

    move(event) {
      const before = this.pointers.get(event.pointerId);
      if (!before) {
        if (this.measuring) this.drawRuler(this.snapped(event));
        return;
      }
      const now = [event.clientX, event.clientY];
      if (Math.hypot(now[0] - before[0], now[1] - before[1]) < (this.moved ? 0.5 : 4)) return;
      this.moved = true;
      this.element.toggleAttribute("data-panning", true);
      const spread = this.spread();
      this.pointers.set(event.pointerId, now);
      if (this.pointers.size === 1) this.pan((now[0] - before[0]) / this.scale, (now[1] - before[1]) / this.scale);
      else this.zoom(this.spread() / spread, this.middle());
    }

    spread() {
      const [one, other] = [...this.pointers.values()];
      return other ? Math.max(1, Math.hypot(one[0] - other[0], one[1] - other[1])) : 1;
    }

    middle() {
      const all = [...this.pointers.values()];
      const mean = (axis) => all.reduce((sum, place) => sum + place[axis], 0) / all.length;
      return this.at({ clientX: mean(0), clientY: mean(1) });
    }

    up(event) {
      if (!this.pointers.delete(event.pointerId)) return;
      if (!this.pointers.size) this.element.removeAttribute("data-panning");
      if (this.moved || event.type === "pointercancel") return;
      if (this.measuring) this.place(this.snapped(event));
      else if (this.pressed) {
        const number = this.pressed.id.replace("defect-", "");
        this.choose(number, { look: false });
        document.querySelector(`[data-defect="${CSS.escape(number)}"]`)?.scrollIntoView({ block: "nearest", behavior: "smooth" });
      }
    }

    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const step = this.view[2] / 8;
      const deeds = {
        "+": () => this.zoom(1.6), "=": () => this.zoom(1.6), "-": () => this.zoom(1 / 1.6), 0: () => this.fit(),
        m: () => this.measure(!this.measuring), Escape: () => this.measuring && this.measure(false),
        ArrowLeft: () => this.pan(step, 0), ArrowRight: () => this.pan(-step, 0), ArrowUp: () => this.pan(0, step), ArrowDown: () => this.pan(0, -step),
      };
      if (!Object.hasOwn(deeds, event.key) || (event.key === "Escape" && !this.measuring)) return;
      event.preventDefault();
      event.stopPropagation();
      deeds[event.key]();
    }

    /* --- measuring ------------------------------------------------------------------------------------------- */

    measure(on) {
      this.measuring = on;
      this.ends = [];
      this.points = on ? snapPoints(this.svg) : null;
      this.element.toggleAttribute("data-measuring", on);
      this.element.querySelector("[data-measure]").setAttribute("aria-pressed", on);
      this.said.textContent = on ? this.element.dataset.textFirst : "";
      this.drawRuler();
    }

    snapped(event) {
      const [x, y] = this.at(event);
      let best = (SNAP_PX / this.scale) ** 2, found = [x, y];
      const points = this.points || [];
      for (let i = 0; i < points.length; i += 2) {
        const distance = (points[i] - x) ** 2 + (points[i + 1] - y) ** 2;
        if (distance < best) [best, found] = [distance, [points[i], points[i + 1]]];
      }
      return found;
    }

    place(point) {
      if (this.ends.length === 2) this.ends = [];
      this.ends.push(point);
      if (this.ends.length === 1) this.said.textContent = this.element.dataset.textSecond;
      this.drawRuler();
    }

    drawRuler(hover) {
      this.svg.querySelector(".dxf-rule")?.remove();
      if (!this.measuring) return;
      const ends = this.ends.length === 1 && hover ? [...this.ends, hover] : this.ends.length ? this.ends : hover ? [hover] : [];
      const group = make("g", { class: "dxf-rule" });
      if (ends.length === 2) {
        group.append(make("path", { class: "dxf-ruler", d: `M${ends[0].join(" ")}L${ends[1].join(" ")}` }));
        this.say(...ends);
      }
      for (const [x, y] of ends) group.append(make("circle", { class: "dxf-snap", cx: x, cy: y, r: 4 / this.scale }));
      this.svg.append(group);
    }

    say([x0, y0], [x1, y1]) {
      const show = (value) => value.toFixed(2).replace(".", this.element.dataset.decimal || ".");
      const values = { length: show(Math.hypot(x1 - x0, y1 - y0)), x: show(Math.abs(x1 - x0)), y: show(Math.abs(y1 - y0)) };
      this.said.textContent = this.element.dataset.textDistance.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
    }
  }

  /* --- the page ------------------------------------------------------------------------------------------------ */

  const viewers = new WeakMap();

  async function attach(element) {
    if (viewers.has(element)) return;
    viewers.set(element, null);
    const image = element.querySelector("img[data-viewer-src]");
    try {
      if (image) image.replaceWith(await fetched(image));
    } catch {
      return; // the picture stays, and is a picture
    }
    const svg = element.querySelector("[data-stage] svg");
    if (svg) viewers.set(element, new Viewer(element, svg));
    for (const box of document.querySelectorAll("[data-viewer-layer]")) layer(box);
    follow();
  }

  function attachAll(root) {
    if (root.matches?.("[data-drawing-viewer]")) attach(root);
    for (const element of root.querySelectorAll?.("[data-drawing-viewer]") ?? []) attach(element);
  }

  const first = () => viewers.get(document.querySelector("[data-drawing-viewer]"));

  function layer(box) {
    box.hidden = box.disabled = false;
    for (const path of document.querySelectorAll(`.drawing-viewer [data-layer="${CSS.escape(box.dataset.viewerLayer)}"]`)) path.setAttribute("display", box.checked ? "inline" : "none");
  }

  function follow() {
    const number = /^#defect-(\d+)$/.exec(location.hash)?.[1];
    if (number) first()?.choose(number);
  }

  function openWindow(link) {
    const template = document.querySelector("template[data-viewer]");
    if (!template) return false;
    const dialog = document.createElement("dialog");
    dialog.className = "drawing-window";
    dialog.append(template.content.cloneNode(true));
    const image = dialog.querySelector("img");
    image.src = image.dataset.viewerSrc = link.href;
    image.alt = link.querySelector("img")?.alt ?? "";
    dialog.setAttribute("aria-label", image.alt);
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest("[data-close-window]")) dialog.close();
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    attachAll(dialog);
    return true;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("[data-viewer-layer]")) layer(event.target);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#defect-"]');
    if (link && first()?.choose(link.hash.replace("#defect-", ""))) {
      event.preventDefault();
      history.replaceState(null, "", link.hash);
      document.querySelector("[data-drawing-viewer]").scrollIntoView({ block: "nearest", behavior: "smooth" });
    }
    const picture = event.target.closest?.("a[data-drawing-window]");
    if (picture && !event.ctrlKey && !event.metaKey && !event.shiftKey && openWindow(picture)) event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", (event) => attachAll(event.target.parentElement ?? document));
  const begin = () => attachAll(document);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();
