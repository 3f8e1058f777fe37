// Watches a proof without reloading the page; without script the page reloads itself.
"use strict";
(() => {
  const POLL = 3000;
  const watch = (panel) => {
    if (!panel || !panel.dataset.poll) return;
    const ask = () => {
      fetch(panel.dataset.poll, { cache: "no-store" })
        .then((answer) => {
          if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
          return answer.text();
        })
        .then((text) => {
          const now = new DOMParser().parseFromString(text, "text/html").getElementById("kanit");
          if (!now || !now.dataset.poll) {
            location.reload();
            return;
          }
          // Only what changes is changed, so that the focus stays where it is.
          const said = panel.querySelector("#kanit-metin");
          const bar = panel.querySelector("progress");
          const next = now.querySelector("progress");
          said.textContent = now.querySelector("#kanit-metin").textContent;
          ["max", "value"].forEach((name) => {
            if (next.hasAttribute(name)) bar.setAttribute(name, next.getAttribute(name));
            else bar.removeAttribute(name);
          });
          setTimeout(ask, POLL);
        })
        .catch(() => setTimeout(ask, 2 * POLL));
    };
    setTimeout(ask, POLL);
  };
  watch(document.getElementById("kanit"));
})();
