# coroutines, tasks, async generators and context managers
import asyncio


class Lock:
    def __init__(self):
        self.log = []

    async def __aenter__(self):
        await asyncio.sleep(0)
        self.log.append("in")
        return self

    async def __aexit__(self, *what):
        self.log.append("out")


async def ticks(n):
    for i in range(n):
        box = [i]
        await asyncio.sleep(0)
        yield box


async def worker(name, results):
    total = 0
    async for box in ticks(3):
        total += box[0]
        results.append((name, box))
    return total


async def main():
    results = []
    async with Lock() as lock:
        got = await asyncio.gather(worker("a", results), worker("b", results))
    squares = [x async for x in ticks(2)]
    task = asyncio.create_task(worker("c", results))
    value = await task
    return got, lock.log, squares, value


answer = asyncio.run(main())
done = answer[0]
