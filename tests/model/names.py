import limpid


def function():
    x = 42
    items = [1, 2, 3]
    other = items
    print(limpid.draw("frame-objects"))


function()
