// The calendar works without this. With it, it opens at the present hour and stays up to date while
// somebody is there; who has left is not kept signed in by it.
"use strict";
(() => {
  const board = document.getElementById("board");
  if (!board) return;
  const AWAY = 30 * 60 * 1000;
  let lastSeen = Date.now();
  for (const sign of ["pointerdown", "pointermove", "keydown", "scroll"]) {
    addEventListener(sign, () => { lastSeen = Date.now(); }, { passive: true, capture: true });
  }

  const showNow = () => {
    const calendar = board.querySelector(".cal");
    const mark = board.querySelector(".now") || board.querySelector(".block:not(.closure, .off)");
    if (!calendar || !mark) return;
    const down = mark.getBoundingClientRect().top - calendar.getBoundingClientRect().top;
    calendar.scrollTop = Math.max(0, down - calendar.clientHeight / 3);
  };

  const refresh = async () => {
    if (document.hidden || Date.now() - lastSeen > AWAY) return;
    if (board.contains(document.activeElement) && document.activeElement.closest("a")) return;
    let fresh;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", redirect: "manual" });
      if (answer.type === "opaqueredirect") return location.reload();
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      fresh = page.getElementById("board");
    } catch {
      return;
    }
    const old = board.querySelector(".cal");
    if (!fresh || !old) return;
    const [top, left, focused] = [old.scrollTop, old.scrollLeft, document.activeElement === old];
    board.replaceChildren(...fresh.childNodes);
    const calendar = board.querySelector(".cal");
    calendar.scrollTo(left, top);
    if (focused) calendar.focus({ preventScroll: true });
  };

  showNow();
  setInterval(refresh, Number(board.dataset.refresh) * 1000);
})();
