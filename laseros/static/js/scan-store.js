/*
 * What the scanner keeps on the device: events until the server has answered them, and what codes mean while there is no
 * network. Everything carries its owner (person and business); nothing of one is shown to, or sent for, another.
 *
 *   events  {seq, owner, id, kind, code, data, at, tried, refused}   in the order they were made
 *   kept    {name, value}   "me", "known:<owner>", "count:<owner>:<number>"
 */
(() => {
  "use strict";
  const NAME = "laseros-scan";
  let opened = null;

  function open() {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => {
        const events = request.result.createObjectStore("events", { keyPath: "seq", autoIncrement: true });
        events.createIndex("owner", "owner");
        request.result.createObjectStore("kept", { keyPath: "name" });
      };
      request.onsuccess = () => {
        // Another tab wants to delete it: let go.
        request.result.onversionchange = () => {
          request.result.close();
          opened = null;
        };
        resolve(request.result);
      };
      request.onerror = () => {
        opened = null;
        reject(request.error);
      };
    });
    return opened;
  }

  /* One transaction; resolves with what `work` asked for once it is on the disk. */
  async function within(store, mode, work) {
    const db = await open();
    return new Promise((resolve, reject) => {
      const transaction = db.transaction(store, mode, mode === "readwrite" ? { durability: "strict" } : undefined);
      let result;
      const request = work(transaction.objectStore(store));
      if (request) request.onsuccess = () => (result = request.result);
      transaction.oncomplete = () => resolve(result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }

  const ownerOf = (me) => `${me.user}:${me.workspace}`;
  const get = async (name) => (await within("kept", "readonly", (kept) => kept.get(name)))?.value;
  const set = (name, value) => within("kept", "readwrite", (kept) => kept.put({ name, value }));
  const add = (event) => within("events", "readwrite", (events) => events.add(event));
  const put = (event) => within("events", "readwrite", (events) => events.put(event));
  const remove = (seq) => within("events", "readwrite", (events) => events.delete(seq));
  const of = (owner) => within("events", "readonly", (events) => events.index("owner").getAll(owner));
  const all = () => within("events", "readonly", (events) => events.getAll());

  /* Everything of a person, in every business they work in. */
  async function wipe(user) {
    const mine = (owner) => String(owner).startsWith(`${user}:`);
    for (const event of await all()) if (mine(event.owner)) await remove(event.seq);
    for (const name of await within("kept", "readonly", (kept) => kept.getAllKeys())) {
      const [what, ...owner] = name.split(":");
      if (what === "me" || mine(owner.join(":"))) await within("kept", "readwrite", (kept) => kept.delete(name));
    }
  }

  window.scanStore = { ownerOf, get, set, add, put, remove, of, all, wipe, NAME };
})();
