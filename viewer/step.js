"use strict";
// Draws one stop: source, frames, objects in columns by their distance from a frame, arrows between them.

const INLINE = new Set(["int", "float", "bool", "NoneType", "str", "bytes", "complex", "ellipsis", "NotImplementedType"]);
const NAMED = { function: "ƒ ", type: "class ", module: "module ", builtin_function_or_method: "ƒ ", code: "code " };
const SHOWN = 400; // objects of one picture
class Picture {
  constructor(state, options) {
    this.state = state;
    this.options = options;
    this.arrows = [];
    this.holders = new Map();
    this.place();
  }
  object(number) { return this.state.objects.get(number); }
  // Whether an object stands in the slot that refers to it, and has no box.
  is_inline(object) {
    if (this.options.every) return false;
    return INLINE.has(object.type) || object.type in NAMED && !(object.type === "type" && this.options.classes) ||
      object.type === "function" && !object.holds.length;
  }
  short(object) {
    if (object.type === "str") return JSON.stringify(object.text) + (object.length > object.text.length ? "…" : "");
    if (object.type in NAMED) return NAMED[object.type] + object.text.replace(/^__main__\./, "");
    if (object.text) return object.text;
    return object.type + (object.length >= 0 ? " of " + object.length : "");
  }
  // The references of an object that are drawn.
  held(object) {
    if (object.type in NAMED && !this.options.every) return object.holds.filter((h) => h.kind === "field" && object.type === "function");
    return object.holds;
  }
  *names(frame) {
    for (let i = 0; i < frame.code.slots.length; i++) {
      const target = frame.slots.get(i);
      if (target) yield { name: frame.code.slots[i], target, key: "f" + frame.number + "." + i };
    }
    const names = frame.names && this.object(frame.names);
    if (names)
      for (let i = 0; i < names.holds.length; i++) {
        const hold = names.holds[i], key = hold.kind === "value" && this.object(hold.name), text = key ? key.text : "?";
        if (!/^__.*__$/.test(text) || this.options.every) yield { name: text, target: hold.target, key: "o" + names.number + "." + i };
      }
    if (this.options.every)
      for (const [slot, target] of frame.slots)
        if (slot >= frame.code.slots.length && target) yield { name: "stack " + (slot - frame.code.slots.length), target, key: "f" + frame.number + "." + slot };
  }
  // Columns: an object stands one to the right of the first that refers to it; within a column the oldest is on top.
  place() {
    const depth = new Map();
    let queue = [], shown = 0;
    const reach = (number, d, by) => {
      const object = this.object(number);
      if (!object || this.is_inline(object)) return;
      this.holders.set(number, (this.holders.get(number) || 0) + 1);
      if (depth.has(number) || shown >= SHOWN) return;
      depth.set(number, d); shown++;
      queue.push(object);
    };
    for (const stack of this.state.stacks.values())
      for (const frame of stack) for (const name of this.names(frame)) reach(name.target, 0);
    for (let d = 1; queue.length; d++) {
      const level = queue;
      queue = [];
      for (const object of level) for (const hold of this.held(object)) reach(hold.target, d);
    }
    this.cut = shown >= SHOWN;
    this.columns = [];
    for (const [number, d] of depth) (this.columns[Math.min(d, 30)] ||= []).push(number);
    for (const column of this.columns) column?.sort((a, b) => a - b);
    this.depth = depth;
  }
  value(number, from, kind) {
    const object = this.object(number);
    if (!number) return element("span", { class: "value" }, kind === "slot" ? "?" : "…");
    if (!object) return element("span", { class: "value" }, "…");
    if (!this.depth.has(number)) return element("span", { class: "value", title: object.type }, this.short(object));
    const dot = element("span", { class: "value dot", title: "→ " + object.type + " at " + hex(object.address) }, "●");
    this.arrows.push([dot, number]);
    return dot;
  }
  cell(name, target, key, kind) {
    const cell = element("div", { class: "cell" + (this.state.changed.has(key) ? " changed" : "") });
    if (name !== "") cell.append(element("span", { class: "name", title: name }, name));
    cell.append(this.value(target, key, kind));
    return cell;
  }
  frame(frame, is_top) {
    const box = element("div", { class: "frame" + (is_top ? " top" : ""), "data-frame": frame.number },
      element("h2", {}, frame.code.name, element("small", {}, "line " + frame.line)));
    for (const { name, target, key } of this.names(frame)) box.append(this.cell(name, target, key, "slot"));
    if (is_top && this.state.event !== "STEP") {
      const what = { RETURN: "returns ", YIELD: "yields ", RAISE: "raises " }[this.state.event], object = this.object(this.state.value);
      box.append(element("div", { class: "event" }, what + (object ? (this.state.event === "RAISE" ? object.type + " " : "") + this.short(object) : "")));
    }
    return box;
  }
  label(hold) {
    if (hold.kind === "item" || hold.kind === "member") return "";
    if (hold.kind === "field") return hold.name || "";
    const name = this.object(hold.name);
    if (!name) return hold.kind;
    return hold.kind === "value" ? this.short(name) : name.text;
  }
  box(number) {
    const object = this.object(number), shared = (this.holders.get(number) || 0) > 1;
    const box = element("div", { class: "object" + (this.state.born.has(number) ? " born" : "") + (shared ? " shared" : ""), id: "o" + number, tabindex: "0",
      role: "button", "aria-label": object.type + " " + this.short(object) });
    const title = element("h3", {}, object.type.replace(/^__main__\./, ""));
    const facts = [];
    if (object.length >= 0) facts.push("len " + object.length);
    if (this.options.counts) facts.push(object.count < 0 ? "immortal" : "refs " + object.count, hex(object.address), object.size + " B");
    if (facts.length) title.append(element("small", {}, facts.join("  ")));
    box.append(title);
    if (object.text && !object.holds.length) box.append(element("div", { class: "cell" }, element("span", { class: "value" }, this.short(object))));
    const held = this.held(object), in_row = held.length > 0 && (held[0].kind === "item" || held[0].kind === "member");
    const body = element("div", { class: in_row ? "list" : "" });
    held.forEach((hold, i) => {
      const cell = this.cell(in_row && hold.kind === "item" ? String(i) : this.label(hold), hold.target, "o" + number + "." + i, "held");
      body.append(cell);
    });
    box.append(body);
    if (object.length > held.length && in_row) box.append(element("div", { class: "more" }, "… " + (object.length - held.length).toLocaleString("en") + " more"));
    return box;
  }
  draw(frames, heap) {
    const stacks = [...this.state.stacks].filter(([, stack]) => stack.length), nodes = [];
    for (const [thread, stack] of stacks) {
      if (stacks.length > 1) nodes.push(element("div", { class: "more" }, "thread " + thread));
      stack.forEach((frame, i) => nodes.push(this.frame(frame, i === stack.length - 1 && thread === this.state.thread)));
    }
    frames.replaceChildren(...nodes);
    heap.replaceChildren(...this.columns.filter(Boolean).map((column) => element("div", { class: "column" }, ...column.map((n) => this.box(n)))));
    if (this.cut) heap.append(element("div", { class: "more" }, "… more objects than fit a picture"));
  }
  // Arrows need the boxes where they stand.
  connect(svg, area) {
    const origin = area.getBoundingClientRect(), left = area.scrollLeft - origin.left, top = area.scrollTop - origin.top, paths = [];
    for (const [dot, number] of this.arrows) {
      const target = document.getElementById("o" + number);
      if (!target) continue;
      const a = dot.getBoundingClientRect(), b = target.getBoundingClientRect();
      const x1 = a.right + left, y1 = a.top + a.height / 2 + top, to_right = b.left > a.right;
      const x2 = (to_right ? b.left : b.right) + left, y2 = b.top + 12 + top, bend = Math.max(24, Math.abs(x2 - x1) / 2) * (to_right ? 1 : 1.2);
      const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", `M${x1},${y1} C${x1 + bend},${y1} ${x2 + (to_right ? -bend : bend)},${y2} ${x2},${y2}`);
      path.setAttribute("marker-end", "url(#head)");
      path.dataset.to = number;
      paths.push(path);
    }
    svg.innerHTML = '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0,0 L8,4 L0,8 z" style="fill: context-stroke; stroke: none"/></marker></defs>';
    svg.setAttribute("width", area.scrollWidth);
    svg.setAttribute("height", area.scrollHeight);
    svg.append(...paths);
  }
}
