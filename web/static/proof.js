// Watches a proof without reloading the page; without script the page reloads itself.
"use strict";
(() => {
  const panel = document.getElementById("kanit");
  if (!panel || !panel.dataset.poll) return;
  window.poll(panel.dataset.poll, 3000, async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.getElementById("kanit");
    if (!now || !now.dataset.poll) {
      window.location.reload();
      return false;
    }
    // Only what changes is changed, so that the focus stays where it is.
    const bar = panel.querySelector("progress");
    const next = now.querySelector("progress");
    panel.querySelector("#kanit-metin").textContent = now.querySelector("#kanit-metin").textContent;
    ["max", "value"].forEach((name) => {
      if (next.hasAttribute(name)) bar.setAttribute(name, next.getAttribute(name));
      else bar.removeAttribute(name);
    });
    return true;
  });
})();
