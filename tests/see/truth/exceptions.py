# raised, handled, chained, ended by finally, held by name
class Refused(Exception):
    def __init__(self, why, amount):
        super().__init__(why)
        self.amount = amount


def ask(n):
    note = [n]
    if n > 2:
        raise Refused("too much", note)
    return n


def twice(n):
    log = []
    try:
        a = ask(n)
        log.append(a)
        b = ask(n * 2)
    except Refused as error:
        log.append(error.amount)
        raise ValueError(n) from error
    else:
        log.append(b)
    finally:
        log.append("left")
    return log


kept = []
for i in range(4):
    try:
        kept.append(twice(i))
    except ValueError as e:
        kept.append(e)
        cause = e.__cause__
    else:
        cause = None
try:
    {}["x"]
except (KeyError, IndexError) as e:
    text = str(e)
    args = e.args
