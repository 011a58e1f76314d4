"""Formats: toml, tomlkit with comments kept, xmltodict, simplejson, jsonschema, tabulate, prettytable, chardet, idna."""
import datetime
import decimal

import chardet
import idna
import jsonschema
import prettytable
import simplejson
import tabulate
import toml
import tomlkit
import xmltodict

TOML = '# top\ntitle = "x\\u00e9"\n[a.b]\nn = 1_000\nf = 6.02e23\nd = 1979-05-27T07:32:00Z\nl = [ [1, 2], ["a"] ]\ns = \'\'\'raw\nlines\'\'\'\n[[p]]\nk = true # note\n[[p]]\nk = false\n'
loaded = toml.loads(TOML)
loaded["a"]["b"]["d"] = loaded["a"]["b"]["d"].isoformat()
print(loaded, toml.dumps({"a": {"b": [1, 2.5], "c": datetime.date(2020, 1, 1)}, "q": 'x"y'}))
doc = tomlkit.parse(TOML)
doc["title"] = "new"
doc["a"]["b"].add("z", [1])
doc["p"][0]["k"] = False
print(tomlkit.dumps(doc))
for bad in ("a = ", "[a]\n[a]\n", "a = 1\na = 2", "x = 'a\n'"):
    for load in (toml.loads, tomlkit.parse):
        try:
            print(load(bad))
        except Exception as error:
            print(type(error).__name__, error)
print(xmltodict.parse('<a x="1"><b>1</b><b/><c><![CDATA[<&>]]> t</c></a>', force_list=("c",)), xmltodict.unparse({"r": {"@k": "v", "i": ["1", None], "#text": "t"}}, pretty=True))
print(simplejson.dumps({"d": decimal.Decimal("1.10"), "n": float("nan"), "k": [1, (2,)]}, ignore_nan=True, sort_keys=True), simplejson.loads("[1.10]", use_decimal=True), simplejson.dumps([{1: 2}], indent="\t"))
schema = {"type": "object", "required": ["n"], "additionalProperties": False, "definitions": {"pos": {"type": "integer", "minimum": 1}},
          "properties": {"n": {"$ref": "#/definitions/pos"}, "l": {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True}, "e": {"format": "ipv4"}, "o": {"oneOf": [{"type": "string"}, {"pattern": "^x"}]}}}
for value in ({"n": 1}, {}, {"n": 0}, {"n": 1, "l": ["a", "a", "c"]}, {"n": "1", "z": 0}, {"n": 2, "e": "300.1.1.1"}, {"n": 2, "o": "xy"}):
    v = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    print([(e.message, list(e.absolute_path), e.validator) for e in sorted(v.iter_errors(value), key=lambda e: (e.message))])
try:
    jsonschema.validate({"n": -1}, schema)
except jsonschema.ValidationError as error:
    print(error)
rows = [["é日本", 1.5, None], ["b", -20, True]]
for style in ("simple", "grid", "pipe", "html", "latex", "fancy_grid", "rst", "tsv", "github"):
    print(tabulate.tabulate(rows, headers=["n", "v", "x"], tablefmt=style, floatfmt=".2f", missingval="?"))
t = prettytable.PrettyTable(["City", "Pop"])
t.add_rows([["A", 3], ["BB", 10]])
t.align["Pop"], t.sortby, t.reversesort = "r", "Pop", True
print(t, t.get_html_string(), t.get_csv_string(), t.get_string(start=1, end=2, border=False))
for data in ("héé – ñ".encode(), "Привет, мир, как дела".encode("koi8-r"), "日本語のテキストです。".encode("shift_jis"), b"plain", "ä".encode("utf-16"), "Ελληνικά κείμενο".encode("iso-8859-7")):
    print(chardet.detect(data))
print(idna.encode("bücher.de"), idna.decode("xn--bcher-kva.de"), idna.encode("Königsgäßchen", uts46=True))
for bad in ("a\u0378b.de", "-a", "a" * 64, "\u0660a"):
    try:
        print(idna.encode(bad))
    except idna.IDNAError as error:
        print(type(error).__name__, error)
