# str: methods search, each with its result or its error


def show(text):
    try:
        print(text, "=>", ascii(eval(text)))
    except Exception as e:
        print(text, "=>", type(e).__name__, e)


for text in [
    "'a'.split(1)",
    "'a'.split('')",
    "'a'.split(1,2,3)",
    "'a'.split(x=1)",
    "'a'.split(maxsplit='a')",
    "'a'.replace('a')",
    "'a'.replace('a',1)",
    "'a'.replace(1,'a')",
    "'a'.replace('a','b','c')",
    "'a'.strip(1)",
    "'a'.strip('a','b')",
    "'a'.find(1)",
    "'a'.find()",
    "'a'.find('a','b')",
    "'a'.find('a',1,2,3)",
    "'a'.index('b')",
    "'a'.rindex('b')",
    "'a'.count(1)",
    "'a'.startswith(1)",
    "'a'.startswith((1,))",
    "'a'.endswith(1)",
    "'a'.startswith()",
    "'a'.partition(1)",
    "'a'.partition('')",
    "'a'.rpartition(1)",
    "'a'.removeprefix(1)",
    "'a'.removesuffix()",
    "'a'.rsplit('b',1,2)",
]:
    show(text)
