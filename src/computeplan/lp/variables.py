"""The decision variables and where each stands among the columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.lp.arrivals import Arrivals, largest_backlog
from computeplan.lp.assembler import Assembler
from computeplan.lp.integers import IntegerVariables, add_integers
from computeplan.lp.levels import ABSENT, add_contracted, add_leased, add_new
from computeplan.lp.placements import Placements
from computeplan.lp.slots import Slots, free_slots
from computeplan.lp.storage import StorageVariables, add_storage
from computeplan.problem import CarbonBasis, Floats, Ints, Problem, Term
from computeplan.problem.arrays import ReadOnlyArrays

__all__ = ["ABSENT", "Variables", "add_variables", "with_share"]


@dataclass(frozen=True, eq=False)
class Variables(ReadOnlyArrays):
    """Column indices of every family of variables; `ABSENT` where there is none.

    Attributes
    ----------
    work : (n,)
        Work of a placement in a pool and period, unit·h; which ones say `work_placement`, `work_pool`
        and `work_period`.
    served : (slots,)
        Work of a deferrable demand or a job that is done in a slot, unit·h.
    share : (f,)
        Share of a fixed workload in a pool; its workload and pool are `share_workload`, `share_pool`.
    short : (slots,)
        u: shortfall of a demand's slot.
    short_job, short_share : (W,)
        Shortfall of a job, unit·h; share of a fixed workload not served.
    backlog : (slots,)
        b: work waiting at the end of a deferrable demand's slot.
    load : (P, T)
        Busy unit·h of a pool.
    booked : (P,)
        Level of a reserved pool.
    grid : (S, T)
    contract : (C, T)
        Energy from each supply, kWh.
    peak : (S, M)
        Peak import of a month, kW, where there is a demand charge.
    traffic : (L, T)
        GB over a link that any work can use.
    covered : (S, T)
        Grid energy covered by surplus contract energy, kWh; only where the market basis counts.
    contracted : (C,)
        Power of a contract that the plan chooses, kW.
    leased : (L,)
        Bandwidth leased, GB/h.
    new : (P,)
        Units added to an owned pool.
    certificates : (S,)
        Green certificates, kWh over the real time; only where the market basis counts.
    storage : StorageVariables
    integers : IntegerVariables
        Whole numbers, beside the shares of whole workloads.
    """

    work: Ints
    work_placement: Ints
    work_pool: Ints
    work_period: Ints
    served: Ints
    share: Ints
    share_workload: Ints
    share_pool: Ints
    short: Ints
    short_job: Ints
    short_share: Ints
    backlog: Ints
    load: Ints
    booked: Ints
    grid: Ints
    contract: Ints
    peak: Ints
    traffic: Ints
    covered: Ints
    contracted: Ints
    leased: Ints
    new: Ints
    certificates: Ints
    storage: StorageVariables
    integers: IntegerVariables

    def whole_numbers(self, problem: Problem) -> Ints:
        """(k,) all columns that are whole numbers, ascending."""
        is_whole, integers = problem.workloads.is_whole, self.integers
        shares = self.share[is_whole[self.share_workload]]
        parts = (integers.steps, integers.rented_steps, integers.open, self.short_share[is_whole], shares)
        found = np.concatenate([part.ravel() for part in parts])
        return np.sort(found[found != ABSENT])


def add_variables(
    assembler: Assembler, problem: Problem, placements: Placements, demand: Arrivals
) -> tuple[Variables, Slots]:
    """Add every variable with its bounds.

    Bounds carry the limits of a single variable: a job's rate, owned and rented capacity, import
    limits, contracted power, bandwidth.
    """
    slots = free_slots(problem, demand)
    work, work_placement, work_pool, work_period = _add_work(assembler, problem, placements, slots)
    share, share_workload, share_pool = _add_shares(assembler, problem, demand)
    short, short_job, short_share = _add_shortfall(assembler, problem, slots, demand)
    variables = Variables(
        work=work,
        work_placement=work_placement,
        work_pool=work_pool,
        work_period=work_period,
        served=_add_served(assembler, problem, slots),
        share=share,
        share_workload=share_workload,
        share_pool=share_pool,
        short=short,
        short_job=short_job,
        short_share=short_share,
        backlog=_add_backlog(assembler, problem, slots, demand),
        load=_add_load(assembler, problem),
        booked=_add_booked(assembler, problem),
        grid=_add_grid(assembler, problem),
        contract=_add_contract(assembler, problem),
        peak=_add_peak(assembler, problem),
        traffic=_add_traffic(assembler, problem),
        covered=_add_covered(assembler, problem),
        contracted=add_contracted(assembler, problem),
        leased=add_leased(assembler, problem),
        new=add_new(assembler, problem),
        certificates=_add_certificates(assembler, problem),
        storage=add_storage(assembler, problem),
        integers=add_integers(assembler, problem),
    )
    return variables, slots


def _add_work(
    assembler: Assembler, problem: Problem, placements: Placements, slots: Slots
) -> tuple[Ints, Ints, Ints, Ints]:
    """work[q,p,t] ≥ 0 for every placement q, pool p that can serve it and period t with a slot of q."""
    active = np.zeros((placements.size, problem.horizon.size), dtype=bool)
    active[placements.of[slots.workload], slots.period] = True
    placement, pool = np.nonzero(problem.eligibility.allowed[placements.need])
    when = active[placement]
    periods = when.sum(axis=1)
    period = np.broadcast_to(np.arange(problem.horizon.size), when.shape)[when]
    keys = (np.repeat(placement, periods), np.repeat(pool, periods), period)
    return assembler.add_columns("work", keys), *keys


def _add_served(assembler: Assembler, problem: Problem, slots: Slots) -> Ints:
    """0 ≤ served[w,t] ≤ max_rate · overlap_h for jobs, unlimited for deferrable demands."""
    workloads = problem.workloads
    waits = workloads.is_job[slots.workload] | (workloads.max_delay_h[slots.workload] > 0)
    at = np.flatnonzero(waits)
    workload = slots.workload[at]
    most = np.where(workloads.is_job, workloads.max_rate, np.inf)[workload] * slots.overlap_h[at]
    served = np.full(slots.size, ABSENT)
    served[at] = assembler.add_columns("served", (workload, slots.period[at]), upper=most)
    return served


def _add_shares(assembler: Assembler, problem: Problem, demand: Arrivals) -> tuple[Ints, Ints, Ints]:
    """0 ≤ share[w,p] ≤ 1 for every fixed workload w with demand and every pool p that can serve it."""
    some = with_share(problem, demand)
    allowed = problem.eligibility.allowed[problem.workloads.need[some]]
    row, pool = np.nonzero(allowed)
    workload = some[row]
    return assembler.add_columns("share", (workload, pool), upper=1.0), workload, pool


def with_share(problem: Problem, demand: Arrivals) -> Ints:
    """Find the fixed workloads that have a split: without demand nothing is split or moved."""
    fixed = np.flatnonzero(problem.workloads.is_fixed)
    some: Ints = fixed[demand.of(fixed).sum(axis=1) > 0]
    return some


def _add_shortfall(
    assembler: Assembler, problem: Problem, slots: Slots, demand: Arrivals
) -> tuple[Ints, Ints, Ints]:
    """Add u ≥ 0, and u ≤ d for interactive demand, where shortfall has a price and the goal is cost."""
    workloads = problem.workloads
    priced = np.isfinite(workloads.shortfall_price) & problem.objective.allows_shortfall
    short = np.full(slots.size, ABSENT)
    at = np.flatnonzero(priced[slots.workload] & ~workloads.is_job[slots.workload])
    keys = (slots.workload[at], slots.period[at])
    most = np.where(workloads.max_delay_h[keys[0]] > 0, np.inf, demand.at(*keys))
    short[at] = assembler.add_columns("short", keys, upper=most)
    job, share = np.full((2, workloads.size), ABSENT)
    at = np.flatnonzero(priced & workloads.is_job)
    job[at] = assembler.add_columns("short_job", (at,))
    fixed = with_share(problem, demand)
    at = fixed[priced[fixed]]
    share[at] = assembler.add_columns("short_share", (at,))
    return short, job, share


def _add_backlog(assembler: Assembler, problem: Problem, slots: Slots, demand: Arrivals) -> Ints:
    """0 ≤ b[w,t] ≤ arrivals of the last `max_delay` hours."""
    deferrable = np.flatnonzero(problem.workloads.max_delay_h > 0)
    row = np.full(problem.workloads.size, ABSENT)
    row[deferrable] = np.arange(len(deferrable))
    at = np.flatnonzero(row[slots.workload] != ABSENT)
    workload, period = slots.workload[at], slots.period[at]
    bound = largest_backlog(problem, demand, deferrable)[row[workload], period]
    backlog = np.full(slots.size, ABSENT)
    backlog[at] = assembler.add_columns("backlog", (workload, period), upper=bound)
    return backlog


def _add_load(assembler: Assembler, problem: Problem) -> Ints:
    """0 ≤ load[p,t] ≤ Δ availability units; where the plan chooses units, the limit is a constraint."""
    pools = problem.pools
    chosen = (pools.term == Term.RESERVED) | (pools.max_new_units > 0)
    units = np.where(chosen, np.inf, pools.max_units)[:, None]
    usable_h = problem.horizon.hours * pools.availability
    # An unlimited pool that is not available has no capacity: inf × 0 would be nan.
    limit = np.where(usable_h > 0, units * np.where(usable_h > 0, usable_h, 1.0), 0.0)
    return _grid_of_columns(assembler, "load", limit)


def _add_booked(assembler: Assembler, problem: Problem) -> Ints:
    """min_units ≤ k[p] ≤ max_units for every reserved pool; from 0 where the site may be closed."""
    pools = problem.pools
    at = np.flatnonzero(pools.term == Term.RESERVED)
    booked = np.full(pools.size, ABSENT)
    least = np.where(problem.sites.is_optional[pools.site], 0.0, pools.min_units)
    booked[at] = assembler.add_columns("booked", (at,), least[at], pools.max_units[at])
    return booked


def _add_grid(assembler: Assembler, problem: Problem) -> Ints:
    """0 ≤ grid[s,t] ≤ Δ import_limit."""
    limit = problem.grid.import_limit_kw[:, None] * problem.horizon.hours
    return _grid_of_columns(assembler, "grid", limit)


def _add_contract(assembler: Assembler, problem: Problem) -> Ints:
    """0 ≤ contract[c,t] ≤ Δ available_kw; where the plan chooses the power, the limit is a constraint."""
    contracts = problem.contracts
    limit = contracts.available_kw * problem.horizon.hours
    limit = np.where(contracts.max_chosen_kw[:, None] > 0, np.inf, limit)
    return _grid_of_columns(assembler, "contract", limit)


def _add_peak(assembler: Assembler, problem: Problem) -> Ints:
    """peak[s,m] ≥ 0 where the month has a demand charge."""
    peak = np.full(problem.grid.demand_charge.shape, ABSENT)
    at = np.nonzero(problem.grid.demand_charge > 0)
    peak[at] = assembler.add_columns("peak", at)
    return peak


def _add_traffic(assembler: Assembler, problem: Problem) -> Ints:
    """0 ≤ traffic[l,t] ≤ Δ bandwidth for every link on a route that work may take, unless more is leased."""
    network, needs = problem.network, problem.needs
    pair = np.nonzero(
        problem.eligibility.allowed & ((needs.traffic_gb_per_unit_h > 0) | needs.moves_data)[:, None]
    )
    routes = network.route[needs.zone[pair[0]], problem.sites.zone[problem.pools.site[pair[1]]]]
    traffic = np.full((network.links, problem.horizon.size), ABSENT)
    used = np.flatnonzero(routes.any(axis=0))
    bandwidth = np.where(network.max_leased_gb_per_h > 0, np.inf, network.bandwidth_gb_per_h)
    limit = bandwidth[used, None] * problem.horizon.hours
    traffic[used] = _grid_of_columns(assembler, "traffic", limit, used)
    return traffic


def _add_covered(assembler: Assembler, problem: Problem) -> Ints:
    """covered[s,t] ≥ 0 at sites with take-or-pay contracts or certificates, if the market basis counts."""
    covered = np.full((problem.sites.size, problem.horizon.size), ABSENT)
    if _market_counts(problem):
        bought = problem.contracts.site[problem.contracts.take_or_pay]
        certified = np.flatnonzero(problem.grid.max_certificates_kwh > 0)
        sites = np.union1d(bought, certified)
        unbounded = np.full((len(sites), problem.horizon.size), np.inf)
        covered[sites] = _grid_of_columns(assembler, "covered", unbounded, sites)
    return covered


def _add_certificates(assembler: Assembler, problem: Problem) -> Ints:
    """0 ≤ certificates[s] ≤ max_certificates_kwh, if the market basis counts."""
    certificates = np.full(problem.sites.size, ABSENT)
    if _market_counts(problem):
        most = problem.grid.max_certificates_kwh
        at = np.flatnonzero(most > 0)
        certificates[at] = assembler.add_columns("certificates", (at,), upper=most[at])
    return certificates


def _market_counts(problem: Problem) -> bool:
    objective = problem.objective
    counts = objective.carbon_weight > 0 or bool(np.isfinite(objective.carbon_cap_kg))
    return objective.basis is CarbonBasis.MARKET and counts


def _grid_of_columns(assembler: Assembler, name: str, upper: Floats, rows: Ints | None = None) -> Ints:
    """One variable for each thing and period, 0 ≤ variable ≤ upper."""
    things = np.arange(upper.shape[0]) if rows is None else rows
    keys = (things[:, None], np.arange(upper.shape[1])[None, :])
    return assembler.add_columns(name, keys, upper=upper).reshape(upper.shape)
