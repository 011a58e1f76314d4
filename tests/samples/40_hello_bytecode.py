# From a text about what Python does with memory.
# section: 2. Bytecode Compilation / its bytecode
# adapted: the text's listing is a shell block; here dis prints the real one

# The text's listing:
#   LOAD_GLOBAL 0 (print)
#   LOAD_CONST 0 ('Hello, World!')
#   CALL_FUNCTION 1
#   POP_TOP
import dis

code = compile('print("Hello, World!")', "script.py", "exec")
print("at module level:")
dis.dis(code)
def f():
    print("Hello, World!")
print("inside a function:")
dis.dis(f)
print("co_consts", code.co_consts, "co_names", code.co_names, "bytes", len(code.co_code))
