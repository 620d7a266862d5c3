// One ECharts picture. Python sends an option of numbers, words and names; no function and no
// markup comes from there. The library is one static file, loaded once and shared by all charts.
const LIBRARY = "workbench-charts/static/echarts-6.1.0.js";
const NARROW = 520;

function loadLibrary() {
  const node = document.getElementById("jupyter-config-data");
  const page = node ? JSON.parse(node.textContent) : {};
  const base = page.fullLabextensionsUrl || (page.baseUrl || "/") + "lab/extensions";
  return import(new URL(`${base}/${LIBRARY}`, window.location.href).href);
}

function isDark(model) {
  const own = model.get("theme") === "auto" ? "" : model.get("theme");
  const page = own || document.documentElement.dataset.wbTheme;
  return page ? page === "dark" : document.body.dataset.jpThemeLight === "false";
}

function paint(palette, { $c: name, alpha }) {
  const hex = palette[name] || palette.text;
  const part = (start) => parseInt(hex.slice(start, start + 2), 16);
  return alpha === undefined ? hex : `rgba(${part(1)},${part(3)},${part(5)},${alpha})`;
}

function formatter({ $f: name, before = "", after = "" }) {
  const digits = Number(name[1]);
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (name[0] === "p" || name[0] === "s") options.style = "percent"; // times hundred; the sign comes with `after`
  if (name[0] === "s") options.minimumFractionDigits = 0; // 0.1, 1, 10: the ticks of steps of ten
  const format = new Intl.NumberFormat("zh-CN", options);
  return (given) => { // a number, an array, or what ECharts hands to a label
    const value = given !== null && typeof given === "object" && !Array.isArray(given) ? given.value : given;
    const number = Array.isArray(value) ? value[1] : value;
    if (number === null || number === undefined || !Number.isFinite(Number(number))) return "—";
    const text = format.format(Number(number));
    const sign = text.startsWith("-") && /[1-9]/.test(text) ? "−" : ""; // never −0
    return sign + before + text.replace(/^-/, "").replace(/%$/, "") + after;
  };
}

// Names become colours and functions; what ECharts would read as markup or a link is dropped.
function resolve(node, look, tooltip = false) {
  if (Array.isArray(node)) {
    const plain = node.length === 0 || typeof node[0] === "number" ||
      (Array.isArray(node[0]) && typeof node[0][0] === "number");
    return plain ? node : node.map((each) => resolve(each, look, tooltip));
  }
  if (node === null || typeof node !== "object") return node;
  if ("$c" in node) return paint(look.palette, node);
  if ("$f" in node) return formatter(node);
  if ("$t" in node) return () => node.$t;
  const { $narrow, ...own } = node;
  const whole = $narrow && look.narrow ? { ...own, ...$narrow } : own;
  const done = {};
  for (const [key, value] of Object.entries(whole)) {
    if (["link", "sublink", "target"].includes(key) && typeof value === "string") continue;
    if (key === "formatter" && (tooltip || typeof value === "string")) continue;
    done[key] = resolve(value, look, tooltip || key === "tooltip");
  }
  return done;
}

// An option with all data and all leaves blanked: only where it changes must the chart be rebuilt.
const shapeOf = (option) => JSON.stringify(option, (key, value) =>
  key === "data" || value === null || typeof value !== "object" ? 0 : value);

function keepChoices(chart, option) { // legend and zoom survive a rebuilding
  const old = chart.getOption() || {};
  if (option.legend && old.legend?.[0]) option.legend = { ...option.legend, selected: old.legend[0].selected };
  if (option.dataZoom && old.dataZoom) {
    option.dataZoom = [option.dataZoom].flat().map((zoom, at) =>
      ({ ...zoom, start: old.dataZoom[at]?.start, end: old.dataZoom[at]?.end }));
  }
  return option;
}

function wrapped(pen, text, width) {
  const lines = [""];
  for (const piece of text.match(/[A-Za-z0-9.,%−]+|\s|./gu) || []) {
    if (pen.measureText(lines.at(-1) + piece).width > width) lines.push("");
    lines[lines.length - 1] += piece;
  }
  return lines;
}

// The picture with its title and subtitle as a PNG, 960 pixels wide at double resolution.
function download(echarts, model, name) {
  const width = 960, scale = 2, palette = model.get("palette").light;
  const box = document.createElement("div");
  box.style.cssText = `position:fixed;left:-9999px;width:${width - 48}px;height:${model.get("height")}px`;
  document.body.append(box);
  const chart = echarts.init(box, null, { renderer: "canvas", devicePixelRatio: scale });
  try {
    const { title, ...option } = resolve(model.get("option"), { palette, narrow: false });
    chart.setOption(option);
    const sheet = document.createElement("canvas");
    const pen = sheet.getContext("2d");
    const font = option.textStyle?.fontFamily || "sans-serif";
    const parts = [[title?.text, `600 18px ${font}`, 26, palette.text], [title?.subtext, `13px ${font}`, 20, palette.secondary]];
    const lines = parts.flatMap(([text, face, step, ink]) => {
      pen.font = face;
      return wrapped(pen, text || "", width - 48).map((line) => ({ line, face, step, ink }));
    });
    const head = lines.reduce((sum, { step }) => sum + step, 32);
    sheet.width = width * scale;
    sheet.height = (head + model.get("height") + 24) * scale;
    pen.scale(scale, scale);
    pen.fillStyle = palette.card;
    pen.fillRect(0, 0, width, sheet.height);
    let below = 24;
    for (const { line, face, step, ink } of lines) {
      pen.font = face;
      pen.fillStyle = ink;
      pen.fillText(line, 24, (below += step) - 8);
    }
    pen.drawImage(chart.renderToCanvas({ pixelRatio: scale }), 24, head, width - 48, model.get("height"));
    const link = document.createElement("a");
    link.href = sheet.toDataURL("image/png");
    link.download = name;
    link.click();
  } finally {
    chart.dispose();
    box.remove();
  }
}

