"use strict";
// Reads the file in the page and opens the view that the address names.

async function read_page() {
  const sorted = sort_chunks(list_chunks(await embedded_bytes()));
  Object.assign(page, { chunks: sorted.chunks, captures: await list_captures(sorted.captures), log: sorted.log });
  if (sorted.chunks.some((chunk) => chunk.kind === "JRNL")) {
    const recording = await read_recording(sorted.chunks);
    if (recording.length) page.recording = recording;
  }
}

function follow_link() {
  read_link();
  const step = Number(link_value("step"));
  page.picked = Number(link_value("pick")) || 0;
  if (page.recording) page.stop = Math.max(0, Math.min(page.recording.length - 1, step - 1 || 0));
  if (page.recording) show_cursor();
  open_view(link_value("view"));
}

async function open_page() {
  try {
    await read_page();
  } catch (error) {
    say("This file cannot be read: " + error.message);
    return;
  }
  make_tabs();
  if (!shown_views().length) { say("Nothing was recorded."); return; }
  if (page.recording) {
    document.title = $("title").textContent = "Limpid: " + page.recording.where(0).code.file.split("/").pop();
    wire_timeline();
    wire_search();
  }
  wire_keys();
  addEventListener("resize", refresh);
  addEventListener("hashchange", follow_link);
  performance.mark("read");
  follow_link();
  if (!page.recording && !$("where").textContent) say(page.chunks.some(({ kind }) => kind === "GROW") ? "A log of allocations: the lines that allocated, over time." : "No steps: the file has none, or was cut before the first.");
  if (page.recording && !page.recording.index.is_complete) note("This recording is not complete: the file was cut, or the program was killed. What is whole is shown.");
  performance.mark("open");
}
open_page();
