# Characters by the aliases of their names, in literals, in the codec and in unicodedata; sequences only in lookup().
import unicodedata

print(ascii("\N{BYTE ORDER MARK}\N{LINE FEED}\N{nul}\N{Latin Capital Letter Gha}\N{NBSP}\N{VS256}\N{LINE SEPARATOR}"))
print(ascii(rb"\N{ESC}\N{LF}\N{KEYCAP DIGIT ONE2}".decode("unicode_escape", "replace")))
for name in ["LF", "bell", "BEL", "ALERT", "NEL", "ZWNBSP", "Byte Order Mark", "KEYCAP NUMBER SIGN", "keycap digit one", "latin small letter r with tilde",
             "LINEFEED", "LF ", "BYTE  ORDER MARK", "DEL", "WEIERSTRASS ELLIPTIC FUNCTION", "PRESENTATION FORM FOR VERTICAL RIGHT WHITE LENTICULAR BRACKET"]:
    try:
        print(name, ascii(unicodedata.lookup(name)), len(unicodedata.lookup(name)))
    except KeyError as error:
        print(error)
for c in "\n\ufeff\u01a2\x7f":
    print(unicodedata.name(c, None))
try:
    eval(r"'\N{KEYCAP DIGIT ONE}'")
except SyntaxError as error:
    print(error)
