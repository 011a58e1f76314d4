# From a text about what Python does with memory.
# section: 2. Bytecode Compilation (read, AST, bytecode)
# adapted: derived (the text states this in prose, without code)

# Source -> tokens -> AST -> bytecode -> PVM, each stage visible.
import ast
import dis
import io
import tokenize

source = "c = a + b\n"
print("tokens:", [tokenize.tok_name[t.type] + " " + repr(t.string) for t in tokenize.generate_tokens(io.StringIO(source).readline)])
tree = ast.parse(source)
print("AST:", ast.dump(tree))
code = compile(tree, "script.py", "exec")
print("code:", code.co_code.hex(), code.co_consts, code.co_names)
print("bytecode:", [(i.opname, i.argval) for i in dis.get_instructions(code)])
space = {"a": 3, "b": 5}
exec(code, space)
print("PVM:", space["c"])
