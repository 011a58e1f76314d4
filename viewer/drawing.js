"use strict";
// Draws a picture: makes a node only for what is in view, and only when it looks other than before.  Positions are computed, never asked for.

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 2000; // pixels around the view that are drawn, too

class Drawing {
  constructor(area) { // area: what scrolls
    this.frames = new Map(); this.boxes = new Map(); this.arrows = new Map(); // nodes by key, with what they show
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.id = "arrows";
    this.svg.setAttribute("aria-hidden", "true");
    this.frame_root = element("div", { id: "frames" });
    this.box_root = element("div", { id: "heap" });
    this.canvas = element("div", { id: "canvas" }, this.svg, this.frame_root, this.box_root);
    area.replaceChildren(this.canvas);
    this.pane = new Pane(area);
    this.whole = false;
  }
  // The part of the picture that is in view.
  view() {
    if (this.whole) return { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
    const { left, top, width, height } = this.pane;
    return { left: left - MARGIN, top: top - MARGIN, right: left + width + MARGIN, bottom: top + height + MARGIN };
  }
  draw(picture) {
    const view = this.view(), arrows = [];
    this.picture = picture;
    this.size(picture);
    const with_text = ([key, spec]) => [key, spec, JSON.stringify(spec)];
    this.keep(this.frames, this.frame_root, Array.from(this.frame_specs(picture, view, arrows), with_text), make_frame);
    const boxes = Array.from(this.box_specs(picture, view, arrows), with_text);
    boxes.sort(([, { spot: a }], [, { spot: b }]) => a.left - b.left || a.top - b.top); // as one reads them
    this.keep(this.boxes, this.box_root, boxes, make_box);
    this.draw_arrows(picture, view, arrows);
  }
  // Nodes for [key, spec, text of the spec]: those that look the same remain; they stand in the order of the specs.
  keep(nodes, root, specs, make) {
    const used = new Set(specs.map(([key]) => key));
    for (const [key, { node }] of nodes) if (!used.has(key)) { node.remove(); nodes.delete(key); }
    let next = root.firstChild;
    for (const [key, spec, text] of specs) {
      const old = nodes.get(key);
      if (old && old.text === text) {
        if (old.node === next) next = next.nextSibling;
        else root.insertBefore(old.node, next);
        continue;
      }
      const node = make(spec);
      nodes.set(key, { text, node });
      root.insertBefore(node, next);
      if (!old) continue;
      if (old.node === next) next = next.nextSibling;
      const is_focused = old.node === document.activeElement;
      old.node.remove();
      if (is_focused) node.focus({ preventScroll: true });
    }
  }
  *frame_specs(picture, view, arrows) {
    for (const { frame, variables, is_top, top, height, heading, event, c } of picture.frames) {
      if (c && c.top < view.bottom && c.top + c.height > view.top) yield ["c" + frame.number, { c, width: picture.frame_width, heading }];
      const in_view = top < view.bottom && top + height > view.top && LEFT + picture.frame_width > view.left;
      const cells = variables.map((variable) => picture.variable_cell(frame, variable, top)), right = LEFT + picture.frame_width - 9;
      const out = [];
      cells.forEach((cell, i) => { if (cell.to && !cell.is_far) out.push([right, top + 2 + (TITLE + i * ROW + ROW / 2) * UNIT, cell.to, cell.changed]); });
      const result = is_top ? picture.value(picture.state.value, top) : { to: 0 };
      if (result.to && !result.is_far) out.push([right, top + 2 + (TITLE + cells.length * ROW + ROW / 2) * UNIT, picture.state.value, true]);
      arrows.push(["f" + frame.number, in_view, out]);
      if (in_view) yield [frame.number, { number: frame.number, name: plain_text(frame.code.name), line: frame.line, is_top, top, height, width: picture.frame_width, heading: c ? "" : heading, event, cells }];
    }
  }
  *box_specs(picture, view, arrows) {
    for (const [object, state] of picture.boxes()) {
      const { left, top, width, height } = picture.spot(object.number);
      const in_view = left < view.right && left + width > view.left && top < view.bottom && top + height > view.top;
      if (!in_view && picture.reached.length > 5000) continue; // arrows from afar would be a thicket
      const spec = picture.box(object, state);
      arrows.push(["o" + object.number, in_view, this.arrows_of(spec, picture)]);
      if (in_view) yield [object.number, spec];
    }
  }
  arrows_of({ spot, cells, is_items }, picture) {
    const out = [], across = items_across(spot.widest), wide = cell_pixels(spot, picture.char);
    cells.forEach((cell, i) => {
      if (!cell.to || cell.is_far) return;
      if (is_items) out.push([spot.left + (i % across) * wide + 12, spot.top + (TITLE + (Math.floor(i / across) + .68) * ITEM) * UNIT, cell.to, cell.changed]);
      else out.push([spot.left + spot.width - 9, spot.top + (TITLE + (i + .5) * ROW) * UNIT, cell.to, cell.changed]);
    });
    return out;
  }
  // Arrows of which one end is in view.
  draw_arrows(picture, view, arrows) {
    const specs = [];
    for (const [key, in_view, out] of arrows) {
      const paths = [];
      for (const [x, y, to, changed] of out) {
        const spot = picture.spot(to);
        if (!in_view && !(spot.left < view.right && spot.left + spot.width > view.left && spot.top < view.bottom && spot.top + 20 > view.top)) continue;
        paths.push([arrow_path(x, y, spot, "o" + to === key), to, changed]);
      }
      if (paths.length) specs.push([key, [key, paths], paths.join()]);
    }
    this.keep(this.arrows, this.svg, specs.sort(([a], [b]) => a < b ? -1 : 1), ([key, paths]) => make_arrows(key, paths));
  }
  size(picture) {
    let right = LEFT + picture.frame_width, bottom = picture.frames_bottom;
    for (const [object] of picture.boxes()) {
      const spot = picture.spot(object.number);
      right = Math.max(right, spot.left + spot.width);
      bottom = Math.max(bottom, spot.top + spot.height);
    }
    const size = `${right + 60},${bottom + 40}`;
    if (this.last_size === size) return;
    this.last_size = size;
    this.canvas.style.width = right + 60 + "px";
    this.canvas.style.height = bottom + 40 + "px";
    this.svg.setAttribute("width", right + 60);
    this.svg.setAttribute("height", bottom + 40);
  }
}

// From a cell to a box's edge: the left one, or the right one when the box does not stand further to the right; with the head of the arrow.
function arrow_path(x, y, spot, is_own) {
  const to_right = spot.left > x, end = to_right ? spot.left - 1 : spot.left + spot.width + 1, height = spot.top + (is_own ? 14 : 10);
  const bend = to_right ? Math.max(20, (end - x) / 2) : 36 + Math.min(60, Math.abs(end - x) / 6), back = to_right ? -1 : 1;
  return `M${end + back * 7},${height - 4}L${end},${height}L${end + back * 7},${height + 4}M${x},${y}C${x + bend},${y} ${end + back * bend},${height} ${end},${height}`;
}

function make_arrows(key, paths) {
  const group = document.createElementNS(SVG, "g");
  group.dataset.from = key;
  for (const [d, to, changed] of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.dataset.to = to;
    if (changed) path.setAttribute("class", "changed");
    group.append(path);
  }
  return group;
}

const cell_pixels = (spot, char) => Math.floor(item_width(spot.widest) * char);
const MARKS = { "≡": "interned: one object for all equal strings", "∞": "immortal: one object for the whole process", "⇉": "the same object stands in several places" };
function make_cell({ name, text: words, to, is_far, mark, changed, object }, is_item) {
  const text = is_far && is_item ? "→" : words; // there is no room for the number
  const value = element("span", { class: "value" + (to ? " dot" : ""), title: to ? "→ #" + to : text, "data-object": to || object }, text);
  if (mark) value.append(element("span", { class: "mark", title: MARKS[mark] }, mark));
  const cell = element("div", { class: "cell" + (to ? " to" : "") + (changed ? " changed" : "") });
  if (name !== "" || is_item) cell.append(element("span", { class: "name", title: name }, name));
  cell.append(value);
  return cell;
}

function make_c_frames({ rows, top, height }, width, heading) {
  const box = element("div", { class: "c-frames", role: "group", "aria-label": "C frames: " + rows.map(([name]) => name).join(", ") },
    ...rows.map(([name, size]) => element("div", { class: "cell" }, element("span", { class: "value", title: name }, name), element("span", { class: "size" }, size))));
  if (heading) box.append(element("div", { class: "heading" }, heading));
  Object.assign(box.style, { top: top + "px", left: LEFT + "px", width: width + "px", height: height + "px" });
  return box;
}

function make_frame({ number, name, line, is_top, top, height, width, heading, event, cells, c }) {
  if (c) return make_c_frames(c, width, heading);
  const box = element("div", { class: "frame" + (is_top ? " top" : ""), id: "f" + number, role: "group",
    "aria-label": `frame ${name}, line ${line}: ${cells.map(cell_words).join(", ")}` },
    element("h2", {}, name, element("small", {}, "line " + line)), ...cells.map((cell) => make_cell(cell, false)));
  if (event) box.append(element("div", { class: "event" }, event));
  if (heading) box.append(element("div", { class: "heading" }, heading));
  Object.assign(box.style, { top: top + "px", left: LEFT + "px", width: width + "px", height: height + "px" });
  return box;
}

function cell_words({ name, text, to, changed }) {
  return (name ? name + " " : "") + (to ? "refers to number " + to : text) + (changed ? " (changed)" : "");
}

function make_box({ number, spot, cells, is_items, more, state, holders, title, facts, length, born, picked, char }) {
  const classes = ["object", state, born ? "born" : "", holders > 1 ? "shared" : "", picked ? "picked" : "", is_items ? "items" : ""].filter(Boolean).join(" ");
  const notes = [born ? "new" : "", { lost: "out of reach", freed: "freed" }[state] || "", holders > 1 ? holders + " references here" : ""].filter(Boolean);
  const heading = element("h3", {}, title);
  if (length >= 0 && !state) heading.append(element("small", {}, " " + count_text(length)));
  if (holders > 1) heading.append(element("small", { class: "holders", title: holders + " arrows point here" }, " ⇉" + holders));
  heading.append(element("small", { class: "number" }, " #" + number));
  if (state || born) heading.append(element("small", { class: "state" }, " " + notes[0]));
  const box = element("div", { class: classes, id: "o" + number, tabindex: "-1", role: "group",
    "aria-label": `${title} number ${number}${length >= 0 ? " of " + length : ""}, ${[...notes, ...cells.map(cell_words)].join(", ")}` }, heading);
  if (is_items) {
    const list = element("div", { class: "list" });
    for (const cell of cells) list.append(make_cell(cell, true));
    list.style.setProperty("--cell", cell_pixels(spot, char) + "px");
    list.style.width = cell_pixels(spot, char) * items_across(spot.widest) + "px";
    box.append(list);
  } else box.append(...cells.map((cell) => make_cell(cell, false)));
  if (more) box.append(element("div", { class: "more" }, `… ${count_text(more)} more`));
  if (facts) box.append(element("div", { class: "facts" }, facts));
  Object.assign(box.style, { left: spot.left + "px", top: spot.top + "px", width: spot.width + "px" });
  return box;
}
