"use strict";
// What blocks of a capture are coloured by: at most eight kinds, each with a number, a name, a count and bytes.

const KINDS = 8; // the last one is the rest
const COLOUR_BY = { type: "type", kind: "kind of block", generation: "generation", age: "age", owner: "owner" };
const GENERATIONS = ["young", "middle-aged", "old", "frozen"];

// {names, of: Uint8Array by row, objects, bytes}: the largest by bytes, the rest as one.  keys: of each row, a place in names.
function kinds_by_key(capture, keys, names) {
  const n = names.length, bytes = new Float64Array(n), objects = new Float64Array(n), { count, size, state } = capture;
  for (let i = 0; i < count; i++) if (!(state[i] & STATIC)) { bytes[keys[i]] += size[i]; objects[keys[i]]++; }
  const order = names.map((_, key) => key).filter((key) => objects[key]).sort((a, b) => bytes[b] - bytes[a]);
  const top = order.length > KINDS ? order.slice(0, KINDS - 1) : order, kind_of = new Uint8Array(n).fill(KINDS - 1);
  top.forEach((key, kind) => { kind_of[key] = kind; });
  const kinds = { names: top.map((key) => names[key]), of: new Uint8Array(count), objects: top.map((key) => objects[key]), bytes: top.map((key) => bytes[key]) };
  if (order.length > KINDS) {
    const rest = order.slice(KINDS - 1), sum = (list) => rest.reduce((total, key) => total + list[key], 0);
    kinds.names.push(`${rest.length} others`); kinds.objects.push(sum(objects)); kinds.bytes.push(sum(bytes));
  }
  for (let i = 0; i < count; i++) kinds.of[i] = kind_of[keys[i]];
  return kinds;
}

// A class may have several numbers in a file; those of one name count as one.
function keys_by_name(list) {
  const keys = new Map(), names = [];
  return [list.map((name) => { if (!keys.has(name)) { keys.set(name, names.length); names.push(name); } return keys.get(name); }), names];
}

function kinds_by_type(capture) {
  const list = Array.from(capture.types, (type) => type ? type.name : "?"), [keys, names] = keys_by_name(list);
  return kinds_by_key(capture, capture.type.map((type) => keys[type]), names);
}
const kinds_by_block = (capture) => kinds_by_key(capture, capture.state.map((state) => state >> 6), ["buffer of raw memory", "object", "container", "?"]);
const kinds_by_generation = (capture) => kinds_by_key(capture, capture.state.map((state) => state & TRACKED ? state >> 1 & 3 : 4), [...GENERATIONS, "not tracked"]);

// By the first of the captures from which on the block was there, with the same class and size.
async function kinds_by_age(capture, captures) {
  const earlier = captures.slice(0, captures.indexOf(capture));
  for (const other of earlier) await other.open();
  const names = [...earlier.map((other, i) => i ? `there at step ${step_of(other)}` : "there when the program began"), earlier.length ? "newer" : "there at this capture"];
  const born = new Uint8Array(capture.count).fill(earlier.length);
  for (let i = 0; i < capture.count; i++)
    for (let k = earlier.length - 1; k >= 0; k--) {
      const other = earlier[k], row = other.whole ? other.find(capture.address[i]) : -1;
      if (row < 0 || other.size[row] !== capture.size[i] || other.type_name(other.type[row]) !== capture.type_name(capture.type[i])) break;
      born[i] = k;
    }
  return kinds_by_key(capture, born, names);
}

// By the module (or what else the runtime holds) through which a shortest way from the roots leads.
async function kinds_by_owner(capture) {
  await capture.open_references();
  const { count, start, label, target_row, roots, types, type } = capture, owner = new Uint32Array(count), queue = new Uint32Array(count);
  const names = ["(no way from a root)"], numbers = new Map();
  const number = (name) => { if (!numbers.has(name)) { numbers.set(name, names.length); names.push(name); } return numbers.get(name); };
  const is_module = types.map((t) => t && t.name === "module");
  const seen = new Uint8Array(count);
  let end = 0;
  const meet = (row, name) => { if (!seen[row]) { seen[row] = 1; owner[row] = name; queue[end++] = row; } };
  for (let i = 0; i < count; i++) if (is_module[type[i]]) meet(i, number("module " + (capture.name(i) || "?")));
  const first_frame = roots.filter((root) => root.row >= 0).sort((a, b) => (b.frame > 0) - (a.frame > 0));
  for (const root of first_frame) {
    const frame = capture.frames.get(root.frame);
    meet(root.row, number(frame ? "frame of " + frame.name : root.group || "the runtime"));
  }
  for (let at = 0; at < end; at++) {
    const row = queue[at];
    for (let e = start[row]; e < start[row + 1]; e++)
      if (target_row[e] !== NONE && (label[e] & 15) !== WEAK_LABEL && (label[e] & 15) !== 1) meet(target_row[e], owner[row]);
  }
  return kinds_by_key(capture, owner, names);
}

async function kinds_of(capture, by, captures) {
  capture.kinds ||= {};
  return capture.kinds[by] ||= await { type: kinds_by_type, kind: kinds_by_block, generation: kinds_by_generation, age: kinds_by_age, owner: kinds_by_owner }[by](capture, captures);
}
