"""An exception that ends a thread is told of on the stderr that the thread was made under, when sys.stderr is gone."""
import io
import sys
import threading


def fail():
    sys.stderr = None
    1 / 0


sys.stderr = kept = io.StringIO()
thread = threading.Thread(target=fail, name="T")
thread.start()
thread.join()
print(kept.getvalue().splitlines()[0], kept.getvalue().splitlines()[-1], sys.stderr)
