"""Two configs that have a plan, and ways to tighten them until they have none."""

from __future__ import annotations

LISTED = """\
name: Listed
horizon: {start: 2026-03-02T00:00, time_zone: Asia/Shanghai, duration: 8 h}
objective: {carbon_cap: 5 t, carbon_basis: hourly}
zones: {here: {}, 北: {}}
network:
  latency: round_trip
  links: {line: {between: [here, 北], latency: 33 ms, bandwidth: 10 Gbps, energy: 0.01}}
hardware:
  gpu: {idle_power: 1 kW, busy_power: 4 kW, efficiency: {infer: 1, train: 1}}
  npu: {idle_power: 1 kW, busy_power: 2 kW, efficiency: {infer: 0.5}}
sites:
  home:
    zone: here
    security: 3
    provides: [vault]
    pue: 1.5
    grid: {price: 0.5, carbon: 0.6, import_limit: 200 kW}
    contracts: {sun: {profile: [0, 0, 0, 1, 1, 1, 0, 0], capacity: 20 kW, price: 0.2}}
    pools:
      own: {hardware: gpu, term: owned, units: 12}
      rent: {hardware: gpu, term: on_demand, max_units: 10, price: 9}
  北站:
    zone: 北
    security: 2
    provides: [ice]
    pue: 1.1
    grid: {price: 0.3, carbon: 0.5, import_limit: 100 kW, demand_charge: 30}
    pools:
      gpu.v1: {hardware: gpu, term: reserved, min_units: 1, max_units: 8, price: 3, availability: 0.9}
      npu: {hardware: npu, term: reserved, max_units: 10, price: 1}
caps:
  feeder: {pools: [home/*], measure: power, limit: 130 kW}
  quota: {pools: [北站/*], measure: units, limit: [12, 12, 12, 12, 14, 14, 14, 14]}
workloads:
  chat:
    {company: 甲, zone: here, kind: infer, demand: [3, 4, 6, 6, 5, 4, 3, 3], max_latency: 20 ms, traffic: 40}
  search:
    {company: 甲, zone: here, kind: infer, demand: [2, 3, 3, 4, 3, 3, 2, 2], max_latency: 50 ms, traffic: 60}
  records:
    {zone: here, kind: infer, demand: 2, mobility: fixed, data: 3 TB, requires: [vault], security: 3,
     residency: [here]}
  reports: {company: 乙, zone: here, kind: train, demand: [6, 2, 2, 2, 2, 2, 0, 0], max_delay: 2.5 h}
  indexing: {company: 乙, zone: here, kind: infer, demand: 2, max_delay: 1 h, traffic: 30}
  trials: {zone: here, kind: train, demand: 1, max_delay: 4 h, shortfall_price: 5}
  render:
    company: 丙
    zone: here
    kind: train
    job: {volume: 14, release: 1.5 h, deadline: 5.5 h, max_rate: 5}
    data: 2 TB
  fit: {company: 丙, zone: here, kind: train, job: {volume: 6, deadline: 4 h}}
"""

DRAWN = """\
name: Drawn
horizon:
  time_zone: UTC
  end: cyclic
  blocks:
    - {start: 2026-03-02T00:00, duration: 12 h, weight: 3}
    - {start: 2026-07-06T00:00, duration: 12 h, weight: 2}
zones: {town: {}, far: {}}
network: {latency: one_way, links: {line: {between: [town, far], latency: 12 ms, bandwidth: 5 Gbps}}}
hardware: {gpu: {busy_power: 1 kW}}
sites:
  town: {zone: town, security: 2, grid: {carbon: 0.5}, pools: {own: {hardware: gpu, term: owned, units: 60}}}
  far: {zone: far, pools: {rent: {hardware: gpu, term: on_demand, price: 1, max_units: 60}}}
workloads:
  core: {zone: town, demand: 5, security: 2}
population:
  seed: 7
  total_demand: 70
  tiers:
    big: {companies: 3, size: {law: constant, value: 5}}
    small: {companies: 12, size: {law: uniform, min: 1, max: 2}}
  archetypes:
    web:
      zone: town
      share: 2
      traffic: 20
      max_latency: {choose: [{value: 5 ms, chance: 0.5}, {value: 30 ms, chance: 0.5}]}
    batch:
      zone: town
      share: 2
      max_delay: {choose: [{value: 2 h, chance: 0.5}, {value: 5 h, chance: 0.5}]}
    nightly:
      zone: town
      data_per_unit: 10
      job: {release: [0 h, 6 h, 14 h], window: [6 h, 8 h], run_time: [2 h, 3 h]}
"""

_SAGGING = "[1, 1, 1, 0.2, 0.2, 0.2, 1, 1, 1, 1, 1, 1, 1, 1, 0.1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"

TIGHTER = {
    "listed": (
        LISTED,
        (
            "sites.home.pools.own.units=3",
            "sites.home.pools.rent.max_units=0",
            "sites.北站.pools.gpu.v1.max_units=1",
            "sites.北站.pools.npu.max_units=2.5",
            "sites.北站.pools.gpu.v1.min_units=8",
            "sites.home.grid.import_limit=60 kW",
            "sites.北站.grid.import_limit=9 kW",
            "network.links.line.bandwidth=0.1 Gbps",
            "caps.feeder.limit=60 kW",
            "caps.quota.limit=[3, 3, 3, 0, 5, 5, 5, 5]",
            "objective.carbon_cap=0.2 t",
            "objective.carbon_basis=market",
            "objective.minimize=carbon",
            "workloads.render.job.max_rate=1",
            "workloads.render.job.deadline=2.5 h",
            "workloads.fit.job.deadline=1 h",
            "workloads.reports.max_delay=0.25 h",
            "workloads.reports.demand=[20, 20, 2, 2, 2, 2, 0, 0]",
            "workloads.chat.kind=train",
            "workloads.search.demand=[9, 9, 9, 9, 9, 9, 9, 9]",
            "workloads.search.security=5",
            "workloads.indexing.residency=[北]",
            "workloads.records.requires=[vault, ice]",
            "horizon.end=cyclic",
        ),
    ),
    "drawn": (
        DRAWN,
        (
            "sites.town.pools.own.units=20",
            "sites.far.pools.rent.max_units=8",
            "network.links.line.bandwidth=0.01 Gbps",
            "network.links.line.latency=40 ms",
            "objective.carbon_cap=0.1 t",
            "population.total_demand=150",
            "population.archetypes.batch.max_delay.choose.0.value=0.5 h",
            "population.archetypes.nightly.job.window=[3 h, 4 h]",
            "population.archetypes.nightly.security=2",
            f"sites.town.pools.own.availability={_SAGGING}",
            "horizon.end=close",
        ),
    ),
}
"""By name: a config that has a plan, and overrides that tighten it or change what is tight."""
