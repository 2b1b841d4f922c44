"""Random changes of a good config and its tables: of the text, of the structure, of the bytes of tables."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from computeplan.config.yaml.source import parse_document
from computeplan.config.yaml.text import to_yaml
from faults.good_inputs import CONFIG, TABLES, parquet

Draw = st.DrawFn
GOOD = parse_document(CONFIG, "good.yaml").data
FILES = {f"data/{name}": text.encode() for name, text in TABLES.items()}
PARQUET = {name.replace(".csv", ".parquet"): parquet(text.decode()) for name, text in FILES.items()}

_TOKENS = [
    *(
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        ",",
        "- ",
        "#",
        "&a ",
        "*a",
        "!!python/name:os.system ",
        "<<: ",
        "---\n",
    ),
    *(
        '"',
        "'",
        "\\",
        "|",
        ">",
        "%",
        "@",
        "`",
        "\t",
        "\n",
        "\r",
        "\0",
        "\x1b[31m",
        "\u202e",
        "\u2028",
        "\ufeff",
    ),
    *(".nan", ".inf", "-1", "0", "1e400", "1e-400", "0x1", "9" * 50, "~", "null", "true", "NaN", "=1+1"),
    *("2026-02-30", "9999-12-31T23:59", "0001-01-01", "24:00", "12 kW", "3 parsecs", "1 CNY/kWh", "50 %"),
    *("name", "file", "series", "pools", "units", "../x.csv", "/dev/zero", "ſ", "北", "😀", "\\ud800"),
]
_CELLS = [
    ",",
    ",,",
    ";",
    '"',
    '""',
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    "nan",
    "inf",
    "-1",
    "1e999",
    "x",
    " ",
    "\0",
    "2026-03-02T03:00",
    "é",
]
_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.sampled_from(_TOKENS)
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def changed_text(draw: Draw) -> bytes:
    """YAML with pieces put in, taken out, repeated or moved."""
    text = CONFIG
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        end = begin + draw(st.sampled_from([0, 0, 1, 2, 10, 100]))
        piece = draw(st.sampled_from(_TOKENS) | st.text(max_size=6) | st.just(text[begin:end] * 2))
        text = text[:begin] + piece + text[end:]
    return text.encode()


@st.composite
def changed_structure(draw: Draw) -> bytes:
    """A config with values replaced, removed, added, swapped or renamed."""
    data = deepcopy(GOOD)
    for _ in range(draw(st.integers(1, 4))):
        _change(draw, data)
    return to_yaml(data).encode()


@st.composite
def changed_table(draw: Draw) -> tuple[str, bytes]:
    """One of the tables with other bytes: name, content."""
    name, content = draw(st.sampled_from(sorted((FILES | PARQUET).items())))
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(content)))
        end = begin + draw(st.sampled_from([0, 1, 1, 2, 8, 1000]))
        piece = draw(st.binary(max_size=8) | st.sampled_from([cell.encode() for cell in _CELLS]))
        content = content[:begin] + piece + content[end:]
    return name, content


def _change(draw: Draw, data: Any) -> None:
    parent = data
    while True:
        keys = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
        if not keys:
            break
        key = draw(st.sampled_from(keys))
        if not isinstance(parent[key], dict | list) or draw(st.integers(0, 3)) == 0:
            _change_at(draw, parent, key)
            return
        parent = parent[key]


def _change_at(draw: Draw, parent: Any, key: Any) -> None:
    match draw(st.sampled_from(["replace", "replace", "remove", "copy", "rename"])):
        case "replace":
            parent[key] = draw(_VALUES)
        case "remove":
            del parent[key]
        case "copy":
            others = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
            parent[key] = deepcopy(parent[draw(st.sampled_from(others))])
        case "rename" if isinstance(parent, dict):
            parent[draw(st.text(max_size=6) | st.sampled_from(_TOKENS))] = parent.pop(key)
