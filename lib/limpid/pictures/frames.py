"""Pictures of frames: slots, the objects behind them, calls and returns."""

import linecache
import sys

from limpid.pictures import facts, layout
from limpid.pictures.canvas import Canvas


def _frame(frames, function):
    """The innermost frame, or that of the named function."""
    for frame in frames:
        if function is None or frame.name == function:
            return frame
    raise ValueError(f"no running function {function!r}" if function else "no frame of the program")


def _slot_text(slot):
    return f"{slot.name} = ?" if not slot.bound else f"{slot.name} → {slot.address:#x}"


def draw_frame_layout(function=None):
    """P02: the frames of this thread, one box each, as they lie on the data stack: address, size, names with the addresses they hold, and
    where the call returns to.  The newest is at the bottom: the data stack grows up.  function: from its frame on."""
    frames, places = facts.frames(), facts.Places()
    if function:
        frames = frames[frames.index(_frame(frames, function)):]
    canvas, boxes, rows = Canvas(), [], []
    for frame, caller in zip(reversed(frames), [None, *reversed(frames[1:])][:len(frames)]):
        names = [_slot_text(s) for s in frame.slots] or ["names are in the module's dict" if frame.name == "<module>" else "(none)"]
        box = [f"{frame.address:#x}  {frame.title}   {frame.size // 8} words = {frame.size} bytes"]
        box += [("  - local vars   " if i == 0 else "                 ") + text for i, text in enumerate(names)]
        back = f"{caller.address:#x} {caller.name}, after bytecode offset {caller.offset}" if caller else "the loop's caller in C"
        boxes.append(box + [f"  - return to    {back}"])
        rows.append({**facts.frame_data(frame, places), "returns_to": {"frame": caller.address, "offset": caller.offset} if caller else None})
    chunks = [c for t in places.map.threads if t.current for c in t.chunks]
    canvas.text(0, 0, f"Python data stack: {len(chunks)} chunk(s) of {chunks[0].size:,} bytes, grows upward to higher addresses (drawn downward)")
    width, _, y = layout.stacked(canvas, 0, 1, boxes)
    used = sum(c.in_use for c in chunks)
    canvas.text(2, y, f"↑ the newest frame; {used:,} bytes of {sum(c.size for c in chunks):,} in use, the observer's own frames included")
    return "the frames of a thread", {"frames": rows, "chunks": [c.to_dict() for c in chunks]}, canvas


def _object_box(slot, places, long=True):
    """The lines of an object with its header fields."""
    t = facts.thing(slot.object, places, slot.count)
    box = [f"{t['address']:#x}  {t['type']} {t['value']}  [{t['segment']}]"]
    if long:
        box += [f"  ob_refcnt: {facts.counted(slot.count)}", f"  ob_type:   {t['type']} at {t['type_address']:#x}"]
    inside = [(label, held, count) for label, held, count, weak in facts._see.outgoing(slot.object) if label[:1] in "[." and not weak][:4]
    t["holds"] = [{"label": label, "target": facts.thing(held, places, count)} for label, held, count in inside]
    if type(slot.object) in (list, tuple, dict):
        box.append(f"  length:    {len(slot.object)}" + (f"   {t['size']} bytes" if long else ""))
        box += [f"  {label} → {id(held):#x} {facts.value(held, 20)}" for label, held, _ in inside]
    elif long:
        box.append(f"  size:      {t['size']} bytes" + (f" in a block of {t['block']}" if t["block"] else ""))
        box += [f"  {label} → {id(held):#x} {facts.value(held, 20)}" for label, held, _ in inside[:3]]
    return t, box


def _linked_frame(canvas, frame, slots, places, long, title, object_title, double, footer=()):
    objects, boxes, links, names = {}, [], {}, []
    for slot in slots:
        if slot.address not in objects:
            objects[slot.address] = len(boxes)
            boxes.append(_object_box(slot, places, long))
        links[len(names)] = objects[slot.address]
        names.append(_slot_text(slot))
    y = layout.linked(canvas, 0, 0, title, names, [box for _, box in boxes], links, object_title=object_title, double=double, footer=footer)
    data = {"frame": facts.frame_data(frame, places), "objects": [t for t, _ in boxes],
            "arrows": [{"from": slot.name, "to": slot.address} for slot in slots]}
    return data, y


