"""Changes of a case whose effect on the optimum is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from builders import Cap, Case, Demand, Job, Pool, Series


def each(items: Sequence, **functions: Callable) -> list:
    """Apply a function to a field of every item."""
    return [
        replace(item, **{name: f(getattr(item, name)) for name, f in functions.items()}) for item in items
    ]


def times(factor: float) -> Callable[[Series | None], Series | None]:
    return lambda series: None if series is None else (np.asarray(series, float) * factor).tolist()


def scale_prices(case: Case, factor: float) -> Case:
    """Everything that money depends on."""
    scaled = times(factor)
    return case.but(
        sites=each(case.sites, price=scaled, demand_charge=scaled),
        pools=each(case.pools, price=scaled),
        workloads=each(case.workloads, shortfall_price=scaled, unit_cost=_scaled_costs(factor)),
        contracts=each(case.contracts, price=scaled, feed_in=scaled),
        links=each(case.links, price=scaled),
        carbon_price=case.carbon_price * factor,
    )


def _scaled_costs(factor: float) -> Callable:
    return lambda costs: {site: factor * cost for site, cost in costs.items()}


def scale_amounts(case: Case, factor: float) -> Case:
    """All work, and everything that limits it."""
    scaled = times(factor)
    return case.but(
        sites=each(case.sites, import_limit=scaled),
        pools=each(case.pools, units=scaled, min_units=scaled),
        workloads=[workload.times(factor) for workload in case.workloads],
        contracts=each(case.contracts, available=scaled),
        links=each(case.links, bandwidth=scaled),
        caps=each(case.caps, limit=scaled),
        carbon_cap=case.carbon_cap * factor,
    )


def scale_time(case: Case, factor: float) -> Case:
    """Every period stands for more real time; what is charged or moved once grows with it."""
    fixed = [isinstance(w, Demand) and w.fixed for w in case.workloads]
    return case.but(
        weights=[factor * weight for weight in case.weights or (1.0,)],
        sites=each(case.sites, demand_charge=times(factor)),
        workloads=[
            replace(w, data=w.data * factor) if once else w
            for w, once in zip(case.workloads, fixed, strict=True)
        ],
        carbon_cap=case.carbon_cap * factor,
    )


def split_workload(case: Case, index: int, share: float) -> Case:
    """Two workloads in place of one."""
    whole = case.workloads[index]
    parts = [whole.times(share), whole.times(1 - share)]
    return case.but(workloads=[*case.workloads[:index], *parts, *case.workloads[index + 1 :]])


def name_pools(case: Case) -> Case:
    """Give each pool the name it has by default, so that caps find it wherever it stands."""
    return case.but(
        pools=[
            replace(pool, name=name.partition("/")[2])
            for pool, name in zip(case.pools, case.pool_names, strict=True)
        ]
    )


def split_pool(case: Case, index: int, share: float) -> Case:
    """Two pools in place of one, both under its caps."""
    case = name_pools(case)
    whole, name = case.pools[index], case.pool_names[index]
    parts = [_part_of_pool(whole, share, "-a"), _part_of_pool(whole, 1 - share, "-b")]
    return case.but(
        pools=[*case.pools[:index], *parts, *case.pools[index + 1 :]],
        caps=[_with_parts(cap, name) for cap in case.caps],
    )


def _part_of_pool(pool: Pool, share: float, suffix: str) -> Pool:
    return replace(pool, units=pool.units * share, min_units=pool.min_units * share, name=pool.name + suffix)


def _with_parts(cap: Cap, pool: str) -> Cap:
    if cap.weights is None:
        return cap
    weight = cap.weights.get(pool, 0.0)
    return replace(cap, weights={**cap.weights, f"{pool}-a": weight, f"{pool}-b": weight})


def hold(series: Series, times: int) -> Series:
    """Each value of a series for several periods."""
    return np.repeat(series, times).tolist() if isinstance(series, list | tuple) else series


def halve_periods(case: Case) -> Case:
    """The same time in twice the periods, with every series held."""

    def held(series: Series) -> Series:
        return hold(series, 2)

    return case.but(
        periods=2 * case.periods,
        period_h=case.period_h / 2,
        blocks=[2 * length for length in case.blocks],
        months=hold(case.months, 2),
        sites=each(
            case.sites,
            pue=held,
            price=held,
            carbon=held,
            market=held,
            hourly=held,
            demand_interval=lambda periods: 2 * periods,
        ),
        pools=each(case.pools, price=held, availability=held),
        workloads=_demands(case, held),
        contracts=each(case.contracts, available=held, price=held, feed_in=held),
        caps=each(case.caps, limit=held),
    )


def rotate(case: Case) -> Case:
    """A cyclic horizon of one block, started one period earlier."""

    def turned(series: Series) -> Series:
        return [series[-1], *series[:-1]] if isinstance(series, list | tuple) else series

    turned_demands = _demands(case, turned)
    return case.but(
        months=turned(case.months),
        sites=each(case.sites, pue=turned, price=turned, carbon=turned, market=turned, hourly=turned),
        pools=each(case.pools, price=turned, availability=turned),
        workloads=[_later(w, case) if isinstance(w, Job) else w for w in turned_demands],
        contracts=each(case.contracts, available=turned, price=turned, feed_in=turned),
        caps=each(case.caps, limit=turned),
    )


def _demands(case: Case, change: Callable[[Series], Series]) -> list[Demand | Job]:
    return [replace(w, units=change(w.units)) if isinstance(w, Demand) else w for w in case.workloads]


def _later(job: Job, case: Case) -> Job:
    release = (job.release + case.period_h) % (case.periods * case.period_h)
    return replace(job, release=release, deadline=release + job.deadline - job.release)
