"""The linear program of a problem, and the way back from its solution."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from computeplan.grouping import Grouping, overlaps
from computeplan.lp.arrivals import Arrivals, arrivals_of
from computeplan.lp.assembler import Assembler
from computeplan.lp.assembly import Assembly
from computeplan.lp.constraints import FAMILIES
from computeplan.lp.linear_program import LinearForm, LinearProgram
from computeplan.lp.objective import add_cost, add_penalty_and_emissions
from computeplan.lp.placements import Placements, placements_of
from computeplan.lp.slots import Slots
from computeplan.lp.variables import ABSENT, Variables, add_variables
from computeplan.problem import Decisions, Floats, Ints, Prices, Problem, Work

NEGLIGIBLE = 1e-12
"""Work below this share of the largest is a solver's rounding."""


@dataclass(frozen=True, eq=False)
class Model:
    """A problem's linear program with the meaning of its columns and rows.

    Attributes
    ----------
    problem : Problem
    lp : LinearProgram
    money, emissions : LinearForm
        What the columns cost and emit (on the objective's basis); the objective is a weighted sum.
    placements, slots, variables, demand
        Where each decision stands among the columns.
    rows : dict of str to array
        Row indices of each constraint family, in the shape of its prices.
    """

    problem: Problem
    lp: LinearProgram
    money: LinearForm
    emissions: LinearForm
    placements: Placements
    slots: Slots
    variables: Variables
    demand: Arrivals
    rows: dict[str, Ints]

    def reweighted(self, problem: Problem) -> Model:
        """Weigh money and emissions as another problem does; all else is the same.

        Parameters
        ----------
        problem : Problem
            Differs in the weights of its objective only.
        """
        form = _objective(problem, self.money, self.emissions)
        lp = replace(self.lp, cost=form.coefficients, offset=form.constant)
        return replace(self, problem=problem, lp=lp)

    def decode(self, values: Floats) -> tuple[Work, Decisions]:
        """Read work and decisions from the columns' values.

        Parameters
        ----------
        values : (n_columns,)

        Returns
        -------
        Work
            Of the model's (possibly merged) workloads.
        Decisions
        """
        variables = self.variables
        decisions = Decisions(
            booked_units=_read(values, variables.booked),
            grid_kwh=_read(values, variables.grid),
            contract_kwh=_read(values, variables.contract),
            contracted_kw=_amount(values, variables.contracted),
            leased_gb_per_h=_amount(values, variables.leased),
            new_units=_amount(values, variables.new),
            certificate_kwh=_amount(values, variables.certificates),
            rented_units=_read(values, variables.integers.rented_steps)
            * self.problem.pools.step_units[:, None],
            open_sites=np.where(
                self.problem.sites.is_optional, np.abs(np.round(_read(values, variables.integers.open))), 1.0
            ),
            charge_kwh=_amount(values, variables.storage.charge),
            discharge_kwh=_amount(values, variables.storage.discharge),
            stored_kwh=_amount(values, variables.storage.stored),
        )
        return self._decode_work(values), decisions

    def prices(self, row_duals: Floats) -> Prices:
        """Read the dual prices of everything scarce.

        Parameters
        ----------
        row_duals : (n_rows,)
            Change of the objective with the right-hand side.
        """
        rows = self.rows
        carbon = _read(row_duals, rows["carbon_cap"])
        return Prices(
            load=_read(row_duals, rows["load"]),
            rent=-_read(row_duals, rows["booking"]) - _read(row_duals, rows["new_capacity"]),
            energy=_read(row_duals, rows["energy_balance"]),
            peak=-_read(row_duals, rows["demand_charge"]),
            link=_read(row_duals, rows["traffic"]),
            cap=-_read(row_duals, rows["cap"]),
            carbon=-float(carbon.sum()),
            cover=-_read(row_duals, rows["cover"]),
            surplus=-_read(row_duals, rows["surplus"]),
            budget=-float(_read(row_duals, rows["budget"]).sum()),
            rule=-_read(row_duals, rows["rule"]),
            renewable=-_read(row_duals, rows["renewable_share"]),
            offer=-_read(row_duals, rows["contracted_power"]),
            lease=-_read(row_duals, rows["leased_bandwidth"]),
            storage=-_read(row_duals, rows["storage"]),
        )

    def _decode_work(self, values: Floats) -> Work:
        free, fixed = self._free_work(values), self._fixed_work(values)
        workload, pool, period, unit_h = (np.concatenate(part) for part in zip(free, fixed, strict=True))
        kept = np.flatnonzero(unit_h > NEGLIGIBLE * unit_h.max(initial=0.0))
        order = kept[np.lexsort((period[kept], pool[kept], workload[kept]))]
        short_workload, short_period, short_unit_h = self._decode_shortfall(values)
        return Work(
            workload=workload[order],
            pool=pool[order],
            period=period[order],
            unit_h=unit_h[order],
            short_workload=short_workload,
            short_period=short_period,
            short_unit_h=short_unit_h,
        )

    def _free_work(self, values: Floats) -> tuple[Ints, Ints, Ints, Floats]:
        """Lay the served work of a placement's workloads over the pools that do it."""
        slots, variables, size = self.slots, self.variables, self.problem.horizon.size
        at_once = self.demand.at(slots.workload, slots.period) - _read(values, variables.short)
        served = np.where(variables.served == ABSENT, at_once, _read(values, variables.served))
        slot_place = self.placements.of[slots.workload] * size + slots.period
        slot = np.lexsort((slots.workload, slot_place))
        work_place = variables.work_placement * size + variables.work_period
        cell = np.lexsort((variables.work_pool, work_place))
        part, other, unit_h = overlaps(
            slot_place[slot], served[slot], work_place[cell], values[variables.work[cell]]
        )
        workload, pool = slots.workload[slot[part]], variables.work_pool[cell[other]]
        return workload, pool, slots.period[slot[part]], unit_h

    def _fixed_work(self, values: Floats) -> tuple[Ints, Ints, Ints, Floats]:
        variables = self.variables
        share = values[variables.share][:, None] * self.demand.of(variables.share_workload)
        pair, period = np.nonzero(share > 0)
        return variables.share_workload[pair], variables.share_pool[pair], period, share[pair, period]

    def _decode_shortfall(self, values: Floats) -> tuple[Ints, Ints, Floats]:
        slots, variables = self.slots, self.variables
        short = _read(values, variables.short)
        job = _read(values, variables.short_job)
        left = _read(values, variables.short_share)
        shared = np.flatnonzero(left > 0)
        share = left[shared, None] * self.demand.of(shared)
        row, fixed_period = np.nonzero(share > 0)
        slot, late = np.flatnonzero(short > 0), np.flatnonzero(job > 0)
        workload = np.concatenate((slots.workload[slot], late, shared[row]))
        period = np.concatenate((slots.period[slot], slots.period[slots.start[late + 1] - 1], fixed_period))
        unit_h = np.concatenate((short[slot], job[late], share[row, fixed_period]))
        order = np.lexsort((period, workload))
        return workload[order], period[order], unit_h[order]


