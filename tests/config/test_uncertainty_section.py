"""Faults of the section `uncertainty`, each at its place and with a way out."""

from __future__ import annotations

import pytest

import computeplan
from computeplan.errors import ConfigError

CONFIG = {
    "name": "tiny",
    "horizon": {"start": "2026-03-02T00:00", "duration": "1 h"},
    "zones": {"here": {}},
    "hardware": {"gpu": {"busy_power": 1}},
    "sites": {"park": {"zone": "here", "pools": {"own": {"hardware": "gpu", "term": "owned", "units": 9}}}},
    "workloads": {"chat": {"zone": "here", "demand": 1}},
    "scenarios": {"rush": {"demand_scale": 2}},
}


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"weights": {}}, "uncertainty.weights: expected at least one entry"),
        ({}, "uncertainty.weights: expected a value: probability of each scenario"),
        (
            {"weights": {"base": 0.5, "rush": 0.3}},
            r"uncertainty.weights: expected weights that add up to 1, got 0.8 in sum; divide each by 0.8",
        ),
        ({"weights": {"base": 0}}, "got 0 in sum; give each scenario its probability"),
        ({"weights": {"base": 1.5, "rush": -0.5}}, "uncertainty.weights.base: expected"),
        (
            {"weights": {"base": 0.5, "rusch": 0.5}},
            "uncertainty.weights.rusch: expected the name of a scenario, or `base` .*; did you mean 'rush'",
        ),
        (
            {"weights": {"rush": 1}, "decide_first": ["booking"]},
            r"uncertainty.decide_first.0: expected bookings, .*; did you mean 'bookings'",
        ),
        (
            {"weights": {"rush": 1}, "risk": {"measure": "cvar", "level": 1}},
            "uncertainty.risk.level: expected a share below 1",
        ),
        (
            {"weights": {"rush": 1}, "risk": {"measure": "worst", "level": 0.5}},
            "uncertainty.risk.level: expected no level, which only `cvar` has",
        ),
        (
            {"weights": {"rush": 1}, "risk": {"weight": 0.5}},
            "uncertainty.risk.weight: expected no weight: the expected cost is all that counts",
        ),
        ({"weights": {"rush": 1}, "risks": {}}, "uncertainty.risks: .*did you mean 'risk'"),
    ],
)
def test_a_wrong_section_is_a_fault_at_its_place(section, message):
    with pytest.raises(ConfigError, match=message):
        computeplan.load({**CONFIG, "uncertainty": section})
