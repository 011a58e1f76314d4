# a small machine: state in instances, numbers counted up in attributes and items
class Machine:
    def __init__(self):
        self.pc = 0
        self.acc = 1000.0
        self.count = 10 ** 6
        self.mem = [0] * 4
        self.trace = {}

    def step(self, op, arg):
        self.pc += 1
        self.count += arg
        if op == "add":
            self.acc += arg
        elif op == "store":
            self.mem[arg] = self.acc
        elif op == "inc":
            self.mem[arg] += 1
        self.trace[self.pc] = self.acc
        self.trace["n"] = self.trace.get("n", 10 ** 9) + 1


m = Machine()
for op, arg in [("add", 5), ("store", 1), ("inc", 1), ("inc", 0), ("add", 0.5), ("store", 2)]:
    m.step(op, arg)
    copy = m.acc
    seen = m.count, m.trace["n"]
m.acc *= 2
d = {"x": 1.5}
for i in range(3):
    d["x"] += i
    d["y"] = d["x"]
    d["x"] -= 0.25
