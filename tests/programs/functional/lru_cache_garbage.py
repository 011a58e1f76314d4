# A bounded cache in a garbage cycle: whatever the collector clears first, each link dies once.
import functools, gc

class Holder:
    live = 0
    def __init__(self):
        Holder.live += 1
        @functools.lru_cache(maxsize=3)
        def remember(x):
            return [self, x]
        self.remember = remember
    def __del__(self):
        Holder.live -= 1

for n in range(5):
    holders = [Holder() for i in range(40)]
    for h in holders:
        for x in range(n):
            h.remember(x)
            h.remember((h, x))
    del h
    holders.append(holders)
    del holders
    gc.collect()
    print(n, Holder.live)
