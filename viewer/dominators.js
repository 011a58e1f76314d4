"use strict";
// Who keeps what: the dominators of a capture.  What a node keeps alone - all ways from the roots lead through it - would go with it.
//
// Nodes are the capture's rows, then groups of roots, then the root of all.  Semi-NCA, as in src/see/dominators.c: nodes are numbered in
// the order of a depth-first walk; everything is in typed arrays.  It is found in pieces, between which the page answers.

const LOOK_MASK = 0x3fff; // after so many rounds of a loop it is looked how late it is

class Dominators {
  constructor(capture) { this.capture = capture; }
  // Those of a capture; told(share) says how much of the work is done.
  static async of(capture, told) {
    await capture.open_references();
    const tree = new Dominators(capture), pause = resting();
    const rest_of = (from, to) => (share) => { told(from + (to - from) * share); return pause(); };
    tree.find_groups();
    await tree.walk(rest_of(0, .4));
    await tree.find_dominators(rest_of(.4, .85));
    await tree.sum(rest_of(.85, 1));
    return tree;
  }
  // The groups of roots and what each leads to: frames, parts of the runtime, static objects; last, what no root leads to.
  find_groups() {
    const { capture } = this, { roots, frames, count, state } = capture, groups = new Map();
    const group = (name) => { if (!groups.has(name)) groups.set(name, []); return groups.get(name); };
    const in_order = [...roots].sort((a, b) => (b.frame > 0) - (a.frame > 0));
    for (const root of in_order) {
      if (root.row < 0) continue;
      const frame = root.frame ? frames.get(root.frame) : null;
      group(frame ? `frame of ${plain_text(frame.name)}, line ${frame.line}` : root.group || "the runtime").push(root.row);
    }
    const still = group("static objects");
    for (let row = 0; row < count; row++) if (state[row] & STATIC) still.push(row);
    group("no way from a root");
    this.n = count; this.names = [...groups.keys()]; this.lists = [...groups.values()];
    this.root = count + this.names.length; this.total = this.root + 1;
    this.lost = this.root - 1;
    this.group_of = new Map(); // by row, the groups that lead to it
    this.lists.forEach((rows, i) => { for (const row of rows) { const all = this.group_of.get(row); if (all) all.push(count + i); else this.group_of.set(row, [count + i]); } });
  }
  async walk(rest) {
    const { capture, n, total, lists, root, lost } = this, { start, target_row, label } = capture;
    const number = this.number = new Uint32Array(total).fill(NONE), order = this.order = new Uint32Array(total), parent = this.parent = new Uint32Array(total);
    const stack = new Uint32Array(total + 1), next = new Uint32Array(total + 1);
    let count = 0, depth = 0, rounds = 0;
    const visit = (node, up) => { parent[count] = up; number[node] = count; order[count++] = node; stack[depth] = node; next[depth++] = node < n ? start[node] : 0; };
    const run = (floor) => { // whether it is through; else it is to be called again
      while (depth > floor) {
        if ((++rounds & LOOK_MASK) === 0) return false;
        const node = stack[depth - 1];
        if (node < n) {
          let e = next[depth - 1];
          const end = start[node + 1], here = number[node];
          for (; e < end; e++) {
            const to = target_row[e];
            if (to !== NONE && number[to] === NONE && (label[e] & 15) !== WEAK_LABEL) break;
          }
          next[depth - 1] = e + 1;
          if (e < end) visit(target_row[e], here); else depth--;
        } else {
          const rows = lists[node - n];
          let i = next[depth - 1];
          while (i < rows.length && number[rows[i]] !== NONE) i++;
          next[depth - 1] = i + 1;
          if (i < rows.length) visit(rows[i], number[node]); else depth--;
        }
      }
      return true;
    };
    visit(root, 0);
    for (let group = n; group < root; group++) { visit(group, 0); while (!run(1)) await rest(count / total); }
    // What is left is reached from nothing: the last group leads there.  A node that others of the rest lead to is better found from those.
    const left = lists[lost - n];
    const led = new Uint8Array(n);
    for (let node = 0; node < n; node++) {
      if ((node & LOOK_MASK) === 0) await rest(count / total);
      if (number[node] === NONE) for (let e = start[node]; e < start[node + 1]; e++) { const to = target_row[e]; if (to !== NONE && to !== node && (label[e] & 15) !== WEAK_LABEL) led[to] = 1; }
    }
    for (let pass = 0; pass < 2; pass++)
      for (let node = 0; node < n; node++) {
        if ((node & LOOK_MASK) === 0) await rest(count / total);
        if (number[node] === NONE && (pass || !led[node])) {
          left.push(node);
          const groups = this.group_of.get(node);
          if (groups) groups.push(lost); else this.group_of.set(node, [lost]);
          visit(node, number[lost]);
          while (!run(1)) await rest(count / total);
        }
      }
    this.count = count;
  }
  async find_dominators(rest) {
    const { capture, count, number, order, parent, group_of, n } = this, { back_start, back, back_edge, label } = capture;
    const semi = new Uint32Array(count), best = new Uint32Array(count), ancestor = new Uint32Array(count).fill(NONE), stack = new Uint32Array(count), idom = this.idom = new Uint32Array(count);
    for (let v = 0; v < count; v++) semi[v] = best[v] = v;
    // The place with the least semidominator on the way up from v, in what was seen; shortens the way.
    const evaluate = (v) => {
      let depth = 0, u = v;
      while (ancestor[u] !== NONE && ancestor[ancestor[u]] !== NONE) { stack[depth++] = u; u = ancestor[u]; }
      while (depth > 0) {
        const below = stack[--depth], above = ancestor[below];
        if (semi[best[above]] < semi[best[below]]) best[below] = best[above];
        ancestor[below] = ancestor[above];
      }
      return best[v];
    };
    for (let v = count - 1; v > 0; v--) {
      if ((v & LOOK_MASK) === 0) await rest(1 - v / count);
      const node = order[v];
      let least = parent[v];
      if (node < n) {
        for (let b = back_start[node], end = back_start[node + 1]; b < end; b++) {
          const from = number[back[b]];
          if ((label[back_edge[b]] & 15) === WEAK_LABEL) continue;
          const s = from <= v ? from : semi[evaluate(from)];
          if (s < least) least = s;
        }
        const groups = group_of.size ? group_of.get(node) : undefined;
        if (groups) for (const group of groups) { const from = number[group], s = from <= v ? from : semi[evaluate(from)]; if (s < least) least = s; }
      }
      semi[v] = least;
      ancestor[v] = parent[v];
    }
    for (let v = 1; v < count; v++) {
      if ((v & LOOK_MASK) === 0) await rest(1);
      let d = parent[v];
      while (d > semi[v]) d = idom[d];
      idom[v] = d;
    }
  }
  // Bytes and objects that each keeps, itself among them; the children of each.
  async sum(rest) {
    const { capture, count, order, idom, n } = this, bytes = this.bytes = new Float64Array(count), objects = this.objects = new Float64Array(count), start = this.child_start = new Uint32Array(count + 2);
    for (let v = 0; v < count; v++) {
      if ((v & LOOK_MASK) === 0) await rest(v / count / 2);
      const node = order[v], own = node < n && !(capture.state[node] & STATIC);
      bytes[v] = own ? capture.size[node] : 0;
      objects[v] = own && capture.state[node] >> 6 ? 1 : 0;
    }
    for (let v = count - 1; v > 0; v--) { if ((v & LOOK_MASK) === 0) await rest(1 - v / count / 2); bytes[idom[v]] += bytes[v]; objects[idom[v]] += objects[v]; start[idom[v] + 2]++; }
    for (let v = 0; v < count; v++) start[v + 2] += start[v + 1];
    this.child = new Uint32Array(count);
    for (let v = 1; v < count; v++) { if ((v & LOOK_MASK) === 0) await rest(1); this.child[start[idom[v] + 1]++] = v; }
  }
  // ---- as a tree, by number in the walk; 0 is the root of all ----
  value(v) { return this.bytes[v]; }
  leaf(v) { return this.child_start[v] === this.child_start[v + 1]; }
  children(v, least) { return Array.from(this.child.subarray(this.child_start[v], this.child_start[v + 1]).filter((c) => this.bytes[c] >= least && this.bytes[c] > 0)).sort((a, b) => this.bytes[b] - this.bytes[a]); }
  type(v) { const node = this.order[v]; return node < this.n ? this.capture.type_name(this.capture.type[node]) : ""; }
  // How its dominator holds it, when it does so itself.
  label(v) {
    const { capture, order, n } = this, node = order[v], up = order[this.idom[v]];
    if (node >= n || up >= n) return "";
    for (let e = capture.start[up], end = Math.min(capture.start[up + 1], e + 4000); e < end; e++) if (capture.target_row[e] === node && (capture.label[e] & 15) !== WEAK_LABEL) return capture.label_text(capture.label[e], e) + " ";
    return "… ";
  }
  // A holder that has a name, for what has none and is not held by its dominator.
  holder(node) {
    const { capture } = this, { back_start, back, back_edge, label } = capture;
    let found = "";
    for (let b = back_start[node], end = Math.min(back_start[node + 1], b + 200); b < end; b++) {
      const kind = label[back_edge[b]] & 15, type = capture.type_name(capture.type[back[b]]), name = kind !== WEAK_LABEL && kind !== 1 ? capture.name(back[b]) : null;
      if (name === null || found && type !== "module") continue;
      found = ` ← ${type} ${plain_text(name)}`;
      if (type === "module") return found;
    }
    const root = found ? null : capture.roots.find((r) => r.row === node);
    return root ? " ← " + root_text(capture, root) : found;
  }
  text(v) {
    const node = this.order[v], { capture } = this;
    if (v === 0) return "all";
    if (node >= this.n) return this.names[node - this.n];
    const short = plain_text(capture.short(node)), type = plain_text(this.type(v)), label = this.label(v);
    return label + (short.startsWith(type) ? short : type + " " + short) + ((label === "" || label === "… ") && capture.name(node) === null ? this.holder(node) : "");
  }
  words(v) {
    const node = this.order[v], own = node < this.n && !(this.capture.state[node] & STATIC) ? this.capture.size[node] : 0;
    return `${this.text(v)}: keeps ${bytes_text(this.bytes[v])} in ${plural(this.objects[v], "object")}` + (node < this.n ? `, ${bytes_text(own)} itself` : "");
  }
  hue(v) { return this.order[v] < this.n ? hue_of(this.type(v)) : 7; }
}