// The picture in light colours as the address of an SVG: no script runs in it, it prints sharply.
function asAddress(echarts, model) {
  const width = 760, height = model.get("height");
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height });
  try {
    const { title: _, ...resolved } = resolve(model.get("option"), { palette: model.get("palette").light, narrow: false });
    chart.setOption(resolved);
    return "data:image/svg+xml;charset=utf-8," + encodeURIComponent(chart.renderToSVGString());
  } finally {
    chart.dispose();
  }
}

function render({ model, el }) {
  el.classList.add("wb-chart");
  el.innerHTML = `<figure><figcaption><p class="wb-chart-title"></p><p class="wb-chart-subtitle"></p></figcaption>
    <div class="wb-chart-picture" role="img"></div><p class="wb-chart-failure" role="alert" hidden></p></figure>`;
  const [title, subtitle, picture, failure] =
    ["title", "subtitle", "picture", "failure"].map((part) => el.querySelector(`.wb-chart-${part}`));
  let echarts, chart, shape, narrow, inSight = true, waits = false;

  function fail(error) {
    console.error(error);
    chart?.dispose();
    chart = undefined;
    picture.hidden = true;
    failure.hidden = false;
    failure.textContent = model.get("failed");
  }

  function draw() {
    const option = model.get("option");
    title.textContent = option.title?.text || "";
    subtitle.textContent = option.title?.subtext || "";
    picture.setAttribute("aria-label", model.get("label"));
    picture.style.height = `${model.get("height")}px`;
    if (!echarts) return;
    if (waits = Boolean(chart) && !inSight) return; // drawn anew when it comes near the screen
    try {
      if (!option.series) return;
      picture.hidden = failure.hidden ? picture.hidden : false;
      failure.hidden = true;
      narrow = picture.clientWidth > 10 && picture.clientWidth < NARROW;
      const dark = isDark(model);
      const palette = model.get("palette")[dark ? "dark" : "light"];
      const { title: _, ...resolved } = resolve(option, { palette, narrow });
      const wanted = `${dark} ${narrow} ${shapeOf(option)}`;
      if (!chart) chart = echarts.init(picture, null, { renderer: model.get("renderer") });
      else if (shape === wanted) return void chart.setOption(resolved, { replaceMerge: ["series"] });
      chart.setOption(shape === undefined ? resolved : keepChoices(chart, resolved), { notMerge: true });
      shape = wanted;
    } catch (error) {
      shape = undefined;
      fail(error);
    } finally {
      el.dataset.rev = chart ? model.get("rev") : "failed";
    }
  }

  const onSight = new IntersectionObserver(([entry]) => {
    inSight = entry.isIntersecting;
    if (inSight && waits) draw();
  }, { rootMargin: "300px" });
  const onPrint = () => {
    inSight = true;
    if (waits) draw();
  };
  const onSize = new ResizeObserver(() => {
    const width = picture.clientWidth;
    if (width < 10 || !chart) return;
    chart.resize();
    if (width < NARROW !== narrow) draw();
  });
  const onTheme = new MutationObserver(draw);
  const onMessage = (message) => {
    if (message.kind === "download" && el.isConnected && echarts && model.get("option").series) {
      download(echarts, model, message.name);
    }
  };
  model.on("change:rev", draw);
  model.on("change:theme", draw);
  model.on("msg:custom", onMessage);
  const onPicture = ({ detail }) => {
    if (detail.name && detail.name === model.get("name") && echarts && el.isConnected) detail.give(asAddress(echarts, model));
  };
  document.addEventListener("wb-picture", onPicture);
  window.addEventListener("beforeprint", onPrint);
  onSight.observe(picture);
  onSize.observe(picture);
  onTheme.observe(document.documentElement, { attributeFilter: ["data-wb-theme"] });
  onTheme.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  draw();
  loadLibrary().then((module) => { echarts = module; draw(); }, (error) => {
    fail(error);
    el.dataset.rev = "failed";
  });
  return () => {
    onSize.disconnect();
    onSight.disconnect();
    window.removeEventListener("beforeprint", onPrint);
    onTheme.disconnect();
    model.off("change:rev", draw);
    model.off("change:theme", draw);
    model.off("msg:custom", onMessage);
    document.removeEventListener("wb-picture", onPicture);
    chart?.dispose();
  };
}

export default { render };
