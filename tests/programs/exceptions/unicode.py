for f in (lambda: 'aé€'.encode('ascii'), lambda: 'a€'.encode('latin-1'), lambda: b'a\xff\xfe'.decode(), lambda: b'\xe2\x82'.decode('utf-8'),
          lambda: '\ud800'.encode(), lambda: '\U0001f600'.encode('ascii')):
    try: f()
    except UnicodeError as e: print(type(e).__name__, e, e.encoding, e.start, e.end, e.reason, ascii(e.object))
e = UnicodeTranslateError('abc', 1, 2, 'why'); print(e)
e = UnicodeTranslateError('abc', 0, 2, 'why'); print(e)
e = UnicodeDecodeError('x', bytearray(b'abc'), 0, 1, 'r'); print(e, e.object)
e.start = 5; print(e)
for a in (('x', 'abc', 0, 1, 'r'), (1, b'', 0, 1, 'r'), ('x', b''), ('x', b'', 'a', 1, 'r')):
    try: print(UnicodeDecodeError(*a))
    except TypeError as e: print(e)
