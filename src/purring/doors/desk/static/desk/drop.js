// SPDX-License-Identifier: AGPL-3.0-or-later
// Files dropped anywhere on a box marked `data-drop` go into its file input, and its form is sent. The box works as an
// ordinary file input without this.
(function () {
  "use strict";
  document.querySelectorAll("[data-drop]").forEach(function (box) {
    var input = box.querySelector("input[type=file]");
    var depth = 0;
    function light(on) {
      depth = on ? depth + 1 : Math.max(0, depth - 1);
      box.classList.toggle("over", depth > 0);
    }
    function carriesFiles(event) {
      return event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, "Files") >= 0;
    }
    box.addEventListener("dragenter", function (event) { if (carriesFiles(event)) { event.preventDefault(); light(true); } });
    box.addEventListener("dragover", function (event) { if (carriesFiles(event)) { event.preventDefault(); } });
    box.addEventListener("dragleave", function () { light(false); });
    box.addEventListener("drop", function (event) {
      if (!carriesFiles(event) || !event.dataTransfer.files.length) { return; }
      event.preventDefault();
      depth = 1;
      light(false);
      input.files = event.dataTransfer.files;
      input.form.requestSubmit();
    });
  });
}());
