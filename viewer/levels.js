"use strict";
// The levels of the map, from all arenas to the blocks of a pool: each a set of cells that can be painted, found and described.
//
//   count                 cells, by number; columns: how many stand in a row, for the arrow keys
//   layout(width)         places the cells; the height
//   rect(i), at(x, y)     where a cell is; which one is there, or -1
//   paint(context, look)  look: { colours, of (kinds by row), only, words } and what the journal tells: born, died (Map by address)
//   text(i), enter(i)     in words; the level inside it, { object: row } or null

const pool_text = (capture, pool) => pool.kind === 255 ? "no blocks in it" :
  `${["buffers", "objects", "containers"][pool.kind] || "blocks"} of ${pool.size} B, ` +
  (capture.in_view ? `${pool.used} in view, of at most ${pool.capacity}` : `${pool.used} of ${pool.capacity} in use`);

// As much of a text as is that wide.
function fill_fitting(context, text, x, y, width) {
  let whole = context.measureText(text).width;
  if (whole > width) {
    let n = Math.max(0, Math.floor(text.length * width / whole) - 1);
    while (n > 0 && context.measureText(text.slice(0, n) + "…").width > width) n--;
    text = n ? text.slice(0, n) + "…" : "";
  }
  context.fillText(text, x, y);
}

class GridLevel {
  constructor(capture) { this.capture = capture; this.x0 = this.y0 = 0; }
  rect(i) { return [this.x0 + i % this.columns * this.w, this.y0 + Math.floor(i / this.columns) * this.h, this.w, this.h]; }
  at(x, y) {
    const column = Math.floor((x - this.x0) / this.w), row = Math.floor((y - this.y0) / this.h), i = row * this.columns + column;
    return column < 0 || column >= this.columns || row < 0 || i >= this.count ? -1 : i;
  }
}

// The pools of all arenas: a row for each arena, the highest address on top; bars of what fills them.
class HeapLevel extends GridLevel {
  constructor(capture) {
    super(capture);
    const by_arena = new Map(), { arena_size, pool_size } = capture;
    this.per_arena = arena_size / pool_size;
    capture.pools.forEach((pool, i) => {
      const base = pool.address - pool.address % arena_size;
      if (!by_arena.has(base)) by_arena.set(base, { address: base, pools: [] });
      by_arena.get(base).pools[(pool.address - base) / pool_size] = i;
    });
    this.arenas = [...by_arena.values()].sort((a, b) => b.address - a.address);
    this.columns = this.per_arena;
    this.count = this.arenas.length * this.columns;
    this.title = plural(this.arenas.length, "arena");
  }
  layout(width) {
    this.gutter = width > 640 ? 118 : 0;
    this.x0 = this.gutter;
    this.w = (width - this.gutter) / this.columns;
    this.h = Math.max(5, Math.min(26, Math.floor(560 / Math.max(1, this.arenas.length))));
    return Math.max(20, this.arenas.length * this.h);
  }
  pool(i) { const number = this.arenas[Math.floor(i / this.columns)].pools[i % this.columns]; return number === undefined ? -1 : number; }
  paint(context, look) {
    const { capture } = this, sums = new Uint32Array(KINDS), gap = this.w > 4 ? 1 : 0, gap_y = this.h > 6 ? 1 : 0;
    if (this.gutter) {
      context.fillStyle = look.soft; context.font = "11px ui-monospace, monospace"; context.textBaseline = "middle";
      const every = Math.ceil(14 / this.h);
      this.arenas.forEach((arena, i) => { if (i % every === 0) context.fillText(hex(arena.address), 0, i * this.h + this.h / 2); });
    }
    for (let i = 0; i < this.count; i++) {
      const number = this.pool(i);
      if (number < 0) continue;
      const pool = capture.pools[number], [x, y, w, h] = this.rect(i), inner = h - gap_y;
      context.fillStyle = pool.kind === 255 ? look.line : look.box;
      if (pool.kind === 255) { context.fillRect(x, y + inner - 1, w - gap, 1); continue; }
      context.fillRect(x, y, w - gap, inner);
      if (look.of) {
        sums.fill(0);
        for (let k = capture.pool_start[number]; k < capture.pool_start[number + 1]; k++) sums[look.of[capture.in_pool[k]]]++;
        let top = y + inner;
        for (let kind = 0; kind < KINDS; kind++) {
          if (!sums[kind] || look.only >= 0 && look.only !== kind) continue;
          const bar = sums[kind] / pool.capacity * inner;
          context.fillStyle = look.colours[kind];
          context.fillRect(x, top - bar, w - gap, bar);
          top -= bar;
        }
      } else {
        const bar = pool.used / pool.capacity * inner;
        context.fillStyle = look.colours[0];
        context.fillRect(x, y + inner - bar, w - gap, bar);
      }
    }
    this.paint_changes(context, look);
  }
  // Pools in which the journal has seen births (a mark at the left) and deaths (at the right) since the capture.
  paint_changes(context, look) {
    const { pool_size, arena_size } = this.capture, rows = new Map(this.arenas.map((arena, i) => [arena.address, i]));
    const mark = (address, style, part) => {
      const row = rows.get(address - address % arena_size);
      if (row === undefined) return;
      const [x, y, w, h] = this.rect(row * this.columns + Math.floor(address % arena_size / pool_size));
      context.fillStyle = style;
      context.fillRect(x + part * w * .6, y, Math.max(2, w * .35), Math.max(2, h * .3));
    };
    for (const address of look.born.keys()) mark(address, look.new, 0);
    for (const address of look.died.keys()) mark(address, look.gone, 1);
  }
  text(i) {
    const arena = this.arenas[Math.floor(i / this.columns)], number = this.pool(i);
    const where = `arena ${hex(arena.address)}, pool ${i % this.columns}`;
    return number < 0 ? where : `${where} at ${hex(this.capture.pools[number].address)}: ${pool_text(this.capture, this.capture.pools[number])}`;
  }
  enter(i) { return new ArenaLevel(this.capture, this.arenas[Math.floor(i / this.columns)]); }
}