def draw_frame_objects(*names, function=None):
    """P04: the innermost frame (or the named function's) with an arrow from each name to its object, whose header and parts are shown.
    names: which names; all by default, but modules, functions and classes."""
    frame, places, canvas = _frame(facts.frames(), function), facts.Places(), Canvas()
    title = f"frame {frame.title} {frame.address:#x}" if frame.slots else f"names of {frame.title}"
    data, _ = _linked_frame(canvas, frame, facts.chosen(frame, names), places, True, title, "objects", False)
    return f"{frame.title} and its objects", data, canvas


def draw_slots(*names, function=None):
    """P05: one row a name: the address it holds, and what is there."""
    frame, places, canvas = _frame(facts.frames(), function), facts.Places(), Canvas()
    slots = facts.chosen(frame, names)
    things = [facts.thing(s.object, places, s.count) for s in slots]
    rows = [f"{s.name}: {s.address:#x}" for s in slots]
    width = max(map(len, rows), default=10) + 4
    canvas.box(0, 0, width, len(rows) + 2, frame.title)
    for y, (row, t) in enumerate(zip(rows, things), 1):
        canvas.text(2, y, row)
        canvas.arrow((width, y), (width + 3, y))
        canvas.text(width + 5, y, f"{t['type']} {t['value']}, {t['size']} bytes, {t['segment']}")
    return "what the names hold", {"function": frame.name, "slots": [{"name": s.name, "address": s.address, "target": t}
                                                                        for s, t in zip(slots, things)]}, canvas


def draw_call_stack(source=True):
    """P09: one box a frame, the module's on top, the current one at the bottom; then file, line and text, as a traceback has them."""
    frames, canvas = facts.frames(), Canvas()
    boxes = [[f"{f.title} frame"] for f in reversed(frames)]
    width, firsts, y = layout.stacked(canvas, 0, 0, boxes)
    canvas.arrow((width + 3, firsts[-1]), (width + 1, firsts[-1]))
    canvas.text(width + 5, firsts[-1], "Current")
    rows = []
    for f in reversed(frames):
        text = linecache.getline(f.code.co_filename, f.line).strip() if source else ""
        rows.append({"function": f.name, "file": f.code.co_filename, "line": f.line, "source": text, "current": f is frames[0]})
        canvas.text(0, y + 1, f'File "{f.code.co_filename}", line {f.line}, in {f.name}')
        y += 1
        if text:
            canvas.text(2, y + 1, text)
            y += 1
    return "the call stack, top of the picture first called", {"frames": rows}, canvas


def draw_python_model(*names, function=None):
    """P20: a frame and its objects in two boxes, with where the call returns to and the present instruction."""
    frames, places, canvas = facts.frames(), facts.Places(), Canvas()
    frame = _frame(frames, function)
    caller = next((f for f in frames if f.address == frame.previous), None)
    footer = [f"return to {caller.name} {caller.address:#x}" if caller else "return to C", f"instruction at offset {frame.offset}"]
    data, y = _linked_frame(canvas, frame, facts.chosen(frame, names), places, True, f"STACK: {frame.title}", "HEAP AND STATIC: objects", True, footer)
    arenas = places.map.arenas
    sizes = {"stack": sum(c.in_use for t in places.map.threads for c in t.chunks), "heap": sum(a.bytes for a in arenas)}
    canvas.text(0, y, f"all Python frames {sizes['stack']:,} bytes; live blocks in {len(arenas)} arenas {sizes['heap']:,} bytes")
    return "Python's memory model, live", {**data, "return_to": caller.address if caller else None, "instruction": frame.offset, "sizes": sizes}, canvas


