"""Types of what `import limpid` offers; the docstrings stand beside the code."""

import builtins
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from os import PathLike
from typing import Any, Literal, TypeVar, overload

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

class PinnedBlock(Record):
    address: int
    size: int
    type: str | None
    role: str | None
    way: str | None
    @property
    def name(self) -> str: ...

class Pin(Record):
    address: int
    pools: int
    blocks: int
    bytes: int
    returns: int
    held_by: list[PinnedBlock]

class Holder(Record):
    way: str
    blocks: int
    bytes: int
    arenas: int
    alone: int
    returns: int

class MallocPins(Record):
    system: int
    live: int
    free: int
    top: int
    last: PinnedBlock | None

class Pins(Record):
    arenas: list[Pin]
    empty: int
    holders: list[Holder]
    malloc: MallocPins
    @property
    def sparse(self) -> list[Pin]: ...
    def text(self, width: int | None = ..., colour: bool | None = ...) -> str: ...

class Slot(Record):
    name: str
    kind: str
    address: int
    value: str | None

class PythonFrame(Record):
    address: int
    size: int
    storage: str
    function: str
    file: str
    line: int
    offset: int
    entered: bool
    object: int
    locals: list[Slot]
    stack: list[Slot]

class CFrame(Record):
    pc: int
    sp: int
    size: int
    function: str
    file: str
    runs: list[int]
    @property
    def name(self) -> str: ...

class ThreadStacks(Record):
    id: int
    ident: int
    name: str
    current: bool
    low: int
    high: int
    limit: int
    stack_pointer: int
    chunks: list[Chunk]
    frames: list[PythonFrame]
    c_frames: list[CFrame]
    @property
    def in_use(self) -> int | None: ...

class Stacks(Record):
    threads: list[ThreadStacks]
    def text(self, width: int | None = ..., colour: bool | None = ...) -> str: ...

def map() -> Map: ...
def stack() -> Stacks: ...
def pins(arenas: int = ..., blocks: int = ...) -> Pins: ...
def rss() -> Rss: ...

# ---- snapshots (limpid.capture)

class Rows(list[Any]):
    columns: tuple[str, ...]
    left_out: int
    def to_dict(self) -> list[dict[str, Any]]: ...
    def json(self, indent: int | None = ...) -> str: ...

class Object:
    snapshot: Snapshot
    number: int
    address: int
    type: str
    size: int
    references: int
    length: int
    name: str | None
    @property
    def kind(self) -> str: ...
    @property
    def is_static(self) -> bool: ...
    @property
    def is_large(self) -> bool: ...
    @property
    def generation(self) -> int | None: ...
    @property
    def site(self) -> tuple[tuple[str, str, int], ...]: ...
    def refs(self) -> Rows: ...
    def referrers(self) -> Rows: ...
    def path(self) -> list[tuple[str, Object]] | None: ...
    def retained(self) -> Retained: ...
    def to_dict(self) -> dict[str, Any]: ...

class Snapshot:
    complete: bool
    problem: str | None
    meta: dict[str, str]
    def __len__(self) -> int: ...
    @property
    def references(self) -> int: ...
    def objects(self, type: str | None = ...) -> Iterator[Object]: ...
    def at(self, address: int) -> Object | None: ...
    def by_type(self, limit: int | None = ...) -> Rows: ...
    def by_site(self, limit: int | None = ...) -> Rows: ...
    def largest(self, count: int = ..., type: str | None = ...) -> Rows: ...
    def roots(self) -> Rows: ...
    def frames(self) -> Rows: ...
    def segments(self) -> Rows: ...
    def pools(self) -> Rows: ...
    def dominators(self, depth: int = ..., width: int = ..., least: int = ...) -> Dominator: ...
    def export(self, path: str | PathLike[str], format: str | None = ..., **options: Any) -> None: ...
    def to_dict(self) -> dict[str, Any]: ...
    def json(self, indent: int | None = ...) -> str: ...

class Written:
    path: str
    objects: int
    references: int
    bytes: int
    seconds: float
    def load(self) -> Snapshot: ...
    def to_dict(self) -> dict[str, Any]: ...

class Difference:
    by_type: Rows
    by_site: Rows
    exact: bool
    def to_dict(self) -> dict[str, Any]: ...
    def json(self, indent: int | None = ...) -> str: ...

@overload
def snapshot(path: None = ..., *, compress: bool = ..., values: bool = ..., copies: int = ...) -> Snapshot: ...
@overload
def snapshot(path: str | PathLike[str], *, compress: bool = ..., values: bool = ..., copies: int = ...) -> Written: ...
def load(path: str | PathLike[str]) -> Snapshot | Allocations | Recording: ...
def diff(a: Snapshot | str | PathLike[str], b: Snapshot | str | PathLike[str]) -> Difference: ...
def export(path: str | PathLike[str], format: str | None = ..., **options: Any) -> None: ...

