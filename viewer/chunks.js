"use strict";
// Reads the chunks of a recording (docs/capture.md).

class Column {
  constructor(bytes) { this.bytes = bytes; this.at = 0; }
  uint() {
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
  int() { const n = this.uint(); return n % 2 ? -(n + 1) / 2 : n / 2; }
  text() {
    const size = this.uint(), from = this.at;
    this.at += size;
    return utf8.decode(this.bytes.subarray(from, this.at));
  }
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

// [{kind, rows, columns}] of each whole chunk.
async function read_chunks(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), work = [];
  let at = 16;
  while (at + 24 <= bytes.length) {
    const kind = String.fromCharCode(...bytes.subarray(at, at + 4)), rows = view.getUint32(at + 8, true);
    const size = view.getUint32(at + 12, true), packed = bytes[at + 4];
    if (at + 24 + size > bytes.length) break; // the file was cut: what is whole counts
    const payload = bytes.subarray(at + 24, at + 24 + size);
    work.push((async () => ({ kind, rows, columns: columns_of(packed ? await inflate(payload) : payload) }))());
    at += 24 + size;
  }
  return Promise.all(work);
}

async function embedded_bytes() {
  const text = document.getElementById("recording").textContent.trim();
  const answer = await fetch("data:application/octet-stream;base64," + text);
  return new Uint8Array(await answer.arrayBuffer());
}
