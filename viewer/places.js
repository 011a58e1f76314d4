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
    this.every = every;
    const { names } = recording, { strings } = names;
    this.looks = Uint8Array.from({ length: Math.max(0, ...names.types.keys()) + 1 }, (_, n) => every ? BOX : look_of(names.types.get(n) || "?"));
    this.methods = Uint8Array.from(this.looks, (_, n) => METHOD_TYPES.has(names.types.get(n)) ? 1 : 0);
    this.titles = Uint8Array.from(this.looks, (_, n) => Math.min(60, short_type(names.types.get(n) || "").length + 10));
    this.is_str = Array.from(this.looks, (_, n) => names.types.get(n) === "str");
    this.field = [...strings].filter(([, name]) => name === "__dict__").map(([n]) => n)[0];
    this.dull = new Set(every ? [] : [...strings].filter(([, name]) => DULL_FIELDS.has(name)).map(([n]) => n));
    this.field_width = new Map([...strings].map(([n, name]) => [n, name.length]));
    this.room = 0;
    this.make_room(4096);
    this.order = new Numbers(Uint32Array); // in which they are first shown
    this.waiting = new Map(); // what an object refers to that is not shown yet itself
    this.owners = new Map(); // of dicts: FRAME or a class
    this.names = new Map(); // by dict of names: what its entries refer to
    this.seeds = []; this.loose = []; this.looser = [];
  }
  // Arrays by the number of an object.
  make_room(room) {
    const grown = (kind, name) => {
      const bigger = new kind(room);
      if (this[name]) bigger.set(this[name]);
      this[name] = bigger;
    };
    grown(Uint16Array, "type"); grown(Uint8Array, "wide"); // of its text
    grown(Uint8Array, "flags"); // what is known of an object, see below
    grown(Uint16Array, "bound"); // variables that hold it
    grown(Uint32Array, "holder"); // the first object that held it
    grown(Uint16Array, "held"); grown(Uint16Array, "most"); grown(Uint8Array, "widest");
    grown(Uint32Array, "shown_at"); // the stop at which it is first shown, + 1
    grown(Uint32Array, "told_in"); // the chunk that told of it last, + 1
    grown(Uint32Array, "loose_at"); // the first stop at which it had lived for one without a variable, + 1
    this.room = room;
  }
  // ---- while reading ----
  is_shown(n) { return this.shown_at[n] > 0; }
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
      this.shown_at[n] = stop + 1;
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
    const { loose, looser, loose_at } = this;
    for (let i = 0; i < looser.length; i++) if (this.bound[looser[i]] === 0 && !loose_at[looser[i]]) loose_at[looser[i]] = stop + 1;
    looser.length = 0;
    this.looser = loose;
    this.loose = looser;
  }
  // ---- afterwards ----
  settle(index) {
    const n = this.flags.length;
    this.column = new Uint8Array(n); this.depth = new Uint16Array(n); this.top = new Int32Array(n).fill(-1); this.width = new Uint8Array(n); this.height = new Uint16Array(n);
    const columns = [], { order } = this, { deaths, death_order } = index;
    for (let number = 1; number < n; number++) if (this.loose_at[number] && index.death(number) >= this.loose_at[number]) this.flags[number] |= ON_HEAP;
    let dead = 0;
    for (const number of order.used) {
      const stop = this.shown_at[number] - 1, look = this.looks[this.type[number]];
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
    for (const name of ["bound", "holder", "held", "loose_at", "told_in", "waiting", "owners", "names", "wide", "seeds", "loose", "looser", "depth"]) this[name] = null;
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
