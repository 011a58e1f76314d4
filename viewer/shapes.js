"use strict";
// How objects look in the step view: which stand as text in the place that refers to them, which have a box, what a box shows, how large it is.
// places.js applies the same rules to a whole recording, by numbers only, so that boxes get their places before anything is drawn.

// ---- which objects have a box ----

const IN_TEXT = 0, NAMED = 1, FUNCTION = 2, CLASS = 3, BOX = 4;
const TEXT_TYPES = new Set(["int", "float", "bool", "NoneType", "str", "bytes", "complex", "ellipsis", "NotImplementedType", "range", "range_iterator", "slice"]);
const NAME_BEFORE = { type: "class ", function: "ƒ ", builtin_function_or_method: "ƒ ", module: "module ", code: "code ", method_descriptor: "ƒ ",
  wrapper_descriptor: "ƒ ", getset_descriptor: "", member_descriptor: "", classmethod_descriptor: "ƒ ", "method-wrapper": "ƒ " };
function look_of(type) {
  if (TEXT_TYPES.has(type)) return IN_TEXT;
  if (type === "function") return FUNCTION; // has a box if it refers to something: defaults, cells
  if (type === "type") return CLASS; // has a box if it has variables, other than methods
  return type in NAME_BEFORE ? NAMED : BOX;
}
const METHOD_TYPES = new Set(["staticmethod", "classmethod", "property", "function", "type", ...Object.keys(NAME_BEFORE)]);
// Fields of C structs that say nothing about the program.
const DULL_FIELDS = new Set(["__name__", "__qualname__", "__module__", "__doc__", "function", "gi_code", "cr_code", "ag_code", "f_code", "__code__", "__globals__",
  "__builtins__", "tb_frame", "d_name", "__objclass__", "__bases__", "__mro__", "__base__"]);
const is_dunder = (text) => text.length > 4 && text.startsWith("__") && text.endsWith("__");

// ---- sizes: characters across, units down ----

const UNIT = 10; // pixels
const TITLE = 2, ROW = 2, ITEM = 3, MORE = 2, GAP = 3; // units
const MAX_ROWS = 16, MAX_ITEMS = 60, MAX_WIDE = 28, MIN_WIDE = 8;
const item_width = (widest) => Math.min(14, Math.max(2, widest) + 1);
const items_across = (widest) => Math.max(1, Math.floor(MAX_WIDE / item_width(widest)));

// {width, height} of a box that has at most so many references, its widest name and value being so wide; items stand side by side.
function box_size(is_items, most, widest, title) {
  if (is_items) {
    const shown = Math.min(most, MAX_ITEMS), across = items_across(widest);
    const width = Math.max(title, Math.min(shown, across) * item_width(widest));
    return { width: clamp_width(width), height: TITLE + Math.ceil(shown / across) * ITEM + (most > shown ? MORE : 0) };
  }
  const shown = Math.min(most, MAX_ROWS);
  return { width: clamp_width(Math.max(title, widest + 4)), height: TITLE + shown * ROW + (most > shown ? MORE : 0) };
}
const clamp_width = (width) => Math.max(MIN_WIDE, Math.min(MAX_WIDE + 2, width));

// ---- texts ----

