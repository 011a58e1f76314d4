import errno
for n in ('EAGAIN EALREADY EINPROGRESS EPIPE ESHUTDOWN ECHILD ECONNABORTED ECONNREFUSED ECONNRESET EEXIST ENOENT EISDIR '
          'ENOTDIR EINTR EACCES EPERM ESRCH ETIMEDOUT EINVAL').split():
    e = OSError(getattr(errno, n), n)
    print(n, type(e).__name__, e, e.args)
e = OSError(2, 'msg', 'file')
print(repr(e), str(e), e.filename, e.filename2, e.args, e.errno, e.strerror, e.__reduce__())
e = OSError(2, 'msg', 'file', None, 'other')
print(repr(e), str(e), e.filename2, e.args, e.__reduce__())
e = OSError(1); print(repr(e), str(e), e.errno)
e = OSError(1, 2, 3, 4, 5, 6); print(repr(e), e.errno)
e = BlockingIOError(11, 'm', 5); print(e.characters_written, e.args, e.filename)
try: OSError(1, 'x').characters_written
except AttributeError as x: print(x)
class Sub(OSError):
    def __init__(self, a): super().__init__(a, 'text', 'name')
e = Sub(2); print(type(e).__name__, e.errno, e.filename, str(e), e.args)
class Sub2(OSError): pass
print(type(Sub2(2, 'x')).__name__, Sub2(2, 'x'))
try: open('/nonexistent/x')
except FileNotFoundError as e: print(e, e.errno, e.filename, repr(e))
