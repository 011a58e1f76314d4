[a]: int = 3
