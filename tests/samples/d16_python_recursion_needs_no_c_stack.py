# From a text about what Python does with memory.
# section: 6. Python Call Stack vs C Call Stack
# adapted: derived (the text states this in prose, without code)
# check: needs=/proc volatile=cstack

# In 3.11 a Python-to-Python call does not push a C frame: 20000 deep, the C stack does not grow.
import sys

def vmstk():
    with open("/proc/self/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("VmStk"))

sys.setrecursionlimit(10**6)
def python_only(n):
    return vmstk() if n == 0 else python_only(n - 1)

class ThroughC:
    def __init__(self, n):
        self.n = n
    def __repr__(self):
        return str(vmstk()) if self.n == 0 else repr(ThroughC(self.n - 1))

start = vmstk()
print("20000 Python calls grew the C stack by more than 1 MB:", python_only(20000) - start > 1024)
print("5000 calls through C (repr) grew it by more than 1 MB:", int(repr(ThroughC(5000))) - start > 1024)
