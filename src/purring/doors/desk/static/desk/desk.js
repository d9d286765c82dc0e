// SPDX-License-Identifier: AGPL-3.0-or-later
// Keys for who works through lists: j and k move from row to row, letters press what a row or the page offers for them.
// Nothing here is needed; every act is a form or a link of the page. Attributes: data-row, data-key, data-go, data-search.
(() => {
  "use strict";
  document.documentElement.classList.add("scripted");
  const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent !== null);
  const rowOf = (node) => (node instanceof Element ? node.closest("[data-row]") : null);
  let going = 0; // until when a letter after "g" is a place
  let lost = -1; // the place of a row that is being replaced while it has the focus

  function show(row) {
    if (!row) return;
    document.querySelectorAll("[data-row][tabindex='0']").forEach((other) => other.setAttribute("tabindex", "-1"));
    row.setAttribute("tabindex", "0");
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  function move(step) {
    const all = rows();
    const at = all.indexOf(rowOf(document.activeElement));
    show(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)]);
  }

  function press(key) {
    const wanted = `[data-key="${CSS.escape(key)}"]`;
    const row = rowOf(document.activeElement);
    const there = row?.querySelector(wanted) ?? [...document.querySelectorAll(wanted)].find((node) => !rowOf(node))
      ?? (key === "u" ? document.querySelector(wanted) : null);
    there?.click();
    return Boolean(there);
  }

  function showKeys() {
    const list = document.getElementById("keys");
    if (!list?.showModal) return false;
    list.showModal();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (key === "Escape") return void closeMenus(null);
    if (target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    let done = true;
    if (going > event.timeStamp) {
      going = 0;
      const place = document.querySelector(`[data-go="${CSS.escape(key)}"]`);
      place?.click();
      done = Boolean(place);
    } else if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "g") going = event.timeStamp + 1500;
    else if (key === "?") done = showKeys();
    else if (key === "/") {
      const search = document.querySelector("[data-search]");
      search?.focus();
      done = Boolean(search);
    } else if (key === "Enter") done = target === rowOf(target) && press("Enter");
    else if (key.length === 1) done = press(key);
    else done = false;
    if (done) event.preventDefault();
  });

  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (menu === except) return;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
      menu.open = false;
    });
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest?.("details.menu") ?? null));

  // A row that is replaced takes the focus with it: what stands in its place gets it.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const row = rowOf(document.activeElement);
    lost = row && (row === event.detail.target || event.detail.target.contains(row)) ? rows().indexOf(row) : -1;
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (lost >= 0 && !rowOf(document.activeElement)) show(rows()[lost] ?? rows().at(-1));
    lost = -1;
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-keys]")) showKeys();
  });
  document.querySelectorAll("[data-keys]").forEach((button) => { button.hidden = false; });

  // A button that copies a text beside it, where the browser lets us (https, this machine); the text can be marked anyway.
  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      button.textContent = button.dataset.copied;
    });
  });
})();
