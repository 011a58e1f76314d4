"use strict";
// The state of a recorded program at any stop.
//
// Objects and frames of a state are never changed: a change makes another version.  What a stop wrote is kept, so that going back puts the
// versions back that were there, and going on again the others.

const NO_NUMBERS = [];
// A version of an object: its number (of the recording, for life), class, address, bytes of its block, reference count (-1: immortal, -2: not followed),
// length (-1: none), value or name, and what it refers to: labels and targets (numbers), side by side.
class RecordedObject {
  constructor(number, type, address, size, count, length) {
    this.number = number; this.type = type; this.address = address; this.size = size; this.count = count; this.length = length;
    this.labels = NO_NUMBERS; this.targets = NO_NUMBERS;
    this.bytes = null; this.from = 0; this.to = 0; this.words = null; // its text: as it stands in the chunk, decoded when asked for
    this.strings = null;
    this.interned = false; // whether it is the string that all equal ones share
    this.stamp = this.owns = -2; // the stops at which this version and its references were made
  }
  version(stamp) {
    const other = new RecordedObject(this.number, this.type, this.address, this.size, this.count, this.length);
    other.labels = this.labels; other.targets = this.targets; other.strings = this.strings;
    other.bytes = this.bytes; other.from = this.from; other.to = this.to; other.words = this.words; other.interned = this.interned;
    other.stamp = stamp;
    return other;
  }
  get text() { return this.words ??= this.bytes ? utf8.decode(this.bytes.subarray(this.from, this.to)) : ""; }
  // [{kind, name, target}]: the name is a field's, or the number of an object that is the key or name.
  get holds() {
    return this.labels.map((label, i) => {
      const kind = HOLDING[label_kind(label)], number = label_number(label);
      return { kind, name: kind === "field" ? this.strings.get(number) : number, target: this.targets[i] };
    });
  }
}

// A version of a frame and what is below it.  Slots: numbers of objects, names first, then the value stack; names: its dict, or 0;
// c_stack: of C frames, on which its last line ran, or 0.
class RecordedFrame {
  constructor(number, code, line, below) {
    this.number = number; this.code = code; this.line = line; this.below = below;
    this.depth = below ? below.depth + 1 : 1;
    this.slots = NO_NUMBERS; this.names = this.c_stack = 0; this.stamp = this.own_slots = -2;
  }
  version(stamp, below = this.below) {
    const other = new RecordedFrame(this.number, this.code, this.line, below);
    other.slots = this.slots; other.names = this.names; other.c_stack = this.c_stack; other.stamp = stamp;
    return other;
  }
}

