/*
 * The page of the scanner: scan, see, type, saved. Every deed becomes an event on the device first and is sent from there,
 * so it is the same with a network and without one.
 */
(() => {
  "use strict";
  const { h, icon, button, head, facts, list, amount, number, read, find } = window.scanCards;
  const store = window.scanStore;
  const sending = window.scanSending;
  const root = document.getElementById("scanner");
  const words = document.getElementById("scan-texts").dataset;
  const { fill } = window.laseros;
  const place = (name) => document.getElementById(`scan-${name}`);
  const field = place("code");
  const UNDO_MS = Number(root.dataset.undoSeconds) * 1000;
  const PATIENCE = 2500;
  const KNOWN_EVERY = 5 * 60 * 1000;
  let known = null;
  let mode = "one"; // "one", "many" (weigh one after the other), "count"
  let counting = null; // the stock count with its lines
  let here = ""; // the place scanned last while counting
  let moving = null; // what waits for its place: a lot, or {card, from, amount} of what lies loose
  let log = []; // what was done on this page: {event, text, state, reason}

  const owner = () => store.ownerOf(sending.status.me);
  const said = (sentence, tone = "info") => {
    place("said").replaceChildren(sentence ? h(`div.notice.notice-${tone}`, { role: tone === "error" ? "alert" : "status" }, icon(tone === "error" ? "alert-circle" : tone === "success" ? "circle-check" : "info-circle"), h("p", {}, sentence)) : "");
  };
  const show = (...pieces) => place("card").replaceChildren(...pieces.filter(Boolean));
  const parse = (text) => {
    const plain = String(text).replace(/[\s\u00a0\u202f']/g, "");
    const value = plain.includes(",") && plain.includes(".") ? plain.replace(plain.lastIndexOf(",") > plain.lastIndexOf(".") ? /\./g : /,/g, "") : plain;
    const found = value.replace(",", ".");
    return /^\d{1,9}(\.\d{1,3})?$|^\.\d{1,3}$/.test(found) ? Number(found) : null;
  };
  const wire = (value) => String(Math.round(value * 1000) / 1000);

  // --- what a code means ---------------------------------------------------------------------------------------------

  async function meaning(text) {
    const spoken = read(text);
    if (!spoken) return { kind: "none", reason: words.nothing };
    if (spoken.slug && spoken.slug !== sending.status.me.slug && sending.status.state === "offline") return { kind: "none", reason: words.elsewhere };
    if (sending.status.state !== "offline") {
      try {
        const response = await fetch(`${root.dataset.look}?code=${encodeURIComponent(text)}`, { credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
        if (response.redirected) {
          location.assign(`${root.dataset.login}?next=${encodeURIComponent(location.pathname)}`);
          return null;
        }
        if (response.ok) return await response.json();
      } catch {
        sending.status.state = "offline";
        sending.count();
      }
    }
    const card = find(known, spoken);
    if (card) return card;
    if (["machine", "operation", "job", "badge", "action"].includes(spoken.kind)) return { kind: "none", reason: words.needsNetwork };
    if (spoken.slug && spoken.slug !== sending.status.me.slug) return { kind: "none", reason: words.elsewhere };
    // Perhaps it came in after the network went: it may be weighed and carried, and is checked when it is sent.
    return { kind: "lot", code: spoken.code, title: words.unknownHere, strange: true, there: true, grams: "1", tare: "0" };
  }

  let turn = 0;
  async function scanned(text) {
    const mine = ++turn;
    navigator.vibrate?.(60);
    field.value = "";
    said("");
    const card = await meaning(text);
    if (mine !== turn || !card) return; // something else was scanned meanwhile
    if (moving) return carried(card);
    if (card.kind === "none") return refused(card);
    if (card.kind === "go") return void location.assign(card.url);
    if (card.kind === "job") return jobCard(card);
    if (mode === "count") return countThis(card);
    show();
    if (card.kind === "lot") lotCard(card);
    else if (card.kind === "item") itemCard(card);
    else placeCard(card);
    place("card").scrollIntoView({ block: "nearest" });
  }

  function refused(card) {
    navigator.vibrate?.([60, 60, 60]);
    show();
    said(card.reason, "error");
    if (card.switch) show(h("form", { method: "post", action: root.dataset.switch }, h("input", { type: "hidden", name: "csrfmiddlewaretoken", value: sending.status.me.csrf }), h("input", { type: "hidden", name: "workspace", value: card.switch }), h("input", { type: "hidden", name: "next", value: location.pathname }), h("button.btn.btn-wide", {}, icon("switch-horizontal"), h("span", {}, words.switchThere))));
  }

  // --- saving --------------------------------------------------------------------------------------------------------

  const newId = () => {
    if (crypto.randomUUID) return crypto.randomUUID();
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  async function save(kind, code, data, text) {
    const event = { owner: owner(), id: newId(), kind, code, data, at: new Date().toISOString(), tried: false };
    try {
      event.seq = await store.add(event);
    } catch {
      said(words.notKept, "error");
      return null;
    }
    if (kind !== "undo") log = [{ event, text, state: "waiting", reason: "" }, ...log].slice(0, 8);
    showLog();
    window.laseros.announce(text);
    sending.go();
    return event;
  }

  async function done(kind, card, data, text) {
    if (!(await save(kind, card.code, data, text))) return;
    keepInMind(kind, card, data);
    show();
    said(text, "success");
    document.activeElement?.blur?.();
    if (mode === "count") showCount();
  }

  /* The device's own copy says what was just done, until the server's does. */
  function keepInMind(kind, card, data) {
    if (kind === "reach") {
      card.milestones = card.milestones.filter((each) => each.pk !== data.milestone);
      return store.set(`known:${owner()}`, known);
    }
    if (kind === "move" && data.quantity) return carriedInMind(card, data);
    const lot = known?.lots.find((each) => each.code === card.code);
    if (!lot) return;
    if (kind === "weigh" && lot.grams) lot.quantity = wire((parse(data.gross_g) - Number(data.tare_g ?? lot.tare ?? 0)) / Number(lot.grams));
    if (kind === "move") {
      const target = known.places.find((each) => each.code === data.place);
      [lot.place, lot.place_name] = [data.place, target?.title ?? data.place];
    }
    if (kind === "open") lot.opened = true;
    if (kind === "use_up") known.lots = known.lots.filter((each) => each !== lot);
    store.set(`known:${owner()}`, known);
  }

  function carriedInMind(card, data) {
    const item = known?.items.find((each) => each.code === card.code);
    const target = known?.places.find((each) => each.code === data.place);
    if (!item || !target) return;
    if (!item.places.some((each) => each.code === data.place)) item.places.push({ code: target.code, name: target.title, quantity: "0", loose: "0" });
    for (const each of item.places) {
      const change = each.code === data.place ? Number(data.quantity) : each.code === data.from ? -Number(data.quantity) : 0;
      for (const name of ["quantity", "loose"]) each[name] = wire(Number(each[name]) + change);
    }
    item.places = item.places.filter((each) => Number(each.quantity) > 0);
    store.set(`known:${owner()}`, known);
  }

  async function undo(entry) {
    const kept = (await store.of(owner())).find((event) => event.id === entry.event.id);
    if (kept && !kept.tried && kept.seq) {
      await store.remove(kept.seq);
      entry.state = "undone";
      await sending.count();
    } else {
      entry.state = "undoing";
      const event = await save("undo", entry.event.code, { of: entry.event.id }, words.takenBack);
      if (event) entry.undo = event.id;
    }
    said(words.takenBack, "success");
    showLog();
    loadKnown(true);
  }

  function answered(event, answer) {
    const entry = log.find((each) => each.event.id === event.id || each.undo === event.id);
    if (entry) {
      const good = ["done", "already"].includes(answer.answer);
      if (event.kind === "undo") entry.state = good ? "undone" : "done";
      else entry.state = good ? "done" : "conflict";
      entry.reason = answer.reason;
    }
    if (!["done", "already"].includes(answer.answer)) {
      navigator.vibrate?.([60, 60, 60]);
      said(`${event.code}: ${answer.reason}`, "error");
    }
    showLog();
  }

  const LOOKS = { waiting: ["hourglass", "wait"], done: ["circle-check", "good"], conflict: ["alert-triangle", "bad"], undone: ["arrow-back-up", "off"], undoing: ["hourglass", "wait"] };

  function showLog() {
    const rows = log.map((entry) => {
      const [symbol, tone] = LOOKS[entry.state];
      const left = UNDO_MS - (Date.now() - new Date(entry.event.at).getTime());
      const open = left > 0 && ["waiting", "done"].includes(entry.state);
      return h(
        "li.scan-entry",
        {},
        h(`span.state.state-${tone}`, {}, icon(symbol), h("span", {}, words[`state${entry.state[0].toUpperCase()}${entry.state.slice(1)}`])),
        h("span.scan-entry-text", {}, h("strong", {}, entry.event.code), ` ${entry.text}`, entry.reason ? h("span.scan-why", {}, entry.reason) : null),
        open ? button(".scan-undo", "arrow-back-up", words.undo, () => undo(entry), { "aria-label": `${words.undo}: ${entry.event.code} ${entry.text}` }) : null,
      );
    });
    place("log").replaceChildren(...rows);
  }
  setInterval(() => log.length && !place("log").contains(document.activeElement) && showLog(), 5000);

  // --- a job, without a network: the page of it does more -------------------------------------------------------------

  function jobCard(card) {
    const [next] = card.milestones;
    if (!next) return show(head(card), h("p.notice.notice-success", {}, icon("circle-check"), h("span", {}, words.everyReached)));
    if (!canScan()) return show(head(card));
    const reach = () => done("reach", card, { milestone: next.pk }, fill(words.reached, { name: next.name }));
    show(head(card), h("div.scan-deeds", {}, button(".btn-primary.btn-huge.btn-wide", "check", next.name, reach)));
  }

  // --- a lot ---------------------------------------------------------------------------------------------------------

  function lotCard(card) {
    if (!card.there) return show(head(card), h("p.notice.notice-warning", {}, icon("alert-triangle"), h("span", {}, fill(words.gone, { state: card.state_name }))));
    if (!canScan()) return show(head(card), facts(card));
    if (card.grams) return weighing(card);
    if (mode === "many") return said(words.notWeighed, "error");
    show(head(card), facts(card), deeds(card));
  }

  function deeds(card) {
    const can = [];
    can.push(button("", "map-pin", words.move, () => askPlace(card)));
    if (!card.opened && !card.strange && card.sort !== "remnant") can.push(button("", "package", words.open, () => done("open", card, {}, words.opened)));
    can.push(button("", "package-off", words.useUp, () => askUsedUp(card)));
    if (!card.strange) can.push(button("", "clipboard-list", words.count, () => counted(card, null)));
    if (card.pk && sending.status.state !== "offline") can.push(h("a.btn", { href: root.dataset.label.replace("lot/0", `lot/${card.pk}`), target: "_blank", rel: "noopener" }, icon("tag"), h("span", {}, words.label)));
    return h("div.scan-deeds", {}, ...can);
  }

  const canScan = () => sending.status.me?.canScan;

  /* A number to type with the thumb; Enter is saved. A hand scanner may type the next code into it: see `burst`. */
  function entry({ id, label, unit, onInput, value = "" }) {
    const input = h("input.form-control.scan-number", { id, inputmode: "decimal", autocomplete: "off", enterkeyhint: "done", value, maxlength: 320, on: { input: onInput } });
    return { input, box: h("div.field", {}, h("label.form-label", { for: id }, label), h("div.scan-measure", {}, input, h("span.scan-unit", {}, unit))) };
  }

  function panel(form, input, submit) {
    const keys = burst(input);
    // By hand: a browser sends nothing on Enter while the button cannot be pressed, as it cannot with a code in the field.
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const next = keys.code();
      if (next !== null) {
        input.value = keys.before().trim();
        // What was typed before the next label was scanned is saved; nothing typed is nothing said.
        if (input.value && !(await submit())) return;
        return scanned(next);
      }
      await submit();
    });
    show(form);
    input.focus();
    input.select();
  }

  /*
   * Tells what a scanner types into a number field from what fingers do: keys less than 45 ms apart, with a letter among
   * them; on a slow device, whatever begins with a letter after the number.
   */
  function burst(input) {
    let start = 0;
    let last = 0;
    input.addEventListener("keydown", (event) => {
      if (event.key.length !== 1) return;
      if (event.timeStamp - last > 45) start = input.selectionStart === input.selectionEnd ? input.value.length : 0;
      last = event.timeStamp;
    });
    const split = () => {
      const [before, fast] = [input.value.slice(0, start), input.value.slice(start)];
      if (fast.length >= 4 && /[a-z]/i.test(fast) && (!before || parse(before) !== null)) return [before, fast];
      const found = input.value.match(/^([\d.,\s]*)([a-z\]].*)$/i);
      return found ? [found[1], found[2]] : null;
    };
    return { code: () => split()?.[1] ?? null, before: () => split()?.[0] ?? "" };
  }

  function weighing(card) {
    const sum = h("output.scan-sum", { for: "scan-gross" });
    const saveButton = h("button.btn.btn-primary.btn-huge.btn-wide", { disabled: true }, icon("check"), h("span", {}, mode === "many" ? words.saveNext : words.save));
    const gross = entry({ id: "scan-gross", label: words.onScale, unit: "g", onInput: work });
    const tare = card.tare === null ? entry({ id: "scan-tare", label: words.emptySpool, unit: "g", onInput: work }) : null;
    const tareValue = () => (tare ? parse(tare.input.value) : Number(card.tare));
    let left = null;

    function work() {
      const [weight, empty] = [parse(gross.input.value), tareValue()];
      left = weight === null || empty === null ? null : Math.round((weight - empty) * 10) / 10;
      saveButton.disabled = left === null || left < 0;
      if (left === null) sum.replaceChildren("");
      else if (left < 0) sum.replaceChildren(h("span.scan-wrong", {}, fill(words.belowTare, { tare: number(empty) })));
      else if (card.strange) sum.replaceChildren(h("strong", {}, `${number(weight)} g`));
      else {
        const change = left / Number(card.grams) - Number(card.quantity);
        const piece = Number(card.grams) === 1 ? "" : ` = ${amount(card, left / Number(card.grams))}`;
        sum.replaceChildren(`${number(weight)} − ${number(empty)} = `, h("strong", {}, `${number(left)} g`), piece, h("span.quiet", {}, ` ${fill(words.before, { before: amount(card), change: `${change > 0 ? "+" : "−"}${number(Math.abs(change))}` })}`));
      }
    }

    async function submit() {
      work();
      if (left === null || left < 0) {
        gross.input.setAttribute("aria-invalid", "true");
        return false;
      }
      const data = { gross_g: wire(parse(gross.input.value)), ...(tare ? { tare_g: wire(tareValue()) } : {}) };
      await done("weigh", card, data, card.strange ? `${number(data.gross_g)} g` : fill(words.left, { left: number(left) }));
      return true;
    }

    const form = h("form.scan-form", { novalidate: true }, head(card), facts(card), gross.box, tare?.box, sum, h("div.scan-act", {}, saveButton), mode === "many" ? null : deeds(card));
    panel(form, gross.input, submit);
  }

  function askPlace(card, loose = null) {
    moving = loose ?? card;
    const from = loose ? loose.from : card.place;
    const options = (known?.places ?? []).filter((each) => each.code !== from).map((each) => h("option", { value: each.code }, each.title));
    const select = h("select.form-select", { id: "scan-place", on: { change: () => select.value && carried(known.places.find((each) => each.code === select.value)) } }, h("option", { value: "" }, words.choosePlace), ...options);
    show(head(card), h("div.notice.notice-info", {}, icon("map-pin"), h("p", {}, words.scanPlace)), h("div.field", {}, h("label.form-label", { for: "scan-place" }, words.orChoose), select), button(".btn-wide", "arrow-left", words.back, () => cardAgain(card)));
    document.activeElement?.blur?.();
  }

  function cardAgain(card) {
    moving = null;
    if (card.kind === "item") itemCard(card);
    else lotCard(card);
  }

  /* Some of what lies in no lot: from where, how much, and then the place where it goes. */
  function moveLoose(card) {
    const places = card.places.filter((each) => Number(each.loose) > 0);
    const select = h("select.form-select", { id: "scan-from", on: { change: work } }, ...places.map((each) => h("option", { value: each.code }, `${each.name} · ${amount(card, each.loose)}`)));
    const ask = entry({ id: "scan-quantity", label: words.howMuchMoves, unit: card.unit, onInput: work });
    const note = h("output.scan-sum", { for: "scan-quantity" });
    const goOn = h("button.btn.btn-primary.btn-huge.btn-wide", { disabled: true }, icon("arrow-right"), h("span", {}, words.goOn));
    const there = () => Number(places.find((each) => each.code === select.value)?.loose ?? 0);

    function work() {
      const value = parse(ask.input.value);
      goOn.disabled = !value || value > there();
      note.replaceChildren(value > there() ? h("span.scan-wrong", {}, fill(words.onlyThere, { amount: amount(card, there()) })) : "");
    }

    async function submit() {
      work();
      if (goOn.disabled) return false;
      askPlace(card, { card, from: select.value, amount: wire(parse(ask.input.value)) });
      return true;
    }

    const whence = places.length > 1 ? h("div.field", {}, h("label.form-label", { for: "scan-from" }, words.fromPlace), select) : null;
    panel(h("form.scan-form", { novalidate: true }, head(card), facts(card), whence, ask.box, note, h("div.scan-act", {}, goOn), button(".btn-wide", "arrow-left", words.back, () => cardAgain(card))), ask.input, submit);
  }

  async function carried(card) {
    if (card?.kind === "lot" && card.strange) card = { kind: "place", code: card.code, title: card.code }; // without a network any code may be a place
    if (card?.kind !== "place") return said(card?.kind === "none" ? card.reason : fill(words.noPlace, { code: card?.code ?? "" }), "error");
    const what = moving;
    moving = null;
    if (!what.card) return done("move", what, { place: card.code }, fill(words.movedTo, { place: card.title }));
    const text = fill(words.someMovedTo, { amount: amount(what.card, what.amount), place: card.title });
    return done("move", what.card, { place: card.code, from: what.from, quantity: what.amount }, text);
  }

  function askUsedUp(card) {
    const what = card.strange ? words.useUpStrange : fill(words.useUpSure, { amount: amount(card) });
    const yes = button(".btn-danger.btn-huge.btn-wide", "package-off", words.useUp, () => done("use_up", card, {}, words.usedUp));
    show(head(card), h("div.notice.notice-warning", {}, icon("alert-triangle"), h("p", {}, what)), h("div.scan-act", {}, yes), button(".btn-wide", "arrow-left", words.back, () => lotCard(card)));
    yes.focus();
  }

  // --- an item, a place ----------------------------------------------------------------------------------------------

  function itemCard(card) {
    const places = card.places.map((each) => ({ code: each.name, end: amount(card, each.quantity), act: `/q/${sending.status.me.slug}/p/${encodeURIComponent(each.code)}` }));
    show(head(card), facts(card), places.length ? h("h3", {}, words.whereItLies) : h("p.quiet", {}, words.noneThere), list(places, scanned), lotsOf(card), canScan() ? h("div.scan-deeds", {}, card.places.some((each) => Number(each.loose) > 0) ? button("", "map-pin", words.moveLoose, () => moveLoose(card)) : null, button("", "clipboard-list", words.count, () => counted(card, null))) : null);
  }

  function lotsOf(card) {
    if (!card.lots?.length) return null;
    const rows = card.lots.map((lot) => ({ code: lot.code, title: card.kind === "place" ? lot.title : lot.place_name, colours: lot.colours, end: amount(lot), act: `/q/${sending.status.me.slug}/l/${encodeURIComponent(lot.code)}` }));
    return h("section", {}, h("h3", {}, words.lots), list(rows, scanned));
  }

  function placeCard(card) {
    const loose = (card.inside ?? []).map((each) => ({ code: each.code, title: each.title, colours: each.colours, end: amount(each), act: `/q/${sending.status.me.slug}/i/${encodeURIComponent(each.code)}` }));
    show(head(card), !loose.length && !card.lots?.length ? h("p.quiet", {}, words.empty) : null, lotsOf(card), loose.length ? h("section", {}, h("h3", {}, words.loose), list(loose, scanned)) : null);
  }

  // --- counting ------------------------------------------------------------------------------------------------------

  function countThis(card) {
    if (card.kind === "place") {
      here = card.code;
      said(fill(words.countingAt, { place: card.title }));
      return showCount();
    }
    const code = card.code.toLowerCase();
    const lines = counting.lines.filter((line) => line.code.toLowerCase() === code);
    const line = lines.length > 1 ? lines.find((each) => each.place === here) : lines[0];
    if (!line && lines.length > 1) {
      show(head(card), h("p", {}, words.whichPlace), list(lines.map((each) => ({ code: each.place_name, end: each.counted === null ? "" : words.counted, act: each })), (each) => counted(card, each)));
      return;
    }
    counted(card, line ?? null);
  }

  /* Ask how much there is: by weight for a spool, there or not for a remnant, a number for everything else. */
  function counted(card, line) {
    const into = { ...(counting ? { count: counting.pk } : {}), ...(line && !line.lot ? { place: line.place } : {}) };
    const finish = async (data, text) => {
      if (line) Object.assign(line, { counted: "", by: sending.status.me.name, again: false });
      await done("count", card, { ...into, ...data }, text);
      if (counting) store.set(`count:${owner()}:${counting.pk}`, counting);
      showCount();
    };
    const top = [head(card), line ? h("p.quiet", {}, line.place_name) : counting ? h("p.notice.notice-info", {}, icon("info-circle"), h("span", {}, words.notOnList)) : null, line?.expected !== undefined ? h("p", {}, fill(words.expected, { amount: `${number(line.expected)} ${line.unit}` })) : null];
    if (card.sort === "remnant") {
      show(...top, h("div.scan-act", {}, button(".btn-primary.btn-huge.btn-wide", "check", words.isThere, () => finish({ there: true }, words.isThere))), button(".btn-wide", "x", words.notThere, () => finish({ quantity: "0" }, words.notThere)));
      return;
    }
    const byWeight = card.sort === "spool" && card.grams && card.tare !== null;
    const ask = entry({ id: "scan-quantity", label: byWeight ? words.onScale : words.howMuch, unit: byWeight ? "g" : (card.unit ?? ""), onInput: () => (saveButton.disabled = parse(ask.input.value) === null) });
    const saveButton = h("button.btn.btn-primary.btn-huge.btn-wide", { disabled: true }, icon("check"), h("span", {}, words.saveNext));
    const submit = async () => {
      const value = parse(ask.input.value);
      if (value === null) return false;
      if (byWeight && value < Number(card.tare)) {
        said(fill(words.belowTare, { tare: number(card.tare) }), "error");
        return false;
      }
      await finish(byWeight ? { gross_g: wire(value) } : { quantity: wire(value) }, `${words.counted}: ${byWeight ? `${number(value)} g` : amount(card, value)}`);
      return true;
    };
    panel(h("form.scan-form", { novalidate: true }, ...top, ask.box, h("div.scan-act", {}, saveButton), button(".btn-wide", "x", words.notThere, () => finish({ quantity: "0" }, words.notThere))), ask.input, submit);
  }

  function showCount() {
    const box = place("count");
    box.hidden = place("lines").hidden = !counting;
    if (!counting) return;
    for (const each of root.querySelectorAll("[data-mode]")) each.hidden = true;
    const left = counting.lines.filter((line) => line.counted === null);
    const progress = h("progress.bar", { max: counting.lines.length, value: counting.lines.length - left.length, "aria-label": words.counted });
    const byPlace = Map.groupBy ? Map.groupBy(left, (line) => line.place_name) : group(left);
    const places = [...byPlace].slice(0, 40).map(([name, lines]) => h("details.fold", { open: lines[0].place === here || byPlace.size === 1 }, h("summary", {}, h("span", {}, name), h("span.quiet", {}, ` ${lines.length}`)), list(lines.map((line) => ({ code: line.code, title: line.title, colours: line.colours, end: line.again ? words.again : "", act: line })), openLine)));
    box.replaceChildren(h("header.scan-count-head", {}, h("div", {}, h("h2", {}, counting.number), h("p.quiet", {}, counting.where)), h("a.btn", { href: root.dataset.counts }, icon("x"), h("span", {}, words.stop))), progress, h("p", {}, fill(words.progress, { done: counting.lines.length - left.length, all: counting.lines.length })));
    place("lines").replaceChildren(...places);
  }

  function group(lines) {
    const found = new Map();
    for (const line of lines) found.set(line.place_name, [...(found.get(line.place_name) ?? []), line]);
    return found;
  }

  /* Typed instead of scanned. */
  function openLine(line) {
    const lot = line.lot ? known?.lots.find((each) => each.code === line.code) : null;
    counted(lot ?? { kind: line.lot ? "lot" : "item", code: line.code, title: line.title, facts: line.facts, colours: line.colours, unit: line.unit, unit_one: line.unit_one, sort: line.sort, grams: null, tare: null }, line);
    place("card").scrollIntoView({ block: "start" });
  }

  async function openCount(pk) {
    mode = "count";
    const name = `count:${owner()}:${pk}`;
    try {
      const response = await fetch(root.dataset.count.replace("/0/", `/${pk}/`), { credentials: "same-origin", cache: "no-store" });
      if (response.ok && !response.redirected) {
        counting = await response.json();
        // What waits here is counted already.
        for (const event of await store.of(owner())) {
          if (event.kind !== "count" || event.data.count !== pk) continue;
          const line = counting.lines.find((each) => each.code === event.code && (!event.data.place || each.place === event.data.place));
          if (line) line.counted = "";
        }
        await store.set(name, counting);
      }
    } catch {
      /* as it was when it was last seen */
    }
    counting ??= (await store.get(name)) ?? null;
    if (!counting) said(words.needsNetwork, "error");
    showCount();
  }

  // --- the state of things -------------------------------------------------------------------------------------------

  /* On a shop tablet the way out stands on this page too. */
  function showOver(me) {
    const over = place("over");
    over.hidden = !me?.tablet;
    over.dataset.minutes = me?.tablet || "";
    over.querySelector("input")?.remove();
    over.append(h("input", { type: "hidden", name: "csrfmiddlewaretoken", value: me?.csrf ?? "" }));
  }

  function changed(status) {
    showOver(status.me);
    const box = place("state");
    const look = { ok: ["cloud-check", status.waiting ? fill(words.sending, { count: status.waiting }) : words.allSent, "good"], offline: ["wifi-off", fill(words.offline, { count: status.waiting }), "wait"], login: ["lock", fill(words.logIn, { count: status.waiting }), "bad"], forbidden: ["ban", words.forbidden, "bad"] }[status.state];
    const pieces = [h(`span.state.state-${look[2]}`, {}, icon(look[0]), h("span", {}, look[1]))];
    if (status.state === "login") pieces.push(h("a.btn", { href: `${root.dataset.login}?next=${encodeURIComponent(location.pathname)}` }, words.logInHere));
    if (status.problems) pieces.push(h("a.btn.scan-problems", { href: root.dataset.unsettled }, icon("alert-triangle"), h("span", {}, fill(words.problems, { count: status.problems }))));
    if (status.others) pieces.push(h("span.quiet", {}, fill(words.others, { count: status.others })));
    box.replaceChildren(...pieces);
    box.dataset.waiting = status.waiting;
    box.dataset.state = status.state;
    if (status.me?.locale) window.scanCards.speak(status.me.locale);
    place("who").textContent = status.me ? `${status.me.name} · ${status.me.workspaceName}` : "";
    place("refused").replaceChildren(...status.refused.map((event) => h("li.scan-entry", {}, h("span.state.state-bad", {}, icon("alert-triangle"), h("span", {}, words.stateConflict)), h("span.scan-entry-text", {}, h("strong", {}, event.code), h("span.scan-why", {}, event.refused)), button("", "trash", words.drop, () => dropRefused(event)))));
  }

  async function dropRefused(event) {
    await store.remove(event.seq);
    await sending.count();
  }

  async function loadKnown(fresh = false) {
    if (!sending.status.me) return;
    known = (fresh ? null : known) ?? (await store.get(`known:${owner()}`)) ?? null;
    if (sending.status.state !== "ok") return;
    try {
      const response = await fetch(root.dataset.known, { credentials: "same-origin", cache: "no-store" });
      if (!response.ok || response.redirected) return;
      const found = await response.json();
      // What still waits here has happened already.
      if (!sending.status.waiting || !known) {
        known = found;
        await store.set(`known:${owner()}`, found);
      }
    } catch {
      /* the copy that is here serves on */
    }
  }

  // --- camera --------------------------------------------------------------------------------------------------------

  const video = place("video");
  const cameraButton = place("camera");
  async function camera(on) {
    if (!on) {
      window.scanCamera.stop();
    } else {
      try {
        cameraButton.disabled = true;
        place("viewer").hidden = false;
        await window.scanCamera.start(video, { script: root.dataset.zxing, wasm: root.dataset.wasm }, scanned);
      } catch (error) {
        window.scanCamera.stop();
        said(error.message === "insecure" ? words.needsHttps : error.name === "NotAllowedError" ? words.cameraDenied : words.noCamera, "error");
      } finally {
        cameraButton.disabled = false;
      }
    }
    const running = window.scanCamera.running();
    place("viewer").hidden = !running;
    cameraButton.setAttribute("aria-pressed", String(running));
    cameraButton.querySelector("span").textContent = running ? words.cameraOff : words.cameraOn;
    try {
      localStorage.setItem("laseros.camera", running ? "on" : "off");
    } catch {
      /* a device that keeps nothing asks every time */
    }
  }
  cameraButton.addEventListener("click", () => camera(!window.scanCamera.running()));

  for (const choice of root.querySelectorAll("[data-mode]")) {
    choice.addEventListener("click", () => {
      mode = choice.dataset.mode;
      moving = null;
      for (const each of root.querySelectorAll("[data-mode]")) each.setAttribute("aria-pressed", String(each === choice));
      said(mode === "many" ? words.manyHint : "");
      show();
    });
  }
  place("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value;
    field.blur();
    if (text.trim()) scanned(text);
  });

  async function begin() {
    if ("serviceWorker" in navigator) {
      const registration = await navigator.serviceWorker.register(root.dataset.worker, { scope: root.dataset.scope }).catch(() => null);
      registration?.active?.postMessage("renew");
    }
    await sending.start({ addresses: { me: root.dataset.me, events: root.dataset.events }, changed, answered });
    if (!sending.status.me) {
      said(sending.status.state === "offline" ? words.needsNetwork : words.forbidden, "error");
      return;
    }
    await loadKnown();
    setInterval(loadKnown, KNOWN_EVERY);
    const query = new URLSearchParams(location.search);
    if (query.get("count")) await openCount(Number(query.get("count")));
    let wanted = "off";
    try {
      wanted = localStorage.getItem("laseros.camera") ?? "off";
    } catch {
      /* asks every time */
    }
    if (wanted === "on" && navigator.mediaDevices) camera(true);
    root.dataset.ready = "yes";
    const code = query.get("code");
    if (code) {
      history.replaceState(null, "", location.pathname);
      scanned(code);
    }
  }
  begin();
})();
