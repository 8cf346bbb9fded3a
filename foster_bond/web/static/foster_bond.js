/* Small glue in plain JavaScript. Every page works without it; this adds keys, keeps scroll at the newest text, and stops a second press. */
(() => {
  "use strict";

  const KEYS_OFF = "foster-bond-keys-off";
  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Single keys can collide with speech input, so they can be switched off (WCAG 2.1.4); the browser remembers it.
  const keysAreOn = () => {
    try { return localStorage.getItem(KEYS_OFF) !== "yes"; } catch { return true; }
  };
  const switchKeys = (on) => {
    try { on ? localStorage.removeItem(KEYS_OFF) : localStorage.setItem(KEYS_OFF, "yes"); } catch { /* a browser without storage keeps them on */ }
  };
  const isTyping = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

  const step = (direction) => {
    const moments = all("[data-moment]");
    if (moments.length === 0) return;
    const here = moments.indexOf(document.activeElement?.closest("[data-moment]"));
    const next = here < 0 ? (direction > 0 ? 0 : moments.length - 1) : Math.min(Math.max(here + direction, 0), moments.length - 1);
    moments[next].focus({ focusVisible: true });
    moments[next].scrollIntoView({ block: "nearest" });
  };
  const focusOn = (key) => {
    const field = find(`[data-key="${key}"]`);
    if (!field) return false;
    const fold = field.closest("details");
    if (fold) fold.open = true;
    if (field.matches("a")) field.click(); else field.focus();
    return true;
  };
  const openKeys = () => {
    const sheet = find("#keys");
    if (!sheet || sheet.open) return;
    find("#keys-on").checked = keysAreOn();
    sheet.showModal();
  };

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") all("details.menu[open]").forEach((menu) => { menu.open = false; });
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.closest("[data-enter] textarea")) {
      event.preventDefault();
      event.target.form.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || find("dialog[open]")) return;
    if (!keysAreOn()) return;
    if (event.key === "?") { event.preventDefault(); openKeys(); }
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (["/", "r", "n"].includes(event.key) && focusOn(event.key)) event.preventDefault();
    else if (event.key === "Enter" && event.target.matches("[data-moment]")) find("a", event.target)?.click();
  });

  document.addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    if (event.target.closest('[data-opens="keys"]')) openKeys();
    if (event.target.matches("[data-select]")) event.target.select();
    if (event.target.matches("[data-print]")) window.print();
  });
  document.addEventListener("change", (event) => {
    if (event.target.id === "keys-on") switchKeys(event.target.checked);
    if (event.target.matches("[data-goes]")) event.target.form.requestSubmit();
  });

  // A form of ours goes out once, however often it is pressed; coming back to the page makes it new.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    all("button", form).forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  window.addEventListener("pageshow", () => {
    all("form[data-sent]").forEach((form) => {
      delete form.dataset.sent;
      all("button", form).forEach((button) => button.removeAttribute("aria-busy"));
    });
  });

  // A hidden page does not poll; the first poll after it is seen again catches up.
  document.addEventListener("htmx:before:request", (event) => {
    const source = event.detail.ctx?.sourceElement;
    if (document.hidden && source?.getAttribute("hx-trigger")?.startsWith("every")) event.preventDefault();
  });

  // The text that was sent leaves its field; a refused one stays there.
  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement, response } = event.detail.ctx ?? {};
    if (sourceElement?.matches?.("[data-clears]") && response?.status < 400) sourceElement.reset();
  });

  // What is being read stays where it is on the screen, however much that is new appears above it.
  let anchor = null;
  document.addEventListener("htmx:before:swap", (event) => {
    anchor = null;
    if (event.detail.ctx?.sourceElement?.id !== "moments" || window.scrollY < 80) return;
    const seen = all("[data-moment]").find((moment) => moment.getBoundingClientRect().bottom > 60);
    if (seen) anchor = { id: seen.id, top: seen.getBoundingClientRect().top };
  });
  document.addEventListener("htmx:after:swap", () => {
    const now = anchor && document.getElementById(anchor.id);
    if (now) window.scrollBy({ top: now.getBoundingClientRect().top - anchor.top, behavior: "instant" });
    anchor = null;
  });

  // A thread stays at its newest text, unless somebody has scrolled up to read.
  const NEAR = 60;
  const atBottom = new Map();
  const toBottom = (list) => { list.scrollTop = list.scrollHeight; };
  document.addEventListener("htmx:before:swap", () => {
    all("[data-bottom]").forEach((list) => atBottom.set(list.id, list.scrollHeight - list.scrollTop - list.clientHeight < NEAR));
  });
  document.addEventListener("htmx:after:swap", (event) => {
    all("[data-bottom]").forEach((list) => { if (atBottom.get(list.id) !== false) toBottom(list); });
    if (event.detail.ctx?.sourceElement?.matches?.("form")) find("[aria-invalid='true']")?.focus();
  });
  document.addEventListener("DOMContentLoaded", () => all("[data-bottom]").forEach(toBottom));
})();
