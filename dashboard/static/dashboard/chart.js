// The chart can be read without this, by pointing or in its table. With it, the arrow keys go from bar
// to bar, and the bar that is pointed at or has the focus is read out below.
"use strict";
(() => {
  const bars = () => [...document.querySelectorAll(".plot .bar")];
  const read = (bar) => {
    document.getElementById("readout").textContent = bar.querySelector("title").textContent;
  };
  const reachable = (bar) => {
    for (const one of bars()) one.setAttribute("tabindex", one === bar ? "0" : "-1");
  };
  const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

  document.addEventListener("pointerover", (event) => {
    const bar = event.target.closest?.(".bar");
    if (bar) read(bar);
  });
  document.addEventListener("focusin", (event) => {
    if (!event.target.matches(".bar")) return;
    reachable(event.target);
    read(event.target);
  });
  document.addEventListener("keydown", (event) => {
    const step = steps[event.key];
    if (!step || !event.target.matches(".bar")) return;
    const all = bars();
    const place = Math.min(Math.max(all.indexOf(event.target) + step, 0), all.length - 1);
    all[place].focus();
    event.preventDefault();
  });

  if (bars().length) {
    reachable(bars().at(-1));
    document.getElementById("readout").textContent = "Point at a bar, or go there by the arrow keys.";
  }
})();
