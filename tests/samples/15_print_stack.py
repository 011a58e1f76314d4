# From a text about what Python does with memory.
# section: Call Stack Visualization
# adapted: stderr is recorded too: traceback.print_stack() writes there
# check: stderr=merge

def func_a():
    print("In func_a")
    func_b()

def func_b():
    print("In func_b")
    func_c()

def func_c():
    print("In func_c")
    import traceback
    traceback.print_stack()

func_a()
