"""A small config, swept in this process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import computeplan
from computeplan.studies.sweep import Sweep

SMALL = """\
name: Small
currency: CNY
horizon: {start: 2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 4 h}
objective: {carbon_price: 50 CNY/t}
zones: {here: {}, 北: {}}
network: {latency: round_trip, links: {line: {between: [here, 北], latency: 33 ms, price: 0.01}}}
hardware: {gpu: {idle_power: 1 kW, busy_power: 10 kW}}
sites:
  home:
    zone: here
    pue: 1.3
    grid: {price: [0.5, 0.5, 0.9, 0.5], carbon: 0.6}
    pools: {own: {hardware: gpu, term: owned, units: 9}}
  北站:
    zone: 北
    pue: 1.1
    grid: {price: 0.3 CNY/kWh, carbon: 0.5 t/MWh}
    pools: {租用: {hardware: gpu, term: on_demand, price: 1.5, max_units: 6}}
workloads:
  chat: {company: 企业, zone: here, demand: [3, 6, 2, 4], max_latency: 20 ms}
  batch: {zone: here, demand: 2, max_delay: 2 h, traffic: 1 GB/unit/h}
  job: {zone: here, job: {volume: 6 unit*h, release: 0 h, deadline: 4 h, max_rate: 3}}
scenarios:
  far: {network: {links: {line: {price: 0.5 CNY/GB}}}}
  clean: {objective: {minimize: carbon, carbon_price: null}}
"""


def small(folder: Path, more: str = "") -> Path:
    """Write the config."""
    path = folder / "small.yaml"
    path.write_text(SMALL + more, encoding="utf-8")
    return path


def swept(config: Path, **asked) -> Sweep:
    """Sweep in a thread of this process."""
    with ThreadPoolExecutor(1) as executor:
        return computeplan.sweep(config, **{"executor": executor, **asked})


def on_points(call):
    """A `progress` that calls with the number of points that are done, each time that it is another."""
    heard = []

    def progress(stage, *_):
        done = int(stage.removeprefix("sweep: ").split()[0].replace(",", ""))
        if done not in heard:
            heard.append(done)
            call(done)

    return progress
