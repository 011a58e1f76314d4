# what: a list of sets of three ints
# metric: rss
# items: 300000
# small: 1000
import sys

n = int(sys.argv[1]) if len(sys.argv) > 1 else 300000
a = [{i, 1, 2} for i in range(n)]
print("checksum", len(a), len(a[-1]))
