"use strict";

// The data of the page ----------------------------------------------------------------------------

const data = JSON.parse(document.getElementById("data").textContent);
const events = data.events.map((row) =>
  Object.fromEntries(data.fields.map((field, i) => [field, row[i]])),
);
const [low, high] = data.norms;
const ROW = 30; // pixels, as --row in the style
const find = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

function number(x) {
  if (x === null) return "–";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e-3 && size < 1e6) return String(Number(x.toPrecision(5)));
  return x.toExponential(3).replace("e+", "e");
}

// The width of a bar on the scale of logarithms, in percent.
function width(norm) {
  if (!norm) return 0;
  return Math.min(100, Math.max(3, (100 * (Math.log10(norm) - low)) / (high - low)));
}

function meter(e) {
  const bar = make("span", { class: e.bad ? "meter bad" : "meter" }, make("i"));
  bar.firstChild.style.width = `${e.bad ? 100 : width(e.norm)}%`;
  return bar;
}

const summary = (e) => (e.bad ? e.bad.match(/NaN|Inf/g).join(", ") : e.shape ? number(e.norm) : short(e));
const short = (e) => (e.sample && !e.sample.includes(",") ? number(Number(e.sample)) : number(e.norm));
const describe = (e) =>
  [e.name, e.dtype + (e.shape ? ` ${e.shape}` : ""), `norm ${number(e.norm)}`, e.sample, e.bad]
    .filter(Boolean)
    .join("\n");

// Lines that belong together ----------------------------------------------------------------------

const panes = [...document.querySelectorAll(".pane")];
const lines = panes.map((pane) => [...pane.querySelectorAll(".line")]);
const byKey = new Map();
for (const line of lines.flat()) {
  if (!line.dataset.key) continue;
  if (!byKey.has(line.dataset.key)) byKey.set(line.dataset.key, []);
  byKey.get(line.dataset.key).push(line);
}
const sideOf = (line) => panes.indexOf(line.closest(".pane"));
const partners = (line) =>
  (byKey.get(line.dataset.key) ?? []).filter((other) => sideOf(other) !== sideOf(line));

let lit = [];
let pinned = null;

function light(line) {
  for (const old of lit) old.classList.remove("lit", "here");
  lit = line ? [line, ...(byKey.get(line.dataset.key) ?? [])] : [];
  for (const each of lit) each.classList.add("lit");
  line?.classList.add("here");
}

function reveal(line) {
  const box = line.closest(".code");
  const top = line.offsetTop;
  const inside = top >= box.scrollTop && top + line.offsetHeight <= box.scrollTop + box.clientHeight;
  if (!inside) box.scrollTop = top - box.clientHeight / 3;
}

function select(line) {
  for (const each of lines[sideOf(line)]) {
    each.tabIndex = each === line ? 0 : -1;
    each.setAttribute("aria-selected", String(each === line));
  }
  pinned = line;
  light(line);
  const others = partners(line);
  if (others.length) reveal(others[0]);
  const numbers = others.map((other) => other.querySelector(".no").textContent);
  find("said").textContent = numbers.length ? `belongs to line ${numbers.join(", ")}` : "";
}

function moveLine(line, key) {
  const all = lines[sideOf(line)];
  const at = all.indexOf(line);
  const goals = {
    ArrowDown: all[at + 1],
    ArrowUp: all[at - 1],
    Home: all[0],
    End: all.at(-1),
    ArrowLeft: sideOf(line) === 1 ? partners(line)[0] : undefined,
    ArrowRight: sideOf(line) === 0 ? partners(line)[0] : undefined,
  };
  goals[key]?.focus();
  return key in goals;
}

for (const [side, pane] of panes.entries()) {
  const code = pane.querySelector(".code");
  const first = lines[side].find((line) => line.dataset.key) ?? lines[side][0];
  if (first) first.tabIndex = 0;
  code.addEventListener("pointerover", (e) => light(e.target.closest(".line.paired") ?? pinned));
  code.addEventListener("pointerleave", () => light(pinned));
  code.addEventListener("focusin", (e) => e.target.matches(".line") && select(e.target));
  code.addEventListener("click", (e) => {
    const line = e.target.closest(".line.paired");
    if (line && !String(getSelection())) choose(line.dataset.key);
  });
  code.addEventListener("keydown", (e) => {
    const line = e.target.closest(".line");
    if (!line || e.ctrlKey || e.metaKey || e.altKey) return;
    if (moveLine(line, e.key)) e.preventDefault();
    else if (e.key === "Escape") clear();
    else if ((e.key === "Enter" || e.key === " ") && line.dataset.key) {
      e.preventDefault();
      choose(line.dataset.key);
    }
  });
}

