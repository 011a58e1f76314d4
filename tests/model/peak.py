def mib():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) // 1024


base = mib()
words = [str(n) * 3 for n in range(1_000_000)]
print("a million strings:", mib() - base, "MiB")
few = words[::10_000]
del words
print("all but a hundred freed:", mib() - base, "MiB")
del few
print("the hundred too:", mib() - base, "MiB")
