"""What fills a site, what binds there, and what one more unit of each limit saves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from computeplan.folder.tables import WorkloadAccount
from computeplan.prices.limits import LimitPrices, limit_prices
from computeplan.problem import Bools, Floats, Problem
from computeplan.problem.arrays import ratio
from computeplan.problem.limits import LIMITS, LimitKind
from computeplan.solvers.plan import Solution

Binding = tuple[LimitPrices, int]
"""A limit that binds, and the place of what is limited among its kind."""


@dataclass(frozen=True)
class PoolUse:
    """How full a pool is."""

    pool: str
    hardware: str
    peak_units: float
    mean_units: float
    """Busy at most in a period, and on average over time."""
    busy_unit_h: float
    utilization: float
    """Over the time that the horizon stands for; nan where there is no limit."""
    work_unit_h: float


@dataclass(frozen=True)
class Tenant:
    """A company at a site."""

    company: str
    workloads: int
    """With work there."""
    work_unit_h: tuple[float, ...]
    """Its work on each kind of hardware there; different ones are not added up."""


@dataclass(frozen=True, eq=False)
class SiteCase:
    """A site in a plan."""

    index: int
    pools: tuple[PoolUse, ...]
    hardware: tuple[str, ...]
    """Kinds of hardware there."""
    work_unit_h: tuple[float, ...]
    """Work on each of them."""
    tenants: tuple[Tenant, ...]
    """Those with the largest shares of it first."""
    binding: tuple[Binding, ...]
    """Limits of this site that bind, with the place in each; those of greatest value first."""


def explain_site(problem: Problem, solution: Solution, account: WorkloadAccount, site: int) -> SiteCase:
    """Say what fills a site and what binds there."""
    here = np.flatnonzero(problem.pools.site == site)
    kinds, of_pool = np.unique(problem.pools.hardware[here], return_inverse=True)
    work = account.by_pool_unit_h[:, here] @ np.eye(len(kinds))[of_pool.reshape(-1)]
    return SiteCase(
        index=site,
        pools=_pools(problem, solution, site),
        hardware=tuple(problem.hardware.names[h] for h in kinds.tolist()),
        work_unit_h=tuple(work.sum(axis=0).tolist()),
        tenants=tenants_of(problem, work),
        binding=binding_limits(problem, solution, _limited_here(problem, site)),
    )


def _pools(problem: Problem, solution: Solution, site: int) -> tuple[PoolUse, ...]:
    pools, horizon = solution.accounts.pools, problem.horizon
    units = pools.load_unit_h / horizon.hours
    return tuple(
        PoolUse(
            problem.pools.names[pool],
            problem.hardware.names[problem.pools.hardware[pool]],
            float(units[pool].max(initial=0.0)),
            float(pools.busy_unit_h[pool]) / horizon.real_hours,
            float(pools.busy_unit_h[pool]),
            float(pools.utilization[pool]),
            float(pools.work_unit_h[pool]),
        )
        for pool in np.flatnonzero(problem.pools.site == site).tolist()
    )


def tenants_of(problem: Problem, work: Floats) -> tuple[Tenant, ...]:
    """List the companies with some of (W, H) work, by hardware; those with the largest shares first."""
    owner, size = problem.workloads.company, problem.companies.size
    by_company = np.zeros((size, work.shape[1]))
    np.add.at(by_company, owner, work)
    count = np.bincount(owner[work.any(axis=1)], minlength=size)
    share = ratio(by_company, by_company.sum(axis=0)).sum(axis=1)
    order = np.argsort(-share, kind="stable")
    return tuple(
        Tenant(problem.companies.names[company], int(count[company]), tuple(by_company[company].tolist()))
        for company in order[share[order] > 0].tolist()
    )


def binding_limits(
    problem: Problem, solution: Solution, names: dict[LimitKind, set[str]] | None, period: int | None = None
) -> tuple[Binding, ...]:
    """Find the limits that bind, those of greatest value first.

    `names` are what is limited, by kind, and None for all; `period` is when they bind, and None for any.
    """
    found = [
        (limits, thing)
        for limits in (limit_prices(problem, solution.prices) if solution.prices else ())
        for thing in np.flatnonzero(_binds(limits, period)).tolist()
        if names is None or limits.names[thing] in names.get(limits.kind, ())
    ]
    return tuple(sorted(found, key=lambda pair: -float(pair[0].value[pair[1]])))


def _binds(limits: LimitPrices, period: int | None) -> Bools:
    """(n,) which limits bind; in a period those of the whole horizon do not count."""
    if period is None:
        return np.asarray(limits.value > 0)
    if not limits.by_period:
        return np.zeros(len(limits.names), dtype=bool)
    return np.asarray(limits.price[:, period] > 0)


def caps_of(problem: Problem, pools: Bools) -> set[str]:
    """Name the caps over some of (P,) pools."""
    return _chosen(problem.caps.names, np.asarray(problem.caps.weight[:, pools].any(axis=1)))


def limits_in(names: Mapping[str, set[str]]) -> dict[LimitKind, set[str]]:
    """Select the kinds of limits of some sections of the problem, with the names of what is limited there."""
    return {kind: names[limit.section] for kind, limit in LIMITS.items() if limit.section in names}


def _limited_here(problem: Problem, site: int) -> dict[LimitKind, set[str]]:
    here = problem.pools.site == site
    return limits_in(
        {
            "pools": _chosen(problem.pools.names, here),
            "grid": {problem.sites.names[site]},
            "contracts": _chosen(problem.contracts.names, problem.contracts.site == site),
            "batteries": _chosen(problem.batteries.names, problem.batteries.site == site),
            "caps": caps_of(problem, here),
        }
    )


def _chosen(names: tuple[str, ...], mask: Bools) -> set[str]:
    return {names[thing] for thing in np.flatnonzero(mask).tolist()}
