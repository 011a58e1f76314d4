"use strict";
// The cursor: at which stop of the recording the page is, and the bar below every view that moves it.

// Goes to a stop; the open view shows it.
function go(stop) {
  if (!page.recording) return;
  page.stop = Math.max(0, Math.min(page.recording.length - 1, stop));
  show_cursor();
  refresh();
}
function show_cursor() {
  link_part("step", page.stop + 1);
  $("slider").value = page.stop;
  $("slider").setAttribute("aria-valuetext", where_text(page.stop));
  say(where_text(page.stop));
  draw_heap_line();
}

function where_text(stop) {
  const { code, line, event } = page.recording.where(stop), what = { STEP: "", RETURN: ", returns", YIELD: ", yields", RAISE: ", raises" }[event];
  return `step ${count_text(stop + 1)} of ${count_text(page.recording.length)}: ${plain_text(code.name)}, line ${line}${what}`;
}

// The next stop, either way, that is no deeper in calls; or, with out, less deep.
function over(way, out) {
  const { depths, threads, stops } = page.recording.index, limit = depths[page.stop] - (out ? 1 : 0), thread = threads[page.stop];
  let stop = page.stop + way;
  while (stop > 0 && stop < stops - 1 && (depths[stop] > limit || threads[stop] !== thread) && !breakpoints.is_at(stop)) stop += way;
  go(stop);
}

let playing = 0, pace = 400; // milliseconds a step
function play() {
  if (playing) { clearTimeout(playing); playing = 0; $("play").textContent = "play"; return; }
  $("play").textContent = "pause";
  const beat = () => {
    playing = setTimeout(beat, pace); // first: what follows may stop it
    go(page.stop + 1);
    if (page.stop === page.recording.length - 1 || breakpoints.is_at(page.stop)) play();
  };
  playing = setTimeout(beat, pace);
}
function change_pace(factor) {
  pace = Math.max(25, Math.min(3200, pace * factor));
  say(`playing ${count_text(Math.round(1000 / pace * 10) / 10)} steps a second`);
}

// Pools in use over time, drawn once, and where the cursor is.
const heap_line = { width: 0, height: 0, base: null };
function measure_heap_line() {
  const canvas = $("heap-line"), { pools } = page.recording.index;
  Object.assign(heap_line, { width: canvas.clientWidth, height: canvas.clientHeight, base: element("canvas") });
  if (!heap_line.width) return;
  sized_canvas(canvas);
  const { width, height } = heap_line, context = sized_canvas(heap_line.base, width, height), share = pools.length / width;
  let most = 1;
  for (let i = 0; i < pools.length; i++) if (pools[i] > most) most = pools[i];
  context.fillStyle = colour("--line");
  for (let x = 0; x < width; x++) {
    const bar = pools[Math.floor(x * share)] / most * height;
    context.fillRect(x, height - bar, 1, bar);
  }
  heap_line.mark = colour("--mark");
}
function draw_heap_line() {
  if (!heap_line.base) measure_heap_line();
  const { width, height, base, mark } = heap_line, context = $("heap-line").getContext("2d");
  if (!width) return;
  context.clearRect(0, 0, width, height);
  context.drawImage(base, 0, 0, width, height);
  context.fillStyle = mark;
  context.fillRect(page.stop / Math.max(1, page.recording.length - 1) * (width - 2), 0, 2, height);
}

function wire_timeline() {
  const click = (id, action) => { $(id).onclick = action; };
  click("first", () => go(0)); click("back", () => go(page.stop - 1)); click("next", () => go(page.stop + 1)); click("last", () => go(Infinity));
  click("over", () => over(1)); click("over-back", () => over(-1)); click("out", () => over(1, true)); click("play", play);
  $("slider").max = page.recording.length - 1;
  $("slider").oninput = () => go(Number($("slider").value));
  $("timeline").hidden = false;
  const redraw = () => { heap_line.base = null; draw_heap_line(); };
  addEventListener("resize", redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

const TIMELINE_KEYS = [
  ["ArrowRight", "a step on", () => go(page.stop + 1)], ["ArrowLeft", "a step back", () => go(page.stop - 1)],
  ["Shift ArrowRight", "over calls", () => over(1)], ["Shift ArrowLeft", "back over calls", () => over(-1)],
  ["o", "out, to the caller", () => over(1, true)], ["Shift O", "back to where the call was made", () => over(-1, true)],
  ["Home", "first step", () => go(0)], ["End", "last step", () => go(Infinity)], [" ", "play, pause", play],
  ["+", "play faster", () => change_pace(.5)], ["-", "play slower", () => change_pace(2)],
  ["r", "run to the next breakpoint", () => run(1)], ["Shift R", "run back to a breakpoint", () => run(-1)],
];
