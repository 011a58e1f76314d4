"use strict";
// Reads the chunks of a file (docs/capture.md): a recording, captures, a log, or several of them one after the other.

class Column {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  uint() {
    const byte = this.bytes[this.at];
    if (byte < 128) { this.at++; return byte; }
    return this.long();
  }
  long() {
    let value = 0, scale = 1, byte;
    if (!this.bytes.length) return 0; // a column of zeros
    do {
      if (this.at >= this.bytes.length) throw new Error("a column ends too early");
      byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value;
  }
  // Passes over so many numbers.
  skip(count) {
    const { bytes } = this;
    let at = this.at;
    for (; count > 0 && at < bytes.length; at++) if (bytes[at] < 128) count--;
    this.at = at;
  }
  int() { const n = this.uint(); return n % 2 ? -(n + 1) / 2 : n / 2; }
  byte() { return this.bytes.length ? this.bytes[this.at++] : 0; }
  eight() {
    this.at += 8;
    return new DataView(this.bytes.buffer, this.bytes.byteOffset + this.at - 8, 8);
  }
  text() {
    const size = this.uint(), from = this.at;
    this.at += size;
    return utf8.decode(this.bytes.subarray(from, this.at));
  }
  // Passes over a text; where it begins.
  start() { const size = this.uint(), from = this.at; this.at += size; return from; }
  skip_text() { const size = this.uint(); this.at += size; }
}
const utf8 = new TextDecoder();

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function columns_of(payload) {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length), columns = [];
  let at = 1 + 4 * payload[0];
  for (let i = 0; i < payload[0]; i++) {
    const size = view.getUint32(1 + 4 * i, true);
    columns.push(payload.subarray(at, at + size));
    at += size;
  }
  return columns;
}

// A chunk as it stands in the file; columns() inflates it, each time it is asked.
class Chunk {
  constructor(kind, rows, packed, plain, stored) {
    this.kind = kind; this.rows = rows; this.packed = packed; this.plain = plain; this.stored = stored;
  }
  async columns() { return columns_of(this.packed ? await inflate(this.stored) : this.stored); }
  async readers() { return (await this.columns()).map((bytes) => new Column(bytes)); }
}

// Each whole chunk, not yet inflated.
function list_chunks(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), chunks = [];
  let at = 16;
  while (at + 24 <= bytes.length) {
    const kind = String.fromCharCode(...bytes.subarray(at, at + 4)), size = view.getUint32(at + 12, true);
    if (at + 24 + size > bytes.length) break; // the file was cut: what is whole counts
    chunks.push(new Chunk(kind, view.getUint32(at + 8, true), bytes[at + 4], view.getUint32(at + 16, true), bytes.subarray(at + 24, at + 24 + size)));
    at += 24 + size;
  }
  return chunks;
}

// {chunks of the recording and what goes with it, captures: [chunks], log: chunks or null}.  A capture begins with CAPT and ends with
// DONE; a file that is one capture has no CAPT; a file with ALOG is a log.
function sort_chunks(chunks) {
  const has = (kind) => chunks.some((chunk) => chunk.kind === kind);
  if (has("ALOG")) return { chunks: [], captures: [], log: chunks };
  if (!has("JRNL") && !has("CAPT") && has("OBJS")) return { chunks: [], captures: [chunks], log: null };
  const sorted = { chunks: [], captures: [], log: null };
  let capture = null;
  for (const chunk of chunks) {
    if (chunk.kind === "CAPT") sorted.captures.push(capture = []);
    (capture || sorted.chunks).push(chunk);
    if (chunk.kind === "DONE") capture = null;
  }
  if (capture) sorted.captures.pop(); // cut off
  return sorted;
}

const PIECE = 1 << 24; // characters; browsers limit the length of a data: address
async function embedded_bytes() {
  const text = document.getElementById("recording").textContent.trim(), parts = [];
  for (let at = 0; at < text.length; at += PIECE)
    parts.push(new Uint8Array(await (await fetch("data:application/octet-stream;base64," + text.slice(at, at + PIECE))).arrayBuffer()));
  if (parts.length === 1) return parts[0];
  const bytes = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}
