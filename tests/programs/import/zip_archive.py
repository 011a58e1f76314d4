"""Modules out of an archive on sys.path: package, submodule, data, errors."""
import os
import sys
import tempfile
import zipfile

with tempfile.TemporaryDirectory() as folder:
    archive = os.path.join(folder, "a.zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("top.py", "value = 'top'\ndef fail():\n    return 1 / 0\n")
        z.writestr("pack/__init__.py", "from . import one")
        z.writestr("pack/one.py", "value = 'one'")
        z.writestr("pack/data.txt", "text\n")
        z.writestr("bad.py", "def (:\n")
    print(sys.path_hooks[0])
    sys.path.insert(0, archive)
    import pack
    import top

    print(top.value, pack.one.value, type(top.__loader__).__name__)
    print(top.__file__[len(folder):], pack.__path__[0][len(folder):])
    print(pack.__loader__.get_data(os.path.join(archive, "pack", "data.txt")))
    try:
        top.fail()
    except ZeroDivisionError as e:
        print(e.__traceback__.tb_next.tb_lineno, e.__traceback__.tb_next.tb_frame.f_code.co_filename[len(folder):])
    for name in "bad", "absent", "pack.absent":
        try:
            __import__(name)
        except (SyntaxError, ImportError) as e:
            print(type(e).__name__, e.msg)
