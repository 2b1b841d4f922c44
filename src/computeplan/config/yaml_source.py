"""Reads YAML into plain data, with the place of everything in it.

Nothing is constructed but text, numbers, truth values, lists and mappings; neither nesting nor
aliases can grow without bound.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from computeplan.config.regular_file import MIB, NoFileError, TooLargeError, read_regular
from computeplan.config.yaml_builder import Builder, Keys, Place, TooMuch
from computeplan.config.yaml_syntax import syntax_fault
from computeplan.errors import ConfigError, Fault

MOST_BYTES = 32 * MIB
"""Largest file."""

_CONTROL = re.compile("[^\\t\\n\\r\\x20-\\x7e\\x85\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TOO_DEEP = "maximum nesting depth"
"""In what libyaml says of text that is nested deeper than it reads."""


@dataclass(frozen=True)
class Document:
    """A YAML document.

    Attributes
    ----------
    file : str
        Name of the file as shown to people.
    data : object
        The root value.
    places : dict
        Place of every value by its path; what an alias repeats has only the alias's place.
    """

    file: str
    data: Any
    places: dict[Keys, Place]


def read_document(path: Path) -> Document:
    """Read a YAML file.

    Parameters
    ----------
    path : Path
        File to read.

    Raises
    ------
    ConfigError
        If there is no such file, or it is not UTF-8 or no YAML.
    """
    return parse_document(_decode(_read_bytes(path), str(path)), str(path))


def parse_document(text: str, file: str) -> Document:
    """Parse YAML text.

    Parameters
    ----------
    text : str
        One document.
    file : str
        Name of the file, for faults.

    Raises
    ------
    ConfigError
        With all faults up to the first one that breaks the syntax.
    """
    _refuse_control_characters(text, file)
    builder = _built(text, file, _LOADER)
    if builder.faults:
        raise ConfigError(builder.faults)
    return Document(file, builder.root, builder.places)


def _built(text: str, file: str, loader: Any) -> Builder:
    builder = Builder(file)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except yaml.MarkedYAMLError as error:
        if _TOO_DEEP in str(error.problem) and loader is not yaml.SafeLoader:
            # libyaml looks ahead and gives up before the place; the slower parser comes to it.
            return _built(text, file, yaml.SafeLoader)
        builder.faults.append(syntax_fault(error, text, file))
    except yaml.YAMLError as error:
        builder.faults.append(Fault("", "valid YAML", str(error), file=file))
    except TooMuch:
        pass  # the builder has noted the fault
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
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


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
