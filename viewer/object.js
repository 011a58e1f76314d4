"use strict";
// The view Object: the memory of one object with its fields, what it refers to, who refers to it, ways from the roots, its history.

const object_view = { address: 0, number: 0, shown: 0, histories: new Map(), found: [] };
const MANY = 40; // rows of a list before the rest is asked for
const FIELD_KINDS = ["object", "borrowed", "number", "unsigned", "real", "hash", "flags", "pointer", "buffer", "text", "function", "count", "type", "data"];

// Shows the object at an address in the view Object.
function open_object(address) {
  const state = page.recording && page.recording.at(page.stop);
  const object = in_view_at(state, address);
  page.picked = object ? object.number : 0;
  Object.assign(object_view, { address, number: page.picked });
  open_view("object");
}

function build_object(root) {
  root.innerHTML = `<form class="options" id="object-form"><label>address, class or text <input id="object-search" type="search" autocomplete="off" spellcheck="false"></label>
    <button>find</button></form><div id="object-found" role="status"></div><h2 id="object-title"></h2><p id="object-where"></p>
    <div class="object-columns"><div><section id="object-memory" aria-label="Memory"></section><section id="object-history" aria-label="History"></section></div>
    <div><section id="object-links" aria-label="References"></section><section id="object-paths" aria-label="Ways from the roots"></section></div></div>`;
  $("object-form").onsubmit = (event) => { event.preventDefault(); find_objects($("object-search").value.trim()); };
  const link = link_value("object");
  if (link && Number(link)) object_view.address = Number(link);
}

// A list whose rest is shown on demand; at most `all` of it exist.
function long_list(items, make, tag = "ul") {
  const list = element(tag, { class: "links" }, ...items.slice(0, MANY).map(make));
  if (items.length > MANY) {
    const more = element("button", { onclick: () => { more.parentNode.remove(); list.append(...items.slice(MANY, 2000).map(make)); if (items.length > 2000) list.append(element("li", {}, `… ${count_text(items.length - 2000)} more`)); } },
      `… ${count_text(items.length - MANY)} more`);
    list.append(element("li", {}, more));
  }
  return list;
}
const object_link = (address, text) => element("button", { class: "link", onclick: () => open_object(address), title: hex(address) }, text);

// ---- what is known of an object at the stop ----

async function about_object() {
  const state = page.recording && page.recording.at(page.stop);
  if (page.picked && page.picked !== object_view.number) Object.assign(object_view, { number: page.picked, address: 0 });
  const object = state && (state.objects.get(object_view.number) || in_view_at(state, object_view.address));
  if (object) { object_view.address = object.address; object_view.number = object.number; }
  const capture = page.captures.length ? await capture_at(page.stop).open() : null, { address } = object_view;
  if (state) page.recording.at(page.stop); // another stop may have been asked for meanwhile
  let row = capture && capture.whole && address ? capture.find(address) : -1;
  const same_object = row < 0 || !object || capture.type_name(capture.type[row]) === plain_text(object.type);
  if (!same_object) row = -1; // the address had another owner then
  return { state, object, capture, row, address, number: object_view.number };
}

const type_of = ({ object, capture, row }) => object ? plain_text(object.type) : row >= 0 ? capture.type_name(capture.type[row]) : "";
function short_of(about) {
  const { object, capture, row } = about;
  if (row >= 0 && (!object || !object.text)) return capture.short(row);
  if (!object) return "";
  return object.type === "str" ? quoted(object.text) : plain_text(object.text) || (object.length >= 0 ? `${type_of(about)} of ${object.length}` : type_of(about));
}
const words_of = (object) => plain_text(`${object.type} ${object.text}`.trim());
// The object in view at an address, at the stop.
function in_view_at(state, address) {
  if (!state) return undefined;
  if (object_view.view_of !== page.stop) {
    object_view.view_of = page.stop;
    object_view.in_view = new Map(Array.from(state.objects.values(), (o) => [o.address, o]));
  }
  return object_view.in_view.get(address);
}
// The object at an address, in words.
function words_at({ state, capture }, address) {
  const row = capture && capture.whole ? capture.find(address) : -1;
  if (row >= 0) { const text = capture.short(row), type = capture.type_name(capture.type[row]); return text === type || text.startsWith(type + " of") ? text : `${type} ${text}`; }
  const object = in_view_at(state, address);
  return object ? words_of(object) : hex(address);
}

