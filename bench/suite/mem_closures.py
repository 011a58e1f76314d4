# what: a list of functions that each close over one int
# metric: rss
# items: 300000
# small: 1000
import sys


def make(i):
    return lambda: i


n = int(sys.argv[1]) if len(sys.argv) > 1 else 300000
a = [make(i) for i in range(n)]
print("checksum", len(a), a[-1]())
