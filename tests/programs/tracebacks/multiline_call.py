def f(**k):
    raise ValueError(k)
f(
    a=1,
    b=2,
)
