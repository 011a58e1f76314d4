"""pydantic models, JSON web tokens, dill's functions, mpmath, typing-extensions, importlib-metadata, defusedxml, pexpect on a terminal."""
import datetime
import enum
import sys
from typing import List, Optional, Union

import defusedxml.ElementTree
import dill
import jwt
import mpmath
import pexpect
import psutil
from pydantic import BaseModel, Field, ValidationError, conint, root_validator, validator
from typing_extensions import Annotated, Literal, TypedDict, get_type_hints


class Colour(enum.Enum):
    RED = "red"


class Item(BaseModel):
    name: str
    price: float = Field(..., gt=0)
    tags: List[str] = []
    when: Optional[datetime.datetime] = None
    colour: Colour = Colour.RED
    kind: Literal["a", "b"] = "a"
    either: Union[int, str] = 0

    @validator("name")
    def capital(cls, value):
        if not value[0].isupper():
            raise ValueError("must start big")
        return value


class Order(BaseModel):
    items: List[Item]
    n: conint(ge=1, lt=5) = 1

    @root_validator
    def enough(cls, values):
        if values.get("n", 1) > len(values.get("items", [])) + 1:
            raise ValueError("too few")
        return values


o = Order.parse_obj({"items": [{"name": "X", "price": "2.5", "when": "2020-01-01T00:00:00Z", "tags": ("q",)}], "n": "2"})
print(o, o.json(), o.copy(update={"n": 1}).dict(exclude={"items"}), Order.schema_json(indent=1))
for bad in ({"items": [{"name": "x", "price": -1, "kind": "z", "colour": "blue"}], "n": 9}, {"items": 3}, {"items": [], "n": 4}):
    try:
        Order(**bad)
    except ValidationError as error:
        print(error, error.errors()[0])
token = jwt.encode({"sub": "1", "exp": 4102444800}, "secret", algorithm="HS256")
print(token, jwt.decode(token, "secret", algorithms=["HS256"]), jwt.get_unverified_header(token))
for key, claims in (("wrong", {"a": 1}), ("secret", {"exp": 1})):
    try:
        jwt.decode(jwt.encode(claims, "secret"), key, algorithms=["HS256"])
    except jwt.PyJWTError as error:
        print(type(error).__name__, error)
make = lambda n: (lambda x: x + n)
print(dill.loads(dill.dumps(make(3)))(4), dill.source.getsource(make).strip() if False else dill.pickles(print))
mpmath.mp.dps = 40
print(mpmath.pi, mpmath.zeta(3), mpmath.quad(lambda x: mpmath.exp(-x * x), [-mpmath.inf, mpmath.inf]), mpmath.findroot(mpmath.cos, 1.5), mpmath.matrix([[1, 2], [3, 4]])**-1, mpmath.identify(mpmath.sqrt(2) / 3, ["sqrt(2)"]))
print(get_type_hints(TypedDict("T", {"a": Annotated[int, 5]}), include_extras=True))
try:
    defusedxml.ElementTree.fromstring('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
except defusedxml.EntitiesForbidden as error:
    print(error)
child = pexpect.spawn(sys.executable, ["-q"], encoding="utf-8", timeout=60, env={"TERM": "dumb", "PATH": "/usr/bin:/bin"})
child.expect(">>> ")
child.sendline("6*7")
print(child.expect(["42", pexpect.EOF]))
child.expect(">>> ")
child.sendeof()
child.expect(pexpect.EOF)
child.close()
print(child.exitstatus, psutil.Process().is_running(), psutil.Process().name() in ("limpid", "python3.11"), psutil.virtual_memory().total > 0)