const HIDDEN_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
// Text in which nothing turns direction, breaks a line or hides.
const plain_text = (text) => text.replace(HIDDEN_CHARACTERS, (c) => c === "\n" ? "\\n" : c === "\t" ? "\\t" : "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
const MOST_TEXT = 200; // characters of a value or a name in the picture
const cut = (text, most = MOST_TEXT) => text.length > most ? text.slice(0, most) + "…" : text;
const quoted = (text) => '"' + plain_text(text.replace(/[\\"]/g, "\\$&")) + '"';
const short_type = (type) => plain_text(cut(type).replace(/^__main__\./, ""));

// What the picture of one state has to know about its objects.  With every, each object has a box and nothing is left out.
class Looks {
  constructor(recording, every) { this.every = every; this.kinds = new Map(); this.strings = recording.names.strings; }
  kind(type) {
    let kind = this.kinds.get(type);
    if (kind === undefined) this.kinds.set(type, kind = look_of(type));
    return kind;
  }
  has_box(state, object) {
    if (this.every) return object.number > 0;
    const kind = this.kind(object.type);
    if (kind === BOX) return true;
    if (kind === FUNCTION) return object.labels.some((label) => !this.is_dull(label));
    return kind === CLASS && this.class_variables(state, object).length > 0;
  }
  is_dull(label) { return label_kind(label) === HELD_TYPE || label_kind(label) === HELD_FIELD && DULL_FIELDS.has(this.strings.get(label_number(label))); }
  // The references of an object that are drawn, as places in its list, of the object that has the list: a class shows those of its dict.
  shown(state, object) {
    if (!this.every && this.kind(object.type) === CLASS) return [this.dict_of(state, object), this.class_variables(state, object)];
    const places = [];
    for (let i = 0; i < object.labels.length; i++) if (this.every || !this.is_dull(object.labels[i])) places.push(i);
    return [object, places];
  }
  dict_of(state, object) {
    const at = object.labels.findIndex((label) => label_kind(label) === HELD_FIELD && this.strings.get(label_number(label)) === "__dict__");
    return at < 0 ? undefined : state.object(object.targets[at]);
  }
  class_variables(state, object) {
    const dict = this.dict_of(state, object), places = [];
    if (dict) dict.labels.forEach((label, i) => { if (this.is_class_variable(state, label, dict.targets[i])) places.push(i); });
    return places;
  }
  is_class_variable(state, label, target) {
    const key = state.object(label_number(label)), value = state.object(target);
    return key !== undefined && value !== undefined && !is_dunder(key.text) && !METHOD_TYPES.has(value.type);
  }
  is_items(object) { return object.labels.length > 0 && (label_kind(object.labels[0]) === HELD_ITEM || label_kind(object.labels[0]) === HELD_MEMBER); }
  // An object in a few words.
  short(state, object, depth = 0) {
    const { type, length } = object, text = object.text;
    if (type === "str") return quoted(text.slice(0, MOST_TEXT)) + (length > Math.min(text.length, MOST_TEXT) ? "…" : "");
    if (type in NAME_BEFORE) return NAME_BEFORE[type] + cut(plain_text(text.replace(/^__main__\./, "").replace(/ \S*:\d+$/, "")));
    if (text) return plain_text(cut(text));
    if (type === "tuple" && depth < 2 && length <= 4 && object.targets.length === length)
      return "(" + object.targets.map((n) => this.short_of(state, n, depth + 1)).join(", ") + (length === 1 ? ",)" : ")");
    return short_type(type) + (length >= 0 ? " of " + count_text(length) : "");
  }
  short_of(state, number, depth) { const object = state.object(number); return object ? this.short(state, object, depth) : "…"; }
  // The name of a reference: of a variable, an attribute, a field, a key.
  label(state, label) {
    const kind = label_kind(label), number = label_number(label);
    if (kind === HELD_ITEM || kind === HELD_MEMBER) return "";
    if (kind === HELD_FIELD) return plain_text(cut(this.strings.get(number) || ""));
    const name = number ? state.object(number) : undefined;
    if (!name) return HOLDING[kind];
    return kind === HELD_VALUE ? this.short(state, name) : plain_text(cut(name.text));
  }
  // {name, target, key} of the variables of a frame that are shown; key tells them apart.
  variables(state, frame) {
    const shown = [], count = frame.code.slots.length;
    frame.code.slots.forEach((name, i) => { if (frame.slots[i]) shown.push({ name: plain_text(cut(name)), target: frame.slots[i], key: "f" + frame.number + "." + i }); });
    const dict = frame.names ? state.object(frame.names) : undefined;
    if (dict) dict.labels.forEach((label, i) => {
      const key = label_kind(label) === HELD_VALUE ? state.object(label_number(label)) : undefined, name = key ? key.text : "?";
      if (this.every || !is_dunder(name)) shown.push({ name: plain_text(cut(name)), target: dict.targets[i], key: "o" + dict.number + "." + label });
    });
    for (let i = count; i < frame.slots.length; i++) {
      const object = frame.slots[i] ? state.object(frame.slots[i]) : undefined;
      const is_whole = this.every || state.instruction !== null; // the stack from its bottom, not only what has a box
      if (object && (is_whole || this.has_box(state, object) && this.kind(object.type) === BOX))
        shown.push({ name: is_whole ? "stack " + (i - count) : "·temp·", target: object.number, key: "f" + frame.number + "." + i });
    }
    return shown;
  }
}
