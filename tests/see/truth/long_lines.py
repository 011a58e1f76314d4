# statements over several lines, with calls in the middle
def one(x):
    made = [x]
    return made


def two(
    a,
    b=one("default"),
):
    both = (
        one(a)
        + b
    )
    return both


x = two(
    one(1),
    two(
        2,
        [3],
    ),
)
y = [
    one(i)
    for i in range(3)
    if one(
        i
    )
]
z = (one(1)
     if x
     else one(2))
d = {
    "a": one("a"),
    "b": two("b"),
    **{
        "c": x,
    },
}
assert one(
    x
), one("never")
w = one(x)[0][
    0
]
