"""Files that take the place of others when they are whole."""

import os


class Replaced:
    """with Replaced(path) as part: what is written to the file `part` takes the place of `path` when the block ends; when it
    fails, `path` stays as it was.  What is no regular file - a pipe, a device - is written itself."""

    def __init__(self, path):
        path = os.fsdecode(path)
        is_other = os.path.exists(path) and not os.path.isfile(path)
        self.given, self.path = path, path if is_other else os.path.realpath(path)
        self.part = path if is_other else f"{self.path}.part"

    def __enter__(self):
        return self.part

    def __exit__(self, type, error, traceback):
        if self.part == self.path:
            return
        try:
            if type is None:
                if os.path.exists(self.path):
                    os.chmod(self.part, os.stat(self.path).st_mode & 0o7777)
                os.replace(self.part, self.path)
                return
        except OSError as failure:
            error = failure
        try:
            os.unlink(self.part)
        except OSError:
            pass
        if isinstance(error, OSError) and error.filename == self.part:
            error.filename = self.given
        if type is None:
            raise error from None
