"use strict";
// Replays the journal of a recording (docs/recording.md): the state at any stop.

const OPERATIONS = ["STATE", "STEP", "THREAD", "PUSH", "RESUME", "RETURN", "YIELD", "RAISE", "UNWIND", "SUSPENDED", "SLOT", "NAMES",
  "OBJECT", "HOLDS", "SET", "ADD", "CUT", "LENGTH", "COUNT", "VALUE", "DIED", "LEFT", "OUTPUT", "COLLECTED", "HEAP", "END",
  "AT", "INSTRUCTION"];
const OP = Object.fromEntries(OPERATIONS.map((name, i) => [name, i]));
const HOLDING = ["type", "attribute", "field", "item", "key", "value", "member", "local", "stack", "plain", "root"];
const is_stop = (op) => op === OP.STEP || op === OP.RETURN || op === OP.YIELD || op === OP.RAISE;

class State {
  constructor() { this.output = []; this.collections = 0; this.event = "STEP"; this.value = 0; this.reset(); }
  reset() {
    this.stacks = new Map(); this.suspended = new Map(); this.objects = new Map();
    this.thread = 1; this.pools = 0; this.large = 0;
  }
  get stack() {
    let stack = this.stacks.get(this.thread);
    if (!stack) this.stacks.set(this.thread, stack = []);
    return stack;
  }
  get top() { return this.stack[this.stack.length - 1]; }
}

class Replay {
  constructor(chunk, names) {
    this.names = names;
    [this.ops, this.numbers, this.texts] = [chunk[0], new Column(chunk[1]), new Column(chunk[2])];
    this.at = 0;
    this.pop = null; // what the last stop will do once it is passed
  }
  // Runs to the next stop, which has happened but for what it takes away; false at the end.
  next(state) {
    if (this.pop) { this.pop(); this.pop = null; }
    state.event = "STEP"; state.value = 0;
    state.changed = new Set(); state.born = new Set(); state.dead = [];
    while (this.at < this.ops.length) {
      const op = this.ops[this.at++];
      this.one(state, op);
      if (is_stop(op)) return true;
    }
    return false;
  }
  frame() {
    const n = this.numbers, number = n.uint(), code = this.names.codes.get(n.uint()), line = n.uint();
    return { number, code, line, slots: new Map(), names: 0 };
  }
  label(label) {
    const kind = HOLDING[label & 15], number = Math.floor(label / 16);
    return { kind, name: kind === "field" ? this.names.strings.get(number) : number };
  }
  one(state, op) {
    const n = this.numbers, objects = state.objects;
    switch (op) {
      case OP.STATE: n.uint(); state.reset(); break;
      case OP.STEP: state.top.line += n.int(); break;
      case OP.THREAD: state.thread = n.uint(); break;
      case OP.PUSH: state.stack.push(this.frame()); break;
      case OP.RESUME: {
        const frame = state.suspended.get(n.uint());
        state.suspended.delete(frame.number);
        state.stack.push(frame);
        break;
      }
      case OP.RETURN: case OP.YIELD: {
        const stack = state.stack;
        state.value = n.uint();
        state.event = op === OP.YIELD ? "YIELD" : "RETURN";
        this.pop = () => { const frame = stack.pop(); if (op === OP.YIELD) state.suspended.set(frame.number, frame); };
        break;
      }
      case OP.RAISE: state.value = n.uint(); state.event = "RAISE"; break;
      case OP.UNWIND: n.uint(); state.stack.pop(); break;
      case OP.SUSPENDED: { const frame = this.frame(); state.suspended.set(frame.number, frame); this.last = frame; break; }
      case OP.SLOT: {
        const slot = n.uint(), number = n.uint(), frame = this.last_frame(state);
        frame.slots.set(slot, number);
        state.changed.add("f" + frame.number + "." + slot);
        break;
      }
      case OP.NAMES: this.last_frame(state).names = n.uint(); break;
      case OP.OBJECT: {
        const number = n.uint(), type = this.names.types.get(n.uint()) || "?", address = n.uint() * 8, size = n.uint();
        const object = { number, type, address, size, count: n.int(), length: n.int(), text: this.texts.text(), holds: [] };
        if (!objects.has(number)) state.born.add(number);
        objects.set(number, object);
        break;
      }
      case OP.HOLDS: {
        const object = objects.get(n.uint()), count = n.uint(), holds = [];
        for (let i = 0; i < count; i++) { const label = this.label(n.uint()); label.target = n.uint(); holds.push(label); }
        object.holds = holds;
        state.changed.add("o" + object.number);
        break;
      }
      case OP.SET: {
        const object = objects.get(n.uint()), place = n.uint();
        object.holds[place] = { ...object.holds[place], target: n.uint() };
        state.changed.add("o" + object.number + "." + place);
        break;
      }
      case OP.ADD: {
        const object = objects.get(n.uint()), label = this.label(n.uint());
        label.target = n.uint();
        state.changed.add("o" + object.number + "." + object.holds.length);
        object.holds = object.holds.concat([label]);
        break;
      }
      case OP.CUT: { const object = objects.get(n.uint()); object.holds = object.holds.slice(0, n.uint()); state.changed.add("o" + object.number); break; }
      case OP.LENGTH: objects.get(n.uint()).length = n.int(); break;
      case OP.COUNT: { const object = objects.get(n.uint()); object.count += n.int(); break; }
      case OP.VALUE: { const object = objects.get(n.uint()); object.text = this.texts.text(); state.changed.add("v" + object.number); break; }
      case OP.DIED: case OP.LEFT: {
        const number = n.uint(), object = objects.get(number);
        if (object) { object.left = op === OP.LEFT; state.dead.push(object); objects.delete(number); }
        break;
      }
      case OP.OUTPUT: state.output.push([n.uint(), this.texts.text()]); break;
      case OP.COLLECTED: n.uint(); n.uint(); state.collections++; break;
      case OP.HEAP: state.pools = n.uint(); state.large += n.int(); break;
      case OP.END: n.uint(); break;
      case OP.AT: {
        const number = n.uint(), frame = this.last = state.stack.find((f) => f.number === number);
        frame.line = n.uint();
        break;
      }
      case OP.INSTRUCTION: state.instruction = { unit: n.uint(), name: this.names.strings.get(n.uint()) || "?", argument: n.uint() }; break;
      default: throw new Error("an operation of a newer Limpid: " + op);
    }
    if (op === OP.PUSH || op === OP.RESUME || op === OP.THREAD) this.last = null;
  }
  last_frame(state) { return this.last || state.top; }
}

