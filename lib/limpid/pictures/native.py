"""What was recorded of the programs in tests/samples_c: figures that need a compiler.  `make compare` measures them anew, and
tests/samples_c/check_recorded.py holds this against what they print."""

WHERE = "recorded: x86-64 Linux, gcc 12.2, libstdc++"
SIZES = {"int": 4, "double": 8, "std::string": 32}
STRING = {"data": 16, "capacity": 15}
NEW_INT = 32        # bytes of malloc's chunk for a new int
# what, option, nanoseconds each, the loop kept by a barrier
LOOPS = [("stack", "-O2", 0.43), ("stack", "-O0", 1.35), ("heap", "-O2", 24.4), ("heap", "-O0", 58.3)]
ON_STACK = ["sub rsp,0x190", "mov QWORD PTR [rsp-0x78],0x2a", "mov rax,QWORD PTR [rsp-0x78]", "add rsp,0x190", "ret"]
ON_HEAP = ["push rbx", "mov edi,0x200", "call malloc", "mov QWORD PTR [rax],0x2a", "mov rbx,QWORD PTR [rax]", "mov rdi,rax", "call free", "mov eax,ebx", "pop rbx", "ret"]
JAVA_ADD = "iload_0 iload_1 iadd istore_2"
