"use strict";
// The view Growth: bytes and blocks over time by line or type, what allocates them, what may leak, two steps compared, who keeps what.

const growth_view = { growth: null, at: 0, measure: "bytes", by: "line", part: "table", which: "live", picked: -1, sort: "live", down: true, marks: [null, null], shown: {} };
const GROWTH_BY = { line: "line", type: "type", function: "function", file: "file" };
const GROWTH_MEASURES = { bytes: "bytes", blocks: "blocks" };
const GROWTH_PARTS = { table: "table", flame: "flame graph", leaks: "what only grows", difference: "two steps", keepers: "who keeps what" };
const FLAME_OF = { live: "what is live", all: "all that was allocated", passed: "what was short-lived" };
const amount_text = (n) => growth_view.measure === "bytes" ? bytes_text(n) : plural(n, "block");
const changed_text = (n) => (n > 0 ? "+" : n < 0 ? "−" : "±") + amount_text(Math.abs(n));
const sum_name = (name) => growth_view.measure === "bytes" ? name + "_bytes" : name;

function build_growth(root) {
  const choice = (id, title, options, name) => element("label", {}, title + " ", element("select", { id, onchange: (event) => { growth_view[name] = event.target.value; growth_view.picked = -1; link_part("growth-" + name, event.target.value); show_growth(); } },
    ...Object.entries(options).map(([value, text]) => element("option", { value }, text))));
  for (const [name, options] of [["measure", GROWTH_MEASURES], ["by", GROWTH_BY], ["part", GROWTH_PARTS], ["which", FLAME_OF]])
    if (options[link_value("growth-" + name)]) growth_view[name] = link_value("growth-" + name);
  ["a", "b"].forEach((name, i) => { const n = Number(link_value("growth-" + name)); if (n > 0) growth_view.marks[i] = n - 1; });
  root.append(
    element("div", { class: "options", id: "growth-options" }, choice("growth-measure", "show", GROWTH_MEASURES, "measure"), choice("growth-by", "by", GROWTH_BY, "by"),
      element("span", { id: "growth-marks" }, element("button", { onclick: () => set_mark(0), title: "Mark this step as A (a)" }, "A here"), " ", element("button", { onclick: () => set_mark(1), title: "Mark this step as B (b)" }, "B here")),
      element("label", { id: "growth-with" }, element("input", { type: "checkbox", id: "growth-before", onchange: (event) => { growth_view.growth.without_before = !event.target.checked; link_part("growth-before", event.target.checked ? "1" : ""); show_growth(); } }), " with what was there before")),
    element("figure", { id: "growth-figure" }, element("canvas", { id: "growth-chart", tabindex: "0" }), element("figcaption", { id: "growth-legend" })),
    element("p", { id: "growth-words", role: "status", "aria-live": "polite" }),
    element("div", { id: "growth-parts", role: "group", "aria-label": "What to show" }),
    element("div", { id: "growth-part" }));
  $("growth-measure").value = growth_view.measure;
  $("growth-by").value = growth_view.by;
  const canvas = $("growth-chart");
  canvas.onpointerdown = (event) => { canvas.setPointerCapture(event.pointerId); go_to_chart(event); };
  canvas.onpointermove = (event) => { if (event.buttons) go_to_chart(event); };
  canvas.onkeydown = chart_key;
  growth_view.ready = open_growth();
}

async function open_growth() {
  const view = growth_view, chunks = page.chunks.filter(({ kind }) => kind === "GROW");
  if (chunks.length) view.growth = await read_growth(page.chunks);
  if (view.growth) {
    view.at = view.growth.length;
    if (!view.growth.typed) { $("growth-by").querySelector("[value=type]").remove(); if (view.by === "type") view.by = $("growth-by").value = "line"; }
    $("growth-before").checked = link_value("growth-before") === "1";
    view.growth.without_before = !$("growth-before").checked;
    $("growth-with").hidden = !view.growth.before.some(Boolean);
    view.by_step = page.recording !== null && view.growth.steps[view.growth.length - 1] > 0;
    if (page.recording) view.steps = steps_of_stops(page.recording);
    if (view.by_step) view.stops = Float64Array.from(view.growth.steps, (step) => Math.min(view.steps.length, last_not_above(view.steps, step - 1) + 2));
  }
  for (const id of ["growth-figure", "growth-words", "growth-options"]) $(id).hidden = !view.growth;
  $("growth-marks").hidden = !view.growth;
  const parts = Object.keys(GROWTH_PARTS).filter((part) => part === "keepers" ? page.captures.length > 0 : view.growth !== null);
  if (!parts.includes(view.part)) view.part = parts[0];
  $("growth-parts").append(...parts.map((part) => element("button", { id: "growth-to-" + part, onclick: () => open_part(part) }, GROWTH_PARTS[part])));
}

