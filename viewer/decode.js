"use strict";
// Reads the journal of a recording (docs/recording.md) and tells it, operation by operation, to whoever wants to know.
//
// A sink has a method for each operation that it cares for, named after it in small letters; those of Sink do nothing.  Objects,
// frames, code and strings are numbers, 0 is none; texts are (bytes, from, to).  A stop is where the page can stand: a line that begins, a
// return, a yield, an exception that leaves an instruction; stop(event) comes after the operation itself.

class Sink {
  state(step) {} thread(thread) {} push(frame, code, line) {} resume(frame) {} suspended(frame, code, line) {} names(object) {} at(frame, line) {}
  step(lines) {} returns(value) {} yields(value) {} raises(value) {} unwind(value) {} instruction(unit, name, argument) {}
  slot(slot, object) {} object(number, type, address, size, count, length, bytes, from, to) {} holds(object, labels, targets) {}
  set(object, place, target) {} add(object, label, target) {} cut(object, n) {} length(object, length) {} count(object, more) {}
  value(object, bytes, from, to) {} died(object) {} left(object) {} output(descriptor, bytes, from, to) {} collected(generation, found) {}
  heap(pools, more) {} end(steps) {} stop(event) {}
}

const EVENTS = ["STEP", "RETURN", "YIELD", "RAISE"];
const STEP = 0, RETURN = 1, YIELD = 2, RAISE = 3;

// Each operation in the order of src/see/journal.def: what it tells the sink, of n, the numbers, and t, the texts.
const JOURNAL = [
  ["STATE", (s, n) => s.state(n.uint())],
  ["STEP", (s, n) => s.step(n.int()), STEP],
  ["THREAD", (s, n) => s.thread(n.uint())],
  ["PUSH", (s, n) => s.push(n.uint(), n.uint(), n.uint())],
  ["RESUME", (s, n) => s.resume(n.uint())],
  ["RETURN", (s, n) => s.returns(n.uint()), RETURN],
  ["YIELD", (s, n) => s.yields(n.uint()), YIELD],
  ["RAISE", (s, n) => s.raises(n.uint()), RAISE],
  ["UNWIND", (s, n) => s.unwind(n.uint())],
  ["SUSPENDED", (s, n) => s.suspended(n.uint(), n.uint(), n.uint())],
  ["SLOT", (s, n) => s.slot(n.uint(), n.uint())],
  ["NAMES", (s, n) => s.names(n.uint())],
  ["OBJECT", (s, n, t) => s.object(n.uint(), n.uint(), n.uint() * 8, n.uint(), n.int(), n.int(), t.bytes, t.start(), t.at)],
  ["HOLDS", (s, n) => {
    const object = n.uint(), count = n.uint(), labels = new Array(count), targets = new Array(count);
    for (let i = 0; i < count; i++) { labels[i] = n.uint(); targets[i] = n.uint(); }
    s.holds(object, labels, targets);
  }],
  ["SET", (s, n) => s.set(n.uint(), n.uint(), n.uint())],
  ["ADD", (s, n) => s.add(n.uint(), n.uint(), n.uint())],
  ["CUT", (s, n) => s.cut(n.uint(), n.uint())],
  ["LENGTH", (s, n) => s.length(n.uint(), n.int())],
  ["COUNT", (s, n) => s.count(n.uint(), n.int())],
  ["VALUE", (s, n, t) => s.value(n.uint(), t.bytes, t.start(), t.at)],
  ["DIED", (s, n) => s.died(n.uint())],
  ["LEFT", (s, n) => s.left(n.uint())],
  ["OUTPUT", (s, n, t) => s.output(n.uint(), t.bytes, t.start(), t.at)],
  ["COLLECTED", (s, n) => s.collected(n.uint(), n.uint())],
  ["HEAP", (s, n) => s.heap(n.uint(), n.int())],
  ["END", (s, n) => s.end(n.uint())],
  ["AT", (s, n) => s.at(n.uint(), n.uint())],
  ["INSTRUCTION", (s, n) => s.instruction(n.uint(), n.uint(), n.uint())],
];
const TELL = JOURNAL.map(([, tell]) => tell), STOPS = JOURNAL.map(([, , event]) => event ?? -1);
const IS_STOP = Uint8Array.from({ length: 256 }, (_, op) => STOPS[op] >= 0 ? 1 : 0);

const HOLDING = ["type", "attribute", "field", "item", "key", "value", "member", "local", "stack", "plain", "root"];
const HELD_TYPE = 0, HELD_ATTRIBUTE = 1, HELD_FIELD = 2, HELD_ITEM = 3, HELD_KEY = 4, HELD_VALUE = 5, HELD_MEMBER = 6, HELD_LOCAL = 7;
const label_kind = (label) => label % 16;
const label_number = (label) => Math.floor(label / 16);

// Reads one chunk for a sink.
class Decoder {
  constructor([ops, numbers, texts], sink) { this.ops = ops; this.numbers = new Column(numbers); this.texts = new Column(texts); this.sink = sink; this.at = 0; }
  // Up to the next stop; false when there is none in this chunk.
  next() {
    const { ops, numbers, texts, sink } = this;
    while (this.at < ops.length) {
      const op = ops[this.at++], tell = TELL[op];
      if (!tell) throw new Error("an operation of a newer Limpid: " + op);
      tell(sink, numbers, texts);
      if (IS_STOP[op]) { sink.stop(STOPS[op]); return true; }
    }
    return false;
  }
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
