"use strict";
// Captures of the heap (docs/capture.md) in typed arrays: blocks, references, pools, segments; a million blocks in a second.

const NONE = 0xffffffff;
const STATIC = 32, LARGE = 16, TRACKED = 1;
const BUFFER_LABEL = 13, WEAK_LABEL = 12;

// Numbers of a column into out[at...].
function take_uints(bytes, rows, out, at) {
  if (!bytes || !bytes.length) return;
  let p = 0;
  for (let end = at + rows; at < end; at++) {
    let byte = bytes[p++], value = byte & 127;
    for (let scale = 128; byte > 127; scale *= 128) { byte = bytes[p++]; value += (byte & 127) * scale; }
    out[at] = value;
  }
  if (p > bytes.length) throw new Error("a column ends too early");
}
// Addresses: differences in words of 8 bytes.
function take_places(bytes, rows, out, at) {
  let p = 0, last = 0;
  if (!bytes || !bytes.length) return;
  for (let end = at + rows; at < end; at++) {
    let byte = bytes[p++], value = byte & 127;
    for (let scale = 128; byte > 127; scale *= 128) { byte = bytes[p++]; value += (byte & 127) * scale; }
    last += value % 2 ? -(value + 1) * 4 : value * 4;
    out[at] = last;
  }
  if (p > bytes.length) throw new Error("a column ends too early");
}
const take_bytes = (bytes, rows, out, at) => { if (bytes && bytes.length) out.set(bytes.subarray(0, rows), at); };

// The slot of a target in the table of recent ones: the highest byte of (address / 8) * 0x9e3779b97f4a7c15 mod 2^64.
function recent_slot(address) {
  const words = address / 8, low = words >>> 0, high = (words - low) / 4294967296;
  const a = low & 0xffff, b = low >>> 16, middle = a * 0x7c15, carry = b * 0x7c15 + (middle >>> 16), cross = a * 0x7f4a + (carry & 0xffff);
  const top = b * 0x7f4a + (carry >>> 16) + (cross >>> 16);
  return ((top + Math.imul(low, 0x9e3779b9) + Math.imul(high, 0x7f4a7c15)) >>> 0) >>> 24;
}

// Targets of references: counts[i] of them for owners[i].
function take_refs(bytes, owners, counts, first, rows, out, at) {
  const recent = new Float64Array(256);
  let p = 0, last = 0;
  for (let row = first; row < first + rows; row++) {
    const owner = owners[row];
    for (let left = counts[row]; left > 0; left--) {
      const from = p;
      let byte = bytes[p++], value = byte & 127;
      for (let scale = 128; byte > 127; scale *= 128) { byte = bytes[p++]; value += (byte & 127) * scale; }
      const tag = value & 3, rest = (value - tag) / 4;
      if (tag === 2) last = rest * 8;
      else if (tag === 3) last = recent[rest];
      else last = (tag === 0 ? owner : last) + (rest % 2 ? -(rest + 1) * 4 : rest * 4);
      if (tag > 1 || p - from > 2) recent[recent_slot(last)] = last;
      out[at++] = last;
    }
  }
  if (p > bytes.length) throw new Error("a column ends too early");
}

// Long work in pieces: `await rest()` lets the page answer when 15 milliseconds have gone by.
function resting() {
  let began = performance.now();
  return async () => {
    if (performance.now() - began < 15) return;
    await new Promise((done) => setTimeout(done));
    began = performance.now();
  };
}

// Rows of a chunk as lists, for the small kinds: how each column is read, by letter (u, p, b, t).
function rows_of(chunk, how) {
  const columns = chunk.columns.map((bytes) => new Column(bytes)), places = [], rows = [];
  for (let row = 0; row < chunk.rows; row++) {
    rows.push(Array.from(how, (letter, i) => {
      const c = columns[i];
      if (!c) return letter === "t" ? "" : 0;
      if (letter === "u") return c.uint();
      if (letter === "p") return (places[i] = (places[i] || 0) + c.int() * 8);
      if (letter === "b") return c.bytes.length ? c.bytes[row] : 0;
      return c.bytes.length ? c.text() : "";
    }));
  }
  return rows;
}

