"""The value stack after each instruction of a text, by the effects that dis knows and the names that the text binds."""
import dis
import sys

stack, names = [], {}
for i in dis.get_instructions(compile(sys.argv[1], "text", "exec")):
    if i.opname in ("LOAD_CONST", "LOAD_NAME"):
        stack.append(i.argval if i.opname == "LOAD_CONST" else names[i.argval])
    elif i.opname == "STORE_NAME":
        names[i.argval] = stack.pop()
    elif i.opname == "BINARY_OP":
        right, left = stack.pop(), stack.pop()
        stack.append({"+": left + right, "*": left * right}[i.argrepr])
    elif i.opname == "RETURN_VALUE":
        stack.pop()
    print(f"{i.offset:3} {i.opname:12} {i.argrepr:5} {stack!s:12} {names}")
