"use strict";
// A tree of amounts as an icicle on a canvas: each node as wide as its part of what is in focus, its children below it.
//
// tree: { root, value(node), children(node, least), text(node), words(node), hue(node), leaf(node) }
//   children  those of at least so much, the largest first
//   words     for the line below and for screen readers
//   hue       0 to 7: a colour of the style sheet; a node says by its text what it is

const FLAME_ROW = 20, FLAME_DEPTH = 400;

class Icicle {
  constructor(label, hint) {
    this.canvas = element("canvas", { class: "icicle", tabindex: "0", role: "img", "aria-label": label });
    this.line = element("p", { class: "words", role: "status", "aria-live": "polite" });
    this.way = element("p", { class: "icicle-way" });
    this.root = element("div", { class: "flame" }, this.way, element("div", { class: "flame-scroll" }, this.canvas), this.line,
      element("p", { class: "hint" }, hint));
    this.stack = [];
    this.canvas.onclick = (event) => { const box = this.find(event); if (box) { this.pick(box.node); this.enter(box.node); } };
    this.canvas.onmousemove = (event) => { const box = this.find(event); if (box) this.pick(box.node); };
    this.canvas.onkeydown = (event) => this.key(event);
  }
  // way: the nodes from the root to the focus, of a tree with the same nodes.
  set(tree, way = []) {
    this.tree = tree;
    this.stack = way.length > 1 && way.every((node) => tree.value(node) > 0) ? way : [tree.root];
    if (this.stack.length === 1) this.picked = tree.root;
    this.draw();
  }
  find(event) {
    const box = this.canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top, row = (this.rows || [])[Math.floor(y / FLAME_ROW)];
    return row && row.find((b) => x >= b.x && x < b.x + b.w);
  }
  enter(node) {
    const at = this.stack.indexOf(node);
    if (at >= 0) this.stack.length = at + 1; // back to one that stands above
    else this.stack = this.path(node);
    this.draw();
  }
  path(node) {
    const path = [];
    for (let box = this.boxes.get(node); box; box = this.boxes.get(box.up)) path.unshift(box.node);
    return this.stack.slice(0, this.stack.indexOf(path[0])).concat(path);
  }
  pick(node) {
    if (this.picked === node) return;
    this.picked = node;
    this.paint();
  }
  key(event) {
    const box = this.boxes.get(this.picked), row = box && this.rows[box.row], place = row && row.indexOf(box), below = row && this.rows[box.row + 1];
    let to = null;
    if (!box) return;
    if (event.key === "ArrowDown") to = below && below.find((b) => b.up === box.node);
    else if (event.key === "ArrowUp") to = this.boxes.get(box.up);
    else if (event.key === "ArrowLeft") to = row[place - 1];
    else if (event.key === "ArrowRight") to = row[place + 1];
    else if (event.key === "Enter") { this.enter(box.node); event.preventDefault(); return; }
    else if (event.key === "Escape" || event.key === "Backspace") { if (this.stack.length > 1) { this.stack.pop(); this.picked = this.stack[this.stack.length - 1]; this.draw(); } event.preventDefault(); return; }
    else return;
    event.preventDefault();
    if (to) this.pick(to.node);
  }
  // Places the boxes: those above the focus as wide as the canvas, then what is below it.
  draw() {
    if (!this.tree || !this.canvas.clientWidth) return;
    const { tree } = this, width = this.canvas.clientWidth, rows = this.rows = [], focus = this.stack[this.stack.length - 1];
    this.boxes = new Map();
    const put = (row, node, x, w, up) => { const box = { node, x, w, row, up }; (rows[row] ||= []).push(box); this.boxes.set(node, box); return box; };
    this.stack.forEach((node, i) => put(i, node, 0, width, this.stack[i - 1]));
    const whole = tree.value(focus), scale = width / (whole || 1);
    let level = [this.boxes.get(focus)];
    for (let row = this.stack.length; level.length && row < FLAME_DEPTH; row++) {
      const next = [];
      for (const box of level) {
        if (tree.leaf(box.node)) continue;
        let x = box.x;
        for (const child of tree.children(box.node, .7 / scale)) {
          const w = tree.value(child) * scale;
          next.push(put(row, child, x, w, box.node));
          x += w;
        }
      }
      level = next;
    }
    this.canvas.style.height = rows.length * FLAME_ROW + "px";
    this.way.replaceChildren(...this.stack.flatMap((node, i) => [i ? " › " : "", element("button", { onclick: () => this.enter(node), "aria-current": node === focus ? "true" : undefined }, cut_text(tree.text(node), 60))]));
    if (!this.boxes.has(this.picked)) this.picked = focus;
    this.paint();
  }
  paint() {
    const { tree, canvas } = this, context = sized_canvas(canvas), ink = colour("--ink"), back = colour("--back"), hues = palette(), focus = this.stack[this.stack.length - 1];
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (const row of this.rows)
      for (const { node, x, w, row: at } of row) {
        context.globalAlpha = at < this.stack.length - 1 ? .18 : .42;
        context.fillStyle = hues[tree.hue(node)];
        context.fillRect(x, at * FLAME_ROW, Math.max(.5, w - 1), FLAME_ROW - 1);
        context.globalAlpha = 1;
        const room = Math.floor((w - 6) / 6.3);
        if (room >= 3) {
          context.fillStyle = ink;
          context.fillText(cut_text(tree.text(node), room), x + 4, at * FLAME_ROW + FLAME_ROW / 2);
        }
      }
    const box = this.boxes.get(this.picked);
    if (box) {
      context.strokeStyle = ink;
      context.lineWidth = 2;
      context.strokeRect(box.x + 1, box.row * FLAME_ROW + 1, Math.max(2, box.w - 3), FLAME_ROW - 3);
      const value = tree.value(box.node), share = 100 * value / (tree.value(focus) || 1);
      this.line.textContent = tree.words(box.node) + (box.node === focus ? "" : `, ${share.toFixed(share < 10 ? 1 : 0)} % of what is in focus`);
    }
    canvas.style.background = back;
  }
}

