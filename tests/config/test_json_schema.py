"""The JSON Schema accepts what the loader accepts and refuses what an editor can see to be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeplan.config import json_schema
from computeplan.config.yaml.source import parse_document, read_document

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "configs").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator():
    import jsonschema

    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", [*SHIPPED, Path(__file__).parent / "small.yaml"], ids=lambda path: path.stem)
def test_good_configs_are_accepted(validator, path):
    assert SHIPPED, "configs/ ships templates"
    validator.validate(read_document(path).data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: small", "nam: small"),
        ("pue: 1.15", "pue: 0.9"),
        ("pue: 1.15", "pue: x"),
        ("pue: 1.15", "pue: []"),
        ("pue: 1.15", "pue: {serie: x}"),
        ("units: 300", "units: -1"),
        ("units: 300", "unit: 300"),
        ("term: owned", "term: ownd"),
        ("cost\n", "costs\n"),
        ("provides: [mlps-3]", "provides: mlps-3"),
        ("hami:\n    zone", "ha/mi:\n    zone"),
        ("months: [3]", "months: [13]"),
        ("[mon, tue]", "[mo]"),
        ("[11-17, 22-2]", "[eleven]"),
        ("2026-03-02T00:00", "tomorrow"),
        ("law: uniform", "law: uniforme"),
        ("seed: 1", "seed: 1.5"),
        ("deadline: 20 h", "deadline: soon"),
    ],
)
def test_bad_configs_are_refused(validator, small_text, old, new):
    assert small_text.count(old) == 1
    assert not validator.is_valid(parse_document(small_text.replace(old, new), "c.yaml").data)


def described(schema, path=""):
    """Every property of every section with its description."""
    for name, section in schema["$defs"].items():
        for key, member in section.get("properties", {}).items():
            yield f"{path}{name}.{key}", member.get("description", "")


def test_every_field_is_described():
    fields = dict(described(json_schema()))
    assert len(fields) > 100
    assert [name for name, text in fields.items() if len(text) < 5] == []


def test_quantities_name_their_unit():
    member = json_schema()["$defs"]["GridSection"]["properties"]["demand_charge"]
    assert member["unit"] == "money/kW/month"
    assert {"type": "number", "minimum": 0} in member["anyOf"]


def test_the_schema_is_a_copy():
    json_schema()["$defs"].clear()
    assert json_schema()["$defs"]
