import does_not_exist.sub
