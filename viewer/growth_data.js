"use strict";
// What a program allocated and released over time, by line and type (docs/recording.md: GSTR, GNOD, GACC, GROW).

function column_numbers(bytes, rows) {
  const out = new Float64Array(rows);
  take_uints(bytes, rows, out, 0);
  return out;
}

const GROWTH_COLUMNS = ["account", "born", "born_bytes", "died", "died_bytes", "passed", "passed_bytes"];
const GROWTH_SUMS = GROWTH_COLUMNS.slice(1);

async function read_growth(chunks) {
  const wanted = chunks.filter(({ kind }) => ["GSTR", "GNOD", "GACC", "GROW"].includes(kind)), columns = await Promise.all(wanted.map((chunk) => chunk.columns()));
  const texts = [""], places = [[0, 0, 0, 0]], accounts = [[0, 0]], parts = [];
  wanted.forEach(({ kind, rows }, at) => {
    if (kind === "GSTR") {
      const [number, text] = columns[at].map((bytes) => new Column(bytes));
      for (let i = 0; i < rows; i++) texts[number.uint()] = text.text();
    } else if (kind === "GROW") {
      const [steps, times, counts] = [0, 1, 2].map((i) => column_numbers(columns[at][i], rows)), inner = counts.reduce((a, b) => a + b, 0);
      parts.push({ rows, inner, steps, times, counts, columns: GROWTH_COLUMNS.map((_, i) => column_numbers(columns[at][3 + i], inner)) });
    } else {
      const list = kind === "GNOD" ? places : accounts, numbers = columns[at].map((bytes) => column_numbers(bytes, rows));
      for (let i = 0; i < rows; i++) list[numbers[0][i]] = numbers.slice(1).map((column) => column[i]);
    }
  });
  return parts.length ? new Growth(texts, places, accounts, parts) : null;
}

class Growth {
  constructor(texts, places, accounts, parts) {
    this.texts = texts;
    this.places = places; // [parent, function, file, line]
    this.accounts = accounts; // [place, type]
    const n = this.length = parts.reduce((sum, part) => sum + part.rows, 0), rows = parts.reduce((sum, part) => sum + part.inner, 0);
    this.steps = new Float64Array(n); this.seconds = new Float64Array(n); this.first = new Uint32Array(n + 1);
    for (const name of GROWTH_COLUMNS) this[name] = new Float64Array(rows);
    let at = 0, row = 0;
    for (const part of parts) {
      for (let i = 0; i < part.rows; i++, at++) {
        this.steps[at] = part.steps[i]; this.seconds[at] = part.times[i] / 1e9;
        this.first[at + 1] = this.first[at] + part.counts[i];
      }
      GROWTH_COLUMNS.forEach((name, i) => this[name].set(part.columns[i], row));
      row += part.inner;
    }
    this.grouped = new Map(); this.drawn = new Map();
    // accounts of what was there before the recording: their place is no line; they can be left out
    this.before = Uint8Array.from(accounts, ([place]) => place && !places[place][2] && !places[place][3] ? 1 : 0);
    this.without_before = true;
    this.typed = accounts.some(([, type]) => type); // a log of allocations does not tell types
  }
  // How many intervals have ended at a step; or at a time.
  until(value, axis = this.steps) {
    let low = 0, high = this.length;
    while (low < high) { const middle = (low + high) >> 1; if (axis[middle] <= value) low = middle + 1; else high = middle; }
    return low;
  }
  // By account, over the intervals [from, to); those from the beginning are good until the next call.
  sums(from, to) {
    const sums = from === 0 && this.summed || { to: from, ...Object.fromEntries(GROWTH_SUMS.map((name) => [name, new Float64Array(this.accounts.length)])) };
    if (from === 0) this.summed = sums;
    if (to < sums.to / 2) { for (const name of GROWTH_SUMS) sums[name].fill(0); sums.to = 0; }
    const { account } = this, sign = to < sums.to ? -1 : 1, start = this.first[Math.min(to, sums.to)], end = this.first[Math.max(to, sums.to)];
    for (const name of GROWTH_SUMS) {
      const sum = sums[name], values = this[name];
      for (let i = start; i < end; i++) sum[account[i]] += sign * values[i];
    }
    sums.to = to;
    return sums;
  }
  line_text(place) {
    const [, name, file, line] = this.places[place];
    return place === 0 ? "(no Python code)" : file ? this.texts[file].split("/").pop() + ":" + line + " " + this.texts[name] : this.texts[name];
  }
  // {of: the group of each account, names, titles, places: one of each group}; by "line", "type", "function" or "file".
  groups(by) {
    if (this.grouped.has(by)) return this.grouped.get(by);
    const { texts, places, accounts } = this, numbers = new Map(), of = new Uint32Array(accounts.length), names = [], titles = [], example = [];
    accounts.forEach(([place, type], i) => {
      const [, name, file, line] = places[place] || places[0];
      const key = by === "type" ? type : by === "line" ? name + ":" + file + ":" + line : by === "file" ? file || "-" + name : name + ":" + file;
      if (!numbers.has(key)) {
        numbers.set(key, names.length);
        const short = file ? texts[file].split("/").pop() : "";
        names.push(by === "type" ? texts[type] || "(unknown)" : by === "line" || !file ? this.line_text(place) : by === "file" ? short : texts[name] + " " + short);
        titles.push(by !== "type" && file ? texts[file] + (by === "line" ? ":" + line : "") : "");
        example.push(place);
      }
      of[i] = numbers.get(key);
    });
    const groups = { by, of, names, titles, example };
    this.grouped.set(by, groups);
    return groups;
  }
  by_group(values, groups) {
    const sum = new Float64Array(groups.names.length);
    for (let i = 1; i < values.length; i++) if (!(this.without_before && this.before[i])) sum[groups.of[i]] += values[i];
    return sum;
  }
  // What is live after each interval: total, and of the groups that ever had most: {total, top: [group], values: [by interval], rest}.
  series(by, measure, most = 7) {
    const key = by + "/" + measure + "/" + this.without_before;
    if (this.drawn.has(key)) return this.drawn.get(key);
    const groups = this.groups(by), { of } = groups, { account, first, length } = this, plus = this[measure === "bytes" ? "born_bytes" : "born"],
      minus = this[measure === "bytes" ? "died_bytes" : "died"], live = new Float64Array(groups.names.length), peak = new Float64Array(groups.names.length),
      total = new Float64Array(length);
    let sum = 0;
    for (let i = 0; i < length; i++) {
      for (let row = first[i]; row < first[i + 1]; row++) {
        if (this.without_before && this.before[account[row]]) continue;
        const group = of[account[row]], change = plus[row] - minus[row];
        sum += change;
        live[group] += change;
        if (live[group] > peak[group]) peak[group] = live[group];
      }
      total[i] = sum;
    }
    const order = Array.from(peak.keys()).filter((g) => peak[g] > 0).sort((a, b) => peak[b] - peak[a]), top = order.length > most + 1 ? order.slice(0, most) : order;
    const place = new Int32Array(groups.names.length).fill(-1), values = top.map(() => new Float64Array(length));
    top.forEach((group, i) => { place[group] = i; });
    const now = new Float64Array(top.length);
    for (let i = 0; i < length; i++) {
      for (let row = first[i]; row < first[i + 1]; row++) {
        const at = place[of[account[row]]];
        if (at >= 0 && !(this.without_before && this.before[account[row]])) now[at] += plus[row] - minus[row];
      }
      for (let k = 0; k < top.length; k++) values[k][i] = now[k];
    }
    const rest = total.slice();
    for (const list of values) for (let i = 0; i < length; i++) rest[i] -= list[i];
    const series = { groups, total, top, values, rest, others: order.length - top.length, most: total.reduce((a, b) => Math.max(a, b), 0) };
    this.drawn.set(key, series);
    return series;
  }
}