// The tables and the journal of a recording's chunks.
async function read_recording(chunks) {
  const names = { types: new Map(), strings: new Map(), codes: new Map() }, sources = new Map(), journal = [];
  const wanted = chunks.filter(({ kind }) => ["JTYP", "STRS", "CODE", "SRCE", "JRNL"].includes(kind));
  const columns = await Promise.all(wanted.map((chunk) => chunk.columns()));
  wanted.forEach(({ kind, rows }, at) => {
    if (kind === "JRNL") { journal.push(columns[at]); return; }
    const c = columns[at].map((bytes) => new Column(bytes));
    for (let i = 0; i < rows; i++) {
      if (kind === "JTYP") names.types.set(c[0].uint(), c[1].text());
      else if (kind === "STRS") names.strings.set(c[0].uint(), c[1].text());
      else if (kind === "SRCE") sources.set(c[0].text(), c[1].text());
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
    this.sources = sources;
    this.journal = journal;
    this.index();
  }
  // One pass over everything: where each chunk's stops begin, and of each stop the code, line, depth and pools in use.
  index() {
    this.starts = []; this.outputs = []; this.lines = []; this.depths = []; this.codes = []; this.pools = []; this.kinds = [];
    const state = new State();
    for (const chunk of this.journal) {
      this.starts.push(this.lines.length);
      this.outputs.push(state.output.length);
      const replay = new Replay(chunk, this.names);
      while (replay.next(state)) {
        const top = state.top;
        this.codes.push(top.code.number); this.lines.push(top.line); this.depths.push(state.stack.length); this.pools.push(state.pools);
        this.kinds.push(state.event);
      }
    }
    this.output = state.output;
    this.length = this.lines.length;
  }
  // The state at a stop.
  at(stop) {
    let chunk = this.starts.length - 1;
    while (chunk > 0 && this.starts[chunk] > stop) chunk--;
    if (!this.cursor || this.cursor.chunk !== chunk || this.cursor.stop > stop) {
      const state = new State();
      state.output = this.output.slice(0, this.outputs[chunk]);
      this.cursor = { chunk, stop: this.starts[chunk] - 1, state, replay: new Replay(this.journal[chunk], this.names) };
    }
    const cursor = this.cursor;
    while (cursor.stop < stop && cursor.replay.next(cursor.state)) cursor.stop++;
    return cursor.state;
  }
}
