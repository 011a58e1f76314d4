def outer():
    def inner():
        def innermost():
            return 1 / 0
        return innermost()
    return inner()
outer()
