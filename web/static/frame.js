// Warns before the session ends for want of use; the server ends it with or without this.
"use strict";
(() => {
  const body = document.body;
  const box = document.getElementById("oturum-uyarisi");
  const stay = document.getElementById("oturumu-surdur");
  if (!box || !stay || !body.dataset.idle) return;
  const wait = (Number(body.dataset.idle) - Number(body.dataset.idleWarning)) * 1000;
  let timer = 0;
  const arm = () => {
    window.clearTimeout(timer);
    box.hidden = true;
    timer = window.setTimeout(() => { box.hidden = false; }, wait);
  };
  stay.addEventListener("click", (event) => {
    event.preventDefault();
    fetch(stay.href, { headers: { Accept: "application/json" } }).then((answer) => {
      if (answer.ok && !answer.redirected) arm();
      else window.location.reload();
    });
  });
  arm();
})();
