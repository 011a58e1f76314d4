"use strict";
// Where each object's box stands, for the whole recording: a function of the recording alone, so that the same stop looks the same however the
// reader came there, and no box ever moves.
//
// The column is the number of references from a frame's variable, by the way that lasts: what a variable holds to its end stands in the first
// column, what lives on when no variable holds it stands one to the right of the first object that refers to it.
// The row is the first gap that is high enough when the box is first shown, for the largest the box will ever be; it is kept for life, and
// free again GHOST stops after the object was freed.

const GHOST = 4; // stops for which a freed object is still shown
const MAX_COLUMN = 24;
const FRAME = -1; // as the owner of a dict of names
const ON_THE_WAY = 65535;

class Places {
  constructor(recording, every) {
    this.recording = recording;
    this.every = every;
    const { names } = recording, { strings } = names;
    this.looks = Uint8Array.from({ length: Math.max(0, ...names.types.keys()) + 1 }, (_, n) => every ? BOX : look_of(names.types.get(n) || "?"));
    this.methods = Uint8Array.from(this.looks, (_, n) => METHOD_TYPES.has(names.types.get(n)) ? 1 : 0);
    this.titles = Uint8Array.from(this.looks, (_, n) => Math.min(60, short_type(names.types.get(n) || "").length + 10));
    this.is_str = Array.from(this.looks, (_, n) => names.types.get(n) === "str");
    this.field = [...strings].filter(([, name]) => name === "__dict__").map(([n]) => n)[0];
    this.dull = new Set(every ? [] : [...strings].filter(([, name]) => DULL_FIELDS.has(name)).map(([n]) => n));
    this.field_width = new Map([...strings].map(([n, name]) => [n, name.length]));
    const n = recording.index.births.length + 1;
    this.type = new Uint16Array(n); this.wide = new Uint8Array(n); // of its text
    this.flags = new Uint8Array(n); // what is known of an object, see below
    this.bound = new Uint16Array(n); // variables that hold it
    this.holder = new Uint32Array(n); // the first object that held it
    this.held = new Uint16Array(n); this.most = new Uint16Array(n); this.widest = new Uint8Array(n);
    this.shown_at = new Uint32Array(n).fill(NEVER);
    this.order = new Numbers(Uint32Array); // in which they are first shown
    this.waiting = new Map(); // what an object refers to that is not shown yet itself
    this.owners = new Map(); // of dicts: FRAME or a class
    this.names = new Map(); // by dict of names: what its entries refer to
    this.seeds = []; this.loose = []; this.looser = [];
    new PlacesReader(this).read();
    this.settle();
  }
  // ---- while reading ----
  is_shown(n) { return this.shown_at[n] !== NEVER; }
  // A drawn reference from one object to another, or from a variable.
  refer(from, to) {
    if (!to) return;
    if (from !== FRAME && from !== to && (!this.holder[to] || !this.is_shown(this.holder[to]))) this.holder[to] = from;
    if (this.flags[to] & REACHED) return;
    if (from === FRAME || this.is_shown(from)) this.seeds.push(to);
    else {
      const list = this.waiting.get(from);
      if (list) list.push(to);
      else this.waiting.set(from, [to]);
    }
  }
  // Shows what has come into reach since the stop before.
  reach(stop) {
    const { seeds } = this;
    for (let i = 0; i < seeds.length; i++) {
      const n = seeds[i];
      this.flags[n] |= REACHED;
      if (this.is_shown(n) || !(this.flags[n] & BOXED)) continue;
      this.shown_at[n] = stop;
      this.order.push(n);
      const waiting = this.waiting.get(n);
      if (waiting) { for (const to of waiting) if (!(this.flags[to] & REACHED)) seeds.push(to); this.waiting.delete(n); }
    }
    seeds.length = 0;
  }
  make_box(n) {
    if (this.flags[n] & BOXED) return;
    this.flags[n] |= BOXED;
    if (this.flags[n] & REACHED) this.seeds.push(n);
  }
  bind(n) { if (n) { this.bound[n]++; this.flags[n] |= WAS_BOUND; } }
  unbind(n) { if (n && this.bound[n] && --this.bound[n] === 0) this.loose.push(n); }
  // Of what no variable holds since the stop before last: it lives on, on the heap alone.
  note_loose(stop) {
    const { loose, looser, recording: { index } } = this;
    for (let i = 0; i < looser.length; i++) if (this.bound[looser[i]] === 0 && index.death(looser[i]) > stop) this.flags[looser[i]] |= ON_HEAP;
    looser.length = 0;
    this.looser = loose;
    this.loose = looser;
  }
  // ---- afterwards ----
  settle() {
    const n = this.flags.length;
    this.column = new Uint8Array(n); this.depth = new Uint16Array(n); this.top = new Int32Array(n).fill(-1); this.width = new Uint8Array(n); this.height = new Uint16Array(n);
    const columns = [], { order, recording } = this, { deaths, death_order } = recording.index;
    let dead = 0;
    for (const number of order.used) {
      const stop = this.shown_at[number], look = this.looks[this.type[number]];
      const title = this.titles[this.type[number]] + (look === FUNCTION || look === CLASS ? this.wide[number] : 0);
      const { width, height } = box_size(this.flags[number] & ITEMS, this.most[number], this.widest[number], title);
      for (; dead < death_order.length && deaths.get(death_order.items[dead]) + GHOST < stop; dead++) {
        const gone = death_order.items[dead];
        if (this.top[gone] >= 0) columns[this.column[gone]].free(this.top[gone], this.height[gone] + GAP);
      }
      const column = this.column[number] = this.column_of(number);
      this.width[number] = width;
      this.height[number] = height;
      this.top[number] = (columns[column] ||= new Gaps()).take(height + GAP);
    }
    this.widths = columns.map(() => MIN_WIDE);
    for (const number of order.used) this.widths[this.column[number]] = Math.max(this.widths[this.column[number]] || 0, this.width[number]);
    for (const name of ["bound", "holder", "held", "waiting", "owners", "names", "wide", "seeds", "loose", "looser", "depth"]) this[name] = null;
  }
  // One to the right of the holder; what holds itself in a circle begins with the oldest.  Long chains go on in the first column.
  column_of(number) {
    const chain = [], { depth } = this;
    let n = number;
    while (depth[n] === 0 && this.stands_by_holder(n)) { depth[n] = ON_THE_WAY; chain.push(n); n = this.holder[n]; }
    if (depth[n] === 0) depth[n] = 1;
    else if (depth[n] === ON_THE_WAY) {
      let circle = chain.splice(chain.indexOf(n)); // each held by the next, the last by the first
      const first = circle.indexOf(Math.min(...circle));
      circle = [...circle.slice(first + 1), ...circle.slice(0, first), circle[first]];
      depth[circle.pop()] = 1;
      chain.push(...circle);
    }
    while (chain.length) { const next = chain.pop(); depth[next] = Math.min(ON_THE_WAY - 1, depth[this.holder[next]] + 1); }
    return (depth[number] - 1) % MAX_COLUMN + 1;
  }
  stands_by_holder(n) { return this.holder[n] > 0 && (this.flags[n] & ON_HEAP || !(this.flags[n] & WAS_BOUND)) && this.is_shown(this.holder[n]); }
  place(number) {
    return number > 0 && number < this.top.length && this.top[number] >= 0 ? { column: this.column[number], top: this.top[number], width: this.width[number], height: this.height[number], widest: this.widest[number], most: this.most[number] } : undefined;
  }
}
const REACHED = 1, BOXED = 2, WAS_BOUND = 4, ON_HEAP = 8, ITEMS = 16, DUNDER = 32;

