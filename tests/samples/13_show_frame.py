# From a text about what Python does with memory.
# section: Frame Object Structure
# adapted: nothing (verbatim)

import sys

def show_frame():
    frame = sys._getframe()
    
    print(f"Function: {frame.f_code.co_name}")
    print(f"Filename: {frame.f_code.co_filename}")
    print(f"Line number: {frame.f_lineno}")
    print(f"Local variables: {frame.f_locals}")
    print(f"Global variables: {list(frame.f_globals.keys())[:5]}")
    
show_frame()
