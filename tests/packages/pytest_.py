"""A test run: fixtures, parameters, marks, failures with rewritten assertions, errors, skips, captured output, monkeypatch."""
import os
import re
import subprocess
import sys
import tempfile

CONFTEST = '''
import pytest
@pytest.fixture(scope="session")
def base():
    yield 10
    print("closed")
@pytest.fixture(params=["a", "b"])
def letter(request):
    return request.param
def pytest_configure(config):
    config.addinivalue_line("markers", "slow: slow ones")
'''
TESTS = '''
import os, warnings, pytest
def add(a, b): return a + b
def test_ok(base): assert add(base, 1) == 11
@pytest.mark.parametrize("a,b,c", [(1, 2, 3), (1, 1, 3), ("x", "y", "xy")])
def test_add(a, b, c): assert add(a, b) == c
def test_letters(letter): assert letter in "ab"
def test_compare(): assert {"a": 1, "b": [1, 2, 3]} == {"a": 1, "b": [1, 2, 4], "c": 0}
def test_text(): assert "one\\ntwo\\nthree" == "one\\n2\\nthree"
def test_raises():
    with pytest.raises(ValueError, match="bad .alue"): raise ValueError("bad value")
@pytest.mark.skip(reason="no")
def test_skip(): pass
@pytest.mark.xfail(strict=True)
def test_xfail(): assert 0
@pytest.fixture
def broken(): raise RuntimeError("broken")
def test_error(broken): pass
def test_output(capsys):
    print("hello"); assert capsys.readouterr().out == "hello\\n"
def test_patch(monkeypatch, tmp_path):
    monkeypatch.setenv("Q", "1"); monkeypatch.chdir(tmp_path); (tmp_path / "f").write_text("x")
    assert os.environ["Q"] == "1" and os.listdir(".") == ["f"]
def test_approx(): assert 0.1 + 0.2 == pytest.approx(0.3); assert [0.1] != pytest.approx([0.2])
@pytest.mark.slow
class TestGroup:
    def setup_method(self): self.x = 1
    def test_in(self): assert self.x in [1, 2]
    def test_calls(self):
        print("captured"); items = [1, 2]
        assert all(i < 2 for i in items), f"items {items}"
def test_warn():
    with pytest.warns(UserWarning): warnings.warn("w")
'''

with tempfile.TemporaryDirectory() as folder:
    for name, text in (("conftest.py", CONFTEST), ("test_it.py", TESTS)):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    for options in (["-q", "-rA", "--color=no"], ["-v", "-k", "add or group", "-x"], ["-q", "--collect-only", "-m", "slow"], ["--fixtures-per-test", "-q", "-k", "ok"]):
        done = subprocess.run([sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options], cwd=folder, text=True, capture_output=True,
                              env={**os.environ, "COLUMNS": "80", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"})
        out = re.sub(r"in \d+\.\d+s", "in TIME", done.stdout.replace(folder, "FOLDER"))
        out = re.sub(r"=+ (.*in TIME.*?) =+", r"== \1 ==", out)
        out = re.sub(r"platform linux.*|.*python3.*\[.*|.* at 0x[0-9a-f]+>.*", "…", out)
        print(done.returncode, "\n".join(line for line in out.splitlines() if not line.startswith(("platform", "cachedir", "rootdir", "plugins"))))
        print(done.stderr)
