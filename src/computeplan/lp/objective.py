"""The objective.

minimize  cost_weight · (usage + reserved + energy + demand charge + contracts + network + placement
          + shortfall) + carbon_weight · emissions
"""

from __future__ import annotations

import numpy as np

from computeplan.lp.assembly import Assembly
from computeplan.lp.emissions import emissions_of
from computeplan.lp.variables import ABSENT
from computeplan.problem import Term


def add_cost(assembly: Assembly) -> None:
    """Add every part of the cost."""
    _add_capacity(assembly)
    _add_energy(assembly)
    _add_network(assembly)
    _add_placement(assembly)


def add_penalty_and_emissions(assembly: Assembly) -> None:
    """Add what stands beside the cost; the objective's weights come with building the program."""
    _add_shortfall(assembly)
    _add_emissions(assembly)


def _add_capacity(assembly: Assembly) -> None:
    """Units in use (owned, on-demand), rented in steps, booked, and new; optional sites that are open."""
    problem, variables = assembly.problem, assembly.variables
    pools, horizon = problem.pools, problem.horizon
    reserved = pools.term == Term.RESERVED
    rented = pools.rents_in_steps
    used = ~reserved & ~rented
    of_step = pools.price[rented] * horizon.weight * horizon.hours * pools.step_units[rented, None]
    assembly.assembler.add_cost(variables.integers.rented_steps[rented], of_step)
    is_open = variables.integers.open
    optional = is_open != ABSENT
    assembly.assembler.add_cost(is_open[optional], problem.sites.opening_price[optional])
    assembly.assembler.add_cost(variables.load[used], pools.price[used] * horizon.weight)
    level_price = pools.price[reserved] @ (horizon.weight * horizon.hours)
    assembly.assembler.add_cost(variables.booked[reserved], level_price)
    grows = variables.new != ABSENT
    assembly.assembler.add_cost(variables.new[grows], pools.new_unit_price[grows])


def _add_energy(assembly: Assembly) -> None:
    """Grid energy, peaks, contracts (used, or all generated; chosen power), certificates and batteries."""
    problem, variables = assembly.problem, assembly.variables
    grid, contracts, horizon = problem.grid, problem.contracts, problem.horizon
    assembly.assembler.add_cost(variables.grid, grid.price * horizon.weight)
    charged = variables.peak != ABSENT
    assembly.assembler.add_cost(variables.peak[charged], grid.demand_charge[charged])
    used = ~contracts.take_or_pay
    assembly.assembler.add_cost(variables.contract[used], contracts.price[used] * horizon.weight)
    generated = contracts.available_kw * horizon.hours * horizon.weight
    assembly.assembler.add_fixed_cost(float((contracts.price * generated)[contracts.take_or_pay].sum()))
    chosen = variables.contracted != ABSENT
    certified = variables.certificates != ABSENT
    assembly.assembler.add_cost(variables.certificates[certified], grid.certificate_price[certified])
    wear = problem.batteries.price[:, None] * horizon.weight
    assembly.assembler.add_cost(variables.storage.discharge, wear)
    generated_h = contracts.profile * horizon.hours * horizon.weight
    paid = np.where(contracts.take_or_pay, (contracts.price * generated_h).sum(axis=1), 0.0)
    assembly.assembler.add_cost(variables.contracted[chosen], (contracts.capacity_price + paid)[chosen])


def _add_network(assembly: Assembly) -> None:
    """Σ ω price_per_gb · traffic + Σ lease_price · leased."""
    problem, traffic = assembly.problem, assembly.variables.traffic
    price = problem.network.price_per_gb[:, None] * problem.horizon.weight
    there = traffic != ABSENT
    assembly.assembler.add_cost(traffic[there], price[there])
    leased = assembly.variables.leased
    assembly.assembler.add_cost(leased[leased != ABSENT], problem.network.lease_price[leased != ABSENT])


def _add_placement(assembly: Assembly) -> None:
    """Σ ω unit_cost · work, and for fixed workloads Σ_t ω unit_cost · d · share."""
    problem, variables = assembly.problem, assembly.variables
    weight = problem.horizon.weight
    unit_cost = problem.needs.unit_cost[:, problem.pools.site]
    cost = unit_cost[assembly.placements.need][variables.work_placement, variables.work_pool]
    assembly.assembler.add_cost(variables.work, cost * weight[variables.work_period])
    workload = variables.share_workload
    cost = unit_cost[problem.workloads.need[workload], variables.share_pool]
    assembly.assembler.add_cost(variables.share, cost * (assembly.demand.of(workload) @ weight))


def _add_shortfall(assembly: Assembly) -> None:
    """Σ ω shortfall_price · u."""
    problem, slots, variables = assembly.problem, assembly.slots, assembly.variables
    price, weight = problem.workloads.shortfall_price, problem.horizon.weight
    at = np.flatnonzero(variables.short != ABSENT)
    cost = price[slots.workload[at]] * weight[slots.period[at]]
    assembly.assembler.add_cost(variables.short[at], cost)
    job = np.flatnonzero(variables.short_job != ABSENT)
    # All periods of a job's window have the weight of its block.
    cost = price[job] * weight[slots.period[slots.start[job]]]
    assembly.assembler.add_cost(variables.short_job[job], cost)
    fixed = np.flatnonzero(variables.short_share != ABSENT)
    cost = price[fixed] * (assembly.demand.of(fixed) @ weight)
    assembly.assembler.add_cost(variables.short_share[fixed], cost)


def _add_emissions(assembly: Assembly) -> None:
    """Emissions on the objective's basis."""
    emissions = emissions_of(assembly.problem, assembly.variables)
    for columns, kg in emissions.terms:
        assembly.assembler.add_emissions(columns, kg)
    assembly.assembler.add_fixed_emissions(emissions.constant_kg)
