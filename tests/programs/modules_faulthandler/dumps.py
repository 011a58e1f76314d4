"""faulthandler: dumps on request, on signals, after a time and at crashes; what is refused."""
import faulthandler
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time

out = tempfile.TemporaryFile()


def show(text):
    print(re.sub("0x[0-9a-f]+", "0x", re.sub('File ".*/', 'File "', text)))


def written():
    out.seek(0)
    text = out.read().decode()
    out.seek(0)
    out.truncate()
    return text


def nested(n, f, *args, **kwargs):
    if n:
        return nested(n - 1, f, *args, **kwargs)
    f(*args, **kwargs)


class Thread(threading.Thread):
    def run(self):
        started.set()
        stop.wait()


nested(2, faulthandler.dump_traceback, out, all_threads=False)
show(written())
nested(120, faulthandler.dump_traceback, out.fileno(), all_threads=False)
print(written().count("in nested"))
faulthandler.dump_traceback(file=out)
show(written())
started, stop = threading.Event(), threading.Event()
thread = Thread()
thread.start()
started.wait()
faulthandler.dump_traceback(out)
text = written()
print(text.count("Thread 0x"), text.count("Current thread 0x"), "in run" in text, "in _bootstrap\n" in text)
stop.set()
thread.join()
exec(compile("faulthandler.dump_traceback(out, False)", "a\u1234\U00012345\x01\n\xe9" + "x" * 600, "exec"))
print(written())

calls = []
signal.signal(signal.SIGUSR1, lambda *a: calls.append(a[0]))
faulthandler.register(signal.SIGUSR1, out, all_threads=False, chain=True)
os.kill(os.getpid(), signal.SIGUSR1)
show(written())
print(len(calls), faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR1))
os.kill(os.getpid(), signal.SIGUSR1)
print(len(calls), repr(written()))

faulthandler.dump_traceback_later(0.05, file=out)
time.sleep(0.3)
show(written())
faulthandler.dump_traceback_later(30, repeat=True, file=out)
faulthandler.cancel_dump_traceback_later()
faulthandler.cancel_dump_traceback_later()

faulthandler.enable(out)
print(faulthandler.is_enabled(), faulthandler.disable(), faulthandler.disable(), faulthandler.is_enabled())


class File:
    def __init__(self, number):
        self.number = number

    def fileno(self):
        return self.number


for f, args in ((faulthandler.enable, ("a",)), (faulthandler.enable, (-1,)), (faulthandler.enable, (2**40,)),
                (faulthandler.enable, (File("x"),)), (faulthandler.enable, (File(-1),)), (faulthandler.dump_traceback_later, (0,)),
                (faulthandler.dump_traceback_later, ("a",)), (faulthandler.register, (signal.SIGSEGV,)),
                (faulthandler.register, (0,)), (faulthandler.register, (65,)), (faulthandler.register, (signal.SIGKILL, out)),
                (faulthandler.unregister, (signal.SIGABRT,))):
    try:
        print(f(*args))
    except Exception as e:
        print(type(e).__name__, e)


def child(code, *options):
    # in a build with sanitizers, their handlers would speak after the default ones' turn
    quiet = dict(os.environ, ASAN_OPTIONS="detect_leaks=0:handle_segv=0:handle_sigfpe=0:handle_sigbus=0:handle_abort=0")
    done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, env=quiet)
    print(done.returncode)
    show(done.stdout + done.stderr)


enabled = "import faulthandler; faulthandler.enable(); "
for crash in ("_sigsegv()", "_sigsegv(True)", "_sigabrt()", "_sigfpe()", "_read_null()", "_stack_overflow()", "_fatal_error_c_thread()"):
    child(enabled + "faulthandler." + crash)
child("import faulthandler\nfaulthandler.enable(all_threads=False)\nfaulthandler._sigsegv()")
child("import os; os.abort()", "-X", "faulthandler")
child("import faulthandler, time; faulthandler.dump_traceback_later(.05, exit=True)\ntime.sleep(10)")
child("""import faulthandler, gc
class A:
    def __del__(self): faulthandler._sigsegv()
a = A(); a.a = a; del a
faulthandler.enable()
gc.collect()""")
