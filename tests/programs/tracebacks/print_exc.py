import traceback
def f(): 1/0
try: f()
except ZeroDivisionError as e:
    traceback.print_exc()
    print(traceback.format_exc())
    print(traceback.format_exception_only(e))
    print(e.__traceback__.tb_lineno, e.__traceback__.tb_next.tb_frame.f_code.co_name)
