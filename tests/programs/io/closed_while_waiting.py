# A write that waits while another thread closes the file ends in ValueError.
import io
import threading
import time


class Slow(io.RawIOBase):
    def __init__(self):
        self.flushing = threading.Event()

    def writable(self):
        return True

    def readable(self):
        return True

    def seekable(self):
        return True

    def write(self, data):
        return len(data)

    def seek(self, offset, whence=0):
        return 0

    def tell(self):
        return 0

    def flush(self):
        self.flushing.set()

    def close(self):
        if not self.closed:
            self.flushing.set()
            time.sleep(0.3)
        super().close()


for kind, method, args in ((io.BufferedWriter, "write", (b"spam",)), (io.BufferedRandom, "write", (b"spam",)),
                           (io.BufferedRandom, "read", (4,)), (io.BufferedRandom, "truncate", ())):
    raw = Slow()
    file = kind(raw, 8)
    thread = threading.Thread(target=file.close)
    thread.start()
    raw.flushing.wait()
    try:
        getattr(file, method)(*args)
    except ValueError:
        print(method, "ValueError")
    thread.join()
    print(file.closed)
