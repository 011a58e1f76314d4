# str: construct index, each with its result or its error


def show(text):
    try:
        print(text, "=>", ascii(eval(text)))
    except Exception as e:
        print(text, "=>", type(e).__name__, e)


for text in [
    "'abc'['a']",
    "'abc'[10]",
    "'abc'[1:2:0]",
    "3 in 'abc'",
    "'a'*'b'",
    "'a'+1",
    "'a'<1",
    "str(1,'utf8')",
    "str('a','utf8')",
    'str(1,2,3,4)',
    "str(b'a','utf8',1)",
    "str(object=b'a',encoding='ascii')",
    'str(foo=1)',
    "type(iter('abc')),type(iter('é'))",
    "iter('abc').__reduce__()",
    "iter('abc').__setstate__(7)",
    "iter('abc').__length_hint__()",
    "'abc'.__sizeof__(),'é'.__sizeof__(),'世'.__sizeof__()",
    "'a'.__getnewargs__()",
    "'abc'.__getitem__()",
    "'a'.upper(1)",
    "'x'.istitle(1)",
    "'a'.casefold(1)",
    'str.upper(1)',
    'str.upper()',
    "'a'.isdigit.__text_signature__,str.split.__text_signature__",
    'chr(-1)',
    'chr(0x110000)',
    "chr('a')",
    "ord('ab')",
    'ord(1)',
    "'a'.isascii(1)",
    'str.__new__(int)',
    'str.__new__()',
    'str.__new__(1)',
]:
    show(text)
