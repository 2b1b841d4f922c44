"""Write docs/config.md from the JSON Schema, so that the reference says what the code checks."""

# ruff: noqa: INP001 - a script beside the pages that it writes, no package

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from computeplan.config import json_schema, to_yaml
from computeplan.config.yaml.source import read_document

TARGET = Path(__file__).with_name("config.md")

HEAD = """\
# The config

Written from the schema by `make docs`; do not edit. `computeplan schema` prints the schema itself, for
completion and checks in an editor.

A config is one YAML file in UTF-8. Unknown keys are faults, and all faults are reported at once with file,
line, column, path and hint. Every mapping with names as keys (`sites`, `workloads`, …) gives each value a
path, such as `sites.hami.pue`, for `--set` and scenarios.

* A **quantity** is a number in the documented unit, or text with its own unit, which is converted:
  `0.36 CNY/kWh`, `2.5 MW`, `85 kCNY/unit/year`, `0.36 元/千瓦时`, `450 gCO2eq/kWh`,
  `900 lb/MWh`; cells of tables too. `money` below is the config's currency.
* A **year** in a price is the calendar year and a **month** the calendar month where the horizon is whole
  calendar years or months, which begin on the first of a month; else they are 8,760 h and 730 h.
  `duration: 1 year` and `1 month` are calendar ones. Demand charges count calendar months.
* A **series** has one value a period: a quantity (constant), a list of them, or one of
  [a named one](#seriesname-series-ref), [a tariff](#seriesname-tariff-series),
  [a day](#seriesname-day-series), [a file](#seriesname-file-series).
  A series in `series:` takes the unit of the field that uses it.
* A **name** is text without blanks at its ends. Local times are written `2026-03-02T00:00`; `24:00` ends a
  day. A date alone is its beginning, as a `deadline` its end. **Timestamps** in files mark the start of a
  row's time, with `stamp: end` its end; they may have an offset, `Z`, `UTC` and fractions of 0 s. Rows
  have as many cells as the header.
* **required** marks what has no default.

Examples: [quickstart.yaml](../configs/quickstart.yaml), each line commented, and
[chongqing.yaml](../configs/chongqing.yaml).
"""


def main() -> None:
    """Write the reference."""
    TARGET.write_text(reference(json_schema()), encoding="utf-8")


def reference(schema: dict[str, Any]) -> str:
    """Return the reference of a schema: a section for each setting with keys of its own, by first use."""
    sections, paths = {"Config": schema}, {"Config": ""}
    queue = [schema]
    while queue:
        owner = queue.pop(0)
        for key, name, is_named in _models_in(owner.get("properties", {})):
            model = schema["$defs"][name]
            if "properties" in model and model["title"] not in sections:
                sections[model["title"]] = model
                home = paths[owner["title"]] if owner is not schema else ""
                paths[model["title"]] = ".".join(filter(None, [home, key, "NAME" if is_named else ""]))
                queue.append(model)
    PATHS.update({title: _heading(title, path, paths) for title, path in paths.items()})
    written = read_document(EXAMPLES).data
    return HEAD + "".join(
        _section(title, model, schema["$defs"], _example(written, paths[title]))
        for title, model in sections.items()
    )


PATHS: dict[str, str] = {}
"""Heading of each model's section."""
EXAMPLES = Path(__file__).resolve().parents[1] / "configs" / "chongqing.yaml"
LONGEST = 14
"""Lines of an example."""


def _heading(title: str, path: str, paths: dict[str, str]) -> str:
    """Name a section by its setting; of forms of one setting each by what it is."""
    if not path:
        return "The whole file"
    form = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", title).lower()
    return f"{path}: {form}" if list(paths.values()).count(path) > 1 or path.startswith("series") else path


def _example(written: Any, path: str) -> str:
    """Take what the flagship's config says there, as YAML."""
    found, keys = written, path.split(".") if path else []
    for key in keys:
        if key == "NAME":
            found = next(iter(found.values()), None) if isinstance(found, dict) else None
        elif isinstance(found, dict):
            found = found.get(key)
        found = found[0] if isinstance(found, list) and found else found
    if not isinstance(found, dict) or not keys:
        return ""
    text = to_yaml({keys[-1] if keys[-1] != "NAME" else "name": found}).rstrip()
    lines = text.splitlines()
    if len(lines) > LONGEST:
        lines = [*lines[:LONGEST], "  # …"]
    return "\nFrom the flagship:\n\n```text\n" + "\n".join(lines) + "\n```\n"


def _models_in(part: Any, key: str = "", *, is_named: bool = False) -> Iterator[tuple[str, str, bool]]:
    """Yield the key, the definition that it refers to, and whether names are between them."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield key, part["$ref"].rsplit("/", 1)[1], is_named
        for inner, value in part.items():
            below = is_named or inner in {"patternProperties", "additionalProperties"}
            yield from _models_in(value, key or inner, is_named=below)
    elif isinstance(part, list):
        for value in part:
            yield from _models_in(value, key, is_named=is_named)


def _section(title: str, model: dict[str, Any], models: dict[str, Any], example: str) -> str:
    required = model.get("required", [])
    text = f"\n{model['description']}\n" if "description" in model else ""
    rows = []
    for key, field in model["properties"].items():
        default = "**required**" if key in required else _default(field.get("default"))
        what = field.get("description", "").replace("|", "\\|").replace("\n", " ")
        rows.append(f"| `{key}` | {_kind(field, models)} | {default} | {what} |")
    return (
        "\n".join([f"\n## {PATHS[title]}", text, "| key | value | default | |", "|---|---|---|---|", *rows])
        + f"\n{example}"
    )


def _default(value: Any) -> str:
    """Return a default; what is no plain value is said in the description."""
    if isinstance(value, int | float):
        return f"`{value:g}`"
    return f"`{value}`" if isinstance(value, str) and value else ""


def _kind(field: dict[str, Any], models: dict[str, Any]) -> str:
    """Return in words what a field takes."""
    choices = [choice for choice in field.get("anyOf", field.get("oneOf", [])) if choice != {"type": "null"}]
    if choices:
        return _choice(choices, field, models)
    if "$ref" in field:
        return _reference(models[field["$ref"].rsplit("/", 1)[1]])
    if "enum" in field or "const" in field:
        return ", ".join(f"`{value}`" for value in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"list of: {_kind(field.get('items', {}), models)}"
    if "patternProperties" in field or isinstance(field.get("additionalProperties"), dict):
        values = (*field.get("patternProperties", {}).values(), field.get("additionalProperties"))
        return f"by name: {_kind(values[0], models)}"
    return {"string": "text", "integer": "whole number", "object": "mapping"}.get(
        field.get("type", ""), "number"
    )


def _reference(model: dict[str, Any]) -> str:
    title = model["title"]
    if "properties" not in model:
        return _kind(model, {})
    return f"[{PATHS[title]}](#{re.sub(r'[^a-z0-9 _-]', '', PATHS[title].lower()).replace(' ', '-')})"


def _choice(choices: list[dict[str, Any]], field: dict[str, Any], models: dict[str, Any]) -> str:
    """Return in words what a field with several forms takes."""
    forms = [model for choice in choices if (model := choice.get("$ref", ""))]
    if any(model.endswith("/SeriesRef") for model in forms):
        return f"series{_unit(choices[0])}"
    if [choice.get("type") for choice in choices] == ["number", "string"]:
        return f"quantity{_unit(field)}"
    return " or ".join(dict.fromkeys(_kind(choice, models) for choice in choices))


def _unit(field: dict[str, Any]) -> str:
    return f", {field['unit']}" if "unit" in field else ""


if __name__ == "__main__":
    main()
