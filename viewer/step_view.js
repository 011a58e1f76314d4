"use strict";
// The view Step: source, frames, objects, output.

const step_view = { source: null };

function build_step(root) {
  root.innerHTML = `<section id="source" aria-label="Source" tabindex="0"></section>
    <section id="picture" aria-label="Frames and objects" tabindex="0"><svg id="arrows" aria-hidden="true"></svg><div id="frames"></div><div id="heap"></div></section>
    <section id="detail" aria-label="Object" hidden></section>
    <section id="output" aria-label="Output of the program" tabindex="0"></section>
    <div class="options"><label><input type="checkbox" id="true-mode"> every object</label>
      <label><input type="checkbox" id="counts"> counts and addresses</label></div>`;
  step_view.source = new Source($("source"));
  $("true-mode").onchange = $("counts").onchange = refresh;
  const pick = (event) => {
    const box = event.target.closest(".object");
    if (box) { page.picked = Number(box.id.slice(1)); refresh(); }
  };
  $("heap").onclick = pick;
  $("heap").onkeydown = (event) => { if (event.key === "Enter") pick(event); };
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
    element("button", { onclick: () => { page.picked = 0; refresh(); } }, "close"));
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

function show_step() {
  const state = page.recording.at(page.stop);
  const picture = new Picture(state, { every: $("true-mode").checked, counts: $("counts").checked });
  step_view.source.show(state.top.code.file, state.top.line);
  picture.draw($("frames"), $("heap"));
  picture.connect($("arrows"), $("picture"));
  show_output(state.output);
  show_detail(picture);
}

add_view({
  name: "step", title: "Step", key: "s", available: (page) => page.recording !== null, build: build_step, show: show_step,
  keys: [["Escape", "close the object", () => { page.picked = 0; refresh(); }],
    ["a", "every object", () => $("true-mode").click()], ["c", "counts and addresses", () => $("counts").click()]],
});
