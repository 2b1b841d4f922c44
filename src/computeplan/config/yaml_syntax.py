"""What is wrong with text that is no YAML, in words for people who write configs."""

from __future__ import annotations

import yaml

from computeplan.errors import Fault

_TAB = "indent with spaces, not tabs"
_QUOTE = "put text that begins with one of @ ` % into quotes"
_PROBLEMS = {
    "mapping values are not allowed": (
        "a colon where no key can end",
        "put text with `: ` in it into quotes, and check the indentation",
    ),
    "could not find expected ':'": ("a line without `key: value`", "write a colon and a blank after the key"),
    "did not find expected <document start>": (
        "more text after the end of the config",
        "write every line as `key: value`, indented like its neighbors",
    ),
    "found unknown escape character": (
        "an unknown escape after `\\` in double quotes",
        "use single quotes, and / in paths",
    ),
    "found unexpected end of stream": ("the end of the file inside quotes", "close the quotes"),
    "did not find expected ',' or": ("brackets that are not closed here", "close them, or add a comma"),
    "did not find expected node content": ("a comma or bracket too many", "remove it"),
    "found incompatible YAML document": ("another version of YAML", "remove the line that begins with %"),
}
_ELSE = "check indentation, brackets and quotes"


def syntax_fault(error: yaml.MarkedYAMLError, text: str, file: str) -> Fault:
    """Say where YAML breaks, what stands there and what to do.

    Parameters
    ----------
    error : yaml.MarkedYAMLError
        As the parser raised it.
    text : str
        What was parsed.
    file : str
        Its name, for people.

    Returns
    -------
    Fault
    """
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    problem = " ".join((error.problem or "unreadable").split())
    found, hint = _in_words(problem, _rest_of_line(text, line, column))
    begin = error.context_mark.line + 1 if error.context_mark else line
    where = f" (it began on line {begin})" if begin < line else ""
    return Fault("", "valid YAML", f"{found}{where}", hint, file, line, column)


def _in_words(problem: str, rest: str) -> tuple[str, str]:
    """Return what stands where the parser stopped, and what to do."""
    if rest.lstrip(" ").startswith("\t"):
        return "a tab", _TAB
    if "cannot start any token" in problem:
        return f"text that begins with `{rest[:1]}`", _QUOTE
    known = (words for begin, words in _PROBLEMS.items() if problem.startswith(begin))
    return next(known, (f"bad syntax ({problem})", _ELSE))


def _rest_of_line(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    return lines[line - 1][column - 1 :] if 0 < line <= len(lines) else ""
