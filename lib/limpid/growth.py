"""What a program allocated and released over time, by line and type, as a recording tells it (docs/recording.md)."""

from limpid.recording import Column, Damaged, Reading, chunks

SUMS = ("born", "born_bytes", "died", "died_bytes", "passed", "passed_bytes")
GROUPS = ("line", "function", "file", "type")


class Growth:
    """The chunks GSTR, GNOD, GACC and GROW of a file.

    intervals: [(step, seconds, rows)]: what happened before that step and after the interval before, a row for each account:
    (account, born, born_bytes, died, died_bytes, passed, passed_bytes), `passed` being born and released in the same interval.
    places: {number: (parent, function, file, line)}, of the line that allocates, the parent being the line that called;
    accounts: {number: (place, type)}."""

    def __init__(self, path):
        texts, self._path = {0: ""}, path
        self.places, self.accounts, self.intervals = {0: (0, "", "", 0)}, {}, []
        for kind, rows, columns in chunks(path):
            if kind not in ("GSTR", "GNOD", "GACC", "GROW"):
                continue
            with Reading(path):
                self._take(texts, kind, rows, [Column(c) for c in [*columns, *[b""] * 10]])

    def _take(self, texts, kind, rows, parts):
        for _ in range(rows):
            number = parts[0].uint()
            if kind == "GSTR":
                texts[number] = parts[1].text()
            elif kind == "GNOD":
                parent, function, file, line = (part.uint() for part in parts[1:5])
                if parent >= number:
                    raise Damaged("a line is called by one that comes later")
                self.places[number] = parent, texts.get(function, ""), texts.get(file, ""), line
            elif kind == "GACC":
                self.accounts[number] = parts[1].uint(), texts.get(parts[2].uint(), "")
            else:
                seconds, count = parts[1].uint() / 1e9, parts[2].uint()
                if count > max(len(part.data) for part in parts[3:10]):
                    raise Damaged("an interval has more rows than bytes")
                self.intervals.append((number, seconds, [tuple(part.uint() for part in parts[3:10]) for _ in range(count)]))

    def _key(self, account, by):
        with Reading(self._path):
            place, type = self.accounts[account]
            _, function, file, line = self.places[place] if by != "type" else self.places[0]
        if by == "type":
            return type
        return {"line": (file or function, line), "function": (file, function), "file": file}[by]

    def sums(self, by="line", start=-1, stop=None):
        """{line, function, file or type: [born, born_bytes, died, died_bytes, passed, passed_bytes]} of the intervals that end
        after the step `start` and not after `stop` (None: to the end)."""
        found, keys = {}, {}
        for step, _, rows in self.intervals:
            if step <= start or (stop is not None and step > stop):
                continue
            for account, *values in rows:
                key = keys.get(account)
                if key is None:
                    key = keys[account] = self._key(account, by)
                row = found.setdefault(key, [0] * 6)
                for i, value in enumerate(values):
                    row[i] += value
        return found

    def live(self, by="line", stop=None):
        """{line, function, file or type: (blocks, bytes)} that are live at a step, or at the end."""
        return {key: (row[0] - row[2], row[1] - row[3]) for key, row in self.sums(by, stop=stop).items()}
