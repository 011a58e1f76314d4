# what: a list of dicts of four string keys, filled one by one
# metric: rss
# items: 500000
# small: 1000
import sys

n = int(sys.argv[1]) if len(sys.argv) > 1 else 500000
a = []
for i in range(n):
    d = {}
    for key in ("id", "name", "size", "kind"):
        d[key] = i
    a.append(d)
print("checksum", len(a), a[-1]["id"])