// ---- lines that only grow ----

const LEAK_PARTS = 8;
const LEAK_LEAST = 4096; // bytes

// Candidates among the lines, the likeliest first.  The run from the first step on is cut into eighths; a line that a leak is made at
// keeps most of what it allocates - but for what is at once released -, and grows in most of them.
function leak_candidates(growth, to) {
  const groups = growth.groups("line"), start = 1, length = to - start;
  if (length < 2) return [];
  const edges = [start];
  const axis = growth.steps[to - 1] > growth.steps[0] ? growth.steps : growth.seconds, low = axis[0], high = axis[to - 1];
  for (let part = 1; part <= LEAK_PARTS; part++) edges.push(part === LEAK_PARTS ? to : Math.max(edges[part - 1], Math.min(to, growth.until(low + (high - low) * part / LEAK_PARTS, axis))));
  const grew = groups.names.map(() => 0), [kept, made, made_blocks, kept_blocks, short, late] = Array.from({ length: 6 }, () => new Float64Array(groups.names.length));
  for (let part = 0; part < LEAK_PARTS; part++) {
    const sums = growth.sums(edges[part], edges[part + 1]);
    const [born, died, passed, blocks, gone] = ["born_bytes", "died_bytes", "passed", "born", "died"].map((name) => growth.by_group(sums[name], groups));
    for (let g = 0; g < grew.length; g++) {
      const change = born[g] - died[g];
      if (change > 0) grew[g]++;
      kept[g] += change; made[g] += born[g]; short[g] += passed[g];
      kept_blocks[g] += blocks[g] - gone[g]; made_blocks[g] += blocks[g];
      if (part >= LEAK_PARTS / 2) late[g] += change;
    }
  }
  const found = [];
  for (let g = 0; g < grew.length; g++) {
    const [, , file] = growth.places[groups.example[g]];
    if (!file || kept[g] < LEAK_LEAST || kept_blocks[g] < 2 || late[g] <= 0) continue;
    const share = Math.max(kept[g] / made[g], kept_blocks[g] / made_blocks[g]), steady = grew[g] / LEAK_PARTS, even = Math.min(1, 2 * late[g] / kept[g]), score = share * steady * even;
    if (steady >= .5 && score >= .2) found.push({ group: g, score, share, grew: grew[g], kept: kept[g], made: made[g], kept_blocks: kept_blocks[g], made_blocks: made_blocks[g], short: short[g] });
  }
  return found.sort((a, b) => b.score * b.kept - a.score * a.kept).slice(0, 20);
}
