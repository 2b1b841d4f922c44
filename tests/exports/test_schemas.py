"""Exports hold to the schemas of the systems, where these are at hand; the rules that a schema cannot say."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from test_export_plan import CONFIG

import computeplan

SCHEMAS = Path(__file__).parents[3] / "shared" / "schemas"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan")
    (folder / "two.yaml").write_text(CONFIG, encoding="utf-8")
    return computeplan.solve(folder / "two.yaml", baseline=False)


@pytest.fixture(scope="module")
def schemas():
    """Validators of custom resources by kind and version; a typo in a field is a fault."""
    if not SCHEMAS.is_dir():
        pytest.skip("the outside schemas are not here: no ../shared/schemas beside the project")
    found = {}
    for path in [*SCHEMAS.glob("kueue/*.yaml"), *SCHEMAS.glob("karmada/*.yaml")]:
        custom = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["spec"]
        for version in custom["versions"]:
            name = f"{custom['group']}/{version['name']}", custom["names"]["kind"]
            schema = strict(version["schema"]["openAPIV3Schema"])
            found[name] = jsonschema.Draft202012Validator(schema)
    return found


def strict(schema):
    if isinstance(schema, list):
        return [strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: strict(value) for key, value in schema.items() if key != "format"}
    if isinstance(kept.get("pattern"), str):
        kept["pattern"] = kept["pattern"].replace("^(?i)", "(?i)^")
    is_open = kept.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in kept
    if isinstance(kept.get("properties"), dict) and "type" in kept and not is_open:
        open_objects = {"metadata"} & kept["properties"].keys()
        for name in open_objects:
            kept["properties"][name].setdefault("additionalProperties", True)
        kept["additionalProperties"] = False
    return kept


@pytest.mark.parametrize("system", ["kueue", "karmada"])
def test_custom_resources_validate(plan, schemas, system):
    checked = 0
    for path, content in computeplan.export_plan(plan, system).files.items():
        for document in yaml.safe_load_all(content) if path.endswith(".yaml") else ():
            faults = list(schemas[document["apiVersion"], document["kind"]].iter_errors(document))
            assert not faults, (path, document, faults)
            checked += 1
    assert checked >= 7


def test_a_typo_would_be_found(schemas):
    queue = {"apiVersion": "kueue.x-k8s.io/v1beta2", "kind": "ClusterQueue", "metadata": {"name": "a"}}
    validator = schemas[queue["apiVersion"], queue["kind"]]
    assert validator.is_valid({**queue, "spec": {"cohortName": "b"}})
    assert not validator.is_valid({**queue, "spec": {"cohort": "b"}})


def test_resource_quotas_validate(plan):
    path = SCHEMAS / "kubernetes" / "v1.37-quota-kinds.json"
    if not path.is_file():
        pytest.skip("the outside schemas are not here: no ../shared/schemas beside the project")
    schema = {**json.loads(path.read_text("utf-8")), "$ref": "#/$defs/ResourceQuota"}
    for file, content in computeplan.export_plan(plan, "kubernetes").files.items():
        for document in yaml.safe_load_all(content) if file.endswith(".yaml") else ():
            jsonschema.validate(document, schema)


def test_the_forecast_has_the_columns_of_focus(plan):
    path = SCHEMAS / "focus" / "focus-1.2-columns.csv"
    if not path.is_file():
        pytest.skip("the outside schemas are not here: no ../shared/schemas beside the project")
    columns = {row["column_id"]: row for row in csv.DictReader(io.StringIO(path.read_text("utf-8")))}
    content = computeplan.export_plan(plan, "focus").files["focus.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content)))
    assert rows[0].keys() <= columns.keys()
    assert {name for name, each in columns.items() if each["feature_level"] == "Mandatory"} <= rows[0].keys()
    for name in rows[0]:
        values, column = {row[name] for row in rows}, columns[name]
        assert column["allows_nulls"] == "True" or "" not in values, name
        if allowed := set(filter(None, column["allowed_values"].split(";"))):
            assert values <= {*allowed, ""}, name
        if column["data_type"] == "Decimal":
            assert all(value == "" or float(value) is not None for value in values)
