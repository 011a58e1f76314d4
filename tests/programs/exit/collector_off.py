"""With the collector switched off, what the modules held is still finalised at the end."""
import gc


class Node:
    def __init__(self, name):
        self.name, self.me = name, self

    def __del__(self):
        print("finalised", self.name)


gc.disable()
held = Node("held")
Node("lost")
