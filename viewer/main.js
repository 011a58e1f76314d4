"use strict";
// The page: where it is in the recording, and what the keys and buttons do.

const $ = (id) => document.getElementById(id);
const page = { recording: null, stop: 0, playing: 0, picked: 0, breakpoints: new Set() };

function file_lines(file) {
  if (page.shown_file === file) return;
  page.shown_file = file;
  const text = page.recording.sources.get(file);
  const rows = (text === undefined ? ["(source not found: " + file + ")"] : text.split("\n")).map((line, i) => {
    const number = element("span", { class: "number", title: "stop here" }, String(i + 1));
    number.onclick = () => toggle_break(file, i + 1);
    return element("div", { class: "row", "data-line": i + 1 }, number, element("code", {}, line || " "));
  });
  $("source").replaceChildren(...rows);
  mark_breaks();
}

function toggle_break(file, line) {
  const key = file + ":" + line;
  if (!page.breakpoints.delete(key)) page.breakpoints.add(key);
  mark_breaks();
}
function mark_breaks() {
  for (const row of $("source").children)
    row.firstChild.classList.toggle("stop", page.breakpoints.has(page.shown_file + ":" + row.dataset.line));
}

function show_source(frame) {
  file_lines(frame.code.file);
  $("source").querySelector(".now")?.classList.remove("now");
  const row = $("source").querySelector(`[data-line="${frame.line}"]`);
  if (row) { row.classList.add("now"); row.scrollIntoView({ block: "nearest" }); }
}

function show_output(output) {
  $("output").replaceChildren(...output.map(([fd, text]) => element("span", { class: fd === 2 ? "err" : "" }, text)));
  $("output").scrollTop = $("output").scrollHeight;
}

function show_detail(picture) {
  const object = picture.object(page.picked), box = $("detail");
  box.hidden = !object;
  if (!object) return;
  const holders = [];
  for (const stack of picture.state.stacks.values())
    for (const frame of stack)
      for (const { name, target } of picture.names(frame)) if (target === object.number) holders.push(`${frame.code.name}: ${name}`);
  for (const other of picture.state.objects.values())
    for (const hold of other.holds) if (hold.target === object.number && picture.depth.has(other.number)) holders.push(`${other.type} ${hex(other.address)}: ${hold.kind} ${picture.label(hold)}`);
  box.replaceChildren(
    element("h3", {}, object.type + " #" + object.number),
    element("div", {}, `at ${hex(object.address)}, block of ${object.size} bytes, reference count ${object.count < 0 ? "immortal" : object.count}`),
    element("div", {}, picture.short(object)),
    element("h3", {}, "Held by"), ...(holders.length ? holders : ["(nothing in the picture)"]).map((text) => element("div", {}, text)),
    element("button", { onclick: () => seek_object(-1) }, "previous change"), " ", element("button", { onclick: () => seek_object(1) }, "next change"), " ",
    element("button", { onclick: () => { page.picked = 0; show(); } }, "close"));
  $("o" + object.number)?.classList.add("picked");
}

// The next stop at which the picked object, or one of its references, changes.
function seek_object(way) {
  const name = "o" + page.picked;
  for (let stop = page.stop + way; stop >= 0 && stop < page.recording.length; stop += way) {
    const state = page.recording.at(stop);
    if (state.born.has(page.picked) || [...state.changed].some((key) => key === name || key.startsWith(name + "."))) return go(stop);
  }
}

function where(state) {
  const top = state.top, what = { STEP: "", RETURN: ", returns", YIELD: ", yields", RAISE: ", raises" }[state.event];
  return `step ${(page.stop + 1).toLocaleString("en")} of ${page.recording.length.toLocaleString("en")}: ${top.code.name}, line ${top.line}${what}`;
}

function show() {
  const state = page.recording.at(page.stop);
  const picture = new Picture(state, { every: $("true-mode").checked, counts: $("counts").checked });
  show_source(state.top);
  picture.draw($("frames"), $("heap"));
  picture.connect($("arrows"), $("picture"));
  show_output(state.output);
  show_detail(picture);
  $("where").textContent = where(state);
  $("slider").value = page.stop;
  draw_growth();
  history.replaceState(null, "", "#" + (page.stop + 1));
}

