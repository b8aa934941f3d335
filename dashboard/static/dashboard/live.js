// The pages work without this. With it, the part #live brings itself up to date while somebody is
// there; what did not change stays as it is, so that focus, scroll and open details stay too. Who has
// left is not kept signed in by it.
"use strict";
(() => {
  const live = document.getElementById("live");
  if (!live?.dataset.live) return;
  const EVERY = Number(live.dataset.live) * 1000;
  const AWAY = 30 * 60 * 1000;
  const PATIENCE = 8000;
  // What the reader or another script has set and the server does not know of.
  const KEPT = new Set(["open", "tabindex"]);
  const control = document.getElementById("live-control");
  const isOn = control.querySelector("input");
  const said = control.querySelector("[role=status]");
  let lastSeen = Date.now();
  let timer = 0;

  const key = (node) => node.dataset?.key;

  const morph = (old, fresh) => {
    if (old.isEqualNode(fresh) || old.dataset?.keep !== undefined) return;
    if (old.nodeName !== fresh.nodeName) return void old.replaceWith(fresh);
    if (old.nodeType !== Node.ELEMENT_NODE) {
      old.nodeValue = fresh.nodeValue;
      return;
    }
    for (const { name } of [...old.attributes]) {
      if (!fresh.hasAttribute(name) && !KEPT.has(name)) old.removeAttribute(name);
    }
    for (const { name, value } of fresh.attributes) {
      if (old.getAttribute(name) !== value && !KEPT.has(name)) old.setAttribute(name, value);
    }
    morphChildren(old, fresh);
  };

  // Rows that have a key are the same row wherever they stand.
  const morphChildren = (old, fresh) => {
    const wanted = new Set([...fresh.children].map(key));
    const known = new Map();
    for (const child of [...old.children]) {
      if (!key(child)) continue;
      if (wanted.has(key(child))) known.set(key(child), child);
      else child.remove();
    }
    let place = old.firstChild;
    for (const next of [...fresh.childNodes]) {
      const same = key(next) ? known.get(key(next)) : place && !key(place) && place;
      if (!same) {
        if (key(next)) next.classList.add("new");
        old.insertBefore(next, place);
        continue;
      }
      if (same !== place) old.insertBefore(same, place);
      else place = place.nextSibling;
      morph(same, next);
    }
    while (place) {
      const after = place.nextSibling;
      place.remove();
      place = after;
    }
  };

  const say = (words) => {
    if (said.textContent !== words) said.textContent = words;
  };

  const refresh = async () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, EVERY);
    if (!isOn.checked || document.hidden || Date.now() - lastSeen > AWAY) return;
    try {
      const answer = await fetch(location.href, {
        credentials: "same-origin",
        headers: { "X-Live": "1" },
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
      if (answer.type === "opaqueredirect" || answer.status === 403) return location.reload();
      if (!answer.ok) throw new Error(answer.statusText);
      const parsed = document.createElement("template");
      parsed.innerHTML = await answer.text();
      if (isOn.checked) morphChildren(live, parsed.content);
      say("");
    } catch {
      say("The server does not answer; what you see is old.");
    }
  };

  for (const sign of ["pointerdown", "pointermove", "keydown", "scroll"]) {
    addEventListener(sign, () => { lastSeen = Date.now(); }, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", refresh);
  isOn.addEventListener("change", refresh);
  control.hidden = false;
  timer = setTimeout(refresh, EVERY);
})();
