// SPDX-License-Identifier: AGPL-3.0-or-later
// The wording editor's comfort: a click on a chip puts it where one writes, better words take the place of the remarked ones,
// and the preview shows the version that is being written. Without it one types, and the form's own buttons do the rest.
(() => {
  const form = document.querySelector("[data-wording]");
  if (!form) return;
  let field = form.querySelector("textarea");
  const version = form.querySelector("#look-version");

  const changed = (area) => area.dispatchEvent(new Event("input", { bubbles: true }));

  form.addEventListener("focusin", (event) => {
    const heading = event.target.dataset.heading;
    if (!heading) return;
    field = event.target;
    if (version && version.value !== heading) {
      version.value = heading;
      form.dispatchEvent(new Event("show"));
    }
  });

  form.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-insert]");
    if (chip && field && !field.readOnly) {
      event.preventDefault();
      field.closest("details").open = true;
      field.setRangeText(chip.dataset.insert, field.selectionStart, field.selectionEnd, "end");
      field.focus();
      changed(field);
      return;
    }
    const take = event.target.closest("[data-take]");
    if (!take) return;
    const area = document.getElementById(take.dataset.take);
    const words = take.dataset.quote.trim().split(/\s+/);
    const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("\\s+");
    const found = area && words[0] && new RegExp(pattern).exec(area.value);
    if (!found) return; // the server looks for it
    event.preventDefault();
    area.setRangeText(take.dataset.better, found.index, found.index + found[0].length, "end");
    area.focus();
    changed(area);
  });
})();
