E = type('E', (Exception,), {'__module__': 'some.module'})
raise E('x')