class Capture {
  // chunks: those of one capture; base: the capture of which SAME tells, or null.
  constructor(chunks, base) {
    this.base = base;
    this.chunks = chunks;
    this.opened = this.referring = null; // promises
    this.inflated = new Map();
  }
  async inflate(...kinds) {
    const wanted = this.chunks.filter(({ kind }) => kinds.includes(kind)), columns = await Promise.all(wanted.map((chunk) => chunk.columns()));
    for (const kind of kinds) this.inflated.set(kind, []);
    wanted.forEach(({ kind, rows }, i) => this.inflated.get(kind).push({ rows, columns: columns[i] }));
  }
  of(kind) { return this.inflated.get(kind) || []; }
  rows(kind, how) { return this.of(kind).flatMap((chunk) => rows_of(chunk, how)); }
  async head() {
    await this.inflate("CAPT");
    const [head] = this.rows("CAPT", "utuub");
    [this.step, this.reason, this.stop, this.based, this.whole] = head || [0, "", 0, 0, 1];
    this.title = { "": "snapshot", start: "start", grown: "heap grown by half", end: "end" }[this.reason] ?? this.reason;
    if (!this.based) this.base = null;
    return this;
  }
  // Blocks, pools, segments, classes; references come when they are asked for.
  open() { return this.opened ||= this.load(); }
  async load() {
    if (this.base) await this.base.open();
    await this.inflate("META", "STRS", "TYPE", "FIEL", "COPY", "SUMS", "SAME", "POOL", "OBJS", "NAME", "SEGM", "FRAM", "ROOT", "DONE", "SITE");
    this.meta = new Map(this.rows("META", "tt"));
    this.pool_size = Number(this.meta.get("pool")) || 4096;
    this.arena_size = Number(this.meta.get("arena")) || 262144;
    this.strings = new Map(this.base ? this.base.strings : []);
    for (const [number, text] of this.rows("STRS", "ut")) this.strings.set(number, plain_text(text));
    this.types = this.base ? this.base.types.slice() : [{ name: "(buffer)", address: 0, layout: 0 }];
    for (const [number, address, name, basic, item, flags, layout] of this.rows("TYPE", "uptuuuu"))
      this.types[number] = { name: plain_text(name), address, basic, item, flags, layout, own: this };
    this.segments = this.rows("SEGM", "puutttu").map(([start, size, resident, permissions, name, kind, thread]) =>
      ({ start: start < 0 ? start + 2 ** 64 : start, size, resident, permissions, name: plain_text(name), kind, thread }));
    this.sums = this.rows("SUMS", "uuu").map(([type, objects, bytes]) => ({ type: this.type_name(type), objects, bytes }));
    [this.done_objects, this.done_references] = this.rows("DONE", "uu")[0] || [0, 0];
    this.load_blocks();
    this.load_pools();
    return this;
  }
  type_name(number) { return this.types[number] ? this.types[number].name : "?"; }
  load_blocks() {
    const objs = this.of("OBJS"), same = this.base ? this.rows("SAME", "uub") : [];
    const before = same.reduce((sum, [, rows]) => sum + rows, 0);
    const n = this.count = objs.reduce((sum, chunk) => sum + chunk.rows, before);
    this.same_count = before;
    this.address = new Float64Array(n); this.size = new Float64Array(n); this.length = new Float64Array(n);
    this.type = new Uint32Array(n); this.references = new Uint32Array(n); this.state = new Uint8Array(n); this.site = new Uint32Array(n);
    let at = 0;
    if (this.base) this.row_of_base = new Uint32Array(this.base.count).fill(NONE);
    for (const [first, rows, state] of same) {
      for (const name of ["address", "size", "length", "type", "references", "state", "site"]) this[name].set(this.base[name].subarray(first, first + rows), at);
      if (state) this.state.fill(state, at, at + rows);
      for (let i = 0; i < rows; i++) this.row_of_base[first + i] = at + i;
      at += rows;
    }
    for (const { rows, columns } of objs) {
      take_places(columns[0], rows, this.address, at);
      take_uints(columns[1], rows, this.type, at);
      take_uints(columns[2], rows, this.size, at);
      take_uints(columns[3], rows, this.references, at);
      take_bytes(columns[4], rows, this.state, at);
      take_uints(columns[5], rows, this.length, at);
      take_uints(columns[6], rows, this.site, at);
      at += rows;
    }
  }
  // The row of the block that begins at an address, or -1.
  find(address) {
    const arena = Math.floor(address / this.arena_size);
    if (arena !== this.last_arena) { this.last_arena = arena; this.last_pools = this.arenas.get(arena); }
    if (this.last_pools) {
      const number = this.last_pools[Math.floor((address - arena * this.arena_size) / this.pool_size)];
      if (number >= 0) {
        const pool = this.pools[number], slot = (address - pool.address - pool.first) / pool.size;
        if (slot >= 0 && slot < pool.capacity && Number.isInteger(slot)) { const row = this.slot_row[this.slot_start[number] + slot]; return row === NONE ? -1 : row; }
        return -1;
      }
    }
    const row = this.others.get(address);
    return row === undefined ? -1 : row;
  }
  // Pools by address, and the rows of the blocks in each: in_pool[pool_start[p]] to in_pool[pool_start[p + 1] - 1].
  load_pools() {
    const { pool_size, arena_size, count, address, state } = this;
    this.pools = this.rows("POOL", "pbuuuu").map(([at, kind, size, capacity, used, first]) => ({ address: at, kind, size, capacity, used, first }));
    this.pools.sort((a, b) => a.address - b.address);
    const n = this.pools.length, slot_start = this.slot_start = new Uint32Array(n + 1);
    this.arenas = new Map(); // by number of the arena, its pools' numbers
    this.pools.forEach((pool, i) => {
      const arena = Math.floor(pool.address / arena_size);
      if (!this.arenas.has(arena)) this.arenas.set(arena, new Int32Array(arena_size / pool_size).fill(-1));
      this.arenas.get(arena)[(pool.address - arena * arena_size) / pool_size] = i;
      slot_start[i + 1] = slot_start[i] + (pool.kind === 255 ? 0 : pool.capacity);
    });
    this.last_arena = this.last_pools = undefined;
    const slot_row = this.slot_row = new Uint32Array(slot_start[n]).fill(NONE), start = this.pool_start = new Uint32Array(n + 1);
    this.others = new Map();
    this.large = [];
    for (let i = 0, base = -1, number = -1, arena = -1, pools, pool; i < count; i++) {
      const at = address[i];
      if (state[i] & (LARGE | STATIC)) { this.others.set(at, i); if (state[i] & LARGE) this.large.push(i); continue; }
      if (at < base || at >= base + pool_size) {
        const in_arena = Math.floor(at / arena_size);
        if (in_arena !== arena) { arena = in_arena; pools = this.arenas.get(arena); }
        const place = Math.floor((at - arena * arena_size) / pool_size);
        base = arena * arena_size + place * pool_size;
        number = pools ? pools[place] : -1;
        pool = this.pools[number];
      }
      const slot = pool ? (at - base - pool.first) / pool.size : -1;
      if (!(slot >= 0 && slot < pool.capacity)) { this.others.set(at, i); continue; }
      slot_row[slot_start[number] + slot] = i;
      start[number + 1]++;
    }
    for (let p = 0; p < n; p++) start[p + 1] += start[p];
    const in_pool = this.in_pool = new Uint32Array(start[n]);
    for (let slot = 0, to = 0; slot < slot_row.length; slot++) if (slot_row[slot] !== NONE) in_pool[to++] = slot_row[slot];
    this.large.sort((a, b) => this.size[b] - this.size[a]);
  }
  // References of row i: target_row and target (address), label: start[i] to start[i + 1] - 1; into it: back_start, back.
  open_references() { return this.referring ||= this.load_references(); }
  async load_references() {
    await this.open();
    if (this.base) await this.base.open_references();
    await this.inflate("EDGE");
    const rest = resting(), chunks = this.of("EDGE"), owners = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
    const owner = new Float64Array(owners), counts = new Uint32Array(owners);
    let at = 0, edges = 0;
    for (const { rows, columns } of chunks) {
      take_places(columns[0], rows, owner, at);
      take_uints(columns[1], rows, counts, at);
      for (let i = at; i < at + rows; i++) edges += counts[i];
      at += rows;
      await rest();
    }
    const label = new Uint32Array(edges), target = new Float64Array(edges);
    let row = 0, edge = 0;
    for (const { rows, columns } of chunks) {
      let here = 0;
      for (let i = row; i < row + rows; i++) here += counts[i];
      take_uints(columns[2], here, label, edge);
      take_refs(columns[3], owner, counts, row, rows, target, edge);
      row += rows; edge += here;
      await rest();
    }
    this.inflated.delete("EDGE");
    await this.make_graph({ owner, counts, label, target }, rest);
    return this;
  }
  // References of the base that hold still, by their owner's row here: [row, first, how many] and single ones.
  still_of_base(visit) {
    const { base, row_of_base } = this;
    for (let i = 0; i < base.count; i++) {
      let holder = row_of_base[i];
      for (let e = base.start[i]; e < base.start[i + 1]; e++) {
        if ((base.label[e] & 15) !== BUFFER_LABEL) { if (holder !== NONE) visit(holder, e); continue; }
        const to = base.target_row[e];
        if (to === NONE || row_of_base[to] === NONE) continue;
        const owner = holder === NONE ? this.find(base.address[i]) : holder;
        if (owner >= 0) visit(owner, e);
      }
    }
  }
  async make_graph({ owner, counts, label, target }, rest = resting()) {
    const n = this.count, start = new Uint32Array(n + 2), owner_row = new Int32Array(owner.length);
    if (this.base) this.still_of_base((row) => { start[row + 2]++; });
    for (let i = 0; i < owner.length; i++) {
      const row = owner_row[i] = this.find(owner[i]);
      if (row >= 0) start[row + 2] += counts[i];
      if ((i & 0x1ffff) === 0) await rest();
    }
    for (let i = 0; i < n; i++) start[i + 2] += start[i + 1];
    await rest();
    const edges = start[n + 1], labels = new Uint32Array(edges), targets = new Float64Array(edges), rows = new Uint32Array(edges), back_start = new Uint32Array(n + 2);
    if (this.base) this.still_of_base((row, e) => { const to = start[row + 1]++; labels[to] = this.base.label[e]; targets[to] = this.base.target[e]; });
    for (let i = 0, e = 0; i < owner.length; i++) {
      const row = owner_row[i];
      if (row < 0) { e += counts[i]; continue; }
      for (let left = counts[i]; left > 0; left--, e++) { const to = start[row + 1]++; labels[to] = label[e]; targets[to] = target[e]; }
      if ((i & 0x1ffff) === 0) await rest();
    }
    for (let e = 0; e < edges; e++) {
      const to = this.find(targets[e]);
      if (to < 0) rows[e] = NONE; else { rows[e] = to; back_start[to + 2]++; }
      if ((e & 0x1ffff) === 0) await rest();
    }
    for (let i = 0; i < n; i++) back_start[i + 2] += back_start[i + 1];
    const back = new Uint32Array(back_start[n + 1]), back_edge = new Uint32Array(back_start[n + 1]);
    for (let i = 0; i < n; i++) {
      for (let e = start[i]; e < start[i + 1]; e++) {
        if (rows[e] === NONE) continue;
        const at = back_start[rows[e] + 1]++;
        back[at] = i; back_edge[at] = e;
      }
      if ((i & 0x1ffff) === 0) await rest();
    }
    this.frames = new Map(this.rows("FRAM", "uuuttup").map(([number, thread, depth, name, file, line]) => [number, { thread, depth, name: plain_text(name), file, line }]));
    this.roots = this.rows("ROOT", "uuup").map(([group, frame, label, target]) => ({ group: this.strings.get(group) || "", frame, label, target, row: this.find(target) }));
    Object.assign(this, { label: labels, target: targets, target_row: rows, back, back_edge, back_start, start });
  }
  // What is needed later, in pieces.
  async warm_up() { await this.open(); for (const step of this.find_names()) await this.rest(step); await this.open_references(); }
  async rest() { await (this.pause ||= resting())(); }
  load_names() { for (const step of this.find_names()) void step; }
  // Where the texts of names are (decoding them all would take long), chunk by chunk.
  *find_names() {
    if (this.names_found) return;
    const chunks = this.of("NAME");
    this.name_chunk ||= new Uint16Array(this.count); this.name_at ||= new Uint32Array(this.count); // chunk + 1
    for (this.next_names ||= 0; this.next_names < chunks.length; yield this.next_names) {
      const number = this.next_names++, { rows, columns } = chunks[number];
      const address = new Float64Array(rows), bytes = columns[1];
      take_places(columns[0], rows, address, 0);
      let p = 0;
      for (let i = 0; i < rows; i++) {
        const row = this.find(address[i]);
        if (row >= 0) { this.name_chunk[row] = number + 1; this.name_at[row] = p; }
        let byte = bytes[p++], size = byte & 127;
        for (let scale = 128; byte > 127; scale *= 128) { byte = bytes[p++]; size += (byte & 127) * scale; }
        p += size;
      }
    }
    this.names_found = true;
    if (this.base) {
      this.base.load_names();
      this.base_row = new Uint32Array(this.count).fill(NONE);
      this.row_of_base.forEach((row, i) => { if (row !== NONE) this.base_row[row] = i; });
    }
  }
  // Name of a class, function, module; text of a value; or null.
  name(row) {
    if (!this.names_found) this.load_names();
    if (!this.name_chunk[row]) return this.base && this.base_row[row] !== NONE ? this.base.name(this.base_row[row]) : null;
    const column = new Column(this.of("NAME")[this.name_chunk[row] - 1].columns[1]);
    column.at = this.name_at[row];
    return plain_text(column.text());
  }
  generation(row) { return this.state[row] & TRACKED ? this.state[row] >> 1 & 3 : -1; }
  kind(row) { return ["buffer", "object", "container"][this.state[row] >> 6] || "?"; }
  // -1: lives for ever; null: a buffer has no count.
  reference_count(row) { const n = this.references[row]; return n === 0 ? null : n === 1 ? -1 : n - 1; }
  // How an owner holds: ".name", "[3]".
  label_text(label, edge) {
    const number = Math.floor(label / 16), text = this.strings.get(number) || "";
    switch (label & 15) {
      case 1: return "class";
      case 2: return "." + text;
      case 3: return text || "field";
      case 4: return `[${number}]`;
      case 5: return this.item_text(edge);
      case 6: return "key " + number;
      case 7: return `['${text}']`;
      case 8: return this.keyed_text(edge);
      case 9: return "member";
      case 10: return "variable " + text;
      case 11: return `value stack [${number}]`;
      case 12: return "weak " + text;
      case 13: return "buffer " + text;
      case 14: return text;
      default: return number ? `field at +${number - 1}` : "reference";
    }
  }
  // An index is told as "the one after that before".
  item_text(edge) {
    let back = 0;
    while (edge - back > 0 && (this.label[edge - back] & 15) === 5) back++;
    return `[${Math.floor(this.label[edge - back] / 16) + back}]`;
  }
  keyed_text(edge) {
    const key = edge > 0 ? this.target_row[edge - 1] : NONE;
    if (key === NONE) return "[value]";
    const text = this.name(key);
    return text === null ? `[${this.type_name(this.type[key])}]` : this.type_name(this.type[key]) === "str" ? `['${text}']` : `[${text}]`;
  }
  short(row) {
    const type = this.type_name(this.type[row]), text = this.name(row);
    if (text !== null) return type === "str" ? '"' + text.replace(/"/g, '\\"') + '"' : text;
    return this.length[row] ? `${type} of ${this.length[row] - 1}` : type;
  }
  // {layout number: [field]}
  get layouts() {
    if (!this.layout_map) {
      this.layout_map = new Map();
      for (const [layout, name, type, offset, size, kind, meaning] of this.rows("FIEL", "uuuuubu")) {
        if (!this.layout_map.has(layout)) this.layout_map.set(layout, []);
        this.layout_map.get(layout).push({ name: this.strings.get(name), type: this.strings.get(type), offset, size, kind, meaning: this.strings.get(meaning) });
      }
    }
    return this.layout_map;
  }
  // {address: {layout, bytes}} of the blocks that were copied.
  get copies() {
    if (!this.copy_map) {
      this.copy_map = new Map();
      for (const chunk of this.of("COPY")) {
        const address = new Float64Array(chunk.rows), layout = new Uint32Array(chunk.rows), texts = new Column(chunk.columns[2]);
        take_places(chunk.columns[0], chunk.rows, address, 0);
        take_uints(chunk.columns[1], chunk.rows, layout, 0);
        for (let i = 0; i < chunk.rows; i++) {
          const size = texts.uint();
          this.copy_map.set(address[i], { layout: layout[i], bytes: texts.bytes.subarray(texts.at, texts.at + size) });
          texts.at += size;
        }
      }
    }
    return this.copy_map;
  }
  fields(row, address) {
    const copy = this.copies.get(address);
    if (copy && copy.layout) return this.layouts.get(copy.layout) || [];
    const type = row >= 0 && this.state[row] >> 6 ? this.types[this.type[row]] : null;
    return (type && type.layout && (type.own || this).layouts.get(type.layout)) || [];
  }
}

// Captures of lists of chunks; those that say so build on the first.
async function list_captures(lists) {
  const captures = [];
  for (const chunks of lists) {
    if (chunks[0].kind === "CAPT" && chunks[chunks.length - 1].kind !== "DONE") continue; // the file was cut in it
    const capture = await new Capture(chunks, captures[0] || null).head();
    if (!capture.based || captures.length) captures.push(capture);
  }
  return captures;
}
