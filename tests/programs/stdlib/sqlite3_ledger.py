"""A ledger in sqlite3: schema, transactions, functions and aggregates in Python, types both ways, blobs, backup, errors."""
import collections
import datetime
import decimal
import os
import sqlite3
import tempfile
import threading

SCHEMA = """
create table account (id integer primary key, name text not null unique collate nocase, opened day);
create table entry (id integer primary key, account integer not null references account on delete cascade,
                    amount money not null check (amount <> '0'), note text, receipt blob);
create index entry_account on entry (account);
create view balance as select a.name, total(e.amount) as sum, count(e.id) as n
    from account a left join entry e on e.account = a.id group by a.id;
"""

sqlite3.register_adapter(decimal.Decimal, str)
sqlite3.register_converter("money", lambda text: decimal.Decimal(text.decode()))
sqlite3.register_adapter(datetime.date, lambda d: d.toordinal())
sqlite3.register_converter("day", lambda text: datetime.date.fromordinal(int(text)))


class Exact:
    """sum() of decimal text, exactly, also as a window function."""

    def __init__(self):
        self.sum = decimal.Decimal(0)

    def step(self, value):
        self.sum += decimal.Decimal(value)

    def inverse(self, value):
        self.sum -= decimal.Decimal(value)

    def value(self):
        return str(self.sum)

    finalize = value


class Broken:
    def step(self, value):
        raise ValueError(value)

    def finalize(self):
        return 1


def attempt(connection, sql, *args):
    try:
        print(connection.execute(sql, *args).fetchall())
    except (sqlite3.Error, sqlite3.Warning, TypeError, ValueError, OverflowError) as error:
        print(type(error).__name__, error, getattr(error, "sqlite_errorname", None))


def fill(connection):
    with connection:
        connection.executemany("insert into account (name, opened) values (?, ?)",
                               ((n, datetime.date(2020, 1, i + 1)) for i, n in enumerate(["Cash", "Bank", "Gr\u00fc\u00dfe", "\U0001f40d"])))
        connection.executemany("insert into entry (account, amount, note, receipt) values (:account, :amount, :note, :receipt)",
                               ({"account": i % 3 + 1, "amount": decimal.Decimal(i * 7 - 50) / 8, "note": None if i % 5 else f"note {i}",
                                 "receipt": bytes(range(i))} for i in range(1, 60) if i * 7 != 50))
    print(connection.total_changes, connection.in_transaction)


def transactions(connection):
    try:
        with connection:
            connection.execute("insert into entry (account, amount) values (1, '5')")
            print(connection.in_transaction)
            connection.execute("insert into entry (account, amount) values (77, '5')")
    except sqlite3.IntegrityError as error:
        print(error, error.sqlite_errorname, connection.in_transaction)
    with connection:
        connection.execute("savepoint a")
        connection.execute("delete from entry")
        print(connection.execute("select count(*) from entry").fetchone())
        connection.execute("rollback to a")
    print(connection.execute("select count(*), exact(amount) from entry").fetchone())


def queries(connection):
    for row in connection.execute("select * from balance order by name"):
        print(row)
    row = connection.execute("select *, id as again from account where name = 'BANK'").fetchone()
    print(row, [d[0] for d in connection.execute("select 1 as a, 2 as 'b [c]'").description])
    connection.row_factory = sqlite3.Row
    row = connection.execute("select * from account where id = 3").fetchone()
    print(tuple(row), row.keys(), row["NAME"], row[-1], len(row), row == row, hash(row) == hash(tuple(row)) or "own hash")
    connection.row_factory = lambda cursor, row: collections.namedtuple("R", [d[0] for d in cursor.description])(*row)
    print(connection.execute("select id, exact(amount) over (order by id rows 2 preceding) as moving from entry limit 4").fetchall())
    connection.row_factory = None
    cursor = connection.cursor()
    cursor.arraysize = 2
    cursor.execute("with recursive f(a, b) as (values (0, 1) union all select b, a + b from f limit 12) select a from f")
    print(cursor.fetchmany(), cursor.fetchmany(3), next(cursor), [a for a, in cursor], cursor.fetchone(), cursor.rowcount)
    cursor.execute("update entry set note = upper(note) where note is not null returning id, note")
    print(cursor.fetchall()[:2], cursor.rowcount)
    connection.rollback()


