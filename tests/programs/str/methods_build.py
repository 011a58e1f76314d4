# str: methods build, each with its result or its error


def show(text):
    try:
        print(text, "=>", ascii(eval(text)))
    except Exception as e:
        print(text, "=>", type(e).__name__, e)


for text in [
    "'a'.center('x')",
    "'a'.center()",
    "'a'.center(5,'ab')",
    "'a'.center(5,1)",
    "'a'.ljust(5,'ab')",
    "'a'.join(1)",
    "'a'.join([1])",
    "'a'.join(['a',b''])",
    "'a'.translate(1)",
    "'a'.translate({97:1.5})",
    "'a'.translate({97:0x110000})",
    "'a'.expandtabs('a')",
    "'a'.expandtabs(1,2)",
    "'a'.splitlines('a')",
    "'a'.maketrans(1)",
    "str.maketrans('a')",
    "str.maketrans('a','bc')",
    "str.maketrans({'ab':1})",
    'str.maketrans({1.5:1})',
    "str.maketrans('a','b',1)",
    "str.maketrans(1,'b')",
    "str.maketrans('a',1)",
    "'a'.zfill('a')",
    "'a'.encode(1)",
    "'a'.encode('xx')",
    "'a'.encode('ascii','a','b')",
    "'a'.encode('ascii',errors=1)",
    "str.join('a')",
    "''.join(['a'],2)",
]:
    show(text)
