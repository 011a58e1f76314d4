"use strict";
// Reads the journal of a recording (docs/recording.md) and tells it, operation by operation, to whoever wants to know.
//
// A sink has a method for each operation that it cares for, named after it in small letters; those of Sink do nothing.  Objects,
// frames, code and strings are numbers, 0 is none; texts are (bytes, from, to).  A stop is where the page can stand: a line that begins, a
// return, a yield, an exception that leaves an instruction; stop(event) comes after the operation itself.
//
// Values that are told without an object get numbers below 0, each its own, by inline(); then they are referred to as objects are.

class Sink {
  state(step) {} thread(thread) {} push(frame, code, line) {} resume(frame) {} suspended(frame, code, line) {} names(object) {} at(frame, line) {}
  step(lines) {} returns(value) {} yields(value) {} raises(value) {} unwind(value) {} instruction(unit, name, argument) {}
  slot(slot, object) {} object(number, type, address, size, count, length, bytes, from, to) {} holds(object, labels, targets) {}
  set(object, place, target) {} add(object, label, target) {} cut(object, n) {} length(object, length) {} count(object, more) {}
  value(object, bytes, from, to) {} died(object) {} left(object) {} output(descriptor, bytes, from, to) {} collected(generation, found) {}
  heap(pools, more) {} c_stack(stack) {} late(steps) {} end(steps) {} stop(event) {} forget(frame) {} interned() {} inline(number, type, text) {}
}

const EVENTS = ["STEP", "RETURN", "YIELD", "RAISE"];
const STEP = 0, RETURN = 1, YIELD = 2, RAISE = 3;

// Each operation in the order of src/see/journal.def: what it tells the sink, of n, the numbers, t, the texts, and d, the decoder.
const JOURNAL = [
  ["STATE", (s, n, t, d) => { s.state(n.uint()); d.newest = n.uint(); d.frames = n.uint(); }],
  ["STEP", (s, n) => s.step(n.int()), STEP],
  ["THREAD", (s, n) => s.thread(n.uint())],
  ["PUSH", (s, n) => s.push(n.uint(), n.uint(), n.uint())],
  ["RESUME", (s, n) => s.resume(n.uint())],
  ["RETURN", (s, n, t, d) => s.returns(d.take_result()), RETURN],
  ["YIELD", (s, n, t, d) => s.yields(d.take_result()), YIELD],
  ["RAISE", (s, n, t, d) => s.raises(d.take_result()), RAISE],
  ["UNWIND", (s, n, t, d) => s.unwind(d.take_result())],
  ["SUSPENDED", (s, n) => s.suspended(n.uint(), n.uint(), n.uint())],
  ["FORGET", (s, n) => s.forget(n.uint())],
  ["NAMES", (s, n) => s.names(n.uint())],
  ["OBJECT", (s, n, t) => s.object(n.uint(), n.uint(), n.uint() * 8, n.uint(), n.int(), n.int(), t.bytes, t.start(), t.at)],
  ["HOLDS", (s, n, t, d) => {
    const object = n.uint(), count = n.uint();
    d.labels.length = d.targets.length = count;
    for (let i = 0; i < count; i++) { d.labels[i] = n.uint(); d.targets[i] = n.uint(); }
    s.holds(object, d.labels, d.targets);
  }],
  ["SET", (s, n) => s.set(n.uint(), n.uint(), n.uint())],
  ["ADD", (s, n) => s.add(n.uint(), n.uint(), n.uint())],
  ["CUT", (s, n) => s.cut(n.uint(), n.uint())],
  ["LENGTH", (s, n) => s.length(n.uint(), n.int())],
  ["COUNT", (s, n) => s.count(n.uint(), n.int())],
  ["VALUE", (s, n, t) => s.value(n.uint(), t.bytes, t.start(), t.at)],
  ["DIED", (s, n, t, d) => s.died(d.last_dead += d.deaths.int())],
  ["LEFT", (s, n) => s.left(n.uint())],
  ["OUTPUT", (s, n, t) => s.output(n.uint(), t.bytes, t.start(), t.at)],
  ["COLLECTED", (s, n) => s.collected(n.uint(), n.uint())],
  ["HEAP", (s, n) => s.heap(n.uint(), n.int())],
  ["END", (s, n) => s.end(n.uint())],
  ["AT", (s, n) => s.at(n.uint(), n.uint())],
  ["INSTRUCTION", (s, n) => s.instruction(n.uint(), n.uint(), n.uint())],
  ["CALL", (s, n, t, d) => s.push(++d.frames, d.codes.uint(), d.codes.uint())],
  ["BORN", (s, n, t, d) => {
    const type = d.types.uint(), address = (d.addresses_of.get(type) || 0) + d.addresses.int(), b = d.births;
    d.addresses_of.set(type, address);
    s.object(++d.newest, type, address * 8, b.uint(), b.int(), b.int(), t.bytes, t.start(), t.at);
  }],
  ["IN", (s, n, t, d) => { d.holder = n.uint(); }],
  ["RESULT", (s, n, t, d) => { d.holder = RESULT; }],
  ["INT", (s, n, t, d) => d.value(INT, n.uint())],
  ["REF", (s, n, t, d) => d.value(REF, n.uint())],
  ["FLOAT", (s, n, t, d) => d.value(FLOAT, n.uint())],
  ["CONST", (s, n, t, d) => d.value(CONST, n.uint())],
  ["WIDE", (s, n, t, d) => d.value(WIDE, n.uint())],
  ["INTERNED", (s) => s.interned()],
  ["C_STACK", (s, n) => s.c_stack(n.uint())],
  ["LATE", (s, n) => s.late(n.uint())],
];
const INT = 0, REF = 1, FLOAT = 2, CONST = 3, WIDE = 4; // the first four have bytes of their own, for each of 16 places
const CONSTANTS = [null, ["NoneType", "None"], ["bool", "False"], ["bool", "True"], null];
const RESULT = -1, PLACES = 256; // the places of a frame, and of an object, of which the last value is remembered
const SHORT = 64, NEAR = 128, HERE = 192; // bytes: values at places; steps by less than 64 lines
const TELL = JOURNAL.map(([, tell]) => tell), STOPS = JOURNAL.map(([, , event]) => event ?? -1);
const IS_STOP = Uint8Array.from({ length: 256 }, (_, byte) => byte >= NEAR || STOPS[byte] >= 0 ? 1 : 0);

