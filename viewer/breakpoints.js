"use strict";
// Where running stops: at lines, and at steps that change an object.

const breakpoints = {
  lines: new Set(), // "file:line"
  objects: new Map(), // number of an object: stops that change it, ascending; null while they are being looked for
  toggle_line(file, line) {
    const key = file + ":" + line;
    if (!this.lines.delete(key)) this.lines.add(key);
    this.by_code = null;
  },
  async toggle_object(number) {
    if (this.objects.delete(number)) return;
    this.objects.set(number, null);
    const rows = await find_history(page.recording, number, () => this.objects.has(number));
    if (this.objects.has(number)) this.objects.set(number, rows.filter((row) => row.changed || row.what === "died").map((row) => row.stop));
    refresh();
  },
  // Lines by number of the code, for a quick answer at each stop.
  lines_of(code) {
    if (!this.by_code) this.by_code = new Map();
    let lines = this.by_code.get(code);
    if (lines === undefined) {
      const { file } = page.recording.names.codes.get(code);
      lines = new Set([...this.lines].filter((key) => key.startsWith(file + ":")).map((key) => Number(key.slice(file.length + 1))));
      this.by_code.set(code, lines);
    }
    return lines;
  },
  get some() { return this.lines.size + this.objects.size > 0; },
  is_at(stop) {
    const { codes, lines } = page.recording.index;
    if (this.lines.size && this.lines_of(codes[stop]).has(lines[stop])) return true;
    for (const stops of this.objects.values()) if (stops && stops[last_not_above(stops, stop)] === stop) return true;
    return false;
  },
  // The next stop with a breakpoint, either way; -1 when there is none.
  next(from, way) {
    const { stops } = page.recording.index;
    let found = -1;
    if (this.lines.size) for (let stop = from + way; stop >= 0 && stop < stops; stop += way) if (this.is_at(stop)) { found = stop; break; }
    for (const changes of this.objects.values()) {
      if (!changes) continue;
      const at = way > 0 ? last_not_above(changes, from) + 1 : last_not_above(changes, from - 1), stop = changes[at];
      if (stop !== undefined && (found < 0 || (stop - found) * way < 0)) found = stop;
    }
    return found;
  },
};

function run(way) {
  const stop = breakpoints.next(page.stop, way);
  if (stop >= 0) { go(stop); return; }
  go(way > 0 ? Infinity : 0);
  say((breakpoints.some ? "No breakpoint further on. " : "No breakpoint is set (b). ") + where_text(page.stop));
}
