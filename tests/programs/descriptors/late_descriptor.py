"""A value that becomes a descriptor after its reads have grown warm."""


class Value:
    pass


class Meta(type):
    attribute = Value()


class Plain(type):
    pass


class A(metaclass=Meta):
    attribute = "class"


class B:
    attribute = Value()


class C(metaclass=Plain):
    attribute = "class"


def read_class():
    return A.attribute


def read_instance(b):
    return b.attribute


def read_metaclass():
    return C.attribute


b = B()
b.attribute = "instance"
for _ in range(2000):
    assert read_class() == "class"
    assert read_instance(b) == "instance"
    assert read_metaclass() == "class"

Value.__get__ = lambda self, obj, owner=None: "got"
print(read_class(), read_instance(b))
Value.__set__ = lambda self, obj, value: print("set", value)
print(read_class(), read_instance(b))
b.attribute = 1
del Value.__set__
print(read_class(), read_instance(b))
Plain.attribute = property(lambda cls: "property")
print(read_metaclass())
del Plain.attribute
print(read_metaclass())
