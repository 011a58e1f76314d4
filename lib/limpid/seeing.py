"""limpid.see(): what a block of the program does, as a page for the browser."""

import os
import sys

import _see

from limpid._look import look


class See:
    """A recording of a block: a context manager, and a decorator of functions.

    page, record: the files that are written, or None; steps: how many, when the block has ended."""

    def __init__(self, page, record, options, program):
        self.page, self.record, self.steps = page, record, None
        self._options, self._program, self._told = options, program, page is None and record is None

    @look
    def __enter__(self):
        global _running
        from limpid import page

        if self._told:
            self.page = _default_page()
        # the block may change the current folder
        self._page = None if self.page is None else os.path.abspath(os.fsdecode(self.page))
        self._file = os.path.abspath(os.fsdecode(self.record)) if self.record else f"{self._page}.recording"
        if self._page:
            page.check(self._file, self._page)
        if _running is None:
            import atexit

            atexit.register(_end)
            _running = False
        _see.record(self._file, self._program or sys._getframe(1).f_code.co_filename, **self._options)
        _running = self
        if self._page:
            _see.record_says(f"limpid: the program was ended by a signal; what was recorded is in {self._file}: "
                             f"limpid -m limpid page {self._file} {self._page}\n")
        return self

    @look
    def __exit__(self, *error):
        if _running is self:
            self._stop()

    def _stop(self):
        global _running
        _running = False
        self.steps = _see.record_stop()
        if self._page is None:
            return
        from limpid import page

        size = page.write(self._file, self._page) if self.steps else 0
        if not self.record:
            os.unlink(self._file)
        if not self.steps:
            _tell("no step was recorded, no page is written")
        elif self._told:
            what = (self._options.get("grain") or "line") + "s" * (self.steps != 1)
            _tell(f"{self.steps} {what}, {(size + 1023) // 1024} KiB: open {self.page}")
        if self._told and _see.record_missed():
            _tell("what ran under a function given to sys.settrace or sys.setprofile is not recorded")

    def __call__(self, function):
        import contextlib
        import functools
        import inspect

        if isinstance(function, (staticmethod, classmethod)):
            return type(function)(self(function.__func__))
        if isinstance(function, type) or not callable(function):
            what = f"the class {function.__qualname__}: decorate its methods" if isinstance(function, type) else type(function).__name__
            raise TypeError(f"limpid.see() decorates functions, not {what}")
        program = getattr(getattr(function, "__code__", None), "co_filename", None)

        def another():
            return See(None if self._told else self.page, self.record, self._options, self._program or program)

        if inspect.iscoroutinefunction(function):
            async def seen(*args, **kwargs):
                if _running:
                    return await function(*args, **kwargs)
                with another():
                    return await function(*args, **kwargs)
        elif inspect.isasyncgenfunction(function):
            async def seen(*args, **kwargs):
                with contextlib.nullcontext() if _running else another():
                    generator = function(*args, **kwargs)
                    try:
                        value = await anext(generator)
                        while True:  # as `yield from` would
                            try:
                                sent = yield value
                            except GeneratorExit:
                                await generator.aclose()
                                raise
                            except BaseException as error:
                                value = await generator.athrow(error)
                            else:
                                value = await generator.asend(sent)
                    except StopAsyncIteration:
                        pass
        elif inspect.isgeneratorfunction(function):
            def seen(*args, **kwargs):
                if _running:
                    return (yield from function(*args, **kwargs))
                with another():
                    return (yield from function(*args, **kwargs))
        else:
            def seen(*args, **kwargs):
                if _running:
                    return function(*args, **kwargs)
                with another():
                    return function(*args, **kwargs)
        return functools.wraps(function)(seen)

    def __repr__(self):
        state = "running" if _running is self else "not begun" if self.steps is None else f"{self.steps:,} steps"
        return f"<limpid.see {os.fspath(self.page or self.record or '')!r}, {state}>"


_running = None  # a See; False: none any more


@look
def _end():
    """The program ends within a block."""
    if _running:
        _running._stop()


def _tell(text):
    try:
        os.write(2, f"limpid: {text}\n".encode(errors="surrogateescape"))
    except OSError:
        pass


def _default_page():
    main = sys.modules.get("__main__")
    name = os.path.basename(getattr(main, "__file__", None) or "limpid")
    return f"{name.removesuffix('.py')}.see.html"


def _names(value):
    """Names, functions, classes or modules, one or several, as names between commas."""
    if value is None or isinstance(value, str):
        return value
    return ",".join(each if isinstance(each, str) else getattr(each, "__qualname__", each.__name__)
                    for each in (value if isinstance(value, (list, tuple, set)) else [value]))


def _lines(value):
    if isinstance(value, range):
        value = value.start, value.stop - 1
    return "{}-{}".format(*value) if isinstance(value, (list, tuple)) and len(value) == 2 else value


@look
def see(page=None, /, *, record=None, start=None, function=None, module=None, library=False, lines=None, steps=None, last=None,
        every=None, grain=None, depth=None, breadth=None, objects=None, looks=None, captures=None, lean=False, c_stacks=False, growth=False):
    """Record a block of the program, step by step, into a page for the browser.

        with limpid.see("out.html"):
            work()

        @limpid.see("out.html", steps=5000)
        def work(): ...

    page: the file; without it, and without record, PROGRAM.see.html in the current folder, and where it is is told on standard
    error.  record: keep the recording itself in this file, for limpid.recording and limpid.see_step(); without page only that.
    A decorated function is recorded at each call that no other recording is under way at; the last one stays.

    Code that runs already is recorded, too: the function with the block in it and what it calls.  Options, as of the command
    line (limpid --help-see): start (--from), function, module, library, lines ("10-40", or (10, 40), of the file with the block),
    steps, last, every, grain ("line", "call", "instruction"), depth, breadth, objects, looks, captures
    (bytes, "12M" or "off"), lean, c_stacks, growth.  A page has the first million steps if neither steps nor last says otherwise.

    An exception in the block ends the recording and goes on.  Raises ValueError or TypeError for an option that is none, OSError if
    a file cannot be written, RuntimeError if there is a recording already."""
    options = {"from": _names(start), "function": _names(function), "module": _names(module), "lines": _lines(lines)}
    options |= {"library": library, "steps": steps, "last": last, "every": every, "grain": grain, "depth": depth, "breadth": breadth,
                "objects": objects, "looks": looks, "captures": captures, "lean": lean, "c-stacks": c_stacks, "growth": growth}
    if record is None and steps is None and last is None:
        options["steps"] = _see.record_page_steps()
    return See(page, record, options, None)
