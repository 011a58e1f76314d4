"use strict";
// What the picture of one stop shows, before anything is drawn: which boxes there are and where, what stands in their cells, which arrows go out.

const LEFT = 10, TOP = 10, FRAME_WIDTH = 30, COLUMN_GAP = 46; // pixels; the frame in characters
const MOST_RESTING = 60; // objects that are shown though nothing was told of them in this chunk
const C_ROWS = 40; // of C frames in one place
const FAR = 1200; // pixels up or down from which on there is no arrow, but the target's number

class Picture {
  constructor(recording, places, looks, stop, options) {
    Object.assign(this, { recording, places, looks, stop, options });
    this.state = recording.at(stop);
    this.touched = recording.touched(stop);
    this.char = options.char; // pixels across a character
    this.older = []; // states of chunks before
    this.columns = column_lefts(places, this.char);
    this.boxed = new Map();
    this.holders = new Map(); // drawn references to each object
    this.reach();
    this.place_frames();
    this.find_lost();
    this.find_ghosts();
  }
  // An object as it is, or as it was last told of if it rests: out of reach since before the chunk began, but alive.
  object(number) {
    const object = this.state.object(number);
    if (object !== undefined || !(number > 0)) return object;
    for (const state of this.older) {
      const before = state.object(number);
      if (before !== undefined && this.recording.index.death(number) > this.stop) return before;
    }
    return undefined;
  }
  get instruction() { return this.state.instruction; }
  has_box(object) {
    let answer = this.boxed.get(object.number);
    if (answer === undefined) this.boxed.set(object.number, answer = this.places.place(object.number) !== undefined && this.looks.has_box(this, object));
    return answer;
  }
  // Frames with their variables, and the boxes that can be reached from them, nearest first.
  reach() {
    this.frames = []; this.reached = [];
    const seen = new Set(), refer = (number) => {
      if (!number) return;
      this.holders.set(number, (this.holders.get(number) || 0) + 1);
      if (seen.has(number)) return;
      seen.add(number);
      const object = this.object(number);
      if (object && this.has_box(object)) this.reached.push(object);
    };
    for (const [thread, frames] of this.state.threads)
      for (const frame of frames) {
        const variables = this.looks.variables(this, frame);
        this.frames.push({ thread, frame, variables, is_top: frame === this.state.top });
        for (const { target } of variables) refer(target);
      }
    if (this.state.value) refer(this.state.value);
    for (let i = 0; i < this.reached.length; i++) {
      const [owner, shown] = this.looks.shown(this, this.reached[i]);
      for (const at of shown) {
        refer(owner.targets[at]);
        if (this.options.every && label_kind(owner.labels[at]) === HELD_VALUE) refer(label_number(owner.labels[at]));
      }
    }
    this.seen = seen;
  }
  // What lives in its place though no frame leads to it: a circle that waits for the collector, what only the library holds.
  find_lost() {
    this.lost = [];
    if (this.recording.index.is_lean) return; // nobody knows what objects hold
    this.find_resting();
    for (const object of this.state.objects.values())
      if (!this.seen.has(object.number) && this.has_box(object) && this.places.shown_at[object.number] <= this.stop + 1) this.lost.push(object);
  }
  find_resting() {
    const { recording, stop } = this, { index } = recording, { resting, starts } = index, list = resting[recording.chunk_of(stop)], states = new Map();
    for (let i = list.length - 2; i >= 0 && this.lost.length < MOST_RESTING; i -= 2) {
      const number = list[i], chunk = list[i + 1];
      if (this.state.object(number) || index.death(number) <= stop) continue;
      if (!states.has(chunk)) {
        if (states.size === 2) break;
        states.set(chunk, recording.cursor(chunk).seek(starts[chunk + 1] - 1));
        this.older = [...states.values()];
      }
      const object = states.get(chunk).object(number);
      if (object && this.has_box(object)) this.lost.push(object);
    }
  }
  find_ghosts() {
    const { index } = this.recording, order = index.death_order.items, cursor = this.recording.cursor(this.recording.chunk_of(this.stop));
    this.ghosts = [];
    let low = 0, high = index.death_order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (index.deaths.get(order[middle]) <= this.stop - GHOST) low = middle + 1;
      else high = middle;
    }
    for (; low < index.death_order.length && index.deaths.get(order[low]) <= this.stop; low++) {
      const number = order[low];
      if (this.places.place(number) && !this.object(number)) this.ghosts.push({ number, object: cursor.version_before(index.death(number), number) });
    }
  }
  // ---- where things stand, in pixels ----
  spot(number) {
    const { column, top, width, height, widest, most } = this.places.place(number);
    return { left: this.columns[column], top: TOP + top * UNIT, width: Math.round(width * this.char) + 4, height: height * UNIT, widest, most };
  }
  place_frames() {
    let top = TOP, last = 0, outer = 0;
    const threads = new Set(this.frames.map(({ thread }) => thread)).size;
    for (const shown of this.frames) {
      if (threads > 1 && shown.thread !== last) { shown.heading = "thread " + shown.thread; top += ROW * UNIT; }
      top += this.place_c_frames(shown, shown.thread === last ? outer : 0, top);
      outer = shown.frame.c_stack || outer;
      last = shown.thread;
      shown.top = top;
      shown.event = shown.is_top ? this.event_text() : "";
      shown.height = (TITLE + ROW * (shown.variables.length + (shown.event ? 1 : 0))) * UNIT + 4;
      top += shown.height + UNIT;
    }
    this.frames_bottom = top;
    this.frame_width = Math.round(FRAME_WIDTH * this.char);
  }
  // Above a frame that C code has called, the C frames between it and the frame further out; how much room they take.
  place_c_frames(shown, outer, top) {
    const frames = this.options.c && shown.frame.c_stack ? this.recording.c_frames(shown.frame.c_stack, outer) : [];
    if (!frames.length) return 0;
    const rows = frames.map(({ of, bytes }) => [plain_text(of.name || of.file.split("/").pop() || "?"), count_text(bytes) + " B"]);
    if (rows.length > C_ROWS) rows.splice(C_ROWS / 2, rows.length - C_ROWS, [`… ${count_text(rows.length - C_ROWS)} more`, ""]);
    shown.c = { rows, top, height: ROW * UNIT * rows.length + 2 };
    return shown.c.height + UNIT;
  }
  event_text() {
    const { event, value, instruction } = this.state;
    if (event === "STEP") return instruction ? plain_text(instruction.name) + (instruction.argument ? " " + instruction.argument : "") : "";
    const object = this.object(value), what = { RETURN: "returns ", YIELD: "yields ", RAISE: "raises " }[event];
    return what + (object ? (event === "RAISE" ? short_type(object.type) + " " : "") + this.looks.short(this, object) : "");
  }
  // ---- cells ----
  // {text, to, mark} of a reference from so far down: the arrow's target, or the text that stands there.
  value(number, from, missing = "…") {
    if (!number) return { text: missing, to: 0, mark: "" };
    const object = this.object(number);
    if (!object) return { text: missing, to: 0, mark: "" };
    if (this.has_box(object)) {
      const is_far = Math.abs(TOP + this.places.top[number] * UNIT - from) > FAR;
      return { text: is_far ? "→" + number : "●", to: number, is_far, mark: "" };
    }
    return { text: this.looks.short(this, object), to: 0, object: number, mark: this.mark(object) };
  }
  // ∞ is shared by the whole process, ≡ by all equal strings, ⇉ by several places of this picture.
  mark(object) {
    if (object.type in NAME_BEFORE) return "";
    if (object.count < -1) return "";
    if (object.interned) return "≡";
    if (object.count < 0) return "∞";
    return (this.holders.get(object.number) || 0) > 1 ? "⇉" : "";
  }
  // Whether an object that stands as text has another value than before.
  has_new_text(number) {
    const before = this.touched.objects.get(number), object = this.object(number);
    return before !== undefined && object !== undefined && before.text !== object.text;
  }
  variable_cell(frame, { name, target, key }, from = 0) {
    const before = this.touched.frames.get(frame.number);
    let changed = this.has_new_text(target);
    if (key[0] === "f") changed ||= before ? !this.is_same(before.slots[Number(key.split(".")[1])], target) : frame.stamp === this.stop && this.is_new_frame(frame);
    else changed ||= this.changed_labels(this.object(frame.names)).has(Number(key.split(".")[1]));
    return { name, changed, ...this.value(target, from, "?") };
  }
  is_new_frame(frame) { return this.stop !== this.recording.index.starts[this.recording.chunk_of(this.stop)] && !this.touched.frames.has(frame.number); }
  // Whether a number of before still stands for the same; those of values are new in each chunk.
  is_same(before, number) {
    if (before === number || !before && !number) return true;
    if (!(before < 0) || !(number < 0)) return false;
    const old = this.touched.values.get(before), value = this.object(number);
    return old !== undefined && value !== undefined && old.type === value.type && old.text === value.text;
  }
  // The labels of an object's references that are others than before.
  changed_labels(object) {
    const before = object && this.touched.objects.get(object.number), changed = new Set();
    if (!before) return changed;
    const old = new Map(before.labels.map((label, i) => [label, before.targets[i]]));
    object.labels.forEach((label, i) => { if (!this.is_same(old.get(label), object.targets[i])) changed.add(label); });
    return changed;
  }
  cells(object) {
    const [owner, shown] = this.looks.shown(this, object), is_items = this.looks.is_items(object), { recording, stop } = this;
    const before = recording.index.birth(object.number) === stop ? undefined : this.touched.objects.get(owner.number);
    const limit = is_items ? MAX_ITEMS : MAX_ROWS, from = TOP + this.places.top[object.number] * UNIT, labels = before && !is_items ? this.changed_labels(owner) : null;
    const cells = shown.slice(0, limit).map((at) => {
      const label = owner.labels[at], target = owner.targets[at];
      const changed = before ? labels ? labels.has(label) : !this.is_same(before.targets[at], target) : false;
      return { name: is_items ? label_kind(label) === HELD_ITEM ? String(at) : "" : this.looks.label(this, label), changed: changed || this.has_new_text(target), ...this.value(target, from) };
    });
    if (!cells.length && (object.text || object.type === "str") && !(object.type in NAME_BEFORE && !this.options.every))
      cells.push({ name: "", changed: this.has_new_text(object.number), text: this.looks.short(this, object), to: 0, mark: this.mark(object) });
    const told = Math.max(object.length, shown.length), more = shown.length || object.length <= 0 ? told - cells.length : 0;
    return { cells, is_items, more: is_items || shown.length > limit ? Math.max(0, more) : 0 };
  }
  title(object) {
    const { looks } = this;
    if (!this.options.every && object.type in NAME_BEFORE) return looks.short(this, object);
    return short_type(object.type);
  }
  facts(object) {
    if (!this.options.counts) return "";
    return (object.count < -1 ? "" : object.count < 0 ? "immortal" : "refs " + object.count) + "  " + hex(object.address) + (object.size ? "  " + object.size + " B" : "");
  }
  // Everything of a box: the same spec is the same box.
  box(object, state) {
    const number = object.number, is_ghost = state === "freed", spot = this.spot(number), holders = this.holders.get(number) || 0;
    const { cells, is_items, more } = is_ghost ? this.ghost_cells(object) : this.cells(object);
    return { number, spot, cells, is_items, more, state, holders, title: this.title(object), facts: is_ghost ? "" : this.facts(object), length: object.length, char: this.char,
      born: !is_ghost && this.recording.index.birth(number) === this.stop, picked: number === this.options.picked };
  }
  ghost_cells(object) {
    const text = object.text && !(object.type in NAME_BEFORE) ? [{ name: "", text: plain_text(object.text), to: 0, mark: "", changed: false }] : [];
    return { cells: text, is_items: false, more: 0 };
  }
  *boxes() {
    for (const object of this.reached) yield [object, ""];
    for (const object of this.lost) yield [object, "lost"];
    for (const { number, object } of this.ghosts) yield [object || this.ghost_of(number), "freed"];
  }
  ghost_of(number) { return new RecordedObject(number, this.recording.names.types.get(this.places.type[number]) || "?", 0, 0, 0, -1); }
}

// The left edge of each column.
function column_lefts(places, char) {
  const lefts = [];
  let left = LEFT + Math.round(FRAME_WIDTH * char) + COLUMN_GAP;
  for (let column = 0; column < places.widths.length; column++) {
    lefts.push(left);
    if (column) left += Math.round((places.widths[column] || MIN_WIDE) * char) + COLUMN_GAP;
  }
  return lefts;
}
