"""What fills a site, what binds there, and what one more of it is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.plan.plan import Solution
from computeplan.plan.scarcity import Limit, Scarcity, scarcities
from computeplan.plan.tables import WorkloadAccount
from computeplan.problem import Bools, Problem, sum_by


@dataclass(frozen=True)
class PoolUse:
    """How full a pool is.

    Attributes
    ----------
    pool : str
    busy_unit_h, utilization : float
        Over the time that the horizon stands for; nan where there is no limit.
    work_unit_h : float
    """

    pool: str
    busy_unit_h: float
    utilization: float
    work_unit_h: float


@dataclass(frozen=True)
class Tenant:
    """A company at a site.

    Attributes
    ----------
    company : str
    workloads : int
        With work there.
    work_unit_h : float
    """

    company: str
    workloads: int
    work_unit_h: float


@dataclass(frozen=True, eq=False)
class SiteCase:
    """A site in a plan.

    Attributes
    ----------
    index : int
    pools : tuple of PoolUse
    tenants : tuple of Tenant
        Those with most work first.
    binding : tuple of (Scarcity, int)
        Limits of this site that bind, with the place in each; the most worth first.
    """

    index: int
    pools: tuple[PoolUse, ...]
    tenants: tuple[Tenant, ...]
    binding: tuple[tuple[Scarcity, int], ...]


def explain_site(problem: Problem, solution: Solution, account: WorkloadAccount, site: int) -> SiteCase:
    """Say what fills a site and what binds there.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    account : WorkloadAccount
        The plan's allocation, expanded.
    site : int

    Returns
    -------
    SiteCase
    """
    return SiteCase(
        index=site,
        pools=_pools(problem, solution, site),
        tenants=_tenants(problem, account, site),
        binding=_binding(problem, solution, site),
    )


def _pools(problem: Problem, solution: Solution, site: int) -> tuple[PoolUse, ...]:
    pools = solution.accounts.pools
    return tuple(
        PoolUse(
            problem.pools.names[pool],
            float(pools.busy_unit_h[pool]),
            float(pools.utilization[pool]),
            float(pools.work_unit_h[pool]),
        )
        for pool in np.flatnonzero(problem.pools.site == site).tolist()
    )


def _tenants(problem: Problem, account: WorkloadAccount, site: int) -> tuple[Tenant, ...]:
    work = account.statements.work_unit_h[:, site]
    owner, size = problem.workloads.company, problem.companies.size
    by_company, count = sum_by(owner, work, size), np.bincount(owner[work > 0], minlength=size)
    order = np.argsort(-by_company, kind="stable")
    return tuple(
        Tenant(problem.companies.names[company], int(count[company]), float(by_company[company]))
        for company in order[by_company[order] > 0].tolist()
    )


def _binding(problem: Problem, solution: Solution, site: int) -> tuple[tuple[Scarcity, int], ...]:
    if solution.prices is None:
        return ()
    of_site = _limited_here(problem, site)
    found = [
        (scarcity, thing)
        for scarcity in scarcities(problem, solution.prices)
        for thing in np.flatnonzero(scarcity.worth > 0).tolist()
        if scarcity.names[thing] in of_site.get(scarcity.limit, ())
    ]
    return tuple(sorted(found, key=lambda pair: -float(pair[0].worth[pair[1]])))


def _limited_here(problem: Problem, site: int) -> dict[Limit, set[str]]:
    """Names of what is limited at a site, by kind of limit."""
    here = problem.pools.site == site
    pools, here_alone = _chosen(problem.pools.names, here), {problem.sites.names[site]}
    contracts = _chosen(problem.contracts.names, problem.contracts.site == site)
    return {
        Limit.CAPACITY: pools,
        Limit.BOOKABLE: pools,
        Limit.NEW: pools,
        Limit.IMPORT: here_alone,
        Limit.RENEWABLE: here_alone,
        Limit.CERTIFICATES: here_alone,
        Limit.CONTRACT: contracts,
        Limit.CONTRACTED: contracts,
        Limit.CAP: _chosen(problem.caps.names, np.asarray(problem.caps.weight[:, here].any(axis=1))),
    }


def _chosen(names: tuple[str, ...], mask: Bools) -> set[str]:
    return {names[thing] for thing in np.flatnonzero(mask).tolist()}
