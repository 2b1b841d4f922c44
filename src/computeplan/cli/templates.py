"""The configs that ``computeplan new`` copies."""

from __future__ import annotations

import re
from difflib import get_close_matches
from pathlib import Path

import computeplan
from computeplan.errors import UsageError

INPUT = re.compile(r"\bfile:\s*[\"']?([^\s\"',}#]+)")
"""An input named in a template: a path without spaces."""


def copy_template(name: str, to: Path | None) -> list[Path]:
    """Copy a template and the data files it reads.

    Parameters
    ----------
    name : str
    to : Path, optional
        File or existing folder; the current folder where absent.

    Returns
    -------
    list of Path
        The config first.

    Raises
    ------
    UsageError
        If there is no such template, or a file is there already.
    """
    source = _find(name)
    target = to or Path(source.name)
    if target.is_dir():
        target /= source.name
    copies = {target: source}
    for relative in INPUT.findall(source.read_text(encoding="utf-8")):
        if (source.parent / relative).is_file():
            copies[target.parent / relative] = source.parent / relative
    for path in copies:
        if path.exists():
            raise UsageError(f"{path} is there already and is not overwritten; --to PATH writes elsewhere")
    for path, original in copies.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(original.read_bytes())
    return list(copies)


def _find(name: str) -> Path:
    known = {path.stem: path for path in sorted(_folder().glob("*.yaml"))}
    if name in known:
        return known[name]
    close = get_close_matches(name, known, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    raise UsageError(f"template: expected one of {', '.join(known)}, got {name!r}{hint}")


def _folder() -> Path:
    """Find the templates in an installed package or, in a checkout, the repository's configs."""
    package = Path(computeplan.__file__).parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parents[1] / "configs"
