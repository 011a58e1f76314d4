# From a text about what Python does with memory.
# section: Q7: How do closures affect memory? (inspection)
# adapted: the definition of Q7's first block is repeated so that the file runs alone

def make_counter():
    count = 0  # Would normally be freed when function returns
    
    def increment():
        nonlocal count
        count += 1
        return count
    
    return increment  # Returns closure

counter = make_counter()
print(counter.__closure__)  # (<cell at 0x...>,)
print(counter.__closure__[0].cell_contents)  # 0
