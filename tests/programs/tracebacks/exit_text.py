import sys
print('before')
sys.exit('message on stderr')
