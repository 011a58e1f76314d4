# From a text about what Python does with memory.
# section: Q7: How do closures affect memory?
# adapted: the observation block at the end

def make_counter():
    count = 0  # Would normally be freed when function returns
    
    def increment():
        nonlocal count
        count += 1
        return count
    
    return increment  # Returns closure

counter = make_counter()
# 'count' object still alive! Captured by closure

# --- added to observe -------------------------------------------------
print(counter(), counter(), counter())
print(make_counter.__code__.co_cellvars, counter.__code__.co_freevars)
