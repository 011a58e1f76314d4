"""Other threads allocate without the interpreter's lock while this one forks: the child can allocate in the same way."""
import bz2
import lzma
import os
import threading

small = bz2.compress(b"text" * 100)
smaller = lzma.compress(b"text" * 100)
ends = False


def work():
    while not ends:
        bz2.decompress(small)
        lzma.decompress(smaller)


threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads:
    t.start()
good = 0
for i in range(40):
    pid = os.fork()
    if pid == 0:
        import signal
        signal.alarm(10)
        os._exit(bz2.decompress(small) != lzma.decompress(smaller))
    good += os.waitpid(pid, 0)[1] == 0
ends = True
for t in threads:
    t.join()
print("children that ended", good)