function go(stop) {
  page.stop = Math.max(0, Math.min(page.recording.length - 1, stop));
  show();
}

// The next stop, either way, that is no deeper in calls; or, with out, less deep.
function over(way, out) {
  const { depths, codes, lines } = page.recording, limit = depths[page.stop] - (out ? 1 : 0);
  let stop = page.stop + way;
  while (stop > 0 && stop < page.recording.length - 1 && depths[stop] > limit && !is_break(codes[stop], lines[stop])) stop += way;
  go(stop);
}
function is_break(code, line) { return page.breakpoints.size > 0 && page.breakpoints.has(page.recording.names.codes.get(code).file + ":" + line); }

function play() {
  if (page.playing) { clearInterval(page.playing); page.playing = 0; $("play").textContent = "play"; return; }
  $("play").textContent = "pause";
  page.playing = setInterval(() => {
    go(page.stop + 1);
    if (page.stop === page.recording.length - 1 || is_break(page.recording.codes[page.stop], page.recording.lines[page.stop])) play();
  }, 400);
}

function draw_growth() {
  const canvas = $("growth"), width = canvas.width = canvas.clientWidth * devicePixelRatio, height = canvas.height = 28 * devicePixelRatio;
  const { pools } = page.recording, context = canvas.getContext("2d"), colours = getComputedStyle(document.body);
  if (!width) return;
  let most = 1;
  for (const n of pools) most = Math.max(most, n);
  context.fillStyle = colours.getPropertyValue("--line");
  for (let x = 0; x < width; x++) {
    const n = pools[Math.floor(x * pools.length / width)], bar = n / most * height;
    context.fillRect(x, height - bar, 1, bar);
  }
  context.fillStyle = colours.getPropertyValue("--mark");
  context.fillRect(page.stop / Math.max(1, pools.length - 1) * (width - 2), 0, 2, height);
}

const KEYS = {
  ArrowRight: () => go(page.stop + 1), ArrowLeft: () => go(page.stop - 1), Home: () => go(0), End: () => go(Infinity),
  " ": play, o: () => over(1, true), Escape: () => { page.picked = 0; show(); },
  t: () => $("true-mode").click(), c: () => $("counts").click(),
};

function wire() {
  const click = (id, action) => { $(id).onclick = action; };
  click("first", () => go(0)); click("back", () => go(page.stop - 1)); click("next", () => go(page.stop + 1)); click("last", () => go(Infinity));
  click("over", () => over(1)); click("over-back", () => over(-1)); click("out", () => over(1, true)); click("play", play);
  $("slider").max = page.recording.length - 1;
  $("slider").oninput = () => go(Number($("slider").value));
  $("true-mode").onchange = $("counts").onchange = show;
  $("heap").onclick = (event) => {
    const box = event.target.closest(".object");
    if (box) { page.picked = Number(box.id.slice(1)); show(); }
  };
  document.onkeydown = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const box = event.target.closest?.(".object");
    if (box && event.key === "Enter") { page.picked = Number(box.id.slice(1)); show(); return; }
    if (event.target.tagName === "BUTTON" && (event.key === " " || event.key === "Enter")) return;
    const action = event.shiftKey && event.key === "ArrowRight" ? () => over(1) : event.shiftKey && event.key === "ArrowLeft" ? () => over(-1) : KEYS[event.key];
    if (action) { event.preventDefault(); action(); }
  };
  addEventListener("resize", () => show());
  addEventListener("hashchange", () => { const stop = Number(location.hash.slice(1)) - 1; if (stop >= 0 && stop !== page.stop) go(stop); });
}

async function open() {
  try {
    page.recording = new Recording(await read_chunks(await embedded_bytes()));
  } catch (error) {
    $("where").textContent = "This recording cannot be read: " + error.message;
    return;
  }
  if (!page.recording.length) { $("where").textContent = "Nothing was recorded."; return; }
  document.title = $("title").textContent = "Limpid: " + page.recording.names.codes.get(page.recording.codes[0]).file.split("/").pop();
  wire();
  go(Number(location.hash.slice(1)) - 1 || 0);
}
open();
