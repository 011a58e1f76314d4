"""A command-line tool of groups, options, types, prompts and errors, under the test runner and completion; tqdm and wcwidth beside it."""
import io

import click
import termcolor
import tqdm
import wcwidth
from click.testing import CliRunner


@click.group()
@click.option("--verbose", "-v", count=True)
@click.version_option("1.2")
@click.pass_context
def cli(ctx, verbose):
    """Main tool."""
    ctx.obj = {"v": verbose}


@cli.command()
@click.argument("names", nargs=-1)
@click.option("--n", type=click.IntRange(1, 5), default=2, show_default=True, help="How many.")
@click.option("--kind", type=click.Choice(["a", "b"]), envvar="KIND")
@click.option("--flag/--no-flag", default=False)
@click.pass_obj
def run(obj, names, n, kind, flag):
    """Run NAMES."""
    click.secho(f"{obj} {names} {n} {kind} {flag}", fg="green")


@cli.command()
@click.option("--name", prompt=True)
@click.password_option()
@click.argument("f", type=click.File("r"))
def ask(name, password, f):
    click.echo(f"{name} {password} {f.read()!r}")
    click.confirm("Go?", abort=True)


@cli.command()
def fail():
    raise click.ClickException("broken")


r = CliRunner()
for args in ([], ["--help"], ["run", "--help"], ["--version"], ["-vv", "run", "x", "y", "--n", "3", "--kind", "a", "--flag"], ["run", "--n", "9"], ["run", "--kind", "c"], ["nope"], ["run", "--bad"], ["fail"]):
    result = r.invoke(cli, args, env={"KIND": "b"} if "x" not in args else None)
    print(args, result.exit_code, result.output)
with r.isolated_filesystem():
    open("f.txt", "w").write("data")
    print(r.invoke(cli, ["ask", "f.txt"], input="me\npw\npw\ny\n").output, r.invoke(cli, ["ask", "gone"], input="").output, r.invoke(cli, ["ask", "f.txt", "--name", "q", "--password", "p"], input="n\n").output)
print(repr(click.style("x", fg="red", bold=True)), click.unstyle("\x1b[31mx\x1b[0m"), repr(termcolor.colored("y", "blue", attrs=["bold"], on_color="on_red")))
out = io.StringIO()
for _ in tqdm.tqdm(range(4), file=out, ascii=True, ncols=60, desc="job", mininterval=0, miniters=1, bar_format="{desc}|{bar}|{n_fmt}/{total_fmt}"):
    pass
print(repr(out.getvalue()), tqdm.tqdm.format_sizeof(123456), tqdm.tqdm.format_interval(3700))
print([wcwidth.wcswidth(s) for s in ("abc", "日本", "e\u0301", "\x07", "👩‍👧")])
