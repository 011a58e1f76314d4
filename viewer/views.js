"use strict";
// The frame of the page: its views as tabs, what stands in the address, and helpers that all views use.
//
// add_view({ name, title, key, available(page), build(root, page), show(page), keys: [[key, what it does, action], ...] })
//   name       of the panel <section id="view-NAME"> and of the address "#view=NAME"
//   available  whether the page has what the view needs; asked once, when the file has been read
//   build      once, when the view is first opened
//   show       whenever there is something else to show while the view is open: another step, another size
//   keys       that the view understands while it is open; they stand on the sheet of keys
// page.recording may be null (the page of a capture or a log), page.captures may be empty.

const $ = (id) => document.getElementById(id);
const page = { recording: null, captures: [], log: null, chunks: [], stop: 0, view: null, picked: 0 };
const views = [];

function add_view(view) { views.push({ built: false, keys: [], available: () => true, ...view }); }

function element(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || value === false) continue;
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}
const hex = (n) => "0x" + n.toString(16);
const count_text = (n) => n.toLocaleString("en");
const plural = (n, word) => count_text(n) + " " + word + (n === 1 ? "" : "s");
function bytes_text(n) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  while (Math.abs(n) >= 1024 && unit < 4) { n /= 1024; unit++; }
  return (unit && Math.abs(n) < 100 ? n.toFixed(1) : count_text(Math.round(n))) + " " + units[unit];
}
// The value of a colour of the style sheet, for a canvas.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// A canvas as sharp as the screen: its context, scaled so that units are pixels of the page.
function sized_canvas(canvas, width = canvas.clientWidth, height = canvas.clientHeight) {
  const scale = devicePixelRatio || 1;
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}
// Where a part that scrolls stands and how large it is, known without asking: to ask after a change makes the browser lay out everything.
class Pane {
  constructor(node) {
    this.node = node;
    this.measure();
    node.addEventListener("scroll", () => this.measure(), { passive: true });
    new ResizeObserver(() => this.measure()).observe(node);
  }
  measure() {
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.node;
    Object.assign(this, { left: scrollLeft, top: scrollTop, width: clientWidth, height: clientHeight });
  }
  scroll_to(left, top) {
    if (left === this.left && top === this.top) return false;
    this.node.scrollTo(left, top);
    this.left = Math.max(0, left); // as far as there is anything, which the event will tell
    this.top = Math.max(0, top);
    return true;
  }
  // Scrolls as little as brings a box into view; whether that was needed.
  reveal({ left, top, width, height }) {
    const x = left < this.left ? left - 20 : left + width > this.left + this.width ? Math.min(left - 20, left + width + 30 - this.width) : this.left;
    const y = top < this.top ? top - 20 : top + height > this.top + this.height ? Math.min(top - 20, top + height + 30 - this.height) : this.top;
    return this.scroll_to(x, y);
  }
}
function note(text) { $("note").textContent = text; $("note").hidden = false; }
function say(text) { $("where").textContent = text; }

// ---- the address: #view=map&step=12&part=value ----

const link = new Map();
let link_due = 0, link_shown = ""; // the address as far as it has been read or written
function link_value(name) { return link.get(name); }
function link_part(name, value) {
  if (value === undefined || value === null || value === "") link.delete(name);
  else link.set(name, String(value));
  link_due ||= setTimeout(() => { // it takes time, and browsers limit how often an address changes
    link_due = 0;
    if (location.hash !== link_shown) return; // somebody has just put another one there, which is about to be read
    history.replaceState(null, "", link_text());
    link_shown = location.hash;
  }, 120);
}
function link_text() { return "#" + [...link].map(([name, value]) => name + "=" + encodeURIComponent(value)).join("&"); }
// #12 is a step, #map a view.
function read_link() {
  link.clear();
  link_shown = location.hash;
  for (const part of location.hash.slice(1).split("&").filter(Boolean)) {
    const [name, value] = part.split("=", 2);
    if (value !== undefined) { try { link.set(name, decodeURIComponent(value)); } catch { /* not ours */ } }
    else if (/^\d+$/.test(name)) link.set("step", name);
    else link.set("view", name);
  }
}

// ---- tabs ----

const shown_views = () => views.filter((view) => view.tab);
function make_tabs() {
  for (const view of views) {
    if (!view.available(page)) continue;
    view.tab = element("button", { role: "tab", id: "tab-" + view.name, "aria-controls": "view-" + view.name, "aria-selected": "false", tabindex: "-1",
      "aria-keyshortcuts": view.key, title: view.title + " (" + view.key + ")", onclick: () => open_view(view.name) }, view.title);
    view.root = element("section", { role: "tabpanel", id: "view-" + view.name, "aria-labelledby": "tab-" + view.name, hidden: true });
    $("tabs").append(view.tab);
    $("views").append(view.root);
  }
  $("tabs").hidden = shown_views().length < 2;
  $("tabs").onkeydown = (event) => {
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key], all = shown_views();
    if (!way || event.shiftKey) return;
    open_view(all[(all.indexOf(page.view) + way + all.length) % all.length].name);
    page.view.tab.focus();
    event.preventDefault(); event.stopPropagation();
  };
}

// Opens a view; another one when the page has none of that name.
function open_view(name) {
  const all = shown_views(), view = all.find((v) => v.name === name) || all[0];
  if (!view) return;
  for (const other of all) {
    other.root.hidden = other !== view;
    other.tab.setAttribute("aria-selected", String(other === view));
    other.tab.tabIndex = other === view ? 0 : -1;
  }
  page.view = view;
  document.body.dataset.view = view.name;
  if (!view.built) { view.built = true; view.build(view.root, page); }
  link_part("view", view === all[0] ? "" : view.name);
  refresh();
}

function refresh() { if (page.view) page.view.show(page); }
