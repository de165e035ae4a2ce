/*
 * Time moves between two messages from a machine, so the page moves with it.
 *
 *   <div data-progress="42.5" data-seconds-left="900" data-running>      how it stood when the page was written
 *     <progress max="100" value="42.5">                                   moved along
 *     <span data-show="percent"> <span data-show="left"> <span data-show="ends">
 *   </div>
 *   <time data-clock>                          the time now
 *   <time data-since="2026-11-05T10:00:00Z">   how long ago, counting
 *
 * Nothing reaches 100 % and nothing says "done" by itself: that is the machine's to say. Without data-running, and
 * while the page has lost its connection (body[data-connection=stale]), all of it stands still.
 */
(() => {
  "use strict";
  const { text, fill } = window.laseros;
  const seen = new WeakMap(); // element → {signature, at, progress, left}
  const locale = document.documentElement.lang || undefined;
  // The shop's time, wherever the screen hangs.
  const timeZone = document.documentElement.dataset.timeZone || undefined;
  const clock = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", timeZone });

  /* Agrees with the `duration` filter. */
  function duration(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return fill(text("unitS", "{s} s"), { s: whole });
    const minutes = Math.round(whole / 60);
    if (minutes < 60) return fill(text("unitMin", "{min} min"), { min: minutes });
    const two = (value) => String(value).padStart(2, "0");
    const hours = Math.floor(minutes / 60);
    if (hours < 48) return fill(text("unitH", "{h} h {min} min"), { h: hours, min: two(minutes % 60) });
    return fill(text("unitD", "{d} d {h} h"), { d: Math.floor(hours / 24), h: two(hours % 24) });
  }
  window.laseros.duration = duration;

  function anchorOf(element, now) {
    const { progress = "", secondsLeft = "" } = element.dataset;
    const signature = `${progress}/${secondsLeft}`;
    let anchor = seen.get(element);
    if (anchor?.signature !== signature) {
      anchor = {
        signature,
        at: now,
        progress: progress === "" ? null : Number(progress),
        left: secondsLeft === "" ? null : Number(secondsLeft),
      };
      seen.set(element, anchor);
    }
    return anchor;
  }

  const write = (element, name, words) => {
    for (const place of element.querySelectorAll(`[data-show="${name}"]`)) {
      if (place.textContent !== words) place.textContent = words;
    }
  };

  function move(element, now) {
    const anchor = anchorOf(element, now);
    const passed = (now - anchor.at) / 1000;
    let left = null;
    if (anchor.left !== null) {
      left = anchor.left - passed;
      write(element, "left", left > 0 ? duration(left) : text("soon", "any moment"));
      write(element, "ends", clock.format(Date.now() + Math.max(0, left) * 1000));
    }
    if (anchor.progress !== null && anchor.left) {
      const rate = (100 - anchor.progress) / anchor.left;
      const percent = Math.max(anchor.progress, Math.min(99, anchor.progress + rate * passed));
      const bar = element.querySelector("progress");
      if (bar) bar.value = percent;
      write(element, "percent", `${Math.floor(percent)} %`);
    }
  }

  function tick() {
    const now = performance.now();
    for (const element of document.querySelectorAll("[data-clock]")) element.textContent = clock.format(Date.now());
    if (document.body.dataset.connection === "stale") return;
    for (const element of document.querySelectorAll("[data-running]")) move(element, now);
    for (const element of document.querySelectorAll("[data-since]")) {
      const passed = (Date.now() - Date.parse(element.dataset.since)) / 1000;
      if (!Number.isNaN(passed)) element.textContent = duration(passed);
    }
  }
  tick();
  setInterval(tick, 1000);
  document.body.addEventListener("htmx:load", tick);
})();
