"use strict";
// The view Map: the process from high to low addresses, its arenas, pools and blocks; over time.

const map_view = { capture: null, level: null, path: [], cursor: 0, only: -1, by: "type", kinds: null, shown: 0 };
const SEGMENT_TITLES = {
  stack: "C stack", heap: "malloc's heap", text: "code (.text)", rodata: "constants (.rodata)", relro: "linked addresses (.relro)", data: "data (.data)",
  bss: "zeroed data (.bss)", arena: "arenas", large: "large blocks", malloc: "malloc's heap of threads", "malloc reserve": "its reserve",
  "arena table": "table of arenas", guard: "guard page", tls: "thread-local data", vdso: "kernel's clock and code", observer: "the observer's own", mapped: "an mmap object", anonymous: "anonymous",
};
const GROWS = { stack: " ↓ grows down", heap: " ↑ grows up", malloc: " ↑ grows up" };

function build_map(root) {
  root.innerHTML = `<div class="options"><label>colours by <select id="map-by"></select></label>
      <label id="map-time">capture <input type="range" id="map-capture" min="0" value="0"> <output id="map-when"></output></label></div>
    <div class="map-columns"><details id="map-process" open><summary>Process, from high to low addresses</summary><div id="map-segments"></div></details>
    <div id="map-main"><nav id="map-path" aria-label="Zoom"></nav>
      <canvas id="map-canvas" tabindex="0" role="application" aria-roledescription="map of memory" aria-describedby="map-text"></canvas>
      <p id="map-text" role="status" aria-live="polite"></p><div id="map-legend" role="group" aria-label="Kinds of blocks"></div>
      <p id="map-changes"></p><div id="map-sums"></div><div id="map-classes"></div></div></div>`;
  $("map-by").append(...Object.entries(COLOUR_BY).map(([value, text]) => element("option", { value }, text)));
  map_view.by = COLOUR_BY[link_value("by")] ? link_value("by") : "type";
  $("map-by").value = map_view.by;
  $("map-by").onchange = () => { map_view.by = $("map-by").value; link_part("by", map_view.by === "type" ? "" : map_view.by); colour_map(); };
  const slider = $("map-capture");
  $("map-time").hidden = page.captures.length < 2;
  slider.max = page.captures.length - 1;
  slider.oninput = () => go(stop_of(page.captures[slider.value]));
  const canvas = $("map-canvas"), place = (event) => { const box = canvas.getBoundingClientRect(); return map_view.level.at(event.clientX - box.left, event.clientY - box.top); };
  canvas.onpointermove = (event) => { const cell = place(event); if (cell >= 0) move_map(cell, false); };
  canvas.onclick = (event) => { const cell = place(event); if (cell >= 0) { move_map(cell, false); enter_map(); } };
  canvas.onkeydown = map_key;
  canvas.onfocus = () => move_map(map_view.cursor, true);
  if (innerWidth < 800) $("map-process").open = false;
}

// ---- which capture, and what the journal tells since then ----

// The end is after the last stop.
const stop_of = (capture) => page.recording ? Math.min(capture.stop, page.recording.length - 1) : 0;
const step_of = (capture) => count_text(stop_of(capture) + 1); // as the page counts
function capture_at(stop) {
  let found = 0;
  page.captures.forEach((capture, i) => { if (stop_of(capture) <= stop) found = i; });
  return page.captures[found];
}

// Objects in view at the stop that the capture has not, and those of the capture that have died since, by address.
function changes_since(capture) {
  const born = new Map(), died = new Map();
  if (!page.recording || capture.in_view) return { born, died };
  const { index } = page.recording, { deaths, death_order } = index, { blocks } = map_view;
  const dies = (i) => deaths.get(death_order.get(i));
  let low = 0, high = blocks ? death_order.length : 0;
  while (low < high) { const middle = low + high >> 1; if (dies(middle) > stop_of(capture)) high = middle; else low = middle + 1; }
  for (let i = low; blocks && i < death_order.length && dies(i) <= page.stop; i++) {
    const number = death_order.get(i), address = blocks.address.get(number);
    if (address && index.birth(number) <= stop_of(capture)) died.set(address, number);
  }
  const state = page.recording.at(page.stop);
  for (const object of state.objects.values()) {
    if (!object.size) continue;
    const row = capture.find(object.address);
    if (row < 0 || died.has(object.address)) born.set(object.address, object);
  }
  for (const address of [...died.keys()]) if (capture.find(address) < 0) died.delete(address);
  return { born, died };
}

