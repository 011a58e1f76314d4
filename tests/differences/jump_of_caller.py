"""Only the frame whose own line event is being sent can jump: a caller stands in the middle of its call.
python3.11 lets it jump, and crashes."""
import sys


def callee():
    return 1


def caller():
    callee()
    print('went on')


def trace(frame, event, arg):
    if frame.f_code is callee.__code__ and event == 'line':
        try:
            frame.f_back.f_lineno += 1
        except ValueError as e:
            print(e)
    return trace


sys.settrace(trace)
caller()
sys.settrace(None)
