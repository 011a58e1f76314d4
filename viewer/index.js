"use strict";
// What reading.js finds out about a journal in one pass: where each stop is, when each object came and went, what was written.

const NEVER = 0xffffffff;

// Numbers by place, in an array that grows.
class Numbers {
  constructor(kind, room = 1024, empty = 0) { this.kind = kind; this.empty = empty; this.items = new kind(room).fill(empty); this.length = 0; }
  grow(least) {
    const bigger = new this.kind(Math.max(least + 1, 2 * this.items.length));
    bigger.set(this.items);
    if (this.empty) bigger.fill(this.empty, this.items.length);
    this.items = bigger;
  }
  push(n) {
    if (this.length >= this.items.length) this.grow(this.length);
    this.items[this.length++] = n;
  }
  set(place, n) {
    if (place >= this.items.length) this.grow(place);
    this.items[place] = n;
    if (place >= this.length) this.length = place + 1;
  }
  get(place) { return place < this.items.length ? this.items[place] : this.empty; }
  get used() { return this.items.subarray(0, this.length); }
}

// The frames of each thread, as code, line and depth only.
class FrameTracks extends Sink {
  constructor() { super(); this.reset(); }
  reset() { this.tops = new Map(); this.waiting = new Map(); this.now_thread = 1; this.top = null; this.leaves = -1; }
  make(number, code, line, below) { return { number, code, line, below, depth: below ? below.depth + 1 : 1 }; }
  // Before anything else after a stop: the frame that returned or yielded is gone.
  leave() {
    if (this.leaves === YIELD) this.waiting.set(this.top.number, this.top);
    this.top = this.top.below;
    this.leaves = -1;
  }
  stop(event) { if (event === RETURN || event === YIELD) this.leaves = event; }
  state() { this.reset(); }
  step(lines) { if (this.leaves >= 0) this.leave(); this.top.line += lines; }
  thread(thread) {
    if (this.leaves >= 0) this.leave();
    this.tops.set(this.now_thread, this.top);
    this.now_thread = thread;
    this.top = this.tops.get(thread) || null;
  }
  push(number, code, line) { if (this.leaves >= 0) this.leave(); this.top = this.make(number, code, line, this.top); }
  suspended(number, code, line) { this.waiting.set(number, this.make(number, code, line, null)); }
  resume(number) {
    if (this.leaves >= 0) this.leave();
    const frame = this.waiting.get(number);
    this.waiting.delete(number);
    frame.below = this.top;
    frame.depth = this.top ? this.top.depth + 1 : 1;
    this.top = frame;
  }
  returns() { if (this.leaves >= 0) this.leave(); }
  yields() { if (this.leaves >= 0) this.leave(); }
  raises() { if (this.leaves >= 0) this.leave(); }
  forget(number) { this.waiting.delete(number); }
  unwind() { if (this.leaves >= 0) this.leave(); this.top = this.top.below; }
  at(number, line) {
    if (this.leaves >= 0) this.leave();
    let frame = this.top;
    while (frame && frame.number !== number) frame = frame.below;
    if (frame) frame.line = line;
  }
}

class RecordingIndex {
  constructor(journal) {
    const stops = this.stops = journal.reduce((n, columns) => n + count_stops(columns), 0);
    this.starts = []; // the first stop of each chunk
    this.codes = new Uint32Array(stops); this.lines = new Int32Array(stops); this.depths = new Uint16Array(stops);
    this.threads = new Uint16Array(stops); this.kinds = new Uint8Array(stops); this.pools = new Uint32Array(stops);
    this.births = new Numbers(Uint32Array, 4096, NEVER); // by the number of an object: the stop at which it is first there
    this.deaths = new Numbers(Uint32Array, 4096, NEVER); // the stop at which it is gone
    this.death_order = new Numbers(Uint32Array);
    this.resting = []; // of each chunk: objects that live but are not in its state, each with the chunk that told of it last
    this.collections = []; // [stop, generation, found]
    this.outputs = { stops: [], pieces: [] }; // pieces: [descriptor, text]
    this.first_step = 0; // the number that the recording's first state has
    this.is_lean = false; // what objects hold was not recorded
    this.is_complete = false; // whether the recording was written to its end
  }
  birth(number) { return this.births.get(number); }
  death(number) { return this.deaths.get(number); }
  // [descriptor, text] of what had been written; at the last stop, also what came after it: the traceback that ended the program.
  output_until(stop) { return this.outputs.pieces.slice(0, last_not_above(this.outputs.stops, stop === this.stops - 1 ? NEVER : stop) + 1); }
}
