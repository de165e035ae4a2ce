/*
 * A queue put in order by dragging, and by buttons for those who do not drag.
 *
 *   <ol id="queue" data-sortable data-url="/floor/machines/3/order/">
 *     <li data-id="17" data-name="JB-2026-11-CL0001-001">
 *       <span class="queue-handle" data-handle></span>
 *       <form method="post" action="…" hx-post="…" hx-target="closest [data-sortable]" hx-swap="outerHTML">
 *         <button id="up-17" name="move" value="up">  <button id="down-17" name="move" value="down">
 *
 * A drop posts {item, after, before} (neighbours by data-id, empty at the ends) to data-url; the answer replaces the
 * list (outerHTML), or 204 keeps it. Refused (409) or failed: the list goes back to how it was, and the message says
 * why. Neighbours, not the whole order: two people sorting the same queue then do not undo each other.
 */
(() => {
  "use strict";
  const { text, fill, announce } = window.laseros;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  function attach(list) {
    if (list.dataset.sortableReady) return;
    list.dataset.sortableReady = "yes";
    let before = [];
    const sortable = new Sortable(list, {
      handle: "[data-handle]",
      draggable: "[data-id]",
      dataIdAttr: "data-id",
      animation: calm ? 0 : 150,
      ghostClass: "is-ghost",
      dragClass: "is-dragged",
      onStart: () => (before = sortable.toArray()),
      onEnd: ({ item, oldIndex, newIndex }) => oldIndex !== newIndex && post(list, item, () => sortable.sort(before)),
    });
  }

  async function post(list, item, restore) {
    const values = {
      item: item.dataset.id,
      after: item.previousElementSibling?.dataset.id ?? "",
      before: item.nextElementSibling?.dataset.id ?? "",
    };
    let failed = false;
    const watch = (event) => {
      const { elt, xhr } = event.detail;
      if (elt === list && (xhr.status === 0 || xhr.status >= 400)) failed = true;
    };
    document.body.addEventListener("htmx:afterRequest", watch);
    try {
      await htmx.ajax("POST", list.dataset.url, { source: list, target: list, swap: "outerHTML", values });
    } catch {
      failed = true;
    }
    document.body.removeEventListener("htmx:afterRequest", watch);
    if (failed) return restore();
    const rows = [...list.querySelectorAll("[data-id]")];
    const what = item.dataset.name ?? "";
    announce(fill(text("moved"), { what, place: rows.indexOf(item) + 1, count: rows.length }));
  }

  htmx.onLoad((root) => {
    if (root.matches?.("[data-sortable]")) attach(root);
    for (const list of root.querySelectorAll("[data-sortable]")) attach(list);
  });
})();
