"""multiprocessing at work, forked, spawned and from a server: pools, queues, pipes, shared memory, locks, managers, ends and errors."""
import multiprocessing as mp
import os
import queue
import signal
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import shared_memory


def square(n):
    if n == 13:
        raise ValueError("unlucky")
    return n * n


def initial(value):
    global base
    base = value


def add_base(n):
    return base + n


def produce(jobs, results):
    while (job := jobs.get()) is not None:
        results.put((job, sum(range(job))))
    results.put(None)


def talk(pipe, other_end):
    other_end.close()
    try:
        while True:
            pipe.send(pipe.recv()[::-1])
    except EOFError:
        pipe.close()


def count_up(counter, cells, lock, ready):
    ready.wait()
    for _ in range(200):
        with counter.get_lock():
            counter.value += 1
        with lock:
            cells[0] += 0.5
            cells[-1] -= 1


def fill(name, start):
    memory = shared_memory.SharedMemory(name)
    memory.buf[start:start + 4] = bytes([start] * 4)
    memory.close()


def end_by(how):
    if how == "exit":
        sys.exit(5)
    if how == "text":
        sys.exit("a reason")
    if how == "error":
        sys.stderr = open(os.devnull, "w")
        1 / 0
    if how == "_exit":
        os._exit(9)
    time.sleep(100)


def with_manager(shared, numbers, space, lock):
    with lock:
        shared[os.getpid() > 0] = shared.get(True, 0) + 1
        numbers.append(len(numbers))
        space.total += 10


def pools(context):
    with context.Pool(2, initial, (100,)) as pool:
        print(pool.map(square, range(12), chunksize=5), pool.starmap(pow, [(2, 5), (3, 3)]), pool.map(add_base, [1, 2]))
        print(sorted(pool.imap_unordered(square, range(5))), list(pool.imap(square, range(3))), pool.apply(int, ("77", 8)))
        result = pool.map_async(square, [12, 13, 14])
        try:
            result.get(60)
        except ValueError as error:
            print(repr(error), type(error.__cause__).__name__, result.successful())
        try:
            pool.apply(lambda: 1)
        except Exception as error:
            print(type(error).__name__)
        pool.close()
        pool.join()
    with ProcessPoolExecutor(2, mp_context=context, initializer=initial, initargs=(5,)) as executor:
        futures = [executor.submit(square, n) for n in (3, 13)]
        print(list(executor.map(add_base, range(4), chunksize=2)), futures[0].result(), repr(futures[1].exception()))


def messages(context):
    jobs, results = context.Queue(), context.SimpleQueue()
    workers = [context.Process(target=produce, args=(jobs, results), name=f"w{i}", daemon=True) for i in range(2)]
    for worker in workers:
        worker.start()
    for job in list(range(0, 3000, 150)) + [None, None]:
        jobs.put(job)
    got, ended = [], 0
    while ended < 2:
        item = results.get()
        ended += item is None
        got += [item] * (item is not None)
    for worker in workers:
        worker.join()
    print(sorted(got)[-3:], len(got), [(w.name, w.exitcode, w.is_alive(), w.daemon) for w in workers])
    try:
        jobs.get(timeout=0.01)
    except queue.Empty as error:
        print(type(error).__name__, jobs.empty())
    jobs.close()
    here, there = context.Pipe()
    talker = context.Process(target=talk, args=(there, here))
    talker.start()
    there.close()
    here.send("text")
    here.send([1, {"a": 2}])
    print(here.recv(), here.recv(), here.poll(0))
    one_way, end = context.Pipe(duplex=False)
    for action in lambda: one_way.send(1), lambda: end.recv():
        try:
            action()
        except OSError as error:
            print(error)
    end.send_bytes(b"0123456789", 2, 5)
    buffer = bytearray(8)
    print(one_way.recv_bytes_into(buffer, 1), buffer)
    here.close()
    talker.join()
    print(talker.exitcode)


def sharing(context):
    counter, cells, lock, ready = context.Value("i", 0), context.Array("d", 3), context.RLock(), context.Event()
    workers = [context.Process(target=count_up, args=(counter, cells, lock, ready)) for _ in range(3)]
    for worker in workers:
        worker.start()
    ready.set()
    for worker in workers:
        worker.join()
    print(counter.value, cells[:], [w.exitcode for w in workers])
    memory = shared_memory.SharedMemory(create=True, size=16)
    for start in 0, 4, 8:
        worker = context.Process(target=fill, args=(memory.name, start))
        worker.start()
        worker.join()
    print(bytes(memory.buf[:16]))
    memory.close()
    memory.unlink()
    semaphore = context.BoundedSemaphore(1)
    print(semaphore.acquire(), semaphore.acquire(timeout=0.01), semaphore.release())
    try:
        semaphore.release()
    except ValueError as error:
        print(error)


def ends(context):
    for how in "exit", "text", "error", "_exit", "terminate", "kill":
        process = context.Process(target=end_by, args=(how,))
        process.start()
        if how in ("terminate", "kill"):
            print(process.join(0.01), process.exitcode, process.is_alive(), end=" ")
            getattr(process, how)()
        process.join()
        print(how, process.exitcode, process.sentinel > 0)
        process.close()
        try:
            process.exitcode
        except ValueError as error:
            print(error)


def managed(context):
    with context.Manager() as manager:
        shared, numbers, space, lock = manager.dict(a=1), manager.list([0]), manager.Namespace(total=0), manager.Lock()
        workers = [context.Process(target=with_manager, args=(shared, numbers, space, lock)) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(sorted(shared.items(), key=str), numbers[:], space.total, str(numbers), numbers.pop(), list(numbers * 2)[:3])
        try:
            numbers[99]
        except IndexError as error:
            print(type(error).__name__, error)


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for method, parts in (("fork", (pools, messages, sharing, ends, managed)), ("spawn", (pools, sharing)), ("forkserver", (messages, ends))):
        for part in parts:
            print("--", method, part.__name__)
            part(mp.get_context(method))
    print(mp.active_children(), mp.current_process().name, mp.parent_process())
