"""Write docs/api.md from the docstrings of what `computeplan` offers."""

# ruff: noqa: INP001 - a script beside the pages that it writes, no package

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import computeplan
from computeplan.reports.plots import Plots

TARGET = Path(__file__).with_name("api.md")

HEAD = """\
# The Python API

Written from the docstrings by `make docs`; do not edit. Everything below is `computeplan.NAME`; what is not
listed may change. A notebook that uses most of it: [examples/quickstart.ipynb](../examples/quickstart.ipynb).
"""

SECTIONS = {
    "Plan": ("load", "solve", "decide", "roll", "open", "diagnose", "export"),
    "Understand": ("explain", "compare", "report", "shares"),
    "Study": ("sweep", "frontier", "ranging", "alternatives"),
    "Data of other systems, and to them": ("import_series", "import_work", "export_plan"),
    "Open what was saved": ("open_plan", "open_frontier"),
    "What the functions give and take": (
        "Loaded",
        "PlanExport",
        "Roll",
        "Run",
        "SeriesImport",
        "SolverOptions",
        "StopSignal",
        "WorkImport",
    ),
    "Words": ("CarbonBasis", "Language", "Policy", "SubjectKind", "System"),
}


def page() -> str:
    """Write the reference; names that no section has are errors, listed last."""
    known = {name for names in SECTIONS.values() for name in names}
    errors = [name for name in computeplan.__all__ if name not in known and name != "__version__"]
    parts = [HEAD]
    for title, names in {**SECTIONS, "Errors": tuple(errors)}.items():
        parts.append(f"\n## {title}\n")
        parts += [_entry(name, getattr(computeplan, name)) for name in names]
    parts.append(f"\n### run.plot\n\n{_text(Plots)}\n\n{''.join(_methods(Plots))}")
    return "".join(parts).rstrip() + "\n"


def _entry(name: str, thing: object) -> str:
    is_call = inspect.isfunction(thing)
    signature = f"\n```text\n{name}{_signature(thing)}\n```\n" if is_call else ""
    methods = "" if is_call else "".join(_methods(thing))
    return f"\n### {name}\n{signature}\n{_text(thing)}\n{methods}"


def _signature(thing: object) -> str:
    """Write a signature, one parameter a line."""
    lines, starred = [], False
    for each in inspect.signature(thing).parameters.values():
        if each.kind is each.KEYWORD_ONLY and not starred:
            lines, starred = [*lines, "*"], True
        default = "" if each.default is each.empty else f" = {each.default!r}"
        lines.append(f"{each.name}: {str(each.annotation).strip(chr(39))}{default}")
    return "(" + "".join(f"\n    {line}," for line in lines) + "\n)"


def _methods(thing: object) -> Iterator[str]:
    """List properties and methods with their first line; of an enum its values."""
    if issubclass(type(thing), type(computeplan.Policy)):
        yield f"\nOne of {', '.join(f'`{each}`' for each in thing)}.\n"
        return
    found = [
        (name, value) for name, value in vars(thing).items() if not name.startswith("_") and _doc_of(value)
    ]
    if found:
        yield "\n| | |\n|---|---|\n"
    for name, value in found:
        call = "()" if inspect.isfunction(value) or isinstance(value, classmethod) else ""
        yield f"| `{name}{call}` | {_doc_of(value).splitlines()[0]} |\n"


def _doc_of(value: object) -> str:
    is_member = (
        isinstance(value, property | classmethod) or inspect.isfunction(value) or hasattr(value, "func")
    )
    return inspect.getdoc(value) or "" if is_member else ""


def _text(thing: object) -> str:
    """Give a docstring; headings of its sections are bold."""
    text = inspect.getdoc(thing) or ""
    text = re.sub(r"``(.+?)``", r"`\1`", text)
    text = re.sub(r"^(\w[\w ]*)\n-{3,}\n", r"**\1**\n\n", text, flags=re.MULTILINE)
    return re.sub(r"^(\w[\w, ]*?)( : .*)?\n    (?=\S)", _parameter, text, flags=re.MULTILINE)


def _parameter(match: re.Match[str]) -> str:
    kind = (match[2] or "").removeprefix(" : ")
    return f"* `{match[1]}`{f' ({kind})' if kind else ''}: "


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
