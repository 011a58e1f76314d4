"""try, finally, with and loops left in every way."""
class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow
    def __enter__(self):
        print("enter", self.name)
        return self
    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__, value)
        return self.swallow

def leave(how):
    for i in range(2):
        try:
            with Manager(f"a{i}"), Manager(f"b{i}") as b:
                if how == "break": break
                if how == "continue": continue
                if how == "return": return b.name
                if how == "raise": raise KeyError(how)
        except KeyError as error:
            print("caught", error)
        else:
            print("else")
        finally:
            print("finally", i)
            if how == "override": return "from finally"
    else:
        return "loop ended"
    return "after break"

for how in ("break", "continue", "return", "raise", "override", None):
    print(how, "->", leave(how))

with Manager("swallow", True):
    1 / 0

def nested():
    try:
        try:
            raise ValueError("first")
        finally:
            try:
                raise TypeError("second")
            except TypeError as error:
                print(repr(error), "after", repr(error.__context__))
    except ValueError as error:
        print("still", error)
        try:
            error_name = error
        finally:
            pass
    try:
        error
    except UnboundLocalError as gone:
        print(gone)
    return 1 if error_name else 2

print(nested())

def groups():
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2), ExceptionGroup("h", [ValueError(3), KeyError(4)])])
    except* ValueError as group:
        print("values", group.exceptions)
    except* TypeError as group:
        print("types", group.exceptions)

try:
    groups()
except ExceptionGroup as rest:
    print("rest", rest.exceptions)

while True:
    try:
        break
    finally:
        print("on the way out")
else:
    print("not reached")

def unhandled():
    with Manager("last"):
        try:
            {}["missing"]
        finally:
            print("cleanup")

unhandled()
