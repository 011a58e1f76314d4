"use strict";
// The program's source with the current line and breakpoints.

class Source {
  constructor(root) { this.root = root; this.file = undefined; this.rows = []; this.now = null; }
  open(file) {
    if (this.file === file) return;
    this.file = file;
    this.now = null;
    const text = page.recording.sources.get(file);
    this.rows = (text === undefined ? ["(source not found: " + file + ")"] : text.split("\n")).map((line, i) => {
      const number = element("span", { class: "number", title: "stop here", onclick: () => this.toggle(i + 1) }, String(i + 1));
      return element("div", { class: "row", "data-line": i + 1 }, number, element("code", {}, line || " "));
    });
    this.root.replaceChildren(...this.rows);
    this.mark();
  }
  toggle(line) {
    const key = this.file + ":" + line;
    if (!breakpoints.delete(key)) breakpoints.add(key);
    this.mark();
  }
  mark() { this.rows.forEach((row, i) => row.firstChild.classList.toggle("stop", breakpoints.has(this.file + ":" + (i + 1)))); }
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
    row.scrollIntoView({ block: "nearest" });
  }
}