// ---- in the view Growth ----

const KEEPERS_SHOWN = 15;

async function show_keepers(box) {
  const view = growth_view, capture = capture_at(page.recording ? page.stop : 0);
  if (view.keepers_of === capture && box.firstChild) { if (view.keepers) view.keepers_icicle.draw(); return; }
  view.keepers_of = capture;
  if (!capture.dominators) {
    box.replaceChildren(element("p", { id: "keepers-wait" }, "Looking who keeps what …"));
    await new Promise((done) => setTimeout(done, 20)); // for the words to appear
    const told = (share) => { if ($("keepers-wait") && view.keepers_of === capture) $("keepers-wait").textContent = `Looking who keeps what … ${Math.floor(100 * share)} %`; };
    try { capture.dominators = await (capture.dominating ||= Dominators.of(capture, told)); }
    catch (error) { box.replaceChildren(element("p", {}, "This capture cannot be read: " + error.message)); return; }
    if (view.keepers_of !== capture || view.part !== "keepers") { view.keepers_of = null; return; }
  }
  const tree = view.keepers = capture.dominators, icicle = view.keepers_icicle = new Icicle("Who keeps what, as nested bars", "Arrow keys move, Enter or a click goes in, Escape comes out; wider is more bytes; what stands below would go with what stands above.");
  const when = page.recording ? `in the capture at step ${count_text(stop_of(capture) + 1)}${capture.title ? " (" + capture.title + ")" : ""}` : "in this snapshot";
  box.replaceChildren(element("p", {}, `${bytes_text(tree.bytes[0])} in ${plural(tree.objects[0], "object")} ${when}. What an object keeps is what would be freed with it, buffers included.`),
    element("div", { class: "keepers" }, keeper_list(tree, 0, true), icicle.root));
  icicle.set({ root: 0, value: (v) => tree.value(v), leaf: (v) => tree.leaf(v), children: (v, least) => tree.children(v, least), text: (v) => tree.text(v), words: (v) => tree.words(v), hue: (v) => tree.hue(v) });
}

