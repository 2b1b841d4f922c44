"""Batteries, certificates and water in the config."""

from __future__ import annotations

import numpy as np
import pytest

CONFIG = """
name: supplies
currency: CNY
horizon: {start: 2026-03-02T00:00, duration: 2 h}
zones: {here: {}}
hardware: {gpu: {busy_power: 1}}
sites:
  a:
    zone: here
    pue: [1.2, 1.5]
    batteries: {big: {power: 2 MW, energy: 8 MWh, efficiency: 81 %, price: 150 CNY/MWh}}
    certificates: {price: 30 CNY/MWh, max_energy: 5 GWh}
    water: {usage: 2 L/kWh, per: facility_energy}
    pools: {own: {hardware: gpu, term: owned, units: 9}}
  b:
    zone: here
    certificates: {price: 0.05}
    water: {usage: 0.0018 m3/kWh}
    pools: {own: {hardware: gpu, term: owned, units: 9}}
workloads: {chat: {zone: here, demand: 1}}
"""


def test_supplies_come_in_base_units(load):
    problem = load(CONFIG).problem
    batteries, grid = problem.batteries, problem.grid
    assert batteries.names == ("a/big",)
    assert batteries.power_kw == pytest.approx([2000])
    assert batteries.energy_kwh == pytest.approx([8000])
    assert batteries.charge_efficiency == batteries.discharge_efficiency == pytest.approx([0.9])
    assert batteries.price == pytest.approx([0.15])
    assert grid.certificate_price == pytest.approx([0.03, 0.05])
    assert grid.max_certificates_kwh == pytest.approx([5e6, np.inf])
    assert problem.sites.water_l_per_it_kwh == pytest.approx(np.array([[2.4, 3.0], [1.8, 1.8]]))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("efficiency: 81 %", "efficiency: 0", "sites.a.batteries.big.efficiency: expected a number above 0"),
        ("efficiency: 81 %", "efficiency: 1.2", "sites.a.batteries.big.efficiency: expected a number"),
        ("energy: 8 MWh", "energy: 8 MW", "cannot be converted to kWh"),
        ("price: 0.05", "price: -0.05", "sites.b.certificates.price: expected a number of at least 0"),
        ("per: facility_energy", "per: energy", "sites.a.water.per"),
    ],
)
def test_faults_of_supplies(faults, old, new, expected):
    assert CONFIG.count(old) == 1
    assert any(expected in fault for fault in faults(CONFIG.replace(old, new)))
