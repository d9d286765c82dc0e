// SPDX-License-Identifier: AGPL-3.0-or-later
// Shows the passkey button where the browser knows passkeys, and says kindly when one did not work.
(() => {
  const button = document.getElementById("passkey");
  if (!button || !window.PublicKeyCredential) return;
  button.hidden = false;
  const note = document.querySelector("[data-passkey-note]");
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    if (note) note.hidden = false;
  });
})();
