// Without this, the preview opens in a window of its own. With it, it is shown below the form and
// follows the writing.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const button = document.querySelector("[data-preview-button]");
  if (!button) return;
  const place = document.querySelector("[data-preview]");
  const status = document.querySelector("[data-preview-status]");
  const { form } = button;
  const PAUSE = 500;
  let waiting = 0;
  let latest = 0;

  const show = async () => {
    const number = ++latest;
    let shown;
    try {
      const answer = await fetch(button.formAction, {
        method: "POST",
        body: new FormData(form),
        credentials: "same-origin",
        redirect: "error",
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      shown = answer.ok && page.querySelector("[data-article]");
    } catch {
      shown = null;
    }
    if (number !== latest) return;
    if (shown) place.replaceChildren(document.adoptNode(shown));
    status.textContent = shown ? "Up to date." : "There is no preview now; are you signed in?";
  };

  button.addEventListener("click", (event) => {
    event.preventDefault();
    show();
  });
  form.addEventListener("input", (event) => {
    if (event.target.name !== "body" || !place.firstChild) return;
    clearTimeout(waiting);
    waiting = setTimeout(show, PAUSE);
  });
});
