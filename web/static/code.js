// Counts down, copies the code and brings the result by itself; the page works by reload without it.
"use strict";
(() => {
  const page = document.getElementById("kod-sayfasi");
  if (!page || !["issued", "claimed"].includes(page.dataset.state)) return;
  const shown = document.getElementById("kalan");
  const spoken = document.getElementById("kalan-duyuru");
  const copy = document.getElementById("kodu-kopyala");
  const copied = document.getElementById("kopya-durumu");

  // The clock of the server counts: each answer sets the end anew.
  let end = performance.now() + Number(page.dataset.left) * 1000;
  let said = "";

  const announce = (left) => {
    // One text each minute, and every 15 s in the last two.
    const text = left > 120
      ? spoken.dataset.minutes.replace("{n}", String(Math.ceil(left / 60)))
      : spoken.dataset.seconds.replace("{n}", String(Math.ceil(left / 15) * 15));
    if (text !== said) {
      said = text;
      spoken.textContent = text;
    }
  };
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    shown.textContent = String(left);
    announce(left);
    if (left === 0) window.location.reload();
    else window.setTimeout(tick, 1000);
  };
  document.getElementById("geri-sayim").hidden = false;
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", () => {
      navigator.clipboard.writeText(copy.dataset.copy)
        .then(() => { copied.textContent = copy.dataset.done; })
        .catch(() => { copied.textContent = copy.dataset.failed; });
    });
  }
  tick();
  window.poll(page.dataset.poll, 2000, async (answer) => {
    const found = await answer.json();
    const same = found.state === page.dataset.state && String(found.refused) === page.dataset.refused;
    if (same) end = performance.now() + found.left * 1000;
    else window.location.reload();
    return same;
  });
})();
