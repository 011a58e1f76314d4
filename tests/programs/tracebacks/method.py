class A:
    def m(self):
        return self.n()
    def n(self):
        raise RuntimeError('in n')
A().m()
