# From a text about what Python does with memory.
# section: 4. Stack Overflow vs Out of Memory / Out of Memory
# adapted: nothing (verbatim; check_samples.py runs it with a 1 GiB address-space limit so that 'eventually' comes soon)
# check: rlimit_as_mb=1024

huge_list = []
for i in range(10**10):
    huge_list.append([0] * 1000000)
# MemoryError: (eventually)
