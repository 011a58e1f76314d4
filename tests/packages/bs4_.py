"""Scraping a page: two parsers, selectors, navigation, changes, output; html5lib's own trees."""
import bs4
import html5lib
from bs4 import BeautifulSoup

PAGE = """<!DOCTYPE html><html><head><title>A &amp; B</title></head><body class="x y"><p id=one>first<b>bold</p>
<ul><li>1<li data-k="v">2</ul><a href="/a">x</a><a href="http://h/b?c&d=1">y</a><!-- note --><table><tr><td>c1<td>c2</table><br/>&eacute;&#x263a;</body>"""
for parser in ("html.parser", "html5lib"):
    soup = BeautifulSoup(PAGE, parser)
    print(soup.prettify())
    print(soup.title.string, soup.body["class"], [a["href"] for a in soup.find_all("a")], soup.select("ul > li[data-k]"), soup.find(id="one").get_text("|"))
    print(soup.li.find_next_sibling("li"), soup.find(string=lambda s: "first" in s).parent.name, [type(c).__name__ for c in soup.body.descendants][:12])
    soup.a.replace_with(soup.new_tag("i", title="n"))
    soup.ul.insert(0, "text")
    soup.b.unwrap()
    soup.find("table").decompose()
    print(soup.body.encode("ascii"), soup.select_one("i[title^=n]"), soup.select("li:nth-of-type(2), p#one"))
print(BeautifulSoup(b"\xef\xbb\xbf<p>caf\xc3\xa9</p>", "html.parser").original_encoding, bs4.UnicodeDammit("é".encode("latin-1"), ["latin-1"]).unicode_markup)
tree = html5lib.parse("<p>a<table><b>c<tr><td>d</b></table><svg><circle r=1/></svg>", namespaceHTMLElements=False)
walker = html5lib.getTreeWalker("etree")
print(html5lib.serialize(tree, omit_optional_tags=False, quote_attr_values="always"), [t["type"] for t in walker(tree)])
