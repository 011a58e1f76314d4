"""The view Object: raw bytes with fields, who refers to it, ways from the roots, the history of its count."""

import re


from test_search import pick, to_line


def open_object(b):
    """The view of the object that is picked."""
    b.run("[...document.querySelectorAll('#detail button')].find((button) => button.textContent === 'bytes').click()")
    b.wait("return !document.getElementById('view-object').hidden && /^list at/.test(document.getElementById('object-title').textContent)")
    settle(b)


def settle(b):
    b.run_later("""
      let last = "";
      for (let same = 0; same < 4;) {
        const now = document.getElementById("view-object").innerText;
        same = now === last ? same + 1 : 0;
        last = now;
        await new Promise((done) => setTimeout(done, 60));
      }
    """)


def referrers(b):
    """The texts of the list of what refers to it at this step."""
    return b.run("""
      const head = [...document.querySelectorAll("#object-links h3")].find((h) => /^Referred to at this step/.test(h.textContent));
      return head ? [head.textContent, ...[...head.nextElementSibling.querySelectorAll("li")].map((li) => li.innerText)] : [];
    """)


def check_every_referrer_is_named(bench):
    """All ten ways in which the program holds the list: names, list, tuple, dict, attribute, cell."""
    b = bench.open("holders")
    to_line(b, 'print("held")')
    pick(b, "list 3")
    open_object(b)
    head, *names = referrers(b)
    text = "\n".join(names)
    for word in ("['target']", "['alias']", "list", "tuple", "['key']", ".content", "cell"):
        assert word in text, (word, names)
    assert "7 things" in head, (head, names)
    b.press("s")
    to_line(b, 'print("fewer")')
    assert "list 3" in b.text("#heap .picked").replace("\n", " ")
    b.press("Home")
    to_line(b, 'print("fewer")')
    open_object(b)
    head, *names = referrers(b)
    text = "\n".join(names)
    assert "['alias']" not in text and "['key']" not in text and ".content" not in text, names
    assert "3 things" in head, (head, names)


def check_bytes_and_fields(bench):
    """The object as its bytes: offsets, fields, the count and the length."""
    b = bench.open("holders")
    to_line(b, 'print("held")')
    pick(b, "list 3")
    open_object(b)
    rows = b.run("return [...document.querySelectorAll('#object-memory tr')].map((row) => [...row.cells].map((cell) => cell.innerText))")
    fields = {row[2]: row for row in rows[1:] if len(row) == 5}
    assert "ob_refcnt" in fields and fields["ob_refcnt"][4].strip() == "7", rows
    assert [int(row[0]) for row in rows[1:] if row[0].isdigit()] == sorted(int(row[0]) for row in rows[1:] if row[0].isdigit()), rows
    size = next(row for name, row in fields.items() if "ob_size" in name)
    assert size[4].startswith("3"), size
    assert size[1].split()[0] == "03", size


def check_history_of_the_count(bench):
    """Each change of its count with the line that did it; a press on one goes to its step."""
    b = bench.open("holders")
    to_line(b, 'print("held")')
    pick(b, "list 3")
    open_object(b)
    rows = b.wait("const rows = [...document.querySelectorAll('#object-history tr')].slice(1).map((row) => [...row.cells].map((cell) => cell.innerText)); return rows.length > 5 && rows")
    text = [" ".join(row) for row in rows]
    assert any("alias = target" in row for row in text) and any("box.content = target" in row for row in text), text
    counts = [int(row[2]) for row in rows if row[2].isdigit()]
    assert max(counts) >= 7 and any("died" in row[1] or "zero" in row[1] or row[2] == "0" for row in rows), rows
    step = rows[3][0]
    b.run("document.querySelectorAll('#object-history tr')[4].querySelector('button').click()")
    b.at(int(re.sub(r"\D", "", step)))


def check_ways_from_roots(bench):
    """At the end, what is held by the module is led to from a root; the address stands in the link and opens it again."""
    b = bench.open("calls", "1000")
    b.press("ArrowLeft")
    pick(b, "list")
    open_object(b)
    text = b.text("#view-object")
    assert "Ways from the roots" in text or "Referred to at this step" in text, text[:800]
    link = b.run("return location.hash")
    assert "view=object" in link and "object=0x" in link, link
    title = b.text("#object-title")
    b.open(bench.pages.of("calls"), link.lstrip("#"))
    settle(b)
    assert b.text("#object-title") == title


def check_objects_are_found(bench):
    b = bench.open("calls", "30&view=object")
    settle(b)
    b.run("document.getElementById('object-search').focus()")
    b.type("Point")
    b.press("Enter")
    b.wait("return document.querySelectorAll('#object-found li').length >= 1")
    b.run("[...document.querySelectorAll('#object-found li button')].find((button) => button.innerText === '__main__.Point').click()")
    b.wait("return /Point at 0x/.test(document.getElementById('object-title').textContent)")