class State {
  constructor() {
    this.objects = new Map(); // by number
    this.values = new Map(); // what was told without an object, by numbers below 0
    this.tops = new Map(); // frames by thread
    this.waiting = new Map(); // frames of suspended generators, by number
    this.scalars = { thread: 1, event: "STEP", value: 0, pools: 0, large: 0, collections: 0, found: -1, late: 0, instruction: null };
    this.log = null; // (map, key, what was there) of this stop; null: not kept
  }
  get thread() { return this.scalars.thread; }
  get event() { return this.scalars.event; }
  get value() { return this.scalars.value; } // what is returned, yielded or raised
  get pools() { return this.scalars.pools; }
  get large() { return this.scalars.large; }
  get found() { return this.scalars.found; } // by the collector since the stop before; -1: it did not run
  get late() { return this.scalars.late; } // steps by which objects far from the running line may be told of too late
  get instruction() { return this.scalars.instruction; } // {unit, name, argument}, when instructions were recorded
  get top() { return this.tops.get(this.scalars.thread); }
  get stack() { return frames_below(this.top); }
  get suspended() { return this.waiting; }
  // [thread, [frames from the outermost]] of each thread that has frames.
  get threads() { return [...this.tops].filter(([, top]) => top).sort((a, b) => a[0] - b[0]).map(([thread, top]) => [thread, frames_below(top)]); }
  get stacks() { return new Map(this.threads); }
  object(number) { return number < 0 ? this.values.get(number) : this.objects.get(number); }
  // Objects that went at this stop, as they were; `left` is set for those that live, but are followed no longer.
  get dead() { return [...this.touched().objects.values()].filter((object) => object && !this.objects.has(object.number)); }
  write(map, key, value) {
    if (this.log) this.log.push(map, key, map.get(key));
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
  // Exchanges what a stop wrote with what was there before; again, and it is there again.
  exchange(log, back) {
    const way = back ? -3 : 3;
    for (let i = back ? log.length - 3 : 0; i >= 0 && i < log.length; i += way) {
      const map = log[i], key = log[i + 1], other = map.get(key);
      if (log[i + 2] === undefined) map.delete(key);
      else map.set(key, log[i + 2]);
      log[i + 2] = other;
    }
  }
  // What this stop has touched: {number: the version before} of objects and of frames, undefined for an object that came; and the
  // values that those versions name.
  touched() {
    const objects = new Map(), frames = new Map();
    for (let i = 0; i < this.log.length; i += 3) {
      const [map, key, before] = [this.log[i], this.log[i + 1], this.log[i + 2]];
      if (map === this.objects) { if (!objects.has(key)) objects.set(key, before); }
      else for (let frame = before; frame && !frames.has(frame.number); frame = frame.below) frames.set(frame.number, frame);
    }
    return { objects, frames, values: this.values };
  }
}

// Makes a state what the journal tells, stop by stop.
class StateWriter extends Sink {
  constructor(state, names, stop) {
    super();
    this.of = state;
    this.table = names;
    this.now = stop; // the stop that is being told
    this.told = null; // the frame that is told of, if it is not the top one
    this.leaves = -1; // how the top frame ends when the stop is passed
    this.in_place = false; // no versions are made: nobody will go back to before
  }
  // ---- what the journal tells ----
  begin() { // another stop
    const { thread, pools, large, collections, late } = this.of.scalars;
    this.of.log = this.in_place ? null : [];
    this.now++;
    this.of.scalars = { thread, event: "STEP", value: 0, pools, large, collections, found: -1, late, instruction: null };
    if (this.leaves < 0) return;
    const frame = this.of.top;
    this.write(this.of.tops, this.of.scalars.thread, frame.below);
    if (this.leaves === YIELD) this.write(this.of.waiting, frame.number, frame);
    this.leaves = -1;
  }
  stop(event) { this.of.scalars.event = EVENTS[event]; if (event === RETURN || event === YIELD) this.leaves = event; }
  state() { this.of.scalars.late = 0; this.of.objects = new Map(); this.of.tops = new Map(); this.of.waiting = new Map(); this.told = null; }
  thread(thread) { this.of.scalars.thread = thread; this.told = null; }
  step(lines) { this.change_top().line += lines; }
  push(number, code, line) { this.write(this.of.tops, this.of.scalars.thread, this.new_frame(number, code, line, this.of.top)); this.told = null; }
  suspended(number, code, line) { this.told = this.new_frame(number, code, line, undefined); this.write(this.of.waiting, number, this.told); }
  resume(number) {
    const frame = this.of.waiting.get(number);
    this.write(this.of.waiting, number, undefined);
    this.write(this.of.tops, this.of.scalars.thread, frame.version(this.now, this.of.top));
    this.told = null;
  }
  returns(value) { this.of.scalars.value = value; }
  yields(value) { this.of.scalars.value = value; }
  raises(value) { this.of.scalars.value = value; }
  unwind() { this.write(this.of.tops, this.of.scalars.thread, this.of.top.below); this.told = null; }
  at(number, line) { // a frame somewhere on the stack: those above it get versions, too
    this.told = this.change_below(number);
    this.told.line = line;
  }
  slot(slot, object) {
    const frame = this.told || this.change_top();
    if (this.in_place ? frame.own_slots < 0 : frame.own_slots !== this.now) { frame.slots = frame.slots.slice(); frame.own_slots = this.now; }
    while (frame.slots.length < slot) frame.slots.push(0);
    frame.slots[slot] = object;
  }
  forget(number) { this.write(this.of.waiting, number, undefined); }
  inline(number, type, value) {
    const object = new RecordedObject(number, type, 0, 0, -2, -1);
    object.words = typeof value === "number" && type === "float" ? float_text(value) : String(value);
    this.of.values.set(number, object);
  }
  names(object) { (this.told || this.change_top()).names = object; }
  c_stack(stack) { (this.told || this.change_top()).c_stack = stack; }
  instruction(unit, name, argument) { this.of.scalars.instruction = { unit, name: this.table.strings.get(name) || "?", argument }; }
  object(number, type, address, size, count, length, bytes, from, to) {
    const object = new RecordedObject(number, this.table.types.get(type) || "?", address, size, count, length);
    object.bytes = bytes; object.from = from; object.to = to;
    object.strings = this.table.strings;
    object.stamp = this.now;
    this.newest = object;
    this.write(this.of.objects, number, object);
  }
  interned() { this.newest.interned = true; }
  holds(number, labels, targets) {
    const object = this.change(number);
    object.labels = labels.slice(); object.targets = targets.slice(); object.owns = this.now;
  }
  set(number, place, target) { this.own_holds(number).targets[place] = target; }
  add(number, label, target) { const object = this.own_holds(number); object.labels.push(label); object.targets.push(target); }
  cut(number, n) { const object = this.own_holds(number); object.labels.length = object.targets.length = Math.min(n, object.labels.length); }
  length(number, length) { this.change(number).length = length; }
  count(number, more) { this.change(number).count += more; }
  value(number, bytes, from, to) { const object = this.change(number); object.bytes = bytes; object.from = from; object.to = to; object.words = null; }
  died(number) { if (this.of.objects.has(number)) this.write(this.of.objects, number, undefined); }
  left(number) { const object = this.of.objects.get(number); if (object) { object.left = true; this.died(number); } }
  collected(generation, found) { this.of.scalars.found = found; this.of.scalars.collections++; }
  late(steps) { this.of.scalars.late = steps; }
  heap(pools, more) { this.of.scalars.pools = pools; this.of.scalars.large += more; }
  // ---- versions ----
  write(map, key, value) { this.of.write(map, key, value); }
  // A version of an object that may be changed until the next stop.
  change(number) {
    const object = this.of.objects.get(number);
    if (object === undefined) throw new Error("a change of what is not there: " + number);
    if (object.stamp === this.now || this.in_place) return object;
    const version = object.version(this.now);
    this.write(this.of.objects, number, version);
    return version;
  }
  own_holds(number) {
    const object = this.change(number);
    if (this.in_place ? object.owns < 0 : object.owns !== this.now) { object.labels = object.labels.slice(); object.targets = object.targets.slice(); object.owns = this.now; }
    return object;
  }
  new_frame(number, code, line, below) {
    const frame = new RecordedFrame(number, this.table.codes.get(code), line, below);
    frame.stamp = this.now;
    return frame;
  }
  change_top() {
    const { top } = this.of;
    if (top.stamp === this.now || this.in_place) return top;
    const version = top.version(this.now);
    this.write(this.of.tops, this.of.scalars.thread, version);
    return version;
  }
  change_below(number) {
    const above = [];
    let frame = this.of.top;
    for (; frame && frame.number !== number; frame = frame.below) above.push(frame);
    const told = frame.version(this.now);
    frame = told;
    while (above.length) frame = above.pop().version(this.now, frame);
    this.write(this.of.tops, this.of.scalars.thread, frame);
    return told;
  }
}

function frames_below(top) {
  const frames = [];
  for (let frame = top; frame; frame = frame.below) frames.push(frame);
  return frames.reverse();
}

const KEPT = 256; // stops before the one sought whose changes are kept, so that steps back are quick

// Goes through one chunk, stop by stop, either way.
class Cursor {
  constructor(recording, chunk) {
    this.recording = recording;
    this.chunk = chunk;
    this.first = recording.index.starts[chunk];
    this.restart();
  }
  restart() {
    const { recording, chunk } = this;
    this.state = new State();
    this.writer = new StateWriter(this.state, recording.names, this.first - 1);
    this.decoder = new Decoder(recording.journal[chunk], this.writer);
    this.moments = []; // {log, scalars} of the stops from `base` on that were decoded, and of what follows the last one
    this.base = this.first;
    this.at = this.first - 1; // the stop of the state
  }
  on() {
    const { state, moments, base } = this;
    this.at++;
    if (this.at - base < moments.length) { state.exchange(moments[this.at - base].log, false); this.take(); return; }
    this.writer.begin();
    this.decoder.next();
    moments.push({ log: state.log, scalars: state.scalars });
  }
  back() {
    this.state.exchange(this.moments[this.at-- - this.base].log, true);
    this.take();
  }
  take() { const { log, scalars } = this.moments[this.at - this.base]; this.state.log = log; this.state.scalars = scalars; }
  // Goes on without keeping what was before.
  skip_to(stop) {
    const { moments, base, writer, decoder } = this;
    while (this.at - base + 1 < moments.length) this.on();
    writer.in_place = true;
    for (; this.at < stop; this.at++) { writer.begin(); decoder.next(); }
    writer.in_place = false;
    this.moments = [];
    this.base = this.at + 1;
  }
  // The state at a stop of this chunk.
  seek(stop) {
    if (stop < this.base) this.restart(); // it can go back no further than to base
    if (stop - KEPT > this.at && stop - KEPT >= this.base + this.moments.length) this.skip_to(stop - KEPT);
    while (this.at > stop) this.back();
    while (this.at < stop) this.on();
    return this.state;
  }
  // The version of an object before a stop that has been passed.
  version_before(stop, number) {
    const log = this.moments[stop - this.base]?.log;
    for (let i = 0; log && i < log.length; i += 3) if (log[i + 1] === number && log[i + 2] instanceof RecordedObject) return log[i + 2];
    return undefined;
  }
  // What the chunk tells after its last stop, as State.touched.
  touched_at_end(last) {
    this.seek(last);
    this.on();
    const touched = this.state.touched();
    this.back();
    return touched;
  }
}

// The tables and the journal of a recording's chunks.
async function read_recording(chunks) {
  const names = { types: new Map(), strings: new Map(), codes: new Map(), c_functions: new Map(), c_stacks: new Map() }, sources = new Map(), journal = [];
  const wanted = chunks.filter(({ kind }) => ["JTYP", "STRS", "CODE", "SRCE", "CFUN", "CSTK", "JRNL"].includes(kind));
  const columns = await Promise.all(wanted.map((chunk) => chunk.columns()));
  wanted.forEach(({ kind, rows }, at) => {
    if (kind === "JRNL") { journal.push(columns[at]); return; }
    const c = columns[at].map((bytes) => new Column(bytes));
    for (let i = 0; i < rows; i++) {
      if (kind === "JTYP") names.types.set(c[0].uint(), c[1].text());
      else if (kind === "STRS") names.strings.set(c[0].uint(), c[1].text());
      else if (kind === "SRCE") sources.set(c[0].text(), c[1].text());
      else if (kind === "CFUN") names.c_functions.set(c[0].uint(), { name: c[1].text(), file: c[2].text() });
      else if (kind === "CSTK") {
        const number = c[0].uint(), below = c[1].uint(), depth = below ? names.c_stacks.get(below).depth + 1 : 1;
        names.c_stacks.set(number, { below, depth, of: names.c_functions.get(c[2].uint()), bytes: c[3].uint() });
      }
      else {
        const code = { number: c[0].uint(), name: c[1].text(), file: c[2].text(), line: c[3].uint(), slots: [] };
        for (let left = c[4].uint(); left > 0; left--) code.slots.push(c[5].text());
        names.codes.set(code.number, code);
      }
    }
  });
  return new Recording(names, sources, journal);
}

class Recording {
  constructor(names, sources, journal) {
    this.names = names;
    this.sources = sources; // text by file
    this.journal = journal; // columns of each chunk
    this.index = new RecordingIndex(journal);
    this.places = new Places(this, false);
    new RecordingReader(this.index, this.places).read(journal);
    this.length = this.index.stops;
    this.cursors = []; // of the chunks that were used last
  }
  cursor(chunk) {
    const at = this.cursors.findIndex((cursor) => cursor.chunk === chunk);
    const cursor = at >= 0 ? this.cursors.splice(at, 1)[0] : new Cursor(this, chunk);
    this.cursors.unshift(cursor);
    this.cursors.length = Math.min(this.cursors.length, 4);
    return cursor;
  }
  // The C frames of a stack that another, further out, does not have; outermost first: {of: {name, file}, bytes}.
  c_frames(stack, outer) {
    const { c_stacks } = this.names, depth = (n) => c_stacks.get(n)?.depth || 0, list = [];
    for (let n = outer; stack && stack !== n;) {
      if (depth(stack) < depth(n)) { n = c_stacks.get(n).below; continue; }
      const frame = c_stacks.get(stack);
      if (!frame) break;
      list.push(frame);
      if (depth(stack) === depth(n)) n = c_stacks.get(n).below;
      stack = frame.below;
    }
    return list.reverse();
  }
  chunk_of(stop) { return last_not_above(this.index.starts, stop); }
  // The state at a stop; it is good until the next call for the same chunk.
  at(stop) { return this.cursor(this.chunk_of(stop)).seek(stop); }
  // What a stop has touched.  A chunk begins with a whole state, and what led to it is told at the
  // end of the one before.
  touched(stop) {
    const chunk = this.chunk_of(stop);
    if (stop !== this.index.starts[chunk]) return this.at(stop).touched();
    return chunk ? this.cursor(chunk - 1).touched_at_end(stop - 1) : { objects: new Map(), frames: new Map(), values: new Map() };
  }
  where(stop) {
    const { codes, lines, depths, threads, kinds } = this.index;
    return { code: this.names.codes.get(codes[stop]), line: lines[stop], depth: depths[stop], thread: threads[stop], event: EVENTS[kinds[stop]] };
  }
}