function where_of({ address, capture, object, row }) {
  const parts = [];
  const size = row >= 0 ? capture.size[row] : object ? object.size : 0;
  if (row >= 0 && capture.state[row] & STATIC || object && !object.size) parts.push("static: part of the program or a library, not on the heap");
  else if (row >= 0 && capture.state[row] & LARGE || size > 512) parts.push(`large block of ${bytes_text(size)}, in no pool`);
  else {
    const pool_size = capture ? capture.pool_size : 4096, arena_size = capture ? capture.arena_size : 262144, pool = capture && capture.pools.find((p) => p.address === address - address % pool_size);
    parts.push(`block of ${bytes_text(size)}` + (pool && pool.kind !== 255 ? `, number ${(address - pool.address - pool.first) / pool.size} of ${pool.capacity}` : ""), `pool ${hex(address - address % pool_size)}`, `arena ${hex(address - address % arena_size)}`);
  }
  const segment = capture && capture.segments.find((s) => address >= s.start && address < s.start + s.size);
  if (segment) parts.push(SEGMENT_TITLES[segment.kind] || segment.kind);
  const count = object ? object.count : row >= 0 ? capture.reference_count(row) : null;
  parts.push(count === null ? "a buffer: not counted" : count < 0 ? "lives for ever" : plural(count, "reference"));
  if (row >= 0 && capture.generation(row) >= 0) parts.push("generation " + GENERATIONS[capture.generation(row)]);
  return parts.join(" · ");
}

// ---- memory ----

