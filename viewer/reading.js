"use strict";
// Reads a whole journal once: for the index of its stops, and for the places of the boxes.

// Frames with their variables and what objects refer to, as far as the places depend on it.
class RecordingReader extends FrameTracks {
  constructor(index, places) { super(); this.index = index; this.places = places; this.told = null; this.now = this.now_pools = 0; this.told_now = []; this.told_before = []; this.is_state = false; }
  read(journal) {
    for (const columns of journal) {
      this.index.starts.push(this.now);
      this.index.resting.push([]);
      const decoder = new Decoder(columns, this);
      while (decoder.next());
    }
    this.places.settle(this.index);
  }
  stop(event) {
    super.stop(event);
    const { places, index, top, now } = this;
    if (this.is_state) this.note_resting();
    index.kinds[now] = event; index.pools[now] = this.now_pools; index.threads[now] = this.now_thread;
    index.codes[now] = top.code; index.lines[now] = top.line; index.depths[now] = Math.min(top.depth, 65535);
    if (places.seeds.length) places.reach(now);
    if (places.loose.length || places.looser.length) places.note_loose(now);
    this.now++;
  }
  // After a chunk's state: which of the objects that were told of before rest.
  note_resting() {
    const { places, index } = this, chunk = index.starts.length - 1, last = chunk ? index.resting[chunk - 1] : [], resting = [];
    const rests = (n) => places.told_in[n] <= chunk && places.is_shown(n) && index.death(n) === NEVER;
    for (let i = 0; i < last.length; i += 2) if (rests(last[i])) resting.push(last[i], last[i + 1]);
    for (const n of new Set(this.told_before)) if (rests(n)) resting.push(n, chunk - 1);
    index.resting[chunk] = resting.slice(-400);
    this.is_state = false;
  }
  output(descriptor, bytes, from, to) {
    this.index.outputs.stops.push(this.now);
    this.index.outputs.pieces.push([descriptor, utf8.decode(bytes.subarray(from, to))]);
  }
  collected(generation, found) { this.index.collections.push([this.now, generation, found]); }
  heap(pools) { this.now_pools = pools; }
  end() { this.index.is_complete = true; }
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
  state(step) {
    const { places } = this;
    if (!this.now) this.index.first_step = step;
    this.is_state = true;
    [this.told_before, this.told_now] = [this.told_now, this.told_before];
    this.told_now.length = 0;
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
    const { places, index } = this;
    if (number >= places.room) places.make_room(Math.max(number + 1, 2 * places.room));
    const known = places.type[number] > 0;
    if (!known) index.births.set(number, this.now);
    if (count === -2) index.is_lean = true;
    places.told_in[number] = index.starts.length;
    this.told_now.push(number);
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
  died(number) {
    const { places, index } = this;
    index.deaths.set(number, this.now);
    index.death_order.push(number);
    places.waiting.delete(number); places.owners.delete(number); places.names.delete(number);
  }
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
