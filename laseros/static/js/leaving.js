/*
 * Logging out takes what the scanner keeps of this person from the device, and says so before anything unsent is lost.
 * Whose session merely ended finds it again after logging in.
 */
(() => {
  "use strict";
  const NAME = "laseros-scan";
  const DB_VERSION = 1;

  async function there() {
    if (!window.indexedDB) return false;
    if (!indexedDB.databases) return true;
    return (await indexedDB.databases()).some((each) => each.name === NAME);
  }

  function open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, DB_VERSION);
      // Not there yet: then there is nothing to lose, and no empty one is left behind.
      request.onupgradeneeded = () => request.transaction.abort();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }

  const answer = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  async function clear(form) {
    const db = await open();
    try {
      const me = (await answer(db.transaction("kept").objectStore("kept").get("me")))?.value;
      if (!me) return true;
      const mine = (owner) => String(owner).startsWith(`${me.user}:`);
      const events = (await answer(db.transaction("events").objectStore("events").getAll())).filter((each) => mine(each.owner));
      if (events.length && !window.confirm(form.dataset.unsent.replace("{count}", events.length))) return false;
      const transaction = db.transaction(["events", "kept"], "readwrite", { durability: "strict" });
      for (const event of events) transaction.objectStore("events").delete(event.seq);
      const kept = transaction.objectStore("kept");
      for (const name of await answer(kept.getAllKeys())) {
        const [what, ...owner] = name.split(":");
        if (what === "me" || mine(owner.join(":"))) kept.delete(name);
      }
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
      return true;
    } finally {
      db.close();
    }
  }

  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (!form.matches?.("form[data-leaving]") || form.dataset.cleared) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      try {
        if ((await there()) && !(await clear(form))) return;
      } catch {
        /* what cannot be opened holds nothing we wrote */
      }
      form.dataset.cleared = "yes";
      form.requestSubmit();
    },
    true,
  );
})();