// The free rows of a column.
class Gaps {
  constructor() { this.taken = new Uint8Array(64); this.least = new Uint32Array(256); } // least: by height, where the first gap can be at best
  take(height) {
    let from = this.least[Math.min(height, 255)], run = 0, at = from;
    for (; run < height; at++) run = at < this.taken.length && this.taken[at] ? 0 : run + 1;
    const top = at - height;
    if (at > this.taken.length) { const more = new Uint8Array(Math.max(at, 2 * this.taken.length)); more.set(this.taken); this.taken = more; }
    this.taken.fill(1, top, at);
    for (let h = Math.min(height, 255); h < 256 && this.least[h] < top; h++) this.least[h] = top; // what is higher does not fit before, either
    return top;
  }
  free(top, height) {
    const { taken, least } = this;
    taken.fill(0, top, top + height);
    let low = top, high = top + height; // of the gap that there is now, as far as it matters
    while (low > 0 && top - low < 256 && !taken[low - 1]) low--;
    while (high - low < 256 && !(high < taken.length && taken[high])) high++;
    for (let h = Math.min(255, high - low); h > 0; h--) if (least[h] > low) least[h] = low;
  }
}

// Frames with their variables and what objects refer to, as far as the places depend on it.
class PlacesReader extends FrameTracks {
  constructor(places) { super(); this.places = places; this.told = null; this.now = 0; }
  read() {
    for (const columns of this.places.recording.journal) {
      const decoder = new Decoder(columns, this);
      while (decoder.next());
    }
  }
  stop(event) {
    super.stop(event);
    const { places } = this;
    if (places.seeds.length) places.reach(this.now);
    if (places.loose.length || places.looser.length) places.note_loose(this.now);
    this.now++;
  }
  // ---- frames ----
  make(number, code, line, below) {
    const frame = super.make(number, code, line, below);
    frame.slots = [];
    frame.names = 0;
    return frame;
  }
  each(frame, action) {
    for (const n of frame.slots) this.places[action](n);
    const names = frame.names && this.places.names.get(frame.names);
    if (!names) return;
    for (const n of names) this.places[action](n);
    this.places.names.delete(frame.names); // the body of a class has run
  }
  // Before a whole state is told anew: nothing is bound, and nothing is loose for that.
  state() {
    const { places } = this;
    if (this.leaves >= 0) this.leave();
    this.tops.set(this.now_thread, this.top);
    const forget = (numbers) => { for (const n of numbers) if (n && places.bound[n]) places.bound[n]--; };
    for (const top of this.tops.values()) for (let frame = top; frame; frame = frame.below) forget(frame.slots);
    for (const names of places.names.values()) { forget(names); names.length = 0; }
    this.told = null;
    super.state();
  }
  leave() { this.each(this.top, "unbind"); super.leave(); this.told = null; }
  push(number, code, line) { super.push(number, code, line); this.told = null; }
  suspended(number, code, line) { super.suspended(number, code, line); this.told = this.waiting.get(number); }
  resume(number) { super.resume(number); this.each(this.top, "bind"); this.told = null; }
  thread(thread) { super.thread(thread); this.told = null; }
  unwind() {
    if (this.leaves >= 0) this.leave();
    this.each(this.top, "unbind");
    this.top = this.top.below;
    this.told = null;
  }
  at(number, line) {
    super.at(number, line);
    for (this.told = this.top; this.told && this.told.number !== number;) this.told = this.told.below;
  }
  slot(slot, object) {
    const n = Math.max(0, object); // values have no place
    if (this.leaves >= 0) this.leave();
    const { places } = this, { slots } = this.told || this.top, old = slots[slot];
    while (slots.length < slot) slots.push(0);
    slots[slot] = n;
    if (this.told && this.waiting.has(this.told.number)) return; // bound when it goes on
    places.bind(n);
    places.unbind(old);
    places.refer(FRAME, n);
  }
  names(dict) {
    const { places } = this;
    if (this.leaves >= 0) this.leave();
    (this.told || this.top).names = dict;
    if (!dict || places.names.has(dict)) return;
    places.owners.set(dict, FRAME);
    places.names.set(dict, []);
  }
  // ---- objects ----
  object(number, type, address, size, count, length, bytes, from, to) {
    const { places } = this, known = places.type[number] > 0;
    places.type[number] = type;
    places.held[number] = 0;
    this.value(number, bytes, from, to);
    if (places.looks[type] !== BOX) return;
    if (!known) places.make_box(number);
    if (!places.wide[number]) return;
    places.most[number] = Math.max(1, places.most[number]); // a box without references shows its text
    places.widest[number] = Math.max(places.widest[number], places.wide[number]);
  }
  value(number, bytes, from, to) {
    const { places } = this, type = places.type[number], size = to - from;
    places.wide[number] = Math.min(60, size + (places.looks[type] === BOX && !places.is_str[type] ? 0 : 2));
    if (places.is_str[type] && size > 4 && bytes[from] === 95 && bytes[from + 1] === 95 && bytes[to - 1] === 95 && bytes[to - 2] === 95) places.flags[number] |= DUNDER;
  }
  died(number) { const { places } = this; places.waiting.delete(number); places.owners.delete(number); places.names.delete(number); }
  left(number) { this.died(number); }
  holds(from, labels, targets) {
    const { places } = this, names = places.names.get(from), owner = places.owners.get(from);
    if (names) { for (const n of names) places.unbind(n); names.length = 0; }
    places.held[owner > 0 ? owner : from] = 0;
    if (!places.is_shown(from)) places.waiting.delete(from);
    for (let i = 0; i < labels.length; i++) this.add(from, labels[i], targets[i]);
  }
  add(from, label, target) {
    const names = this.places.names.get(from);
    if (names) { names.push(target); this.places.bind(target); }
    this.refer(from, label, target);
  }
  set(from, place, object) {
    const { places } = this, names = places.names.get(from), target = Math.max(0, object);
    if (names) { const old = names[place]; names[place] = target; places.bind(target); places.unbind(old); }
    this.refer(from, -1, target);
  }
  cut(from, n) {
    const { places } = this, names = places.names.get(from);
    places.held[from] = n;
    if (names) for (const gone of names.splice(n)) places.unbind(gone);
  }
  // A reference with its label; -1: it was told before.
  refer(from, label, target) {
    const { places } = this, kind = label_kind(label), number = label_number(label), owner = places.owners.get(from);
    if (owner === FRAME) {
      if (label < 0 || places.every || !(places.flags[number] & DUNDER)) places.refer(FRAME, target);
      if (!places.every) return;
    }
    if (!places.every && label >= 0 && (kind === HELD_TYPE || kind === HELD_FIELD && places.dull.has(number))) return;
    const look = places.looks[places.type[from]];
    if (look === CLASS) {
      if (kind === HELD_FIELD && number === places.field) places.owners.set(target, from);
      return;
    }
    if (owner > 0) this.class_variable(owner, kind, number, target);
    if (look === FUNCTION) places.make_box(from);
    if (kind === HELD_ITEM || kind === HELD_MEMBER) places.flags[from] |= ITEMS;
    if (label >= 0) this.count_one(from);
    this.measure(from, kind, number, target);
    places.refer(from, target);
    if (places.every && kind === HELD_VALUE) places.refer(from, number);
  }
  count_one(from) { const { places } = this, held = ++places.held[from]; if (held > places.most[from]) places.most[from] = held; }
  measure(from, kind, number, target) {
    const { places } = this, shown = places.flags[target] & BOXED ? 1 : places.wide[target];
    const name = kind === HELD_FIELD ? places.field_width.get(number) || 0 : kind === HELD_ITEM || kind === HELD_MEMBER ? 0 : places.wide[number] || 0;
    const width = Math.min(60, shown + name);
    if (width > places.widest[from]) places.widest[from] = width;
  }
  class_variable(cls, kind, key, target) {
    const { places } = this;
    if (kind !== HELD_VALUE || places.flags[key] & DUNDER || places.methods[places.type[target]]) return;
    this.count_one(cls);
    this.measure(cls, kind, key, target);
    places.make_box(cls);
    places.refer(cls, target);
  }
}
