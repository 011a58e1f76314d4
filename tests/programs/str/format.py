# str: format, each with its result or its error


def show(text):
    try:
        print(text, "=>", ascii(eval(text)))
    except Exception as e:
        print(text, "=>", type(e).__name__, e)


for text in [
    "'a'.format_map()",
    "'a'.format_map(1)",
    "'{a}'.format_map(1)",
    "'{}'.format()",
    "'{a}'.format()",
    "'{'.format()",
    "'}'.format()",
    "'{0}{}'.format(1,2)",
    "'{}{0}'.format(1,2)",
    "'{!x}'.format(1)",
    "'{!}'.format(1)",
    "'{!r'.format(1)",
    "'{:{}}'.format(1)",
    "'{:{:{}}}'.format(1,2,3)",
    "'{0.}'.format(1)",
    "'{0[}'.format(1)",
    "'{0[]}'.format(1)",
    "'{0[a}'.format(1)",
    "'{0[a]b}'.format({'a':1})",
    "'{0.a}'.format(1)",
    "'{a b}'.format(1)",
    "'{99999999999999999999}'.format(1)",
    "'{0[99999999999999999999]}'.format([1])",
    "'{!rr}'.format(1)",
    "'{:d}'.format('a')",
    "format('a','=5')",
    "format('a','+')",
    "format('a',' ')",
    "format('a',',')",
    "format('a','_')",
    "format('a','#')",
    "format('a','.x')",
    "format('a','05')",
    "format('a','>>>')",
    "format('a','5.')",
    "format('a','zs')",
    "format('a','99999999999999999999')",
    "format('a','.99999999999999999999')",
    "format('a','xyz')",
    "format('a','\\u1234')",
    "format('a',',_')",
    "format('a','=')",
    "format('a','0=5')",
    "format('a','05d')",
    "'a'.__format__(1)",
    "format('a',1)",
    "object().__format__('x')",
]:
    show(text)
