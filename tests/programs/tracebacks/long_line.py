value = 1; result = value + value + value + value + value + value + value + value + value + value + (value / 0) + value + value