const cut_text = (text, room) => text.length > room ? text.slice(0, Math.max(1, room - 1)) + "…" : text;
const palette = () => [1, 2, 3, 4, 5, 6, 7, 8].map((i) => colour("--kind-" + i));
// The same name has the same hue wherever it stands; the last one is for what has no name.
function hue_of(text) {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash, 31) + text.charCodeAt(i) | 0;
  return (hash >>> 8) % 7;
}

// ---- the stacks that allocate ----

// A tree over the places of a Growth and, below each, the types that it made; amounts by account.
class StackTree {
  constructor(growth, amounts, amount_text) {
    const { places, accounts } = growth, n = places.length;
    Object.assign(this, { growth, amounts, amount_text, n, root: 0 });
    const total = this.total = new Float64Array(n);
    for (let i = 1; i < accounts.length; i++) total[accounts[i][0]] += amounts[i];
    for (let i = n - 1; i > 0; i--) if (places[i]) total[places[i][0]] += total[i]; // a place stands before those that it calls
    this.below = null;
  }
  // Of each place, its children: lists of numbers, made once.
  lists() {
    if (this.below) return this.below;
    const { growth, n, total, amounts } = this, count = new Uint32Array(n + 1);
    const each = (visit) => {
      for (let i = 1; i < n; i++) if (growth.places[i] && total[i] > 0) visit(growth.places[i][0], i);
      for (let i = 1; i < growth.accounts.length; i++) if (amounts[i] > 0 && growth.accounts[i][1]) visit(growth.accounts[i][0], n + i);
    };
    each((up) => { count[up + 1]++; });
    for (let i = 0; i < n; i++) count[i + 1] += count[i];
    const at = count.slice(), items = new Uint32Array(count[n]);
    each((up, node) => { items[at[up]++] = node; });
    return this.below = { start: count, items };
  }
  value(node) { return node >= this.n ? this.amounts[node - this.n] : this.total[node]; }
  leaf(node) { return node >= this.n; }
  children(node, least) {
    const { start, items } = this.lists();
    return Array.from(items.subarray(start[node], start[node + 1])).filter((child) => this.value(child) >= least).sort((a, b) => this.value(b) - this.value(a));
  }
  text(node) {
    if (node >= this.n) return "= " + this.growth.texts[this.growth.accounts[node - this.n][1]];
    return node ? this.growth.line_text(node) : "all";
  }
  words(node) {
    const amount = this.amount_text(this.value(node));
    if (node === 0) return "all: " + amount;
    if (node >= this.n) return `${this.growth.texts[this.growth.accounts[node - this.n][1]]} made at ${this.growth.line_text(this.growth.accounts[node - this.n][0])}: ${amount}`;
    const file = this.growth.texts[this.growth.places[node][2]];
    return `${this.growth.line_text(node)}${file ? " in " + file : ""}: ${amount}`;
  }
  hue(node) {
    if (node === 0) return 7;
    return node >= this.n ? hue_of(this.text(node)) : hue_of(this.growth.texts[this.growth.places[node][2]] || "");
  }
}