def in_python(connection):
    connection.create_function("reverse", 1, lambda text: text[::-1], deterministic=True)
    connection.create_function("fail", -1, lambda *args: 1 / 0)
    connection.create_aggregate("broken", 1, Broken)
    connection.create_collation("by_length", lambda a, b: (len(a) > len(b)) - (len(a) < len(b)))
    print(connection.execute("select reverse(name) from account order by name collate by_length, id").fetchall())
    attempt(connection, "select fail(1, 2)")
    attempt(connection, "select broken(id) from account")
    connection.create_function("reverse", 1, None)
    attempt(connection, "select reverse('x')")
    seen = []
    connection.set_authorizer(lambda *what: seen.append(what) or (sqlite3.SQLITE_DENY if what[2] == "receipt" else sqlite3.SQLITE_OK))
    attempt(connection, "select receipt from entry")
    attempt(connection, "select count(note) from entry where id < 5")
    connection.set_authorizer(None)
    print(len(seen) > 3)
    traced = []
    connection.set_trace_callback(traced.append)
    connection.execute("select ?, ?", (1, "two")).fetchall()
    connection.set_trace_callback(None)
    print(traced)
    steps = []
    connection.set_progress_handler(lambda: steps.append(1) or len(steps) > 50, 100)
    attempt(connection, "with recursive c(x) as (select 1 union all select x + 1 from c) select count(*) from c")
    connection.set_progress_handler(None, 0)


def values(connection):
    for value in (None, 0, -2**63, 2**63 - 1, 1.5, float("inf"), "", "nul\0inside", b"", b"\0\xff", bytearray(b"ab"), memoryview(b"cd"), True):
        print(connection.execute("select ?, typeof(?)", (value, value)).fetchone(), end=" ")
    print()
    for value in 2**63, object, "\ud800", [1], float("nan"):
        attempt(connection, "select ?", (value,))
    connection.text_factory = bytes
    attempt(connection, "select 'text', x'00'")
    connection.text_factory = lambda raw: raw.decode("utf-8", "replace") + "!"
    attempt(connection, "select cast(x'61ff' as text)")
    connection.text_factory = str
    attempt(connection, "select cast(x'61ff' as text)")
    for sql, *args in (("select",), ("select 1; select 2",), ("select ?", ()), ("select ?", (1, 2)), ("select :a", {}), ("select * from nowhere",),
                       ("",), ("insert into account (name) values (null)",), ("insert into account (name) values ('cash')",), ("select 1\0",)):
        attempt(connection, sql, *args)


def blobs(connection):
    connection.execute("insert into entry (id, account, amount, receipt) values (1000, 1, '1', zeroblob(20))")
    with connection.blobopen("entry", "receipt", 1000) as blob:
        blob.write(b"hello")
        blob[10] = 33
        blob[12:18:2] = b"abc"
        blob.seek(-8, os.SEEK_END)
        print(len(blob), blob.read(3), blob.tell(), blob[0:5], blob[10], bytes(blob[::5]))
        for action in lambda: blob.write(b"x" * 10), lambda: blob[20], lambda: blob.seek(30):
            try:
                action()
            except (ValueError, IndexError) as error:
                print(type(error).__name__, error)
    attempt(connection, "select receipt from entry where id = 1000")
    connection.commit()


def copies(connection, folder):
    path = os.path.join(folder, "copy.db")
    copy = sqlite3.connect(path)
    pages = []
    with copy:
        connection.backup(copy, pages=3, progress=lambda status, left, total: pages.append(left))
    print(len(pages) > 1, pages[-1], copy.execute("select count(*) from entry").fetchone())
    raw = connection.serialize()
    other = sqlite3.connect(":memory:")
    other.deserialize(raw)
    print(raw[:15], list(other.iterdump()) == list(copy.iterdump()), len(list(other.iterdump())))
    failures = []

    def elsewhere():
        try:
            copy.execute("select 1")
        except sqlite3.ProgrammingError as error:
            failures.append(str(error).partition(" object")[0])

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    print(failures)
    copy.execute("begin exclusive")
    attempt(sqlite3.connect(path, timeout=0.01), "select * from account")
    copy.close()
    attempt(copy, "select 1")
    attempt(sqlite3.connect(f"file:{path}?mode=ro", uri=True), "delete from account")


with tempfile.TemporaryDirectory() as folder:
    connection = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)
    connection.execute("pragma foreign_keys = on")
    connection.executescript(SCHEMA)
    connection.create_aggregate("exact", 1, Exact)
    connection.create_window_function("exact", 1, Exact)
    for part in fill, transactions, queries, in_python, values, blobs:
        print("--", part.__name__)
        part(connection)
    print("--", "copies")
    copies(connection, folder)
    connection.close()
