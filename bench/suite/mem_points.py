# what: a list of instances with two attributes
# metric: rss
# items: 1000000
# small: 1000
import sys


class P:
    def __init__(self, x, y):
        self.x = x
        self.y = y


n = int(sys.argv[1]) if len(sys.argv) > 1 else 1000000
a = [P(i % 200, 1) for i in range(n)]
print("checksum", len(a), a[-1].x)
