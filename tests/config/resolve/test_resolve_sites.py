from __future__ import annotations

import numpy as np
import pytest
from resolving import resolve

from computeplan.errors import ConfigError
from computeplan.problem import CapMeasure, CarbonBasis, Goal, Term

SITES = """
hardware:
  gpu: {idle_power: 500 W, busy_power: 1.275 kW, efficiency: {inference: 1, training: 0.9}}
  npu: {busy_power: 0.6, efficiency: {inference: 0.4}}
sites:
  site:
    provides: [b, a]
    security: 3
    pue: 1.3
    grid:
      {price: 0.7, import_limit: 60 MW, demand_charge: 31, carbon: {location: 0.6 t/MWh, market: 500 g/kWh}}
    contracts:
      wind: {profile: 0.5, capacity: 2 MW, price: 0.4, settlement: take_or_pay, carbon: 0.01}
    pools:
      gpu: {hardware: gpu, term: owned, units: 10, availability: 0.97, price: 1}
      rent: {hardware: npu, term: on_demand, price: 12 CNY/unit/h}
  other:
    zone: here
    provides: [c, a]
    grid: {carbon: 0.5}
    contracts: {sun: {capacity: 100, price: HOURS}}
    pools:
      book: {hardware: npu, term: reserved, min_units: 2, max_units: 9, price: 8.76 kCNY/unit/year}
      more: {hardware: gpu, term: reserved, price: 1}
workloads: {work: {kind: training}}
""".replace("HOURS", str(list(range(24))))


@pytest.fixture(scope="module")
def problem():
    return resolve(SITES).problem


def test_sites(problem):
    sites = problem.sites
    assert sites.names == ("site", "other")
    assert sites.label_names == ("b", "a", "c")
    assert sites.labels.tolist() == [[True, True, False], [False, True, True]]
    assert sites.security.tolist() == [3, 0]
    assert sites.pue.shape == (2, 24)
    assert sites.pue[:, 0].tolist() == [1.3, 1]


def test_hardware(problem):
    hardware = problem.hardware
    assert hardware.kind_names == ("inference", "training")
    assert hardware.efficiency.tolist() == [[1, 0.4], [0.9, 0]]
    assert hardware.idle_kw.tolist() == [0.5, 0]
    assert hardware.busy_kw.tolist() == [1.275, 0.6]


def test_pools(problem):
    pools = problem.pools
    assert pools.names == ("site/gpu", "site/rent", "other/book", "other/more")
    assert pools.term.tolist() == [Term.OWNED, Term.ON_DEMAND, Term.RESERVED, Term.RESERVED]
    assert pools.site.tolist() == [0, 0, 1, 1]
    assert pools.hardware.tolist() == [0, 1, 1, 0]
    assert pools.min_units.tolist() == [10, 0, 2, 0]
    assert pools.max_units.tolist() == [10, np.inf, 9, np.inf]
    assert pools.availability[:, 5].tolist() == [0.97, 1, 1, 1]
    assert pools.price[:, 5].tolist() == [1, 12, 1, 1]


def test_grid(problem):
    grid = problem.grid
    assert grid.price[:, 0].tolist() == [0.7, 0]
    assert grid.import_limit_kw.tolist() == [60_000, np.inf]
    assert grid.demand_charge.tolist() == [[pytest.approx(1)], [0]]  # one day of 31
    assert grid.location_kg_per_kwh[:, 0].tolist() == [0.6, 0.5]
    assert grid.market_kg_per_kwh[:, 0].tolist() == [0.5, 0.5]
    assert grid.hourly_kg_per_kwh[:, 0].tolist() == [0.6, 0.5]


def test_a_site_without_grid_section_is_free_and_clean():
    grid = resolve().problem.grid
    assert grid.price.sum() == grid.demand_charge.sum() == grid.location_kg_per_kwh.sum() == 0
    assert grid.import_limit_kw.tolist() == [np.inf]


