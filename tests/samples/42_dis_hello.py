# From a text about what Python does with memory.
# section: 2. Bytecode Compilation / see the bytecode
# adapted: nothing (verbatim)

import dis

dis.dis("print('Hello')")
