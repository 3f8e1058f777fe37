// Puts files that are dropped on the page into its rows, the first free one first.
"use strict";
(() => {
  const form = document.querySelector("form[data-drop]");
  if (!form) return;
  const over = (event, on) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return;
    event.preventDefault();
    form.classList.toggle("over", on);
  };
  document.addEventListener("dragover", (event) => over(event, true));
  document.addEventListener("dragleave", (event) => over(event, false));
  document.addEventListener("drop", (event) => {
    over(event, false);
    const rows = [...form.querySelectorAll("input[type=file]")].filter((row) => !row.files.length);
    for (const file of event.dataTransfer?.files ?? []) {
      const row = rows.shift();
      if (!row) return;
      const one = new DataTransfer();
      one.items.add(file);
      row.files = one.files;
      row.focus();
    }
  });
})();
