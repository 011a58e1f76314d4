"use strict";
// The parts of the view Growth below its chart: the table, the flame graph, what only grows, two steps compared.

const GROWTH_ROWS = 100;

// A table whose heads sort it.  columns: [[key, title, (row) => text, what it means]]; rows have numbers by key.
function sorted_table(columns, rows, sort, down, resort, row_of) {
  const head = columns.map(([key, title, , what]) => element("th", { scope: "col", "aria-sort": key === sort ? down ? "descending" : "ascending" : undefined },
    element("button", { class: "link", title: what, onclick: () => resort(key) }, title + (key === sort ? down ? " ▼" : " ▲" : ""))));
  const order = [...rows].sort((a, b) => (down ? -1 : 1) * (typeof a[sort] === "string" ? a[sort].localeCompare(b[sort]) : a[sort] - b[sort]) || 0);
  const table = element("table", { class: "figures growth-table" }, element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...order.slice(0, GROWTH_ROWS).map((row) => row_of(row, element("tr", {}, ...columns.map(([key, , text], i) => element(i ? "td" : "th", i ? {} : { scope: "row" }, text(row, key))))))));
  return [element("div", { class: "growth-scroll", "data-scrolls": true }, table), ...(order.length > GROWTH_ROWS ? [element("p", { class: "more" }, `… ${count_text(order.length - GROWTH_ROWS)} more`)] : [])];
}
function resort_growth(key) {
  const view = growth_view;
  view.down = view.sort === key ? !view.down : key !== "name";
  view.sort = key;
  show_growth();
}

// ---- table ----

function show_table(box) {
  const view = growth_view, { growth } = view, groups = growth.groups(view.by), sums = growth.sums(0, view.at);
  const [born, died, passed, blocks, gone, temporary] = ["born_bytes", "died_bytes", "passed_bytes", "born", "died", "passed"].map((name) => growth.by_group(sums[name], groups));
  const rows = [];
  let most = 1;
  for (let group = 0; group < groups.names.length; group++) {
    if (!blocks[group] && !temporary[group]) continue;
    const live = born[group] - died[group];
    rows.push({ group, name: groups.names[group], live, blocks: blocks[group] - gone[group], made: born[group] + passed[group], made_blocks: blocks[group] + temporary[group], passed: temporary[group] });
    most = Math.max(most, live);
  }
  const bytes = (row, key) => bytes_text(row[key]), count = (row, key) => count_text(row[key]);
  const bar = (row) => { const part = element("i"), whole = element("span", { class: "bar", "aria-hidden": "true" }, part); part.style.width = 100 * row.live / most + "%"; return element("span", {}, whole, " ", bytes_text(row.live)); };
  const columns = [["name", view.by, (row) => element("button", { class: "link", title: groups.titles[row.group] || undefined, onclick: () => pick_group(row.group), "aria-pressed": String(view.picked === row.group) }, plain_text(row.name)), ""],
    ["live", "live", bar, "bytes of blocks that are live now"], ["blocks", "live blocks", count, "blocks that are live now"], ["made", "allocated", bytes, "bytes allocated so far"],
    ["made_blocks", "allocated blocks", count, "blocks allocated so far"], ["passed", "short-lived", count, "blocks that were released in the interval in which they were allocated: a step, in short recordings"]];
  const focus = document.activeElement && box.contains(document.activeElement) ? document.activeElement.textContent : null;
  box.replaceChildren(...sorted_table(columns, rows, columns.some(([key]) => key === view.sort) ? view.sort : "live", view.down, resort_growth, (row, tr) => { if (view.picked === row.group) tr.className = "now"; return tr; }));
  if (focus !== null) [...box.querySelectorAll("button")].find((button) => button.textContent.replace(/ [▲▼]$/, "") === focus.replace(/ [▲▼]$/, ""))?.focus();
}
// A group that has no band is drawn as a line.
function pick_group(group) { growth_view.picked = growth_view.picked === group ? -1 : group; show_growth(); }

