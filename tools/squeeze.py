"""Scripts and style sheets without comments and without the spaces that nobody needs; who reads them reads viewer/.

Lines end where they ended, so that a statement without a semicolon ends there, too.  Strings, templates and regular
expressions stay as they are."""
import re

# Behind these a slash begins a regular expression; behind what else ends an operand, it divides.
BEFORE_REGEX = set("(,=:[!&|?{};+-*%<>~^\n") | {""}
WORDS_BEFORE_REGEX = {"return", "typeof", "case", "of", "in", "delete", "void", "throw", "new", "do", "else", "await", "yield"}
SIMPLE = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[ \t]+|\n|[\w$]+""", re.S)
REGEX = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[\n])+/[a-z]*")


def token_end(text, at, last):
    """Where the token at a place ends; last: the one before, without spaces."""
    if text[at] == "`":
        return template_end(text, at + 1)
    if text[at] == "/" and text[at + 1] not in "/*" and (last in BEFORE_REGEX or last in WORDS_BEFORE_REGEX):
        return REGEX.match(text, at).end()
    match = SIMPLE.match(text, at)
    return match.end() if match else at + 1


def template_end(text, at):
    while text[at] != "`":
        if text.startswith("${", at):
            at, depth, last = at + 2, 1, ""
            while depth:
                end = token_end(text, at, last)
                part = text[at:end]
                depth += (part == "{") - (part == "}")
                last, at = part if part.strip() else last, end
        else:
            at += 2 if text[at] == "\\" else 1
    return at + 1


def script(text):
    out, at, last, space = [], 0, "\n", False
    while at < len(text):
        end = token_end(text, at, last)
        part, at = text[at:end], end
        if part.startswith(("//", "/*")):
            continue
        if not part.strip(" \t"):
            space = True
        elif part == "\n":
            if last != "\n":
                out.append("\n")
            last, space = "\n", False
        else:
            needed = (last[-1].isalnum() or last[-1] in "_$") and (part[0].isalnum() or part[0] in "_$") or last in ("+", "-") and part[0] == last
            if space and needed:
                out.append(" ")
            out.append(part)
            last, space = part, False
    return "".join(out)


def style(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", text)).replace(": ", ":").replace(";}", "}\n").strip() + "\n"
