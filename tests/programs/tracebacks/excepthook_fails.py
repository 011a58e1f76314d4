import sys
def hook(t, v, tb):
    raise TypeError('hook')
sys.excepthook = hook
1/0
