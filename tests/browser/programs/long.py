def mix(seed, n):
    kept = []
    for i in range(n):
        seed = (seed * 1103515245 + 12345) % 2147483648
        kept.append([seed, str(seed)])
        if len(kept) > 20:
            del kept[seed % 20]
    return kept


print(len(mix(1, 5000)))
