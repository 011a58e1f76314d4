"""asyncio at work: a service of several clients with a queue of work, limits, timeouts, cancellation, subprocesses, signals, datagrams."""
import asyncio
import contextvars
import itertools
import os
import signal
import socket
import sys
import threading

request = contextvars.ContextVar("request", default="none")


class Service:
    """Adds numbers sent line by line; a slow one may be cancelled, a bad one ends its connection only."""

    def __init__(self):
        self.work = asyncio.PriorityQueue()
        self.limit = asyncio.Semaphore(2)
        self.running = self.most = 0
        self.changed = asyncio.Condition()
        self.done, self.order = [], itertools.count()

    async def handle(self, reader, writer):
        request.set(await reader.readexactly(2))
        try:
            while line := await reader.readuntil(b"\n"):
                result = asyncio.get_running_loop().create_future()
                await self.work.put((int(line), next(self.order), result))
                writer.write(b"%d\n" % await result)
                await writer.drain()
        except asyncio.IncompleteReadError as error:
            writer.write(b"rest " + error.partial)
        except ValueError as error:
            writer.write(str(error).encode())
        finally:
            writer.close()
            async with self.changed:
                self.done.append(request.get())
                self.changed.notify_all()

    async def worker(self):
        while True:
            number, _, result = await self.work.get()
            async with self.limit:
                self.running += 1
                self.most = max(self.most, self.running)
                await asyncio.sleep(0)
                if not result.cancelled():
                    result.set_result(sum(range(number)))
                self.running -= 1
            self.work.task_done()


async def client(address, name, lines):
    reader, writer = await asyncio.open_connection(*address)
    writer.write(name + b"".join(lines))
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def serve():
    service = Service()
    workers = [asyncio.create_task(service.worker(), name=f"worker {i}") for i in range(4)]
    async with await asyncio.start_server(service.handle, "127.0.0.1", 0) as server:
        address = server.sockets[0].getsockname()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(client(address, b"c%d" % i, [b"%d\n" % (i + k) for k in range(20)])) for i in range(5)]
            tasks.append(group.create_task(client(address, b"xx", [b"1\n", b"two\n", b"3\n"])))
            tasks.append(group.create_task(client(address, b"yy", [b"4\n", b"5"])))
        for task in tasks:
            print(task.result()[-40:])
        async with service.changed:
            await asyncio.wait_for(service.changed.wait_for(lambda: len(service.done) == 7), 10)
        print(sorted(service.done), service.most <= 2, request.get())
        await service.work.join()
    for worker in workers:
        worker.cancel()
    print(await asyncio.gather(*workers, return_exceptions=True), [w.get_name() for w in workers])


async def limits():
    events = []

    async def stubborn():
        try:
            await asyncio.sleep(100)
        except asyncio.CancelledError:
            events.append("asked")
            await asyncio.sleep(0)
            raise
        finally:
            events.append("ended")

    try:
        async with asyncio.timeout(0.01):
            await stubborn()
    except TimeoutError as error:
        print("timeout", repr(error), type(error.__cause__).__name__, events)
    try:
        await asyncio.wait_for(stubborn(), 0.01)
    except TimeoutError:
        print("wait_for", events)
    shielded = asyncio.create_task(asyncio.sleep(0.02, "kept"))
    try:
        await asyncio.wait_for(asyncio.shield(shielded), 0.001)
    except TimeoutError:
        print(await shielded)

    async def fail(number):
        await asyncio.sleep(0)
        raise KeyError(number)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(stubborn())
            for number in range(2):
                group.create_task(fail(number))
    except* KeyError as errors:
        print(errors, errors.exceptions)
    done, pending = await asyncio.wait([asyncio.create_task(asyncio.sleep(t, t)) for t in (0, 50, 60)], return_when=asyncio.FIRST_COMPLETED)
    print([t.result() for t in done], len(pending), [t.cancel("enough") for t in pending], await asyncio.gather(*pending, return_exceptions=True))
    print([await next_one for next_one in asyncio.as_completed([asyncio.sleep(t / 50, t) for t in (2, 0, 1)])])
    barrier = asyncio.Barrier(3)
    print(sorted(await asyncio.gather(*[barrier.wait() for _ in range(3)])), barrier.n_waiting, barrier.broken)

    async def count():
        try:
            for i in range(10):
                yield i
                await asyncio.sleep(0)
        finally:
            events.append("generator ended")

    generator = count()
    async for i in generator:
        if i == 3:
            break
    await generator.aclose()
    print(events[-1], [i async for i in count() if i % 3 == 0])


async def outside():
    loop = asyncio.get_running_loop()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "import sys; print(sys.stdin.read()[::-1]); sys.exit(7)",
                                                   stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    print(await process.communicate(b"backwards"), process.returncode)
    process = await asyncio.create_subprocess_shell("read line; echo got $line; exec sleep 100", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    process.stdin.write(b"it\n")
    print(await process.stdout.readline())
    process.terminate()
    print(await process.wait() == -signal.SIGTERM)
    got = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, got.set)
    os.kill(os.getpid(), signal.SIGUSR1)
    await asyncio.wait_for(got.wait(), 10)
    print(loop.remove_signal_handler(signal.SIGUSR1), loop.remove_signal_handler(signal.SIGUSR1))
    print(await asyncio.to_thread(lambda: (threading.current_thread() is not threading.main_thread(), request.get())))
    answer = loop.create_future()
    threading.Thread(target=loop.call_soon_threadsafe, args=(answer.set_result, "from a thread")).start()
    print(await answer, asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).cancel())

    class Echo(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, address):
            if address[1] == asked[1]:
                received.set_result(data)
            else:
                self.transport.sendto(data.upper(), address)

    received = loop.create_future()
    server, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    asked = server.get_extra_info("sockname")
    caller, _ = await loop.create_datagram_endpoint(Echo, remote_addr=asked)
    caller.sendto(b"datagram")
    print(await asyncio.wait_for(received, 10))
    server.close(), caller.close()
    a, b = socket.socketpair()
    a.setblocking(False), b.setblocking(False)
    await loop.sock_sendall(a, b"x" * 1000)
    print(len(await loop.sock_recv(b, 2000)))
    a.close(), b.close()


async def main():
    request.set("main")
    problems = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: problems.append(context["message"]))
    for part in serve, limits, outside:
        print("--", part.__name__)
        await part()
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
    print([p.partition("(")[0] for p in problems])


asyncio.run(main())
with asyncio.Runner() as runner:
    print(runner.run(asyncio.sleep(0, "again")), runner.get_loop().is_running())
