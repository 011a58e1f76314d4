async def c():
    raise ValueError('in coroutine')
async def d():
    await c()
try:
    d().send(None)
except ValueError as e:
    import traceback
raise e if 0 else TypeError('done')
