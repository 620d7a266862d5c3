// What a page needs from its browser: the address, the theme, the clipboard, a file to save.
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

function save({ name, type }, [content]) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// <button data-wb-copy="#id"> copies the text of that element at the click itself.
async function onClick(event) {
  const button = event.target.closest?.("[data-wb-copy]");
  const source = button && document.querySelector(button.dataset.wbCopy);
  if (!source) return;
  button.dataset.wbDone = String(await copyText(source.textContent.trim()));
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
  function onQuery() {
    if (!served) return;
    const query = new URLSearchParams(Object.entries(model.get("query"))).toString();
    history.replaceState(null, "", location.pathname + (query ? "?" + query : "") + location.hash);
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
  if (served) document.addEventListener("click", onClick);

  let stored = null;
  try { stored = localStorage.getItem(THEME); } catch { /* private window */ }
  if (["auto", "light", "dark"].includes(stored)) model.set("theme", stored);
  if (served && !model.get("opened")) {
    model.set("arrived", Object.fromEntries(new URLSearchParams(location.search)));
    model.set("opened", true);
  }
  onTheme();
  onPage();
  const letClose = keepOpen();
  return () => {
    letClose();
    for (const [event, action] of watched) model.off(event, action);
    system.removeEventListener("change", onTheme);
    document.removeEventListener("click", onClick);
  };
}

export default { render };