// The children of a node: the largest one by one, the others by type.
function keeper_list(tree, v, open = false) {
  const all = tree.children(v, 0), least = all.length > KEEPERS_SHOWN ? tree.bytes[v] / 100 : 0, single = all.slice(0, KEEPERS_SHOWN).filter((c) => tree.bytes[c] >= least), types = new Map();
  for (const c of all.slice(single.length)) {
    const type = tree.type(c) || "roots";
    if (!types.has(type)) types.set(type, { bytes: 0, list: [] });
    const same = types.get(type);
    same.bytes += tree.bytes[c]; same.list.push(c);
  }
  const items = single.map((c) => [tree.bytes[c], () => keeper_item(tree, c)]);
  for (const [type, { bytes, list }] of types) items.push([bytes, () => list.length === 1 ? keeper_item(tree, list[0]) : keeper_group(tree, type, bytes, list)]);
  items.sort((a, b) => b[0] - a[0]);
  return long_list(items, ([, make]) => make());
}
function keeper_fold(title, inside) {
  const fold = element("details", {}, element("summary", {}, ...title));
  fold.ontoggle = () => { if (fold.open && !fold.dataset.made) { fold.dataset.made = "1"; fold.append(inside()); } };
  return element("li", {}, fold);
}
function keeper_title(tree, v) {
  const node = tree.order[v];
  return [element("b", {}, bytes_text(tree.bytes[v])), " ", node < tree.n ? object_link(tree.capture.address[node], tree.text(v)) : tree.text(v), element("small", {}, tree.leaf(v) ? "" : ` ${plural(tree.objects[v], "object")}`)];
}
const keeper_item = (tree, v) => tree.leaf(v) ? element("li", {}, ...keeper_title(tree, v)) : keeper_fold(keeper_title(tree, v), () => keeper_list(tree, v));
const keeper_group = (tree, type, bytes, list) => keeper_fold([element("b", {}, bytes_text(bytes)), ` ${count_text(list.length)} × ${plain_text(type)}`], () => long_list(list, (c) => keeper_item(tree, c)));
