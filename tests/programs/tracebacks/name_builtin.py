print(xyzzyplugh)
