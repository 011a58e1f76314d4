import limpid


def multiply(a, b):
    print(limpid.draw("stack-at-call"))
    result = a * b
    return result


def add(x, y):
    total = x + y
    return multiply(total, 2)


def main():
    answer = add(5, 3)
    print(answer)


main()