// As Python writes a float.
function float_text(value) {
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value), text = size >= 1e16 && size < 1e21 ? value.toExponential() : size && size < 1e-4 ? value.toExponential() : String(value);
  return text.replace("Infinity", "inf").replace("NaN", "nan").replace(/^-?\d+$/, "$&.0").replace(/e([+-])(\d)$/, "e$10$2");
}

const HOLDING = ["type", "attribute", "field", "item", "key", "value", "member", "local", "stack", "plain", "root"];
const HELD_TYPE = 0, HELD_ATTRIBUTE = 1, HELD_FIELD = 2, HELD_ITEM = 3, HELD_KEY = 4, HELD_VALUE = 5, HELD_MEMBER = 6, HELD_LOCAL = 7;
const label_kind = (label) => label % 16;
const label_number = (label) => Math.floor(label / 16);

// Reads one chunk for a sink.
class Decoder {
  constructor(columns, sink) {
    [this.numbers, this.texts, this.ints, this.references, this.floats, this.types, this.addresses, this.births, this.deaths, this.codes] =
      Array.from({ length: 10 }, (_, i) => new Column(columns[i + 1] || new Uint8Array()));
    this.ops = columns[0];
    this.sink = sink;
    this.at = this.newest = this.frames = this.values = this.last_dead = this.result = this.holder = 0;
    this.labels = []; this.targets = []; // of the HOLDS that is told: good until the next one
    this.addresses_of = new Map(); // the last one of each class
    this.last_int = new Array(2 * PLACES + 1).fill(0); this.last_reference = new Array(2 * PLACES + 1).fill(0); // of each place
  }
  // Up to the next stop; false when there is none in this chunk.
  next() {
    const { ops, numbers, texts, sink } = this;
    while (this.at < ops.length) {
      const op = ops[this.at++], tell = TELL[op];
      if (op >= NEAR) { sink.step(op - HERE); sink.stop(STEP); return true; }
      if (op >= SHORT) { this.value((op - SHORT) >> 4, op & 15); continue; }
      if (!tell) throw new Error("an operation of a newer Limpid: " + op);
      tell(sink, numbers, texts, this);
      if (IS_STOP[op]) { sink.stop(STOPS[op]); return true; }
    }
    return false;
  }
  take_result() {
    const { result } = this;
    this.result = 0;
    return result;
  }
  // What is at a place: of the frame that is told of, of an object, or the result.
  value(kind, place) {
    const { holder, sink } = this;
    const base = holder === RESULT ? 2 * PLACES : place >= PLACES ? -1 : holder ? PLACES + place : place, number = this.number_of(kind, base);
    this.holder = 0;
    if (holder === RESULT) this.result = number;
    else if (holder) sink.set(holder, place, number);
    else sink.slot(place, number);
  }
  number_of(kind, base) {
    let value;
    switch (kind) {
      case REF: value = (base >= 0 && this.last_reference[base] || this.newest) + this.references.int(); if (base >= 0) this.last_reference[base] = value; return value;
      case INT: value = (base >= 0 ? this.last_int[base] : 0) + this.ints.int(); if (base >= 0) this.last_int[base] = value; return this.inline("int", value);
      case FLOAT: return this.inline("float", this.floats.eight().getFloat64(0, true));
      case WIDE: return this.inline("int", this.floats.eight().getBigInt64(0, true));
      default: return (value = CONSTANTS[this.ints.uint()]) ? this.inline(value[0], value[1]) : 0;
    }
  }
  inline(type, value) { this.sink.inline(--this.values, type, value); return this.values; }
}

function count_stops([ops]) {
  let stops = 0;
  for (let at = 0; at < ops.length; at++) stops += IS_STOP[ops[at]];
  return stops;
}

// The place of the last number that is not above n, in ascending numbers; -1 when there is none.
function last_not_above(numbers, n, length = numbers.length) {
  let low = 0, high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= n) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
