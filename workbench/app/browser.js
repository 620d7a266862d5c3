// What a page needs from its browser: the address and its history, links between pages, the theme,
// the clipboard, a file to save with pictures in it.
const THEME = "wb-theme"; // the same key as in the page template

function applyTheme(choice) {
  const root = document.documentElement;
  if (!document.body.dataset.voila) return document.body.dataset.jpThemeLight === "false";
  const dark = choice === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : choice === "dark";
  root.dataset.wbTheme = dark ? "dark" : "light";
  return dark;
}

function addStyle(text) { // a served page has it from its template already
  if (!text || document.getElementById("wb-style")) return;
  const node = document.createElement("style");
  node.id = "wb-style";
  node.textContent = text;
  document.head.append(node);
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.style.cssText = "position:fixed;opacity:0";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

// Every chart that is drawn may answer `wb-picture` with itself as the address of an SVG.
function pictureOf(name) {
  let found = "";
  document.dispatchEvent(new CustomEvent("wb-picture", { detail: { name, give: (address) => { found ||= address; } } }));
  return found;
}

function save({ name, type, pictures }, [content]) {
  if (pictures?.length) { // {{picture:NAME}} in a text stands for the picture of that chart
    let text = new TextDecoder().decode(content);
    for (const one of pictures) text = text.replaceAll(`{{picture:${one}}}`, pictureOf(one));
    content = text;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// <button data-wb-copy="#id"> copies the text of that element at the click itself, "address" the link.
async function onClick(event) {
  const button = event.target.closest?.("[data-wb-copy]");
  const wanted = button?.dataset.wbCopy;
  const source = wanted && wanted !== "address" && document.querySelector(wanted);
  if (!source && wanted !== "address") return;
  button.dataset.wbDone = String(await copyText(source ? source.textContent.trim() : location.href));
  setTimeout(() => delete button.dataset.wbDone, 2000);
}

// A <details data-wb-keep="name"> stays open when Python writes its surroundings anew.
function keepOpen() {
  const open = new Set();
  const onToggle = ({ target }) => {
    const name = target.dataset?.wbKeep;
    if (name && target.isConnected) open[target.open ? "add" : "delete"](name);
  };
  const reopen = new MutationObserver(() => {
    for (const name of open) {
      const part = document.querySelector(`details[data-wb-keep="${name}"]:not([open])`);
      if (part) part.open = true;
    }
  });
  document.addEventListener("toggle", onToggle, true);
  reopen.observe(document.body, { childList: true, subtree: true });
  return () => {
    document.removeEventListener("toggle", onToggle, true);
    reopen.disconnect();
  };
}

function render({ model, el }) {
  el.style.display = "none";
  addStyle(model.get("css"));
  const system = matchMedia("(prefers-color-scheme: dark)");
  const served = Boolean(document.body.dataset.voila);

  function onTheme() {
    const choice = model.get("theme");
    try { localStorage.setItem(THEME, choice); } catch { /* private window */ }
    model.set("dark", applyTheme(choice));
    model.save_changes();
  }
  function onPage() {
    if (!served) return;
    document.documentElement.lang = model.get("lang") === "en" ? "en" : "zh-CN";
    if (model.get("title")) document.title = model.get("title");
  }
  const asked = () => Object.fromEntries(new URLSearchParams(location.search));
  let shown = model.get("query").page;
  function onQuery() {
    if (!served) return;
    const query = new URLSearchParams(Object.entries(model.get("query"))).toString();
    const address = location.pathname + (query ? "?" + query : "") + location.hash;
    const page = model.get("query").page;
    const turned = shown !== undefined && page !== shown && page !== asked().page;
    if (page !== shown) window.scrollTo(0, 0);
    shown = page;
    history[turned ? "pushState" : "replaceState"](null, "", address); // "back" turns a page back
  }
  function onBack() {
    model.send({ kind: "back", query: asked() });
  }
  // <a data-wb-go="page" href="?page=page"> turns the page without a new kernel.
  function onGo(event) {
    const link = event.target.closest?.("[data-wb-go]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    model.send({ kind: "go", page: link.dataset.wbGo });
  }
  // Enter takes what stands in a box, also where an answer wrote to it while somebody typed: the
  // browser itself then sees no change.
  function onEnter(event) {
    const box = event.target;
    if (event.key !== "Enter" || box.tagName !== "INPUT" || !box.closest(".wb-page")) return;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
  async function onMessage(message, buffers) {
    if (!el.isConnected) return;
    if (message.kind === "save") save(message, buffers);
    if (message.kind === "copy") model.send({ kind: "copied", done: await copyText(message.text) });
  }

  const watched = [["change:theme", onTheme], ["change:lang", onPage], ["change:title", onPage],
    ["change:query", onQuery], ["msg:custom", onMessage]];
  for (const [event, action] of watched) model.on(event, action);
  system.addEventListener("change", onTheme);
  document.addEventListener("click", onGo);
  document.addEventListener("keydown", onEnter);
  if (served) {
    document.addEventListener("click", onClick);
    addEventListener("popstate", onBack);
  }

  let stored = null;
  try { stored = localStorage.getItem(THEME); } catch { /* private window */ }
  if (["auto", "light", "dark"].includes(stored)) model.set("theme", stored);
  if (served && !model.get("opened")) {
    model.set("arrived", asked());
    model.set("opened", true);
  }
  onTheme();
  onPage();
  const letClose = keepOpen();
  return () => {
    letClose();
    for (const [event, action] of watched) model.off(event, action);
    system.removeEventListener("change", onTheme);
    document.removeEventListener("click", onGo);
    document.removeEventListener("keydown", onEnter);
    document.removeEventListener("click", onClick);
    removeEventListener("popstate", onBack);
  };
}

export default { render };
