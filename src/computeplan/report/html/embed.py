"""What the page carries: scripts with their hashes, data packed as text."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

SCRIPTS = ("unpack.js", "theme.js", "charts.js", "tables.js", "statement.js", "main.js")
"""In the order in which they are joined."""

ASSETS = "assets"


def asset(name: str) -> str:
    """Read a file of the package.

    Parameters
    ----------
    name : str
    """
    return files(__package__).joinpath(ASSETS, name).read_text(encoding="utf-8")


def script() -> str:
    """Join the page's own scripts; each keeps its names to itself but for what it adds to ``report``."""
    parts = "\n".join(asset(name) for name in SCRIPTS)
    return f'"use strict";\nconst report = {{}};\n{parts}'


@cache
def plotly() -> str:
    """Read the chart library, which the package plotly carries."""
    from plotly.offline import get_plotlyjs

    library: str = get_plotlyjs()
    return library


def content_hash(code: str) -> str:
    """Give the hash by which a Content-Security-Policy lets a script or style in.

    Parameters
    ----------
    code : str
    """
    return f"'sha256-{b64encode(sha256(code.encode()).digest()).decode()}'"


def packed(text: str) -> str:
    """Compress text to characters that mean nothing to HTML.

    Parameters
    ----------
    text : str
    """
    return b64encode(gzip.compress(text.encode(), compresslevel=6, mtime=0)).decode()


def packed_json(data: Any) -> str:
    """Pack data as JSON; the page never sees it as HTML.

    Parameters
    ----------
    data : object
        Without numbers that are not finite: JSON has none.
    """
    return packed(json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
