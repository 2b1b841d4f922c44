"""Write docs/config.md from the JSON Schema, so that the reference says what the code checks."""

# ruff: noqa: INP001 - a script beside the pages that it writes, no package

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from computeplan.config import json_schema

TARGET = Path(__file__).with_name("config.md")

HEAD = """\
# The config

Written from the schema by `make docs`; do not edit. `computeplan schema` prints the schema itself, for
completion and checks in an editor.

A config is one YAML file in UTF-8. Unknown keys are faults, and all faults are reported at once with file,
line, column, path and hint. Every mapping with names as keys (`sites`, `workloads`, …) gives each value a
path, such as `sites.hami.pue`, for `--set` and scenarios.

* A **quantity** is a number in the documented unit, or text with its own unit, which is converted:
  `0.36 CNY/kWh`, `2.5 MW`, `85 kCNY/unit/year`. `money` below is the config's currency.
* A **series** has one value a period: a quantity (constant), a list of them, or one of
  [SeriesRef](#seriesref), [TariffSeries](#tariffseries), [DaySeries](#dayseries), [FileSeries](#fileseries).
  A series in `series:` takes the unit of the field that uses it.
* A **name** is text without blanks at its ends. Local times are written `2026-03-02T00:00`.
* **required** marks what has no default.

Examples: [quickstart.yaml](../configs/quickstart.yaml), each line commented, and
[chongqing.yaml](../configs/chongqing.yaml).
"""


def main() -> None:
    """Write the reference."""
    TARGET.write_text(reference(json_schema()), encoding="utf-8")


def reference(schema: dict[str, Any]) -> str:
    """Return the reference of a schema, one section a model, in the order of first use."""
    sections = {"Config": schema}
    queue = [schema]
    while queue:
        for name in _models_in(queue.pop(0).get("properties", {})):
            model = schema["$defs"][name]
            if "properties" in model and model["title"] not in sections:
                sections[model["title"]] = model
                queue.append(model)
    return HEAD + "".join(_section(title, model, schema["$defs"]) for title, model in sections.items())


def _models_in(part: Any) -> Iterator[str]:
    """Yield the names of the definitions that a part of the schema refers to."""
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].rsplit("/", 1)[1]
        for value in part.values():
            yield from _models_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from _models_in(value)


def _section(title: str, model: dict[str, Any], models: dict[str, Any]) -> str:
    required = model.get("required", [])
    text = f"\n{model['description']}\n" if "description" in model else ""
    rows = []
    for key, field in model["properties"].items():
        default = "**required**" if key in required else _default(field.get("default"))
        what = field.get("description", "").replace("|", "\\|").replace("\n", " ")
        rows.append(f"| `{key}` | {_kind(field, models)} | {default} | {what} |")
    return (
        "\n".join([f"\n## {title}", text, "| key | value | default | |", "|---|---|---|---|", *rows]) + "\n"
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
    return f"[{title}](#{title.lower()})" if "properties" in model else _kind(model, {})


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
