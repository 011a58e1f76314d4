# From a text about what Python does with memory.
# section: Stack (per thread)
# adapted: derived (the text states this in prose, without code)

# Each thread has a call stack of its own.
import sys
import threading

ready, go = threading.Barrier(3), threading.Event()

def work(name):
    def deep(n):
        if n:
            deep(n - 1)
        else:
            ready.wait()
            go.wait()
    deep(3)

threads = [threading.Thread(target=work, args=(f"t{i}",), name=f"t{i}") for i in range(2)]
for t in threads:
    t.start()
ready.wait()
for t in threads:
    f, names = sys._current_frames()[t.ident], []
    while f:
        names.append(f.f_code.co_name)
        f = f.f_back
    print(t.name, [n for n in names if n in ("deep", "work", "run", "_bootstrap")])
print("main", sys._current_frames()[threading.get_ident()].f_code.co_name)
go.set()
for t in threads:
    t.join()