function number_at(bytes, offset, size, signed) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (size === 8) return signed ? view.getBigInt64(offset, true) : view.getBigUint64(offset, true);
  if (size === 4) return signed ? view.getInt32(offset, true) : view.getUint32(offset, true);
  if (size === 2) return signed ? view.getInt16(offset, true) : view.getUint16(offset, true);
  return bytes[offset];
}
const hex_bytes = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
const readable = (bytes) => Array.from(bytes, (byte) => byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·").join("");

// What a field says, as text or a link.
function field_value(about, field, bytes) {
  const kind = FIELD_KINDS[field.kind], { offset } = field, size = Math.min(field.size, bytes.length - offset);
  if (size < field.size && field.size <= 8) return "(not copied)";
  if (kind === "data") return readable(bytes.subarray(offset, offset + size));
  if (["object", "borrowed", "type", "pointer", "buffer", "text", "function"].includes(kind) && field.size === 8) {
    const target = Number(number_at(bytes, offset, 8, false));
    if (!target) return "NULL";
    if (kind === "object" || kind === "type" || kind === "borrowed" || kind === "buffer") return object_link(target, "→ " + (kind === "buffer" ? "buffer at " + hex(target) : words_at(about, target)));
    return hex(target);
  }
  if (kind === "real") return String(new DataView(bytes.buffer, bytes.byteOffset).getFloat64(offset, true));
  if (kind === "count") { const n = number_at(bytes, offset, 8, true); return n > 2n ** 59n ? "lives for ever" : String(n); }
  if (![1, 2, 4, 8].includes(field.size)) return readable(bytes.subarray(offset, offset + size));
  return kind === "flags" || kind === "pointer" ? "0x" + number_at(bytes, offset, field.size, false).toString(16) : String(number_at(bytes, offset, field.size, kind !== "unsigned"));
}

// Arrays of references as one field for each item.
function* single_fields(fields) {
  for (const field of fields) {
    const items = field.size / 8;
    if (field.kind > 1 || items <= 1) { yield field; continue; }
    for (let i = 0; i < items && i < 64; i++) yield { ...field, name: `${field.name}[${i}]`, offset: field.offset + 8 * i, size: 8, type: "PyObject *" };
    if (items > 64) yield { name: `… ${items - 64} more`, type: "", offset: field.offset + 512, size: 0, kind: 13, meaning: "" };
  }
}

// ---- memory that is in no copy: fields as far as the rest of the file tells ----

// The layout that objects of a class have in one of the captures, and that class: [fields, type] or [[], null].
function layout_of_type(name) {
  for (const capture of page.captures)
    for (const type of capture.types || [])
      if (type && type.name === name && type.layout) { const fields = (type.own || capture).layouts.get(type.layout); if (fields) return [fields, type]; }
  return [HEAD_OF_OBJECT, null];
}
const HEAD_OF_OBJECT = [{ name: "ob_refcnt", type: "Py_ssize_t", offset: 0, size: 8, kind: 11, meaning: "reference count" }, { name: "ob_type", type: "PyTypeObject *", offset: 8, size: 8, kind: 12, meaning: "class" }];

const little_endian = (number) => { const bytes = new Uint8Array(8); new DataView(bytes.buffer).setBigInt64(0, BigInt(number), true); return bytes; };
function real_bytes(text) { const bytes = new Uint8Array(8); new DataView(bytes.buffer).setFloat64(0, Number(text), true); return bytes; }
// Digits of 30 bits, each in four bytes.
function digit_bytes(text) {
  if (!/^-?\d+$/.test(text)) return null;
  let left = BigInt(text.replace("-", ""));
  const digits = [];
  do { digits.push(Number(left & 0x3fffffffn)); left >>= 30n; } while (left);
  return new Uint8Array(Uint32Array.from(digits).buffer);
}

// [bytes or null, value] of a field.
function told_field(about, field, type) {
  const { object, capture, row } = about, kind = FIELD_KINDS[field.kind], text = object ? object.text : row >= 0 ? capture.name(row) || "" : "";
  const count = object ? object.count : row >= 0 ? capture.reference_count(row) : null, length = object ? object.length : row >= 0 ? capture.length[row] - 1 : -1;
  const name = type_of(about);
  if (kind === "count") return count === null ? [null, ""] : count < 0 ? [null, "lives for ever"] : [little_endian(count), String(count)];
  if (kind === "type") return type && type.address ? [little_endian(type.address), object_link(type.address, "→ type " + type.name)] : [null, name];
  if (name === "int" && (field.name === "ob_size" || field.name === "ob_digit")) {
    const digits = digit_bytes(text);
    if (!digits) return [null, ""];
    const size = text === "0" ? 0 : digits.length / 4 * (text[0] === "-" ? -1 : 1);
    return field.name === "ob_size" ? [little_endian(size), String(size)] : [digits, text];
  }
  if (["ob_size", "length", "ma_used", "_base.length", "used"].includes(field.name) && length >= 0) return [little_endian(length), String(length)];
  if (kind === "real" && name === "float") return [real_bytes(text), text];
  if (kind === "data") return name === "str" && /^[ -~]*$/.test(text) ? [new TextEncoder().encode(text), text] : [null, ""];
  if (kind !== "object" && kind !== "borrowed") return [null, ""];
  const found = references_out(about).find((ref) => ref.label === field.name || ref.label === "." + field.name || ref.offset === field.offset ||
    field.item !== undefined && ref.label === `[${field.item}]`);
  return found ? [little_endian(found.address), object_link(found.address, "→ " + words_at(about, found.address))] : [null, ""];
}

// ---- the table ----

async function copy_of(about) {
  for (const capture of about.capture ? [about.capture, ...page.captures] : []) {
    if (!capture.whole) continue;
    await capture.open();
    const copy = capture.copies.get(about.address), row = copy ? capture.find(about.address) : -1;
    if (copy && (row < 0 || capture.type_name(capture.type[row]) === type_of(about))) return { capture, ...copy };
  }
  return null;
}

function copied_rows(about, copy) {
  const fields = copy.layout ? copy.capture.layouts.get(copy.layout) || [] : copy.capture.fields(about.row, about.address), rows = [];
  let end = 0;
  const gap = (to) => { if (to > end && end < copy.bytes.length) rows.push([String(end), element("code", {}, hex_bytes(copy.bytes.subarray(end, Math.min(to, end + 16))) + (to - end > 16 ? " …" : "")), fields.length ? "(behind its fields)" : "", "", readable(copy.bytes.subarray(end, Math.min(to, end + 64)))]); };
  for (const field of single_fields([...fields].sort((a, b) => a.offset - b.offset))) {
    gap(field.offset);
    end = Math.max(end, field.offset + field.size);
    const bytes = copy.bytes.subarray(field.offset, Math.min(field.offset + field.size, field.offset + 16));
    rows.push([String(field.offset), element("code", {}, hex_bytes(bytes) + (field.size > 16 ? " …" : "")), element("b", { title: field.meaning }, field.name), field.type || "", field_value(about, field, copy.bytes)]);
  }
  gap(copy.bytes.length);
  return rows;
}
function told_rows(about) {
  const [fields, type] = layout_of_type(type_of(about)), rows = [];
  const single = [...fields].sort((a, b) => a.offset - b.offset).flatMap((field) => {
    const items = field.kind === 0 && field.size > 8 || field.name === "ob_item" && field.kind === 0 ? about.object ? about.object.length : about.capture.length[about.row] - 1 : 0;
    return items > 0 ? Array.from({ length: Math.min(items, 64) }, (_, i) => ({ ...field, name: `${field.name}[${i}]`, item: i, offset: field.offset + 8 * i, size: 8, type: "PyObject *" })) : [field];
  });
  for (const field of single) {
    const [bytes, value] = told_field(about, field, type);
    rows.push([String(field.offset), element("code", { class: "told" }, bytes ? hex_bytes(bytes.subarray(0, 16)) + (bytes.length > 16 ? " …" : "") : "?"), element("b", { title: field.meaning }, field.name), field.type || "", value]);
  }
  return rows;
}

async function draw_memory(about, turn) {
  const copy = await copy_of(about), box = $("object-memory");
  if (turn !== object_view.shown) return;
  const rows = copy ? copied_rows(about, copy) : told_rows(about), exact = copy && (!page.recording || stop_of(copy.capture) === page.stop);
  const when = copy && !page.recording ? "Its bytes, as far as they are in the file." : copy ? `Its bytes as they were at step ${step_of(copy.capture)}${exact ? "" : ", where the nearest capture is, not at this one"}.` :
    rows.length ? "No capture copied its bytes: fields of its class, the bytes made of what the file tells; ? is not known." : "The file tells nothing of its fields.";
  box.replaceChildren(element("h3", {}, "Memory"), element("p", {}, when), ...(rows.length ? [table("", ["at", "bytes", "field", "C type", "value"], rows)] : []));
}

// ---- references ----

function references_out(about) {
  const { object, state, capture, row } = about;
  const exact = row >= 0 && capture.start && stop_of(capture) === page.stop; // which has all; the journal has some of many
  if (object && state && !exact) return holds_of(object).filter((hold) => hold.target && state.objects.has(hold.target)).map((hold) => ({ label: hold_text(state, hold), address: state.objects.get(hold.target).address }));
  if (row < 0 || !capture.start) return [];
  const list = [];
  for (let e = capture.start[row]; e < capture.start[row + 1]; e++) list.push({ label: capture.label_text(capture.label[e], e), address: capture.target[e], offset: (capture.label[e] & 15) === 0 ? capture.label[e] / 16 - 1 : undefined });
  return list;
}
// The references of an object in view, with their places.
const holds_of = (object) => object.holds.map((hold, place) => ({ ...hold, place }));
function hold_text(state, hold) {
  const name = hold.kind === "field" ? hold.name : hold.name && state.objects.get(hold.name);
  if (hold.kind === "field") return name || "field";
  if (hold.kind === "item") return `[${hold.place}]`;
  if (!name) return hold.kind;
  const text = plain_text(name.text);
  return hold.kind === "value" ? `[${name.type === "str" ? `'${text}'` : text}]` : hold.kind === "attribute" ? "." + text : `${hold.kind} ${text}`;
}

// Who refers to it at this step, as far as in view: variables, value stacks, objects.
function holders_in_view({ state, object }) {
  const list = [];
  if (!state || !object) return list;
  const frames = [...[...state.stacks.values()].flat(), ...state.suspended.values()];
  for (const frame of frames)
    for (const [slot, target] of frame.slots.entries())
      if (target === object.number) list.push({ text: `${plain_text(frame.code.name)}, line ${frame.line}: ${slot < frame.code.slots.length ? "variable " + plain_text(frame.code.slots[slot]) : "value stack " + (slot - frame.code.slots.length)}` });
  for (const other of state.objects.values())
    if (other.targets.includes(object.number))
      for (const hold of holds_of(other)) if (hold.target === object.number) list.push({ text: `${plain_text(other.type)} ${plain_text(other.text) || hex(other.address)} ${hold_text(state, hold)}`, address: other.address });
  return list;
}
// The same in the whole heap, at the capture.
function holders_in_capture({ capture, row, address }) {
  const list = [];
  for (let b = capture.back_start[row]; b < capture.back_start[row + 1]; b++) {
    const owner = capture.back[b], e = capture.back_edge[b];
    list.push({ text: `${capture.type_name(capture.type[owner])} ${capture.name(owner) ?? hex(capture.address[owner])} ${capture.label_text(capture.label[e], e)}`, address: capture.address[owner], weak: (capture.label[e] & 15) === WEAK_LABEL });
  }
  for (const root of capture.roots) if (root.target === address) list.push({ text: root_text(capture, root) });
  return list;
}
function root_text(capture, root) {
  const frame = capture.frames.get(root.frame), label = (root.label & 15) === 0 ? "" : capture.label_text(root.label, 0);
  return frame ? `frame of ${frame.name}, line ${frame.line}: ${label}` : `the runtime: ${root.group} ${label}`.trim();
}

function draw_links(about) {
  const { capture, row, object } = about, out = references_out(about), box = $("object-links");
  const item = (holder) => element("li", {}, holder.address ? object_link(holder.address, holder.text) : holder.text, holder.weak ? " (weak: not counted)" : "");
  const left_out = object && object.length > out.length && object.targets.length >= 100 && out.length >= 100 ? [element("p", {}, `and ${count_text(object.length - out.length)} more, which the journal left out`)] : [];
  const parts = [element("h3", {}, "Refers to"), out.length ? long_list(out, (ref) => element("li", {}, ref.label + " ", object_link(ref.address, "→ " + words_at(about, ref.address)))) : element("p", {}, "nothing"), ...left_out];
  const view = holders_in_view(about);
  if (object) parts.push(element("h3", {}, `Referred to at this step by ${plural(view.length, "thing")} in view`), long_list(view, item));
  if (row >= 0 && capture.back_start) {
    const all = holders_in_capture(about), count = capture.reference_count(row), counted = all.filter((holder) => !holder.weak).length;
    const note = count === null ? "" : count < 0 ? "; it lives for ever" : `; its count is ${count}`;
    parts.push(element("h3", {}, `Referred to in the whole heap by ${count_text(counted)}` + (page.recording ? `, at step ${step_of(capture)}` : "") + note), long_list(all, item));
  }
  box.replaceChildren(...parts);
}

// ---- ways from the roots ----

// Shortest ways to different roots: [{root, steps: [[row, edge], ...]}], from the root on.
function ways_to(capture, row, most = 4) {
  const { back, back_edge, back_start, label, count } = capture, rooted = new Map(), ways = [], texts = new Set();
  for (const root of capture.roots) if (root.row >= 0 && (!rooted.has(root.row) || root.frame)) rooted.set(root.row, root);
  const { next, edge, queue } = capture.search ||= { next: new Uint32Array(count), edge: new Uint32Array(count), queue: new Uint32Array(count) };
  next.fill(NONE);
  next[row] = row; queue[0] = row;
  for (let at = 0, end = 1; at < end && ways.length < most; at++) {
    const here = queue[at], root = rooted.get(here);
    if (root) {
      const steps = [], text = root_text(capture, root);
      for (let step = here; step !== row; step = next[step]) steps.push([step, edge[step]]);
      if (!texts.has(text)) { texts.add(text); ways.push({ root: text, steps }); }
      if (here !== row) continue; // what leads to a root is no other way
    }
    for (let b = back_start[here]; b < back_start[here + 1]; b++) {
      const owner = back[b];
      if (next[owner] !== NONE || (label[back_edge[b]] & 15) === WEAK_LABEL) continue;
      next[owner] = here; edge[owner] = back_edge[b];
      queue[end++] = owner;
    }
  }
  return ways;
}

// Of a long way, its ends.
const middle_cut = (steps) => steps.length > 24 ? [...steps.slice(0, 12), [-1, steps.length - 24], ...steps.slice(-12)] : steps;
function draw_paths(about) {
  const { capture, row } = about, box = $("object-paths");
  if (row < 0 || !capture.back_start) { box.replaceChildren(); return; }
  const ways = ways_to(capture, row);
  box.replaceChildren(element("h3", {}, "Ways from the roots"), ...(ways.length ? [] : [element("p", {}, "No way leads from a root to it: only the collector can free it, or something the runtime does not show holds it.")]),
    ...ways.map((way) => element("ol", { class: "way" }, element("li", {}, way.root),
      ...middle_cut(way.steps).map(([owner, e]) => owner < 0 ? element("li", {}, `… ${count_text(e)} more on the way …`) : element("li", {}, object_link(capture.address[owner], words_at(about, capture.address[owner])), " ", capture.label_text(capture.label[e], e))),
      element("li", {}, element("b", {}, "this object")))));
}

// ---- history ----

// What ran after a stop: its line, or that of the caller when the frame ended there.
function ran_after(recording, stop) {
  const { kinds, depths, threads } = recording.index;
  if (EVENTS[kinds[stop]] === "RETURN" || EVENTS[kinds[stop]] === "YIELD")
    for (let back = stop - 1; back >= 0 && back > stop - 20000; back--)
      if (threads[back] === threads[stop] && depths[back] < depths[stop]) return recording.where(back);
  return recording.where(stop);
}
function history_row(row) {
  const { recording } = page, { code, line } = ran_after(recording, row.by);
  const source = (recording.sources.get(code.file) || "").split("\n")[line - 1] || "";
  return [element("button", { class: "link", onclick: () => go(row.stop) }, count_text(row.stop + 1)), row.what, row.count < 0 ? "∞" : String(row.count), `${plain_text(code.name)}, line ${line}`, element("code", {}, plain_text(source.trim()))];
}

async function draw_history(about) {
  const box = $("object-history"), { number } = about, { recording } = page;
  if (!recording || !number) { box.replaceChildren(); return; }
  const turn = object_view.shown, wanted = () => turn === object_view.shown || object_view.number === number;
  const put = (rows, upto) => {
    const here = rows.findIndex((row) => row.stop > page.stop), from = Math.max(0, (here < 0 ? rows.length : here) - 20), part = rows.slice(from, from + 40);
    const made = table("", ["step", "what", "count", "by", "line"], part.map(history_row));
    [...made.querySelectorAll("tr")].slice(1).forEach((tr, i) => { if (part[i].stop <= page.stop && !(part[i + 1] && part[i + 1].stop <= page.stop)) tr.classList.add("now"); });
    box.replaceChildren(element("h3", {}, "History of its reference count"), element("canvas", { id: "object-line", height: "60", role: "img", "aria-label": `reference count over ${plural(rows.length, "change")}` }),
      element("p", {}, plural(rows.length, "change") + (upto === undefined ? "" : `, as far as step ${count_text(upto + 1)} …`) + (part.length < rows.length ? `; those around this step` : "")), made);
    draw_count_line(rows);
  };
  const known = object_view.histories.get(number);
  if (known) { put(known); return; }
  const rows = await find_history(recording, number, wanted, put);
  if (!wanted()) return;
  object_view.histories.set(number, rows);
  if (object_view.number === number && page.view.name === "object") put(rows);
}

// The count as a line of steps over the whole recording, and where the page is.
function draw_count_line(rows) {
  const canvas = $("object-line"), width = canvas.clientWidth || canvas.parentNode.clientWidth;
  if (!width || !rows.length) return;
  canvas.style.width = "100%";
  canvas.style.height = "60px";
  const context = sized_canvas(canvas, width, 60), most = Math.max(1, ...rows.map((row) => row.count)), x = (stop) => stop / Math.max(1, page.recording.length - 1) * (width - 2), y = (count) => 56 - Math.max(0, count) / most * 50;
  context.strokeStyle = colour("--arrow");
  context.lineWidth = 1.5;
  context.beginPath();
  rows.forEach((row, i) => { context[i ? "lineTo" : "moveTo"](x(row.stop), y(i ? rows[i - 1].count : 0)); context.lineTo(x(row.stop), y(row.count)); });
  const last = rows[rows.length - 1];
  if (last.what !== "died") context.lineTo(width - 2, y(last.count));
  context.stroke();
  context.fillStyle = colour("--mark");
  context.fillRect(x(page.stop), 0, 2, 60);
}

// ---- finding one ----

async function find_objects(text) {
  const capture = page.captures.length ? await capture_at(page.stop).open() : null, state = page.recording && page.recording.at(page.stop), found = new Map();
  if (/^(0x)?[0-9a-f]{6,}$/i.test(text)) { open_object(parseInt(text, 16)); return; }
  const wanted = text.toLowerCase();
  if (state) for (const o of state.objects.values()) if ((o.type + " " + o.text).toLowerCase().includes(wanted)) found.set(o.address, words_of(o));
  if (capture && capture.whole) {
    const types = capture.types.map((type) => type && type.name.toLowerCase().includes(wanted)), names = capture.count < 300000;
    for (let i = 0; i < capture.count && found.size < 500; i++)
      if (types[capture.type[i]] || names && (capture.name(i) || "").toLowerCase().includes(wanted)) found.set(capture.address[i], words_at({ capture }, capture.address[i]));
  }
  const rows = [...found].slice(0, 200);
  $("object-found").replaceChildren(element("p", {}, `${found.size >= 500 ? "at least " : ""}${plural(found.size, "object")}`), long_list(rows, ([address, words]) => element("li", {}, object_link(address, words || hex(address)))));
}

// Where to begin when no object is chosen: variables, the largest blocks.
function draw_choice(about) {
  const { state, capture } = about, parts = [];
  if (state) {
    const items = [];
    for (const frame of [...state.stack].reverse())
      for (let i = 0; i < frame.code.slots.length; i++) { const o = state.objects.get(frame.slots[i]); if (o) items.push([o.address, `${plain_text(frame.code.name)}: ${plain_text(frame.code.slots[i])} = ${words_of(o)}`]); }
    const names = state.top && state.objects.get(state.top.names);
    if (names) for (const hold of names.holds) { const o = state.objects.get(hold.target), key = state.objects.get(hold.name); if (o && key && !/^__/.test(key.text)) items.push([o.address, `${plain_text(key.text)} = ${words_of(o)}`]); }
    parts.push(element("h3", {}, "Variables at this step"), long_list(items, ([address, text]) => element("li", {}, object_link(address, text))));
  }
  if (capture && capture.whole) parts.push(element("h3", {}, "Largest blocks"), long_list(capture.large.slice(0, 20), (row) => element("li", {}, object_link(capture.address[row], block_text(capture, row)))));
  $("object-memory").replaceChildren(...parts);
  for (const id of ["object-links", "object-paths", "object-history"]) $(id).replaceChildren();
}

// ---- showing ----

function show_object() {
  return show_chosen().catch((error) => { $("object-title").textContent = "This cannot be shown: " + error.message; });
}
async function show_chosen() {
  const turn = ++object_view.shown, about = await about_object();
  if (turn !== object_view.shown || page.view.name !== "object") return;
  link_part("object", about.address ? hex(about.address) : "");
  if (!about.address) {
    $("object-title").textContent = "No object is chosen";
    $("object-where").textContent = "";
    draw_choice(about);
    if (about.capture && about.capture.whole && !about.capture.start && about.capture.count < 300000) { // whose the buffers are
      await about.capture.open_references();
      if (turn === object_view.shown && page.view.name === "object") draw_choice(about);
    }
    return;
  }
  const gone = !about.object && about.row < 0;
  $("object-title").textContent = gone ? `Nothing known at ${hex(about.address)} at this step` : `${type_of(about)} at ${hex(about.address)}`;
  const short = short_of(about);
  $("object-where").textContent = gone ? "" : (short === type_of(about) ? "" : short + " · ") + where_of(about);
  if (gone) { $("object-memory").replaceChildren(); $("object-links").replaceChildren(); $("object-paths").replaceChildren(); }
  else { draw_memory(about, turn); draw_links(about); draw_paths(about); }
  draw_history(about);
  if (!gone && about.capture && about.capture.whole && !about.capture.start) {
    await about.capture.open_references();
    if (turn !== object_view.shown || page.view.name !== "object") return;
    if (page.recording) page.recording.at(page.stop);
    draw_links(about); draw_paths(about);
  }
}

add_view({
  name: "object", title: "Object", key: "x", available: (page) => page.captures.length > 0 || page.recording !== null, build: build_object, show: show_object,
  keys: [["f", "find an object", () => $("object-search").focus()], ["Escape", "choose another object", () => { page.picked = 0; Object.assign(object_view, { address: 0, number: 0 }); refresh(); }],
    ["n", "where it lies on the map", () => { if (object_view.address) { link_part("at", hex(object_view.address)); map_view.capture = null; open_view("map"); } }]],
});
