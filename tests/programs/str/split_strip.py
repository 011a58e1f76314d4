# str: split, rsplit, splitlines, partition, strip
for s in ["", " ", "a b  c ", "  lead", "a,b,,c", "né à", "1\u20032 3", "x\x1cy"]:
    print(ascii((s.split(), s.split(" "), s.split(",", 1), s.rsplit(None, 1), s.rsplit(",", 1), s.split(None, 1))))
    print(ascii((s.strip(), s.lstrip(), s.rstrip(), s.strip("ac "), s.partition(","), s.rpartition(" "))))
print(ascii("a\nb\r\nc\rd\x0be\x85f\u2028g".splitlines()), ascii("a\nb\r\n".splitlines(True)), "".splitlines(), "\n".splitlines())
print("abcabc".replace("bc", "é"), "aaa".replace("a", "bb", 2), "abc".replace("", "-"), ascii("éa".replace("é", "e")))
print("aXbXc".find("X", 2), "aXbXc".rfind("X"), "aaaa".count("aa"), "".count(""), "abc".find("", 3), "abc".find("", 4))
print("日本語日本".find("日本", 1), "日本語日本".rfind("日本"), "a\U0001f600b\U0001f600".count("\U0001f600"))
print("x".join(["a"]), "é".join(["a", "日"]), ", ".join(str(i) for i in range(3)))
print("%s" % "ok", "-".join("abc"), "abc"[::-1], "日本語"[::-2], "a" * 3, "ab" * 0)
print("abc".join([1, 2]))
