"use strict";
// Beside the picture, in words: what the step has changed, or what is known of the object that is picked.

const MOST_CHANGES = 40;

function show_detail(picture) {
  const box = $("detail"), object = page.picked && (picture.object(page.picked) || picture.ghosts.find(({ number }) => number === page.picked)?.object);
  const birth = page.picked ? page.recording.index.birth(page.picked) : NEVER;
  box.classList.toggle("about-object", Boolean(page.picked));
  if (page.picked && birth !== NEVER) box.replaceChildren(...picked_words(picture, object, page.picked));
  else box.replaceChildren(element("h3", {}, "In this step"), ...changes_list(picture));
}

// ---- the step ----

const object_name = (object) => short_type(object.type) + " #" + object.number;
function object_button(picture, number, text) {
  const object = picture.object(number);
  return element("button", { class: "link", onclick: () => pick(number, true) }, text || (object ? object_name(object) : "#" + number));
}
function value_words(picture, number) {
  if (!number) return ["nothing"];
  const object = picture.object(number);
  if (!object) return ["what is not shown"];
  return picture.has_box(object) ? [object_button(picture, number)] : [picture.looks.short(picture, object)];
}

function changes_list(picture) {
  const changes = [...frame_changes(picture), ...object_changes(picture)];
  if (picture.state.found >= 0) changes.push(["the collector ran and found " + plural(picture.state.found, "object")]);
  const { late } = picture.state, note = late ? [element("p", { class: "late" }, `So many objects are in view that not all are looked at at each line: what is far from it may be shown as it was up to ${count_text(late)} steps ago (--looks).`)] : [];
  if (!changes.length) return [element("p", {}, "nothing that is shown has changed"), ...note];
  const shown = changes.slice(0, MOST_CHANGES).map((words) => element("li", {}, ...words));
  return [element("ul", { class: "changes" }, ...shown), ...(changes.length > MOST_CHANGES ? [element("p", {}, `… ${count_text(changes.length - MOST_CHANGES)} more`)] : []), ...note];
}

function frame_changes(picture) {
  const changes = [], { state } = picture;
  for (const { frame, variables, is_top, event } of picture.frames) {
    if (is_top && event) changes.push([plain_text(frame.code.name) + " " + event]);
    else if (frame.stamp === picture.stop && picture.is_new_frame(frame)) changes.push([plain_text(frame.code.name) + " is called"]);
    for (const variable of variables)
      if (picture.variable_cell(frame, variable).changed) changes.push([element("code", {}, variable.name), " is ", ...value_words(picture, variable.target)]);
  }
  return changes;
}

function object_changes(picture) {
  const changes = [], { state, touched, recording, stop, options } = picture;
  for (const object of picture.reached) {
    const is_born = recording.index.birth(object.number) === stop, before = touched.objects.get(object.number);
    if (is_born) { changes.push(["new: ", object_button(picture, object.number)]); continue; }
    for (const cell of picture.cells(object).cells)
      if (cell.changed) changes.push([object_button(picture, object.number), " ", element("code", {}, /^\d+$/.test(cell.name) ? `[${cell.name}]` : cell.name || "holds"), " is ", ...(cell.to ? value_words(picture, cell.to) : [cell.text])]);
    if (!before) continue;
    if (before.length !== object.length && object.length >= 0) changes.push([object_button(picture, object.number), ` has ${count_text(object.length)} (${count_text(before.length)} before)`]);
    if (options.counts && before.count !== object.count && object.count >= 0) changes.push([object_button(picture, object.number), ` has ${plural(object.count, "reference")} (${before.count} before)`]);
  }
  for (const { number, object } of picture.ghosts) if (recording.index.death(number) === stop) changes.push(["freed: " + (object ? object_name(object) : "#" + number)]);
  return changes;
}

// ---- an object ----

function step_button(stop, text) { return element("button", { class: "link", onclick: () => go(stop) }, text || "step " + count_text(stop + 1)); }
function line_of(stop) { const { code, line } = page.recording.where(stop); return `${plain_text(code.name)}, line ${line}`; }

