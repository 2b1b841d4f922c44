"""Whole numbers in the config: mobility `whole`, steps, sites that may be closed."""

from __future__ import annotations

import pytest

CONFIG = """
name: whole numbers
currency: CNY
horizon: {start: 2026-03-02T00:00, duration: 2 h, weight: 438}
solver: {gap: 0.1 %}
zones: {here: {}}
hardware: {gpu: {busy_power: 1}}
sites:
  a:
    zone: here
    opening: {cost: 2 MCNY/year}
    pools:
      own: {hardware: gpu, term: owned, units: 9, new: {max_units: 64, step: 8, price: 1, life: 5}}
      book: {hardware: gpu, term: reserved, max_units: 80, step: 16, price: 3}
      rent: {hardware: gpu, term: on_demand, max_units: 40, price: 5}
  b:
    zone: here
    pools: {rent: {hardware: gpu, term: on_demand, step: 1, price: 5}}
workloads:
  db: {zone: here, demand: 1, mobility: whole, data: 4}
  web: {zone: here, demand: 1}
"""


def test_whole_numbers_are_read(load):
    loaded = load(CONFIG)
    problem = loaded.problem
    assert problem.pools.step_units.tolist() == [8, 16, 0, 1]
    assert problem.pools.rents_in_steps.tolist() == [False, False, False, True]
    assert problem.sites.is_optional.tolist() == [True, False]
    assert problem.sites.opening_price == pytest.approx([200_000, 0])
    assert problem.workloads.is_whole.tolist() == problem.workloads.is_fixed.tolist() == [True, False]
    assert problem.has_integers
    assert loaded.solver.gap == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("term: on_demand, max_units: 40, price", "term: on_demand, price", "sites.a.pools.rent.max_units"),
        ("step: 16", "step: 0", "sites.a.pools.book.step: expected a number above 0"),
        ("mobility: whole", "mobility: whole, max_delay: 2", "0 with mobility `whole`"),
        ("mobility: whole", "mobility: hole", "did you mean"),
        ("gap: 0.1 %", "gap: -1", "solver.gap: expected a number from 0 to 1"),
    ],
)
def test_faults_of_whole_numbers(faults, old, new, expected):
    assert CONFIG.count(old) == 1
    assert any(expected in fault for fault in faults(CONFIG.replace(old, new)))
