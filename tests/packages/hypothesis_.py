"""Property tests: strategies of many kinds, shrinking to small examples, stateful machines, explicit examples."""
import os
import string
import tempfile

folder = tempfile.TemporaryDirectory()
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = folder.name

from hypothesis import HealthCheck, assume, example, find, given, seed, settings, strategies as st
from hypothesis.errors import NoSuchExample
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

quiet = settings(database=None, deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
steady = settings(quiet, derandomize=True)


@steady
@given(st.lists(st.integers()))
def sorting(xs):
    assert sorted(sorted(xs)) == sorted(xs)


@steady
@given(st.text(string.ascii_letters), st.dictionaries(st.integers(0, 5), st.floats(allow_nan=False)), st.sets(st.booleans()))
@example("a", {}, set())
def kinds(text, table, flags):
    assume(len(text) < 50)
    assert text.swapcase().swapcase() == text and set(table) <= set(range(6)) and len(flags) <= 2


@settings(quiet, derandomize=True, max_examples=300, print_blob=False)
@given(st.integers(), st.text())
def wrong(n, s):
    assert n < 1000, n


sorting()
kinds()
try:
    wrong()
except AssertionError as error:
    print("falsified", error, getattr(error, "__notes__", None))
print(find(st.integers(), lambda x: x > 1234, settings=steady), find(st.lists(st.integers(0, 99)), lambda x: sum(x) >= 50, settings=steady))
print(find(st.text(), lambda x: len(x) > 2, settings=steady), find(st.floats(), lambda x: x > 1.5, settings=steady), find(st.fractions(), lambda x: x > 2, settings=steady))
print(find(st.recursive(st.booleans(), st.lists), lambda x: isinstance(x, list) and len(x) > 1, settings=steady))
print(find(st.dates(), lambda d: d.year > 2010, settings=steady), find(st.from_regex(r"^[a-c]{2}\d+$"), lambda s: len(s) > 3, settings=steady))
try:
    find(st.integers(0, 5), lambda x: x > 5, settings=steady)
except NoSuchExample as error:
    print(type(error).__name__)


class Stack(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.items = []

    @rule(x=st.integers())
    def push(self, x):
        self.items.append(x)

    @rule()
    def pop(self):
        if self.items:
            self.items.pop()

    @invariant()
    def short(self):
        assert len(self.items) < 4


try:
    run_state_machine_as_test(Stack, settings=settings(quiet, derandomize=True, max_examples=100, print_blob=False))
except AssertionError as error:
    print("machine:", [line for line in getattr(error, "__notes__", [])])
