"""limpid.draw(name, …): pictures of memory from the live program, as text, SVG and JSON.

A picture is a function of the modules beside this one.  It returns a title, plain data, and a Canvas on which the data is
drawn; each of the three forms is made of that.  The table below says which picture is where."""

from limpid._look import look

# name: (other name, module, whether it runs program code and looks in between)
_PICTURES = {
    "P01": ("address-space", "process", False), "P02": ("frame-layout", "frames", False), "P03": ("heap-holes", "heap", False),
    "P04": ("frame-objects", "frames", False), "P05": ("slots", "frames", False), "P06": ("int-bytes", "raw", True),
    "P07": ("str-bytes", "raw", True), "P08": ("small-objects", "raw", True), "P09": ("call-stack", "frames", False),
    "P10": ("three-values", "compare", False), "P11": ("list", "objects", True), "P12": ("growth", "objects", False),
    "P13": ("speed", "compare", True), "P14": ("instructions", "compare", False), "P15": ("arenas", "heap", False),
    "P16": ("request", "heap", True), "P17": ("traced", "compare", True), "P18": ("closure", "objects", True),
    "P19": ("python-cpp", "compare", False), "P20": ("python-model", "frames", False), "P21": ("cpp-model", "compare", False),
    "P22": ("pipeline", "code", True), "P23": ("value-stack", "code", True), "P24": ("module-names", "frames", False),
    "P25": ("arguments", "code", True), "P26": ("frame-table", "frames", False), "P27": ("stack-at-call", "frames", False),
    "P28": ("calls", "code", True), "P29": ("two-stacks-table", "stacks", True), "P30": ("interpreter", "stacks", False),
    "P31": ("memory-map", "process", False), "P32": ("dual-stack", "stacks", False), "P33": ("languages", "compare", False),
    "P34": ("theatre", "stacks", False), "P35": ("refcount", "objects", True),
    "P36": ("cycle", "objects", True), "P37": ("identity", "code", True), "P38": ("depth", "code", True),
}
_NAMES = {other: name for name, (other, _, _) in _PICTURES.items()}
FORMATS = ("text", "ascii", "svg", "json")


class Picture:
    """What limpid.draw() returns: print it, or take its text(), svg(), json() or data."""

    __slots__ = ("name", "title", "data", "_canvas")

    def __init__(self, name, title, data, canvas):
        self.name, self.title, self.data, self._canvas = name, title, data, canvas

    def text(self, ascii=False):
        """The drawing in characters; with ascii none but ASCII ones."""
        return self._canvas.to_text(ascii)

    def svg(self):
        """The drawing as an SVG document."""
        return self._canvas.to_svg(f"{self.name} {self.title}")

    def to_dict(self):
        """Name, title and data of the picture: what is drawn, without the drawing."""
        return {"picture": self.name, "title": self.title, "data": self.data}

    def json(self, indent=None):
        """The same as JSON text."""
        import json

        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False)

    def __str__(self):
        return self.text()

    __repr__ = __str__


def names():
    """{name: other name} of all pictures."""
    return {name: other for name, (other, _, _) in _PICTURES.items()}


def draw(name, *args, format=None, **options):
    """Draw a picture of the live program.

    name: "P01" to "P38", or its other name (names() of limpid.pictures lists them).  Each picture has arguments and options of its own:
    help(limpid.pictures.function(name)) says which.  Returns a Picture; with format "text", "ascii", "svg" or "json" the text in that form.

    Raises ValueError for a name or format that there is not."""
    if format is not None and format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {format!r}")
    key, make = _found(name)
    made = make(*args, **options) if _PICTURES[key][2] else look(make)(*args, **options)
    picture = Picture(key, *made)
    return picture if format is None else picture.text(format == "ascii") if format in ("text", "ascii") else getattr(picture, format)()


def function(name):
    """The function behind a picture, whose docstring says what it shows and takes."""
    return _found(name)[1]


@look
def _found(name):
    key = name.upper() if isinstance(name, str) and name.upper() in _PICTURES else _NAMES.get(name)
    if key is None:
        raise ValueError(f"no picture {name!r}: limpid.pictures.names() lists them")
    other, module, _ = _PICTURES[key]
    module = __import__(f"limpid.pictures.{module}", fromlist=["x"])
    return key, module.__dict__["draw_" + other.replace("-", "_")]