# ---- who holds what (limpid.graph)

class Path(Record):
    parts: list[str]
    ids: list[int]
    types: list[str]

class Paths(list[Path]):
    def to_dict(self) -> list[dict[str, Any]]: ...
    def json(self, indent: int | None = None) -> str: ...

class Reference(Record):
    kind: str
    holder: object
    where: str
    label: str
    weak: bool

class Referrers(list[Reference]):
    def to_dict(self) -> list[dict[str, Any]]: ...
    def json(self, indent: int | None = None) -> str: ...

class Refs(Record):
    name: str
    address: int
    type: str
    count: int
    immortal: bool
    kinds: dict[str, int]
    references: list[Reference]
    others: int
    weak: int
    unaccounted: int

class Retained(Record):
    name: str
    own: int
    bytes: int
    objects: int
    dominator: str | None

class Dominator(Record):
    name: str
    label: str
    own: int
    retained: int
    objects: int
    children: list[Dominator]

class WhatIf(Record):
    objects: int
    bytes: int
    types: list[tuple[str, int, int]]
    finalizers: int
    callbacks: int
    left: int
    left_bytes: int
    addresses: list[int]

class Cycle(Record):
    objects: int
    bytes: int
    round: list[tuple[str, str]]
    born: str | None
    ids: list[int]

class Cycles(list[Cycle]):
    count: int
    objects: int
    bytes: int
    def to_dict(self) -> dict[str, Any]: ...

def refs(obj: object, limit: int = ...) -> Refs: ...
def referrers(obj: object, limit: int = ...) -> Referrers: ...
def paths(obj: object, limit: int = ...) -> Paths: ...
def retained(obj: object) -> Retained: ...
def dominators(depth: int = ..., width: int = ..., least: int = ...) -> Dominator: ...
def what_if(cut: tuple[object, object]) -> WhatIf: ...
def cycles(limit: int = ...) -> Cycles: ...

# ---- assertions (limpid.checks)

def assert_freed(target: object, /) -> None: ...
def assert_no_growth(function: Callable[..., object], /, *args: Any, calls: int = ..., warm_up: int = ..., **kwargs: Any) -> None: ...
def assert_no_cycles(function: Callable[..., object] | None = ..., /, *args: Any, **kwargs: Any) -> AbstractContextManager[Any] | None: ...

# ---- pictures (limpid.pictures)

class Picture:
    name: str
    title: str
    data: dict[str, Any]
    def text(self, ascii: bool = ...) -> str: ...
    def svg(self) -> str: ...
    def to_dict(self) -> dict[str, Any]: ...
    def json(self, indent: int | None = ...) -> str: ...

@overload
def draw(name: str, *args: Any, format: None = ..., **options: Any) -> Picture: ...
@overload
def draw(name: str, *args: Any, format: Literal["text", "ascii", "svg", "json"], **options: Any) -> str: ...

# ---- the log of allocations (limpid.allocations)

class Log:
    path: str | PathLike[str]
    def stop(self) -> None: ...
    def load(self) -> Allocations: ...
    def __enter__(self) -> Log: ...
    def __exit__(self, *error: Any) -> None: ...

class Allocations:
    events: int
    seconds: float
    peak_bytes: int
    peak_seconds: float
    end_blocks: int
    end_bytes: int
    timeline: list[tuple[float, int, int]]
    complete: bool
    problem: str | None
    def stacks(self) -> list[Any]: ...
    def by_line(self, limit: int | None = ...) -> Rows: ...
    def export(self, path: str | PathLike[str], format: str | None = ..., **options: Any) -> None: ...
    def to_dict(self) -> dict[str, Any]: ...
    def json(self, indent: int | None = ...) -> str: ...

def log(path: str | PathLike[str], *, compress: bool = ...) -> Log: ...

# ---- recordings (limpid.seeing)

_Function = TypeVar("_Function", bound=Callable[..., Any])
_Names = str | Callable[..., Any] | type | list[Any] | tuple[Any, ...] | set[Any] | None

class See:
    page: str | PathLike[str] | None
    record: str | PathLike[str] | None
    steps: int | None
    def __enter__(self) -> See: ...
    def __exit__(self, *error: Any) -> None: ...
    def __call__(self, function: _Function) -> _Function: ...

def see(
    page: str | PathLike[str] | None = ...,
    /,
    *,
    record: str | PathLike[str] | None = ...,
    start: _Names = ...,
    function: _Names = ...,
    module: _Names = ...,
    library: bool = ...,
    lines: str | int | range | tuple[int, int] | None = ...,
    steps: int | None = ...,
    last: int | None = ...,
    every: int | None = ...,
    grain: Literal["line", "call", "instruction"] | None = ...,
    depth: int | None = ...,
    breadth: int | None = ...,
    objects: int | None = ...,
    looks: int | None = ...,
    captures: int | str | None = ...,
    lean: bool = ...,
    c_stacks: bool = ...,
    growth: bool = ...,
) -> See: ...

