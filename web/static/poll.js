// Asks an address again and again for a page that waits; each such page works by reload without it.
"use strict";
// `show` is given each answer and says whether to ask again; a failed try waits five times as long.
window.poll = (address, pause, show) => {
  const ask = () => {
    fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" })
      .then((answer) => {
        if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
        return show(answer);
      })
      .then((again) => { if (again) window.setTimeout(ask, pause); })
      .catch(() => window.setTimeout(ask, 5 * pause));
  };
  window.setTimeout(ask, pause);
};
