"use strict";
// What became of one object: found by going through the journal, in pieces, so that the page goes on answering.

const PIECE_OF_TIME = 40; // milliseconds

// [{stop, what, count, by: stop of the line that did it}] of an object, in order: born, counts, changes, died.  `told` is called with what
// there is so far; it stops when `wanted()` no longer holds.
async function find_history(recording, number, wanted, told) {
  const rows = [];
  let count = null, began = performance.now(), stop = -1, seen = false;
  for (const chunk of recording.journal) {
    const state = new State(), replay = new Replay(chunk, recording.names);
    while (replay.next(state)) {
      stop++;
      const object = state.objects.get(number), by = Math.max(0, stop - 1);
      if (!object) {
        if (seen && state.dead.some((o) => o.number === number && !o.left)) { rows.push({ stop, by, what: "died", count: 0 }); return rows; }
        continue;
      }
      if (!seen) { rows.push({ stop, by, what: "came into view", count: object.count }); count = object.count; seen = true; continue; }
      const changed = state.changed.has("v" + number) || has_change(state.changed, "o" + number);
      if (object.count !== count || changed && stop !== rows[rows.length - 1].stop) {
        const difference = object.count - count, what = (difference ? (difference > 0 ? "+" : "−") + Math.abs(difference) : "") + (changed ? (difference ? ", " : "") + "changed" : "");
        if (difference || changed && !is_retold(state, stop, recording)) rows.push({ stop, by, what, count: object.count });
        count = object.count;
      }
      if ((stop & 63) === 0 && performance.now() - began > PIECE_OF_TIME) {
        told(rows, stop);
        await new Promise((done) => setTimeout(done));
        if (!wanted()) return rows;
        began = performance.now();
      }
    }
  }
  return rows;
}
function has_change(changed, name) {
  if (changed.size === 0) return false;
  if (changed.has(name)) return true;
  for (const key of changed) if (key.length > name.length && key.startsWith(name) && key[name.length] === ".") return true;
  return false;
}
// A chunk begins with everything that there is: that is no change.
const is_retold = (state, stop, recording) => recording.starts.includes(stop);
