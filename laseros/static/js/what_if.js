// A form with data-what-if="#target" shows its answer there while fields are moved; without this the button does it.
// <input type="range" data-slides="name"> moves the field of that name, and follows it.
"use strict";

document.querySelectorAll("form[data-what-if]").forEach((form) => {
  const target = document.querySelector(form.dataset.whatIf);
  const sliders = [...form.querySelectorAll("[data-slides]")];
  let waiting = 0;
  let asked = 0;

  async function ask() {
    const mine = ++asked;
    target.setAttribute("aria-busy", "true");
    try {
      const address = `${form.action.split("?")[0]}?${new URLSearchParams(new FormData(form))}`;
      const answer = await fetch(address, { headers: { "X-Part": "price" }, credentials: "same-origin" });
      const page = await answer.text();
      if (mine !== asked || answer.redirected || !answer.ok) return; // a later question is under way
      target.innerHTML = page;
    } finally {
      if (mine === asked) target.removeAttribute("aria-busy");
    }
  }

  form.addEventListener("input", (event) => {
    const moved = event.target;
    if (moved.dataset.slides) form.elements[moved.dataset.slides].value = moved.value;
    const slider = sliders.find((one) => one.dataset.slides === moved.name);
    if (slider) slider.value = moved.value;
    clearTimeout(waiting);
    waiting = setTimeout(ask, 200);
  });
});
