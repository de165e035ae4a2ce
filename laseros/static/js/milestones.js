/*
 * A photograph is sent as soon as it is taken: <form data-camera> with a file in it. Without scripts the field and its
 * button are there.
 */
(() => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-camera]")) {
    const field = form.querySelector("[type=file]");
    form.classList.add("is-quick");
    field.addEventListener("change", () => field.files.length && form.requestSubmit());
  }
})();
