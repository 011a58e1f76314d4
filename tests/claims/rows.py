"""What a row of the claims is, and the kinds of tests it may have."""
import collections

Row = collections.namedtuple("Row", "id words tests")


def claim(ident, words, *tests):
    return Row(ident, words, tests)


def both(text):
    """A snippet that must end without an exception, on Limpid and on python3.11; it sees the names of ground.py."""
    return "code", text, "both"


def bare(text):
    """As both(), but left out under sanitizers: malloc, stacks and mappings are theirs there."""
    return "code", text, "bare"


def own(text):
    """The same on Limpid alone: it uses what only Limpid has, or holds of its numbers."""
    return "code", text, "own"


def sample(name):
    """A program of tests/samples, whose output python3.11 has recorded; differences.txt there lists the meant differences."""
    return "sample", name


def native(name, *lines):
    """A C or C++ program of tests/samples_c prints these lines."""
    return ("native", name, *lines)


def listing(function, *wanted, without=None):
    """The optimised machine code of a function of 10_stack_vs_heap_asm.c has these words, and not that."""
    return "listing", function, without, *wanted


def picture(name):
    """limpid.draw() draws that picture, and tests/see/check_pictures.py finds in it what it is about."""
    return "picture", name


def ratio(low, high):
    """An allocation on the heap takes so many times the time of one on the stack, in C++, both loops kept."""
    return "ratio", low, high


def same(ident):
    """The tests of another row."""
    return "same", ident
