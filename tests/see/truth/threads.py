# threads that hand over and wait, each with a stack of its own
import threading


class Turn:
    def __init__(self):
        self.event = threading.Event()
        self.answer = threading.Event()

    def give(self):
        self.event.set()
        self.answer.wait()
        self.answer.clear()

    def take(self):
        self.event.wait()
        self.event.clear()

    def back(self):
        self.answer.set()


def work(n, turn):
    mine = [n]
    for i in range(3):
        turn.take()
        mine.append(i * 1000)
        local.value = mine
        finish(mine, turn)
    turn.take()
    turn.back()


def finish(mine, turn):
    kept = tuple(mine)
    done.append(kept)
    turn.back()
    return kept


local = threading.local()
done = []
turns = [Turn() for i in range(3)]
threads = [threading.Thread(target=work, args=(i, turn)) for i, turn in enumerate(turns)]
for t in threads:
    t.start()
state = {"started": len(threads)}
for i in range(4):
    for turn in turns:
        turn.give()
        state[i] = list(done)
for t in threads:
    t.join()
total = sum(items[0] for items in done)
