/* Embedding: a program starts the runtime from a PyConfig, with a module of its own, and runs text.  Each in a process
 * of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "Python.h"
#include "initconfig.h"

static PyObject *answer(PyObject *module, PyObject *unused) { return PyLong_FromLong(42); }
static PyMethodDef methods[] = {{"answer", answer, METH_NOARGS, NULL}, {NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "own", NULL, 0, methods};
PyMODINIT_FUNC PyInit_own(void) { return PyModule_Create(&definition); }

#define CHECK(condition)                                                                                               \
    if (!(condition)) {                                                                                                \
        fprintf(stderr, "%d: not so: %s\n", __LINE__, #condition);                                                     \
        _exit(1);                                                                                                      \
    }

static void start(PyConfig *config)
{
    PyStatus status = Py_InitializeFromConfig(config);
    CHECK(!PyStatus_Exception(status));
    PyConfig_Clear(config);
    CHECK(Py_IsInitialized());
}

static void runs_text_with_a_module_of_its_own(void)
{
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    CHECK(PyImport_AppendInittab("own", PyInit_own) == 0);
    PyConfig_SetString(&config, &config.program_name, L"embedder");
    PyWideStringList_Append(&config.argv, L"first");
    PyWideStringList_Append(&config.argv, L"s\u00e9cond");
    start(&config);
    CHECK(PyRun_SimpleString("import own, sys\nassert own.answer() == 42\n"
                             "assert sys.argv == ['first', 's\\xe9cond'], sys.argv\n"
                             "assert sys.flags.isolated and sys.flags.no_user_site\n"
                             "import signal\nassert signal.getsignal(2) == signal.SIG_DFL") == 0);
    CHECK(PyRun_SimpleString("1/0") == -1);
    CHECK(wcscmp(Py_GetProgramName(), L"embedder") == 0);
    CHECK(Py_FinalizeEx() == 0);
    CHECK(!Py_IsInitialized());
}

static void parses_arguments(void)
{
    char *argv[] = {"prog", "-X", "utf8", "-OO", "-c", "import sys; sys.exit(len(sys.argv) + sys.flags.optimize)",
                    "a",    "b"};
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    CHECK(!PyStatus_Exception(PyConfig_SetBytesArgv(&config, 8, argv)));
    CHECK(!PyStatus_Exception(PyConfig_Read(&config)));
    CHECK(config.optimization_level == 2);
    CHECK(config.argv.length == 3);
    CHECK(wcscmp(config.argv.items[0], L"-c") == 0);
    start(&config);
    CHECK(Py_RunMain() == 5);
}

static void an_option_may_end_the_program(void)
{
    char *argv[] = {"prog", "--no-such-option"};
    PyConfig config;
    PyConfig_InitPythonConfig(&config);
    PyConfig_SetBytesArgv(&config, 2, argv);
    PyStatus status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    CHECK(PyStatus_IsExit(status));
    CHECK(status.exitcode == 2);
}

static void an_interpreter_beside_the_main_one(void)
{
    Py_InitializeEx(0);
    PyThreadState *main_state = PyThreadState_Get(), *other = Py_NewInterpreter();
    CHECK(other);
    CHECK(PyInterpreterState_GetID(PyInterpreterState_Get()) == 1);
    CHECK(PyRun_SimpleString("import sys\nsys.mark = 1") == 0);
    PyThreadState_Swap(main_state);
    CHECK(PyRun_SimpleString("import sys\nassert not hasattr(sys, 'mark')") == 0);
    PyThreadState_Swap(other);
    Py_EndInterpreter(other);
    PyThreadState_Swap(main_state);
    CHECK(!PyInterpreterState_Next(PyInterpreterState_Head()));
    CHECK(Py_FinalizeEx() == 0);
}

/* The status that the function's process ends with. */
static void in_a_process(void **state)
{
    void (*function)(void) = *state;
    int status;
    pid_t child = fork();
    if (child == 0) {
        alarm(60);
        function();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
#define TEST(name)                                                                                                     \
    {                                                                                                                  \
#name, in_a_process, NULL, NULL, name                                                                          \
    }
    const struct CMUnitTest tests[] = {
        TEST(runs_text_with_a_module_of_its_own),
        TEST(parses_arguments),
        TEST(an_option_may_end_the_program),
        TEST(an_interpreter_beside_the_main_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
