# From a text about what Python does with memory.
# section: 3. PVM / its bytecode
# adapted: the text's listing is a shell block; here dis prints the real one, and the value stack is followed step by step

# The text's listing:
#   LOAD_CONST 0 (3)  # Загружаем 3 в стек
#   STORE_NAME 0 (a)  # Сохраняем в переменную a
#   LOAD_CONST 1 (5)  # Загружаем 5 в стек
#   STORE_NAME 1 (b)  # Сохраняем в переменную b
#   LOAD_NAME 0 (a)   # Загружаем a в стек
#   LOAD_NAME 1 (b)   # Загружаем b в стек
#   BINARY_ADD # Складываем (3 + 5)
#   STORE_NAME 2 (c)  # Сохраняем результат в c
import dis

code = compile("a = 3\nb = 5\nc = a + b\n", "script.py", "exec")
dis.dis(code)

print("value stack:")
stack, names = [], {}
for i in dis.get_instructions(code):
    if i.opname in ("LOAD_CONST",):
        stack.append(i.argval)
    elif i.opname == "LOAD_NAME":
        stack.append(names[i.argval])
    elif i.opname == "STORE_NAME":
        names[i.argval] = stack.pop()
    elif i.opname == "BINARY_OP" and i.argrepr == "+":
        r = stack.pop()
        stack.append(stack.pop() + r)
    elif i.opname == "RETURN_VALUE":
        stack.pop()
    print(f"{i.offset:3} {i.opname:13} {i.argrepr:5} {stack} {names}")
print("co_stacksize", code.co_stacksize)
