data = {'key': [1, 2, None]}
print(data['key'][2]['x'] + 1)
