class Node:
    def __init__(self, key, left=None, right=None):
        self.key, self.left, self.right = key, left, right

def insert(node, key):
    if node is None:
        return Node(key)
    if key < node.key:
        node.left = insert(node.left, key)
    else:
        node.right = insert(node.right, key)
    return node

root = None
names = ["pear", "fig"]
alias = names
alias.append({"a": 1, "b": [1, 2.5, None]})
for key in (50, 30, 70, 60):
    root = insert(root, key)
print("done", names)