// The pools of one arena, each with its blocks.
class ArenaLevel extends GridLevel {
  constructor(capture, arena) {
    super(capture);
    this.arena = arena; this.address = arena.address;
    this.columns = 8; this.count = arena.pools.length;
    this.title = "arena " + hex(arena.address);
  }
  layout(width) {
    this.w = width / this.columns;
    this.h = Math.max(34, Math.min(74, this.w * .8));
    return Math.ceil(this.count / this.columns) * this.h;
  }
  pool(i) { return this.arena.pools[i] === undefined ? -1 : this.arena.pools[i]; }
  paint(context, look) {
    context.font = "11px system-ui, sans-serif"; context.textBaseline = "top";
    for (let i = 0; i < this.count; i++) {
      const number = this.pool(i), [x, y, w, h] = this.rect(i);
      context.strokeStyle = look.line;
      context.strokeRect(x + 2.5, y + 2.5, w - 5, h - 5);
      if (number < 0) continue;
      const pool = this.capture.pools[number];
      context.fillStyle = look.soft;
      fill_fitting(context, pool.kind === 255 ? "free" : w > 90 ? `${pool.size} B  ${pool.used}${this.capture.in_view ? "" : "/" + pool.capacity}` : pool.size + " B", x + 6, y + 5, w - 10);
      if (pool.kind !== 255) this.paint_blocks(context, look, number, x + 5, y + 19, w - 10, h - 24);
    }
  }
  paint_blocks(context, look, number, x, y, w, h) {
    const { capture } = this, pool = capture.pools[number];
    let columns = Math.ceil(Math.sqrt(pool.capacity * w / h));
    const rows = Math.ceil(pool.capacity / columns), cw = w / columns, ch = h / rows, gap = cw > 3 ? 1 : 0;
    context.fillStyle = look.box;
    context.fillRect(x, y, w, h);
    if (!capture.whole) { // how full it is, is all that is known
      context.fillStyle = look.colours[0];
      context.fillRect(x, y, w * pool.used / pool.capacity, h);
      return;
    }
    for (let k = capture.pool_start[number]; k < capture.pool_start[number + 1]; k++) {
      const row = capture.in_pool[k], i = (capture.address[row] - pool.address - pool.first) / pool.size, kind = look.of ? look.of[row] : 0;
      if (look.only >= 0 && look.only !== kind) continue;
      context.fillStyle = look.died.has(capture.address[row]) ? look.gone : look.colours[kind];
      context.fillRect(x + i % columns * cw, y + Math.floor(i / columns) * ch, cw - gap, ch - gap);
    }
    for (const [address, object] of look.born)
      if (address > pool.address && address < pool.address + capture.pool_size) {
        const i = Math.floor((address - pool.address - pool.first) / pool.size);
        context.strokeStyle = look.new; context.lineWidth = 2;
        context.strokeRect(x + i % columns * cw, y + Math.floor(i / columns) * ch, Math.max(2, cw - gap), Math.max(2, ch - gap));
        context.lineWidth = 1;
      }
  }
  text(i) {
    const number = this.pool(i);
    return number < 0 ? `pool ${i}` : `pool ${i} at ${hex(this.capture.pools[number].address)}: ${pool_text(this.capture, this.capture.pools[number])}`;
  }
  enter(i) { const number = this.pool(i); return number < 0 || this.capture.pools[number].kind === 255 || !this.capture.whole ? null : new PoolLevel(this.capture, number, this.arena); }
}

