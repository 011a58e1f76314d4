import sys


def total(n):
    t = 0
    for i in range(n):
        t = t + i
    frame = sys._getframe()
    print(frame.f_code.co_name, frame.f_locals["t"], "called by", frame.f_back.f_code.co_name, "line", frame.f_back.f_lineno)
    return t


if __name__ == "__main__":
    print(total(1000))
