"""The state of module warnings may be anything: its filters, default action and registries are program's data."""
import _warnings
import sys
import warnings


def explicit(what, *args, **kwargs):
    try:
        print(what, _warnings.warn_explicit(*args, **kwargs))
    except Exception as error:
        print(what, type(error).__name__, error)


with warnings.catch_warnings():
    warnings.filterwarnings("once")
    saved, warnings.onceregistry = warnings.onceregistry, None
    explicit("once registry", "foo", Warning, "bar", 1, registry=None)
    warnings.onceregistry = saved

with warnings.catch_warnings():
    warnings.filters = [(None, None, Warning, None, 0)]
    explicit("action", "foo", Warning, "bar", 1)
    warnings.filters = []
    saved = warnings.defaultaction
    for action in None, 7, "", "nonsense":
        warnings.defaultaction = action
        explicit(f"default action {action!r}", "foo", Warning, "bar", 1)
    warnings.defaultaction = saved
    for filters in (), None, [()], ["abcde"], [["always", None, Warning, None, 0]], [("always", None, Warning, None, "x")]:
        warnings.filters = filters
        explicit(f"filters {filters!r}", "foo", Warning, "bar", 1)


class Replacing:
    """A pattern that changes the list of filters while it is walked."""

    def match(self, text):
        warnings.filters = [("ignore", None, Warning, None, 0)]
        return False


with warnings.catch_warnings():
    warnings.filters = kept = [("error", Replacing(), Warning, None, 0), ("always", None, Warning, None, 0)]
    explicit("replaced", "foo", Warning, "bar", 1)
    explicit("ignored", "foo", Warning, "bar", 1)

with warnings.catch_warnings():
    warnings.filters = []
    explicit("default", "foo", Warning, "bar", 1)
    del sys.modules["warnings"]
    for message in 5, None, b"bytes", "text":
        explicit(f"without the module {message!r}", message, UserWarning, "no file", 3)
    sys.modules["warnings"] = warnings