// ---- flame graph ----

function show_flame(box) {
  const view = growth_view;
  if (!box.firstChild) {
    view.icicle = new Icicle("Flame graph of allocations by stack of lines", "Arrow keys move, Enter or a click goes in, Escape comes out; wider is more; below a line, the types that it made.");
    box.append(element("div", { class: "options" }, element("label", {}, "of ", element("select", { id: "growth-which", onchange: (event) => { view.which = event.target.value; link_part("growth-which", view.which); show_growth(); } },
      ...Object.entries(FLAME_OF).map(([value, text]) => element("option", { value }, text))))), view.icicle.root);
    $("growth-which").value = view.which;
  }
  const key = [view.at, view.which, view.measure, view.growth.without_before].join();
  if (view.flame_key === key && view.icicle.tree) { view.icicle.draw(); return; }
  view.flame_key = key;
  const { growth } = view, sums = growth.sums(0, view.at), plus = sums[sum_name("born")], minus = sums[sum_name("died")], passed = sums[sum_name("passed")];
  const amounts = view.which === "live" ? plus.map((n, i) => n - minus[i]) : view.which === "all" ? plus.map((n, i) => n + passed[i]) : passed.slice();
  if (growth.without_before) growth.before.forEach((before, i) => { if (before) amounts[i] = 0; });
  const tree = new StackTree(growth, amounts, amount_text), way = view.icicle.stack;
  view.icicle.set(tree, way);
}

// ---- what only grows ----

function show_leaks(box) {
  const view = growth_view, { growth } = view, groups = growth.groups("line"), found = leak_candidates(growth, view.at);
  const how = element("p", { class: "hint" }, `Lines whose live bytes have grown in at least half of the eighths of the run so far, and that keep what they allocate. The score is the share of its bytes or blocks that a line keeps (but for what is at once released) × the eighths in which it grew × how much of it is recent.`);
  if (!found.length) { box.replaceChildren(how, element("p", {}, `${moment_text()}, no line has only grown.`)); return; }
  const sums = growth.sums(0, view.at);
  box.replaceChildren(how, element("ol", { class: "leaks" }, ...found.map((leak) => {
    const types = new Map();
    growth.accounts.forEach(([, type], i) => {
      const live = sums.born_bytes[i] - sums.died_bytes[i];
      if (groups.of[i] === leak.group && live > 0) types.set(type, (types.get(type) || 0) + live);
    });
    const largest = [...types].sort((a, b) => b[1] - a[1]).slice(0, 3).map(([type, live]) => `${plain_text(growth.texts[type])} ${bytes_text(live)}`);
    const word = leak.score > .85 ? "very likely" : leak.score > .5 ? "likely" : "possible", titled = groups.titles[leak.group];
    return element("li", {}, element("h3", {}, element("button", { class: "link", title: titled, onclick: () => { view.by = "line"; $("growth-by").value = "line"; link_part("growth-by", "line"); view.picked = leak.group; view.chart_key = ""; show_growth(); } }, plain_text(groups.names[leak.group])), ` `, element("small", {}, `${word}: score ${leak.score.toFixed(2)}`)),
      element("p", {}, `${bytes_text(leak.kept)} more than at the beginning. It grew in ${leak.grew} of ${LEAK_PARTS} eighths of the run; of ${plural(leak.made_blocks, "block")} that it allocated, ${count_text(leak.kept_blocks)} are still live (${Math.round(100 * leak.kept_blocks / leak.made_blocks)} %, of the bytes ${Math.round(100 * leak.kept / leak.made)} %)${leak.short ? `; ${count_text(leak.short)} more were at once released` : ""}.`),
      ...(growth.typed ? [element("p", {}, "Live there: " + largest.join(", ") + ".")] : []));
  })));
}

// ---- two steps compared ----

