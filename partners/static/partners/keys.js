"use strict";
// New keys: copy one, wipe it from the page on leaving, and send a form only once.
document.addEventListener("DOMContentLoaded", () => {
  const reveals = document.querySelectorAll("[data-key]");

  async function copy(code) {
    if (navigator.clipboard) {
      try {
        await navigator.clipboard.writeText(code.textContent);
        return true;
      } catch {
        // Refused by the browser: the old way below.
      }
    }
    const range = document.createRange();
    range.selectNodeContents(code);
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
    return document.execCommand("copy");
  }

  reveals.forEach((reveal) => {
    const code = reveal.querySelector("code");
    const button = reveal.querySelector("button");
    const said = reveal.querySelector("[role=status]");
    button.hidden = false;
    button.addEventListener("click", async () => {
      said.textContent = (await copy(code)) ? "Copied." : "Select the key and copy it by hand.";
    });
  });

  // A browser may keep a page whole for its Back button, whatever Cache-Control says.
  if (reveals.length) {
    window.addEventListener("pagehide", () => {
      document.querySelectorAll("[data-key] code").forEach((code) => {
        code.textContent = "This key was shown before.";
      });
    });
  }

  document.querySelectorAll("#apikey_form, form[data-once]").forEach((form) => {
    let isSent = false;
    form.addEventListener("submit", (event) => {
      if (isSent) event.preventDefault();
      isSent = true;
    });
    window.addEventListener("pageshow", () => {
      isSent = false;
    });
  });
});
