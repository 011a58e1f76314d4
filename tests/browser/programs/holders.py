class Box:
    pass


def keep(thing):
    def inner():
        return thing
    return inner


target = [1, 2, 3]
alias = target
in_list = [0, target]
in_tuple = (target, 5)
in_dict = {"key": target}
box = Box()
box.content = target
closure = keep(target)
nested = [in_list]
print("held")
alias = None
in_list[1] = None
in_dict.clear()
del box.content
print("fewer")
target = in_tuple = closure = None
print("gone")
