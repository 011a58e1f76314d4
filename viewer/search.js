"use strict";
// Search in names, values and source: the steps at which a variable or an object gets what is looked for, or a line runs.

const MOST_HITS = 20000, SHOWN_HITS = 200;
const search = { text: "", hits: [], is_full: false, turn: 0 };

// Variables, by name, and objects, by value and class, that match; hits: {stop, kind, what}.
class TextScan extends FrameTracks {
  constructor(recording, text) {
    super();
    this.recording = recording;
    this.needle = text.toLowerCase();
    this.slots = new Map(); // by code: numbers of the slots whose names match
    for (const code of recording.names.codes.values()) {
      const slots = new Set(code.slots.flatMap((name, i) => this.matches(name) ? [i] : []));
      if (slots.size) this.slots.set(code.number, slots);
    }
    this.types = new Set([...recording.names.types].filter(([, name]) => this.matches(name)).map(([number]) => number));
    this.keys = new Map(); // strings that match, as names of variables
    this.values = new Set(); // those that match and have no object
    this.dicts = new Map(); // the labels of dicts of names
    this.hits = [];
    this.now = 0; this.is_done = this.is_retold = false; this.told = null;
  }
  matches(text) { return text.toLowerCase().includes(this.needle); }
  hit(kind, what, object = 0) {
    if (this.hits.length < MOST_HITS) this.hits.push({ stop: this.now, kind, what, object });
    else this.is_done = true;
  }
  state() { super.state(); this.is_retold = true; this.told = null; this.values.clear(); }
  inline(number, type, value) { if (this.matches(type === "float" ? float_text(value) : String(value))) this.values.add(number); }
  stop(event) { super.stop(event); this.is_retold = false; this.now++; }
  thread(thread) { super.thread(thread); this.told = null; }
  push(number, code, line) { super.push(number, code, line); this.told = null; }
  resume(number) { super.resume(number); this.told = null; }
  unwind() { super.unwind(); this.told = null; }
  suspended(number, code, line) { super.suspended(number, code, line); this.told = this.waiting.get(number); }
  slot(slot, target) {
    if (this.leaves >= 0) this.leave();
    const { code } = this.told || this.top;
    if (!this.is_retold && target && (this.values.has(target) || this.slots.get(code)?.has(slot))) this.hit("variable", this.recording.names.codes.get(code).slots[slot], target);
  }
  names(dict) { if (dict && !this.dicts.has(dict)) this.dicts.set(dict, []); }
  object(number, type, address, size, count, length, bytes, from, to) {
    const is_new = this.recording.index.birth(number) === this.now && (!this.is_retold || this.now === 0);
    if (from === to && !this.types.has(type)) return;
    const text = from < to ? utf8.decode(bytes.subarray(from, to)) : "", found = this.matches(text), name = this.recording.names.types.get(type);
    if (found && name === "str") this.keys.set(number, text);
    if (is_new && name !== "code" && (found || this.types.has(type))) this.hit("object", short_type(name || "?") + (text ? " " + plain_text(text) : ""), number);
  }
  value(number, bytes, from, to) {
    const text = utf8.decode(bytes.subarray(from, to));
    if (this.matches(text)) this.hit("object", plain_text(text), number);
  }
  holds(from, labels, targets) {
    const own = this.dicts.get(from);
    if (!own) return;
    const old = new Set(own);
    own.length = 0;
    labels.forEach((label, i) => { own.push(label); if (!old.has(label)) this.name(label, targets[i]); });
  }
  add(from, label, target) { const own = this.dicts.get(from); if (own) { own.push(label); this.name(label, target); } }
  set(from, place, target) { const own = this.dicts.get(from); if (own && own[place] !== undefined) this.name(own[place], target); }
  cut(from, n) { const own = this.dicts.get(from); if (own) own.length = Math.min(n, own.length); }
  name(label, target) { if (!this.is_retold && (this.values.has(target) || this.keys.has(label_number(label)))) this.hit("variable", this.keys.get(label_number(label)) || "", target); }
}

