"""Values and error texts of many expressions, one a line."""
def t(s):
    try: print(s,'->',repr(eval(s)))
    except BaseException as e: print(s,'!!',type(e).__name__,e)
for s in '''bytes('a')
bytes('a','x')
bytes(-1)
bytes(1.5)
bytes([256])
bytes([1.0])
bytes(['a'])
bytes(b'a','utf8')
bytes(encoding='utf8')
bytes(10**30)
bytes(None)
bytes(1,2,3,4)
bytes(object())
b'a'+'a'
b'a'+1
b'abc'['a']
b'abc'[5]
b'a'*-1
b'a'*1.5
b'abc'.find('a')
b'abc'.find(256)
b'abc'.find(None)
b'abc'.index(b'z')
b'abc'.rindex(b'z')
b'abc'.count(97)
'a' in b'abc'
256 in b'abc'
None in b'abc'
b''.join([b'a','b'])
b''.join(5)
b','.join([b'a',bytearray(b'b'),memoryview(b'c')])
b'a'.split('x')
b'a'.split(b'')
b'a b'.split(None,1.5)
b'a'.partition(b'')
b'a'.partition('x')
b'abc'.replace('a',b'b')
b'abc'.replace(b'a','b')
b'abc'.startswith('a')
b'abc'.startswith((b'a','b'))
b'abc'.startswith(5)
b'abc'.strip('a')
b'abc'.translate(b'a')
b'abc'.translate(None,b'b')
b'abc'.translate('a')
bytes.maketrans(b'a',b'bc')
b'abc'.center(10,b'ab')
b'abc'.center(10,'a')
b'abc'.ljust('a')
b'abc'.hex('ab')
b'abc'.hex('')
b'abc'.hex(':',2)
b'abc'.hex('é')
b'abc'.hex(5)
b'abc'.hex(b'\\xff')
bytes.fromhex('zz')
bytes.fromhex('1')
bytes.fromhex(' 1 2')
bytes.fromhex('é1')
bytes.fromhex(b'12')
b'a%s'%'x'
b'%s'%b'x'
b'%d'%'x'
b'%d %x %c'%(1,255,65)
b'%c'%256
b'%c'%b'ab'
b'%a %r'%('é','b')
b'%5.2f|%-5d|%05d'%(1.234,3,4)
b'%(a)s'%{b'a':b'1'}
b'%(a)s'%5
b'%d'%(1,2)
b'%d %d'%1
b'%'%1
b'%.*f'%(2,3.14)
b'%x'%1.5
b'%f'%'a'
b'a'<'a'
b'a'=='a'
b'abc'.decode('ascii',5)
b'\\xff'.decode()
b'abc'.expandtabs('a')
b'abc'.zfill('a')
b'-12'.zfill(5)
b'abc'.isalnum(1)
b'abc'.removeprefix('a')
b'abc'.__getnewargs__()
iter(b'abc').__reduce__()
hash(b'abc') == hash(memoryview(b'abc'))
bytearray('a')
bytearray(-1)
bytearray([300])
bytearray(b'abc').append(256)
bytearray(b'abc').append('a')
bytearray().pop()
bytearray(b'a').pop(5)
bytearray(b'a').remove(98)
bytearray(b'a').insert(0,'a')
bytearray(b'a').extend('abc')
bytearray(b'a').extend([1,300])
bytearray(b'a').extend(5)
bytearray(b'abc')[5]
bytearray(b'abc').__setitem__(0,256)
bytearray(b'abc').__setitem__(5,1)
bytearray(b'abc').__setitem__('a',1)
bytearray(b'abc').__setitem__(slice(0,1),5)
bytearray(b'abc').__setitem__(slice(0,1),'abc')
bytearray(b'abc').__setitem__(slice(0,3,2),b'abc')
bytearray(b'abc').__delitem__(7)
hash(bytearray())
bytearray(b'abc').__reduce__()
bytearray(b'abc').__reduce_ex__(3)
bytearray(b'abc').__alloc__()
bytearray(b"a'b")
bytearray(b'abc')+'a'
b'abc'+bytearray(b'd')
bytearray(b'a')*3
bytearray(b'abc').join([1])
bytearray(b'abc').fromhex('zz')
memoryview('a')
memoryview(b'abc')[5]
memoryview(b'abc')['a']
memoryview(b'abc').__setitem__(0,1)
memoryview(bytearray(b'abc')).__setitem__(0,300)
memoryview(bytearray(b'abc')).__setitem__(0,'a')
memoryview(bytearray(b'abc')).__setitem__(slice(0,2),b'a')
memoryview(bytearray(b'abc')).__delitem__(0)
memoryview(b'abcd').cast('I')[0]
memoryview(b'abcd').cast('x')
memoryview(b'abcde').cast('I')
memoryview(b'abcd').cast('B',[2,2]).tolist()
memoryview(b'abcd').cast('B',[2,2])[1,1]
memoryview(b'abcd').cast('B',[2,2])[1]
memoryview(b'abcd').cast('B',[2,3])
memoryview(b'abcd')[::2].cast('H')
memoryview(b'abcd')[::2].tolist()
memoryview(b'abcd')==b'abcd'
hash(memoryview(bytearray(b'a')))
memoryview(b'abc').hex(':')
memoryview(b'abc').tobytes('X')
memoryview(b'a').nope
memoryview(b'abc').__exit__()
memoryview(b'abcd').cast('H').cast('I')
memoryview(b'abcd')[0:1,0:1]
memoryview(b'abcd')[0,0]
memoryview(b'abcd').cast('B',[2,2]).tolist()[0]
(lambda m:(m.release(),m[0]))(memoryview(b'a'))
(lambda m:(m.release(),repr(m)[:18]))(memoryview(b'a'))
(lambda b:(memoryview(b).__enter__(),b.append(1)))(bytearray(b'a'))
'''.splitlines(): t(s)