// Where every object that came into view lies: one pass over the journal, when the map is first opened.
class Blocks extends Scan {
  constructor() { super(); this.address = new Numbers(Float64Array); }
  object(number, type, address, size) { if (size) this.address.set(number, address); }
}
async function find_blocks() {
  if (!page.recording || map_view.finding) return;
  map_view.finding = true;
  map_view.blocks = await scan_journal(page.recording, new Blocks());
  if (page.view.name === "map") show_map();
}

// A capture made of the objects in view alone, for a recording without captures: pools as far as they are seen.
class ViewCapture extends Capture {
  constructor(state) {
    super([], null);
    const objects = [...state.objects.values()].filter((object) => object.size), n = this.count = objects.length;
    Object.assign(this, { step: 0, stop: page.stop, reason: "", title: "objects in view", whole: 1, in_view: true, meta: new Map(), segments: [], sums: [],
      pool_size: 4096, arena_size: 262144, strings: new Map(), frames: new Map(), roots: [], state: new Uint8Array(n), objects });
    const [keys, names] = keys_by_name(objects.map((object) => object.type));
    this.types = names.map((name) => ({ name: plain_text(name), address: 0, layout: 0 }));
    this.type = Uint32Array.from(keys);
    this.address = Float64Array.from(objects, (object) => object.address);
    this.size = Float64Array.from(objects, (object) => object.size);
    this.length = Float64Array.from(objects, (object) => object.length + 1);
    this.references = Uint32Array.from(objects, (object) => object.count < 0 ? 1 : object.count + 1);
    this.state.fill(64);
    objects.forEach((object, i) => { if (object.size > 512) this.state[i] |= LARGE; });
    const pools = new Map();
    for (const { address, size } of objects) {
      const base = address - address % 4096, capacity = Math.floor(4064 / size);
      if (size > 512) continue;
      if (!pools.has(base)) pools.set(base, [base, 1, size, capacity, 0, 4096 - capacity * size]);
      pools.get(base)[4]++;
    }
    this.rows = (kind) => kind === "POOL" ? [...pools.values()] : [];
    this.load_pools();
  }
  async open() { return this; }
  async warm_up() {}
  async open_references() {
    const counts = this.objects.map((object) => object.targets.length), address = new Map(this.objects.map((object) => [object.number, object.address]));
    const target = Float64Array.from(this.objects.flatMap((object) => object.targets.map((number) => address.get(number) || 0)));
    await this.make_graph({ owner: this.address, counts, label: new Uint32Array(target.length), target });
    return this;
  }
  name(row) { return plain_text(this.objects[row].text) || null; }
}

// ---- levels ----

const map_levels = { heap: (capture) => new HeapLevel(capture), large: (capture) => new LargeLevel(capture) };

// The level that stands at an address: "heap", "large", an arena's or a pool's address.
function level_at(capture, at) {
  const address = Number(at);
  const heap = new HeapLevel(capture);
  if (at === "large") return [new LargeLevel(capture)];
  if (!address) return [heap];
  const arena = heap.arenas.find((a) => address >= a.address && address < a.address + capture.arena_size);
  if (!arena) return [heap];
  const path = [heap, new ArenaLevel(capture, arena)], pool = arena.pools[Math.floor(address % capture.arena_size / capture.pool_size)];
  if (address !== arena.address && pool !== undefined && capture.pools[pool].kind !== 255) path.push(new PoolLevel(capture, pool, arena));
  return path;
}

function set_level(path, cursor = 0) {
  map_view.path = path;
  map_view.level = path[path.length - 1];
  map_view.cursor = Math.min(cursor, Math.max(0, map_view.level.count - 1));
  const { level } = map_view;
  link_part("at", level instanceof LargeLevel ? "large" : level.address ? hex(level.address) : "");
  paint_map();
}

function enter_map() {
  const inside = map_view.level.enter(map_view.cursor);
  if (!inside) return;
  if (inside.address !== undefined && !inside.paint) { if (inside.row >= 0 || map_view.changes.born.has(inside.address)) open_object(inside.address); return; }
  set_level([...map_view.path, inside]);
}
function leave_map() {
  const { path } = map_view, inner = path[path.length - 1], outer = path[path.length - 2];
  if (!outer) return;
  let cursor = 0;
  if (outer instanceof HeapLevel) cursor = outer.arenas.indexOf(inner.arena) * outer.columns;
  else if (outer instanceof ArenaLevel) cursor = outer.arena.pools.indexOf(inner.number);
  set_level(path.slice(0, -1), Math.max(0, cursor));
}

