// Sends each scanned code without leaving the page; a scanner types faster than pages load.
"use strict";
(() => {
  const form = document.querySelector("form[data-scan]");
  if (!form) return;
  const field = document.getElementById("kod");
  const spoken = document.getElementById("tarama-durumu");
  const log = document.getElementById("tarama-gunlugu");
  const counter = document.getElementById("okutulan");
  const waiting = document.getElementById("bekleyen");
  let line = Promise.resolve();

  const tell = (text, taken) => {
    spoken.textContent = text;
    spoken.classList.toggle("scan-refused", !taken);
    const entry = document.createElement("li");
    entry.textContent = text;
    entry.classList.toggle("scan-refused", !taken);
    log.prepend(entry);
    while (log.children.length > 20) log.lastChild.remove();
  };
  const send = async (body, code) => {
    try {
      const answer = await fetch(form.action, {
        method: "POST", body, headers: { Accept: "application/json" }, cache: "no-store",
      });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const said = await answer.json();
      if (counter && "scanned" in said) {
        counter.textContent = said.scanned.toLocaleString("tr");
        waiting.textContent = said.waits.toLocaleString("tr");
      }
      if (said.taken && counter) {
        document.querySelector(`[data-kod="${CSS.escape(said.parcel)}"]`)?.closest("tr").remove();
      }
      tell(said.text, said.taken);
    } catch {
      tell(`${code} ${spoken.dataset.unsent}`, false);
    }
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = new FormData(form);
    const code = field.value.trim();
    field.value = "";
    field.focus();
    if (code) line = line.then(() => send(body, code));  // one after the other, in their order
  });
})();
