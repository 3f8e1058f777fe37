// Renews the figures of the line without reloading the page; without script the page reloads itself.
"use strict";
(() => {
  const page = document.getElementById("uretim-hatti");
  if (!page) return;
  const spoken = document.getElementById("uretim-duyuru");
  const MINUTE = 60000;
  let said = performance.now();

  // The focus stays where it is; where what had it is gone, it goes to the part that holds it.
  const renew = (part, next) => {
    const held = part.contains(document.activeElement) ? document.activeElement : null;
    const place = held && [...part.querySelectorAll("a, summary, [tabindex]")].indexOf(held);
    const address = held && held.getAttribute("href");
    const open = [...part.querySelectorAll("details")].map((one) => one.open);
    part.replaceChildren(...next.childNodes);
    part.querySelectorAll("details").forEach((one, n) => { one.open = Boolean(open[n]); });
    if (!held) return;
    const all = [...part.querySelectorAll("a, summary, [tabindex]")];
    const again = address ? all.find((one) => one.getAttribute("href") === address) : all[place];
    (again || part).focus({ preventScroll: true });
  };
  window.poll(page.dataset.poll, 5000, async (answer) => {
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelectorAll("[data-live]").forEach((part) => {
      const next = now.getElementById(part.id);
      if (next) renew(part, next);
    });
    // One text a minute, so that nobody is talked to all the time.
    const text = now.getElementById("uretim-duyuru").textContent;
    if (performance.now() - said >= MINUTE && text !== spoken.textContent) {
      said = performance.now();
      spoken.textContent = text;
    }
    return true;
  });
})();
