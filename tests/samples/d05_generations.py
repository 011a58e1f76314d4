# From a text about what Python does with memory.
# section: Conclusions: the GC is generational
# adapted: derived (the text states this in prose, without code)

# Three generations: thresholds, where objects are, how they move up, what the statistics count.
import gc

gc.enable()
print("thresholds", gc.get_threshold())
gc.collect()
gc.disable()
print("counts after a full collection", gc.get_count()[1:])

class Node:
    pass

n = Node()
where = lambda o: [g for g in range(3) if any(x is o for x in gc.get_objects(generation=g))]
print("new object in generation", where(n))
gc.collect(0)
print("after collect(0) in", where(n))
gc.collect(1)
print("after collect(1) in", where(n))
gc.collect(2)
print("after collect(2) in", where(n))
print("statistics keys", [sorted(s) for s in gc.get_stats()][0], "generations", len(gc.get_stats()))
before = [s["collections"] for s in gc.get_stats()]
gc.enable()
keep = [[] for _ in range(700 * 12)]
after = [s["collections"] for s in gc.get_stats()]
print("generation 0 ran", after[0] - before[0], "times, generation 1", after[1] - before[1])
print("tracked:", [gc.is_tracked(o) for o in (1, "s", [], {}, {"a": []}, (), ([],), n)])
