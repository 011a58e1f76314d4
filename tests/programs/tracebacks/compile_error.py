compile('a b c', 'somewhere', 'exec')