def draw_module_names(module=None, *names):
    """P24: the names of a module, which are entries of its dict, and the objects they lead to.  module: its dict or the module itself; by
    default that of the calling code."""
    frame, places, canvas = _frame(facts.frames(), None), facts.Places(), Canvas()
    space = frame.globals if module is None else module if type(module) is dict else object.__getattribute__(module, "__dict__")
    slots = [facts.Slot(label[2:-2], "name", id(o), count, o) for label, o, count, weak in facts._see.outgoing(space) if label[:2] == "['" and label[2:4] != "__"]
    frame.slots, frame.name = [], "<module>"
    wanted = [s for s in slots if s.name in names] if names else [s for s in slots if type(s.object).__name__ not in ("module", "function", "type")][:8]
    data, y = _linked_frame(canvas, frame, wanted, places, True, f"dict {id(space):#x}", "objects", False)
    canvas.text(0, y, f"the dict is an object too [{places.of(id(space))}]; a module's names are in no stack slot")
    return "names of a module", {"dict": id(space), "segment": places.of(id(space)), "names": data["arrows"], "objects": data["objects"]}, canvas


def draw_frame_table(function=None):
    """P26: the parts of a frame with their present values."""
    frames, places, canvas = facts.frames(), facts.Places(), Canvas()
    frame = _frame(frames, function)
    caller = next((f for f in frames if f.address == frame.previous), None)
    rows = [("f_code", f"{id(frame.code):#x} {frame.code.co_name}, {len(frame.code.co_code)} bytes of bytecode"),
            ("f_locals", ("slots " + ", ".join(f"{s.name} {s.address:#x}" if s.bound else f"{s.name} ?" for s in frame.slots)) if frame.slots else
             f"dict {frame.locals:#x}"),
            ("f_globals", f"{id(frame.globals):#x}, {len(frame.globals)} names"), ("f_builtins", f"{frame.builtins:#x}"),
            ("value stack", f"{len(frame.stack)} in use while it calls, {frame.code.co_stacksize} at most"),
            ("f_back", f"{caller.address:#x} {caller.name}" if caller else "none"), ("f_lasti, f_lineno", f"{frame.offset}, {frame.line}"),
            ("owner", f"{frame.owner}; the loop was entered from C for it: {'yes' if frame.entry else 'no'}")]
    made = f"object {frame.object:#x}" if frame.object else "no frame object (nobody asked)"
    canvas.text(0, 0, f"{frame.title}: frame {frame.address:#x}, {frame.size} bytes on the data stack; {made}")
    layout.table(canvas, 0, 1, ("Part", "Value now"), [(a, b if len(b) < 96 else b[:95] + "…") for a, b in rows])
    return "the parts of a frame", {**facts.frame_data(frame, places), "parts": dict(rows), "stack_size": frame.code.co_stacksize}, canvas


def draw_stack_at_call(addresses=True):
    """P27: the frames from the latest call down, each with its names and where it returns to; with or without their addresses."""
    frames, places, canvas = facts.frames(), facts.Places(), Canvas()
    boxes, rows = [], []
    for frame, caller in zip(frames, [*frames[1:], None]):
        if frame.name == "<module>" and caller is None:
            boxes.append(["Frame: <module>", "Python starts here"])
        else:
            names = ", ".join(f"{s.name}={facts.value(s.object, 16) if s.bound else '?'}" for s in frame.slots) or "none"
            boxes.append([f"Frame: {frame.title}" + (f"   {frame.address:#x}" if addresses else ""), f"Locals: {names if len(names) < 90 else names[:89] + '…'}",
                          f"Return to: {caller.title if caller else 'C'}"])
        rows.append({**facts.frame_data(frame, places), "return_to": caller.name if caller else None})
    canvas.text(0, 0, "Top of Stack (Latest Call)")
    _, _, y = layout.stacked(canvas, 0, 1, boxes)
    canvas.text(0, y, "Bottom of Stack")
    return "the call stack, latest call on top", {"frames": rows}, canvas