// The blocks of one pool.
class PoolLevel extends GridLevel {
  constructor(capture, number, arena) {
    super(capture);
    this.number = number; this.arena = arena; this.pool = capture.pools[number]; this.address = this.pool.address;
    this.count = this.pool.capacity;
    this.rows = new Int32Array(this.count).fill(-1);
    for (let k = capture.pool_start[number]; k < capture.pool_start[number + 1]; k++) {
      const row = capture.in_pool[k];
      this.rows[Math.floor((capture.address[row] - this.pool.address - this.pool.first) / this.pool.size)] = row;
    }
    this.title = `pool ${hex(this.pool.address)}: ${pool_text(capture, this.pool)}`;
  }
  block(i) { return this.pool.address + this.pool.first + i * this.pool.size; }
  layout(width) {
    this.columns = Math.max(2, Math.min(Math.floor(width / 84), Math.ceil(Math.sqrt(this.count * 2))));
    this.w = width / this.columns;
    this.h = this.count > 120 ? 24 : 40;
    return Math.ceil(this.count / this.columns) * this.h;
  }
  paint(context, look) {
    context.textBaseline = "top";
    for (let i = 0; i < this.count; i++) {
      const row = this.rows[i], [x, y, w, h] = this.rect(i), address = this.block(i), born = look.born.get(address), died = look.died.has(address);
      const kind = row >= 0 && look.of ? look.of[row] : 0, hidden = look.only >= 0 && kind !== look.only;
      context.fillStyle = row >= 0 && !hidden ? look.colours[kind] : look.box;
      context.fillRect(x + 1, y + 1, row >= 0 && !hidden ? 8 : w - 3, h - 3);
      context.strokeStyle = born ? look.new : look.line;
      context.lineWidth = born ? 2.5 : 1;
      context.strokeRect(x + 1.5, y + 1.5, w - 4, h - 4);
      context.lineWidth = 1;
      context.fillStyle = row < 0 && !born ? look.soft : look.ink;
      context.font = "12px system-ui, sans-serif";
      const text = born ? "new: " + plain_text(born.type) : row < 0 ? (this.capture.in_view ? "not in view" : "free") : this.capture.type_name(this.capture.type[row]);
      fill_fitting(context, (look.of && row >= 0 && look.words ? kind + 1 + " " : "") + text, x + 13, y + 5, w - 18);
      if (h > 30) {
        context.fillStyle = look.soft;
        context.font = "11px ui-monospace, monospace";
        fill_fitting(context, row >= 0 ? this.detail(row) : "…" + address.toString(16).slice(-4), x + 13, y + 21, w - 18);
      }
      if (died) { context.strokeStyle = look.gone; context.beginPath(); context.moveTo(x + 3, y + 3); context.lineTo(x + w - 4, y + h - 4); context.stroke(); }
    }
  }
  detail(row) { const name = this.capture.name(row); return name === null ? "…" + this.capture.address[row].toString(16).slice(-4) : name.slice(0, 40); }
  text(i) { return this.rows[i] >= 0 ? block_text(this.capture, this.rows[i]) : `${hex(this.block(i))}: ${this.capture.in_view ? "nothing in view" : `a free block of ${this.pool.size} B`}`; }
  enter(i) { return { row: this.rows[i], address: this.block(i) }; }
}

