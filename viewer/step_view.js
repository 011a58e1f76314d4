"use strict";
// The view Step: source, frames and objects, output, and what is said about the object that is picked.

const step_view = {
  source: null, drawing: null, all_places: null, // where boxes stand when every object has one
  every: false, counts: false, c: false, char: 8,
  places_now() {
    if (!this.every) return page.recording.places;
    if (!this.all_places) {
      const { journal } = page.recording;
      this.all_places = new Places(page.recording, true);
      new RecordingReader(new RecordingIndex(journal), this.all_places).read(journal);
    }
    return this.all_places;
  },
  picture(stop) {
    const { every, counts, c, char } = this;
    return new Picture(page.recording, this.places_now(), this.looks(), stop, { every, counts, c, char, picked: page.picked });
  },
  looks() { return this.last_looks && this.last_looks.every === this.every ? this.last_looks : this.last_looks = new Looks(page.recording, this.every); },
};

function build_step(root) {
  const toggle = (id, text, name) => element("label", {}, element("input", { type: "checkbox", id, onchange: () => { step_view[name] = $(id).checked; refresh(); } }), " " + text);
  const picture = element("section", { id: "picture", "aria-label": "Frames and objects", tabindex: "0" });
  root.append(
    element("div", { class: "options" }, toggle("true-mode", "every object", "every"), toggle("counts", "counts and addresses", "counts"),
      ...(has_c_frames() ? [toggle("c-frames", "C frames", "c")] : []),
      ...(page.recording.index.is_lean ? [element("small", {}, "recorded with --lean: without what objects hold, and counts")] : [])),
    element("section", { id: "source", "aria-label": "Source", tabindex: "0" }), picture,
    element("section", { id: "detail", "aria-label": "What has changed", tabindex: "0" }),
    element("section", { id: "output", "aria-label": "Output of the program", tabindex: "0" }));
  step_view.source = new Source($("source"));
  step_view.drawing = new Drawing(picture);
  step_view.char = character_width();
  wire_picture(picture);
}

const has_c_frames = () => page.recording.names.c_stacks.size > 0;

function character_width() {
  const probe = element("span", { class: "probe" }, "0".repeat(100));
  $("picture").append(probe);
  const width = probe.getBoundingClientRect().width / 100;
  probe.remove();
  return width || 8;
}

function wire_picture(area) {
  area.addEventListener("click", (event) => {
    const value = event.target.closest("[data-object]"), box = event.target.closest(".object");
    const number = value ? Number(value.dataset.object) : box ? Number(box.id.slice(1)) : 0;
    if (number) pick(number, value !== null && value.classList.contains("dot"));
  });
  area.addEventListener("keydown", (event) => {
    const box = event.target.closest(".object");
    if (box && event.key === "Enter") pick(Number(box.id.slice(1)));
  });
  area.addEventListener("mouseover", (event) => {
    const value = event.target.closest("[data-object]"), box = event.target.closest(".object");
    light(value ? Number(value.dataset.object) : box ? Number(box.id.slice(1)) : 0);
  });
  let due = false;
  area.addEventListener("scroll", () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; if (step_view.last) step_view.drawing.draw(step_view.last); });
  });
  addEventListener("beforeprint", () => { if (page.view?.name === "step") draw_whole(true); });
  addEventListener("afterprint", () => { if (page.view?.name === "step") draw_whole(false); });
}

// For paper, the whole picture is drawn, as large as a page is wide.
function draw_whole(is_whole) {
  const { drawing } = step_view;
  drawing.whole = is_whole;
  drawing.draw(step_view.last);
  drawing.canvas.style.zoom = is_whole ? String(Math.min(1, 980 / parseFloat(drawing.canvas.style.width))) : "";
}

// Marks the arrows to an object, and the cells where it stands as text.
function light(number) {
  const { drawing } = step_view;
  for (const lit of drawing.canvas.querySelectorAll(".hot")) lit.classList.remove("hot");
  if (!number) return;
  for (const path of drawing.svg.querySelectorAll(`[data-to="${number}"], [data-from="o${number}"] path`)) path.classList.add("hot");
  for (const value of drawing.canvas.querySelectorAll(`[data-object="${number}"]`)) value.classList.add("hot");
}

function pick(number, reveal) {
  page.picked = number;
  link_part("pick", number || "");
  refresh();
  if (number && reveal) reveal_object(number);
  light(number);
}
function reveal_object(number) {
  const { drawing, last } = step_view;
  if (last.places.place(number) && drawing.pane.reveal(last.spot(number))) drawing.draw(last);
}
// The object after or before the picked one, in the order in which they can be reached.
function pick_next(way) {
  const order = [...step_view.last.boxes()].map(([object]) => object.number), at = order.indexOf(page.picked);
  if (order.length) pick(order[at < 0 ? (way > 0 ? 0 : order.length - 1) : (at + way + order.length) % order.length], true);
}

function show_output(stop) {
  const output = page.recording.index.output_until(stop);
  if (step_view.shown_output === output.length) return;
  step_view.shown_output = output.length;
  $("output").replaceChildren(...output.slice(-2000).map(([fd, text]) => element("span", { class: fd === 2 ? "err" : "" }, text)));
  $("output").scrollTop = $("output").scrollHeight;
}

function show_step() {
  const picture = step_view.last = step_view.picture(page.stop), { top } = picture.state;
  step_view.source.show(top.code.file, top.line);
  step_view.drawing.draw(picture);
  const shown = picture.frames.find(({ is_top }) => is_top);
  if (shown && step_view.shown_stop !== page.stop && step_view.drawing.pane.reveal({ left: 0, top: shown.top, width: 1, height: Math.min(shown.height, 200) })) step_view.drawing.draw(picture);
  step_view.shown_stop = page.stop;
  show_output(page.stop);
  show_detail(picture);
}

add_view({
  name: "step", title: "Step", key: "s", available: (page) => page.recording !== null, build: build_step, show: show_step,
  keys: [["ArrowDown", "next object", () => pick_next(1)], ["ArrowUp", "previous object", () => pick_next(-1)], ["Escape", "let the object go", () => pick(0)],
    ["]", "next change of the object", () => seek_change(1)], ["[", "change before", () => seek_change(-1)],
    ["w", "who made the object", seek_birth], ["z", "when its count drops to zero", seek_death],
    ["b", "breakpoint on the object, or on the line", toggle_break],
    ["k", "the C frames beneath", () => has_c_frames() ? $("c-frames").click() : say("This recording has no C frames: --c-stacks beside --see records them, so does limpid.see(c_stacks=True).")],
    ["t", "every object in a box", () => $("true-mode").click()], ["c", "counts and addresses", () => $("counts").click()]],
});
