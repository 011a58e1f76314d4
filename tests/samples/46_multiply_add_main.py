# From a text about what Python does with memory.
# section: 3. Example Python Code
# adapted: nothing (verbatim)

def multiply(a, b):
    result = a * b
    return result

def add(x, y):
    sum_ = x + y
    product = multiply(sum_, 2)
    return product

def main():
    answer = add(5, 3)
    print(answer)

main()