function show_difference(box) {
  const view = growth_view, [a, b] = view.marks;
  if (a === null && b === null) {
    box.replaceChildren(element("p", {}, "Go to a step and mark it as A (key a), go to another and mark it as B (key b). A mark that is not set is the start, or where you are."));
    return;
  }
  let from = a === null ? 0 : mark_interval(0), to = b === null ? view.at : mark_interval(1), stops = [a === null ? 0 : a, b === null ? page.stop : b];
  const turned = from > to;
  if (turned) { [from, to] = [to, from]; stops.reverse(); }
  const key = [from, to, view.by, view.sort, view.down, view.measure, view.growth.without_before, ...stops].join();
  if (view.difference_key === key && box.firstChild) return;
  view.difference_key = key;
  const { growth } = view, groups = growth.groups(view.by), sums = growth.sums(from, to);
  const [born, died, blocks, gone, passed] = ["born_bytes", "died_bytes", "born", "died", "passed"].map((name) => growth.by_group(sums[name], groups)), rows = [];
  for (let group = 0; group < groups.names.length; group++)
    if (blocks[group] || gone[group] || passed[group])
      rows.push({ group, name: groups.names[group], live: born[group] - died[group], blocks: blocks[group] - gone[group], born: blocks[group], died: gone[group], passed: passed[group] });
  const signed = (text) => (row, key) => (row[key] > 0 ? "+" : row[key] < 0 ? "−" : "") + text(Math.abs(row[key])), count = (row, key) => count_text(row[key]);
  const columns = [["name", view.by, (row) => element("span", { title: groups.titles[row.group] || undefined }, plain_text(row.name)), ""], ["live", "bytes", signed(bytes_text), "more or fewer live bytes"],
    ["blocks", "blocks", signed(count_text), "more or fewer live blocks"], ["born", "born", count, "allocated between the two, and not at once released"], ["died", "died", count, "released between the two"], ["passed", "short-lived", count, "allocated and at once released between the two"]];
  const text = (i, at) => page.recording ? moment_text(stops[i], at).replace("At ", "") : moment_text(0, at).toLowerCase();
  box.replaceChildren(element("p", {}, `From ${text(0, from)} to ${text(1, to)}${turned ? " (B is the earlier one)" : ""}: ${changed_text(rows.reduce((sum, row) => sum + (view.measure === "bytes" ? row.live : row.blocks), 0))} live.`),
    ...sorted_table(columns, rows, columns.some(([key]) => key === view.sort) ? view.sort : "live", view.down, resort_growth, (row, tr) => tr),
    ...(page.recording ? objects_between(stops[0], stops[1]) : []));
}

// Objects in view: those that are there at the second stop and were not at the first, and the other way round, by type.
function objects_between(first, second) {
  const at = (stop) => new Map(Array.from(page.recording.at(stop).objects, ([number, { type, size, address }]) => [number, { number, type, size, address }]));
  const before = at(first), after = at(second), come = [], gone = [];
  for (const [number, object] of after) if (!before.has(number)) come.push(object);
  for (const [number, object] of before) if (!after.has(number)) gone.push(object);
  const list = (title, objects) => {
    const types = new Map();
    for (const object of objects) { if (!types.has(object.type)) types.set(object.type, []); types.get(object.type).push(object); }
    return element("section", {}, element("h3", {}, `${title}: ${count_text(objects.length)}`), element("ul", { class: "links" }, ...[...types].sort((a, b) => b[1].length - a[1].length).slice(0, 40).map(([type, same]) =>
      element("li", {}, `${count_text(same.length)} × ${plain_text(type)} (${bytes_text(same.reduce((sum, object) => sum + object.size, 0))}): `,
        ...same.slice(0, 8).flatMap(({ number, address }, i) => [i ? ", " : "", object_link(address, "#" + number)]), same.length > 8 ? ", …" : ""))));
  };
  return [element("div", { class: "object-columns" }, list("Objects in view that came", come), list("Objects in view that went", gone))];
}
