// The table of events -----------------------------------------------------------------------------

const text = (value, kind = "") => make("td", { class: kind, title: value }, value);
const numeric = (x) => make("td", { class: "right" }, number(x));
const lineNumber = (e) => (e.line ? Number(e.line.split("-").at(-1)) : null);
const apart = ([status, , difference, adjoint]) =>
  status === "none" ? null : Math.abs(difference - adjoint) / (Math.abs(difference) || 1);

function nameCell(e) {
  const mark = make("span", { class: `kinds ${e.role}`, title: e.role }, e.name);
  return make("td", { class: "name" }, mark, make("span", { class: "sr" }, `, ${e.role}`));
}

function normCell(e) {
  const inside = make("div", { class: `norm ${e.role}` }, meter(e), make("b", {}, number(e.norm)));
  return make("td", { class: "right" }, inside);
}

function checkCell(e) {
  if (!e.check) return make("td", { class: "soft", title: "only adjoints are compared" }, "");
  const [status, words, difference] = e.check;
  const shown = status === "none" ? "" : number(difference);
  const label = { agrees: "agrees", differs: "differs", none: "not compared" }[status];
  const mark = make("span", { class: `mark ${status}`, title: words }, shown);
  return make("td", { title: words }, mark, make("span", { class: "sr" }, ` ${label}: ${words}`));
}

// The heading of each column, its class, what it is sorted by, its cell, and what it means.
const COLUMNS = [
  ["#", "right", (e) => e.index, (e) => text(String(e.index), "right soft"), "order in time"],
  ["Name", "", (e) => e.name, nameCell, "what the gradient assigns: a value, an adjoint, a helper"],
  ["Line", "right", lineNumber, (e) => text(String(lineNumber(e) ?? ""), "right"), "of your code"],
  ["Gradient line", "right wide", (e) => e.number, (e) => text(String(e.number), "right wide"), "of the generated code"],
  ["Pass", "", (e) => e.iteration, (e) => text(e.iteration.join(", ")), "of the loops around it, the outermost first"],
  ["Norm", "right", (e) => e.norm, normCell, "Euclidean norm; the bar is on a logarithmic scale"],
  ["Difference", "", (e) => (e.check ? apart(e.check) : null), checkCell, "the derivative by finite differences of your function, for arrays along a random direction; sorted by how far the adjoint is from it"],
  ["Min", "right", (e) => e.low, (e) => numeric(e.low), "smallest finite element"],
  ["Max", "right", (e) => e.high, (e) => numeric(e.high), "largest finite element"],
  ["Zeros", "right", (e) => e.zeros, (e) => text(e.zeros ? `${number(100 * e.zeros)} %` : "", "right"), "share of elements that are zero"],
  ["Not finite", "", (e) => e.bad || null, (e) => text(e.bad, e.bad ? "bad" : ""), "share of NaN and Inf, and where the first one is"],
  ["Type", "", (e) => e.dtype + e.shape, (e) => text(`${e.dtype} ${e.shape}`, "soft"), "dtype and shape"],
  ["First numbers", "", (e) => e.sample, (e) => text(e.sample, "soft"), "first elements in C order"],
];

const table = find("events");
let sorting = { column: 0, up: true };
let chosenKey = "";
let shown = events;
let current = 0;

function compare(a, b) {
  if (Array.isArray(a)) {
    const n = Math.max(a.length, b.length);
    for (let i = 0; i < n; i++) if (a[i] !== b[i]) return (a[i] ?? -1) - (b[i] ?? -1);
    return 0;
  }
  return typeof a === "string" ? (a < b ? -1 : a > b ? 1 : 0) : a - b;
}

// Events in the order of a column; those without a value there come last either way.
function sorted(list) {
  const [, , value] = COLUMNS[sorting.column];
  const direction = sorting.up ? 1 : -1;
  const keyed = list.map((e) => [value(e), e]);
  keyed.sort(([a, e], [b, f]) => {
    if (a === null || b === null) return (a === null) - (b === null) || e.index - f.index;
    return direction * compare(a, b) || e.index - f.index;
  });
  return keyed.map(([, e]) => e);
}

function refresh() {
  const name = find("filter").value.trim().toLowerCase();
  const role = find("role").value;
  const wanted = (e) =>
    (!chosenKey || e.line === chosenKey) &&
    (!role || e.role === role) &&
    (!name || e.name.toLowerCase().includes(name) || e.variable.toLowerCase().includes(name));
  shown = sorted(events.filter(wanted));
  current = 0;
  const all = events.length.toLocaleString("en");
  const some = shown.length.toLocaleString("en");
  find("count").textContent = shown.length === events.length ? all : `${some} of ${all}`;
  table.classList.toggle("short", shown.length <= 14);
  table.querySelector("table").setAttribute("aria-rowcount", String(shown.length + 1));
  table.scrollTop = 0;
  draw();
}

function rowOf(e, at) {
  const row = make("tr", { "data-i": at, "aria-rowindex": at + 2, tabindex: at === current ? 0 : -1 });
  if (e === chosenEvent) row.classList.add("chosen");
  row.append(...COLUMNS.map(([, , , cell]) => cell(e)));
  return row;
}