function picked_words(picture, object, number) {
  const { index } = page.recording, born = index.birth(number), died = index.death(number), has_break = breakpoints.objects.has(number);
  const facts = [["made", element("span", {}, step_button(born), " by " + line_of(Math.max(0, born - 1)))]];
  if (died !== NEVER) facts.push(["count at zero", element("span", {}, step_button(died), " by " + line_of(Math.max(0, died - 1)))]);
  if (object) facts.push(["address", hex(object.address)], ["block", object.size ? object.size + " bytes" : "not on the heap"], ["references", object.count < -1 ? "not recorded" : object.count < 0 ? "immortal: shared by the whole process" : String(object.count)]);
  const table = element("table", {}, ...facts.map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value))));
  const tools = element("p", {}, element("button", { onclick: () => seek_change(-1), title: "[" }, "◀ change"), " ", element("button", { onclick: () => seek_change(1), title: "]" }, "change ▶"), " ",
    element("button", { onclick: () => toggle_break(), "aria-pressed": String(has_break), title: "b" }, has_break ? "stops here ✓" : "stop here"), " ",
    ...(shown_views().some((view) => view.name === "object") ? [element("button", { onclick: () => show_bytes(object) }, "bytes")] : []), " ",
    element("button", { onclick: () => pick(0), title: "Esc" }, "close"));
  const title = element("h3", {}, object ? object_name(object) : "#" + number, ...(object ? [element("small", {}, " " + picture.looks.short(picture, object))] : []));
  if (!object) title.append(element("small", {}, page.stop < born ? " is not made yet" : died <= page.stop ? " is freed" : " is out of view"));
  return [title, tools, table, ...held_by(picture, number), element("div", { id: "changes" }, ...history_rows(number))];
}

function show_bytes(object) {
  if (typeof open_object === "function" && object) open_object(object.address);
  else open_view("object");
}

function held_by(picture, number) {
  const holders = [];
  for (const { frame, variables } of picture.frames)
    for (const { name, target } of variables) if (target === number) holders.push([element("code", {}, name), " in " + plain_text(frame.code.name)]);
  for (const object of [...picture.reached, ...picture.lost])
    object.targets.forEach((target, i) => {
      if (target !== number) return;
      const label = picture.looks.label(picture, object.labels[i]);
      holders.push([object_button(picture, object.number), " ", element("code", {}, label || (picture.looks.is_items(object) ? `[${i}]` : ""))]);
    });
  return [element("h4", {}, "Held by"), element("ul", { class: "changes" }, ...(holders.length ? holders : [["nothing in the picture"]]).slice(0, MOST_CHANGES).map((words) => element("li", {}, ...words)))];
}

// ---- its history ----

const histories = new Map(); // by number: rows, or null while they are looked for
async function history_of(number) {
  const known = histories.get(number);
  if (known) return known;
  const rows = await find_history(page.recording, number, () => page.picked === number);
  if (page.picked === number) histories.set(number, rows);
  return rows;
}

function history_rows(number) {
  const rows = histories.get(number);
  if (!rows) { history_of(number).then(() => { if (page.picked === number && page.view.name === "step") $("changes")?.replaceChildren(...history_rows(number)); }); return ["…"]; }
  const here = rows.findIndex((row) => row.stop >= page.stop), from = Math.max(0, (here < 0 ? rows.length : here) - 8), part = rows.slice(from, from + 20);
  return [element("h4", {}, plural(rows.length, "change")), element("table", {}, ...part.map((row) =>
    element("tr", { class: row.stop === page.stop ? "now" : "" }, element("td", {}, step_button(row.stop, count_text(row.stop + 1))), element("td", {}, row.what), element("td", {}, row.count < -1 ? "" : row.count < 0 ? "∞" : String(row.count)), element("td", {}, line_of(row.by)))))];
}

// The stop before or after this one that changes the picked object.
async function seek_change(way) {
  if (!page.picked) { say("No object is picked (↓)."); return; }
  const rows = (await history_of(page.picked)).filter((row) => row.changed || row.what === "died" || row.what === "came into view");
  const row = way > 0 ? rows.find(({ stop }) => stop > page.stop) : rows.findLast(({ stop }) => stop < page.stop);
  if (row) go(row.stop);
  else say(`#${page.picked} does not change ${way > 0 ? "after" : "before"} this. ` + where_text(page.stop));
}
function seek_birth() { if (page.picked) go(page.recording.index.birth(page.picked)); }
function seek_death() {
  if (!page.picked) return;
  const died = page.recording.index.death(page.picked);
  if (died === NEVER) say(`The count of #${page.picked} does not drop to zero in this recording.`);
  else go(died);
}

// A breakpoint on the picked object, or else on the current line.
function toggle_break() {
  if (page.picked) breakpoints.toggle_object(page.picked);
  else { const { code, line } = page.recording.where(page.stop); breakpoints.toggle_line(code.file, line); step_view.source.mark(); }
  refresh();
}
