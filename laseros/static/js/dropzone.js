/*
 * Files by drag and drop, several at once, each with its own progress, cancel and reason when it fails. Stands alone:
 * the back office loads it with css/dropzone.css and components/texts.html, without app.js.
 *
 *   <div class="dropzone" data-dropzone data-url="/portal/enquiries/4/files/" data-max-mb="50"
 *        data-done="reload" data-refresh="#files">
 *     <label class="dropzone-target" for="files"><strong>Drop drawings here</strong> <span>or choose files</span></label>
 *     <input type="file" id="files" name="file" accept=".dxf,.svg" multiple>
 *   </div>
 *
 * Without scripts the input is an ordinary one in an ordinary form (enctype multipart/form-data) with its own button;
 * mark that button data-dropzone-fallback and it is hidden here. Each file is one POST to data-url (or the form's
 * action), in the input's name, with X-CSRFToken and "Accept: application/json". Answers:
 *
 *   2xx   {"text": "12 parts, 340 mm", "url": "/…/", "listed": true} (all optional; anything that is not JSON is just
 *         success). A file that is `listed` stands in the page's own list, which knows better how it is: its row goes
 *         when that was drawn anew, by the data-refresh or by whoever says so with the event "dropzone:listed"
 *   4xx   {"reason": "…"} or plain text: shown as it is     413   too big
 *
 * data-max-mb and the input's accept are checked here for a quick answer; the server checks again. When all are
 * through and at least one arrived: data-done="reload" loads the page again, data-refresh="#files" triggers an htmx
 * "refresh" there, and the event "dropzone:done" bubbles. "dropzone:file" bubbles for each ({name, answer}).
 */