function map_key(event) {
  const { level, cursor } = map_view, ways = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: level.columns, ArrowUp: -level.columns };
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (ways[event.key]) move_map(Math.max(0, Math.min(level.count - 1, cursor + ways[event.key])), true);
  else if (event.key === "Home") move_map(0, true);
  else if (event.key === "End") move_map(level.count - 1, true);
  else if (event.key === "Enter" || event.key === " ") enter_map();
  else return;
  event.preventDefault(); event.stopPropagation();
}

function move_map(cell, by_key) {
  if (!map_view.level || !map_view.level.count) return;
  map_view.cursor = cell;
  $("map-text").textContent = map_view.level.text(cell);
  paint_cursor();
  if (by_key) {
    const canvas = $("map-canvas"), [, y, , h] = map_view.level.rect(cell), box = canvas.getBoundingClientRect(), scroll = canvas.closest("[role=tabpanel]");
    const edge = scroll.getBoundingClientRect();
    if (box.top + y < edge.top) scroll.scrollTop -= edge.top - box.top - y; else if (box.top + y + h > edge.bottom) scroll.scrollTop += box.top + y + h - edge.bottom;
  }
}

// ---- painting ----

// The picture is kept, so that moving the cursor costs no painting.
function paint_map() {
  const { level, capture, kinds } = map_view, canvas = $("map-canvas"), width = Math.floor($("map-main").clientWidth) - 2;
  if (!level || width < 50) return;
  const height = level.layout(width);
  canvas.style.height = height + "px";
  map_view.picture ||= element("canvas");
  sized_canvas(canvas, width, height);
  const context = sized_canvas(map_view.picture, width, height);
  const look = { colours: Array.from({ length: KINDS }, (_, i) => colour("--kind-" + (i + 1))), of: kinds && kinds.of, only: map_view.only, words: true, ...map_view.changes };
  for (const name of ["line", "box", "soft", "ink", "back", "new", "gone"]) look[name] = colour("--" + name);
  level.paint(context, look);
  canvas.setAttribute("aria-label", `${level.title}; arrows move, Enter looks inside, Backspace goes back`);
  const parts = map_view.path.map((part, i) => element("button", { onclick: () => set_level(map_view.path.slice(0, i + 1)), "aria-current": i === map_view.path.length - 1 && "true" }, part.title));
  $("map-path").replaceChildren(...parts.flatMap((part, i) => i ? [" › ", part] : [part]));
  if (level.count === 0) $("map-text").textContent = "Nothing is there.";
  else move_map(Math.min(map_view.cursor, level.count - 1), false);
}
function paint_cursor() {
  const canvas = $("map-canvas"), context = canvas.getContext("2d"), [x, y, w, h] = map_view.level.rect(map_view.cursor);
  context.save();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (map_view.picture.width && map_view.picture.height) context.drawImage(map_view.picture, 0, 0);
  context.restore();
  context.strokeStyle = colour("--ink");
  context.lineWidth = 2;
  context.strokeRect(x + 1, y + 1, Math.max(2, w - 2), Math.max(2, h - 2));
  context.lineWidth = 1;
}

function draw_legend() {
  const { kinds } = map_view;
  $("map-legend").replaceChildren(...(kinds ? kinds.names : []).map((name, kind) => element("button", {
    class: "kind", "aria-pressed": String(map_view.only === kind), title: "show only these", style: `--kind: var(--kind-${kind + 1})`,
    onclick: () => { map_view.only = map_view.only === kind ? -1 : kind; draw_legend(); paint_map(); $("map-legend").children[kind].focus(); },
  }, element("b", {}, String(kind + 1)), ` ${name} `, element("small", {}, `${count_text(kinds.objects[kind])}, ${bytes_text(kinds.bytes[kind])}`))));
}

async function colour_map() {
  const { capture, by } = map_view;
  map_view.only = -1;
  const kinds = capture.whole ? await kinds_of(capture, by, page.captures.includes(capture) ? page.captures : [capture]) : null;
  if (capture !== map_view.capture || by !== map_view.by) return; // another was asked for meanwhile
  map_view.kinds = kinds;
  draw_legend();
  paint_map();
}

