"""The problem in computeplan: planned with every reduction and audited, or built unmerged and handed over."""

from __future__ import annotations

import sys
import time
from typing import Any

import instance
import measured
import numpy as np
from instance import Instance

from computeplan.grouping import keep_all
from computeplan.lp import Model, build
from computeplan.problem import (
    Caps,
    CarbonBasis,
    Companies,
    Contracts,
    Goal,
    Grid,
    Hardware,
    Horizon,
    HorizonEnd,
    Needs,
    Network,
    Objective,
    Pools,
    Problem,
    Sites,
    Term,
    Workloads,
    no_batteries,
    no_rules,
)
from computeplan.solvers.highs import load_model, new_highs
from computeplan.solvers.planner import plan


def problem_of(data: Instance) -> Problem:
    """One zone, one pool a site, one workload a company."""
    _, sites, hours = data.shape
    return Problem(
        name="tools",
        currency="CNY",
        horizon=_horizon(hours),
        companies=_companies(data),
        workloads=_workloads(data),
        needs=_needs(data),
        sites=_sites(sites, hours),
        hardware=Hardware(
            names=tuple(f"h{s}" for s in range(sites)),
            kind_names=("any",),
            efficiency=np.ones((1, sites)),
            idle_kw=np.zeros(sites),
            busy_kw=data.kwh,
        ),
        pools=_pools(data),
        caps=Caps(names=(), measure=(), weight=np.zeros((0, sites)), limit=np.zeros((0, hours))),
        grid=_grid(data),
        contracts=_no_contracts(hours),
        batteries=no_batteries(),
        network=_network(),
        rules=no_rules(data.shape[0], sites),
        objective=Objective(Goal.COST, CarbonBasis.LOCATION, data.carbon_price, data.carbon_cap),
    )


def hand_over(model: Model) -> Any:
    highs = new_highs()
    load_model(highs, model.lp)
    return highs


def measure_plan(path: str) -> None:
    """Measure from the arrays to the audited plan."""
    data = instance.load(path)
    start = time.perf_counter()
    found = plan(problem_of(data))
    total = time.perf_counter() - start
    if found.solution is None or not found.solution.audit.passed:
        sys.exit(f"no audited plan: {found.status}")
    stages, size = dict(found.times_s), found.size
    measured.report(
        build=stages["reduce"] + stages["build"],
        hand_over=None,
        solve=stages["solve"],
        total=total,
        columns=size.columns,
        rows=size.rows,
        nonzeros=size.nonzeros,
        objective=found.solution.audit.objective,
        status=f"{found.status}, audited",
        stages=stages,
    )


def _horizon(hours: int) -> Horizon:
    start = np.datetime64("2026-03-02T00:00", "s")
    return Horizon(
        start_utc=start + np.arange(hours).astype("timedelta64[h]"),
        hours=np.ones(hours),
        weight=np.ones(hours),
        block=np.zeros(hours, np.int64),
        month=np.zeros(hours, np.int64),
        months=("2026-03",),
        end=HorizonEnd.CLOSE,
        time_zone="UTC",
    )


def _companies(data: Instance) -> Companies:
    size = len(data.scale)
    return Companies(tuple(f"c{c}" for c in range(size)), ("",) * size)


def _workloads(data: Instance) -> Workloads:
    size = len(data.scale)
    nothing = np.zeros(size)
    return Workloads(
        names=tuple(f"w{c}" for c in range(size)),
        company=np.arange(size),
        need=data.kind,
        is_job=np.zeros(size, bool),
        is_fixed=np.zeros(size, bool),
        is_whole=np.zeros(size, bool),
        runs_through=np.zeros(size, bool),
        profile=data.kind,
        scale=data.scale,
        profiles=data.profile,
        max_delay_h=nothing,
        volume_unit_h=nothing,
        release_h=nothing,
        deadline_h=nothing,
        max_rate=np.full(size, np.inf),
        data_gb=nothing,
        shortfall_price=np.full(size, np.inf),
        move_price=nothing,
    )


def _needs(data: Instance) -> Needs:
    kinds = len(data.unit_cost)
    return Needs(
        zone=np.zeros(kinds, np.int64),
        kind=np.zeros(kinds, np.int64),
        labels=np.zeros((kinds, 0), bool),
        security=np.zeros(kinds, np.int64),
        residency=np.ones((kinds, 1), bool),
        max_latency_ms=np.full(kinds, np.inf),
        traffic_gb_per_unit_h=np.zeros(kinds),
        moves_data=np.zeros(kinds, bool),
        unit_cost=data.unit_cost,
    )


def _sites(sites: int, hours: int) -> Sites:
    return Sites(
        names=tuple(f"s{s}" for s in range(sites)),
        zone=np.zeros(sites, np.int64),
        pue=np.ones((sites, hours)),
        water_l_per_it_kwh=np.zeros((sites, hours)),
        is_optional=np.zeros(sites, bool),
        opening_price=np.zeros(sites),
        labels=np.zeros((sites, 0), bool),
        security=np.zeros(sites, np.int64),
        label_names=(),
    )


def _pools(data: Instance) -> Pools:
    _, sites, _ = data.shape
    units = data.capacity.max(axis=1)
    return Pools(
        names=tuple(f"s{s}/p" for s in range(sites)),
        site=np.arange(sites),
        hardware=np.arange(sites),
        term=np.full(sites, Term.OWNED, np.int64),
        min_units=units,
        max_units=units,
        availability=data.capacity / units[:, None],
        price=np.zeros(data.capacity.shape),
        max_new_units=np.zeros(sites),
        step_units=np.zeros(sites),
        new_unit_price=np.zeros(sites),
        new_unit_kg=np.zeros(sites),
    )


def _grid(data: Instance) -> Grid:
    _, sites, _ = data.shape
    return Grid(
        price=data.price,
        import_limit_kw=np.full(sites, np.inf),
        demand_charge=np.zeros((sites, 1)),
        renewable_share=np.zeros(sites),
        certificate_price=np.zeros(sites),
        max_certificates_kwh=np.zeros(sites),
        location_kg_per_kwh=data.carbon,
        market_kg_per_kwh=data.carbon,
        hourly_kg_per_kwh=data.carbon,
    )


def _no_contracts(hours: int) -> Contracts:
    return Contracts(
        names=(),
        site=np.zeros(0, np.int64),
        available_kw=np.zeros((0, hours)),
        profile=np.zeros((0, hours)),
        max_chosen_kw=np.zeros(0),
        capacity_price=np.zeros(0),
        price=np.zeros((0, hours)),
        take_or_pay=np.zeros(0, bool),
        may_sell=np.zeros(0, bool),
        feed_in_price=np.zeros((0, hours)),
        kg_per_kwh=np.zeros(0),
    )


def _network() -> Network:
    return Network(
        zone_names=("here",),
        link_names=(),
        latency_ms=np.zeros((1, 1)),
        route=np.zeros((1, 1, 0), bool),
        connected=np.ones((1, 1), bool),
        bandwidth_gb_per_h=np.zeros(0),
        max_leased_gb_per_h=np.zeros(0),
        lease_price=np.zeros(0),
        price_per_gb=np.zeros(0),
        energy_kwh_per_gb=np.zeros(0),
        kg_per_kwh=np.zeros(0),
    )


if __name__ == "__main__":
    if sys.argv[1] == "planned":
        measure_plan(sys.argv[2])
    else:
        measured.main({"unmerged": (lambda data: build(keep_all(problem_of(data))), hand_over)})