def build(grouping: Grouping) -> Model:
    """Build the linear program of a grouping's problem.

    Parameters
    ----------
    grouping : Grouping
        `merge` or `keep_all` of a problem.

    Returns
    -------
    Model
    """
    assembler, problem = Assembler(), grouping.problem
    placements, demand = placements_of(grouping), arrivals_of(problem)
    variables, slots = add_variables(assembler, problem, placements, demand)
    assembly = Assembly(problem, placements, demand, slots, variables, assembler)
    # The budget is a constraint on the cost alone.
    add_cost(assembly)
    rows = {name: add(assembly) for name, add in FAMILIES.items()}
    add_penalty_and_emissions(assembly)
    money, emissions = assembler.money(), assembler.emissions()
    lp = assembler.build(_objective(problem, money, emissions))
    lp = replace(lp, integer=variables.whole_numbers(problem))
    return Model(problem, lp, money, emissions, placements, slots, variables, demand, rows)


def _objective(problem: Problem, money: LinearForm, emissions: LinearForm) -> LinearForm:
    """Weigh money and emissions as the problem's objective does."""
    goal = problem.objective
    return money.times(goal.cost_weight).plus(emissions.times(goal.carbon_weight))


def _read(values: Floats, index: Ints) -> Floats:
    """Values at these indices; 0 where there is no variable or row."""
    there = index != ABSENT
    found = np.zeros(index.shape)
    found[there] = values[index[there]]
    return found


def _amount(values: Floats, index: Ints) -> Floats:
    """Values of variables that are at least 0; a solver's rounding below is none."""
    return np.maximum(_read(values, index), 0.0)
