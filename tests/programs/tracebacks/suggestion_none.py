class A:
    x = 1
A().completely_different