function spacer(count) {
  const cell = make("td", { colspan: COLUMNS.length, style: `height:${count * ROW}px;padding:0` });
  return make("tr", { "aria-hidden": "true" }, cell);
}

let drawn = "";
let chosenEvent = null;

// Only the rows around those in sight are in the page.
function draw(again = true) {
  const seen = Math.ceil((table.clientHeight || 600) / ROW);
  const middle = Math.floor(table.scrollTop / ROW);
  const first = Math.max(0, middle - 15);
  const last = Math.min(shown.length, middle + seen + 15);
  if (!again && drawn === `${first}-${last}`) return;
  drawn = `${first}-${last}`;
  const focused = find("rows").contains(document.activeElement);
  const rows = shown.slice(first, last).map((e, i) => rowOf(e, first + i));
  if (first) rows.unshift(spacer(first));
  if (last < shown.length) rows.push(spacer(shown.length - last));
  find("rows").replaceChildren(...rows);
  if (focused) rowAt(current)?.focus({ preventScroll: true });
}

const rowAt = (at) => find("rows").querySelector(`tr[data-i="${at}"]`);

function focusRow(at) {
  current = Math.min(Math.max(at, 0), shown.length - 1);
  const top = current * ROW;
  const room = table.clientHeight - 2 * ROW;
  if (top < table.scrollTop) table.scrollTop = top;
  if (top > table.scrollTop + room) table.scrollTop = top - room;
  draw();
  rowAt(current)?.focus({ preventScroll: true });
}

function showEvent(e) {
  chosenEvent = e;
  setPass(e.iteration);
  const line = find(`g${e.number}`);
  if (line) {
    pinned = line;
    light(line);
    [line, ...partners(line).slice(0, 1)].forEach(reveal);
  }
  draw();
}

function choose(key) {
  chosenKey = key;
  const chip = find("chosen");
  chip.hidden = !key;
  chip.textContent = key ? `Line ${key.split("-").at(-1)}  ×` : "";
  chip.setAttribute("aria-label", `Show the events of all lines, not only of ${key}`);
  refresh();
}

COLUMNS.forEach(([title, kind, , , meaning], i) => {
  const button = make("button", { type: "button", title: meaning }, title);
  button.addEventListener("click", () => {
    sorting = { column: i, up: sorting.column === i ? !sorting.up : true };
    const heads = [...find("columns").children];
    heads.forEach((head, j) => head.setAttribute("aria-sort", j !== i ? "none" : order()));
    refresh();
  });
  const start = i === 0 ? "ascending" : "none";
  find("columns").append(make("th", { scope: "col", class: kind, "aria-sort": start }, button));
});
const order = () => (sorting.up ? "ascending" : "descending");

table.addEventListener("scroll", () => requestAnimationFrame(() => draw(false)), { passive: true });
addEventListener("resize", () => draw());
find("filter").addEventListener("input", refresh);
find("role").addEventListener("change", refresh);
find("chosen").addEventListener("click", clear);
find("rows").addEventListener("click", (e) => {
  const row = e.target.closest("tr[data-i]");
  if (!row) return;
  current = Number(row.dataset.i);
  showEvent(shown[current]);
});
find("rows").addEventListener("keydown", (e) => {
  const page = Math.floor(table.clientHeight / ROW) - 2;
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
  const ends = { Home: 0, End: shown.length - 1 };
  if (e.key === "Enter" || e.key === " ") showEvent(shown[current]);
  else if (e.key in steps) focusRow(current + steps[e.key]);
  else if (e.key in ends) focusRow(ends[e.key]);
  else return;
  e.preventDefault();
});

// The page ----------------------------------------------------------------------------------------

for (const link of document.querySelectorAll("a[data-pass]")) {
  link.addEventListener("click", (e) => {
    e.preventDefault();
    setPass(JSON.parse(link.dataset.pass));
    const line = document.querySelector(link.getAttribute("href"));
    line?.focus();
    line?.scrollIntoView({ block: "center" });
  });
}

const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const stored = (action) => {
  try {
    return action(localStorage);
  } catch {
    return null; // a page from a file may have no storage
  }
};

function setTheme(theme) {
  if (theme) root.dataset.theme = theme;
  const next = (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark" ? "light" : "dark";
  find("theme").setAttribute("aria-label", `Use the ${next} theme`);
  find("theme").title = `Use the ${next} theme`;
  find("theme").dataset.next = next;
}

find("theme").addEventListener("click", () => {
  const theme = find("theme").dataset.next;
  stored((s) => s.setItem("srcgrad-theme", theme));
  setTheme(theme);
});
dark.addEventListener("change", () => setTheme());
setTheme(stored((s) => s.getItem("srcgrad-theme")));

const power = (n) => make("span", {}, "10", make("sup", {}, String(n)));
find("low").append(power(low));
find("high").append(power(high));
setPass([]);
refresh();
