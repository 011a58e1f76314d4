"""There is one empty bytes object: repeating nothing gives it too."""
empty, text = b"", b"x"
print(text * 0 is empty, text[1:] is empty, bytes() is empty, bytes(0) is empty)
