kept = []


class Event:
    def __init__(self, n):
        self.text = "event %d" % n


def leak(n):
    kept.append(Event(n))


def churn(n):
    return len([str(i) for i in range(n)])


for n in range(120):
    leak(n)
    churn(n % 10)
print(len(kept))
