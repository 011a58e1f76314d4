"use strict";
// What can be asked of a whole journal: it is read again, in pieces, so that the page goes on answering.

const PIECE_OF_TIME = 30; // milliseconds

// A sink that knows at which stop it is.
class Scan extends Sink {
  constructor() { super(); this.now = 0; this.is_done = false; this.is_retold = false; }
  state() { this.is_retold = true; } // what follows, up to the stop, is told anew
  stop() { this.passed(this.now); this.is_retold = false; this.now++; }
  passed(stop) {}
}

// Reads the journal for a scan from the chunk of a stop on, until the scan is done or nobody wants it any more.
async function scan_journal(recording, scan, from = 0, wanted = () => true, told = () => {}) {
  let began = performance.now();
  for (let chunk = Math.max(0, recording.chunk_of(from)); chunk < recording.journal.length && !scan.is_done; chunk++) {
    const decoder = new Decoder(recording.journal[chunk], scan);
    scan.now = recording.index.starts[chunk];
    while (decoder.next() && !scan.is_done) {
      if ((scan.now & 255) || performance.now() - began < PIECE_OF_TIME) continue;
      told(scan);
      await new Promise((done) => setTimeout(done));
      if (!wanted()) return null;
      began = performance.now();
    }
  }
  return scan;
}

// What became of one object.
class ObjectHistory extends Scan {
  constructor(number) { super(); this.number = number; this.rows = []; this.count_now = null; this.before = null; this.is_changed = this.is_dead = false; }
  object(number, type, address, size, count) {
    if (number !== this.number) return;
    this.count_now = count;
    if (this.before === null) { this.before = count; this.note("came into view"); }
    else if (this.is_retold) this.before = count;
  }
  count(number, more) { if (number === this.number) this.count_now += more; }
  change(number) { if (number === this.number && !this.is_retold) this.is_changed = true; }
  holds(number) { this.change(number); }
  set(number) { this.change(number); }
  add(number) { this.change(number); }
  cut(number) { this.change(number); }
  length(number) { this.change(number); }
  value(number) { this.change(number); }
  died(number) { if (number === this.number) this.is_dead = true; }
  left(number) { if (number === this.number) this.is_done = true; }
  note(what) { this.rows.push({ stop: this.now, by: Math.max(0, this.now - 1), what, count: this.is_dead ? 0 : this.count_now, changed: this.is_changed }); }
  passed(stop) {
    const { rows } = this, difference = this.count_now - this.before;
    if (this.is_dead) { this.note("died"); this.is_done = true; return; }
    if ((difference || this.is_changed) && rows.length && rows[rows.length - 1].stop !== stop)
      this.note((difference ? (difference > 0 ? "+" : "−") + Math.abs(difference) : "") + (this.is_changed ? (difference ? ", " : "") + "changed" : ""));
    this.before = this.count_now;
    this.is_changed = false;
  }
}

// [{stop, what, count, changed, by: stop of the line that did it}] of an object, in order: came into view, counts, changes, died.  `told` is
// called with what there is so far; it stops when `wanted()` no longer holds.
async function find_history(recording, number, wanted, told = () => {}) {
  const history = new ObjectHistory(number), born = recording.index.birth(number);
  if (born !== NEVER) await scan_journal(recording, history, Math.max(0, born - 1), wanted, (scan) => told(scan.rows, scan.now));
  return history.rows;
}
