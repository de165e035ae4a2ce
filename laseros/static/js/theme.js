/* Runs before the first paint: the theme chosen here or in the back office, which keeps it under the same key. */
(() => {
  "use strict";
  const KEY = "adminTheme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => {
    try {
      const value = JSON.parse(localStorage.getItem(KEY) || '"auto"');
      return ["light", "dark"].includes(value) ? value : "auto";
    } catch {
      return "auto";
    }
  };

  const apply = () => {
    const choice = chosen();
    document.documentElement.dataset.bsTheme = choice === "auto" ? (dark.matches ? "dark" : "light") : choice;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  };

  apply();
  dark.addEventListener("change", apply);
  window.addEventListener("storage", (event) => event.key === KEY && apply());
  document.addEventListener("DOMContentLoaded", () => {
    for (const group of document.querySelectorAll("[data-theme-switch]")) group.hidden = false;
    apply();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    try {
      localStorage.setItem(KEY, JSON.stringify(button.dataset.themeChoice));
    } catch {
      document.documentElement.dataset.bsTheme = button.dataset.themeChoice;
      return;
    }
    apply();
  });
})();