// Stops at lines that match.
function source_hits(recording, text) {
  const needle = text.toLowerCase(), lines = new Map(), hits = []; // by code: {line: text}
  const { index } = recording;
  for (const code of recording.names.codes.values()) {
    const found = new Map((recording.sources.get(code.file) || "").split("\n").map((line, i) => [i + 1, line]).filter(([, line]) => line.toLowerCase().includes(needle)));
    if (found.size) lines.set(code.number, found);
  }
  if (lines.size)
    for (let stop = 0; stop < index.stops && hits.length < MOST_HITS; stop++) {
      const line = index.kinds[stop] === STEP ? lines.get(index.codes[stop])?.get(index.lines[stop]) : undefined;
      if (line !== undefined) hits.push({ stop, kind: "line", what: `${index.lines[stop]}: ${plain_text(line.trim())}`, object: 0 });
    }
  return hits;
}

async function start_search(text) {
  const turn = ++search.turn;
  Object.assign(search, { text, hits: [], is_full: false });
  if (!text) { show_hits(); return; }
  const lines = source_hits(page.recording, text), scan = new TextScan(page.recording, text), merge = () => {
    search.hits = [...lines, ...scan.hits].sort((a, b) => a.stop - b.stop);
    search.is_full = scan.hits.length >= MOST_HITS || lines.length >= MOST_HITS;
    show_hits();
  };
  merge();
  await scan_journal(page.recording, scan, 0, () => turn === search.turn, merge);
  if (turn === search.turn) merge();
}

function hit_words(hit) {
  if (hit.kind !== "variable") return hit.what;
  const { code } = page.recording.where(hit.stop);
  return plain_text(hit.what || "a variable") + " changes, in " + plain_text(code.name);
}

function show_hits() {
  const { hits } = search, here = hits.findIndex(({ stop }) => stop >= page.stop), from = Math.max(0, (here < 0 ? hits.length : here) - 20);
  $("search-count").textContent = search.text ? plural(hits.length, "step") + (search.is_full ? " at least" : "") : "";
  $("search-hits").replaceChildren(...hits.slice(from, from + SHOWN_HITS).map((hit) =>
    element("li", {}, element("button", { class: "link" + (hit.stop === page.stop ? " now" : ""), onclick: () => go_to_hit(hit) }, `step ${count_text(hit.stop + 1)}`), " ", element("small", {}, hit.kind), " ", element("code", {}, hit_words(hit)))));
}

function go_to_hit(hit) {
  if (page.view.name !== "step") open_view("step");
  if (hit.object && hit.kind === "object") page.picked = hit.object;
  go(hit.stop);
  show_hits();
}
function next_hit(way) {
  const { hits } = search, hit = way > 0 ? hits.find(({ stop }) => stop > page.stop) : hits.findLast(({ stop }) => stop < page.stop);
  if (hit) go_to_hit(hit);
  else say(search.text ? `"${search.text}" is not found ${way > 0 ? "after" : "before"} this step.` : "Nothing is being searched (/).");
}

function open_search(text) {
  $("search").hidden = false;
  if (text !== undefined) { $("search-text").value = text; start_search(text); }
  $("search-text").focus();
  $("search-text").select();
}
function close_search() { $("search").hidden = true; $("picture")?.focus({ preventScroll: true }); }

function wire_search() {
  let due = 0;
  $("search-open").hidden = false;
  $("search-open").onclick = () => open_search();
  $("search-text").oninput = () => { clearTimeout(due); due = setTimeout(() => start_search($("search-text").value.trim()), 150); };
  $("search-text").onkeydown = (event) => {
    if (event.key === "Escape") close_search();
    else if (event.key === "Enter") {
      clearTimeout(due);
      const text = $("search-text").value.trim();
      (text === search.text ? Promise.resolve() : start_search(text)).then(() => next_hit(event.shiftKey ? -1 : 1));
    } else return;
    event.preventDefault();
  };
  $("search-close").onclick = close_search;
}
TIMELINE_KEYS.push(["/", "search names, values, classes, source", () => open_search()], ["n", "next step found", () => next_hit(1)], ["Shift N", "step found before", () => next_hit(-1)]);