function open_part(part) {
  if (!$("growth-to-" + part)) return;
  growth_view.part = part;
  link_part("growth-part", part);
  show_growth();
}

// How many lines had begun at each stop; the growth data counts lines, the page stops.
function steps_of_stops({ index }) {
  const steps = new Uint32Array(index.stops);
  let step = index.first_step || 0;
  for (let stop = 0; stop < steps.length; stop++) { if (index.kinds[stop] === STEP) step++; steps[stop] = step; }
  return steps;
}
const interval_at = (stop) => growth_view.growth.until(growth_view.steps[stop]);

async function show_growth() {
  const view = growth_view;
  await view.ready;
  if (view.growth && page.recording) view.at = interval_at(page.stop);
  if (view.growth) { draw_chart(); draw_chart_words(); }
  for (const button of $("growth-parts").children) button.setAttribute("aria-pressed", String(button.id === "growth-to-" + view.part));
  const box = $("growth-part");
  if (box.dataset.part !== view.part) { box.dataset.part = view.part; box.replaceChildren(); }
  ({ table: show_table, flame: show_flame, leaks: show_leaks, difference: show_difference, keepers: show_keepers })[view.part](box);
}

// ---- the chart ----

const CHART = { left: 62, right: 10, top: 8, bottom: 22 };
const chart_axis = () => growth_view.by_step ? growth_view.stops : growth_view.growth.seconds;
// From 0 to 1, of the end of an interval; interval 0 is what was there before.
function chart_place(interval) {
  const axis = chart_axis(), last = axis[axis.length - 1] || 1;
  return interval <= 0 ? 0 : axis[Math.min(interval, axis.length) - 1] / last;
}

// For each column of the canvas, how many intervals have ended: of those that end in it, the one after which most is live.
function chart_columns(width, total) {
  const columns = new Int32Array(width).fill(-1), axis = chart_axis(), last = axis[axis.length - 1] || 1;
  for (let i = 0; i < axis.length; i++) {
    const x = Math.min(width - 1, Math.round(axis[i] / last * (width - 1)));
    if (columns[x] < 0 || total[i] > total[columns[x]]) columns[x] = i;
  }
  for (let x = 1, end = -1; x < width; x++) { // nothing ends there: what the last one before left
    if (columns[x - 1] >= 0) end = Math.max(end, columns[x - 1]);
    if (columns[x] < 0) columns[x] = end;
  }
  return columns;
}

function draw_chart() {
  const canvas = $("growth-chart"), width = canvas.clientWidth - CHART.left - CHART.right, height = canvas.clientHeight - CHART.top - CHART.bottom;
  if (width < 40) return;
  const view = growth_view, key = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio, view.by, view.measure, view.picked, view.growth.without_before, matchMedia("(prefers-color-scheme: dark)").matches].join();
  if (view.chart_key !== key) { // the picture is kept: the cursor moves over it
    view.chart_key = key;
    view.picture = document.createElement("canvas");
    paint_chart(view.picture, canvas, width, height);
    draw_growth_legend();
  }
  const now = view.by_step ? Math.min(1, (page.stop + 1) / (view.stops[view.stops.length - 1] || 1)) : chart_place(view.at);
  const context = sized_canvas(canvas), x = CHART.left + now * (width - 1);
  context.drawImage(view.picture, 0, 0, canvas.clientWidth, canvas.clientHeight);
  context.font = "12px system-ui, sans-serif";
  view.marks.forEach((stop, i) => { if (stop !== null) draw_line(context, CHART.left + chart_place(mark_interval(i)) * (width - 1), height, colour("--ink"), "AB"[i], [4, 3]); });
  draw_line(context, x, height, colour("--mark"), "", []);
  const total = view.growth.series(view.by, view.measure).total;
  canvas.setAttribute("aria-label", `Live ${view.measure} over ${view.by_step ? "steps" : "time"}, by ${view.by}: at most ${amount_text(view.growth.series(view.by, view.measure).most)}`);
  if (!page.recording) {
    canvas.setAttribute("role", "slider"); canvas.setAttribute("aria-valuemin", "0"); canvas.setAttribute("aria-valuemax", String(view.growth.length));
    canvas.setAttribute("aria-valuenow", String(view.at)); canvas.setAttribute("aria-valuetext", amount_text(view.at ? total[view.at - 1] : 0));
  } else canvas.setAttribute("role", "img");
}
function draw_line(context, x, height, style, text, dash) {
  context.strokeStyle = context.fillStyle = style;
  context.lineWidth = 2;
  context.setLineDash(dash);
  context.beginPath(); context.moveTo(x, CHART.top); context.lineTo(x, CHART.top + height + 4); context.stroke();
  context.setLineDash([]);
  if (text) { context.textAlign = "left"; context.textBaseline = "top"; context.fillText(text, x + 4, CHART.top); }
}