// ---- tables ----

const bar = (part) => element("span", { class: "bar", "aria-hidden": "true" }, element("i", { style: `width: ${Math.round(Math.min(1, part) * 100)}%` }));
const percent = (part) => (part * 100).toFixed(part < .1 || part > .995 && part < 1 ? 1 : 0) + " %";
function table(caption, heads, rows) {
  return element("table", { class: "figures" }, element("caption", {}, caption), element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head))),
    ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell)))));
}

function draw_sums(capture) {
  if (capture.in_view) {
    $("map-sums").replaceChildren(element("p", {}, `${plural(capture.count, "object")} in view, in ${plural(capture.pools.length, "pool")} of ${plural(capture.arenas.size, "arena")}. The recording has no captures: nothing is known of the rest of the heap.`));
    return;
  }
  const used = capture.pools.filter((pool) => pool.kind !== 255);
  const sum = (list, of) => list.reduce((total, pool) => total + of(pool), 0);
  const live = sum(used, (p) => p.used * p.size), free = sum(used, (p) => (p.capacity - p.used) * p.size), heads = sum(used, (p) => capture.pool_size - p.capacity * p.size);
  const empty = (capture.pools.length - used.length) * capture.pool_size, large = capture.large.reduce((total, row) => total + capture.size[row], 0);
  const all = live + free + heads + empty;
  const rows = [["live blocks in pools", live], ["free blocks in used pools", free], ["heads and ends of pools", heads], ["free pools", empty]].map(([what, bytes]) =>
    [what, bytes_text(bytes), all ? percent(bytes / all) : "", bar(bytes / (all || 1))]);
  if (capture.whole) rows.push(["large blocks, outside of arenas", bytes_text(large), "", ""]);
  $("map-sums").replaceChildren(table(`${bytes_text(all)} in ${plural(new Set(capture.pools.map((p) => p.address - p.address % capture.arena_size)).size, "arena")}`,
    ["what", "bytes", "of arenas", ""], rows));
  if (!capture.whole) $("map-sums").append(element("p", {}, `This capture has no objects: ${plural(capture.done_objects, "block")} would not have fitted into the file. By class:`),
    table("Classes", ["class", "objects", "bytes"], capture.sums.sort((a, b) => b.bytes - a.bytes).slice(0, 30).map((s) => [s.type, count_text(s.objects), bytes_text(s.bytes)])));
}

function draw_classes(capture) {
  if (capture.in_view) { $("map-classes").replaceChildren(); return; }
  const classes = new Map();
  for (const pool of capture.pools) {
    if (pool.kind === 255) continue;
    const key = pool.kind + " " + pool.size;
    if (!classes.has(key)) classes.set(key, { kind: pool.kind, size: pool.size, pools: 0, capacity: 0, used: 0 });
    const c = classes.get(key);
    c.pools++; c.capacity += pool.capacity; c.used += pool.used;
  }
  const all = [...classes.values()].sort((a, b) => (b.capacity - b.used) * b.size - (a.capacity - a.used) * a.size);
  const rows = all.map((c) => [`${c.size} B`, ["buffers", "objects", "containers"][c.kind], count_text(c.pools), count_text(c.used), percent(c.used / c.capacity), bar(c.used / c.capacity),
    bytes_text((c.capacity - c.used) * c.size)]);
  const heads = ["block", "kind", "pools", "blocks", "in use", "", "free inside"];
  $("map-classes").replaceChildren(table("Size classes with the most free memory inside their pools", heads, rows.slice(0, 10)),
    ...(rows.length > 10 ? [element("details", {}, element("summary", {}, `${rows.length - 10} more`), table("", heads, rows.slice(10)))] : []));
}

// Neighbours of one kind and file as one row.
function segment_groups(segments) {
  const groups = [];
  const family = (s) => s.kind.startsWith("library") ? "library" : s.kind;
  for (const s of [...segments].sort((a, b) => b.start - a.start)) {
    const last = groups[groups.length - 1];
    const same = last && family(last) === family(s) && (last.name === s.name || s.kind === "vdso") && (["library", "vdso", "arena", "large", "file", "anonymous"].includes(family(s))) &&
      (family(s) === "library" || last.start === s.start + s.size);
    if (same) Object.assign(last, { start: s.start, size: last.size + s.size, resident: last.resident + s.resident, parts: last.parts + 1 });
    else groups.push({ ...s, end: s.start + s.size, parts: 1 });
  }
  return groups;
}

