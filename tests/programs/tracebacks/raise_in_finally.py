try:
    1/0
finally:
    [][0]
