// SPDX-License-Identifier: AGPL-3.0-or-later
// The field in the bar: "/" goes to it, arrows walk through the hits, Escape closes them. Without it, Enter searches.
(() => {
  "use strict";
  const field = () => {
    const bar = document.getElementById("find");
    return bar && bar.offsetParent !== null ? bar : document.getElementById("q");
  };
  const typing = (at) => at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !typing(event.target) && field()) {
      event.preventDefault();
      field().focus();
      field().select();
      return;
    }
    const form = event.target.closest ? event.target.closest(".find") : null;
    if (!form) return;
    const input = form.querySelector("input");
    const links = [...form.querySelectorAll("#find-hits a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      form.querySelector("#find-hits").replaceChildren();
      input.focus();
    } else if (event.key === "ArrowDown" && links.length) {
      event.preventDefault();
      links[Math.min(at + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (at ? links[at - 1] : input).focus();
    }
  });
})();
