# From a text about what Python does with memory.
# section: Main segments
# adapted: derived (the text states this in prose, without code)
# check: needs=/proc

# Which segment do live things of the interpreter sit in? (Linux)
import sys

segments = []
with open("/proc/self/maps") as f:
    for line in f:
        part = line.split(None, 5)
        lo, hi = (int(v, 16) for v in part[0].split("-"))
        segments.append((lo, hi, part[1], part[5].strip() if len(part) > 5 else ""))
have = [name for *_, name in segments]
perms = [p for _, _, p, name in segments if name == segments[0][3]]
print("code segment of the executable, read and execute, not writable:", "r-xp" in perms)
print("data segment of the executable, read and write:", "rw-p" in perms)
print("[heap] mapped:", "[heap]" in have, "[stack] mapped:", "[stack]" in have)
stack = next(s for s in segments if s[3] == "[stack]")
heap = next(s for s in segments if s[3] == "[heap]")
print("stack above heap:", stack[0] > heap[1])
text = next(s for s in segments if s[2] == "r-xp")
print("code below heap:", text[0] < heap[0])