(() => {
  "use strict";
  const AT_ONCE = 2;

  const text = (name, fallback) => document.getElementById("texts")?.dataset[name] ?? fallback;
  const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  const csrf = () =>
    document.querySelector('meta[name="csrf-token"]')?.content ||
    document.querySelector("input[name=csrfmiddlewaretoken]")?.value ||
    document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ||
    "";
  const make = (tag, css, words = "") => {
    const element = document.createElement(tag);
    element.className = css;
    element.textContent = words;
    return element;
  };
  const size = (bytes) =>
    bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

  function attach(zone) {
    if (zone.dataset.dropzoneReady) return;
    zone.dataset.dropzoneReady = "yes";
    const input = zone.querySelector("input[type=file]");
    const form = zone.closest("form");
    const url = zone.dataset.url || form?.action;
    const list = zone.querySelector("[data-dropzone-list]") ?? zone.appendChild(make("ul", "dropzone-list"));
    const waiting = [];
    let running = 0;
    let arrived = 0;
    input.classList.add("dropzone-input");
    // The files go one by one from here: the form around must not ask for them or send them again.
    const name = input.name || "file";
    const kinds = (input.accept || "").split(",").map((kind) => kind.trim().toLowerCase()).filter(Boolean);
    input.removeAttribute("name");
    input.required = false;
    for (const button of (form ?? zone).querySelectorAll("[data-dropzone-fallback]")) button.hidden = true;

    function problem(file) {
      const most = Number(zone.dataset.maxMb);
      if (!file.size) return text("uploadEmpty", "the file is empty");
      if (most && file.size > most * 1024 * 1024) return fill(text("uploadTooBig", "too big: at most {size} MB"), { size: most });
      const fits = (kind) =>
        kind.startsWith(".") ? file.name.toLowerCase().endsWith(kind) : file.type.startsWith(kind.replace("*", ""));
      if (kinds.length && !kinds.some(fits)) {
        return fill(text("uploadWrongKind", "not a kind we can use: {kinds}"), { kinds: kinds.join(", ") });
      }
      return "";
    }

    function add(files) {
      for (const file of files) {
        const row = rowOf(file);
        list.append(row.element);
        const reason = problem(file);
        if (reason) row.fail(reason, false);
        else queue(row);
      }
    }

    function queue(row) {
      row.wait();
      waiting.push(row);
      next();
    }

    function next() {
      while (running < AT_ONCE && waiting.length) send(waiting.shift());
      if (running || waiting.length || !arrived) return;
      arrived = 0;
      zone.dispatchEvent(new CustomEvent("dropzone:done", { bubbles: true }));
      if (zone.dataset.refresh && window.htmx) htmx.trigger(zone.dataset.refresh, "refresh");
      // A row that failed has something to say: the page stays.
      if (zone.dataset.done === "reload" && !list.querySelector(".is-failed")) location.reload();
    }

    function send(row) {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append(name, row.file);
      running += 1;
      row.request = request;
      const end = (say) => {
        running -= 1;
        row.request = null;
        say();
        next();
      };
      request.upload.addEventListener("progress", (event) => event.lengthComputable && row.move(event.loaded / event.total));
      request.addEventListener("abort", () => end(row.cancelled));
      request.addEventListener("error", () => end(() => row.fail(text("uploadLost", "connection lost"), true)));
      request.addEventListener("load", () => {
        let answer = {};
        try {
          answer = JSON.parse(request.responseText) ?? {};
        } catch {
          const plain = (request.getResponseHeader("Content-Type") ?? "").startsWith("text/plain");
          answer = plain ? { reason: request.responseText.slice(0, 300) } : {};
        }
        if (request.status >= 200 && request.status < 300) {
          arrived += 1;
          end(() => row.done(answer));
          zone.dispatchEvent(new CustomEvent("dropzone:file", { bubbles: true, detail: { name: row.file.name, answer } }));
        } else {
          const big = request.status === 413 && fill(text("uploadTooBig", "too big"), { size: zone.dataset.maxMb ?? "?" });
          const reason = answer.reason || big || text("uploadFailed", "could not be uploaded");
          end(() => row.fail(reason, request.status >= 500));
        }
      });
      request.open("POST", url);
      request.setRequestHeader("X-CSRFToken", csrf());
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-Requested-With", "XMLHttpRequest");
      request.send(body);
    }

    function rowOf(file) {
      const element = make("li", "dropzone-file");
      const title = make("span", "dropzone-name", file.name);
      const status = make("span", "dropzone-status");
      const bar = make("progress", "dropzone-bar");
      const button = make("button", "dropzone-button");
      status.setAttribute("role", "status");
      bar.max = 100;
      bar.setAttribute("aria-label", file.name);
      button.type = "button";
      element.append(title, make("span", "dropzone-size", size(file.size)), status, bar, button);
      const row = { element, file, request: null };
      const press = (sign, label, action) => {
        button.hidden = !action;
        button.textContent = sign;
        button.setAttribute("aria-label", fill(label, { name: file.name }));
        button.onclick = action;
      };
      const look = (css, words) => {
        element.className = `dropzone-file ${css}`;
        status.textContent = words;
        bar.hidden = css !== "is-moving";
      };
      row.wait = () => {
        bar.value = 0;
        look("is-moving", text("uploadWaiting", "waiting"));
        press("×", text("uploadCancel", "Cancel the upload of {name}"), () => {
          if (row.request) return row.request.abort();
          waiting.splice(waiting.indexOf(row), 1);
          row.cancelled();
        });
      };
      row.move = (share) => {
        bar.value = share * 100;
        status.textContent = share < 1 ? `${Math.floor(share * 100)} %` : text("uploadReading", "being read…");
      };
      row.done = (answer) => {
        look("is-done", answer.text || text("uploadDone", "uploaded"));
        element.toggleAttribute("data-listed", Boolean(answer.listed));
        press("", "", null);
        if (answer.url && new URL(answer.url, location).origin === location.origin) {
          const link = make("a", "dropzone-name", file.name);
          link.href = answer.url;
          element.querySelector(".dropzone-name").replaceWith(link);
        }
      };
      row.cancelled = () => {
        look("is-cancelled", text("uploadCancelled", "cancelled"));
        again();
      };
      row.fail = (reason, worthAgain) => {
        look("is-failed", reason);
        if (worthAgain) again();
        else press("×", text("close", "Close"), () => element.remove());
      };
      const again = () => press("↻", text("uploadRetry", "Try {name} again"), () => queue(row));
      return row;
    }

    input.addEventListener("change", () => {
      add(input.files);
      input.value = "";
    });
    let depth = 0; // dragenter and dragleave fire for every child
    const over = (change) => {
      depth = Math.max(0, depth + change);
      zone.classList.toggle("is-over", depth > 0);
    };
    zone.addEventListener("dragenter", () => over(1));
    zone.addEventListener("dragleave", () => over(-1));
    zone.addEventListener("dragover", (event) => event.preventDefault());
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      over(-depth);
      add(event.dataTransfer.files);
    });
    window.addEventListener("beforeunload", (event) => running && event.preventDefault());
    const settle = () => {
      for (const element of list.querySelectorAll("[data-listed]")) element.remove();
    };
    document.addEventListener("dropzone:listed", settle);
    document.addEventListener("htmx:afterSettle", (event) => {
      if (zone.dataset.refresh && event.target.matches?.(zone.dataset.refresh)) settle();
    });
  }

  const all = (root) => root.querySelectorAll("[data-dropzone]").forEach(attach);
  all(document);
  document.addEventListener("htmx:load", (event) => all(event.target.parentNode ?? document));
  // A file that misses the zone must not replace the page.
  for (const kind of ["dragover", "drop"]) {
    window.addEventListener(kind, (event) => {
      if (document.querySelector("[data-dropzone]") && event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
  }
})();
