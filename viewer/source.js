"use strict";
// The program's source with the current line and breakpoints.

class Source {
  constructor(root) { this.root = root; this.pane = new Pane(root); this.file = undefined; this.rows = []; this.now = null; }
  open(file) {
    if (this.file === file) return;
    this.file = file;
    this.now = null;
    const text = page.recording.sources.get(file);
    this.rows = (text === undefined ? ["(source not found: " + file + ")"] : text.split("\n")).map((line, i) => {
      const number = element("span", { class: "number", role: "button", "aria-label": "breakpoint at line " + (i + 1), title: "stop here (b)", onclick: () => this.toggle(i + 1) }, String(i + 1));
      return element("div", { class: "row", "data-line": i + 1 }, number, element("code", {}, line || " "));
    });
    this.root.replaceChildren(...this.rows);
    this.row_height = this.rows[0].getBoundingClientRect().height || 20;
    this.mark();
  }
  toggle(line) { breakpoints.toggle_line(this.file, line); this.mark(); }
  mark() {
    this.rows.forEach((row, i) => {
      const is_set = breakpoints.lines.has(this.file + ":" + (i + 1));
      row.firstChild.classList.toggle("stop", is_set);
      row.firstChild.setAttribute("aria-pressed", String(is_set));
    });
  }
  show(file, line) {
    this.open(file);
    const row = this.rows[line - 1];
    if (row === this.now) return;
    this.now?.classList.remove("now");
    this.now?.removeAttribute("aria-current");
    this.now = row;
    if (!row) return;
    row.classList.add("now");
    row.setAttribute("aria-current", "step");
    const top = (line - 1) * this.row_height;
    if (top < this.pane.top || top + this.row_height > this.pane.top + this.pane.height) this.pane.scroll_to(0, top - this.pane.height / 2);
  }
}
