"""Rules, budget and renewable share in the config."""

from __future__ import annotations

import numpy as np
import pytest

from computeplan.problem import RuleMeasure

CONFIG = """
name: rules
currency: CNY
horizon: {start: 2026-03-02T00:00, duration: 2 h}
objective: {minimize: carbon, budget: 2.5 kCNY}
zones: {here: {}}
hardware: {gpu: {}}
sites:
  a: {zone: here, renewable_share: 30 %, pools: {p: {hardware: gpu, term: owned, units: 9}}}
  b: {zone: here, pools: {p: {hardware: gpu, term: owned, units: 9}}}
workloads:
  chat: {company: Alpha, zone: here, demand: 1}
  train: {company: Beta, zone: here, demand: 1}
  index: {company: Alpha Labs, zone: here, demand: 1}
rules:
  spread: {rule: share, of: {companies: [Alpha*]}, sites: [b], least: 0.2, most: 0.5}
  small: {rule: share, of: {workloads: [index, train], companies: [Alpha*]}, sites: [a, b], most: 0.5}
  each: {rule: company, companies: ['*'], cost: 1000, carbon: 2 t}
"""


def test_rules_become_sets_sites_and_limits(load):
    problem = load(CONFIG).problem
    rules, names = problem.rules, problem.workloads.names
    sets = {n: {names[w] for w in np.flatnonzero(m)} for n, m in zip(rules.names, rules.member, strict=True)}
    assert sets["spread (least)"] == sets["spread (most)"] == {"chat", "index"}
    assert sets["small"] == {"index"}
    assert sets["each: carbon of Alpha"] == {"chat"}
    assert rules.measure[:2] == (RuleMeasure.LEAST_SHARE, RuleMeasure.MOST_SHARE)
    assert rules.limit[:3] == pytest.approx([0.2, 0.5, 0.5])
    assert rules.site[:3].tolist() == [[False, True], [False, True], [True, True]]
    assert rules.config_names == ("spread", "spread", "small", *["each"] * 6)
    assert rules.size == 3 + 2 * 3
    assert set(rules.limit[3:]) == {1000.0, 2000.0}
    assert problem.objective.budget == pytest.approx(2500)
    assert problem.grid.renewable_share == pytest.approx([0.3, 0])


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "sites: [b], least",
            "sites: [c], least",
            "rules.spread.sites.0: expected the name of a site, got 'c'",
        ),
        (
            "[Alpha*]}, sites: [b]",
            "[Gamma]}, sites: [b]",
            "rules.spread.of.companies.0: expected one of the companies, got 'Gamma'",
        ),
        ("least: 0.2, most: 0.5", "least: 0.6, most: 0.5", "expected at least `least`, 0.6"),
        (", least: 0.2, most: 0.5", "", "expected a share here or under `most`"),
        (", cost: 1000, carbon: 2 t", "", "expected a limit here or under `carbon`"),
        (
            "[index, train], companies: [Alpha*]",
            "[index], companies: [Beta]",
            "a set with at least one workload",
        ),
        ("budget: 2.5 kCNY", "budget: 2.5 kUSD", "neither a unit nor the config's currency"),
        (
            "renewable_share: 30 %",
            "renewable_share: 130 %",
            "sites.a.renewable_share: expected a number from 0 to 1",
        ),
    ],
)
def test_faults_of_rules_name_place_and_remedy(faults, old, new, expected):
    assert CONFIG.count(old) == 1
    assert any(expected in fault for fault in faults(CONFIG.replace(old, new)))
