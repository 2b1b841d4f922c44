"""A carbon cap below what the work emits even where and when energy is cleanest.

A bound without a solver: every unit·h runs in the pool, and work that can wait in the period, that emits
least; capacities, networks and the links' energy are left out.
"""

from __future__ import annotations

import numpy as np

from computeplan.explain.obligation import has_to_be_done
from computeplan.explain.reason import Reason
from computeplan.explain.rush import SLACK
from computeplan.explain.wording import number
from computeplan.problem import Bools, CarbonBasis, Floats, Problem, Term

KG_PER_T = 1000.0


def cap_below_cleanest(problem: Problem) -> tuple[Reason, ...]:
    """Hold the carbon cap against the least emissions of any plan.

    Parameters
    ----------
    problem : Problem

    Returns
    -------
    tuple of Reason
        None or one.
    """
    cap_kg = problem.objective.carbon_cap_kg
    if not np.isfinite(cap_kg) or not problem.pools.size:
        return ()
    factor = _cleanest_kg_per_kwh(problem)[problem.pools.site] * problem.horizon.weight
    standing_kg, work_kg, bought_kg = _standing(problem, factor), _work(problem, factor), _bought(problem)
    least_kg = standing_kg + work_kg + bought_kg
    if least_kg <= cap_kg * (1 + SLACK) + SLACK:
        return ()
    parts = {"work": work_kg, "idle units": standing_kg, "energy bought in any case": bought_kg}
    return (
        Reason(
            f"carbon cap, {problem.objective.basis} basis",
            f"{number(cap_kg / KG_PER_T)} t are allowed, but with the cleanest energy and hardware it takes "
            f"{number(least_kg / KG_PER_T)} t",
            tuple(f"{what}: {number(kg / KG_PER_T)} t" for what, kg in parts.items() if kg > 0),
        ),
    )


def _cleanest_kg_per_kwh(problem: Problem) -> Floats:
    """(S, T) emissions of the cleanest kWh that a site may use."""
    grid, contracts = problem.grid, problem.contracts
    match problem.objective.basis:
        case CarbonBasis.LOCATION:
            return grid.location_kg_per_kwh
        case CarbonBasis.HOURLY:
            factor, own = grid.hourly_kg_per_kwh.copy(), contracts.kg_per_kwh
        case CarbonBasis.MARKET:
            # What is paid for anyway emits nothing more, and what it covers neither.
            factor, paid = grid.market_kg_per_kwh.copy(), contracts.take_or_pay
            own = np.where(paid, 0.0, contracts.kg_per_kwh)
            factor[contracts.site[paid]] = 0.0
    np.minimum.at(factor, contracts.site, np.where(contracts.available_kw > 0, own[:, None], np.inf))
    return factor


def _standing(problem: Problem, factor: Floats) -> float:
    """Kg of owned and least booked units that idle."""
    pools = problem.pools
    units = np.where(pools.term == Term.OWNED, pools.max_units, pools.min_units)
    kwh = problem.pue * problem.idle_kw[:, None] * problem.horizon.hours * pools.availability * units[:, None]
    return float((kwh * factor).sum())


def _bought(problem: Problem) -> float:
    """Kg of generation that is paid for, used or not; counted on the market basis."""
    contracts, horizon = problem.contracts, problem.horizon
    if problem.objective.basis is not CarbonBasis.MARKET:
        return 0.0
    kg = np.where(contracts.take_or_pay, contracts.kg_per_kwh, 0.0)
    return float(kg @ contracts.available_kw @ (horizon.weight * horizon.hours))


def _work(problem: Problem, factor: Floats) -> float:
    """Kg of all work that has to be done, each where and when it emits least."""
    work, horizon = problem.workloads, problem.horizon
    least = _least_kg_per_unit_h(problem, factor)
    able = np.isfinite(least.max(axis=1, initial=0.0))
    least[~able] = 0.0
    lowest = np.stack([least[:, block].min(axis=1) for block in horizon.blocks])[horizon.block].T
    counted = has_to_be_done(problem) & able[work.need]
    at_once = counted & ~work.is_job & (work.max_delay_h == 0)
    waits = counted & ~work.is_job & (work.max_delay_h > 0)
    total = (least * _demand(problem, at_once)).sum() + (lowest * _demand(problem, waits)).sum()
    jobs = np.flatnonzero(counted & work.is_job)
    period = (work.release_h[jobs] / horizon.period_h).astype(np.int64).clip(max=horizon.size - 1)
    return float(total + work.volume_unit_h[jobs] @ lowest[work.need[jobs], period])


def _least_kg_per_unit_h(problem: Problem, factor: Floats) -> Floats:
    """(R, T) least emissions of a unit·h of each need; inf without a pool."""
    pools, efficiency = problem.pools, problem.eligibility.efficiency
    # Units that stand in any case have idled already; a booking has to be as large as its load.
    idles = (pools.term == Term.OWNED) | (pools.min_units > 0)
    kw = problem.busy_kw - np.where(idles, problem.idle_kw, 0.0)
    kg = problem.pue * kw[:, None] * factor
    kinds, kind_of = np.unique(efficiency, axis=0, return_inverse=True)
    least = np.full((len(kinds), problem.horizon.size), np.inf)
    for kind, row in enumerate(kinds):
        able = row > 0
        if able.any():
            least[kind] = (kg[able] / row[able, None]).min(axis=0)
    found: Floats = least[kind_of.reshape(-1)]
    return found


def _demand(problem: Problem, chosen: Bools) -> Floats:
    """(R, T) arrivals of some demands by need, unit·h."""
    work, shapes = problem.workloads, len(problem.workloads.profiles)
    at = np.flatnonzero(chosen)
    place = work.need[at] * shapes + work.profile[at]
    scale = np.bincount(place, weights=work.scale[at], minlength=problem.needs.size * shapes)
    units: Floats = scale.reshape(-1, shapes) @ work.profiles
    return units * problem.horizon.hours
