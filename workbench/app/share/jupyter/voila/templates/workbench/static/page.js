// Runs in the head, before anything is drawn: language and theme, the banner of a lost connection,
// the skeleton until the widgets stand, names for the sliders.
(() => {
  const root = document.documentElement;
  const titles = JSON.parse(document.getElementById("wb-titles").textContent);
  const asked = new URLSearchParams(location.search).get("lang");
  const lang = asked === "zh" || asked === "en" ? asked : root.lang.slice(0, 2);
  root.lang = lang === "en" ? "en" : "zh-CN";
  document.title = titles[lang];

  let theme = "auto"; // the same key as in browser.js
  try { theme = localStorage.getItem("wb-theme") || theme; } catch { /* private window */ }
  const dark = theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  root.dataset.wbTheme = dark ? "dark" : "light";

  let worn; // paper is light: the charts follow this name at once
  addEventListener("beforeprint", () => { worn = root.dataset.wbTheme; root.dataset.wbTheme = "light"; });
  addEventListener("afterprint", () => { root.dataset.wbTheme = worn; });

  // The connection to the kernel. A page that is left closes it too: no banner then.
  const PATIENCE = 2500;
  let leaving = false, timer;
  addEventListener("pagehide", () => { leaving = true; });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  const banner = () => { if (!leaving) document.getElementById("wb-banner").hidden = false; };
  const opened = () => clearTimeout(timer);
  const closed = () => { clearTimeout(timer); timer = setTimeout(banner, PATIENCE); };
  const gone = /"execution_state":\s*"(autorestarting|restarting|dead)"/;
  function heard({ data }) { // a kernel that was started anew knows nothing of this page
    const small = typeof data === "string" ? data.length < 4000 : data.byteLength < 4000;
    if (small && gone.test(typeof data === "string" ? data : new TextDecoder().decode(data))) banner();
  }
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(address, protocols) {
      super(address, protocols);
      if (!/\/api\/kernels\/[^/]+\/channels/.test(String(address))) return;
      this.addEventListener("open", opened);
      this.addEventListener("close", closed);
      this.addEventListener("message", heard);
    }
  };

  // Voilà calls these names while it sends the cells, and again when its own parts are loaded.
  window.voila_heartbeat = () => {};
  window.update_loading_text = window.voila_process = () => {};
  window.voila_finish = window.display_cells = () => {
    if (!window.themeLoaded) { window.cellLoaded = true; return; }
    const cells = document.getElementById("rendered_cells");
    const drawn = ".wb-page, .jupyter-widgets, .jp-RenderedHTMLCommon, .jp-RenderedText";
    const show = () => {
      waiting.disconnect();
      cells.classList.remove("wb-hidden");
      for (const id of ["wb-skeleton", "wb-loading"]) document.getElementById(id)?.remove();
    };
    const look = () => { if (cells.querySelector(drawn)) requestAnimationFrame(show); };
    const waiting = new MutationObserver(look);
    waiting.observe(cells, { childList: true, subtree: true });
    setTimeout(show, 15000);
    look();
  };

  // A slider of ipywidgets has a label beside it, but its handle has no name of its own.
  // Boxes have an empty label, which hides their title from those who do not see; a button that
  // shows a sign says what it is, one of several which is on.
  function nameControls() {
    for (const box of document.querySelectorAll(":is(.widget-text input, .widget-dropdown select)[title]")) {
      if (box.getAttribute("aria-label") !== box.title) box.setAttribute("aria-label", box.title);
    }
    for (const button of document.querySelectorAll(".widget-toggle-buttons button")) {
      if (button.title) button.setAttribute("aria-label", button.title);
      button.setAttribute("aria-pressed", String(button.classList.contains("mod-active")));
    }
  }
  function nameSliders() {
    nameControls();
    for (const handle of document.querySelectorAll(".widget-slider [role=slider]")) {
      const slider = handle.closest(".widget-slider");
      const label = slider.querySelector(".widget-label");
      const tooltip = label?.title === "null" ? "" : label?.title; // as ipywidgets writes "none"
      const name = tooltip || label?.textContent;
      if (name && handle.getAttribute("aria-label") !== name) handle.setAttribute("aria-label", name);
      const readout = slider.querySelector(".widget-readout")?.textContent;
      if (readout && handle.getAttribute("aria-valuetext") !== readout) handle.setAttribute("aria-valuetext", readout);
    }
  }
  let planned;
  addEventListener("DOMContentLoaded", () => {
    new MutationObserver(() => {
      planned ??= setTimeout(() => { planned = undefined; nameSliders(); }, 200);
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
})();
