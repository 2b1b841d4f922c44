"""Reads YAML text as plain data, with the place of every value.

Only text, numbers, truth values, lists and mappings are constructed; nesting and aliases are limited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

import yaml

from computeplan.config.tables.input_files import MIB, NoFileError, TooLargeError, read_regular
from computeplan.config.yaml.builder import Builder, Keys, Place, TooMuch
from computeplan.errors import ConfigError, Fault
from computeplan.text import some_names

MOST_BYTES = 32 * MIB
"""Largest file."""

_CONTROL = re.compile(
    "[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U000dffff\\U000e1000-\\U0010ffff]"
)
"""Everything but text: control characters, and tags (U+E0000 and above), which nothing shows."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOO_DEEP = "maximum nesting depth"
"""Part of libyaml's message about text that is nested deeper than it reads."""


@dataclass(frozen=True)
class Document:
    """A YAML document, and its name in messages."""

    file: str
    data: Any
    places: dict[Keys, Place]
    """Place of every value by its path; values that an alias repeats have the alias's place only."""


def read_document(path: Path) -> Document:
    """Read a YAML file; a `ConfigError` if there is none, or it is not YAML in UTF-8."""
    return parse_document(_decode(_read_bytes(path), str(path)), str(path))


def parse_document(text: str, file: str) -> Document:
    """Parse the text of one YAML document; a `ConfigError` with all faults up to the first syntax error.

    Letters are composed (NFC), so that names that look the same are the same.
    """
    text = normalize("NFC", text)
    _refuse_control_characters(text, file)
    builder = _build(text, file, _LOADER)
    if builder.faults:
        raise ConfigError(builder.faults)
    return Document(file, builder.root, builder.places)


def _build(text: str, file: str, loader: Any) -> Builder:
    builder = Builder(file)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        if _TOO_DEEP in str(error.problem) and loader is not yaml.SafeLoader:
            # libyaml gives up while looking ahead; the slower parser reaches the place itself.
            return _build(text, file, yaml.SafeLoader)
        builder.faults.append(syntax_fault(error, text, file))
    except yaml.YAMLError as error:
        builder.faults.append(Fault("", "valid YAML", str(error), file=file))
    except TooMuch:
        pass  # the builder has recorded the fault
    return builder


def _read_bytes(path: Path) -> bytes:
    file = str(path)
    try:
        return read_regular(path, MOST_BYTES)
    except NoFileError as error:
        hint = "name the YAML file in it" if error.kind == "a folder" else "save the config to a file first"
        raise ConfigError([Fault("", "a config file", error.kind, hint, file)]) from None
    except TooLargeError as error:
        hint = "put registers and series into CSV or Parquet files"
        raise ConfigError([Fault("", error.expected, error.found, hint, file)]) from None
    except FileNotFoundError:
        hint = f"the folder has {_neighbors(path)}" if _neighbors(path) else "check the path"
        raise ConfigError([Fault("", "a config file", "no such file", hint, file)]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError([Fault("", "a readable config file", reason.lower(), file=file)]) from None


def _neighbors(path: Path) -> str:
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.suffix in {".yaml", ".yml"})
    except OSError:
        return ""
    return some_names(names, 5)


def _decode(content: bytes, file: str) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = "UTF-32" if content[2:4] == b"\0\0" else "UTF-16"
        raise ConfigError([Fault("", "UTF-8 text", found, "save the file as UTF-8", file)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        found = f"the byte 0x{content[error.start]:02x}"
        hint = "save the file as UTF-8 (it may be GBK or Latin-1)"
        raise ConfigError([Fault("", "UTF-8 text", found, hint, file, line, column)]) from None


def _refuse_control_characters(text: str, file: str) -> None:
    match = _CONTROL.search(text)
    if match:
        line, column = (
            text.count("\n", 0, match.start()) + 1,
            match.start() - text.rfind("\n", 0, match.start()),
        )
        found = f"the control character U+{ord(match[0]):04X}"
        hint = "save the file as UTF-8 text" if match[0] == "\0" else "remove it"
        raise ConfigError([Fault("", "readable text", found, hint, file, line, column)])


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
    """Say in plain words where YAML breaks, what is there and what to do."""
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    problem = " ".join((error.problem or "unreadable").split())
    found, hint = _explain(problem, _rest_of_line(text, line, column))
    begin = error.context_mark.line + 1 if error.context_mark else line
    where = f" (it began on line {begin})" if begin < line else ""
    return Fault("", "valid YAML", f"{found}{where}", hint, file, line, column)


def _explain(problem: str, rest: str) -> tuple[str, str]:
    """Return what is at the place where the parser stopped, and what to do."""
    if rest.lstrip(" ").startswith("\t"):
        return "a tab", _TAB
    if "cannot start any token" in problem:
        return f"text that begins with `{rest[:1]}`", _QUOTE
    known = (words for begin, words in _PROBLEMS.items() if problem.startswith(begin))
    return next(known, (f"bad syntax ({problem})", _ELSE))


def _rest_of_line(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    return lines[line - 1][column - 1 :] if 0 < line <= len(lines) else ""
