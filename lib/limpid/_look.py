"""The decorator of every function that looks at memory."""

from _see import enter, leave


def look(function):
    """Run function as a look: what it allocates and does is not part of the picture."""

    def looked(*args, **kwargs):
        enter()
        try:
            return function(*args, **kwargs)
        finally:
            leave()

    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        setattr(looked, name, getattr(function, name))
    looked.__wrapped__ = function
    return looked
