// Where the row of tabs is longer than the screen, it opens at the tab that one is on.
"use strict";
(() => {
  const current = document.querySelector(".tabs [aria-current]");
  if (!current) return;
  const row = current.parentElement;
  row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
})();
