"""At the end of a process the main thread runs finalisers for long, while daemon threads ask for their turn: it must not wait for them."""
import subprocess
import sys

PROGRAM = """
import os, sys, threading, time

class Last:
    def __del__(self, write=os.write, now=time.monotonic):
        end = now() + 0.15
        while now() < end:
            for i in range(1000):
                pass
        write(1, b"finalised\\n")

def busy():
    while True:
        os.stat("/")
        time.sleep(0)

for _ in range(3):
    threading.Thread(target=busy, daemon=True).start()
time.sleep(0.01)
sys.keep = Last()
"""
for _ in range(4):
    print(subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, timeout=60).stdout)
