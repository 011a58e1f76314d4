"use strict";
// Keys: the page's, the timeline's and those of the open view; the sheet that lists them.

const PAGE_KEYS = [["?", "this sheet", () => show_help()]];

function key_tables() {
  const tables = [["Everywhere", [...shown_views().map((view) => [view.key, view.title, () => open_view(view.name)]), ...PAGE_KEYS]]];
  if (page.recording) tables.push(["Steps", TIMELINE_KEYS]);
  if (page.view && page.view.keys.length) tables.push([page.view.title, page.view.keys]);
  return tables;
}

const KEY_NAMES = { ArrowRight: "→", ArrowLeft: "←", ArrowUp: "↑", ArrowDown: "↓", " ": "space", Escape: "Esc" };
const key_text = (key) => key === " " ? "space" : key.split(" ").map((part) => KEY_NAMES[part] || part).join(" ");

function show_help() {
  const sheet = $("help");
  sheet.replaceChildren(element("button", { class: "close", onclick: () => sheet.close(), "aria-label": "close" }, "×"),
    ...key_tables().map(([title, keys]) => element("table", {}, element("caption", {}, title),
      ...keys.map(([key, what]) => element("tr", {}, element("th", { scope: "row" }, element("kbd", {}, key_text(key))), element("td", {}, what))))));
  if (!sheet.open) sheet.showModal();
}

// Fields take letters for themselves, buttons space and Enter, the slider the arrows as steps (which is what the keys do).
function is_for_element(event) {
  const tag = event.target.tagName, type = event.target.type;
  if (tag === "TEXTAREA" || tag === "SELECT" || tag === "INPUT" && type !== "range" && type !== "checkbox") return true;
  return (tag === "BUTTON" || tag === "INPUT" || tag === "SUMMARY") && (event.key === " " || event.key === "Enter");
}

function wire_keys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || $("help").open || is_for_element(event)) return;
    const name = (event.shiftKey && (event.key.length > 1 || /[A-Z]/.test(event.key)) ? "Shift " : "") + event.key;
    for (const [, keys] of key_tables().reverse()) { // the open view's come first
      const found = keys.find(([key]) => key === name);
      if (found) { event.preventDefault(); found[2](); return; }
    }
  });
  $("help-open").onclick = show_help;
}
