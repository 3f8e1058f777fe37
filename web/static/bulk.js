// Watches a batch without reloading, and ticks the boxes of a list; both pages work without it.
"use strict";
(() => {
  const scope = document.getElementById("toplu");
  if (scope) {
    const boxes = [...document.querySelectorAll("input[form=toplu]")];
    const picked = document.getElementById("kapsam-secili");
    scope.addEventListener("change", (event) => {
      if (event.target.name !== "kapsam") return;
      const all = event.target.value !== "secili";
      boxes.forEach((box) => { box.checked = all; });
    });
    boxes.forEach((box) => box.addEventListener("change", () => { picked.checked = true; }));
  }

  const page = document.getElementById("toplu-sayfasi");
  if (!page || !page.dataset.poll) return;
  const bar = document.getElementById("toplu-ilerleme");
  const count = document.getElementById("toplu-sayi");
  const spoken = document.getElementById("toplu-duyuru");
  let said = 0;

  const show = (done) => {
    bar.value = done;
    count.textContent = done.toLocaleString("tr");
    // One text for each tenth, so that nobody is talked to all the time.
    const tenth = Math.floor((10 * done) / bar.max) * 10;
    if (tenth > said) {
      said = tenth;
      spoken.textContent = spoken.dataset.text.replace("{n}", String(tenth));
    }
  };
  window.poll(page.dataset.poll, 2000, async (answer) => {
    const found = await answer.json();
    if (found.state !== page.dataset.state) {
      window.location.reload();
      return false;
    }
    show(found.done);
    return true;
  });
})();
