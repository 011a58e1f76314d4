# From a text about what Python does with memory.
# section: 1. REPL when started without arguments
# adapted: derived (the text states this in prose, without code)
# check: mode=repl

1 + 1
_
x = 5
x
def f():
    return 'block'

f()
for i in range(2):
    i

None
1/0
'still running'
