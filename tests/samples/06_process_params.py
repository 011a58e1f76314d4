# From a text about what Python does with memory.
# section: 3. Function Parameters (References)
# adapted: the observation block at the end

def process(value, items):
    # 'value' and 'items' are references on the stack
    # pointing to heap objects
    pass

x = 42
lst = [1, 2, 3]
process(x, lst)  # Passes references, not copies

# --- added to observe -------------------------------------------------
import sys

def process_ids(value, items):
    print("same int object:", value is x, "same list object:", items is lst)
    print("list refs inside the call:", sys.getrefcount(items))
    items.append(4)

print("list refs before the call:", sys.getrefcount(lst))
process_ids(x, lst)
print("list refs after the call:", sys.getrefcount(lst))
print(lst)
