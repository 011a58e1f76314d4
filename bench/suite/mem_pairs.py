# what: a list of 2-tuples of ints
# metric: rss
# items: 1000000
# small: 1000
import sys

n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
a = [(i, i + 1) for i in range(n)]
print("checksum", len(a), a[-1][0])
