/* The lexer from C: kinds and places of tokens, indentation, and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "syntax/lexer.h"
#include "syntax/parser.h"

/* The tokens of `text` as "kind@line,col-line,col kind@…", the kind being the text of an operator or a letter for the others. */
static char *tokens(const char *text, char *out, size_t room)
{
    static const char letters[] = "ENDSL><";   /* end, name, number (digits), string, newline, indent, dedent */
    PyObject *filename = PyUnicode_FromString("unit");
    Lexer lx;
    Token t;
    size_t n = 0;
    lexer_init(&lx, text, strlen(text), filename);
    out[0] = 0;
    do {
        lexer_next(&lx, &t);
        if (t.type <= T_DEDENT)
            n += (size_t)snprintf(out + n, room - n, "%c", letters[t.type]);
        else if (t.type == T_ERRORTOKEN)
            n += (size_t)snprintf(out + n, room - n, "error");
        else
            n += (size_t)snprintf(out + n, room - n, "%.*s", (int)(t.end - t.start), t.start);
        n += (size_t)snprintf(out + n, room - n, "@%d,%d-%d,%d ", t.lineno, t.col_offset, t.end_lineno, t.end_col_offset);
    } while (t.type != T_ENDMARKER && t.type != T_ERRORTOKEN);
    Py_DECREF(filename);
    return out;
}

static void names_numbers_and_operators_have_places(void **state)
{
    char out[512];
    assert_string_equal(tokens("a **= 1_0.5e-3j\n", out, sizeof out),
                        "N@1,0-1,1 **=@1,2-1,5 D@1,6-1,15 L@1,15-1,15 E@1,-1-1,-1 ");
    assert_string_equal(tokens("x:=rb'y' # note\n", out, sizeof out),
                        "N@1,0-1,1 :=@1,1-1,3 S@1,3-1,8 L@1,9-1,15 E@1,-1-1,-1 ");
}

static void strings_and_brackets_span_lines(void **state)
{
    char out[512];
    assert_string_equal(tokens("f('''a\nb''',\n  2)\n", out, sizeof out),
                        "N@1,0-1,1 (@1,1-1,2 S@1,2-2,4 ,@2,4-2,5 D@3,2-3,3 )@3,3-3,4 L@3,4-3,4 E@3,-1-3,-1 ");
}

static void indentation_gives_tokens(void **state)
{
    char out[512];
    assert_string_equal(tokens("if a:\n  b\n\n  # note\nc\n", out, sizeof out),
                        "N@1,0-1,2 N@1,3-1,4 :@1,4-1,5 L@1,5-1,5 >@2,-1-2,-1 N@2,2-2,3 L@2,3-2,3 <@5,-1-5,-1 N@5,0-5,1 L@5,1-5,1 "
                        "E@5,-1-5,-1 ");
}

static void refusals_say_why(void **state)
{
    static const struct { const char *text; enum lex_done done; const char *message; } cases[] = {
        {"(a\n", LEX_EOF, NULL},          {"if a:\n  b\n c\n", LEX_DEDENT, NULL}, {"if a:\n\tb\n        c\n", LEX_TABS, NULL},
        {"a \\ b\n", LEX_CONTINUATION, NULL}, {"a = 'b\n", LEX_ERROR, "unterminated string literal (detected at line 1)"},
        {"0777\n", LEX_ERROR, "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers"},
        {"1__0\n", LEX_ERROR, "invalid decimal literal"}, {"(]\n", LEX_ERROR,
         "closing parenthesis ']' does not match opening parenthesis '('"}, {"\x01\n", LEX_ERROR,
         "invalid non-printable character U+0001"},
    };
    PyObject *filename = PyUnicode_FromString("unit");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Lexer lx;
        Token t;
        lexer_init(&lx, cases[i].text, strlen(cases[i].text), filename);
        do
            lexer_next(&lx, &t);
        while (t.type != T_ERRORTOKEN && t.type != T_ENDMARKER);
        assert_int_equal(t.type, T_ERRORTOKEN);
        assert_int_equal(lx.done, cases[i].done);
        lexer_next(&lx, &t);   /* and again */
        assert_int_equal(t.type, T_ERRORTOKEN);
        if (cases[i].message) {
            PyObject *type, *value, *tb;
            PyErr_Fetch(&type, &value, &tb);
            PyErr_NormalizeException(&type, &value, &tb);
            assert_ptr_equal(type, PyExc_SyntaxError);
            assert_string_equal(PyUnicode_AsUTF8(((PySyntaxErrorObject *)value)->msg), cases[i].message);
            Py_XDECREF(type);
            Py_XDECREF(value);
            Py_XDECREF(tb);
        }
        assert_null(PyErr_Occurred());
    }
    Py_DECREF(filename);
}

static void trees_hold_positions(void **state)
{
    AstArena *arena = ast_arena_new();
    PyObject *filename = PyUnicode_FromString("unit");
    const char *text = "# \xc3\xa4\n(a) + b[1:\n 2]\n";
    mod_ty tree = parse_source(text, strlen(text), filename, Py_file_input, NULL, arena);
    assert_non_null(tree);
    expr_ty e = ((stmt_ty)asdl_get(tree->v.Module.body, 0))->v.Expr.value;
    assert_int_equal(e->kind, BinOp_kind);
    assert_int_equal(e->lineno, 2);
    assert_int_equal(e->col_offset, 0);
    assert_int_equal(e->end_lineno, 3);
    assert_int_equal(e->end_col_offset, 3);
    assert_int_equal(e->v.BinOp.left->col_offset, 1);
    assert_null(parse_source("a b\n", 4, filename, Py_file_input, NULL, arena));
    assert_true(PyErr_ExceptionMatches(PyExc_SyntaxError));
    PyErr_Clear();
    Py_DECREF(filename);
    ast_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_numbers_and_operators_have_places), cmocka_unit_test(strings_and_brackets_span_lines),
        cmocka_unit_test(indentation_gives_tokens), cmocka_unit_test(refusals_say_why), cmocka_unit_test(trees_hold_positions),
    };
    Py_InitializeEx(0);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