# ---- recordings that were made (limpid.recording, limpid.steps, limpid.profiles)

class Recording:
    sources: dict[str, str]
    complete: bool
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[tuple[str, Any]]: ...
    def export(self, path: str | PathLike[str], format: str | None = ..., **options: Any) -> None: ...

def see_step(
    recording: str | PathLike[str] | Recording, step: int, *, every: bool = ..., source: int = ..., theme: Literal["light", "dark"] = ...
) -> str: ...

# ---- one object (limpid.objects)

class Buffer(Record):
    role: str
    address: int
    size: int
    used: int

class Where(Record):
    address: int
    type: str
    segment: str
    file: str | None
    arena: int | None
    pool: int | None
    block: int | None
    asked: int
    given: int | None
    pool_used: int | None
    pool_capacity: int | None
    kind: str | None
    tracked: bool
    generation: int | None
    refcount: int
    immortal: bool
    shared: str | None
    constants: list[tuple[str, str, int, str]]
    buffers: list[Buffer]
    born: str | None
    observer: bool | None
    def text(self, width: int | None = ..., colour: bool | None = ...) -> str: ...

class Same(Record):
    same: bool
    reasons: list[str]
    def __bool__(self) -> bool: ...
    def text(self, width: int | None = ..., colour: bool | None = ...) -> str: ...

class Field(Record):
    offset: int
    size: int
    name: str
    ctype: str
    raw: builtins.bytes
    value: str
    meaning: str

class MemoryBlock(Record):
    role: str
    address: int
    size: int
    fields: list[Field]

class Passport(Record):
    type: str
    blocks: list[MemoryBlock]
    def __getitem__(self, name: str) -> Field: ...
    def text(self, width: int | None = ..., colour: bool | None = ...) -> str: ...

def where(obj: object) -> Where: ...
def same(a: object, b: object) -> Same: ...
def bytes(obj: object, items: int = ...) -> Passport: ...

# ---- the heap block by block (limpid.blocks)

class HeapBlock(Record):
    address: int
    size: int
    used: int
    kind: str
    large: bool
    type: str | None
    owner: int
    owner_type: str | None
    role: str | None
    generation: int | None

class SizeClass(Record):
    kind: str
    size: int
    pools: int
    blocks: int
    used: int
    free_bytes: int
    header_bytes: int
    @property
    def occupancy(self) -> float: ...

class Kind(Record):
    kind: str
    blocks: int
    bytes: int
    large_blocks: int
    large_bytes: int

class Heap:
    kinds: list[Kind]
    classes: list[SizeClass]
    arenas: int
    pools: int
    free_pools: int
    arena_size: int
    pool_size: int
    live: int
    live_bytes: int
    small_bytes: int
    large_bytes: int
    free_bytes: int
    header_bytes: int
    fragmentation: float
    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> HeapBlock: ...
    def __iter__(self) -> Iterator[HeapBlock]: ...
    def to_dict(self) -> dict[str, Any]: ...
    def json(self, indent: int | None = ...) -> str: ...
    def text(self, width: int | None = ..., colour: bool | None = ..., detail: bool = ...) -> str: ...

class TypeRow(Record):
    type: str
    objects: int
    bytes: int
    asked: int
    buffers: int
    buffer_bytes: int
    total: int

class OwnerRow(Record):
    owner: str | None
    role: str | None
    blocks: int
    bytes: int
    used: int

_Row = TypeVar("_Row", bound=Record)

class RecordRows(list[_Row]):
    total: _Row | None
    def to_dict(self) -> list[dict[str, Any]]: ...
    def json(self, indent: int | None = ...) -> str: ...
    def text(self, width: int | None = ..., colour: bool | None = ...) -> str: ...

class Example(Record):
    what: str
    address: int
    bytes: int
    copies: int

class Wasted(Record):
    kind: str
    objects: int
    bytes: int
    why: str
    examples: list[Example]

class Waste(Record):
    bytes: int
    kinds: list[Wasted]
    def __getitem__(self, kind: str) -> Wasted: ...
    def text(self, width: int | None = ..., colour: bool | None = ...) -> str: ...

def heap(free: bool = ...) -> Heap: ...
def by_type(n: int | None = ...) -> RecordRows[TypeRow]: ...
def by_owner(n: int | None = ...) -> RecordRows[OwnerRow]: ...
def largest(n: int = ...) -> RecordRows[HeapBlock]: ...
def waste(n: int = ...) -> Waste: ...

# ---- limits (limpid.limits)

def limit(bytes: int | None = ...) -> int | None: ...
def counted() -> int: ...