function draw_segments(capture) {
  const rows = [], groups = segment_groups(capture.segments.filter((s) => s.start < 2 ** 47));
  const row = (title, range, figures, go_to, part = null) => rows.push(element(go_to ? "button" : "div", { class: "segment", onclick: go_to },
    element("b", {}, title), element("code", {}, range), element("small", {}, figures), ...(part === null ? [] : [bar(part)])));
  if (capture.meta.get("kernel")) row("Kernel space", hex(Number(capture.meta.get("kernel"))) + " and up", "not the process's");
  let above = 2 ** 47;
  for (const g of groups) {
    if (above - g.end > 2 ** 30) row("(nothing)", "", bytes_text(above - g.end));
    above = g.start;
    const file = g.name.split("/").pop();
    let title = (g.kind.startsWith("library") ? file + ", library" : g.kind === "file" ? file : SEGMENT_TITLES[g.kind] || g.kind) + (GROWS[g.kind] || "");
    if (g.kind === "arena") title = plural(g.size / capture.arena_size, "arena");
    const zoom = g.kind === "arena" ? () => { const heap = new HeapLevel(capture); set_level([heap], heap.arenas.findIndex((a) => a.address < g.end) * heap.columns); $("map-canvas").focus(); }
      : (g.kind === "heap" || g.kind === "large") && capture.large.length ? () => { set_level([new LargeLevel(capture)]); $("map-canvas").focus(); } : undefined;
    row(title, `${hex(g.start)}–${g.end.toString(16)}`, `${bytes_text(g.size)}, ${bytes_text(g.resident)} resident${g.permissions && g.parts === 1 ? ", " + g.permissions : ""}`, zoom, g.resident / g.size);
  }
  if (!rows.length) rows.push(element("p", {}, "The file has no capture of the process; the map shows where the objects in view lie."));
  $("map-segments").replaceChildren(...rows);
}

// ---- showing ----

function show_map() {
  return show_capture().catch((error) => { $("map-text").textContent = "This capture cannot be read: " + error.message; });
}
async function show_capture() {
  const turn = ++map_view.shown;
  const capture = page.captures.length ? capture_at(page.stop) : new ViewCapture(page.recording.at(page.stop));
  if (!capture.opened && !capture.in_view) $("map-text").textContent = "reading …";
  await capture.open();
  if (turn !== map_view.shown || page.view.name !== "map") return;
  map_view.changes = changes_since(capture);
  if (page.captures.length > 1) { $("map-capture").value = page.captures.indexOf(capture); $("map-when").textContent = `${capture.title}, step ${step_of(capture)}`; }
  const { born, died } = map_view.changes;
  $("map-changes").textContent = born.size || died.size ? `Since this capture, of the objects in view: ${born.size} born (outlined), ${died.size} died (grey).` : "";
  if (capture !== map_view.capture) {
    const at = map_view.capture ? (map_view.level instanceof LargeLevel ? "large" : map_view.level.address) : link_value("at");
    map_view.capture = capture;
    map_view.kinds = capture.kinds ? capture.kinds[map_view.by] : null;
    draw_segments(capture);
    draw_sums(capture);
    draw_classes(capture);
    set_level(level_at(capture, at), map_view.cursor);
    if (!map_view.kinds) await colour_map(); else draw_legend();
    setTimeout(() => capture.warm_up(), 100);
    find_blocks();
  } else paint_map();
}

function next_colours() { const select = $("map-by"); select.selectedIndex = (select.selectedIndex + 1) % select.options.length; select.onchange(); }

add_view({
  name: "map", title: "Map", key: "m", available: (page) => page.captures.length > 0 || page.recording !== null, build: build_map, show: show_map,
  keys: [["Backspace", "zoom out", leave_map], ["f", "to the map itself; there arrows move, Enter zooms in", () => $("map-canvas").focus()], ["k", "other colours", next_colours],
    ["l", "large blocks", () => set_level([new LargeLevel(map_view.capture)])], ["h", "all arenas", () => set_level([new HeapLevel(map_view.capture)])]],
});
