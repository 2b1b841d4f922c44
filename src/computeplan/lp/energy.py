"""Energy: balance of a site, grid, demand charge, contracts and green certificates, and its emissions.

location:  Σ ω · location · (grid + contracts)
hourly:    Σ ω · (hourly · grid + contract factor · used)
market:    Σ ω · (market · (grid − covered) + contract factor · bought)

Energy bought under take-or-pay is all that was generated, also of power that the plan chooses; else what
was used. Each variable adds its own emissions, with the factors below.
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.context import ABSENT, BuildContext
from computeplan.problem import CarbonBasis, Floats, Ints, Problem, sum_by


def balance_energy(build: BuildContext) -> Ints:
    """Balance what a site uses with what its supplies deliver; (S, T).

    grid[s,t] + Σ_c (contract[c,t] − sold[c,t]) + Σ_b (discharge[b,t] − charge[b,t])
        − Σ_p PUE · ((busy − idle) · load[p,t] + idle · Δ · availability · k[p])
        = Σ_p PUE · idle · Δ · availability · units     (k: booked or new units, units: owned pools of s)

    At an optional site the right side is multiplied with open[s].
    """
    sites, use = build.problem.sites.size, build.balance.fixed_use_kwh
    rows = build.add_period_rows("energy_balance", sites, np.arange(sites), use, use)
    for site, columns, kwh in build.balance.terms:
        build.program.add_entries(rows[site], columns, kwh)
    return rows


def add_grid(build: BuildContext) -> Ints:
    """0 ≤ grid[s,t] ≤ Δ · import_limit, kWh; (S, T)."""
    problem, sites = build.problem, np.arange(build.problem.sites.size)
    limit = problem.grid.import_limit_kw[:, None] * problem.horizon.hours
    grid = build.add_period_columns("grid", len(sites), sites, limit)
    build.program.cost.add(grid, problem.grid.price * problem.horizon.weight)
    build.program.emissions.add(grid, problem.grid_kg_per_kwh * problem.horizon.weight)
    build.balance.add(sites, grid, 1.0)
    return grid


def add_peak(build: BuildContext) -> Ints:
    """peak[s,m] ≥ 0, the largest mean import of a month with a demand charge, kW; (S, M)."""
    charge = build.problem.grid.demand_charge
    at = np.nonzero(charge > 0)
    peak = np.full(charge.shape, ABSENT)
    peak[at] = build.program.add_columns("peak", at)
    build.program.cost.add(peak[at], charge[at])
    return peak


def limit_to_peak(build: BuildContext) -> Ints:
    """Limit the mean import of an interval to the month's peak, on which the demand charge is paid; (S, T).

    Σ_τ grid[s,τ] / Σ_τ Δ − peak[s, month(t)] ≤ 0      where the site has a demand charge in that month

    over the periods τ of the interval that begins in t: a quarter of an hour, or a single longer period.
    """
    problem = build.problem
    start = problem.grid.interval_start
    peak = build.columns["peak"][:, problem.horizon.month]
    at = np.nonzero((peak != ABSENT) & (start == np.arange(problem.horizon.size)))
    rows = np.full(peak.shape, ABSENT)
    rows[at] = build.program.add_rows("demand_charge", at, -np.inf, 0.0)
    site, period = np.nonzero(peak != ABSENT)
    mean = 1.0 / problem.interval_hours[site, period]
    build.program.add_entries(rows[site, start[site, period]], build.columns["grid"][site, period], mean)
    build.program.add_entries(rows[at], peak[at], -1.0)
    return rows


def add_contract(build: BuildContext) -> Ints:
    """0 ≤ contract[c,t] ≤ Δ · available_kw, energy taken, kWh; (C, T).

    Where the plan chooses the power, the limit is a constraint. What is taken is paid, or under take-or-pay
    all that is generated.
    """
    problem, contracts, horizon = build.problem, build.problem.contracts, build.problem.horizon
    limit = np.where(contracts.max_chosen_kw[:, None] > 0, np.inf, contracts.available_kw * horizon.hours)
    contract = build.add_period_columns("contract", contracts.size, np.arange(contracts.size), limit)
    taken = ~contracts.take_or_pay
    build.program.cost.add(contract[taken], contracts.price[taken] * horizon.weight)
    generated = contracts.available_kw * horizon.hours * horizon.weight
    build.program.cost.add_constant(float((contracts.price * generated)[contracts.take_or_pay].sum()))
    build.program.emissions.add(contract, used_factor(problem) * horizon.weight)
    generated_kwh = contracts.available_kw @ (horizon.weight * horizon.hours)
    build.program.emissions.add_constant(float(generated_factor(problem) @ generated_kwh))
    build.balance.add(contracts.site, contract, 1.0)
    return contract


def add_sold(build: BuildContext) -> Ints:
    """sold[c,t] ≥ 0, energy taken of a contract and sold to the grid at the feed-in price, kWh; (C, T).

    The site does not use it: on the location and hourly bases it emits nothing there.
    """
    problem, contracts, weight = build.problem, build.problem.contracts, build.problem.horizon.weight
    at = np.flatnonzero(contracts.may_sell)
    sold = build.add_period_columns("sold", contracts.size, at, np.array(np.inf))
    build.program.cost.add(sold[at], -contracts.feed_in_price[at] * weight)
    if problem.objective.basis is not CarbonBasis.MARKET:
        build.program.emissions.add(sold[at], -used_factor(problem)[at] * weight)
    build.balance.add(contracts.site[at], sold[at], -1.0)
    return sold


def limit_sold(build: BuildContext) -> Ints:
    """Sell no more than what is taken of a contract; (C, T).

    sold[c,t] − contract[c,t] ≤ 0      where the contract has a feed-in price
    """
    at = np.flatnonzero(build.problem.contracts.may_sell)
    return build.limit("sale", at, "sold", build.columns["contract"][at])


def add_contracted(build: BuildContext) -> Ints:
    """0 ≤ contracted[c] ≤ max_chosen_kw, power that the plan chooses, kW; (C,)."""
    problem, contracts, horizon = build.problem, build.problem.contracts, build.problem.horizon
    at = np.flatnonzero(contracts.max_chosen_kw > 0)
    contracted = build.add_columns("contracted", contracts.size, at, upper=contracts.max_chosen_kw[at])
    generated_h = contracts.profile * horizon.hours * horizon.weight
    paid = np.where(contracts.take_or_pay, (contracts.price * generated_h).sum(axis=1), 0.0)
    build.program.cost.add(contracted[at], (contracts.capacity_price + paid)[at])
    real_h = contracts.profile @ (horizon.weight * horizon.hours)
    build.program.emissions.add(contracted[at], (generated_factor(problem) * real_h)[at])
    return contracted


def limit_to_contracted(build: BuildContext) -> Ints:
    """Limit what a contract of chosen power delivers to that power × profile; (C, T).

    contract[c,t] − Δ[t] · profile[c,t] · contracted[c] ≤ Δ[t] · available_kw[c,t]
    """
    contracts, hours = build.problem.contracts, build.problem.horizon.hours
    at = np.flatnonzero(contracts.max_chosen_kw > 0)
    level, there = build.columns["contracted"][at, None], contracts.available_kw[at] * hours
    return build.limit(
        "contracted_power", at, "contract", level, per=contracts.profile[at] * hours, there=there
    )


def require_renewables(build: BuildContext) -> Ints:
    """Require that contracts deliver at least a share of a site's energy; (S,).

    share · Σ_t ω · grid[s,t] − (1 − share) · Σ_{c at s, t} ω · (contract[c,t] − sold[c,t]) ≤ 0
    """
    weight, share = build.problem.horizon.weight, build.problem.grid.renewable_share
    at, site = np.flatnonzero(share > 0), build.problem.contracts.site
    rows = build.add_rows("renewable_share", len(share), at, -np.inf, 0.0)
    build.program.add_entries(rows[at, None], build.columns["grid"][at], share[at, None] * weight)
    counted = np.flatnonzero(rows[site] != ABSENT)
    part = (1.0 - share[site])[:, None] * weight
    build.program.add_entries(rows[site[counted], None], build.columns["contract"][counted], -part[counted])
    sells = counted[build.problem.contracts.may_sell[counted]]
    build.program.add_entries(rows[site[sells], None], build.columns["sold"][sells], part[sells])
    return rows


def add_covered(build: BuildContext) -> Ints:
    """covered[s,t] ≥ 0, grid energy covered by surplus contract energy or certificates, kWh; (S, T).

    Only at sites with take-or-pay contracts or certificates, if the market basis counts.
    """
    problem, sites = build.problem, np.zeros(0, dtype=np.int64)
    if market_basis_counts(problem):
        bought = problem.contracts.site[problem.contracts.take_or_pay]
        certified = np.flatnonzero(problem.grid.max_certificates_kwh > 0)
        sites = np.union1d(bought, certified)
    covered = build.add_period_columns("covered", problem.sites.size, sites, np.array(np.inf))
    factor = problem.grid_kg_per_kwh[sites] * problem.horizon.weight
    build.program.emissions.add(covered[sites], -factor)
    return covered


def add_certificates(build: BuildContext) -> Ints:
    """0 ≤ certificates[s] ≤ max_certificates_kwh over the real time, if the market basis counts; (S,)."""
    problem, most = build.problem, build.problem.grid.max_certificates_kwh
    at = np.flatnonzero((most > 0) & market_basis_counts(problem))
    certificates = build.add_columns("certificates", problem.sites.size, at, upper=most[at])
    build.program.cost.add(certificates[at], problem.grid.certificate_price[at])
    return certificates


def limit_covered(build: BuildContext) -> Ints:
    """Cover at most the grid energy of a period with surplus contract energy (market basis); (S, T).

    covered[s,t] − grid[s,t] ≤ 0      at sites with take-or-pay contracts or certificates
    """
    at = np.flatnonzero(build.columns["covered"][:, 0] != ABSENT)
    return build.limit("cover", at, "covered", build.columns["grid"][at])


def limit_to_surplus(build: BuildContext) -> Ints:
    """Cover no more than what contracts bought and nobody took, and certificates (market basis); (S,).

    Σ_t ω · covered[s,t] + Σ_{c,t} ω · contract[c,t] − Σ_{c,t} ω · Δ · profile[c,t] · contracted[c]
        − certificates[s] ≤ Σ_{c,t} ω · Δ · available_kw[c,t]

    Over the take-or-pay contracts c of site s.
    """
    contracts, horizon, columns = build.problem.contracts, build.problem.horizon, build.columns
    sites = build.problem.sites.size
    at = np.flatnonzero(columns["covered"][:, 0] != ABSENT)
    bought_kwh = contracts.available_kw @ (horizon.weight * horizon.hours)
    at_site = sum_by(contracts.site, np.where(contracts.take_or_pay, bought_kwh, 0.0), sites)
    rows = build.add_rows("surplus", sites, at, -np.inf, at_site[at])
    build.program.add_entries(rows[at, None], columns["covered"][at], horizon.weight)
    paid = np.flatnonzero(contracts.take_or_pay & (rows[contracts.site] != ABSENT))
    build.program.add_entries(rows[contracts.site[paid], None], columns["contract"][paid], horizon.weight)
    chosen = paid[columns["contracted"][paid] != ABSENT]
    per_kw = contracts.profile[chosen] @ (horizon.weight * horizon.hours)
    build.program.add_entries(rows[contracts.site[chosen]], columns["contracted"][chosen], -per_kw)
    certified = np.flatnonzero(columns["certificates"] != ABSENT)
    build.program.add_entries(rows[certified], columns["certificates"][certified], -1.0)
    return rows


def used_factor(problem: Problem) -> Floats:
    """(C, T) kg for one kWh used of a contract; 0 where all that is generated counts."""
    contracts = problem.contracts
    if problem.objective.basis is CarbonBasis.LOCATION:
        return problem.grid.location_kg_per_kwh[contracts.site]
    of_use = contracts.kg_per_kwh - generated_factor(problem)
    return np.broadcast_to(of_use[:, None], contracts.available_kw.shape)


def generated_factor(problem: Problem) -> Floats:
    """(C,) kg for one kWh that a contract generates, used or not; 0 where only use counts."""
    contracts = problem.contracts
    all_counts = contracts.take_or_pay & (problem.objective.basis is CarbonBasis.MARKET)
    return np.where(all_counts, contracts.kg_per_kwh, 0.0)


def market_basis_counts(problem: Problem) -> bool:
    """Whether emissions on the market basis are minimized, priced or capped."""
    objective = problem.objective
    counts = objective.carbon_weight > 0 or bool(np.isfinite(objective.carbon_cap_kg))
    return objective.basis is CarbonBasis.MARKET and counts
