/*
 * From codes to cards, and from cards to what stands on the page. Numbers are strings as the server writes them.
 *
 *   scanCards.read(text)                       {code, kind, slug} as `inventory.scanning.codes` reads it
 *   scanCards.find(known, spoken)              the card of it among what the device keeps, or null
 *   scanCards.head(card), .facts(card)         pieces of the page
 */
(() => {
  "use strict";
  const KINDS = { l: "lot", i: "item", p: "place", m: "machine", j: "job", b: "badge", a: "action" };
  const AS_GERMAN = { Ö: ":", ö: ";", "-": "/", _: "?", ß: "-", Y: "Z", Z: "Y", y: "z", z: "y" };
  const words = () => document.getElementById("scan-texts").dataset;
  // The page is nobody's: how numbers are written comes with whoever is logged in.
  let format = new Intl.NumberFormat(document.documentElement.lang || undefined, { maximumFractionDigits: 3 });
  const speak = (locale) => (format = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 }));
  const number = (value) => format.format(Number(value));

  function read(text) {
    let said = String(text ?? "").slice(0, 300).replace(/[\u0000-\u001f\u007f]/g, "").trim().replace(/^\][A-Za-z]\d/, "");
    if (/^https?[Öö](--|__)/i.test(said)) said = [...said].map((letter) => AS_GERMAN[letter] ?? letter).join("");
    if (!said) return null;
    const found = said.match(/\/q\/([\w-]+)\/([lipmjba])\/([^/?#]+)/i);
    if (found) {
      let code = found[3];
      try {
        code = decodeURIComponent(code);
      } catch {
        /* not an address of ours after all: looked up as it is */
      }
      return { code, kind: KINDS[found[2].toLowerCase()], slug: found[1].toLowerCase() };
    }
    const operation = said.match(/\/floor\/operations\/(\d+)/i);
    if (operation) return { code: operation[1], kind: "operation", slug: "" };
    return { code: said, kind: "", slug: "" };
  }

  const same = (code) => (card) => card.code.toLowerCase() === code.toLowerCase();

  function find(known, { code, kind }) {
    if (!known) return null;
    for (const [sort, cards] of [["lot", known.lots], ["item", known.items], ["place", known.places], ["job", known.jobs ?? []]]) {
      if (kind && kind !== sort) continue;
      const card = cards.find(same(code));
      if (card) return withContent(known, card);
    }
    return null;
  }

  function withContent(known, card) {
    if (card.kind === "item") return { ...card, lots: known.lots.filter((lot) => lot.item === card.code) };
    if (card.kind !== "place") return card;
    const inside = [];
    for (const item of known.items) {
      const here = item.places.find((place) => place.code === card.code);
      const lots = known.lots.filter((lot) => lot.item === item.code && lot.place === card.code);
      const loose = here ? Number(here.quantity) - lots.reduce((sum, lot) => sum + Number(lot.quantity), 0) : 0;
      if (loose > 0.0005) inside.push({ ...item, quantity: String(Math.round(loose * 1000) / 1000) });
    }
    return { ...card, inside, lots: known.lots.filter((lot) => lot.place === card.code) };
  }

  // --- pieces of the page --------------------------------------------------------------------------------------------

  /* h("p.quiet", {hidden: true}, "text", child): an element. Text is text, never markup. */
  function h(name, attributes = {}, ...children) {
    const [tag, ...classes] = name.split(".");
    const element = document.createElement(tag);
    if (classes.length) element.className = classes.join(" ");
    for (const [key, value] of Object.entries(attributes)) {
      if (key === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
      else if (key === "for") element.htmlFor = value;
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("width", "20");
    svg.setAttribute("height", "20");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("focusable", "false");
    use.setAttribute("href", `${words().icons}#${name}`);
    svg.append(use);
    return svg;
  }

  const button = (css, symbol, label, act, attributes = {}) =>
    h(`button.btn${css}`, { type: "button", ...attributes, on: { click: act } }, icon(symbol), h("span", {}, label));

  function swatch(colours) {
    if (!colours?.length) return null;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "scan-swatch");
    svg.setAttribute("viewBox", `0 0 ${colours.length} 1`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("aria-hidden", "true");
    colours.forEach((colour, index) => {
      const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      for (const [name, value] of Object.entries({ x: index, y: 0, width: 1, height: 1, fill: colour })) rect.setAttribute(name, value);
      svg.append(rect);
    });
    return svg;
  }

  function head(card) {
    return h(
      "header.scan-head",
      {},
      swatch(card.colours),
      h("div", {}, h("h2.scan-code", {}, card.code ?? ""), h("p", {}, card.title ?? ""), card.facts ? h("p.quiet", {}, card.facts) : null),
    );
  }

  const unitOf = (card, count) => (Math.abs(Number(count)) === 1 ? card.unit_one : card.unit) ?? "";
  const amount = (card, count = card.quantity) => `${number(count)} ${unitOf(card, count)}`;

  function facts(card) {
    const rows = [];
    if (card.quantity !== undefined) rows.push([words().there, card.percent !== undefined && card.sort === "spool" ? `${amount(card)} · ${card.percent} %` : amount(card)]);
    if (card.place) rows.push([words().place, card.place_name || card.place]);
    if (card.owner) rows.push([words().owner, card.owner]);
    if (card.free !== undefined) rows.push([words().free, amount(card, card.free)]);
    return rows.length ? h("dl.facts", {}, ...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))) : null;
  }

  /* What lies at a place, or where an item lies: lines that can be pressed. */
  function list(rows, act) {
    return h(
      "ul.scan-list",
      {},
      ...rows.map((row) =>
        h("li", {}, h("button.scan-line", { type: "button", on: { click: () => act(row.act) } }, swatch(row.colours), h("span.scan-line-main", {}, h("strong", {}, row.code), row.title ? h("span.quiet", {}, row.title) : null), h("span.scan-line-end", {}, row.end ?? ""))),
      ),
    );
  }

  window.scanCards = { read, find, h, icon, button, head, facts, list, amount, number, speak };
})();
