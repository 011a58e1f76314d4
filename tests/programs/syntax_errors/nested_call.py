print(f(1, 2, g(3, h(4 5))))