function clear() {
  pinned = null;
  light(null);
  choose("");
}

// Values of one pass of the loops -----------------------------------------------------------------

const beside = new Map(); // line -> name -> pass -> event
function put(id, e) {
  const line = find(id);
  if (!line) return;
  if (!beside.has(line)) beside.set(line, new Map());
  const names = beside.get(line);
  if (!names.has(e.name)) names.set(e.name, new Map());
  names.get(e.name).set(String(e.iteration), e);
}
const words = new Set(panes[0].textContent.match(/\w+/g));
for (const e of events) {
  // what comes back from a tape was shown in the forward sweep
  if (e.role === "helper" || (e.role === "value" && e.reverse)) continue;
  put(`g${e.number}`, e);
  if (e.line && words.has(e.variable)) put(e.line, e);
}

let now = data.passes[0] ?? [];

function inPass(passes) {
  for (let depth = now.length; depth >= 0; depth--) {
    const e = passes.get(String(now.slice(0, depth)));
    if (e) return e;
  }
  return null;
}

function valueChip(name, e) {
  if (!e) return make("span", { class: "val helper" }, make("span", { class: "name" }, name),
    make("span", { class: "num" }, "–"), make("span"));
  return make(
    "span",
    { class: `val ${e.role}${e.bad ? " bad" : ""}`, title: describe(e) },
    make("span", { class: "name" }, name),
    make("span", { class: "num" }, summary(e)),
    meter(e),
  );
}

function showValues() {
  for (const [line, names] of beside) {
    const chips = [...names].map(([name, passes]) => valueChip(name, inPass(passes)));
    line.querySelector(".vals").replaceChildren(...chips);
  }
}

// The passes that agree with `now` in front of a depth, as the numbers they have there.
function choices(depth) {
  const found = new Set();
  for (const pass of data.passes) {
    const agrees = now.slice(0, depth).every((n, i) => pass[i] === n);
    if (agrees && pass.length > depth) found.add(pass[depth]);
  }
  return [...found];
}

function setPass(start) {
  const wanted = start.concat(now.slice(start.length));
  now = [];
  for (let depth = 0; ; depth++) {
    const open = choices(depth);
    if (!open.length) break;
    const goal = wanted[depth] ?? open[0];
    now.push(open.reduce((a, b) => (Math.abs(b - goal) < Math.abs(a - goal) ? b : a)));
  }
  sliders.forEach((slider) => slider.update());
  showValues();
}

function makeSlider(depth) {
  const label = depth ? (depth === 1 ? "Inner pass" : `Pass at depth ${depth + 1}`) : "Loop pass";
  const input = make("input", { type: "range", id: `pass${depth}`, min: 0, step: 1 });
  const output = make("output", { for: `pass${depth}` });
  const to = (at) => {
    const open = choices(depth);
    setPass(now.slice(0, depth).concat(open[Math.min(Math.max(at, 0), open.length - 1)]));
  };
  const step = (by, text, name) => {
    const button = make("button", { type: "button", "aria-label": `${name} ${label}` }, text);
    button.addEventListener("click", () => to(Number(input.value) + by));
    return button;
  };
  input.addEventListener("input", () => to(Number(input.value)));
  const title = make("label", { for: `pass${depth}` }, label);
  const buttons = [step(-1, "‹", "Previous"), step(1, "›", "Next")];
  const box = make("div", { class: "pass" }, title, buttons[0], input, buttons[1], output);
  find("passes").append(box);
  return {
    update() {
      const open = choices(depth);
      box.hidden = open.length === 0;
      box.style.display = box.hidden ? "none" : "";
      input.max = Math.max(open.length - 1, 0);
      input.value = open.indexOf(now[depth]);
      const text = `${now[depth]} of ${open[0]}–${open.at(-1)}`;
      output.textContent = text;
      input.setAttribute("aria-valuetext", text);
    },
  };
}

const deepest = data.passes.reduce((most, pass) => Math.max(most, pass.length), 0);
find("passes").hidden = deepest === 0;
const sliders = Array.from({ length: deepest }, (_, depth) => makeSlider(depth));
