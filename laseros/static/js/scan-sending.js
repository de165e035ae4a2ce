/*
 * Sends what was scanned: in order, one tab at a time, each event until the server has answered it. The server does an id
 * once, so sending again after a lost answer is harmless.
 *
 *   scanSending.start({addresses, changed, answered})   changed(status) whenever something is other than before
 *   status: {me, online, waiting, refused, others, problems, state}   state: "ok", "offline", "login", "other", "forbidden"
 */
(() => {
  "use strict";
  const BATCH = 50;
  const FIRST_RETRY = 5000;
  const LAST_RETRY = 60000;
  const store = window.scanStore;
  const status = { me: null, waiting: 0, refused: [], others: 0, problems: 0, state: "ok" };
  let settings = null;
  let timer = null;
  let pause = FIRST_RETRY;
  let running = null;
  let again = false;

  async function count() {
    const all = await store.all();
    const owner = status.me && store.ownerOf(status.me);
    const mine = all.filter((event) => event.owner === owner);
    status.waiting = mine.filter((event) => !event.refused).length;
    status.refused = mine.filter((event) => event.refused);
    status.others = all.length - mine.length;
    settings.changed(status);
  }

  async function ask(url, options = {}) {
    const abort = new AbortController();
    const limit = setTimeout(() => abort.abort(), 20000);
    try {
      return await fetch(url, { credentials: "same-origin", cache: "no-store", ...options, signal: abort.signal });
    } finally {
      clearTimeout(limit);
    }
  }

  /* Who is logged in now; null when nobody is, or may not. Throws without a network. */
  async function whoAmI() {
    const response = await ask(settings.addresses.me);
    if (response.redirected || !response.ok) {
      if (response.status >= 500) throw new Error("server");
      status.state = response.redirected ? "login" : "forbidden";
      return null;
    }
    const me = await response.json();
    status.me = me;
    status.problems = me.waiting;
    await store.set("me", me);
    return me;
  }

  async function send() {
    const me = await whoAmI();
    if (!me) return;
    status.state = "ok";
    if (!me.canScan) {
      if ((await store.of(store.ownerOf(me))).length) status.state = "forbidden";
      return;
    }
    let size = BATCH;
    for (;;) {
      const batch = (await store.of(store.ownerOf(me))).filter((event) => !event.refused).slice(0, size);
      if (!batch.length) return;
      for (const event of batch) if (!event.tried) await store.put({ ...event, tried: true });
      const response = await ask(settings.addresses.events, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": me.csrf },
        body: JSON.stringify({ now: new Date().toISOString(), events: batch.map(plain) }),
      });
      if (response.redirected) {
        status.state = "login";
        return;
      }
      if (response.status === 403) {
        status.state = "forbidden";
        return;
      }
      if ([400, 413].includes(response.status)) {
        // One of them is more than the server takes. Alone it is shown to a person; the others go on.
        if (size > 1) size = Math.ceil(size / 2);
        else await store.put({ ...batch[0], refused: (await reasonOf(response)) || "?" });
        await count();
        continue;
      }
      if (!response.ok) throw new Error("server");
      const { answers, waiting } = await response.json();
      status.problems = waiting;
      await settle(batch, answers);
      await count();
    }
  }

  const plain = ({ id, kind, code, data, at }) => ({ id, kind, code, data, at });

  async function reasonOf(response) {
    try {
      return (await response.json()).reason;
    } catch {
      return "";
    }
  }

  async function settle(batch, answers) {
    const bySeq = new Map(batch.map((event) => [event.id, event]));
    for (const answer of answers) {
      const event = bySeq.get(answer.id);
      if (!event) continue;
      // A conflict is kept by the server from now on; what it will not keep stays here, for the person to see.
      if (answer.answer === "refused") await store.put({ ...event, tried: true, refused: answer.reason || "?" });
      else await store.remove(event.seq);
      settings.answered(event, answer);
    }
  }

  /* One tab at a time; whoever asks meanwhile is served by the round that follows. */
  async function go() {
    clearTimeout(timer);
    if (running) {
      again = true;
      return running;
    }
    running = (async () => {
      try {
        if (navigator.locks) await navigator.locks.request("laseros-scan-send", send);
        else await send();
        pause = FIRST_RETRY;
      } catch {
        status.state = "offline";
        pause = Math.min(pause * 1.6, LAST_RETRY);
      }
      await count();
    })();
    await running;
    running = null;
    if (again) {
      again = false;
      return go();
    }
    if (status.waiting) timer = setTimeout(go, pause);
  }

  async function start(chosen) {
    settings = chosen;
    status.me = (await store.get("me")) ?? null;
    await count();
    window.addEventListener("online", () => {
      pause = FIRST_RETRY;
      go();
    });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && go());
    await go();
  }

  window.scanSending = { start, go, count, status };
})();
