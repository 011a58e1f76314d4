"""reStructuredText to HTML, LaTeX, man page, XML and pseudo-XML, with directives, tables, footnotes and reported errors."""
import io

from docutils.core import publish_doctree, publish_string

SOURCE = """\
Title
=====

:Author: Me
:Version: 1

.. contents::

Lists
-----

* a *b* **c** ``d``

  1. one
  2. two

term
    definition [1]_ and `link <http://x.org>`_ |sub|

.. |sub| replace:: replaced
.. [1] A footnote.

.. code:: python

   def f(x):
       return "x" + 1

.. note:: Beware.

.. image:: a.png
   :alt: picture

Tables
------

=====  =====
 A      B
=====  =====
 1      2
=====  =====

+---+-------+
| x | y  z  |
+---+-------+

::

  literal <&>

:math:`x^2` :sub:`2` :pep:`8`

Bad `unclosed
"""
stream = io.StringIO()
common = {"warning_stream": stream, "embed_stylesheet": False, "stylesheet_path": None, "_disable_config": True, "datestamp": None, "generator": None, "use_latex_citations": True, "legacy_column_widths": False}
for writer in ("html5", "pseudoxml", "xml", "manpage", "latex"):
    text = publish_string(SOURCE, writer_name=writer, settings_overrides=common).decode()
    print(writer, len(text), text[-2500:] if writer != "latex" else text[-600:], sep="\n")
print(stream.getvalue())
tree = publish_doctree("A *b*\n\n- c\n- d\n", settings_overrides=common)
print(tree.pformat(), [type(node).__name__ for node in tree.findall()])
