"""How much there is of everything that is limited: the amounts behind the catalog of limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from computeplan.accounts.capacity import usable_unit_h
from computeplan.problem import Bools, CapMeasure, Floats, Goal, Ints, Problem, RuleMeasure, Term
from computeplan.problem.arrays import ReadOnlyArrays
from computeplan.problem.limits import LimitKind


@dataclass(frozen=True, eq=False)
class LimitedThings(ReadOnlyArrays):
    """The n things that are limited in one way."""

    index: Ints
    """(n,) of each in its field of the problem."""
    names: tuple[str, ...]
    units: tuple[str, ...]
    """Of each amount, such as ``unit·h``, ``kWh`` or ``GB``."""
    most: Floats
    """(n, T) the limits, without the weights of the periods; one column where they are on the whole
    horizon."""
    by_period: bool
    """Whether there is a limit in each period, even if there is only one period."""
    is_floor: Bools
    """(n,) whether it is a least amount, which is eased by lowering it."""


def limited_things(problem: Problem) -> dict[LimitKind, LimitedThings]:
    """List what is limited, by kind of limit; a kind that the problem does not have is empty."""
    return {**_capacity(problem), **_energy(problem), **_network(problem), **_policies(problem)}


def _capacity(problem: Problem) -> dict[LimitKind, LimitedThings]:
    pools, caps, hours = problem.pools, problem.caps, problem.horizon.hours
    reserved = pools.term == Term.RESERVED
    # What is booked or bought is limited by the plan's own choice, and counts as such.
    chosen = (reserved | (pools.max_new_units > 0))[:, None]
    usable = np.where(chosen, 0.0, usable_unit_h(problem, pools.max_units))
    measures = ["kWh" if measure is CapMeasure.POWER else "unit·h" for measure in caps.measure]
    floors = reserved & (pools.min_units > 0)
    return {
        LimitKind.CAPACITY: _things(pools.names, "unit·h", usable),
        LimitKind.BOOKABLE_UNITS: _things(pools.names, "unit", pools.max_units, reserved),
        LimitKind.MIN_UNITS: _things(pools.names, "unit", pools.min_units, floors, floors=floors),
        LimitKind.NEW_UNITS: _things(pools.names, "unit", pools.max_new_units, pools.max_new_units > 0),
        LimitKind.CAP: _things(caps.names, measures, caps.limit * hours),
    }


def _energy(problem: Problem) -> dict[LimitKind, LimitedThings]:
    grid, contracts, batteries = problem.grid, problem.contracts, problem.batteries
    hours, sites = problem.horizon.hours, problem.sites.names
    chosen_kw, certificates, share = contracts.max_chosen_kw, grid.max_certificates_kwh, grid.renewable_share
    stored = np.repeat(batteries.energy_kwh[:, None], len(hours), axis=1)
    return {
        LimitKind.CONTRACTED_POWER: _things(contracts.names, "kW", chosen_kw, chosen_kw > 0),
        LimitKind.CERTIFICATES: _things(sites, "kWh", certificates, certificates > 0),
        LimitKind.IMPORT_LIMIT: _things(sites, "kWh", np.outer(grid.import_limit_kw, hours)),
        LimitKind.CONTRACT: _things(contracts.names, "kWh", contracts.available_kw * hours),
        LimitKind.BATTERY_POWER: _things(batteries.names, "kWh", np.outer(batteries.power_kw, hours)),
        LimitKind.BATTERY_ENERGY: _things(batteries.names, "kWh", stored),
        LimitKind.RENEWABLE_SHARE: _things(sites, "kWh", share, share > 0, floors=share > 0),
    }


def _network(problem: Problem) -> dict[LimitKind, LimitedThings]:
    network = problem.network
    gb = np.outer(network.bandwidth_gb_per_h, problem.horizon.hours)
    return {
        LimitKind.LEASED_BANDWIDTH: _things(
            network.line_names, "GB/h", network.max_leased_gb_per_h, network.leases
        ),
        LimitKind.BANDWIDTH: _things(network.link_names, "GB", gb),
    }


def _policies(problem: Problem) -> dict[LimitKind, LimitedThings]:
    """Limits on the whole plan; that of a rule on a share is the share."""
    objective, rules = problem.objective, problem.rules
    cap, budget = np.array([objective.carbon_cap_kg]), np.array([objective.budget])
    has_cap = np.isfinite(cap) & (objective.goal is Goal.COST)
    of_measure = {RuleMeasure.COST: problem.currency, RuleMeasure.CARBON: "kg"}
    units = [of_measure.get(measure, "unit·h") for measure in rules.measure]
    floors = np.array([measure is RuleMeasure.LEAST_SHARE for measure in rules.measure], dtype=bool)
    return {
        LimitKind.CARBON_CAP: _things(("carbon",), "kg", cap, has_cap),
        LimitKind.BUDGET: _things(("budget",), problem.currency, budget, np.isfinite(budget)),
        LimitKind.RULE: _things(rules.names, units, rules.limit, floors=floors),
    }


def _things(
    names: Sequence[str],
    units: str | Sequence[str],
    most: Floats,
    which: Bools | None = None,
    *,
    floors: Bools | None = None,
) -> LimitedThings:
    """Take the things of a field for which `which` holds, by default all."""
    index = np.arange(len(names)) if which is None else np.flatnonzero(which)
    all_units = (units,) * len(names) if isinstance(units, str) else units
    return LimitedThings(
        index=index,
        names=tuple(names[i] for i in index.tolist()),
        units=tuple(all_units[i] for i in index.tolist()),
        most=(most if most.ndim == 2 else most[:, None])[index],
        by_period=most.ndim == 2,
        is_floor=(np.zeros(len(names), dtype=bool) if floors is None else floors)[index],
    )
