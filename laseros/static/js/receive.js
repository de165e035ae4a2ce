// Taking goods in: a scanner types a code and Enter; each scan counts one pack where it belongs. Without this the
// button beside the field asks the server to do the same.
"use strict";

(() => {
  const form = document.querySelector("[data-receive]");
  if (!form) return;
  const code = form.querySelector("#scan-code");
  const said = form.querySelector("[data-scanned]");
  const lines = [...form.querySelectorAll("[data-line]")];
  const good = (line) => line.querySelector('input[name$="-good"]');
  // Figures as the page writes them: with a comma where its reader does.
  const figure = (text, input) => Number((text || "0").replace(input.dataset.point, "."));
  const left = (line) => figure(good(line).dataset.left, good(line));

  function scanned(text) {
    const wanted = (text.includes("://") ? text.replace(/\/+$/, "").split("/").pop() : text).toLowerCase();
    const hits = lines.filter((line) => line.dataset.codes.toLowerCase().split("|").includes(wanted));
    const line = hits.find((hit) => figure(good(hit).value, good(hit)) < left(hit)) || hits[0];
    if (!line) return false;
    const input = good(line);
    input.value = String(figure(input.value, input) + 1).replace(".", input.dataset.point);
    said.textContent = `${line.dataset.name}: ${input.value}`;
    line.classList.add("lo-hit");
    setTimeout(() => line.classList.remove("lo-hit"), 1200);
    return true;
  }

  code.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    const text = code.value.trim();
    if (text && !scanned(text)) return; // the server knows more codes than the page does
    event.preventDefault();
    code.value = "";
  });

  const all = form.querySelector("[data-all]");
  all.hidden = false;
  all.addEventListener("click", () => {
    for (const line of lines) if (left(line) > 0) good(line).value = good(line).dataset.left;
  });
})();
