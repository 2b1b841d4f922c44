"""Whatever stands in a config, loading gives a problem or faults with a place, never another error."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from computeplan.config import load_config
from computeplan.config.yaml.source import read_document
from computeplan.config.yaml.text import to_yaml
from computeplan.errors import ConfigError
from strategies import examples

SMALL = read_document(Path(__file__).parent / "small.yaml").data


def paths(data, at=()):
    """Paths of everything in nested data."""
    members = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in members:
        yield (*at, key)
        yield from paths(value, (*at, key))


PATHS = list(paths(SMALL))
JUNK = st.sampled_from(
    [
        *(None, True, [], {}, "", "x", "cq", "hami", "3 MW", "0.1 CNY/kWh", "1e3", "fixed", "cyclic"),
        *(-1, 0, 1, 10**39, 1e300, -1e300, 1e-300, 1e14, float("nan"), float("inf")),
        *("9999-12-31", "0001-01-01", "2026-03-02T00:30", ["x"], [1], [0.1] * 24, {"a": 1}, {"choose": []}),
        *({"series": "tariff"}, {"series": "office", "scale": -1}, {"file": "../x.csv", "column": "a"}),
        *(
            {"tariff": {"default": "a", "prices": {"a": 1}}},
            {"day": {"weekday": [0] * 24, "normalize": "mean"}},
        ),
    ]
)


def with_junk(path, junk, *, as_new_key):
    data = deepcopy(SMALL)
    parent = data
    for key in path[:-1]:
        parent = parent[key]
    if as_new_key and isinstance(parent, dict):
        parent["extra"] = junk
    else:
        parent[path[-1]] = junk
    return data


@examples(150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from(PATHS), junk=JUNK, as_new_key=st.booleans())
def test_junk_is_a_problem_or_placed_faults(tmp_path, path, junk, as_new_key):
    config = tmp_path / "config.yaml"
    config.write_text(to_yaml(with_junk(path, junk, as_new_key=as_new_key)), encoding="utf-8")
    try:
        assert load_config(config).problem.name
    except ConfigError as error:
        unplaced = [fault for fault in error.faults if not (fault.line and fault.expected and fault.found)]
        if unplaced:
            pytest.fail(f"no place or no words: {unplaced[0]}")