function paint_chart(picture, canvas, width, height) {
  const view = growth_view, series = view.growth.series(view.by, view.measure), { total, values, top, most } = series;
  const context = sized_canvas(picture, canvas.clientWidth, canvas.clientHeight), columns = chart_columns(Math.floor(width), total), scale = height / (most * 1.04 || 1), base = CHART.top + height;
  const hues = palette(), low = new Float64Array(columns.length);
  const band = (value, hue, number) => {
    context.beginPath();
    let widest = 0, at = -1, middle = 0;
    for (let x = 0; x < columns.length; x++) {
      const y = base - (low[x] + value(columns[x])) * scale;
      if (x) context.lineTo(CHART.left + x, y); else context.moveTo(CHART.left, y);
      const thick = value(columns[x]) * scale;
      if (thick > widest) { widest = thick; at = x; middle = y + thick / 2; }
    }
    for (let x = columns.length - 1; x >= 0; x--) { context.lineTo(CHART.left + x, base - low[x] * scale); low[x] += value(columns[x]); }
    context.closePath();
    context.fillStyle = hue;
    context.globalAlpha = .55; context.fill(); context.globalAlpha = 1;
    context.strokeStyle = hue; context.lineWidth = 1; context.stroke();
    if (widest > 13 && at >= 0) label(Math.max(10, Math.min(at, columns.length - 12)), middle, number);
  };
  const labels = [], label = (x, y, text) => labels.push([x, y, text]);
  const live = (list) => (i) => i < 0 ? 0 : list[i];
  values.forEach((list, k) => band(live(list), hues[k], String(k + 1)));
  if (series.others) band(live(series.rest), hues[7], "8");
  context.font = "600 12px system-ui, sans-serif"; context.textAlign = "center"; context.textBaseline = "middle";
  for (const [x, y, text] of labels) {
    context.fillStyle = colour("--back"); context.beginPath(); context.arc(CHART.left + x, y, 8, 0, 7); context.fill();
    context.fillStyle = colour("--ink"); context.fillText(text, CHART.left + x, y);
  }
  if (view.picked >= 0 && !top.includes(view.picked)) paint_picked(context, columns, scale, base);
  paint_axes(context, width, height, most, scale, base);
}
// The line of a group that is picked in the table and has no band.
function paint_picked(context, columns, scale, base) {
  const { growth, picked } = growth_view, { of } = growth.groups(growth_view.by), plus = growth[sum_name("born")], minus = growth[sum_name("died")], list = new Float64Array(growth.length);
  for (let i = 0, live = 0; i < growth.length; i++) {
    for (let row = growth.first[i]; row < growth.first[i + 1]; row++) if (of[growth.account[row]] === picked && !(growth.without_before && growth.before[growth.account[row]])) live += plus[row] - minus[row];
    list[i] = live;
  }
  context.strokeStyle = colour("--ink"); context.lineWidth = 2;
  context.beginPath();
  columns.forEach((i, x) => context.lineTo(CHART.left + x, base - (i < 0 ? 0 : list[i]) * scale));
  context.stroke();
}
function paint_axes(context, width, height, most, scale, base) {
  context.fillStyle = colour("--soft"); context.strokeStyle = colour("--line"); context.lineWidth = 1;
  context.font = "11px system-ui, sans-serif"; context.textAlign = "right"; context.textBaseline = "middle";
  const step = round_step(most / 4, growth_view.measure === "bytes");
  for (let value = 0; value <= most * 1.04 && step > 0; value += step) {
    const y = Math.round(base - value * scale) + .5;
    context.beginPath(); context.moveTo(CHART.left - 4, y); context.lineTo(CHART.left + width, y); context.globalAlpha = .5; context.stroke(); context.globalAlpha = 1;
    context.fillText(growth_view.measure === "bytes" ? bytes_text(value) : count_text(value), CHART.left - 7, y);
  }
  const axis = chart_axis(), last = axis[axis.length - 1] || 0, along = growth_view.by_step ? Math.max(1, round_step(last / 5, false)) : round_step(last / 5, false);
  context.textBaseline = "top";
  for (let value = 0; value <= last && along > 0; value += along) {
    const x = CHART.left + value / last * (width - 1);
    context.textAlign = value ? "center" : "left";
    if (x > CHART.left + width - 30) context.textAlign = "right";
    context.fillText(growth_view.by_step ? (value ? "" : "step ") + count_text(value) : seconds_text(value), x, base + 6);
  }
}
const seconds_text = (s) => s >= 100 ? Math.round(s) + " s" : s >= 1 || s === 0 ? Number(s.toPrecision(3)) + " s" : Number((s * 1000).toPrecision(3)) + " ms";
// 1, 2 or 5 of a power of ten; of bytes, a power of two.
function round_step(n, bytes) {
  if (!(n > 0)) return 0;
  if (bytes) return 2 ** Math.ceil(Math.log2(n));
  const power = 10 ** Math.floor(Math.log10(n)), rest = n / power;
  return (rest <= 1 ? 1 : rest <= 2 ? 2 : rest <= 5 ? 5 : 10) * power;
}

