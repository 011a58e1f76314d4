# functions in functions in classes in functions
def outer(a):
    def middle(b):
        def inner(c):
            total = [a, b, c]
            return total

        class Local:
            base = b

            def get(self, d):
                found = (a, b, d, inner(d))
                return found
        o = Local()
        return o, inner
    made = [middle(i) for i in range(2)]
    return made


pairs = outer("a")
for o, inner in pairs:
    x = o.get(5)
    y = inner("c")
    z = type(o).base
more = outer([1])
