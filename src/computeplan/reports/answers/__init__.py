"""JSON Schemas of what commands print with ``--json``: the tests hold the answers against them."""

from __future__ import annotations

import json
from importlib.resources import files


def answer_schema(command: str) -> dict[str, object]:
    """Read the JSON Schema (Draft 2020-12) of a command's answer."""
    text = files(__package__).joinpath(f"{command}.json").read_text(encoding="utf-8")
    schema: dict[str, object] = json.loads(text)
    return schema