function draw_growth_legend() {
  const view = growth_view, { groups, top, others } = view.growth.series(view.by, view.measure);
  const item = (k, text, title) => element("span", { class: "growth-key", title, style: `--kind: var(--kind-${k + 1})` }, `${k + 1} ${text}`);
  $("growth-legend").replaceChildren(...top.map((group, k) => item(k, plain_text(groups.names[group]), groups.titles[group])), ...(others ? [item(7, `${count_text(others)} others`)] : []),
    ...(view.picked >= 0 && !top.includes(view.picked) ? [element("span", { class: "growth-key picked" }, "— " + plain_text(groups.names[view.picked]))] : []));
}

function draw_chart_words() {
  const view = growth_view, { growth, at } = view, sums = growth.sums(0, at), now = { born: 0, died: 0, passed: 0, born_bytes: 0, died_bytes: 0, passed_bytes: 0 }, old = { ...now };
  for (let i = 1; i < growth.accounts.length; i++) for (const name of GROWTH_SUMS) (growth.before[i] ? old : now)[name] += sums[name][i];
  const before = old.born ? `; of what was there before, ${bytes_text(old.born_bytes - old.died_bytes)} in ${plural(old.born - old.died, "block")}` : "";
  $("growth-words").textContent = `${moment_text()}: ${bytes_text(now.born_bytes - now.died_bytes)} live in ${plural(now.born - now.died, "block")}, of ${bytes_text(now.born_bytes + now.passed_bytes)} in ${plural(now.born + now.passed, "block")} allocated so far${before}.`;
}
function moment_text(stop = page.stop, at = growth_view.at) {
  if (page.recording) return `At step ${count_text(stop + 1)}`;
  return at ? `After ${seconds_text(growth_view.growth.seconds[at - 1])}` : "At the start";
}

// ---- moving in time ----

function go_to_interval(at) {
  const view = growth_view;
  at = Math.max(0, Math.min(view.growth.length, at));
  if (!page.recording) { view.at = at; show_growth(); return; }
  const step = at ? view.growth.steps[at - 1] : 0, stop = last_not_above(view.steps, step);
  const first = view.steps[stop] === step ? last_not_above(view.steps, step - 1) + 1 : stop; // the stop of the step itself, before its returns
  go(Math.max(0, Math.min(first, page.recording.length - 1)));
}
function go_to_chart(event) {
  const canvas = $("growth-chart"), box = canvas.getBoundingClientRect(), axis = chart_axis(), part = (event.clientX - box.left - CHART.left) / (canvas.clientWidth - CHART.left - CHART.right);
  const value = Math.max(0, Math.min(1, part)) * axis[axis.length - 1];
  if (page.recording && growth_view.by_step) go(Math.max(0, Math.round(value) - 1));
  else go_to_interval(growth_view.growth.until(value, axis));
}
// With a recording the arrows are steps, as everywhere.
function chart_key(event) {
  const view = growth_view, few = Math.max(1, Math.round(view.growth.length / 20));
  const to = { PageUp: view.at - few, PageDown: view.at + few, ...(page.recording ? {} : { ArrowLeft: view.at - 1, ArrowRight: view.at + 1, Home: 0, End: view.growth.length }) }[event.key];
  if (to === undefined || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  event.preventDefault(); event.stopPropagation();
  go_to_interval(to);
}
function set_mark(i) {
  if (!growth_view.growth) return;
  growth_view.marks[i] = page.recording ? page.stop : growth_view.at;
  link_part("growth-" + "ab"[i], growth_view.marks[i] + 1);
  show_growth();
}
const mark_interval = (i) => { const mark = growth_view.marks[i]; return page.recording ? interval_at(Math.min(mark, page.recording.length - 1)) : mark; };

add_view({ name: "growth", title: "Growth", key: "g", available: (page) => page.chunks.some(({ kind }) => kind === "GROW") || page.captures.length > 0, build: build_growth, show: show_growth,
  keys: [["a", "mark this step as A", () => set_mark(0)], ["b", "mark this step as B", () => set_mark(1)],
    ...Object.entries(GROWTH_PARTS).map(([part, text], i) => [String(i + 1), text, () => open_part(part)])] });
