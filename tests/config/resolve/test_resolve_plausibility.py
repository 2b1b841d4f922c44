"""Legal values that look like a slip are told, with what may have been meant; ordinary ones are not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from resolving import BASE, merged, resolve

from computeplan.config.resolve import to_problem
from computeplan.config.schema import Config

RENT = "rent: {hardware: gpu, term: on_demand, price: 12 CNY/unit/h}"
FAR = "zones: {far: {}}\nsites: {away: {zone: far, pools: {gpu: {hardware: gpu, term: owned, units: 1}}}}\n"


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ("sites: {site: {pue: 3.4}}", "sites.site.pue: 3.4 is above 3"),
        (
            "sites: {site: {grid: {price: 100 CNY/kWh}}}",
            "sites.site.grid.price: 100 CNY/kWh is above 10; is it",
        ),
        ("sites: {site: {grid: {price: -100 CNY/kWh}}}", "sites.site.grid.price: 100 CNY/kWh"),
        (
            "sites: {site: {contracts: {wind: {capacity: 1, price: 380}}}}",
            "sites.site.contracts.wind.price: 380 CNY/kWh is above 10",
        ),
        (
            "sites: {site: {contracts: {wind: {capacity: 1, price: 0.3, feed_in_price: 380}}}}",
            "sites.site.contracts.wind.feed_in_price: 380 CNY/kWh is above 10",
        ),
        (
            "sites: {site: {grid: {carbon: 558}}}",
            "sites.site.grid.carbon: 558 t/MWh is above 3; is it g/kWh",
        ),
        ("hardware: {gpu: {busy_power: 10 MW}}", "hardware.gpu.busy_power: 10,000 kW for one unit"),
        ("hardware: {gpu: {busy_power: 0.01 W}}", "hardware.gpu.busy_power: 0.00001 kW for one unit"),
        (
            f"sites: {{site: {{pools: {{book: {{hardware: gpu, term: reserved, price: 85000}}, {RENT}}}}}}}",
            "pool site/book: 85,000 CNY/unit/h to book",
        ),
        (
            (
                f"{FAR}network: {{latency: one_way, links: {{a: {{between: [here, far]}}}}}}\n"
                "workloads: {work: {max_latency: 5 ms}}"
            ),
            "network: the latency is 0 ms between here and far",
        ),
        ("workloads: {idle: {zone: here, demand: 0}}", "workloads without any work: idle"),
        ("workloads: {w: {zone: here, demand: 1.0e-10}}", "sizes of workloads go from 1e-10 (w) to 1 (work)"),
    ],
)
def test_what_looks_wrong_is_told(changes, warning):
    assert [line for line in resolve(changes).warnings if line.startswith(warning)]


@pytest.mark.parametrize(
    "changes",
    [
        "",
        "sites: {site: {pue: 3, grid: {price: 10 CNY/kWh, carbon: 1.2 t/MWh}}}",
        "hardware: {gpu: {busy_power: 0.5 W}}",
        f"sites: {{site: {{pools: {{book: {{hardware: gpu, term: reserved, price: 90}}, {RENT}}}}}}}",
        f"{FAR}network: {{links: {{a: {{between: [here, far]}}}}}}",
        "workloads: {w: {zone: here, demand: 1.0e-8}}",
    ],
)
def test_what_is_ordinary_is_not(changes):
    assert resolve(changes).warnings == ()


def test_other_currencies_are_not_judged():
    changes = {"currency": "IDR", "sites": {"site": {"grid": {"price": 1400}}}}
    settings = Config.model_validate(merged(yaml.safe_load(BASE), changes), context={"currency": "IDR"})
    assert to_problem(settings, Path("nowhere")).warnings == ()