// What a block is, in words.
function block_text(capture, row) {
  const count = capture.reference_count(row), generation = capture.generation(row);
  const type = capture.type_name(capture.type[row]), short = capture.type[row] ? capture.short(row) : buffer_text(capture, row);
  const what = !capture.type[row] ? short : short.startsWith(type) ? type : `${short}, ${type}`;
  return `${hex(capture.address[row])}: ${what}, ${bytes_text(capture.size[row])}` +
    (count === null ? "" : count < 0 ? ", lives for ever" : ", " + plural(count, "reference")) + (generation < 0 ? "" : ", " + GENERATIONS[generation]);
}

// Whose a buffer is, when references have been read.
function buffer_text(capture, row) {
  if (!capture.back_start) return "(buffer)";
  const root = capture.roots.find((r) => r.row === row);
  if (root) return "the runtime's: " + capture.label_text(root.label, 0);
  if (capture.back_start[row] === capture.back_start[row + 1]) return "(buffer)";
  const at = capture.back_start[row], owner = capture.back[at], e = capture.back_edge[at];
  return `${capture.label_text(capture.label[e], e)} of ${capture.type_name(capture.type[owner])} ${capture.name(owner) ?? hex(capture.address[owner])}`;
}

// Blocks above 512 bytes, as areas by their size; the largest first.
class LargeLevel {
  constructor(capture) {
    this.capture = capture;
    this.rows = capture.large.slice(0, 1500);
    this.count = this.rows.length; this.columns = 1;
    const bytes = capture.large.reduce((sum, row) => sum + capture.size[row], 0);
    this.title = `${plural(capture.large.length, "large block")} (above 512 B), ${bytes_text(bytes)}` + (this.count < capture.large.length ? `; the largest ${count_text(this.count)} shown` : "");
  }
  // Rows of areas that are as square as they can be.
  layout(width) {
    const height = Math.min(480, Math.max(120, width * .5)), sizes = this.rows.map((row) => this.capture.size[row]);
    const scale = width * height / Math.max(1, sizes.reduce((a, b) => a + b, 0));
    this.rects = [];
    let x = 0, y = 0, w = width, h = height, from = 0;
    while (from < sizes.length) {
      const side = Math.min(w, h);
      let sum = 0, to = from, worst = Infinity;
      for (; to < sizes.length; to++) {
        const area = sizes[to] * scale, next = sum + area, largest = sizes[from] * scale;
        const ratio = Math.max(side * side * largest / (next * next), next * next / (side * side * area));
        if (ratio > worst) break;
        worst = ratio; sum = next;
      }
      const thick = sum / side;
      let along = 0;
      for (let i = from; i < to; i++) {
        const length = sizes[i] * scale / thick;
        this.rects.push(w < h ? [x + along, y, length, thick] : [x, y + along, thick, length]);
        along += length;
      }
      if (w < h) { y += thick; h -= thick; } else { x += thick; w -= thick; }
      from = to;
    }
    return height;
  }
  rect(i) { return this.rects[i]; }
  at(x, y) { return this.rects.findIndex(([left, top, w, h]) => x >= left && x < left + w && y >= top && y < top + h); }
  paint(context, look) {
    context.font = "12px system-ui, sans-serif"; context.textBaseline = "top";
    this.rows.forEach((row, i) => {
      const [x, y, w, h] = this.rects[i], kind = look.of ? look.of[row] : 0, shown = look.only < 0 || look.only === kind;
      context.fillStyle = shown ? look.colours[kind] : look.box;
      context.fillRect(x, y, Math.max(.5, w - 1), Math.max(.5, h - 1));
      if (w < 60 || h < 34) return;
      context.fillStyle = look.back;
      context.fillRect(x + 2, y + 2, w - 5, 31);
      context.fillStyle = look.ink;
      fill_fitting(context, (look.words ? kind + 1 + " " : "") + this.capture.type_name(this.capture.type[row]), x + 5, y + 4, w - 10);
      fill_fitting(context, bytes_text(this.capture.size[row]), x + 5, y + 18, w - 10);
    });
  }
  text(i) { return block_text(this.capture, this.rows[i]); }
  enter(i) { return { row: this.rows[i], address: this.capture.address[this.rows[i]] }; }
}