def test_contracts(problem):
    contracts = problem.contracts
    assert contracts.names == ("site/wind", "other/sun")
    assert contracts.site.tolist() == [0, 1]
    assert contracts.available_kw[:, 3].tolist() == [1000, 100]
    assert contracts.price[:, 3].tolist() == [0.4, 3]
    assert contracts.take_or_pay.tolist() == [True, False]
    assert contracts.kg_per_kwh.tolist() == [0.01, 0]


def test_no_contracts_and_no_caps():
    problem = resolve().problem
    assert problem.contracts.available_kw.shape == (0, 24)
    assert problem.caps.weight.shape == (0, 1)
    assert problem.caps.limit.shape == (0, 24)


CAPS = """
caps:
  all: {pools: ["*"], measure: units, limit: 5}
  site: {pools: [site/*], measure: power, limit: 2 MW, weights: {site/rent: 0.5}}
  books: {pools: ["*/book", other/more], measure: units, limit: 7, weights: {"other/*": 2, other/book: 3}}
"""


def test_caps():
    caps = resolve(SITES + CAPS).problem.caps
    assert caps.names == ("all", "site", "books")
    assert caps.measure == (CapMeasure.UNITS, CapMeasure.POWER, CapMeasure.UNITS)
    assert caps.weight.tolist() == [[1, 1, 1, 1], [1, 0.5, 0, 0], [0, 0, 3, 2]]
    assert caps.limit[:, 7].tolist() == [5, 2000, 7]


@pytest.mark.parametrize(
    ("cap", "message"),
    [
        (
            "{pools: [site/gpuu], measure: units, limit: 5}",
            r"caps\.c\.pools\.0: expected a pool as site/pool, got 'site/gpuu'; did you mean 'site/gpu'",
        ),
        (
            "{pools: [sit/*], measure: units, limit: 5}",
            r"caps\.c\.pools\.0: expected a pool as site/pool, got 'sit/\*'",
        ),
        ("{pools: ['site/gp?'], measure: units, limit: 5}", r"got 'site/gp\?'"),
        (
            "{pools: ['*'], measure: units, limit: 5, weights: {gpu: 1}}",
            r"caps\.c\.weights\.gpu: expected a pool as site/pool",
        ),
        (
            "{pools: ['*/rent'], measure: units, limit: 5, weights: {site/gpu: 1}}",
            r"caps\.c\.weights\.site/gpu: expected a pool of this cap",
        ),
        (
            "{pools: ['*'], measure: power, limit: [1, 2]}",
            r"caps\.c\.limit: expected 24 values, one a period",
        ),
    ],
)
def test_faults_of_caps(cap, message):
    with pytest.raises(ConfigError, match=message):
        resolve(f"{SITES}\ncaps: {{c: {cap}}}")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            "sites: {site: {zone: her}}",
            r"sites\.site\.zone: expected the name of a zone, got 'her'; did you mean 'here'",
        ),
        (
            "sites: {site: {pools: {gpu: {hardware: gpuu}}}}",
            r"sites\.site\.pools\.gpu\.hardware: expected .* got 'gpuu'",
        ),
        ("sites: {site: {pools: {gpu: null}}}", r"sites: expected at least one pool at a site, got none"),
    ],
)
def test_faults_of_sites(changes, message):
    with pytest.raises(ConfigError, match=message):
        resolve(changes)


def test_objective():
    objective = resolve(
        "objective: {minimize: carbon, carbon_price: 80 CNY/t, carbon_basis: hourly, carbon_cap: 12 t}"
    ).problem.objective
    assert objective.goal is Goal.CARBON
    assert objective.basis is CarbonBasis.HOURLY
    assert objective.carbon_price_per_kg == 0.08
    assert objective.carbon_cap_kg == 12_000


def test_objective_by_default():
    objective = resolve().problem.objective
    assert (objective.goal, objective.basis) == (Goal.COST, CarbonBasis.LOCATION)
    assert (objective.carbon_price_per_kg, objective.carbon_cap_kg) == (0, np.inf)
