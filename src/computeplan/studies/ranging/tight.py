"""Limits that a plan uses in full, whether or not the solver gives them a price.

Where a limit is met exactly, nothing or anything up to a point may be its dual price. A solver that says 0
hides that one less would cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from computeplan.plan.flows import it_energy_kwh
from computeplan.plan.plan import Solution
from computeplan.plan.requirements import usable_unit_h
from computeplan.plan.scarcity import Limit
from computeplan.problem import Bools, CapMeasure, Floats, Problem, Term
from computeplan.problem.arrays import ReadOnlyArrays

FULL = 1e-9
"""Share of a limit that may be left where it counts as used in full."""


@dataclass(frozen=True, eq=False)
class Use(ReadOnlyArrays):
    """The limits of one kind and what a plan uses of them, in the unit and order of their prices.

    Attributes
    ----------
    used, most : (n, T) or (n, 1)
        Without the weights.
    """

    used: Floats
    most: Floats

    @property
    def is_full(self) -> Bools:
        """Where a limit is used in full."""
        full: Bools = np.isfinite(self.most) & (self.most > 0) & (self.used >= self.most * (1.0 - FULL))
        return full


def uses(problem: Problem, solution: Solution) -> dict[Limit, Use]:
    """Measure what a plan uses of every kind of limit.

    Parameters
    ----------
    problem : Problem
    solution : Solution
    """
    hours, pools, accounts = problem.horizon.hours, problem.pools, solution.accounts
    decisions, objective = solution.decisions, problem.objective
    reserved = pools.term == Term.RESERVED
    # What is booked or bought is limited by the plan's own choice, and counts as bookable units.
    chosen = reserved | (pools.max_new_units > 0)
    usable = np.where(chosen[:, None], np.inf, usable_unit_h(problem, pools.max_units))
    emitted = np.array([[accounts.emissions_kg.on(objective.basis)]])
    return {
        Limit.CAPACITY: Use(accounts.pools.load_unit_h, usable),
        Limit.BOOKABLE: Use(decisions.booked_units[reserved, None], pools.max_units[reserved, None]),
        Limit.IMPORT: Use(decisions.grid_kwh, np.outer(problem.grid.import_limit_kw, hours)),
        Limit.CONTRACT: Use(decisions.contract_kwh, problem.contracts.available_kw * hours),
        Limit.LINK: Use(accounts.network.traffic_gb, np.outer(problem.network.bandwidth_gb_per_h, hours)),
        Limit.CAP: Use(_under_caps(problem, solution), problem.caps.limit * hours),
        Limit.CARBON: Use(emitted, np.array([[objective.carbon_cap_kg]])),
    }


def _under_caps(problem: Problem, solution: Solution) -> Floats:
    """(G, T) unit·h or kWh under each cap."""
    hours, booked = problem.horizon.hours, solution.decisions.booked_units
    load = solution.accounts.pools.load_unit_h
    reserved = (problem.pools.term == Term.RESERVED)[:, None]
    units = np.where(reserved, booked[:, None] * hours, load)
    kwh = it_energy_kwh(problem, load, solution.decisions) * problem.pue
    is_power = np.array([m is CapMeasure.POWER for m in problem.caps.measure], dtype=bool)[:, None]
    return np.where(is_power, problem.caps.weight @ kwh, problem.caps.weight @ units)
