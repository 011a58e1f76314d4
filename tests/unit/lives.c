/* The runtime starts and ends five times in one process: each time everything works, and nothing is left. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include "memory/memory.h"
#include "runtime/state.h"
#include <malloc.h>

static const char program[] = "import json, re, threading, collections, io, sys\n"
                              "assert json.loads('[1, {\"a\": null}]') == [1, {'a': None}]\n"
                              "assert re.sub('(a)(b)', r'\\2\\1', 'abc') == 'bac'\n"
                              "done = []\n"
                              "t = threading.Thread(target=done.append, args=(1,)); t.start(); t.join()\n"
                              "assert done == [1]\n"
                              "class C(Exception):\n"
                              "    def __init__(self, a): self.a = a\n"
                              "    def __eq__(self, o): return self.a == o.a\n"
                              "try: raise C(1) from KeyError(2)\n"
                              "except C as e: assert e.a == 1 and e == C(1)\n"
                              "try: 1 / 0\n"
                              "except ZeroDivisionError as e: assert str(e) == 'division by zero'\n"
                              "P = collections.namedtuple('P', 'x y'); assert P(1, 2).y == 2\n"
                              "def g():\n"
                              "    x = yield 1\n"
                              "    return x\n"
                              "assert list(g()) == [1]\n"
                              "assert sorted({'b': 1, 'a': 2}) == ['a', 'b'] and '%5.2f' % 1.5 == ' 1.50'\n"
                              "import asyncio\n"
                              "assert asyncio.run(asyncio.sleep(0, 5)) == 5\n"
                              "sys.kept = [C(1), g()]\n";

static void five_lives_leave_nothing(void **state)
{
    size_t after_two = 0;
    for (int life = 0; life < 5; life++) {
        Py_Initialize();
        assert_true(Py_IsInitialized());
        assert_int_equal(PyRun_SimpleString(program), 0);
        assert_int_equal(Py_FinalizeEx(), 0);
        assert_false(Py_IsInitialized());
        if (!_PyRuntime.holders)
            assert_int_equal(_Py_GetAllocatedBlocks(), 0);
        if (life == 1)
            after_two = mallinfo2().uordblks; /* 0 under sanitizers; the C library keeps some for good */
    }
    assert_in_range(mallinfo2().uordblks, 0, after_two + 64 * 1024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(five_lives_leave_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
