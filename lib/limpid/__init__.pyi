"""Types of what `import limpid` offers; the docstrings stand beside the code."""

from typing import Any

# ---- the process (limpid.process)

class Record:
    def to_dict(self) -> dict[str, Any]: ...
    def json(self, indent: int | None = ...) -> str: ...

class Region(Record):
    low: int
    high: int
    permissions: str
    size: int
    resident: int
    kind: str
    holds: str
    file: str
    grows: str | None
    thread: int | None

class Chunk(Record):
    address: int
    size: int
    in_use: int

class Thread(Record):
    id: int
    ident: int
    name: str
    current: bool
    low: int
    high: int
    limit: int
    stack_pointer: int
    in_use: int | None
    chunks: list[Chunk]

class Arena(Record):
    address: int
    pools: int
    blocks: int
    bytes: int
    resident: int

class Large(Record):
    address: int
    size: int
    kind: str
    source: str

class Malloc(Record):
    system: int
    single: int
    single_count: int
    live: int
    free: int
    top: int

class Map(Record):
    pid: int
    program: str
    regions: list[Region]
    threads: list[Thread]
    arenas: list[Arena]
    large: list[Large]
    malloc: Malloc
    mapped: int
    resident: int
    peak: int
    kernel: int
    def text(self, width: int | None = ..., colour: bool | None = ..., detail: bool = ...) -> str: ...

class Part(Record):
    name: str
    bytes: int
    share: float
    what: str

class Rss(Record):
    parts: list[Part]
    total: int
    resident: int
    named: float
    def __getitem__(self, name: str) -> int: ...
    def text(self, width: int | None = ..., colour: bool | None = ...) -> str: ...

def map() -> Map: ...
def rss() -> Rss: ...
